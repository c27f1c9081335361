"""python-telegram-bot against the server, over HTTP and without sockets."""

import asyncio
import logging
from contextlib import suppress

import pytest
from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import Application, CallbackQueryHandler, MessageHandler, filters

from tests.support.telegram import (
    BadGateway,
    LoseAnswer,
    Refuse,
    Refused,
    Reset,
    Slow,
    flooded,
    forbidden,
)
from tests.support.telegram.direct import DirectRequest
from tests.support.telegram.refusals import OTHER_POLLER

MARKUP = InlineKeyboardMarkup([[InlineKeyboardButton("抢红包", callback_data="抢 id1")]])


@pytest.fixture(autouse=True)
def _durations_of_time(monkeypatch):
    """Without this, python-telegram-bot 22.8 warns about each RetryAfter that it makes itself."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(params=["http", "direct"])
async def application(request, bot_api):
    """A small bot that offers an envelope to whoever speaks."""
    builder = Application.builder().token(bot_api.token)
    if request.param == "http":
        builder = builder.base_url(bot_api.base_url).base_file_url(bot_api.base_file_url)
    else:
        builder = builder.request(DirectRequest(bot_api))
        builder = builder.get_updates_request(DirectRequest(bot_api))
    application = builder.build()

    async def offer(update, _):
        await update.effective_message.reply_html("<b>红包</b>", reply_markup=MARKUP)

    async def pay(update, _):
        await update.callback_query.answer("抢到 5 分", show_alert=True)
        if update.callback_query.message.text != "抢完了":
            with suppress(BadRequest):
                await update.callback_query.edit_message_text("抢完了")

    application.add_handler(MessageHandler(filters.TEXT, offer))
    application.add_handler(CallbackQueryHandler(pay))
    async with application:
        await application.start()
        yield application
        await application.stop()


async def test_a_conversation_by_polling(application, bot_api, group, li):
    group.promote_bot()
    await application.updater.start_polling(allowed_updates=Update.ALL_TYPES)
    await li.says(group, "发红包")
    offered = await group.hears("红包")
    assert offered.entities == [{"type": "bold", "offset": 0, "length": 2}]
    answer = await li.taps(offered, "抢红包")
    assert (answer.text, answer.alert) == ("抢到 5 分", True)
    assert await group.hears("抢完了") is offered
    assert (offered.edited, offered.labels) == (True, [])
    await bot_api.settled()
    await application.updater.stop()
    sent = bot_api.requests("sendMessage")[0].parameters
    assert sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "抢 id1"


async def test_a_hundred_taps_at_once(application, bot_api, group):
    """Each gets one toast; the message is edited by whoever was first."""
    people = [bot_api.user(f"车友{number}") for number in range(100)]
    group.seat_all(people)
    await application.bot.send_message(group.id, "红包", reply_markup=MARKUP)
    await application.updater.start_polling()
    pressed = [each.presses(group.last, "抢红包") for each in people]
    answers = await asyncio.gather(*(tap.answered(20) for tap in pressed))
    await bot_api.settled()
    await application.updater.stop()
    assert [each.text for each in answers] == ["抢到 5 分"] * 100


async def test_files_go_up_and_come_down(application, bot_api, li):
    await li.starts()
    sent = await application.bot.send_document(
        li.id, b"a,b\n1,2\n", filename="积分.csv", caption="<i>账</i>", parse_mode="HTML"
    )
    assert (sent.document.file_name, sent.caption) == ("积分.csv", "账")
    photo = await application.bot.send_photo(li.id, b"\xff\xd8picture")
    again = await application.bot.send_photo(li.id, photo.photo[-1].file_id)
    assert again.photo[-1].file_id == photo.photo[-1].file_id
    file = await application.bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"a,b\n1,2\n"


async def test_everything_else_it_may_ask(application, bot_api, group, li):
    bot = application.bot
    group.promote_bot()
    assert (await bot.get_me()).can_read_all_group_messages is False
    await bot.set_my_commands([BotCommand("points", "积分")], language_code="zh")
    assert [each.command for each in await bot.get_my_commands(language_code="zh")] == ["points"]
    await bot.delete_my_commands(language_code="zh")
    assert (await bot.get_chat(group.id)).title == "车友会"
    assert (await bot.get_chat_member(group.id, li.id)).status == "member"
    assert len(await bot.get_chat_administrators(group.id)) == 2
    assert await bot.get_chat_member_count(group.id) == 3
    assert await bot.set_chat_member_tag(group.id, li.id, "ES6")
    link = await bot.create_chat_invite_link(group.id, name="小李")
    assert (await bot.revoke_chat_invite_link(group.id, link.invite_link)).is_revoked
    said = await li.says(group, "经验")
    await bot.set_message_reaction(group.id, said.id, "👍")
    await bot.send_chat_action(group.id, "typing")
    sent = await bot.send_message(
        group.id, "红包", reply_markup=MARKUP, reply_to_message_id=said.id
    )
    assert sent.reply_to_message.message_id == said.id
    await bot.edit_message_reply_markup(group.id, sent.message_id)
    await bot.pin_chat_message(group.id, sent.message_id)
    await bot.delete_message(group.id, said.id)
    assert group.messages == [group.find(sent.message_id)]
    assert await bot.leave_chat(group.id)


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (Refuse(flooded(7)), RetryAfter, "Retry in 0:00:07"),
        (Refuse(forbidden("bot was blocked by the user")), Forbidden, "blocked by the user"),
        (Refuse(Refused(409, OTHER_POLLER)), Conflict, "terminated by other getUpdates"),
        (BadGateway(), NetworkError, "Bad Gateway"),
        (Reset(), NetworkError, "Error|reset"),
    ],
)
async def test_faults_become_errors(application, bot_api, group, fault, error, words):
    bot_api.fail(fault, "sendMessage", times=2, chat=group)
    for _ in range(2):
        with pytest.raises(error, match=words):
            await application.bot.send_message(group.id, "红包")
    assert group.messages == []
    await application.bot.send_message(group.id, "红包")
    assert group.texts == ["红包"]


async def test_a_lost_answer_leaves_the_message(application, bot_api, group):
    bot_api.fail(LoseAnswer())
    with pytest.raises(TimedOut):
        await application.bot.send_message(group.id, "红包", read_timeout=0.05)
    bot_api.fail(LoseAnswer(0.2))
    with pytest.raises(TimedOut):
        await application.bot.send_message(group.id, "红包", read_timeout=0.05)
    assert group.texts == ["红包", "红包"]
    with bot_api.faults.all_along(Slow(0.01)):
        await application.bot.send_message(group.id, "慢")
    assert group.last.text == "慢"


async def test_refusals_become_errors(application, bot_api, group):
    bot = application.bot
    await bot.send_message(group.id, "红包", reply_markup=MARKUP)
    number = group.last.id
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("红包", group.id, number, reply_markup=MARKUP)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("1")
    old = bot_api.group("老群", kind="group")
    new = old.migrate()
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(old.id, "在吗")
    assert caught.value.new_chat_id == new.id
    with pytest.raises(InvalidToken):
        await bot.request.post(f"{bot.base_url}x/getMe")


@pytest.mark.parametrize(
    "send",
    [
        {"text": "字" * 4097},
        {"text": ""},
        {
            "text": "红包",
            "reply_markup": InlineKeyboardMarkup(
                [[InlineKeyboardButton("抢", callback_data="字" * 22)]]
            ),
        },
        {"text": "<b>粗", "parse_mode": "HTML"},
        {"text": "x", "api_kwargs": {"mesage_effect_id": "1"}},
    ],
)
async def test_what_python_telegram_bot_lets_through_is_refused_here(
    application, bot_api, group, send
):
    bot_api.judged = False
    with pytest.raises(BadRequest):
        await application.bot.send_message(group.id, **send)
    assert group.messages == []


async def test_a_poisoned_update_is_sent_again_and_again(application, bot_api, caplog):
    """python-telegram-bot asks at once for the same again, and cannot even stop.

    A watchdog has to step in; this test will tell when it need not any longer.
    """
    caplog.set_level(logging.CRITICAL + 1, "telegram")
    bot_api.updates.poison()
    await application.updater.start_polling()
    await bot_api.until(lambda: len(bot_api.requests("getUpdates")) > 20)
    with pytest.raises(KeyError):
        await application.updater.stop()
    offsets = {each.parameters.get("offset", 0) for each in bot_api.requests("getUpdates")}
    assert offsets == {0}
