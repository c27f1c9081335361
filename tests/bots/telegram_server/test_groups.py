"""Groups as the bot is told of them: who comes, who goes, what becomes of a group."""

import pytest


async def test_who_joins_and_leaves_is_told_to_a_bot_in_charge(bot_api, group, seen):
    wang = bot_api.user("小王")
    bot_api.updates.allow(["message", "chat_member"])
    await wang.joins(group)
    assert seen("chat_member") == []
    group.promote_bot()
    await wang.leaves(group)
    await wang.joins(group, silently=True)
    changes = seen("chat_member")
    standings = [
        (each["old_chat_member"]["status"], each["new_chat_member"]["status"]) for each in changes
    ]
    assert standings == [("member", "left"), ("left", "member")]


async def test_a_link_of_the_bot_tells_who_came_through_it(bot_api, group, ask, seen):
    group.promote_bot()
    bot_api.updates.allow(["chat_member"])
    link = await ask("createChatInviteLink", chat_id=group.id, name="小李邀请")
    await bot_api.user("小王").joins(group, link["invite_link"])
    assert [each["invite_link"]["name"] for each in seen("chat_member")] == ["小李邀请"]
    await ask("revokeChatInviteLink", chat_id=group.id, invite_link=link["invite_link"])
    with pytest.raises(ValueError, match="does not lead here"):
        await bot_api.user("小赵").joins(group, link["invite_link"])


async def test_a_link_may_ask_first(bot_api, group, ask, seen):
    group.promote_bot()
    made = await ask("createChatInviteLink", chat_id=group.id, creates_join_request=True)
    wang = bot_api.user("小王")
    await wang.joins(group, made["invite_link"])
    assert [each["from"]["id"] for each in seen("chat_join_request")] == [wang.id]
    assert not group.standing(wang).present
    group.approve(wang)
    assert group.standing(wang).present


async def test_the_bot_learns_of_its_own_standing(bot_api, seen):
    group = bot_api.group("车友会", with_bot=False)
    group.add_bot()
    group.promote_bot(can_pin_messages=True)
    group.demote_bot()
    group.restrict_bot("can_send_messages")
    group.kick_bot()
    changes = seen("my_chat_member")
    news = [each["new_chat_member"] for each in changes]
    assert [each["status"] for each in news] == [
        "member",
        "administrator",
        "member",
        "restricted",
        "kicked",
    ]
    assert news[1]["can_pin_messages"]
    assert not news[1]["can_invite_users"]


async def test_a_group_grows_into_a_supergroup(bot_api, li, seen, ask):
    old = bot_api.group("车友会", kind="group", members=[li])
    await li.says(old, "/points")
    seen()
    new = old.migrate()
    leaving, arriving = seen("message")
    assert (leaving["chat"]["id"], leaving["migrate_to_chat_id"]) == (old.id, new.id)
    assert (arriving["chat"]["id"], arriving["migrate_from_chat_id"]) == (new.id, old.id)
    assert arriving["message_id"] == 1
    assert str(new.id).startswith("-100")
    await li.says(new, "/points")
    assert [each["chat"]["type"] for each in seen("message")] == ["supergroup"]
    with pytest.raises(ValueError, match="has become"):
        await li.says(old, "还在吗")


async def test_administrators_and_members(bot_api, group, li, ask):
    wang = bot_api.user("小王")
    group.promote(li, can_delete_messages=True, title="副会长")
    group.seat(wang)
    group.seat(bot_api.other_bot("别家", "other_bot"))
    group.promote(bot_api.world.users[wang.id])
    listed = await ask("getChatAdministrators", chat_id=group.id)
    assert [each["user"]["first_name"] for each in listed] == ["车友会群主", "小李", "小王"]
    assert (listed[1]["custom_title"], listed[1]["can_delete_messages"]) == ("副会长", True)
    assert await ask("getChatMemberCount", chat_id=group.id) == 5
    own = await ask("getChatMember", chat_id=group.id, user_id=bot_api.bot.id)
    assert own["status"] == "member"
    stranger = bot_api.user("路人")
    gone = await ask("getChatMember", chat_id=group.id, user_id=stranger.id)
    assert gone["status"] == "left"


