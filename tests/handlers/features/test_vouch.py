"""A car that a leader vouches for, and the badge it makes."""

from dataclasses import replace

import pytest

from storage.model import Account, Chat, Mention, Message, Priority, Quoted, Reply, Role
from storage.store import Work
from tests.support.room import GROUP, PLATFORM

HOW = "{} 还没有认证的车。请会长或副会长回复 TA 的消息说「认证 车型」。"
NOT_A_LEADER = "这件事只有会长和副会长能做。"


@pytest.fixture
async def room(room):
    await room.join("小李", "小张")
    return room


async def said(room, name, text, **more):
    """What is read as a message; a badge is none."""
    answer = await room.answer(name, text, **more)
    return [reply.text for reply in answer.replies]


async def shown(room):
    """The badges that go out, as (chat, account, text)."""

    async def lease(work: Work) -> list[Message]:
        return list(await work.outbox.lease((PLATFORM, "other"), (), 100))

    found = []
    while messages := await room.store.unit(lease):
        for message in messages:
            await room.store.unit(lambda work, message=message: work.outbox.sent(message.id, ""))
            reply = message.reply
            if reply.to == "badge":
                assert (reply.slot, reply.priority) == ("badge", Priority.CHATTER)
                found.append((message.chat, message.account, reply.text))
    return sorted(found)


async def also(room, *chats, account=None):
    """Further chats of the club, and an account of 小李's."""

    async def unit(work: Work) -> None:
        await room._enter(work)
        for platform, chat in chats:
            await work.people.put_chat(Chat(platform, chat, work.club))
        if account is not None:
            member = await work.people.person(Account(PLATFORM, "小李"))
            await work.people.bind(account, member or "")

    await room.store.unit(unit)


# Vouching


async def test_a_leader_vouches_in_front_of_the_group_and_the_name_gets_a_badge(room):
    answer = await room.answer("小王", "认证 @小李 海豹")
    assert answer.replies == (Reply("认证了：小李 开 海豹。"),)
    assert await shown(room) == [(GROUP, "小李", "海豹")]
    assert (await room.member("小李")).car == "海豹"


async def test_a_message_that_is_answered_tells_whom_it_is_about(room):
    assert await said(room, "小王", "认证 海豹", quote=Quoted("m", "小李")) == [
        "认证了：小李 开 海豹。"
    ]


@pytest.mark.parametrize(
    "text",
    ["认证 海豹 @小李", "认证 @小李 比亚迪海豹", "认证 @小李　海豹", "认证 小李 海豹",
     "/vouch @小李 海豹", "认证 @小李 比亚迪 海豹 2024款"],
)  # fmt: skip
async def test_it_may_be_said_in_several_ways(room, text):
    assert await said(room, "小王", text) == ["认证了：小李 开 海豹。"]


async def test_a_name_of_several_words_is_one_mention(room):
    await room.join("Li Lei")
    event = room.event("小王", "认证 @Li Lei 海豹")
    mentioned = replace(event, mentions=(Mention("Li Lei", "Li Lei"),))
    (reply,) = (await room.dispatch.answer(mentioned)).replies
    assert reply.text == "认证了：Li Lei 开 海豹。"


async def test_a_co_leader_vouches_and_a_member_does_not(room):
    assert await said(room, "小李", "认证 @小张 海豹") == [NOT_A_LEADER]
    assert await said(room, "小李", "认证 海豹", quote=Quoted("m", "小张")) == [NOT_A_LEADER]
    assert await said(room, "小李", "取消认证 @小张") == [NOT_A_LEADER]
    await room.promote("小李", Role.CO_LEADER)
    assert await said(room, "小李", "认证 @小张 海豹") == ["认证了：小张 开 海豹。"]


async def test_nobody_vouches_for_themselves_a_leader_neither(room):
    no = ["自己的车要请别的会长或副会长来认证。"]
    assert await said(room, "小王", "认证 @小王 海豹") == no
    assert await said(room, "小王", "认证 海豹", quote=Quoted("m", "小王")) == no
    assert (await room.member("小王")).car == ""
    assert await shown(room) == []


