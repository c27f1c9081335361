"""aiogram against the server: a peer that only one client can use would be wrong."""

import asyncio

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

from tests.support.telegram import Refuse, flooded

MARKUP = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="抢红包", callback_data="抢 id1")]]
)


@pytest.fixture
async def other_client(bot_api):
    session = AiohttpSession(api=TelegramAPIServer.from_base(bot_api.url))
    bot = Bot(bot_api.token, session=session)
    yield bot
    await session.close()


async def test_a_conversation(bot_api, group, li, other_client):
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def offer(message: Message) -> None:
        await message.reply("<b>红包</b>", parse_mode="HTML", reply_markup=MARKUP)

    @dispatcher.callback_query()
    async def pay(query: CallbackQuery) -> None:
        await query.answer("抢到 5 分")

    group.promote_bot()
    polling = asyncio.create_task(
        dispatcher.start_polling(other_client, handle_signals=False, close_bot_session=False)
    )
    asked = await li.says(group, "发红包")
    offered = await group.hears("红包")
    assert offered.reply_to is asked
    assert (await li.taps(offered, "抢红包")).text == "抢到 5 分"
    await bot_api.settled()
    await dispatcher.stop_polling()
    await polling


async def test_files_and_refusals(bot_api, group, other_client):
    csv = BufferedInputFile(b"a,b", "积分.csv")
    sent = await other_client.send_document(group.id, csv, caption="账")
    assert sent.document.file_name == "积分.csv"
    downloaded = await other_client.download(sent.document)
    assert downloaded.read() == b"a,b"
    bot_api.fail(Refuse(flooded(3)))
    with pytest.raises(TelegramRetryAfter) as caught:
        await other_client.send_message(group.id, "x")
    assert caught.value.retry_after == 3
    bot_api.judged = False
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await other_client.send_message(
            group.id,
            "x",
            reply_markup=InlineKeyboardMarkup(
                inline_keyboard=[[InlineKeyboardButton(text="a", callback_data="字" * 22)]]
            ),
        )
