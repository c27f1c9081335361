"""What was committed goes out: in order, paced, again where that does no harm."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bots import outbox as module
from bots.contract import Limits, PlatformError, Receive, Sent, Traits
from bots.outbox import ATTEMPTS_MAX, BACKOFF_MAX, LEASED_MAX, Outbox, backoff
from storage.errors import Fault
from storage.model import HOUR, MINUTE, SECOND, Event, Message, Millis, Priority, Reply
from storage.sqlite.store import SqliteStore
from storage.store import Store, Work
from tests.support.room import PLATFORM
from tests.support.world import START, Clock, pretend_world

NO = PlatformError("no")
MAYBE = PlatformError("lost", delivered_maybe=True)
FLOOD = PlatformError("too many requests", retry_after_seconds=30)
CLOSED = PlatformError("they must write first", unreachable=True, final=True)
NEVER = PlatformError("blocked", final=True)
DANGER, MONEY, ANSWER, CHATTER = Priority
QUICK = Traits()


@dataclass
class Wire:
    """A platform up to its last step: what it is asked to send, and what it says to that."""

    name: str = PLATFORM
    traits: Traits = QUICK
    answers: deque[Exception] = field(default_factory=deque)
    """What the next attempts raise."""
    tried: list[Message] = field(default_factory=list)
    arrived: list[Message] = field(default_factory=list)
    heard: list[tuple[Millis, str]] = field(default_factory=list)
    """When each text arrived."""
    clock: Callable[[], Millis] = lambda: 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is not set, sending takes for ever."""
    at_once_max: int = 0
    parts: int = 1
    """How many messages each one becomes."""
    _now: dict[tuple[str, str], int] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.open.set()

    @property
    def texts(self) -> list[str]:
        return [message.reply.text for message in self.arrived]

    def has_tried(self, times: int) -> bool:
        return len(self.tried) == times

    async def send(self, message: Message) -> Sent:
        self.tried.append(message)
        place = (message.chat, message.account)
        self._now[place] = self._now.get(place, 0) + 1
        self.at_once_max = max(self.at_once_max, self._now[place])
        try:
            await asyncio.sleep(0)
            await self.open.wait()
        finally:
            self._now[place] -= 1
        if self.answers:
            raise self.answers.popleft()
        self.arrived.append(message)
        self.heard.append((self.clock(), message.reply.text))
        return Sent(message.edits or f"{self.name}{next(self._ids)}", self.parts)

    async def run(self, receive: Receive) -> None: ...

    async def say(self, event: Event, reply: Reply) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> tuple[Mapping[str, object], bool]:
        return {}, True


class House:
    """A store with an outbox that runs when asked to."""

    def __init__(self, path: Path, clock: Clock, *wires: Wire) -> None:
        self.clock = clock
        self.wires = wires or (Wire(),)
        self.world = pretend_world(clock=clock)
        self.store: Store = SqliteStore(path, self.world)
        self.news = asyncio.Event()
        self.drawn = 0
        self.stage = ""
        """How far what is live has come."""
        self.spent: list[str] = []
        """The platforms where answers had to wait for the next day, each time it was told."""
        for wire in self.wires:
            wire.clock = clock
        self.outbox = Outbox(
            self.store,
            {wire.name: wire for wire in self.wires},
            self.world,
            self.draw,
            self.news,
            self.spent.append,
        )

    @property
    def wire(self) -> Wire:
        return self.wires[0]

    async def draw(self, message: Message) -> Reply:
        self.drawn += 1
        if message.reply.slot == "nobody:1":
            raise Fault("nobody can draw it")
        return replace(message.reply, text=f"画{self.drawn}", stage=self.stage)

    async def put(
        self,
        text: str,
        priority: Priority = ANSWER,
        *,
        slot: str = "",
        chat: str = "group",
        account: str = "",
        platform: str = PLATFORM,
        not_before: Millis = 0,
        live: bool = False,
        topic: str = "",
        via: str = "",
        **more: Any,
    ) -> None:
        """`more` are fields of the reply."""
        reply = Reply(text, priority=priority, slot=slot, live=live, **more)

        async def unit(work: Work) -> None:
            await work.outbox.put(
                platform, chat, account, reply, not_before=not_before, topic=topic, via=via
            )

        await self.store.unit(unit)
        self.news.set()

    async def counts(self) -> dict[str, int]:
        async def look(work: Work) -> dict[str, int]:
            return await work.outbox.counts()

        return await self.store.read(look)

    def move(self, by: Millis) -> None:
        self.clock.move(by)
        self.news.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        life = asyncio.create_task(self.outbox.run())
        try:
            yield
        finally:
            life.cancel()
            await asyncio.wait([life])

    async def pass_by(self, seconds: float) -> None:
        """Look whenever there is a reason to, until that time has passed."""
        end = self.clock.now + int(seconds * SECOND)
        while True:
            look_at = await self.outbox.look()
            if self.outbox.under_way:
                await self.outbox.finished()
            elif look_at <= end:
                self.clock.now = max(look_at, self.clock.now)
            else:
                self.clock.now = end
                return

    def said_after(self, since: Millis = START) -> list[tuple[float, str]]:
        """In seconds, and what it was."""
        return [((at - since) / SECOND, text) for at, text in self.wire.heard]

    async def settled(self, **states: int) -> None:
        """Wait until as many messages are in these states."""

        async def reached() -> bool:
            counts = await self.counts()
            return all(counts[state] == number for state, number in states.items())

        while not await reached():  # noqa: ASYNC110  (the file sets no event)
            await asyncio.sleep(0.001)

    async def still(self) -> None:
        """Wait long enough for whatever would go out now to have gone."""
        for _ in range(10):
            self.news.set()
            await asyncio.sleep(0.002)


