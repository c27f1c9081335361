"""Answers stand where they were asked for; what the bot may not do, its leader is told."""

import pytest

from storage.model import MINUTE
from tests.end_to_end.telegram.scene import Scene, said_after
from tests.support.telegram import BotApi, Chat, User

RIGHTS = {"can_invite_users": True, "can_manage_tags": True, "can_delete_messages": True}


@pytest.fixture
async def forum(on: Scene, bot_api: BotApi, wang: User, li: User, zhao: User) -> Chat:
    """A group with topics; the bot may not write in closed ones."""
    group = bot_api.group("话题群", owner=wang, members=[li, zhao], forum=True)
    group.promote_bot(**RIGHTS)
    await on.found(group)
    return group


async def test_every_answer_stands_in_the_topic_it_was_asked_in(
    on: Scene, forum: Chat, wang: User, li: User, zhao: User
) -> None:
    cars, fun = forum.topic("用车"), forum.topic("红包")
    share = await li.says(forum, "#油耗 海豹 百公里5.2升 开了2万公里", thread=cars)
    kept = await forum.hears("收好 #1", after=share)
    said = await wang.says(forum, "公费红包 60 2", thread=fun)
    envelope = await forum.hears("🧧", after=said)
    general = await zhao.says(forum, "积分")
    answer = await forum.hears("小赵，你有 0 分。", after=general)
    assert [each.thread for each in (kept, envelope, answer)] == [cars.thread, fun.thread, None]
    await li.taps(envelope, "抢红包")
    await zhao.taps(envelope, "抢红包")
    await on.quiet()
    assert "抢完了" in envelope.text
    assert envelope.thread == fun.thread
    assert len([each for each in forum.by_bot if "🧧" in each.text]) == 1


@pytest.mark.parametrize("fate", ["close_topic", "delete_topic"])
async def test_in_a_topic_that_is_gone_the_answer_is_said_in_general(
    on: Scene, forum: Chat, wang: User, li: User, fate: str
) -> None:
    topic = forum.topic("用车")
    await on.quiet()
    await li.says(forum, "积分", thread=topic)
    getattr(forum, fate)(topic)
    answer = await forum.hears("小李，你有 0 分。")
    assert answer.thread is None
    checked = await wang.says(forum, "自检")
    told = await forum.hears("还差 1 样", after=checked)
    assert "有话题关着：要在那里回答时，我只能说到主话题里。" in told.text
    assert (await on.health())["chats_lacking_rights"] == 1


async def test_an_envelope_in_a_closed_topic_can_still_be_had(
    on: Scene, forum: Chat, wang: User, li: User
) -> None:
    topic = forum.topic("红包")
    said = await wang.says(forum, "公费红包 60 1", thread=topic)
    envelope = await forum.hears("🧧", after=said)
    forum.close_topic(topic)
    assert "抢到 60 分" in (await li.taps(envelope, "抢红包")).text
    await on.quiet()
    assert "抢完了" in envelope.text


async def test_the_leader_is_told_of_every_right_that_is_missing(
    on: Scene, club: Chat, wang: User
) -> None:
    checked = await wang.says(club, "自检")
    await club.hears("都好了，我在这里该有的都有。", after=checked)
    club.promote_bot(can_delete_messages=True)
    await on.quiet()
    checked = await wang.says(club, "自检")
    told = await club.hears("还差 2 样", after=checked)
    assert "没有「添加成员」权限" in told.text
    assert "没有「管理成员标签」权限" in told.text
    club.demote_bot()
    await on.quiet()
    checked = await wang.says(club, "/check")  # the rest it does not hear any more
    told = await club.hears("还差 2 样", after=checked)
    assert "听不到大家说话" in told.text
    assert "不是管理员" in told.text


async def test_only_leaders_are_told_what_the_bot_lacks(on: Scene, club: Chat, li: User) -> None:
    checked = await li.says(club, "自检")
    await club.hears("这件事只有会长和副会长能做。", after=checked)


async def test_a_group_that_forbids_the_bot_to_speak_holds_up_nobody_else(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    other = on.api.group("别的车友群", owner=wang, members=[li])
    other.promote_bot()
    await on.found(other, "别的车友会")
    on.excused.add("message given up")
    club.restrict_bot()
    await on.quiet()
    for _ in range(3):
        await li.says(club, "/points")
    elsewhere = await li.says(other, "积分")
    await other.hears("小李，你有", after=elsewhere)
    await on.quiet()
    on.leap(10 * MINUTE)
    await on.quiet()
    refused = [
        each for each in on.api.requests("sendMessage") if "not enough rights" in each.description
    ]
    assert len(refused) == 3
    assert (await on.outbox())["dead"] == 3
    club.promote_bot()
    asked = await li.says(club, "积分")
    await club.hears("小李，你有", after=asked)
    await on.quiet()
    assert len(said_after(asked)) == 1


async def test_an_invitation_needs_the_right_to_invite(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    asked = await li.says(club, "邀请")
    link = await club.hears("小李 的专属入口，新车友从这里进群：", after=asked)
    assert "https://t.me/+" in link.text
    again = await li.says(club, "邀请")
    same = await club.hears("专属入口", after=again)
    assert same.text == link.text
    assert len(on.api.requests("createChatInviteLink")) == 1
    club.promote_bot(can_manage_tags=True)
    await on.quiet()
    asked = await li.says(club, "邀请")
    await club.hears("我在这个群还没有「添加成员」的权限", after=asked)


async def test_a_vouched_car_stands_behind_the_name(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    said = await li.says(club, "积分")
    await wang.says(club, "认证 海豹", reply_to=said)
    await club.hears("认证了：小李 开 海豹。", after=said)
    await on.quiet()
    assert club.standing(li).tag == "海豹"
