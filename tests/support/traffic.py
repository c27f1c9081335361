"""An hour of a platform with many groups: what is to be said there, and a judge who counts.

Nothing here knows a store, an outbox or a wire, so the same hour can be sent through each of them.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from storage.model import HOUR, MINUTE, SECOND, Millis, Priority, Reply

DANGER, MONEY, ANSWER, CHATTER = Priority
Place = tuple[str, str]
"""Chat and account: a group, a person, or somebody's badge in a group."""

LIVELY = 5
"""One group in so many talks a lot."""
PEOPLE = 40
CLOSED = 10
"""So many of them have never opened the private conversation."""
STORMS = 3
TICK: Millis = 250
"""What is wished for within one comes together, as after a commit."""
DANGERS_PER_MINUTE_MAX = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """Something to be said at a time, counted from the start of the hour."""

    at: Millis
    chat: str
    account: str
    reply: Reply
    via: str = ""
    topic: str = ""
    opens: bool = False
    """Nothing is to be said: the person opens the private conversation."""

    @property
    def place(self) -> Place:
        return (self.chat, self.account)


def hour(seed: int, *, groups: int = 30, load: float = 1.0, lasts: Millis = HOUR) -> list[Wish]:
    """In order of time. Texts are never the same; `load` multiplies what groups talk."""
    dice = random.Random(seed)
    made: list[Wish] = []
    for number in range(groups):
        chat = f"group{number}"
        talk = load * (3.0 if number % LIVELY == 0 else 0.5)
        for priority, per_minute in ((ANSWER, talk), (CHATTER, talk / 4), (MONEY, talk / 8)):
            made += (said(at, chat, priority) for at in moments(dice, per_minute, lasts))
        made += (said(at, chat, DANGER) for at in moments(dice, 0.03, lasts))
        for at in moments(dice, 0.03 * load, lasts):
            made += rush(dice, at, chat)
        made += (badge(dice, at, chat) for at in moments(dice, 0.1, lasts))
    made += private(dice, groups, load, lasts)
    for _ in range(STORMS):
        made += storm(dice, dice.randrange(lasts), f"group{dice.randrange(groups)}")
    made += alarm(dice.randrange(lasts), groups)
    return named(within_reason(sorted(made, key=lambda wish: wish.at)))


def moments(dice: random.Random, per_minute: float, lasts: Millis) -> Iterator[Millis]:
    at = 0.0
    while (at := at + dice.expovariate(per_minute / MINUTE)) < lasts:
        yield int(at)


def said(at: Millis, chat: str, priority: Priority, account: str = "", via: str = "") -> Wish:
    return Wish(at, chat, account, Reply("", priority=priority), via, "7" if via else "")


def rush(dice: random.Random, at: Millis, chat: str) -> Iterator[Wish]:
    """An envelope: its message follows every grab, a hundred in twenty seconds."""
    live = Reply("", priority=MONEY, slot=f"envelope:{dice.randrange(10**9)}", live=True)
    yield Wish(at, chat, "", live)
    for _ in range(dice.randint(10, 100)):
        at += int(dice.expovariate(1 / 200))
        yield Wish(at, chat, "", live)


def badge(dice: random.Random, at: Millis, chat: str) -> Wish:
    reply = Reply("", to="badge", priority=CHATTER)
    return Wish(at, chat, person(dice.randrange(PEOPLE)), reply)


def private(dice: random.Random, groups: int, load: float, lasts: Millis) -> Iterator[Wish]:
    """Answers to people who asked in a group; some have to open the conversation first, which one
    half of them does."""
    for at in moments(dice, 10 * load, lasts):
        group = f"group{dice.randrange(groups)}"
        yield said(at, "", ANSWER, person(dice.randrange(PEOPLE)), via=dice.choice(["", group]))
    for number in range(0, CLOSED, 2):
        opens = Reply("", to="private")
        yield Wish(dice.randrange(lasts), "", person(number), opens, opens=True)


