"""Between people and the bot: a platform delivers until it hears that it was heard, in any order,
and now and then once more."""

import random
from dataclasses import dataclass, field

from tests.simulation.deeds import Deed

LATE = 0.25
"""How often not the oldest is delivered next."""
LOST = 0.08
TWICE = 0.12
REMEMBERED_MAX = 60
"""Of how many acknowledged deliveries one may come again, however much later."""


@dataclass(slots=True)
class Counts:
    delivered: int = 0
    dropped: int = 0
    reordered: int = 0
    duplicated: int = 0


@dataclass(slots=True)
class Transport:
    dice: random.Random
    counts: Counts = field(default_factory=Counts)
    waiting: list[Deed] = field(default_factory=list)
    _acknowledged: list[Deed] = field(default_factory=list)

    def put(self, deed: Deed) -> None:
        self.waiting.append(deed)

    def next(self, most: int = 1) -> list[Deed]:
        """What arrives now: some of what waits, in any order; perhaps one of it twice."""
        arrived: list[Deed] = []
        while self.waiting and len(arrived) < most:
            place = 0
            if len(self.waiting) > 1 and self.dice.random() < LATE:
                place = self.dice.randrange(1, len(self.waiting))
                self.counts.reordered += 1
            deed = self.waiting.pop(place)
            if self.dice.random() < LOST:
                self.counts.dropped += 1
                self.waiting.append(deed)  # nobody acknowledged it: it is delivered again
                break
            arrived.append(deed)
        if arrived and self.dice.random() < TWICE:
            again = self.dice.choice([*arrived, *self._acknowledged])
            self.counts.duplicated += 1
            arrived.insert(self.dice.randrange(len(arrived) + 1), again)
        self.counts.delivered += len(arrived)
        return arrived

    def acknowledge(self, deed: Deed) -> None:
        if deed in self.waiting:
            self.waiting.remove(deed)
        self._acknowledged.append(deed)
        if len(self._acknowledged) > REMEMBERED_MAX:
            self._acknowledged.pop(self.dice.randrange(len(self._acknowledged)))

    def put_back(self, deed: Deed) -> None:
        """Nobody acknowledged it, so it is delivered again."""
        if deed not in self.waiting:
            self.waiting.append(deed)
