"""When it takes long, whoever pressed is asked for patience and told the result all the same."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bots.telegram import taps
from storage.store import Work
from tests.end_to_end.telegram.scene import Scene, said_after
from tests.support.telegram import Chat, User

WAIT = "稍等，正在办…"


@asynccontextmanager
async def busy(scene: Scene) -> AsyncIterator[None]:
    """Nothing can be kept for as long as this lasts."""
    begun, over = threading.Event(), threading.Event()

    async def unit(work: Work) -> None:
        begun.set()
        over.wait(10)

    holding = asyncio.ensure_future(scene.app.store.unit(unit))
    await asyncio.to_thread(begun.wait)
    try:
        yield
    finally:
        over.set()
        await holding


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taps, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(taps, "TOGETHER_SECONDS", 0.2)


async def test_a_slow_tap_is_answered_with_patience_and_its_result_follows(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 3")
    async with busy(on):
        answer = await li.taps(envelope, "抢红包")
    assert answer.text == WAIT
    assert 1.9 < answer.took < 4.5
    told = await club.hears("小李 抢到", after=envelope)
    await on.quiet()
    assert told.text == f"小李 抢到 {await on.points(li)} 分 🎉"
    assert said_after(envelope) == [told.text]
    assert "已抢 1/3 个" in envelope.text
    assert len(on.api.requests("answerCallbackQuery")) == 1


async def test_several_late_results_are_one_message_in_the_topic_they_belong_to(
    impatient: None, on: Scene, wang: User, li: User, zhao: User
) -> None:
    forum = on.api.group("话题群", owner=wang, members=[li, zhao], forum=True)
    forum.promote_bot()
    await on.found(forum)
    topic = forum.topic("红包")
    said = await wang.says(forum, "公费红包 60 3 均分", thread=topic)
    envelope = await forum.hears("🧧", after=said)
    async with busy(on):
        pressed = [each.presses(envelope, "抢红包") for each in (wang, li, zhao)]
        assert [(await each.answered()).text for each in pressed] == [WAIT] * 3
    told = await forum.hears("抢到", after=envelope)
    await on.quiet()
    lines = {f"{each.name} 抢到 20 分 🎉" for each in (wang, li, zhao)}
    assert set(told.text.splitlines()) == lines
    assert told.thread == topic.thread
    assert said_after(envelope) == [told.text]


async def test_a_late_refusal_is_told_as_well(
    impatient: None, on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 3 给 会长老王")
    async with busy(on):
        assert (await li.taps(envelope, "抢红包")).text == WAIT
    await club.hears("这个红包是专门给别人的。", after=envelope)


async def test_a_late_result_of_a_tap_that_came_twice_is_told_once(
    impatient: None, on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 3 均分")
    on.api.updates.repeats = 2
    async with busy(on):
        assert (await li.taps(envelope, "抢红包")).text == WAIT
    await club.hears("小李 抢到 20 分", after=envelope)
    await on.quiet()
    await asyncio.sleep(0.3)
    await on.quiet()
    assert said_after(envelope) == ["小李 抢到 20 分 🎉"]


async def test_a_late_result_is_still_told_when_the_program_is_asked_to_stop(
    impatient: None, on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 3 均分")
    async with busy(on):
        assert (await li.taps(envelope, "抢红包")).text == WAIT
        stopping = asyncio.create_task(on.stop())
        await asyncio.sleep(0.05)
    await stopping
    await on.start()
    await on.quiet()
    assert await on.points(li) == 20
    assert said_after(envelope) == ["小李 抢到 20 分 🎉"]


async def test_other_chats_are_answered_in_their_order_while_one_waits(
    on: Scene, club: Chat, li: User
) -> None:
    async with busy(on):
        asked = [await li.says(club, text) for text in ("积分", "我的车", "积分")]
        await asyncio.sleep(0.1)
    await on.quiet()
    assert said_after(asked[-1]) == [
        "小李，你有 0 分。",
        "小李，你还没记车。说「加车 海豹」就行。",
        "小李，你有 0 分。",
    ]
