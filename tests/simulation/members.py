"""A club's members: who does what when, over days that have a rhythm."""

import random
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from storage.model import DAY, HOUR, MINUTE, SECOND, Millis
from tests.simulation.deeds import CHATS, Deed
from tests.simulation.envelopes import Envelope
from tests.simulation.habits import DOINGS, EAGER, EAGER_ELSE, EFFORT, HABITS
from tests.simulation.model import Model
from tests.simulation.wishes import View

LEADER = "会长"
FAMILIES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何"
PACE = (1, 1, 1, 1, 1, 1, 2, 6, 9, 8, 7, 8, 12, 9, 7, 7, 8, 10, 14, 18, 20, 18, 10, 4)
"""How busy each hour of the club's day is: deeds in an hour, where there are twenty members."""
IN_WORDS = 0.3
UNNAMED = 0.2
ELSEWHERE = 0.15
ENVELOPES_SEEN = 5
KNOWING = 0.9
PATIENCE = (SECOND, SECOND, MINUTE, MINUTE, HOUR)


@dataclass(slots=True)
class Members:
    dice: random.Random
    size: int
    habits: dict[str, str] = field(default_factory=dict)
    _efforts: list[int] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _planned: list[tuple[Millis, int, Deed]] = field(default_factory=list)

    def __post_init__(self) -> None:
        kinds = list(HABITS)
        for place in range(self.size):
            name = f"{FAMILIES[place % len(FAMILIES)]}{place}" if place else LEADER
            self.habits[name] = kinds[place % len(kinds) or min(place, 1)]
        self._efforts = [EFFORT.get(habit, 1) for habit in self.habits.values()]

    def founding(self, at: Millis) -> Deed:
        return self._made(Deed("found", "建会 车友会"), LEADER, at)

    def cancelling(self, order: int, at: Millis) -> Deed:
        return self._made(Deed("drop_order", f"取消定时 {order}", envelope=order), LEADER, at)

    def pause(self, at: Millis) -> Millis:
        """How long it is until somebody does something of their own accord."""
        busy = PACE[(at + 8 * HOUR) % DAY // HOUR] * self.size / 20
        return SECOND + round(self.dice.expovariate(busy) * HOUR)

    def spontaneous(self, at: Millis, model: Model) -> Deed:
        """What somebody does now, as is their habit."""
        names = list(self.habits)
        [who] = self.dice.choices(names, self._efforts)
        habit = HABITS[self.habits[who]]
        [doing] = self.dice.choices(list(habit), list(habit.values()))
        envelopes = [*model.envelopes.values()][-ENVELOPES_SEEN:]
        known = {member: each.name for member, each in model.members.items()}
        view = View(self.dice, who, at, names, envelopes, list(model.orders), known)
        deed = DOINGS[doing](view)
        return self._made(deed, deed.who or who, at, self._somewhere(deed.chat))

    # Answering to an envelope

    def see(self, envelope: Envelope, at: Millis) -> None:
        """An envelope has appeared: plan who goes for it, how soon and how often."""
        for who, habit in self.habits.items():
            if self.dice.random() < EAGER.get(habit, EAGER_ELSE):
                soon = at + round(self.dice.expovariate(1) * self.dice.choice(PATIENCE))
                for _ in range(self.dice.choice((1, 2, 3)) if habit == "greedy" else 1):
                    deed = self._grabbing(envelope)
                    self._plan(self._made(deed, who, soon, self._where(envelope)))
                    soon += self.dice.randint(0, 2 * SECOND)

    def planned(self, at: Millis) -> list[Deed]:
        """What is done by now of what was planned."""
        done = []
        while self._planned and self._planned[0][0] <= at:
            done.append(self._planned.pop(0)[2])
        return done

    @property
    def next_at(self) -> Millis | None:
        return self._planned[0][0] if self._planned else None

    def _grabbing(self, envelope: Envelope) -> Deed:
        number = envelope.number
        if envelope.wish.key and self.dice.random() < KNOWING:
            return Deed("talk", envelope.wish.key)
        if self.dice.random() >= IN_WORDS:
            return Deed("grab", f"抢 {number}", tap=True, envelope=number)
        if self.dice.random() < UNNAMED:
            return Deed("grab", "抢")
        return Deed("grab", f"抢 {number}", envelope=number)

    def _where(self, envelope: Envelope) -> str:
        return self._somewhere(self.dice.choice(envelope.chats))

    def _plan(self, deed: Deed) -> None:
        insort(self._planned, (deed.at, deed.number, deed))

    def _made(self, deed: Deed, who: str, at: Millis, chat: str = CHATS[0]) -> Deed:
        return replace(deed, number=next(self._numbers), who=who, at=at, chat=chat)

    def _somewhere(self, chat: str) -> str:
        return self.dice.choice(CHATS) if self.dice.random() < ELSEWHERE else chat