async def test_another_car_takes_the_place_of_the_first(room):
    await room.answer("小王", "认证 @小李 海豹")
    await room.answer("小王", "认证 @小李 轩逸")
    assert await shown(room) == [(GROUP, "小李", "轩逸")]  # the first was never sent
    assert await said(room, "小李", "认证") == ["小李 认证的车：轩逸。"]


async def test_the_same_again_puts_the_badge_there_again(room):
    for _ in range(2):
        assert await said(room, "小王", "认证 @小李 海豹") == ["认证了：小李 开 海豹。"]
        assert await shown(room) == [(GROUP, "小李", "海豹")]


async def test_an_unknown_car_gets_suggestions(room):
    (text,) = await said(room, "小王", "认证 @小李 凯美锐")
    assert text.startswith("没认出「凯美锐」。是不是：凯美瑞、")
    assert await said(room, "小王", "认证 @小李 ΩΩΩΩΩ") == [
        "没认出「ΩΩΩΩΩ」。换个常用叫法试试，比如「海豹」。"
    ]
    (text,) = await said(room, "小王", "认证 @小李 海豹 轩逸")
    assert text.startswith("没认出「海豹 轩逸」。")
    assert (await room.member("小李")).car == ""


async def test_said_to_the_bot_an_unknown_car_is_answered(room):
    (text,) = await said(room, "小王", "/vouch 飞碟一号", quote=Quoted("m", "小李"))
    assert text.startswith("没认出「飞碟一号」")


async def test_a_car_and_nobody_to_drive_it_is_asked_back(room):
    for text in ("认证 海豹", "认证 海豹 2024款"):
        assert await said(room, "小王", text) == ["我不认识叫 海豹 的车友，请 @ 一下。"]


async def test_a_mention_that_the_platform_does_not_tell_is_somebody_all_the_same(room):
    for name, told in (("小张", NOT_A_LEADER), ("小王", "认证了：小李 开 海豹。")):
        event = replace(room.event(name, "认证 @小李 海豹"), mentions=())
        (reply,) = (await room.dispatch.answer(event)).replies
        assert reply.text == told


async def test_who_has_left_or_is_unknown_is_not_vouched_for(room):
    await room.say("小李", "", kind="left")
    assert await said(room, "小王", "认证 @小李 海豹") == ["小李 已经不在群里了。"]
    assert await said(room, "小王", "认证 @路人 海豹") == [
        "我还不认识这位车友，请 TA 先在群里说一声「积分」。"
    ]


async def test_one_member_at_a_time(room):
    no = ["一次只认证一位车友。"]
    assert await said(room, "小王", "认证 @小李 @小张 海豹") == no
    assert await said(room, "小王", "取消认证 @小李 @小张") == no


async def test_it_is_said_in_front_of_the_group_or_not_at_all(room):
    no = ["这件事请在群里说。"]
    assert await said(room, "小王", "认证 小李 海豹", private=True) == no
    await room.answer("小王", "认证 @小李 海豹")
    assert await said(room, "小王", "取消认证 小李", private=True) == no


