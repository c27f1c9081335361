"""The server as a process of its own, driven from another."""

import asyncio
import json
import sys

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup


@pytest.fixture
async def elsewhere():
    """Its address and token; it ends when it is told to."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.support.telegram", "--unjudged"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    yield json.loads(await process.stdout.readline())
    process.terminate()
    assert await process.wait() == 0


async def test_people_can_be_driven_from_another_process(elsewhere):
    async with (
        aiohttp.ClientSession() as session,
        Bot(elsewhere["token"], base_url=elsewhere["url"] + "/bot") as bot,
    ):

        async def control(what, **wish):
            async with session.post(f"{elsewhere['url']}/control/{what}", json=wish) as answer:
                return answer.status, await answer.json()

        _, made = await control("group", title="车友会", members=3)
        chat, members = made["chat"], made["members"]
        await control("says", chat=chat, user=members[0], text="红包 60 1")
        updates = await bot.get_updates()
        assert updates[-1].effective_message
        assert updates[-1].effective_message.text == "红包 60 1"
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("抢", callback_data="x")]])
        sent = await bot.send_message(chat, "红包", reply_markup=markup)
        wish = {"chat": chat, "message": sent.message_id, "users": members, "button": "抢"}
        tapping = asyncio.create_task(control("taps", **wish))
        queries = await bot.get_updates(offset=updates[-1].update_id + 1, timeout=5)
        while len(queries) < 3:
            queries += await bot.get_updates(offset=queries[-1].update_id + 1, timeout=5)
        first, *others = (each.callback_query for each in queries if each.callback_query)
        await first.answer("抢到了")
        for each in others:
            await each.answer("没抢到")
        _, tapped = await tapping
        assert [each["answer"]["text"] for each in tapped] == ["抢到了", "没抢到", "没抢到"]
        assert all(each["answer"]["took"] > 0 for each in tapped)
        _, heard = await control("hears", chat=chat, part="红包")
        assert heard["message_id"] == sent.message_id
        _, messages = await control("messages", chat=chat)
        assert [each["text"] for each in messages] == ["红包 60 1", "红包"]
        _, requests = await control("requests", methods=["sendMessage"])
        assert [(each["code"], each["parameters"]["text"]) for each in requests] == [(200, "红包")]
        assert len((await control("answers"))[1]) == 3
        status, mistake = await control("says", chat=chat, user=1, text="谁")
        assert (status, mistake["error"]) == (400, "KeyError(1)")