@pytest.fixture
async def house(tmp_path: Path, clock: Clock) -> AsyncIterator[House]:
    house = House(tmp_path / "club.db", clock)
    yield house
    await house.store.close()


@pytest.fixture
async def paced(tmp_path: Path, clock: Clock) -> AsyncIterator[House]:
    """At a platform that bears no hurry."""
    limits = Limits(gap=SECOND, edit_gap=4 * SECOND, per_minute=20, per_second=30)
    house = House(tmp_path / "club.db", clock, Wire(traits=Traits(limits)))
    yield house
    await house.store.close()


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110  (what is waited for sets no event)
        await asyncio.sleep(0.001)


# Order


async def test_messages_arrive_in_the_order_they_were_said(house):
    async with house.running():
        for number in range(20):
            await house.put(f"{number}")
        await house.settled(sent=20)
    assert house.wire.texts == [f"{number}" for number in range(20)]
    assert house.wire.at_once_max == 1
    assert house.outbox.counts.sent == 20


async def test_what_is_urgent_goes_first(house):
    for priority in reversed(Priority):
        await house.put(priority.name, priority)
    async with house.running():
        await house.settled(sent=4)
    assert house.wire.texts == ["DANGER", "MONEY", "ANSWER", "CHATTER"]


async def test_one_conversation_does_not_wait_for_another(house):
    house.wire.open.clear()
    for number in range(LEASED_MAX + 20):
        await house.put("好", chat=f"group{number}")
    await house.put("好", chat="", account="小李")
    async with house.running():
        await until(lambda: len(house.wire.tried) == LEASED_MAX + 21)
        house.wire.open.set()
        await house.settled(sent=LEASED_MAX + 21)
    assert house.wire.at_once_max == 1


async def test_nothing_goes_out_before_its_time(house):
    await house.put("早", CHATTER, not_before=house.clock.now + HOUR)
    await house.put("好")
    async with house.running():
        await house.settled(sent=1)
        house.move(HOUR - 1)
        await house.still()
        assert house.wire.texts == ["好"]
        house.move(1)
        await house.settled(sent=2)


# Again


async def test_what_failed_is_tried_again_later_and_holds_back_what_follows(house):
    house.wire.answers.append(NO)
    for text in ("一", "二"):
        await house.put(text)
    async with house.running():
        await house.settled(waiting=2)
        await until(lambda: house.outbox.counts.retried)
        await house.still()
        assert house.wire.texts == []
        await house.put("钱", MONEY)
        await house.settled(sent=1)
        house.move(SECOND - 1)
        await house.still()
        assert house.wire.texts == ["钱"]
        house.move(SECOND)
        await house.settled(sent=3)
    assert house.wire.texts == ["钱", "一", "二"]


async def test_waiting_grows(house):
    house.wire.answers.extend([NO] * 4)
    await house.put("一", MONEY)
    waits = []
    async with house.running():
        for attempt in range(1, 5):
            await until(partial(house.wire.has_tried, attempt))
            await house.settled(waiting=1)
            since = house.clock.now
            while len(house.wire.tried) == attempt:
                house.move(100)
                await asyncio.sleep(0.004)
            waits.append(house.clock.now - since)
        await house.settled(sent=1)
    for attempt, wait in enumerate(waits, 1):
        assert SECOND << (attempt - 1) <= wait <= 2 * (SECOND << attempt)


