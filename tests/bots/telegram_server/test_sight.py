"""What reaches the bot: privacy mode, other bots, masks."""


async def test_in_privacy_mode_only_what_is_for_the_bot(bot_api, group, li, ask, seen):
    await li.says(group, "积分")
    await li.says(group, "@carclub_bot 积分")
    await li.says(group, "/points@other_bot")
    assert seen() == []
    await li.says(group, "/points")
    await li.says(group, "/points@CarClub_bot 5")
    await ask("sendMessage", chat_id=group.id, text="100 分")
    await li.says(group, "谢谢", reply_to=group.last)
    await li.joins(group)
    assert [each["text"] for each in seen("message") if "text" in each] == [
        "/points",
        "/points@CarClub_bot 5",
        "谢谢",
    ]


async def test_a_bare_command_goes_to_the_bot_that_spoke_last(bot_api, group, li, ask, seen):
    other = bot_api.other_bot("别家", "other_bot")
    group.seat(other)
    await other.says(group, "我在")
    await li.says(group, "/points")
    assert seen("message") == []
    await ask("sendMessage", chat_id=group.id, text="我也在")
    await li.says(group, "/points")
    assert len(seen("message")) == 1


async def test_service_messages_reach_a_bot_in_privacy_mode(group, li, bot_api, seen):
    await bot_api.user("小王").joins(group)
    await li.leaves(group)
    kinds = [set(each) & {"new_chat_members", "left_chat_member"} for each in seen("message")]
    assert kinds == [{"new_chat_members"}, {"left_chat_member"}]


async def test_a_bot_in_charge_hears_everything(group, li, seen):
    group.promote_bot()
    seen()
    await li.says(group, "积分")
    assert [each["text"] for each in seen("message")] == ["积分"]
    group.demote_bot()
    seen()
    await li.says(group, "积分")
    assert seen() == []


async def test_privacy_mode_counts_from_when_the_bot_is_added(bot_api, group, li, ask, seen):
    bot_api.world.reads_all = True
    assert (await ask("getMe"))["can_read_all_group_messages"] is True
    await li.says(group, "积分")
    assert seen() == []
    group.kick_bot()
    group.add_bot()
    seen()
    await li.says(group, "积分")
    assert [each["text"] for each in seen("message")] == ["积分"]


async def test_other_bots_are_heard_only_when_asked_for(bot_api, group, seen):
    group.promote_bot()
    other = bot_api.other_bot("别家", "other_bot")
    group.seat(other)
    seen()
    await other.says(group, "我是机器人")
    assert seen() == []
    bot_api.world.hears_bots = True
    await other.says(group, "我是机器人")
    assert [each["from"]["is_bot"] for each in seen("message")] == [True]


async def test_masks_of_people(bot_api, group, li, seen):
    group.promote_bot()
    group.promote(li, anonymous=True, title="车长")
    channel = bot_api.channel("公告", username="gonggao")
    channel.link_to(group)
    seen()
    group.says_anonymously(li, "/settings")
    group.says_as(channel, "频道在说话")
    post = channel.says("新车到了")
    anonymous, spoken, forwarded = seen("message")
    assert (anonymous["from"]["id"], anonymous["sender_chat"]["id"]) == (1087968824, group.id)
    assert anonymous["author_signature"] == "车长"
    assert (spoken["from"]["id"], spoken["sender_chat"]["id"]) == (136817688, channel.id)
    assert (forwarded["from"]["id"], forwarded["is_automatic_forward"]) == (777000, True)
    assert forwarded["forward_origin"]["message_id"] == post.id


async def test_posts_of_a_channel_the_bot_is_in(bot_api, seen, ask):
    channel = bot_api.channel("公告", with_bot=True)
    channel.says("新车到了")
    assert [each["text"] for each in seen("channel_post")] == ["新车到了"]
    assert await ask("sendMessage", chat_id=channel.id, text="收到")


async def test_a_bot_that_was_thrown_out_hears_that_and_no_more(group, li, seen):
    group.kick_bot()
    await li.says(group, "/points")
    kinds = [kind for kind, _ in seen()]
    assert kinds == ["my_chat_member"]
