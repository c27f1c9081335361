"""A request must be what Telegram's documentation says: names, types, lengths, nothing else."""

import hashlib
import json

import pytest

from tests.support.telegram import Refused, spec
from tests.support.telegram.html import units

HERE = {"chat_id": 1}
UNTOUCHED = "0950def6a1c900792c3a1d65ab13c1ee76d2f400a761df1aa0e6245e2355070a"


def refusal(method, **parameters):
    with pytest.raises(Refused) as caught:
        spec.check(method, parameters, {})
    return caught.value.description


def keyboard(**button):
    return {"inline_keyboard": [[{"text": "抢"} | button]]}


def test_the_specification_is_the_one_it_says_it_is():
    assert hashlib.sha256(spec.FILE.read_bytes()).hexdigest() == UNTOUCHED
    assert spec.read()["version"] == "Bot API 10.1"


@pytest.mark.parametrize(
    ("method", "parameters", "text"),
    [
        ("sendMessage", {"text": "字" * 4097}, "message is too long"),
        ("sendMessage", {"text": "🚗" * 2049}, "message is too long"),
        ("sendMessage", {"text": ""}, "message text is empty"),
        ("sendMessage", {}, "message text is empty"),
        ("sendMessage", {"text": " \n"}, "text must be non-empty"),
        ("sendMessage", {"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        (
            "sendMessage",
            {"text": "红包", "reply_markup": keyboard(callback_data="字" * 22)},
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {"text": "红包", "reply_markup": keyboard(callback_data="")},
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {"text": "红包", "reply_markup": keyboard()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            "sendMessage",
            {"text": "红包", "reply_markup": keyboard(callback_data="x", url="https://a.cn")},
            "can't parse inline keyboard button: exactly one action must be used",
        ),
        (
            "sendMessage",
            {
                "text": "红包",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "b"}] * 9]},
            },
            "a row of buttons holds at most 8",
        ),
        ("sendPhoto", {"photo": "x", "caption": "字" * 1025}, "message caption is too long"),
        (
            "createForumTopic",
            {"name": "字" * 129},
            "createForumTopic: name must be 1-128 characters",
        ),
        ("setChatMemberTag", {"user_id": 1, "tag": "🚗"}, "setChatMemberTag.tag: emoji are not"),
        ("setChatMemberTag", {"user_id": 1, "tag": "车" * 17}, "tag must be 0-16 characters"),
        ("sendMessage", {"txt": "a", "text": "a"}, "sendMessage has no parameter 'txt'"),
        ("sendMessage", {"text": 5}, "can't parse sendMessage.text: must be of type String"),
        ("sendMessage", {"text": "a", "protect_content": 1}, "must be of type Boolean"),
        ("sendMessage", {"text": "a", "entities": {}}, "expected an Array"),
        ("sendMessage", {"text": "a", "reply_parameters": "{"}, "it is not JSON"),
        (
            "sendMessage",
            {"text": "a", "reply_parameters": {"message_id": 1, "mesage": 2}},
            "ReplyParameters has no field 'mesage'",
        ),
        ("sendMessage", {"text": "a", "reply_parameters": {}}, "message_id is missing"),
        ("sendDocument", {"document": "attach://x"}, "there is no file 'x' in the request"),
        ("sendMessage", {"text": "*a*", "parse_mode": "MarkdownV2"}, "does not play parse_mode"),
        (
            "setMessageReaction",
            {"message_id": 1, "reaction": [{"type": "joy"}]},
            "no such kind of object",
        ),
    ],
)
def test_what_is_refused(method, parameters, text):
    said = refusal(method, **HERE, **parameters)
    assert said.startswith("Bad Request: ")
    assert text in said


def test_more_that_is_refused():
    assert refusal("answerCallbackQuery", callback_query_id="1", text="字" * 201) == (
        "Bad Request: MESSAGE_TOO_LONG"
    )
    assert refusal("sendMessage", text="a") == "Bad Request: chat_id is empty"
    assert refusal("getUpdates", limit=101) == "Bad Request: getUpdates: limit must be 1-100"
    command = {"command": "积分", "description": "x"}
    assert refusal("setMyCommands", commands=[command]) == "Bad Request: BOT_COMMAND_INVALID"
    many = [{"command": "a", "description": "x"}] * 101
    assert refusal("setMyCommands", commands=many) == "Bad Request: BOT_COMMANDS_TOO_MUCH"
    assert refusal("sendMassage") == "Not Found: method not found"


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("sendMessage", {"text": "字" * 4096}),
        ("sendMessage", {"text": "<b>" + "字" * 4096 + "</b>", "parse_mode": "HTML"}),
        ("sendMessage", {"text": "红包", "reply_markup": keyboard(callback_data="字" * 21 + "a")}),
        ("sendMessage", {"text": "红包", "reply_markup": json.dumps(keyboard(url="https://a.cn"))}),
        ("sendMessage", {"text": "5", "protect_content": "true", "message_thread_id": "7"}),
        ("sendMessage", {"text": "x", "reply_markup": {"remove_keyboard": True}}),
        ("sendMessage", {"text": "x", "reply_markup": {"keyboard": [[{"text": "积分"}]]}}),
        ("setChatMemberTag", {"user_id": 1, "tag": "小鹏 P7 黑"}),
        (
            "setMessageReaction",
            {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "👍"}]},
        ),
    ],
)
def test_what_is_taken(method, parameters):
    assert spec.check(method, HERE | parameters, {}).method == method


def test_form_fields_are_read_by_the_type_they_have():
    checked = spec.check("sendMessage", {"chat_id": "-100", "text": "12"}, {})
    assert checked.parameters == {"chat_id": -100, "text": "12"}
    assert spec.check("getChat", {"chat_id": "@car"}, {}).parameters == {"chat_id": "@car"}


def test_length_is_counted_as_telegram_counts():
    assert (units("a"), units("字"), units("🚗")) == (1, 1, 2)
