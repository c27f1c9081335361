"""Time, ids and secrets from a seed. The clock may jump or stand; what was drawn is noted."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from storage.model import DAY, HOUR, Millis
from storage.world import World
from tests.support.world import START


@dataclass(slots=True)
class Drawn:
    """What a unit was given, in order."""

    ids: list[str] = field(default_factory=list)
    secrets: list[bytes] = field(default_factory=list)


class Machine:
    """What the product takes for its machine: `time` is the true time, `now()` what it shows."""

    def __init__(self, seed: int) -> None:
        self.time: Millis = START
        self.drawn = Drawn()
        self._offset: Millis = 0
        self._stands_at: Millis | None = None
        self._numbers: Iterator[int] = count(1)
        self._seed = seed

    def now(self) -> Millis:
        return self.time + self._offset if self._stands_at is None else self._stands_at

    def new_id(self) -> str:
        drawn = f"id{next(self._numbers):06d}"
        self.drawn.ids.append(drawn)
        return drawn

    def secret(self) -> bytes:
        drawn = sha256(f"{self._seed}|{next(self._numbers)}".encode()).digest()
        self.drawn.secrets.append(drawn)
        return drawn

    def world(self) -> World:
        return World(self.now, random.Random(self._seed), self.new_id, self.secret)

    # What happens to clocks

    def jump(self, dice: random.Random) -> str:
        """Make the clock wrong, or lose a day; what was done."""
        [done] = dice.choices(("ahead", "behind", "frozen", "asleep"), (3, 3, 3, 1))
        if done == "ahead":
            self._offset = DAY
        elif done == "behind":
            self._offset = -dice.choice((HOUR, DAY))
        elif done == "frozen":
            self._stands_at = self.now()
        else:
            self.time += DAY
        return done

    def correct(self) -> None:
        self._offset, self._stands_at = 0, None
