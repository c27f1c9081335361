"""An envelope that is over stays over, and ends for those it should end for and no others."""

import pytest

from rewards.envelope import LIFETIME
from storage.model import HOUR, EnvelopeState, Role
from tests.handlers.features.test_envelope_kinds import got, linked, look, texts
from tests.support.room import Room

WINNERS_SAID = 10


@pytest.fixture
async def rich(room: Room) -> Room:
    await room.give("小王", 1000)
    return room


async def due_left(room: Room) -> int | None:
    return await room.store.read(lambda work: work.due.next_at())


@pytest.mark.parametrize("words", ["60 1", "60 1 摇号"])
async def test_what_falls_due_after_its_end_does_nothing_and_is_not_tried_again(rich, words):
    await rich.say("小王", f"红包 {words}")
    await rich.say("小王", "撤回红包 1")
    for _ in range(2):
        rich.clock.move(LIFETIME)
        assert await rich.sweep() == []
    assert await due_left(rich) is None
    assert (await look(rich))[0].state == EnvelopeState.CANCELLED


async def test_an_envelope_that_was_drawn_does_not_expire_later(rich):
    await rich.say("小王", "红包 60 1 摇号")
    await rich.tap("小李", "抢 1")
    rich.clock.move(HOUR)
    await rich.sweep()
    rich.clock.move(LIFETIME)
    assert await rich.sweep() == []
    assert await due_left(rich) is None
    assert (await look(rich))[0].state == EnvelopeState.EMPTY


async def test_ten_of_those_drawn_are_said_and_the_rest_is_counted(rich):
    for number, entrants in ((1, WINNERS_SAID), (2, WINNERS_SAID + 1)):
        await rich.say("小王", f"红包 60 {entrants} 均分 摇号")
        for n in range(entrants):
            await rich.tap(f"车友{n}", f"抢 {number}")
        rich.clock.move(HOUR)
        (said,) = [each.text for each in await rich.sweep() if "号红包开奖：" in each.text]
        assert said.count("车友") == WINNERS_SAID
        assert ("还有 1 位" in said) == (entrants > WINNERS_SAID)


@pytest.mark.parametrize(
    ("role", "may"), [(Role.MEMBER, False), (Role.CO_LEADER, True), (Role.LEADER, True)]
)
async def test_what_the_pool_paid_is_called_back_by_any_leader_and_nobody_else(rich, role, may):
    await rich.say("小王", "公费红包 60 2")
    await rich.promote("小李", role)
    (said, *_) = await texts(rich, "小李", "撤回红包 1")
    assert ("不能撤回" not in said) == may
    assert ((await look(rich))[0].state == EnvelopeState.CANCELLED) == may


async def test_in_a_club_of_two_groups_what_stands_in_one_ends_with_it(rich):
    await linked(rich)
    await rich.say("小王", "红包 60 2 均分")
    await rich.say("小王", "红包 60 2 均分 全部群")
    await rich.say("小王", "", kind="removed")
    assert [(await look(rich, number))[0].state for number in (1, 2)] == ["gone", "open"]
    assert got(await rich.tap("小李", "抢 2", chat="another")) == 30


async def test_what_stands_everywhere_ends_with_the_only_group(rich):
    await rich.say("小王", "红包 60 2 均分 全部群")
    await rich.say("小王", "", kind="removed")
    assert (await look(rich))[0].state == EnvelopeState.GONE
    assert await rich.balance("小王") == 1000
