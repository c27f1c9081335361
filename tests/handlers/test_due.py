"""What falls due is done once, whatever fails beside it and however late it is."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from handlers import registry
from handlers.context import Context
from handlers.dispatch import Dispatch
from handlers.due import PRUNE_EVERY, ROWS_AT_ONCE, SEEN_KEPT, Sweeper
from handlers.feature import Feature
from handlers.guard import Rate
from rewards import ledger
from storage.errors import Refusal
from storage.model import DAY, HOUR, MINUTE, SECOND, Due, Millis, Posting, Reply
from storage.sqlite.store import SqliteStore
from storage.store import Work
from tests.support.room import CATALOGUE, GROUP, PLATFORM, WORDS, Room
from tests.support.world import pretend_world


@dataclass
class Chores:
    """A feature whose due rows do as their key says."""

    done: list[str] = field(default_factory=list)
    feature: Feature = field(default_factory=lambda: Feature("common"))

    def __post_init__(self) -> None:
        @self.feature.when_due("common.chore")
        async def chore(ctx: Context, due: Due) -> None:
            await ctx.work.outbox.put(PLATFORM, GROUP, "", Reply(due.key))
            await ctx.work.ledger.post(
                Posting(f"x:{due.key}", "x", ledger.POOL, "burn", 1, "system")
            )
            if due.key.startswith("坏"):
                raise ValueError(due.key)
            if due.key.startswith("不"):
                raise Refusal("who")
            if due.key.startswith("又"):
                await ctx.work.due.schedule(Due(due.club, due.kind, due.key, due.at + DAY))
            self.done.append(due.key)


@pytest.fixture
def chores(room: Room) -> Chores:
    chores = Chores()
    plant(room, chores)
    return chores


def plant(room: Room, chores: Chores) -> None:
    more = registry.collect([*registry.find().features, chores.feature])
    room.dispatch = Dispatch(
        room.store, more, WORDS, CATALOGUE, room.world, newborn=room.newborn, rate=Rate(10**6)
    )
    room.sweeper = Sweeper(room.store, room.dispatch, room.world)


async def schedule(room: Room, key: str, after: Millis, kind: str = "common.chore") -> None:
    async def unit(work: Work) -> None:
        await room._enter(work)
        await work.due.schedule(Due(work.club, kind, key, work.now + after))

    await room.store.unit(unit)


async def rows(room: Room) -> list[Due]:
    """All rows, due or not."""
    now = room.clock.now
    room.clock.move(1000 * DAY)

    async def look(work: Work) -> list[Due]:
        return list(await work.due.ready(1000))

    found = await room.store.read(look)
    room.clock.now = now
    return found


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  (what is waited for sets no event)
        await asyncio.sleep(0.001)


async def test_a_row_waits_for_its_time_and_is_done_once(room, chores):
    await schedule(room, "浇水", HOUR)
    room.clock.move(HOUR - 1)
    assert await room.sweep() == []
    room.clock.move(1)
    assert [each.text for each in await room.sweep()] == ["浇水"]
    assert await room.sweep() == []
    assert chores.done == ["浇水"]
    assert await rows(room) == []


async def test_sweeping_many_times_at_once_does_it_once(room, chores):
    await schedule(room, "浇水", 0)
    await asyncio.gather(*(room.sweeper.sweep() for _ in range(10)))
    assert chores.done == ["浇水"]


async def test_what_became_due_while_nobody_ran_is_done_at_the_start(room, clock):
    for number in range(5):
        await schedule(room, f"{number}", HOUR)
    path = room.store.path
    await room.store.close()
    clock.move(30 * DAY)
    world = pretend_world(clock=clock)
    again = Room(SqliteStore(path, world), world, clock)
    chores = Chores()
    plant(again, chores)
    running = asyncio.create_task(again.sweeper.run())
    await until(lambda: len(chores.done) == 5)
    running.cancel()
    assert sorted(chores.done) == ["0", "1", "2", "3", "4"]
    await again.store.close()


async def test_a_row_may_put_itself_back(room, chores):
    await schedule(room, "又浇水", 0)
    for _ in range(3):
        await room.sweep()
        await room.sweep()
        room.clock.move(DAY)
    assert chores.done == ["又浇水"] * 3
    assert len(await rows(room)) == 1


async def test_a_cancelled_row_is_not_done(room, chores):
    await schedule(room, "浇水", HOUR)

    async def unit(work: Work) -> None:
        await room._enter(work)
        await work.due.cancel("common.chore", "浇水")

    await room.store.unit(unit)
    room.clock.move(HOUR)
    assert await room.sweep() == []


async def test_a_row_moved_after_it_was_found_is_left_for_its_new_time(room, chores):
    await schedule(room, "浇水", 0)
    (found,) = await rows(room)
    await schedule(room, "浇水", HOUR)
    await room.dispatch.run_due(found)
    assert chores.done == []


@pytest.mark.parametrize("key", ["坏", "不"])
async def test_what_fails_leaves_nothing_behind_and_blocks_nothing(room, chores, key):
    await schedule(room, key, 0)
    await schedule(room, "浇水", 0)
    with capture_logs() as logs:
        heard = await room.sweep()
    assert [each.text for each in heard] == ["浇水"]
    assert chores.done == ["浇水"]
    (entry,) = [each for each in logs if each["event"] == "due row failed"]
    assert (entry["kind"], entry["attempts"]) == ("common.chore", 1)
    (left,) = await rows(room)
    assert (left.key, left.attempts) == (key, 1)


async def test_a_row_of_a_feature_that_is_gone_blocks_nothing(room, chores):
    await schedule(room, "x", 0, kind="bounty.expire")
    await schedule(room, "浇水", 0)
    with capture_logs():
        await room.sweep()
    assert chores.done == ["浇水"]
    (left,) = await rows(room)
    assert left.attempts == 1


async def test_what_fails_again_waits_longer_each_time_up_to_an_hour(room, chores):
    await schedule(room, "坏", 0)
    waits = []
    with capture_logs():
        for _ in range(9):
            await room.sweep()
            (left,) = await rows(room)
            waits.append((left.at - room.clock.now) // MINUTE)
            room.clock.now = left.at
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_a_failed_row_is_not_tried_before_its_time(room, chores):
    await schedule(room, "坏", 0)
    with capture_logs() as logs:
        await room.sweep()
        room.clock.move(MINUTE - 1)
        await room.sweep()
    assert len([each for each in logs if each["event"] == "due row failed"]) == 1


async def test_many_rows_are_done_in_turns(room, chores):
    for number in range(ROWS_AT_ONCE + 50):
        await schedule(room, f"{number}", 0)
    assert await room.sweeper.sweep() == ROWS_AT_ONCE
    assert await room.sweeper.sweep() == 50
    assert len(set(chores.done)) == ROWS_AT_ONCE + 50


async def test_a_store_that_is_gone_does_not_end_the_sweeper(room, chores, monkeypatch):
    monkeypatch.setattr("handlers.due.LOOK_EVERY_SECONDS", 0.001)
    await room.store.close()
    running = asyncio.create_task(room.sweeper.run())
    with capture_logs() as logs:
        await until(lambda: len(logs) >= 3)
    assert not running.done()
    running.cancel()


async def test_what_no_repeat_asks_for_any_more_is_dropped(room, monkeypatch):
    monkeypatch.setattr("handlers.due.LOOK_EVERY_SECONDS", 0.001)
    await room.answer("小王", "积分", event_id="old")
    room.clock.move(SEEN_KEPT + SECOND)
    await room.answer("小王", "积分", event_id="new")
    before = room.store.counts.units
    running = asyncio.create_task(room.sweeper.run())
    await until(lambda: room.store.counts.units > before)
    running.cancel()
    assert not (await room.answer("小王", "积分", event_id="old")).repeated
    assert (await room.answer("小王", "积分", event_id="new")).repeated
    assert PRUNE_EVERY < SEEN_KEPT
