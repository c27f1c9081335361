"""An hour of thirty groups on a clock that is moved, at a platform that counts, errs and is slow.

More hours, and busier ones: HOUR_SEEDS=1-50 HOUR_LOAD=2 make test ARGS="tests/bots/test_hour.py"
"""

import asyncio
import heapq
import os
import random
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bots.contract import Limits, PlatformError, Receive, Sent, Traits
from bots.outbox import ATTEMPTS_MAX, Outbox
from storage.model import SECOND, Event, Message, Millis, Priority, Reply
from storage.sqlite.store import SqliteStore
from storage.store import Store, Work
from tests.support.room import PLATFORM
from tests.support.traffic import Judge, Place, Wish, hour, is_closed
from tests.support.world import START, Clock, pretend_world

DANGER, MONEY, ANSWER, CHATTER = Priority
LIMITS = Limits(gap=SECOND, edit_gap=4 * SECOND, per_minute=20, per_second=28)
"""The platform bears 30 a second; two are left for long texts, which are more than they seem."""
TRAITS = Traits(LIMITS)
QUICK: Millis = 300
SLOW: Millis = 4 * SECOND
DANGER_WAITS_MAX: Millis = 8 * SECOND
"""What is being said must end, the conversation rest, and a second have room."""
FIRST_SEED, LAST_SEED = map(int, os.environ.get("HOUR_SEEDS", "1-1").split("-"))
LOAD = float(os.environ.get("HOUR_LOAD", "0.4"))


class Timeline:
    """The world's clock with those who sleep by it."""

    def __init__(self, news: asyncio.Event) -> None:
        self.clock = Clock()
        self._news = news
        self._sleepers: list[tuple[Millis, int, asyncio.Future[None]]] = []
        self._numbers = count()

    @property
    def sleeping(self) -> int:
        return len(self._sleepers)

    @property
    def next_at(self) -> Millis | None:
        return self._sleepers[0][0] if self._sleepers else None

    async def sleep(self, wait: Millis) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.clock.now + wait, next(self._numbers), woken))
        self._news.set()
        await woken

    def move_to(self, at: Millis) -> None:
        self.clock.now = max(self.clock.now, at)
        while self._sleepers and self._sleepers[0][0] <= self.clock.now:
            heapq.heappop(self._sleepers)[2].set_result(None)