def storm(dice: random.Random, start: Millis, chat: str) -> Iterator[Wish]:
    """More than a group's minute holds, all at once, and danger last."""
    for priority, times in ((CHATTER, 25), (ANSWER, 25), (MONEY, 8), (DANGER, 2)):
        for _ in range(times):
            yield said(start + dice.randrange(20 * SECOND), chat, priority)


def alarm(at: Millis, groups: int) -> Iterator[Wish]:
    """Everybody everywhere is to know at once: more than a second holds."""
    for number in range(groups):
        yield said(at, f"group{number}", DANGER)
    for number in range(CLOSED, PEOPLE):
        yield said(at, "", DANGER, person(number))


def person(number: int) -> str:
    return f"m{number}"


def is_closed(account: str) -> bool:
    """Who has never opened the private conversation when the hour begins."""
    return account in {person(number) for number in range(CLOSED)}


def within_reason(wishes: Iterable[Wish]) -> Iterator[Wish]:
    """More dangers a minute than there are places for would be no promise to keep."""
    lately: dict[Place, list[Millis]] = defaultdict(list)
    for wish in wishes:
        if wish.reply.priority == DANGER:
            before = lately[wish.place][-DANGERS_PER_MINUTE_MAX:]
            if len(before) == DANGERS_PER_MINUTE_MAX and wish.at < before[0] + 2 * MINUTE:
                continue
            lately[wish.place].append(wish.at)
        yield wish


def named(wishes: Iterable[Wish]) -> list[Wish]:
    """Each gets a text of its own; what is live is drawn, and has none."""
    found = []
    for number, wish in enumerate(wishes):
        r = wish.reply
        text = "" if r.live else f"{r.priority.name}-{number}"
        reply = Reply(text, to=r.to, priority=r.priority, slot=r.slot, live=r.live)
        found.append(
            Wish(
                wish.at - wish.at % TICK,
                wish.chat,
                wish.account,
                reply,
                wish.via,
                wish.topic,
                wish.opens,
            )
        )
    return found


@dataclass
class Judge:
    """Counts what a platform is asked to do, as the platform would."""

    counted: dict[Place, list[Millis]] = field(default_factory=lambda: defaultdict(list))
    edited: dict[Place, list[Millis]] = field(default_factory=lambda: defaultdict(list))
    too_soon: list[tuple[Place, Millis]] = field(default_factory=list)
    """What came although the platform had asked for patience."""
    arrived: Counter[str] = field(default_factory=Counter)
    """How often each text was seen by the members."""
    _quiet: dict[Place, Millis] = field(default_factory=dict)

    def count(self, place: Place, at: Millis, messages: int = 1, *, is_edit: bool = False) -> None:
        self.counted[place] += [at] * messages
        if is_edit:
            self.edited[place].append(at)
        if at < self._quiet.get(place, 0):
            self.too_soon.append((place, at))

    def flood(self, place: Place, at: Millis, wait: Millis) -> None:
        """From then on it wants to hear nothing there for so long."""
        self._quiet[place] = at + wait

    def worst_minute(self) -> int:
        """The most messages any group had within a minute; badges are no messages."""
        groups = (times for (_, account), times in self.counted.items() if not account)
        return max((most_within(MINUTE, times) for times in groups), default=0)

    def worst_second(self) -> int:
        return most_within(SECOND, [at for times in self.counted.values() for at in times])

    def worst_edits(self, window: Millis) -> int:
        return max((most_within(window, times) for times in self.edited.values()), default=0)


def most_within(window: Millis, times: Iterable[Millis]) -> int:
    """The most of them that lie less than a window apart."""
    most, first, ordered = 0, 0, sorted(times)
    for last, at in enumerate(ordered):
        while ordered[first] <= at - window:
            first += 1
        most = max(most, last - first + 1)
    return most
