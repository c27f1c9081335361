"""The judges find what is planted: in what we send, and in what a bot asks for."""

import pytest

from tests.support.telegram.journal import Request
from tests.support.telegram.judges import (
    JudgementError,
    faults_of,
    judge_all,
    judge_answer,
    judge_request,
    judge_update,
)

LI = {"id": 1, "is_bot": False, "first_name": "小李"}
CHAT = {"id": -1, "type": "supergroup", "title": "车友会"}
MESSAGE = {"message_id": 1, "date": 1, "chat": CHAT, "from": LI, "text": "积分"}


@pytest.mark.parametrize(
    "update",
    [
        {"message": MESSAGE | {"from": {"id": 1, "first_name": "小李"}}},
        {"message": MESSAGE | {"text": 5}},
        {"message": {"message_id": 1}},
        {"callback_query": {"id": "1", "from": LI, "data": "x"}},
        {"massage": MESSAGE},
        {
            "my_chat_member": {
                "chat": CHAT,
                "from": LI,
                "date": 1,
                "old_chat_member": {"status": "left", "user": LI},
                "new_chat_member": {"status": "administrator", "user": LI},
            }
        },
    ],
)
def test_updates_that_are_none(update):
    with pytest.raises(JudgementError):
        judge_update({"update_id": 1} | update)


def test_an_update_that_is_one():
    judge_update({"update_id": 1, "message": MESSAGE})


def asked(method, **parameters):
    return Request(method, parameters, 0)


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (asked("sendMessage", chat_id=1, text="字" * 4097), "message is too long"),
        (asked("sendMessage", chat_id=1, text="🚗" * 2049), "message is too long"),
        (asked("sendMessage", chat_id=1, text=""), "message text is empty"),
        (asked("sendMessage", chat_id=1), "Field required"),
        (asked("sendMessage", chat_id=1, text="<b>x", parse_mode="HTML"), "end tag"),
        (asked("sendMessage", chat_id=1, text="x", mesage_id=1), "no parameter mesage_id"),
        (asked("answerCallbackQuery", callback_query_id="1", text="字" * 201), "TOO_LONG"),
        (asked("sendPhoto", chat_id=1, photo="x", caption="字" * 1025), "caption is too long"),
        (asked("sendMassage", chat_id=1), "no method sendMassage"),
        (
            asked(
                "sendMessage",
                chat_id=1,
                text="x",
                reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "字" * 22}]]},
            ),
            "BUTTON_DATA_INVALID",
        ),
    ],
)
def test_requests_with_a_fault(request_, fault):
    assert fault in " ".join(faults_of(request_))
    with pytest.raises(JudgementError):
        judge_request(request_)


async def test_what_the_server_answers_is_judged_too(bot_api, group, bot):
    await bot.send_message(group.id, "红包")
    request = bot_api.requests("sendMessage")[0]
    judge_request(request)
    judge_answer(request)
    del request.answer["result"]["chat"]
    with pytest.raises(JudgementError, match="cannot read the answer"):
        judge_all([request])
    bot_api.journal.clear()


async def test_a_whole_test_is_judged(bot_api, group):
    await bot_api.call(bot_api.token, "sendMessage", {"chat_id": group.id, "text": ""}, {})
    with pytest.raises(JudgementError, match="message text is empty"):
        judge_all(bot_api.journal.requests)
    bot_api.judged = False