async def test_the_platform_may_say_when_to_come_back(house):
    house.wire.answers.append(PlatformError("slow down", retry_after_seconds=30))
    await house.put("一")
    async with house.running():
        await until(lambda: house.outbox.counts.retried)
        await house.settled(waiting=1)
        house.move(30 * SECOND - 1)
        await house.still()
        assert house.wire.texts == []
        house.move(1)
        await house.settled(sent=1)


async def test_what_will_never_arrive_is_buried_at_once(house):
    house.wire.answers.append(NEVER)
    await house.put("一", MONEY)
    await house.put("二", MONEY)
    with capture_logs() as logs:
        async with house.running():
            await house.settled(dead=1, sent=1)
    assert house.wire.texts == ["二"]
    assert house.outbox.counts.buried == 1
    assert [entry["event"] for entry in logs] == ["message given up"]
    assert "一" not in str(logs)


@pytest.mark.parametrize("priority", [ANSWER, CHATTER])
async def test_what_is_not_money_is_given_up_after_some_attempts(house, priority):
    house.wire.answers.extend([NO] * 100)
    await house.put("一", priority)
    with capture_logs():
        async with house.running():
            while not house.outbox.counts.buried:
                if (await house.counts())["waiting"]:
                    house.move(3 * SECOND)  # less than a lease
                await asyncio.sleep(0.001)
            await house.settled(dead=1)
    assert len(house.wire.tried) == ATTEMPTS_MAX[priority]


@pytest.mark.parametrize("priority", Priority)
async def test_what_may_have_arrived_is_said_again_only_where_that_does_no_harm(house, priority):
    house.wire.answers.append(MAYBE)
    await house.put("一", priority)
    async with house.running():
        await until(lambda: house.wire.tried)
        while (await house.counts())["sent"] == 0:
            house.move(SECOND)
            await asyncio.sleep(0.002)
    again = priority != CHATTER
    assert len(house.wire.tried) == (2 if again else 1)


@pytest.mark.parametrize("priority", [MONEY, CHATTER])
async def test_a_platform_that_never_answers_may_have_sent_it(house, priority, monkeypatch):
    monkeypatch.setattr(module, "SEND_TIMEOUT_SECONDS", 0.01)
    house.wire.open.clear()
    await house.put("一", priority)
    async with house.running():
        await until(lambda: house.wire.tried)
        await asyncio.sleep(0.02)
        house.wire.open.set()
        while (await house.counts())["sent"] == 0:
            house.move(SECOND)
            await asyncio.sleep(0.002)
    assert len(house.wire.arrived) == (1 if priority == MONEY else 0)


async def test_a_broken_platform_does_not_stop_the_others(tmp_path, clock):
    broken, sound = Wire("broken"), Wire("sound")
    broken.answers.extend(ValueError("我们的错") for _ in range(1000))
    house = House(tmp_path / "club.db", clock, broken, sound)
    with capture_logs() as logs:
        async with house.running():
            for number in range(5):
                await house.put(f"{number}", MONEY, platform="broken", chat=f"{number}")
                await house.put(f"{number}", MONEY, platform="sound")
            await until(lambda: len(sound.arrived) == 5)
            await until(lambda: len(broken.tried) == 5)
            await house.settled(sent=5, waiting=5)
    assert sound.texts == ["0", "1", "2", "3", "4"]
    assert {entry["event"] for entry in logs} == {"a platform broke while sending"}
    await house.store.close()


async def test_messages_for_a_platform_that_is_switched_off_wait_for_it(house):
    await house.put("一", platform="elsewhere")
    await house.put("二")
    async with house.running():
        await house.settled(sent=1, waiting=1)
    assert house.wire.texts == ["二"]


@given(st.integers(1, 60), st.floats(0, 1, exclude_max=True))
def test_no_wait_is_longer_than_ten_minutes_and_a_quarter(attempts, luck):
    wait = backoff(attempts, luck)
    assert SECOND <= wait <= BACKOFF_MAX * 1.25
    assert wait <= backoff(attempts + 1, luck)


# Messages that change


async def test_a_message_with_a_slot_changes_the_one_before(house):
    async with house.running():
        await house.put("一", slot="a:1")
        await house.settled(sent=1)
        await house.put("二", slot="a:1")
        await house.put("三", slot="a:2")
        await house.settled(sent=3)
    assert [(message.reply.text, message.edits) for message in house.wire.arrived] == [
        ("一", ""),
        ("二", "pretend1"),
        ("三", ""),
    ]


