"""Leaders are told, once and in private, when nothing could be heard or little more may be said."""

from dataclasses import replace

import pytest

from storage.model import HOUR, MINUTE, SECOND, Account, Priority, Role
from tests.support.room import GROUP, PLATFORM
from tests.support.world import START

BOT = "bot"
LOST = (
    "，那段时间群里说的话我一句也没听到。\n"
    "平台不留记录，补不回来：要收的经验、要问的、要抢的，请大家再说一遍。"
)


async def blind(room, seconds, *, platform=PLATFORM, event_id=None):
    """The platform is there again after so long."""
    since = room.clock.now
    room.clock.move(seconds * SECOND)
    return await happen(room, "blind", str(since), platform=platform, event_id=event_id)


async def happen(room, kind, text="", *, platform=PLATFORM, event_id=None):
    event = room.event(BOT, text, kind=kind, chat=BOT, event_id=event_id)
    await room.dispatch.answer(replace(event, platform=platform))
    return [(each.to, each.text) for each in await room.read()]


async def elsewhere(room, name, platform):
    """Somebody of the club has an account on another platform, too."""
    member = await room.member(name)
    account = Account(platform, f"{name}@{platform}")
    await room.store.unit(lambda work: work.people.bind(account, member.id))


async def waiting(room, platform):
    messages = await room.store.unit(lambda work: work.outbox.lease((platform,), (), 10))
    return [(each.account, each.reply) for each in messages]


async def test_the_leader_is_told_from_when_to_when_nothing_was_heard(room):
    await room.promote("小李", Role.CO_LEADER)
    assert await blind(room, 185) == [
        ("小王", f"车友会：Pretend那边断过线，12:00:00 到 12:03:05（3 分 5 秒）{LOST}")
    ]


async def test_over_midnight_the_days_are_told_and_the_clubs_own_clock_counts(room):
    await room.say("小王", "设置 时区 Europe/Berlin")
    ((_, text),) = await blind(room, 20 * 3600 + 90)
    assert "05-01 06:00:00 到 05-02 02:01:30（20 小时 1 分）" in text


async def test_it_is_told_once_however_often_it_is_delivered(room):
    since = str(START - MINUTE)
    assert len(await happen(room, "blind", since, event_id="same")) == 1
    assert await happen(room, "blind", since, event_id="same") == []
    room.clock.move(2 * HOUR)
    assert await room.sweep() == []


async def test_a_line_that_comes_and_goes_is_summed_up_within_the_hour(room):
    (first,) = await blind(room, 60)
    assert "断过线" in first[1]
    for _ in range(9):
        room.clock.move(MINUTE)
        assert await blind(room, 30) == []
    assert await room.sweep() == []
    room.clock.move(HOUR)
    (summed,) = await room.sweep()
    assert (summed.to, summed.text) == (
        "小王",
        f"车友会：Pretend那边断断续续，12:02:00 到 12:14:30 断了 9 次，一共 4 分 30 秒{LOST}",
    )
    assert await room.sweep() == []


async def test_it_goes_on_by_the_hour_and_begins_anew_after_a_quiet_one(room):
    await blind(room, 10)
    for _ in range(3):
        assert await blind(room, 10) == []
        room.clock.move(HOUR)
        assert len(await room.sweep()) == 1
    room.clock.move(HOUR)
    assert await room.sweep() == []
    assert len(await blind(room, 10)) == 1


async def test_platforms_are_summed_up_on_their_own(room):
    await blind(room, 10)
    await blind(room, 10)
    room.clock.move(HOUR)
    (summed,) = await room.sweep()
    assert "断过线" in summed.text
    assert await blind(room, 10, platform="wechat") == [], "no club is there"


async def test_each_club_with_a_chat_there_is_told_of_it_by_its_name(room):
    room.owner = "小赵"
    await room.say("小赵", "建会 第二会", chat="another")
    assert [(to, text[:4]) for to, text in await blind(room, 10)] == [
        ("小王", "车友会："),
        ("小赵", "第二会："),
    ]


async def test_a_club_without_a_leader_or_a_chat_is_told_nothing(room):
    await room.say("小王", "", kind="left")
    assert await blind(room, 10) == []
    await room.say("小李", "", kind="removed")
    assert await blind(room, 10) == []


async def test_where_the_leader_has_no_account_they_are_told_by_another(room):
    await room.join("小李")

    async def there(work):
        chat = await work.people.chat(PLATFORM, GROUP)
        await work.people.put_chat(replace(chat, platform="wechat", id="room"))

    await room.store.unit(there)
    assert len(await blind(room, 10, platform="wechat")) == 1
    await elsewhere(room, "小王", "wechat")
    room.clock.move(2 * HOUR)
    await room.sweep()
    assert await blind(room, 10, platform="wechat") == []
    ((account, reply),) = await waiting(room, "wechat")
    assert account == "小王@wechat"
    assert reply.text.startswith("车友会：微信那边断过线")


@pytest.mark.parametrize("text", ["", "soon", "-5", str(START), str(START + HOUR)])
async def test_an_outage_of_no_time_is_none(room, text):
    assert await happen(room, "blind", text) == []


async def test_nothing_else_is_changed_by_it(room):
    await blind(room, 10)
    (club,) = await room.say("小王", "车友会")
    assert "1 位车友" in club.text


# Spent


async def test_the_leader_is_told_that_answers_wait(room):
    assert await happen(room, "spent", platform=PLATFORM) == [
        (
            "小王",
            "Pretend今天能发的消息快用完了：回答先排着，有余量了再发；危险提醒和积分的消息照常发。",
        )
    ]


async def test_who_leads_two_clubs_is_told_once_and_it_does_not_wait_itself(room):
    await room.say("小王", "建会 第二会", chat="another")
    event = room.event(BOT, "", kind="spent", chat=BOT)
    await room.dispatch.answer(event)
    ((account, reply),) = await waiting(room, PLATFORM)
    assert (account, reply.priority) == ("小王", Priority.MONEY)


async def test_in_english(room):
    await room.say("小王", "设置 语言 English")
    ((_, text),) = await blind(room, 185)
    assert text.startswith(
        "车友会: I was cut off from Pretend from 12:00:00 to 12:03:05 (3 min 5 s), and heard"
    )
