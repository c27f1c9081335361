"""Where messages cannot be changed: when an envelope's message is said anew."""

from dataclasses import replace

import pytest

from handlers.features.envelope.tell import stage_of
from storage.model import ANYBODY, HOUR, MINUTE, Envelope, Terms
from tests.support.room import PLATFORM


def envelope(pieces, taken=0, *, entered=0, terms=ANYBODY):
    plain = Envelope(1, "pool", "m", "lucky", 100, pieces, b"", PLATFORM, "g", 0, 1)
    return replace(plain, taken=taken, entered=entered, terms=terms)


def stages(pieces, **more):
    return [stage_of(envelope(pieces, taken, **more)) for taken in range(pieces)]


@pytest.mark.parametrize(
    ("pieces", "step"), [(1, 5), (5, 5), (20, 5), (21, 6), (24, 6), (25, 7), (100, 25)]
)
def test_an_open_one_is_said_anew_at_each_quarter_and_not_at_each_piece(pieces, step):
    assert stages(pieces) == [str(taken // step) for taken in range(pieces)]
    assert len(set(stages(pieces))) <= 4


def test_a_draw_is_said_anew_as_people_enter_though_nobody_has_a_piece():
    terms = Terms(draw_after=MINUTE)
    assert stage_of(envelope(8, entered=4, terms=terms)) == "0"
    assert stage_of(envelope(8, entered=15, terms=terms)) == "3"


async def drawn(room):
    """The stage of each message that goes out."""
    found = []
    while messages := await room.store.unit(lambda work: work.outbox.lease((PLATFORM,), (), 9)):
        for message in messages:
            await room.store.unit(lambda work, number=message.id: work.outbox.sent(number, "b1"))
            if message.reply.live:
                found.append((await room.dispatch.draw(message)).stage)
    return found


async def test_a_life_has_a_beginning_steps_and_an_end(room):
    await room.give("小王", 100)
    await room.answer("小王", "红包 60 6")
    assert await drawn(room) == ["0"]
    for number in range(4):
        await room.tap(f"人{number}", "抢 1")
        assert await drawn(room) == ["0"]
    await room.tap("人4", "抢 1")
    assert await drawn(room) == ["1"]
    await room.tap("人5", "抢 1")
    assert await drawn(room) == ["over"]


async def test_what_changes_after_the_end_is_no_new_stage(room):
    await room.give("小王", 100)
    await room.answer("小王", "红包 60 2")
    for name in ("小李", "小张"):
        await room.tap(name, "抢 1")
    assert await drawn(room) == ["over"]
    shares = {name: await room.balance(name) for name in ("小李", "小张")}
    luckiest = max(shares, key=lambda name: (shares[name], name == "小李"))
    await room.tap(luckiest, "接力 1")
    assert sorted(await drawn(room)) == ["0", "over"]


async def test_one_that_expires_is_over(room):
    await room.give("小王", 100)
    await room.answer("小王", "红包 60 2")
    await room.read()
    room.clock.move(25 * HOUR)
    await room.sweeper.sweep()
    assert await drawn(room) == ["over"]
