"""How fast the members go: below the limits of the house, and of Telegram where they are kept."""

import time
from dataclasses import dataclass

ASKS_BURST, ASKS_EVERY_SECONDS = 10, 3.0
"""How often one member asks for something: half of what the house lets through."""
TOLD_BURST = 4
"""How much a group is told before it is told only now and then."""


class Allowance:
    """A burst, and then one every so often."""

    def __init__(self, burst: int, every_seconds: float) -> None:
        self._burst, self._every = burst, every_seconds
        self._spent, self._at = 0.0, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._spent = max(0.0, self._spent - (now - self._at) / self._every)
        self._at = now
        if self._spent > self._burst - 1:
            return False
        self._spent += 1
        return True


@dataclass(frozen=True, slots=True)
class Tempo:
    deeds_per_second: float
    told_every_seconds: float
    """How often a group is asked for something that is answered there."""
    newcomer_every: int
    """One deed in so many is somebody new."""


BRISK = Tempo(deeds_per_second=14, told_every_seconds=0.3, newcomer_every=40)
PACED = Tempo(deeds_per_second=8, told_every_seconds=6.0, newcomer_every=150)
"""For a program that keeps Telegram's pace: 20 messages a minute and group, changes counted."""
