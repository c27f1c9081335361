"""Time, dice, ids and secrets are handed in, so a week can be run in a second, and run again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from storage.model import Millis


class Dice(Protocol):
    """As much of `random.Random` as rules may use."""

    def random(self) -> float: ...


@dataclass(frozen=True, slots=True)
class World:
    now: Callable[[], Millis]
    rng: Dice
    new_id: Callable[[], str]
    """A fresh opaque id: 12 characters of Crockford's base 32, in lower case."""
    secret: Callable[[], bytes]
    """32 bytes nobody can guess, from the operating system."""
