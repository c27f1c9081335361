"""The real world: the one place that asks the machine for time, dice, ids and secrets."""

import random
import secrets
import time

from storage.world import World

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 12
SECRET_BYTES = 32


def real_world() -> World:
    return World(
        now=lambda: time.time_ns() // 1_000_000,
        rng=random.Random(),
        new_id=new_id,
        secret=lambda: secrets.token_bytes(SECRET_BYTES),
    )


def new_id() -> str:
    """60 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))