@dataclass
class Exchange:
    """A platform that takes its time, says no in all the ways there are, and counts."""

    timeline: Timeline
    seed: int
    name: str = PLATFORM
    traits: Traits = TRAITS
    judge: Judge = field(default_factory=Judge)
    tried: dict[Place, list[tuple[Millis, Message]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """When each message was begun, in order."""
    lost: set[str] = field(default_factory=set)
    """The texts that arrived without a word of it."""
    refused: Counter[str] = field(default_factory=Counter)
    """How often each text was refused, floods aside."""
    floods: Counter[Place] = field(default_factory=Counter)
    shown: dict[str, str] = field(default_factory=dict)
    """What each message says now, by the platform's id."""
    opened: set[str] = field(default_factory=set)
    """Who has opened the private conversation within the hour."""
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    async def send(self, message: Message) -> Sent:
        place = (message.chat, message.account)
        self.tried[place].append((self.timeline.clock.now, message))
        # Dice of its own: whatever else is under way, the same message has the same fate.
        dice = random.Random(f"{self.seed} {place} {len(self.tried[place])}")
        takes = 1 + dice.randrange(SLOW if dice.random() < 0.02 else QUICK)
        before = dice.randrange(takes)
        await self.timeline.sleep(before)
        try:
            return self._take(message, place, dice)
        finally:
            await self.timeline.sleep(takes - before)

    def _take(self, message: Message, place: Place, dice: random.Random) -> Sent:
        now, fate, text = self.timeline.clock.now, dice.random(), message.reply.text
        parts = 3 if message.reply.priority in (MONEY, ANSWER) and dice.random() < 0.01 else 1
        self.judge.count(place, now, parts, is_edit=bool(message.edits))
        if not message.chat and is_closed(message.account) and message.account not in self.opened:
            raise PlatformError("the bot cannot begin a conversation", unreachable=True)
        if fate < 0.01:
            wait = dice.randint(1, 30)
            self.floods[place] += 1
            self.judge.flood(place, now, wait * SECOND)
            raise PlatformError("too many requests", retry_after_seconds=wait)
        if fate < 0.02:
            self.refused[text] += 1
            raise PlatformError("bad gateway")
        number = message.edits or f"{next(self._ids)}"
        self.judge.arrived[text] += 1
        self.shown[number] = text
        if fate < 0.03:
            self.lost.add(text)
            raise PlatformError("timed out", delivered_maybe=True)
        return Sent(number, parts)

    async def run(self, receive: Receive) -> None: ...

    async def say(self, event: Event, reply: Reply) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> tuple[Mapping[str, object], bool]:
        return {}, True


class Hour:
    def __init__(self, path: Path, wishes: Sequence[Wish], seed: int) -> None:
        self.news = asyncio.Event()
        self.timeline = Timeline(self.news)
        self.clock = self.timeline.clock
        world = pretend_world(seed, self.clock)
        self.store: Store = SqliteStore(path, world)
        self.exchange = Exchange(self.timeline, seed)
        self.outbox = Outbox(self.store, {PLATFORM: self.exchange}, world, self.draw, self.news)
        self.coming = deque(wishes)
        self.states: Counter[str] = Counter()
        """How often what is live has changed."""

    async def draw(self, message: Message) -> Reply:
        slot = message.reply.slot
        return replace(message.reply, text=f"{slot}={self.states[slot]}")

    async def pass_by(self) -> None:
        """Until nothing waits any more."""
        look_at, under_way = START, 0
        while self.coming or self.outbox.under_way or await self.waits():
            has_asked = await self.ask()
            if has_asked or self.outbox.under_way < under_way or look_at <= self.clock.now:
                look_at = await self.outbox.look()
            under_way = self.outbox.under_way
            await self.stands()
            reasons = [look_at]
            reasons += [START + self.coming[0].at] if self.coming else []
            reasons += [self.timeline.next_at] if self.timeline.next_at is not None else []
            self.timeline.move_to(min(reasons))
            await self.stands()

    async def ask(self) -> bool:
        """Put what is wished for by now, if anything is."""
        now: list[Wish] = []
        while self.coming and START + self.coming[0].at <= self.clock.now:
            now.append(self.coming.popleft())
        if not now:
            return False

        async def unit(work: Work) -> None:
            for wish in now:
                if wish.opens:
                    await work.outbox.release(PLATFORM, wish.account)
                else:
                    await work.outbox.put(
                        PLATFORM, *wish.place, wish.reply, via=wish.via, topic=wish.topic
                    )

        self.states.update(wish.reply.slot for wish in now if wish.reply.live)
        self.exchange.opened |= {wish.account for wish in now if wish.opens}
        await self.store.unit(unit)
        return True

    async def stands(self) -> None:
        """Until whatever is under way waits for the clock."""
        while self.outbox.under_way > self.timeline.sleeping:
            self.news.clear()
            await self.news.wait()

    async def counts(self) -> dict[str, int]:
        return await self.store.read(lambda work: work.outbox.counts())

    async def waits(self) -> bool:
        counts = await self.counts()
        return bool(counts["waiting"] + counts["leased"])


async def lived(path: Path, seed: int) -> tuple[Hour, list[Wish]]:
    wishes = hour(seed, load=LOAD)
    found = Hour(path, wishes, seed)
    with capture_logs() as logs:
        await found.pass_by()
    assert {entry["event"] for entry in logs} <= {"a conversation waits", "message given up"}
    return found, wishes


@pytest.mark.timeout(60 + 120 * LOAD)
@pytest.mark.parametrize("seed", range(FIRST_SEED, LAST_SEED + 1))
async def test_an_hour_of_thirty_groups(tmp_path, seed):
    house, wishes = await lived(tmp_path / "club.db", seed)
    exchange = house.exchange
    nothing_is_too_fast(exchange.judge)
    everything_has_arrived(exchange, wishes)
    what_changes_is_shown_as_it_is_now(house)
    danger_goes_first(exchange, wishes)
    whoever_cannot_be_written_to_is_invited(exchange, wishes)
    counts = await house.counts()
    still_closed = {w.account for w in wishes if is_closed(w.account)} - exchange.opened
    held = [w for w in wishes if w.account in still_closed and not w.chat and not w.opens]
    assert counts == {"waiting": 0, "leased": 0, "held": len(held)} | {
        state: counts[state] for state in ("sent", "dead")
    }
    await house.store.close()


def nothing_is_too_fast(judge: Judge) -> None:
    assert judge.worst_minute() <= 20
    assert judge.worst_second() <= 30
    assert judge.worst_edits(LIMITS.edit_gap) <= 1
    assert judge.too_soon == []


def everything_has_arrived(exchange: Exchange, wishes: list[Wish]) -> None:
    """As often as its class says; where nothing went wrong, once."""
    for wish in wishes:
        text, priority = wish.reply.text, wish.reply.priority
        if wish.opens or wish.reply.live:
            continue
        if not wish.chat and is_closed(wish.account) and wish.account not in exchange.opened:
            assert exchange.judge.arrived[text] == 0
        elif priority != CHATTER and text in exchange.lost:
            assert exchange.judge.arrived[text] >= 1
        else:
            given_up = exchange.refused[text] >= ATTEMPTS_MAX[priority]
            assert exchange.judge.arrived[text] == (0 if given_up else 1), text


def what_changes_is_shown_as_it_is_now(house: Hour) -> None:
    """However often it has changed, it was shown now and then, and as it is in the end."""
    exchange = house.exchange
    for slot, changes in house.states.items():
        seen = {
            text: times
            for text, times in exchange.judge.arrived.items()
            if text.startswith(f"{slot}=")
        }
        assert f"{slot}={changes}" in exchange.shown.values()
        assert sum(seen.values()) <= 5 + changes / 2


def danger_goes_first(exchange: Exchange, wishes: list[Wish]) -> None:
    """Before everything that waits in its chat, and soon: unless the platform has asked for
    patience there, or has not taken another danger, which keeps its place before this one."""
    troubled = {
        wish.place
        for wish in wishes
        if wish.reply.priority == DANGER
        and (wish.reply.text in exchange.lost or exchange.refused[wish.reply.text])
    }
    for wish in wishes:
        if wish.reply.priority != DANGER or wish.place in troubled:
            continue
        asked_at, tried = START + wish.at, exchange.tried[wish.place]
        begun = next(at for at, message in tried if message.reply.text == wish.reply.text)
        between = [message.reply for at, message in tried if asked_at < at < begun]
        assert all(reply.priority == DANGER for reply in between), wish
        if not exchange.floods[wish.place]:
            assert begun - asked_at <= DANGER_WAITS_MAX


def whoever_cannot_be_written_to_is_invited(exchange: Exchange, wishes: list[Wish]) -> None:
    doors: Counter[str] = Counter()
    for place, tried in exchange.tried.items():
        for _, message in tried:
            if message.reply.slot.startswith("door:"):
                assert place == (message.chat, "")
                assert message.topic == "7"
                doors[message.reply.slot.split(":")[1]] += 1
    asked = {w.account for w in wishes if w.via and is_closed(w.account)}
    assert set(doors) <= asked
    assert asked - exchange.opened <= set(doors)
