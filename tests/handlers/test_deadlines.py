"""Each deadline acts once, whatever the clock does: leaps, stands, goes back, or is asked twice."""

import asyncio

import pytest

from rewards.envelope import LIFETIME
from storage.model import DAY, HOUR, SECOND, EnvelopeState
from storage.sqlite.store import SqliteStore
from storage.store import Work
from tests.support.room import Room
from tests.support.world import pretend_world

WAIT = 60 * SECOND


async def expiring(room):
    """60 points for three, of which one is taken. What is left goes back after a day."""
    await room.say("小王", "红包 60 3 均分")
    await room.tap("小李", "抢 1")
    return LIFETIME, 980, 20, EnvelopeState.EXPIRED


async def drawing(room):
    """60 points for one of those who enter within a minute."""
    await room.say("小王", "红包 60 1 摇号60秒")
    await room.tap("小李", "抢 1")
    return WAIT, 940, 60, EnvelopeState.EMPTY


async def leaps_a_day(room, wait):
    room.clock.move(wait + DAY)
    await room.sweep()


async def leaps_to_the_deadline(room, wait):
    room.clock.move(wait)
    await room.sweep()


async def goes_back_a_day_before(room, wait):
    room.clock.move(-DAY)
    await room.sweep()
    room.clock.move(DAY + wait)
    await room.sweep()


async def goes_back_a_day_after(room, wait):
    room.clock.move(wait)
    await room.sweep()
    room.clock.move(-DAY)
    await room.sweep()
    await room.tap("小陈", "抢 1")
    room.clock.move(DAY)


async def stands_at_the_deadline(room, wait):
    room.clock.move(wait)
    for _ in range(5):
        await room.sweep()


async def stands_before_it_for_long(room, wait):
    room.clock.move(wait - 1)
    for _ in range(5):
        assert await room.sweep() == []
    room.clock.move(1)
    await room.sweep()


async def is_swept_twice_at_once(room, wait):
    room.clock.move(wait)
    await asyncio.gather(*(room.sweeper.sweep() for _ in range(5)))
    await room.read()


async def is_swept_a_year_late(room, wait):
    room.clock.move(365 * DAY)
    await room.sweep()


async def is_swept_every_hour(room, wait):
    for _ in range(wait // HOUR + 3):
        room.clock.move(HOUR)
        await room.sweep()


async def goes_to_and_fro(room, wait):
    for step in (wait // 2, -HOUR, wait, -wait, 2 * wait, DAY, -DAY, DAY):
        room.clock.move(step)
        await room.sweep()


async def came_while_nobody_ran(room, wait):
    """The process ended before it, and starts again long after."""
    path, clock = room.store.path, room.clock
    await room.store.close()
    clock.move(wait + 3 * HOUR)
    world = pretend_world(7, clock)
    room.store = SqliteStore(path, world)
    again = Room(room.store, world, clock)
    room.dispatch, room.sweeper = again.dispatch, again.sweeper
    await room.sweep()


MISCHIEF = [
    leaps_a_day,
    leaps_to_the_deadline,
    goes_back_a_day_before,
    goes_back_a_day_after,
    stands_at_the_deadline,
    stands_before_it_for_long,
    is_swept_twice_at_once,
    is_swept_a_year_late,
    is_swept_every_hour,
    goes_to_and_fro,
    came_while_nobody_ran,
]


async def state(room):
    async def look(work: Work):
        await room._enter(work)
        envelope = await work.envelopes.envelope(1)
        assert envelope is not None
        rows = await work.ledger.statement("env:1", 100)
        return envelope.state, sorted(row.posting.kind for row in rows)

    return await room.store.read(look)


@pytest.mark.parametrize("mischief", MISCHIEF, ids=lambda each: each.__name__)
@pytest.mark.parametrize("deadline", [expiring, drawing], ids=lambda each: each.__name__)
async def test_a_deadline_acts_once_whatever_the_clock_does(room, deadline, mischief):
    await room.give("小王", 1000)
    await room.join("小李", "小陈")
    wait, left, won, ends = await deadline(room)
    await room.read()
    await mischief(room, wait)
    rows = (
        ["env.grab", "env.send"] if deadline is drawing else ["env.grab", "env.refund", "env.send"]
    )
    for _ in range(2):
        assert await room.balance("小王") == left
        assert await room.balance("小李") == won
        assert await room.balance("小陈") == 0
        assert await state(room) == (ends, rows)
        room.clock.move(2 * DAY)
        assert await room.sweep() == []  # nothing is left to do
    await room.store.close()
