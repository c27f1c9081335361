"""Telegram's own words, to the letter: our bot tells refusals apart by them."""

import pytest

from tests.support.telegram import Refused
from tests.support.telegram.refusals import NOT_MODIFIED, QUERY_TOO_OLD

KEYBOARD = {"inline_keyboard": [[{"text": "抢红包", "callback_data": "抢 id1"}]]}


async def test_an_edit_that_changes_nothing(ask, refused, group):
    sent = await ask("sendMessage", chat_id=group.id, text="红包", reply_markup=KEYBOARD)
    same = {"chat_id": group.id, "message_id": sent["message_id"], "text": "红包"}
    assert await refused("editMessageText", **same, reply_markup=KEYBOARD) == (
        "400 Bad Request: message is not modified: specified new message content and reply markup"
        " are exactly the same as a current content and reply markup of the message"
    )
    same.pop("text")
    assert NOT_MODIFIED in await refused("editMessageReplyMarkup", **same, reply_markup=KEYBOARD)


async def test_an_edit_without_a_keyboard_takes_it_away(ask, group):
    sent = await ask("sendMessage", chat_id=group.id, text="红包", reply_markup=KEYBOARD)
    number = sent["message_id"]
    edited = await ask("editMessageText", chat_id=group.id, message_id=number, text="红包")
    assert "reply_markup" not in edited
    assert group.last.labels == []


async def test_an_edit_of_what_is_not_there_or_not_ours(ask, refused, group, li):
    theirs = await li.says(group, "积分")
    edit = {"chat_id": group.id, "text": "改"}
    gone = await refused("editMessageText", **edit, message_id=99)
    assert gone == "400 Bad Request: message to edit not found"
    foreign = await refused("editMessageText", **edit, message_id=theirs.id)
    assert foreign == "400 Bad Request: message can't be edited"


async def test_a_button_is_answered_once_and_soon(ask, refused, group, li, bot_api):
    await ask("sendMessage", chat_id=group.id, text="红包", reply_markup=KEYBOARD)
    tap = li.presses(group.last, "抢红包")
    await ask("answerCallbackQuery", callback_query_id=tap.id, text="抢到了")
    again = await refused("answerCallbackQuery", callback_query_id=tap.id)
    assert again == f"400 Bad Request: {QUERY_TOO_OLD}"
    late = li.presses(group.last, "抢红包")
    late.at -= 16_000
    assert QUERY_TOO_OLD in await refused("answerCallbackQuery", callback_query_id=late.id)
    assert QUERY_TOO_OLD in await refused("answerCallbackQuery", callback_query_id="nobody's")


async def test_a_group_that_became_a_supergroup(ask, bot_api):
    old = bot_api.group("老群", kind="group")
    new = old.migrate()
    with pytest.raises(Refused) as caught:
        await ask("sendMessage", chat_id=old.id, text="在吗")
    refusal = caught.value
    assert refusal.description == "Bad Request: group chat was upgraded to a supergroup chat"
    assert refusal.parameters == {"migrate_to_chat_id": new.id}


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_chat_the_bot_is_not_in(refused, bot_api, kind):
    group = bot_api.group("别人的群", kind=kind, with_bot=False)
    never = await refused("sendMessage", chat_id=group.id, text="在吗")
    assert never == f"403 Forbidden: bot is not a member of the {kind} chat"
    group.add_bot()
    group.kick_bot()
    kicked = await refused("sendMessage", chat_id=group.id, text="在吗")
    assert kicked == f"403 Forbidden: bot was kicked from the {kind} chat"


async def test_people_who_do_not_want_to_hear_from_a_bot(refused, ask, li):
    hello = {"chat_id": li.id, "text": "你好"}
    first = await refused("sendMessage", **hello)
    assert first == "403 Forbidden: bot can't initiate conversation with a user"
    await li.starts()
    assert await ask("sendMessage", **hello)
    await li.blocks()
    blocked = await refused("sendMessage", **hello)
    assert blocked == "403 Forbidden: bot was blocked by the user"
    await li.unblocks()
    assert await ask("sendMessage", **hello)
    li.deactivated = True
    assert await refused("sendMessage", **hello) == "403 Forbidden: user is deactivated"


