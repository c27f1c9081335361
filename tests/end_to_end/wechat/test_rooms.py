"""People and the bot itself come and go; rooms are renamed, and the bot is invited into them."""

import pytest

from bots.wechat import bot
from tests.end_to_end.wechat.scene import PLATFORM, Scene, is_leader
from tests.support.wechat.world import ALICE, BOB, BOT, CAROL, DAVE, ROOM, Contact, Room

EVE = "eve"


async def title(scene: Scene, room: str = ROOM) -> str:
    chat = await scene.app.store.read(lambda work: work.people.chat(PLATFORM, room))
    return chat.title if chat else ""


async def test_who_comes_is_welcomed_once_and_together_with_others(club: Scene):
    await club.gateway.contact(Contact(EVE, "小赵"), Contact("fay", "小钱"))
    before = len(club.gateway.sends)
    await club.gateway.join(EVE, "fay", by=BOB)
    welcome = await club.hears("欢迎新车友", before)
    await club.quiet()
    assert "1. " in welcome.text
    assert len(club.gateway.sends) == before + 1
    member = await club.member(EVE)
    assert member is not None
    assert (member.name, member.present) == ("小赵", True)
    await club.asks(EVE, "1", "帮助")


async def test_who_leaves_is_no_longer_present_and_a_leader_has_an_heir(club: Scene):
    await club.asks(BOB, "积分", "分")
    await club.asks(ALICE, "任命 @小李\u2005", "副会长", at=[BOB])
    await club.gateway.leave(ALICE)
    await club.hears("接任会长")
    assert is_leader(await club.member(BOB))


async def test_a_room_s_new_title_is_known(club: Scene):
    await club.gateway.topic("海豹车友会")
    await club.quiet()
    assert await title(club) == "海豹车友会"


async def test_when_the_bot_is_thrown_out_nothing_is_sent_and_it_comes_back_to_what_it_knew(
    club: Scene,
):
    await club.give(ALICE, 100)
    await club.asks(ALICE, "红包 60 3", "1. 抢红包")
    before = len(club.gateway.sends)
    await club.gateway.leave(BOT, by=ALICE)
    await club.quiet()
    assert [each for each in club.gateway.sends[before:] if each.to == ROOM] == []
    assert await club.points(ALICE) == 100
    await club.gateway.join(BOT, by=ALICE)
    await club.hears("我回来了", before)
    await club.asks(BOB, "积分", "分")


async def test_a_leader_s_invitation_is_accepted(club: Scene):
    await club.gateway.room(Room("new@chatroom", "自驾群", ALICE, (ALICE, BOB)))
    await club.gateway.invite(ALICE, "自驾群", "new@chatroom")
    await club.gateway.event("accepted")
    hello = await club.hears("我是车友会小助手")
    assert hello.to == "new@chatroom"


async def test_nobody_else_s_invitation_is_and_they_read_why(club: Scene):
    await club.asks(CAROL, "积分", "分")
    for _ in range(3):
        await club.gateway.invite(CAROL, "广告群")
    told = await club.hears("wechat_inviters")
    await club.quiet()
    assert told.to == CAROL
    assert CAROL in told.text
    assert len([each for each in club.gateway.sends if each.to == CAROL]) == 1
    assert club.gateway.events("accepted") == []


async def test_private_words_wait_until_somebody_can_be_written_to(scene: Scene):
    await scene.gateway.contact(Contact(DAVE, "Li Lei", friend=False))
    await scene.found()
    door = await scene.asks(DAVE, "我的数据", "Li Lei")
    assert door.to == ROOM
    assert "1." not in door.text
    assert "私" in door.text
    before = len(scene.gateway.sends)
    await scene.gateway.contact(Contact(DAVE, "Li Lei", friend=True))
    await scene.gateway.whisper(DAVE, "你好")
    await scene.gateway.whisper(DAVE, "积分")
    told = await scene.hears("我记着你的", before)
    assert told.to == DAVE


def accepted(scene: Scene) -> list[str]:
    called = scene.gateway.events("called")
    return [each["values"][0] for each in called if each["method"] == "friendshipAccept"]


async def test_members_may_become_contacts_and_strangers_may_not(
    club: Scene, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bot, "FRIENDS_A_DAY_MAX", 2)
    await club.gateway.contact(*(Contact(each, each, friend=False) for each in (BOB, CAROL, DAVE)))
    for each in (BOB, CAROL, DAVE):
        await club.asks(each, "积分", "分")
    await club.gateway.contact(Contact(EVE, "小赵", friend=False))
    await club.gateway.befriend(EVE)
    asked = [await club.gateway.befriend(each) for each in (BOB, CAROL, DAVE)]
    await club.eventually(lambda: has_accepted(club, 2))
    await club.quiet()
    assert len(accepted(club)) == 2
    assert set(accepted(club)) < set(asked)


async def has_accepted(scene: Scene, count: int) -> bool:
    return len(accepted(scene)) >= count


async def test_few_contacts_are_asked_for(club: Scene):
    """Five queries a second have locked an account."""
    people = await club.gateway.crowd(200)
    for who in (*people[:20], BOB, CAROL):
        await club.gateway.say(who, "大家好")
        await club.gateway.say(who, "今天天气不错")
    await club.quiet()
    report = await club.gateway.report()
    asked = report.counts.get("contactPayload", {})
    assert set(asked) <= {*people[:20], ALICE, BOB, CAROL, BOT}
    assert max(asked.values()) <= 2
    assert report.count("roomMemberList") == 0
