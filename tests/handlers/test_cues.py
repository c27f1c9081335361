"""Ordinary talk and cues: silence, order, and no more than asked for."""

import asyncio

import pytest

from handlers import registry
from handlers.feature import Feature
from handlers.guard import Rate
from handlers.registry import Clash
from storage.errors import Unavailable
from storage.model import Cue
from storage.sqlite.store import SqliteStore
from storage.store import Work
from tests.support.room import GROUP, PLATFORM, Room


@pytest.fixture
async def waiting(room: Room) -> Room:
    """A room in which an envelope waits for its 口令."""
    await room.give("小王", 1000)
    await room.say("小王", "红包 300 100 口令 海豹上山")
    return room


async def units(room: Room) -> int:
    assert isinstance(room.store, SqliteStore)
    return room.store.counts.units


async def test_talk_that_is_no_cue_makes_no_unit(waiting):
    before = await units(waiting)
    for text in ("今天天气不错", "海豹", "上山", "x" * 500, "🎉", ""):
        assert not (await waiting.answer("小李", text)).replies
    assert await units(waiting) == before


async def test_talk_stays_silent_when_nothing_can_be_read(waiting, monkeypatch):
    async def fails(handler):
        raise Unavailable("the disk is gone")

    monkeypatch.setattr(waiting.store, "read", fails)
    answer = await waiting.answer("小李", "今天天气不错")
    assert (answer.replies, answer.tap, answer.kept) == ((), "", True)


async def test_a_message_is_a_cue_before_the_command_that_follows_it(waiting):
    await asyncio.gather(
        waiting.answer("小李", "海豹上山", event_id="1"),
        waiting.answer("小李", "积分", event_id="2"),
    )
    heard = [each.text for each in await waiting.read()]
    told = next(text for text in heard if text.startswith("小李 抢到"))
    points = told.split()[2]
    assert f"小李，你有 {points} 分。" in heard


async def test_who_says_a_key_too_often_is_not_answered(room: Room):
    await room.give("小王", 1000)
    room.dispatch._rate = Rate(burst=2)
    await room.say("小王", "红包 300 100 口令 海豹上山")
    heard = [await room.say("小李", "海豹上山") for _ in range(6)]
    assert sum(bool(each) for each in heard) == 2


async def test_talk_does_not_use_up_how_often_one_may_ask(room: Room):
    room.dispatch._rate = Rate(burst=2)
    for _ in range(20):
        await room.say("小李", "今天天气不错")
    assert (await room.say("小李", "积分"))[0].text == "小李，你有 0 分。"


async def test_a_cue_is_of_the_feature_whose_name_it_bears():
    feature = Feature("one")
    feature.when_heard("two.key")(None)  # type: ignore[arg-type]
    with pytest.raises(Clash):
        registry.collect([feature])


async def test_a_cue_that_is_out_of_date_says_nothing(waiting):
    async def close(work: Work) -> None:
        await waiting._enter(work)
        work.session.write("UPDATE envelope SET state = 'gone'")  # type: ignore[attr-defined]
        work.session.forget_rows()  # type: ignore[attr-defined]

    await waiting.store.unit(close)
    assert await waiting.say("小李", "海豹上山") == []


async def test_a_cue_that_no_feature_knows_any_more_says_nothing(room: Room):
    async def wait(work: Work) -> None:
        await room._enter(work)
        await work.cues.put(Cue(work.club, "gone.key", "1", PLATFORM, GROUP, words="海豹上山"))

    await room.store.unit(wait)
    assert await room.say("小李", "海豹上山") == []