async def test_a_chat_nobody_knows(refused):
    assert await refused("sendMessage", chat_id=-5, text="?") == "400 Bad Request: chat not found"
    gone = await refused("sendMessage", chat_id="@nobody", text="?")
    assert gone == "400 Bad Request: chat not found"


async def test_an_answer_to_what_was_deleted(ask, refused, group, li):
    said = await li.says(group, "积分")
    await li.deletes(said)
    reply = {"chat_id": group.id, "text": "100 分"}
    to = {"message_id": said.id}
    gone = await refused("sendMessage", **reply, reply_parameters=to)
    assert gone == "400 Bad Request: message to be replied not found"
    to["allow_sending_without_reply"] = True
    sent = await ask("sendMessage", **reply, reply_parameters=to)
    assert "reply_to_message" not in sent


async def test_what_a_bot_may_delete(ask, refused, group, li, bot_api):
    theirs = await li.says(group, "广告")
    delete = {"chat_id": group.id, "message_id": theirs.id}
    assert await refused("deleteMessage", **delete) == "400 Bad Request: message can't be deleted"
    group.promote_bot(can_delete_messages=True)
    assert await ask("deleteMessage", **delete)
    gone = await refused("deleteMessage", **delete)
    assert gone == "400 Bad Request: message to delete not found"
    group.demote_bot()
    await ask("sendMessage", chat_id=group.id, text="旧")
    group.last.at -= 49 * 3600 * 1000
    old = await refused("deleteMessage", chat_id=group.id, message_id=group.last.id)
    assert old == "400 Bad Request: message can't be deleted"


async def test_topics_that_are_closed_deleted_or_no_topics(ask, refused, bot_api, li):
    forum = bot_api.group("论坛", members=[li], forum=True)
    topic = forum.topic("求助")
    say = {"chat_id": forum.id, "text": "在"}
    sent = await ask("sendMessage", **say, message_thread_id=topic.thread)
    assert sent["is_topic_message"]
    forum.close_topic(topic)
    closed = await refused("sendMessage", **say, message_thread_id=topic.thread)
    assert closed == "400 Bad Request: TOPIC_CLOSED"
    forum.promote_bot(can_manage_topics=True)
    assert await ask("sendMessage", **say, message_thread_id=topic.thread)
    forum.delete_topic(topic)
    lost = "400 Bad Request: message thread not found"
    assert await refused("sendMessage", **say, message_thread_id=topic.thread) == lost
    assert await refused("sendMessage", **say, message_thread_id=1) == lost
    assert "message_thread_id" not in await ask("sendMessage", **say)


async def test_rights_the_bot_does_not_have(ask, refused, group, li):
    link = {"chat_id": group.id, "name": "五月"}
    tag = {"chat_id": group.id, "user_id": li.id, "tag": "ES6"}
    missing = await refused("createChatInviteLink", **link)
    assert missing == "400 Bad Request: not enough rights to manage chat invite link"
    assert await refused("setChatMemberTag", **tag) == "400 Bad Request: not enough rights"
    group.promote_bot(can_invite_users=True)
    assert (await ask("createChatInviteLink", **link))["name"] == "五月"
    assert await refused("setChatMemberTag", **tag) == "400 Bad Request: not enough rights"
    group.promote_bot(can_manage_tags=True)
    assert await ask("setChatMemberTag", **tag)
    group.restrict_bot()
    silent = await refused("sendMessage", chat_id=group.id, text="在")
    assert silent == ("400 Bad Request: not enough rights to send text messages to the chat")


async def test_methods_and_tokens_nobody_knows(refused):
    assert await refused("sendMassage") == "404 Not Found: method not found"
    assert await refused("getMe", token="1:wrong") == "401 Unauthorized"
    unplayed = await refused("sendDice", chat_id=1)
    assert unplayed == "400 Bad Request: the test server does not play sendDice"
