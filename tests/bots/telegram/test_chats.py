"""What is known of chats: asked for once, and again when it may have changed."""

import asyncio

import pytest

from bots.telegram.chats import Chats, Standing
from bots.telegram.line import Line
from storage.model import HOUR
from tests.support.telegram.direct import DirectRequest
from tests.support.world import Clock


@pytest.fixture
async def line(bot_api):
    request = DirectRequest(bot_api)
    line = Line(bot_api.token, bot_api.base_url.removesuffix("/bot"), request=request,
                polling=DirectRequest(bot_api))  # fmt: skip
    await line.open()
    yield line
    await line.close()


@pytest.fixture
async def chats(line):
    chats = Chats(line, await line.me(), Clock())
    yield chats
    await chats.close()


async def test_rights_that_change_while_they_are_asked_for_are_asked_for_again(chats, monkeypatch):
    answers, asked, goes_on = [("read", "admin"), ()], asyncio.Event(), asyncio.Event()

    async def look(line, me, chat):
        answer = answers.pop(0)
        asked.set()
        await goes_on.wait()
        return Standing(lacks=answer)

    monkeypatch.setattr("bots.telegram.chats.look", look)
    asking = asyncio.create_task(chats.standing("-1001"))
    await asked.wait()
    chats.forget("-1001")
    goes_on.set()
    assert (await asking).lacks == ()
    assert (await chats.standing("-1001")).lacks == ()
    assert answers == []


async def test_many_who_wait_ask_once(bot_api, chats):
    group = bot_api.group("海豹群")
    found = await asyncio.gather(*(chats.standing(str(group.id)) for _ in range(9)))
    assert len(set(found)) == 1
    assert len(bot_api.requests("getChatAdministrators")) == 1


async def test_a_topic_that_was_closed_is_not_told_for_ever(bot_api, line):
    clock, group = Clock(), bot_api.group("海豹群")
    chats = Chats(line, await line.me(), clock)
    chats.topic_was_closed(str(group.id))
    assert "topic" in (await chats.standing(str(group.id))).lacks
    clock.move(2 * HOUR)
    assert "topic" not in (await chats.standing(str(group.id))).lacks


async def test_nothing_is_asked_any_more_once_it_is_closed(bot_api, chats):
    group = bot_api.group("海豹群")
    waiting = asyncio.create_task(chats.standing(str(group.id)))
    await asyncio.sleep(0)
    chats.forget(str(group.id))
    await chats.close()
    assert len(asyncio.all_tasks() - {asyncio.current_task(), waiting}) == 0
    waiting.cancel()