async def test_changes_that_wait_become_one(house):
    for number in range(50):
        await house.put(f"{number}", slot="a:1")
    async with house.running():
        await house.settled(sent=1)
    assert house.wire.texts == ["49"]


async def test_changes_during_a_change_become_one(house):
    house.wire.open.clear()
    await house.put("一", slot="a:1")
    async with house.running():
        await until(lambda: house.wire.tried)
        for number in range(50):
            await house.put(f"{number}", slot="a:1")
        house.wire.open.set()
        await house.settled(sent=2)
    assert [(message.reply.text, message.edits) for message in house.wire.arrived] == [
        ("一", ""),
        ("49", "pretend1"),
    ]


async def test_a_failed_change_gives_way_to_a_newer_one(house):
    house.wire.open.clear()
    house.wire.answers.append(NO)
    await house.put("旧", MONEY, slot="a:1")
    async with house.running():
        await until(lambda: house.wire.tried)
        await house.put("新", MONEY, slot="a:1")
        house.wire.open.set()
        await until(lambda: house.wire.arrived)
        await house.settled(waiting=0, leased=0)
        house.move(MINUTE)
        await house.still()
    assert house.wire.texts == ["新"]


async def test_a_live_message_is_drawn_when_it_goes_out(house):
    await house.put("", MONEY, slot="a:1", live=True)
    assert house.drawn == 0
    async with house.running():
        await house.settled(sent=1)
        await house.put("", MONEY, slot="a:1", live=True)
        await house.settled(sent=2)
    assert [(message.reply.text, message.edits) for message in house.wire.arrived] == [
        ("画1", ""),
        ("画2", "pretend1"),
    ]


async def test_a_live_message_nobody_can_draw_stops_nothing(house):
    await house.put("", MONEY, slot="nobody:1", live=True)
    await house.put("退回 5 分", MONEY)
    with capture_logs():
        async with house.running():
            await house.settled(sent=1, dead=1)
    assert house.wire.texts == ["退回 5 分"]


async def test_an_edit_that_may_have_arrived_is_said_again_as_it_is_the_same_message(house):
    await house.put("一", CHATTER, slot="a:1")
    await house.pass_by(0)
    house.wire.answers.append(MAYBE)
    await house.put("二", CHATTER, slot="a:1")
    await house.pass_by(10)
    assert [message.reply.text for message in house.wire.tried] == ["一", "二", "二"]


# Pace


async def test_a_look_says_when_to_look_again(paced):
    assert await paced.outbox.look() == START + 5 * SECOND
    await paced.put("一", CHATTER, not_before=START + 2 * SECOND)
    assert await paced.outbox.look() == START + 2 * SECOND
    for text in ("二", "三"):
        await paced.put(text)
    await paced.outbox.look()
    assert paced.outbox.under_way == 1
    await paced.outbox.finished()
    assert paced.outbox.under_way == 0
    assert await paced.outbox.look() == START + SECOND
    await paced.pass_by(3)
    assert paced.said_after() == [(0, "二"), (1, "三"), (2, "一")]


async def test_a_conversation_keeps_the_pace_its_platform_asks_for(paced):
    for number in range(4):
        await paced.put(f"{number}")
    await paced.put("悄悄", chat="", account="小李")
    await paced.pass_by(10)
    assert paced.said_after() == [(0, "0"), (0, "悄悄"), (1, "1"), (2, "2"), (3, "3")]


async def test_a_loop_keeps_the_pace_too(paced):
    """By the world's clock, whatever the machine's says."""
    async with paced.running():
        for number in range(3):
            await paced.put(f"{number}")
        await paced.settled(sent=1)
        paced.move(SECOND - 1)
        await paced.still()
        assert paced.wire.texts == ["0"]
        paced.move(1)
        await paced.settled(sent=2)


async def test_a_group_has_room_for_danger_when_all_else_must_wait(paced):
    for number in range(30):
        await paced.put(f"{number}", (MONEY, ANSWER, CHATTER)[number % 3])
    await paced.pass_by(30)
    assert len(paced.wire.arrived) == 17 - 2
    for number in range(4):
        await paced.put(f"危险{number}", DANGER)
    await paced.pass_by(4)
    assert paced.wire.texts[15:] == [f"危险{number}" for number in range(4)]
    await paced.pass_by(10 * 60)
    assert len(paced.wire.arrived) == 34


