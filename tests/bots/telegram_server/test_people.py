"""What people do, as the bot is told of it."""

import pytest

from tests.support.telegram.spec import Upload


@pytest.fixture
def chat(group, seen):
    """The bot hears everything in it."""
    group.promote_bot()
    seen()
    return group


async def test_start_carries_its_payload(li, seen):
    await li.starts("bind_42")
    message = seen("message")[0]
    assert message["text"] == "/start bind_42"
    assert message["chat"] == {
        "id": li.id,
        "type": "private",
        "first_name": "小李",
        "username": "xiaoli",
    }
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_an_album_is_so_many_updates(chat, li, seen):
    await li.posts_album(chat, 3, caption="自驾 #川西")
    shown = seen("message")
    assert len({each["media_group_id"] for each in shown}) == 1
    assert [each.get("caption") for each in shown] == ["自驾 #川西", None, None]
    assert len({each["photo"][-1]["file_id"] for each in shown}) == 3


async def test_files_come_back_byte_for_byte(chat, li, seen, ask, bot, bot_api):
    await li.sends_document(chat, "保养.pdf", b"%PDF", caption="请看")
    await li.sends_voice(chat, b"OggS", seconds=7)
    document, voice = seen("message")
    assert (document["document"]["file_name"], document["caption"]) == ("保养.pdf", "请看")
    assert voice["voice"]["duration"] == 7
    file = await bot.get_file(document["document"]["file_id"])
    assert bytes(await file.download_as_bytearray()) == b"%PDF"


async def test_forwards_say_where_they_come_from_as_far_as_they_may(chat, li, seen, bot_api):
    wang = bot_api.user("小王")
    chat.seat(wang)
    channel = bot_api.channel("公告")
    said = await wang.says(chat, "经验")
    await li.forwards(said, chat)
    wang.hides_forwards = True
    await li.forwards(said, chat)
    await li.forwards(channel.says("公告一"), chat)
    chat.promote(wang, anonymous=True)
    await li.forwards(chat.says_anonymously(wang, "匿名"), chat)
    origins = [each["forward_origin"] for each in seen("message") if "forward_origin" in each]
    assert [each["type"] for each in origins] == ["user", "hidden_user", "channel", "chat"]
    assert origins[0]["sender_user"]["id"] == wang.id
    assert origins[1]["sender_user_name"] == "小王"


async def test_an_edit_is_told_a_deletion_is_not(chat, li, seen):
    said = await li.says(chat, "积分")
    seen()
    await li.edits(said, "/points")
    edited = seen("edited_message")[0]
    assert (edited["message_id"], edited["text"]) == (said.id, "/points")
    assert edited["edit_date"] >= edited["date"]
    await li.deletes(said)
    assert seen() == []
    assert chat.texts == []


async def test_reactions_only_where_the_bot_is_in_charge_and_asked(chat, li, seen, bot_api, ask):
    said = await li.says(chat, "经验")
    await li.reacts(said, "👍")
    assert seen("message_reaction") == []
    bot_api.updates.allow(["message_reaction"])
    await li.reacts(said, "🔥")
    await li.reacts(said)
    chat.promote(li, anonymous=True)
    await li.reacts(said, "👍")
    first, second, third = seen("message_reaction")
    assert first["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert (first["new_reaction"], first["user"]["id"]) == (
        [{"type": "emoji", "emoji": "🔥"}],
        li.id,
    )
    assert second["new_reaction"] == []
    assert third["actor_chat"]["id"] == chat.id
    assert "user" not in third
    with pytest.raises(ValueError, match="nobody can react"):
        await li.reacts(said, "🚗")
    chat.demote_bot()
    seen()
    await li.reacts(said, "👍")
    assert seen() == []


async def test_reactions_of_the_bot(chat, li, ask, refused):
    said = await li.says(chat, "经验")
    here = {"chat_id": chat.id, "message_id": said.id}
    await ask("setMessageReaction", **here, reaction=[{"type": "emoji", "emoji": "👍"}])
    car = [{"type": "emoji", "emoji": "🚗"}]
    assert await refused("setMessageReaction", **here, reaction=car) == (
        "400 Bad Request: REACTION_INVALID"
    )
    two = [{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "🔥"}]
    assert (await refused("setMessageReaction", **here, reaction=two)).startswith("400 ")


async def test_a_block_is_told_once(li, seen):
    await li.starts()
    seen()
    await li.blocks()
    await li.unblocks()
    news = [each["new_chat_member"]["status"] for each in seen("my_chat_member")]
    assert news == ["kicked", "member"]


async def test_a_button_of_a_deleted_message(chat, li, ask, seen):
    markup = {"inline_keyboard": [[{"text": "抢", "callback_data": "x"}]]}
    await ask("sendMessage", chat_id=chat.id, text="红包", reply_markup=markup)
    message = chat.last
    await ask("deleteMessage", chat_id=chat.id, message_id=message.id)
    li.presses(message, "抢")
    assert seen("callback_query")[0]["message"]["date"] == 0


async def test_mistakes_of_a_test_are_named(chat, bot_api, li):
    stranger = bot_api.user("路人")
    with pytest.raises(ValueError, match="路人 is not in"):
        await stranger.says(chat, "你好")
    said = await li.says(chat, "无按钮")
    with pytest.raises(LookupError, match="no button"):
        li.presses(said, "抢")
    with pytest.raises(ValueError, match="no right"):
        chat.promote_bot(can_fly=True)


async def test_what_the_bot_sends_is_trimmed_and_its_addresses_found(chat, ask):
    text = " \n<b>看</b> https://a.cn/x @xiaoli  "
    await ask("sendMessage", chat_id=chat.id, text=text, parse_mode="HTML")
    assert chat.last.text == "看 https://a.cn/x @xiaoli"
    found = [(each["type"], each["offset"]) for each in chat.last.entities]
    assert found == [("bold", 0), ("url", 2), ("mention", 17)]
    wang = '<a href="tg://user?id=%d">小李</a>'
    [li] = [each.user for each in chat.members.values() if each.user.name == "小李"]
    await ask("sendMessage", chat_id=chat.id, text=wang % li.id, parse_mode="HTML")
    assert chat.last.entities[0]["user"]["username"] == "xiaoli"


async def test_pictures_and_voices_too_big_or_unknown(chat, ask, refused, li, seen, bot_api):
    here = {"chat_id": chat.id}
    assert await refused("sendPhoto", **here, photo="nobody's") == (
        "400 Bad Request: wrong file identifier/HTTP URL specified"
    )
    large = {"photo": Upload("a.jpg", b"x" * (10 * 1024 * 1024 + 1))}
    assert "too big" in await refused("sendPhoto", **here, files=large)
    empty = {"document": Upload("a.csv", b"")}
    assert "non-empty" in await refused("sendDocument", **here, files=empty)
    await li.sends_video(chat, b"x" * (20 * 1024 * 1024 + 1))
    number = seen("message")[0]["video"]["file_id"]
    assert await refused("getFile", file_id=number) == "400 Bad Request: file is too big"
    assert await refused("getFile", file_id="nobody's") == "400 Bad Request: invalid file_id"