@pytest.mark.parametrize(
    "text",
    ["认证 需要什么材料", "认证 一下，大家把行驶证发我", "认证 过了吗？", "认证了的车友举手",
     "认证 海豹 的车友周末来俱乐部总部门口集合"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["小王", "小李"])
async def test_talk_is_left_alone(room, name, text):
    assert await said(room, name, text) == []
    assert await said(room, name, text, quote=Quoted("m", "小张")) == []


# Seeing


async def test_everybody_sees_their_own_and_how_to_get_it(room):
    assert await said(room, "小李", "认证") == [HOW.format("小李")]
    assert await said(room, "小李", "认证 海豹") == [HOW.format("小李")]
    await room.answer("小王", "认证 @小李 海豹")
    assert await said(room, "小李", "认证") == ["小李 认证的车：海豹。"]
    assert await said(room, "小李", "/vouch", private=True) == ["小李 认证的车：海豹。"]


async def test_anybody_sees_somebody_elses(room):
    await room.answer("小王", "认证 @小李 海豹")
    assert await said(room, "小张", "认证 @小李") == ["小李 认证的车：海豹。"]
    assert await said(room, "小张", "认证", quote=Quoted("m", "小李")) == ["小李 认证的车：海豹。"]


async def test_it_is_the_leaders_word_whatever_ones_garage_lists(room):
    await room.answer("小李", "加车 轩逸")
    await room.answer("小王", "认证 @小李 海豹")
    await room.answer("小李", "删车 1")
    assert await said(room, "小李", "认证") == ["小李 认证的车：海豹。"]
    assert await said(room, "小李", "我的车") == ["小李，你还没记车。说「加车 海豹」就行。"]


async def test_it_is_of_one_club(room):
    await room.answer("小王", "认证 @小李 海豹")
    room.owner = "小张"
    await room.say("小张", "建会 第二会", chat="another")
    assert await said(room, "小李", "认证", chat="another") == [HOW.format("小李")]


# Taking away


async def test_a_leader_takes_it_away_and_the_badge_goes(room):
    await room.answer("小王", "认证 @小李 海豹")
    await shown(room)
    assert await said(room, "小王", "取消认证 @小李") == ["小李 的认证取消了。"]
    assert await shown(room) == [(GROUP, "小李", "")]
    assert await said(room, "小王", "取消认证", quote=Quoted("m", "小李")) == [
        "小李 没有认证的车。"
    ]
    assert await said(room, "小李", "认证") == [HOW.format("小李")]


async def test_whose_car_it_is_may_take_it_away(room):
    await room.answer("小王", "认证 @小李 海豹")
    assert await said(room, "小李", "/unvouch", private=True) == ["小李 的认证取消了。"]
    assert await shown(room) == [(GROUP, "小李", "")]
    assert await said(room, "小李", "取消认证") == ["小李 没有认证的车。"]


async def test_of_who_has_left_it_can_be_taken_away(room):
    await room.answer("小王", "认证 @小李 海豹")
    await room.say("小李", "", kind="left")
    assert await said(room, "小王", "取消认证 @小李") == ["小李 的认证取消了。"]


# Badges


async def test_a_badge_is_in_every_chat_of_the_club_for_every_account_there(room):
    await also(room, (PLATFORM, "second"), ("other", "third"), account=Account("other", "L"))
    await room.answer("小王", "认证 @小李 海豹")
    assert await shown(room) == [
        (GROUP, "小李", "海豹"), ("second", "小李", "海豹"), ("third", "L", "海豹"),
    ]  # fmt: skip


async def test_where_the_bot_is_not_there_is_no_badge(room):
    await also(room, (PLATFORM, "second"))
    await room.answer("小王", "", kind="removed", chat="second")
    await room.answer("小王", "认证 @小李 海豹")
    assert await shown(room) == [(GROUP, "小李", "海豹")]


async def test_who_leaves_a_chat_has_no_badge_there_and_has_it_again_on_return(room):
    await also(room, (PLATFORM, "second"))
    await room.answer("小王", "认证 @小李 海豹")
    await shown(room)
    await room.answer("小李", "", kind="left", chat="second")
    assert await shown(room) == [("second", "小李", "")]
    await room.answer("小李", "", kind="joined", chat="second")
    assert await shown(room) == [("second", "小李", "海豹")]


async def test_for_who_was_never_vouched_for_nothing_is_sent(room):
    await room.answer("小张", "", kind="left")
    await room.answer("小张", "", kind="joined")
    await room.answer("小新", "", kind="joined")
    assert await shown(room) == []


async def test_who_is_forgotten_leaves_no_badge_behind(room):
    await room.answer("小王", "认证 @小李 海豹")
    await shown(room)
    await room.answer("小李", "确认忘记", private=True)
    assert await shown(room) == [(GROUP, "小李", "")]