async def test_in_private_there_is_no_minute(paced):
    for number in range(60):
        await paced.put(f"{number}", CHATTER, chat="", account="小李")
    await paced.pass_by(60)
    assert len(paced.wire.arrived) == 60


async def test_badges_take_no_place_of_the_groups_minute_but_one_of_the_second(paced):
    for number in range(40):
        await paced.put("牌", CHATTER, account=f"m{number}")
    await paced.put("好")
    await paced.pass_by(0)
    assert len(paced.wire.arrived) == 30
    await paced.pass_by(59)
    for number in range(11):
        await paced.put(f"{number}", CHATTER)
    await paced.pass_by(0.5)
    await paced.pass_by(11)
    assert len(paced.wire.arrived) == 52


async def test_a_long_text_counts_as_what_it_became(paced):
    paced.wire.parts = 4
    for number in range(4):
        await paced.put(f"{number}", CHATTER)
    await paced.pass_by(61)
    assert paced.said_after() == [(0, "0"), (4, "1"), (8, "2"), (60, "3")]


async def test_what_changes_often_is_shown_now_and_then_and_as_it_is_in_the_end(paced):
    for _ in range(100):
        await paced.put("", MONEY, slot="a:1", live=True)
        await paced.pass_by(0.1)
    await paced.pass_by(10)
    assert paced.said_after() == [(0, "画1"), (1, "画2"), (5, "画3"), (9, "画4"), (13, "画5")]
    assert (await paced.counts())["waiting"] == 0


async def test_an_edit_waits_for_whatever_else_is_to_be_said(paced):
    await paced.put("旧", MONEY, slot="a:1")
    await paced.pass_by(0)
    await paced.put("新", MONEY, slot="a:1")
    for number in range(3):
        await paced.put(f"{number}", ANSWER)
    await paced.pass_by(10)
    assert paced.wire.texts == ["旧", "0", "1", "2", "新"]


async def test_a_flood_silences_its_conversation_and_no_other(paced):
    paced.wire.answers.append(FLOOD)
    await paced.put("一")
    await paced.pass_by(0)
    await paced.put("二")
    await paced.put("危险", DANGER)
    await paced.put("别处", chat="other")
    with capture_logs() as logs:
        await paced.pass_by(60)
    assert paced.said_after() == [(0, "别处"), (30, "危险"), (31, "一"), (32, "二")]
    assert logs == []


@pytest.mark.parametrize("priority", Priority)
async def test_nothing_is_given_up_because_of_floods(paced, priority):
    paced.wire.answers.extend([FLOOD] * 100)
    await paced.put("一", priority)
    with capture_logs() as logs:
        await paced.pass_by(60 * 60)
    assert paced.wire.texts == ["一"]
    assert len(paced.wire.tried) == 101
    assert {(entry["event"], entry["seconds"]) for entry in logs} == {("a conversation waits", 30)}


async def test_floods_between_refusals_do_not_make_them_more(paced):
    refusals = ATTEMPTS_MAX[CHATTER]
    paced.wire.answers.extend([FLOOD, NO] * refusals)
    await paced.put("一", CHATTER)
    with capture_logs():
        await paced.pass_by(60 * 60)
    assert len(paced.wire.tried) == 2 * refusals
    assert paced.outbox.counts.buried == 1


async def test_a_clock_that_is_set_back_makes_no_hurry(paced):
    await paced.put("先")
    await paced.pass_by(0)
    paced.clock.move(-HOUR)
    paced.wire.answers.extend([NO] * 3)
    await paced.put("一", CHATTER)
    with capture_logs():
        await paced.pass_by(HOUR / SECOND - 1)
    assert len(paced.wire.tried) == 2, "its wait is counted from the newest time kept"


# People who must write first


async def test_what_cannot_reach_its_addressee_waits_and_invites_them(paced):
    paced.wire.answers.append(CLOSED)
    await paced.put("你的分", chat="", account="小李", via="group", topic="7")
    await paced.pass_by(10)
    counts = await paced.counts()
    assert (counts["held"], counts["sent"], counts["waiting"]) == (1, 1, 0)
    (door,) = paced.wire.arrived
    assert (door.chat, door.account, door.topic) == ("group", "", "7")
    assert door.reply.slot == f"door:小李:{START // HOUR}"
    assert (door.reply.live, door.reply.priority) == (True, ANSWER)
    assert (paced.outbox.counts.held, paced.outbox.counts.buried) == (1, 0)