async def test_a_tag_stands_beside_what_a_member_says(group, li, ask, refused, seen, bot_api):
    group.promote_bot()
    seen()
    await ask("setChatMemberTag", chat_id=group.id, user_id=li.id, tag="小鹏 P7")
    await li.says(group, "积分")
    assert seen("message")[0]["sender_tag"] == "小鹏 P7"
    member = await ask("getChatMember", chat_id=group.id, user_id=li.id)
    assert member["tag"] == "小鹏 P7"
    owner = await refused("setChatMemberTag", chat_id=group.id, user_id=group.owner.id, tag="x")
    assert owner.startswith("400 Bad Request: ")
    assert await ask("setChatMemberTag", chat_id=group.id, user_id=li.id)
    assert "tag" not in await ask("getChatMember", chat_id=group.id, user_id=li.id)


async def test_topics_keep_their_talk_apart(bot_api, li, ask, seen):
    forum = bot_api.group("论坛", members=[li], forum=True)
    forum.promote_bot(can_pin_messages=True)
    topic = forum.topic("求助")
    general = await li.says(forum, "大家好")
    asked = await li.says(forum, "救命", thread=topic)
    answered = await li.says(forum, "好了", reply_to=asked)
    created, first, second, third = seen("message")
    assert created["forum_topic_created"]["name"] == "求助"
    assert "message_thread_id" not in first
    assert general.thread is None
    # Telegram itself makes a plain message in a topic look like an answer to its first message.
    assert second["reply_to_message"]["message_id"] == topic.thread == second["message_thread_id"]
    assert third["reply_to_message"]["message_id"] == asked.id
    assert third["message_thread_id"] == answered.thread == topic.thread
    forum.close_topic(topic)
    with pytest.raises(ValueError, match="closed"):
        await li.says(forum, "还有", thread=topic)
    forum.reopen_topic(topic)
    sent = await ask(
        "sendMessage", chat_id=forum.id, text="在", reply_parameters={"message_id": asked.id}
    )
    assert sent["message_thread_id"] == topic.thread


async def test_answers_outside_of_forums_make_threads_too(group, li, seen):
    group.promote_bot()
    seen()
    first = await li.says(group, "谁在")
    second = await li.says(group, "我在", reply_to=first)
    await li.says(group, "我也在", reply_to=second)
    shown = seen("message")
    assert [each.get("message_thread_id") for each in shown] == [None, first.id, first.id]
    assert not any("is_topic_message" in each for each in shown)


async def test_leaving_menus_pins_and_typing(bot_api, group, ask, refused):
    commands = [{"command": "points", "description": "积分"}]
    scope = {"type": "chat", "chat_id": group.id}
    await ask("setMyCommands", commands=commands, scope=scope, language_code="zh")
    assert await ask("getMyCommands", scope=scope, language_code="zh") == commands
    assert await ask("getMyCommands") == []
    await ask("deleteMyCommands", scope=scope, language_code="zh")
    assert await ask("getMyCommands", scope=scope, language_code="zh") == []
    sent = await ask("sendMessage", chat_id=group.id, text="公告")
    pin = {"chat_id": group.id, "message_id": sent["message_id"]}
    assert (await refused("pinChatMessage", **pin)).startswith("400 Bad Request: not enough rights")
    group.promote_bot(can_pin_messages=True)
    await ask("pinChatMessage", **pin)
    chat = await ask("getChat", chat_id=group.id)
    assert chat["pinned_message"]["text"] == "公告"
    await ask("sendChatAction", chat_id=group.id, action="typing")
    assert bot_api.world.actions == [(group, "typing")]
    await ask("leaveChat", chat_id=group.id)
    assert not group.standing(bot_api.bot).present
