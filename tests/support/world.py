"""A world for tests: a clock that stands until it is moved, dice and secrets from a seed."""

import random
from itertools import count

from storage.model import Millis
from storage.world import World

START: Millis = 1_777_608_000_000  # 2026-05-01 12:00 in Shanghai, a Friday


class Clock:
    def __init__(self, now: Millis = START) -> None:
        self.now = now

    def __call__(self) -> Millis:
        return self.now

    def move(self, by: Millis) -> None:
        self.now += by


def pretend_world(seed: int = 1, clock: Clock | None = None) -> World:
    dice = random.Random(seed)
    numbers = count(1)
    return World(
        now=clock or Clock(),
        rng=dice,
        new_id=lambda: f"id{next(numbers):04d}",
        secret=lambda: dice.randbytes(32),
    )
