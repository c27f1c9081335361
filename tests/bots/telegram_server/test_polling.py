"""getUpdates: what it waits for, what it forgets, and who else may ask."""

import asyncio
import random

import pytest

from tests.support.telegram import BotApi, Refused
from tests.support.telegram.refusals import OTHER_POLLER, WEBHOOK_ACTIVE
from tests.support.world import Clock

HOUR = 3600 * 1000
MARKUP = {"inline_keyboard": [[{"text": "抢", "callback_data": "x"}]]}


@pytest.fixture
async def say(li):
    """Something the bot is told of."""
    await li.starts()

    async def whisper(text):
        await li.whispers(text)

    return whisper


async def texts(ask, **parameters):
    updates = await ask("getUpdates", **parameters)
    return [each["message"]["text"] for each in updates]


async def test_an_offset_confirms_everything_below(ask, say):
    await say("一")
    await say("二")
    first = await ask("getUpdates")
    assert await texts(ask) == ["/start", "一", "二"]
    assert await texts(ask, offset=first[2]["update_id"]) == ["二"]
    assert await texts(ask) == ["二"]
    assert await texts(ask, offset=first[2]["update_id"] + 1) == []


async def test_a_negative_offset_counts_from_the_end_and_forgets_the_rest(ask, say):
    for word in "一二三":
        await say(word)
    assert await texts(ask, offset=-2) == ["二", "三"]
    assert await texts(ask) == ["二", "三"]


async def test_a_limit(ask, say, bot_api):
    for number in range(120):
        await say(str(number))
    assert len(await ask("getUpdates")) == 100
    assert await texts(ask, limit=2) == ["/start", "0"]


async def test_a_long_poll_ends_with_the_first_update(ask, say, bot_api):
    bot_api.updates.drop()
    waiting = asyncio.create_task(texts(ask, timeout=30))
    await asyncio.sleep(0)
    await say("来了")
    assert await waiting == ["来了"]


async def test_a_second_poller_ends_the_first(ask, bot_api):
    first = asyncio.create_task(ask("getUpdates", timeout=30))
    await asyncio.sleep(0)
    second = asyncio.create_task(ask("getUpdates", timeout=30))
    with pytest.raises(Refused) as caught:
        await first
    assert caught.value.description == f"Conflict: {OTHER_POLLER}"
    bot_api.updates.poison()
    assert len(await second) == 1


async def test_no_polling_while_a_webhook_is_set(ask):
    await ask("setWebhook", url="http://127.0.0.1:1/hook")
    with pytest.raises(Refused) as caught:
        await ask("getUpdates")
    assert caught.value.description == f"Conflict: {WEBHOOK_ACTIVE}"
    await ask("deleteWebhook")
    assert await ask("getUpdates") == []


async def test_kinds_are_remembered_and_decided_when_the_update_is_made(ask, li, say, group):
    await ask("getUpdates", allowed_updates=["callback_query"])
    await say("没人要")
    assert await texts(ask, offset=-1) == ["/start"]
    await ask("getUpdates", allowed_updates=[])
    await say("有人要")
    assert await texts(ask, offset=-1) == ["有人要"]


async def test_what_is_only_sent_when_asked_for(bot_api):
    for kind in ("chat_member", "message_reaction", "message_reaction_count"):
        assert not bot_api.updates.wanted(kind)
    assert bot_api.updates.wanted("my_chat_member")


async def test_updates_are_kept_for_a_day_pressed_buttons_not_three_minutes():
    clock = Clock()
    server = BotApi(now=clock)
    li = server.user("小李")
    group = server.group("车友会", members=[li])
    message = group.add(server.bot, {"text": "红包"}, markup=MARKUP)
    await li.whispers("在吗")
    li.presses(message, "抢")
    clock.move(149 * 1000)
    assert [each.kind for each in server.updates.waiting()] == ["message", "callback_query"]
    clock.move(1000)
    assert [each.kind for each in server.updates.waiting()] == ["message"]
    clock.move(24 * HOUR)
    assert server.updates.waiting() == []


async def test_an_update_may_come_twice(ask, say, bot_api):
    bot_api.updates.drop()
    bot_api.updates.repeats = 1
    await say("两次")
    first = (await ask("getUpdates"))[0]["update_id"]
    assert [each["update_id"] for each in await ask("getUpdates", offset=first + 1)] == [first]
    assert await ask("getUpdates", offset=first + 1) == []


async def test_a_batch_may_come_in_another_order(ask, say, bot_api):
    for word in "一二三":
        await say(word)
    bot_api.updates.shuffled = random.Random(3)
    numbers = [each["update_id"] for each in await ask("getUpdates")]
    assert numbers != sorted(numbers)
    assert sorted(numbers) == [each.id for each in bot_api.updates.waiting()]