async def test_one_invitation_a_person_an_hour(paced):
    paced.clock.now += HOUR - START % HOUR
    for _ in range(6):
        for account in ("小李", "小张"):
            paced.wire.answers.append(CLOSED)
            await paced.put("你的分", chat="", account=account, via="group")
        await paced.pass_by(0.5)
        await paced.pass_by(20 * 60)
    new = [message for message in paced.wire.arrived if not message.edits]
    assert len(new) == 4
    assert (await paced.counts())["held"] == 12


async def test_where_nobody_asked_in_a_group_nobody_is_invited(paced):
    paced.wire.answers.append(CLOSED)
    await paced.put("保养到期", chat="", account="小李")
    await paced.pass_by(60)
    assert (await paced.counts())["held"] == 1
    assert paced.wire.arrived == []


async def test_what_was_held_goes_out_once_the_conversation_is_open(paced):
    paced.wire.answers.append(CLOSED)
    await paced.put("你的分", chat="", account="小李")
    await paced.pass_by(60)
    await paced.store.unit(lambda work: work.outbox.release(PLATFORM, "小李"))
    await paced.pass_by(1)
    assert paced.wire.texts == ["你的分"]


async def test_a_group_that_cannot_be_reached_is_not_waited_for(paced):
    paced.wire.answers.append(CLOSED)
    await paced.put("一")
    with capture_logs():
        await paced.pass_by(1)
    assert (await paced.counts())["dead"] == 1


# Restart


async def test_after_a_crash_money_is_said_again_and_chatter_is_not(tmp_path, clock):
    before = House(tmp_path / "club.db", clock)
    before.wire.open.clear()
    for priority in (DANGER, MONEY, CHATTER):
        await before.put(priority.name, priority, chat=priority.name)
    life = asyncio.create_task(before.outbox.run())
    await until(lambda: len(before.wire.tried) == 3)
    for task in (life, *before.outbox._sending):  # as a killed process would stop
        task.cancel()
    await asyncio.gather(life, return_exceptions=True)
    assert (await before.counts())["leased"] == 3
    await before.store.close()

    after = House(tmp_path / "club.db", clock)
    async with after.running():
        await after.settled(sent=3)
    assert sorted(after.wire.texts) == ["DANGER", "MONEY"]
    await after.store.close()


async def test_a_restart_changes_the_message_that_was_there(tmp_path, clock):
    before = House(tmp_path / "club.db", clock)
    async with before.running():
        await before.put("一", slot="a:1")
        await before.settled(sent=1)
    await before.store.close()
    after = House(tmp_path / "club.db", clock)
    async with after.running():
        await after.put("二", slot="a:1")
        await after.settled(sent=2)
    assert [message.edits for message in after.wire.arrived] == ["pretend1"]
    await after.store.close()


async def test_what_is_being_sent_at_the_end_is_finished(house):
    house.wire.open.clear()
    await house.put("一")
    life = asyncio.create_task(house.outbox.run())
    await until(lambda: house.wire.tried)
    life.cancel()
    await asyncio.sleep(0.01)
    assert not life.done()
    house.wire.open.set()
    await asyncio.wait([life])
    assert house.wire.texts == ["一"]
    assert (await house.counts())["sent"] == 1


async def test_nothing_new_is_begun_after_the_end(house):
    house.wire.open.clear()
    for text in ("一", "二"):
        await house.put(text)
    life = asyncio.create_task(house.outbox.run())
    await until(lambda: house.wire.tried)
    life.cancel()
    await asyncio.sleep(0)
    house.wire.open.set()
    await asyncio.wait([life])
    assert house.wire.texts == ["一"]
    assert (await house.counts())["waiting"] == 1


async def test_a_platform_that_hangs_does_not_hold_up_the_end_for_ever(house, monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY_SECONDS", 0.02)
    house.wire.open.clear()
    await house.put("一")
    life = asyncio.create_task(house.outbox.run())
    await until(lambda: house.wire.tried)
    life.cancel()
    await asyncio.wait([life], timeout=5)
    assert life.done()
    house.wire.open.set()
    await house.settled(sent=1)


async def test_a_store_that_is_gone_does_not_end_the_outbox(house, monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY_SECONDS", 0.002)
    await house.store.close()
    life = asyncio.create_task(house.outbox.run())
    with capture_logs() as logs:
        await until(lambda: len(logs) > 2)
    assert not life.done()
    life.cancel()
    assert {entry["event"] for entry in logs} == {"outbox cannot start yet"}
