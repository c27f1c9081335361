"""Who is somebody, who is nobody, and who must speak to the bot first."""

from bots.telegram.keyboard import key_of_link
from storage.model import HOUR, MINUTE
from tests.end_to_end.telegram.scene import Scene, said_after
from tests.support.telegram import Chat, Message, User

WHO = "匿名的话我认不出是谁。是谁说的，本人按一下就办。"


def payload(message: Message, label: str) -> str:
    """What pressing Start says after following the button's link."""
    address, _, said = message.button(label).url.partition("?start=")
    assert address == "https://t.me/carclub_bot"
    return said


# In the chat's name


async def test_what_an_anonymous_administrator_says_is_done_as_the_one_who_presses(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    club.promote(li, anonymous=True)
    said = club.says_anonymously(li, "静音")
    asked = await club.hears(WHO, after=said)
    assert asked.reply_to is said
    assert asked.labels == ["是我说的"]
    assert (await li.taps(asked, "是我说的")).text == "这件事只有会长和副会长能做。"
    await on.quiet()
    assert said_after(asked) == []
    await wang.taps(asked, "是我说的")
    await club.hears("好的，我不主动说话了", after=asked)


async def test_an_owner_who_hides_founds_a_club_by_the_button(
    on: Scene, wang: User, li: User
) -> None:
    group = on.api.group("匿名群", owner=wang, members=[li])
    group.promote_bot()
    said = group.says_anonymously(wang, "建会 海豹会")
    asked = await group.hears(WHO, after=said)
    assert "请群主来说这句话" in (await li.taps(asked, "是我说的")).text
    await wang.taps(asked, "是我说的")
    await group.hears("「海豹会」建好了，会长是 会长老王。", after=asked)


async def test_ordinary_talk_in_the_chats_name_is_left_alone(
    on: Scene, club: Chat, wang: User
) -> None:
    said = club.says_anonymously(wang, "大家周末见")
    club.says_anonymously(wang, "#油耗 海豹 百公里5.2升 开了2万公里")
    await on.quiet()
    assert said_after(said) == []
    assert await on.shares() == 0


# Nobody


async def test_channels_and_what_they_pass_on_get_neither_answer_nor_points(
    on: Scene, club: Chat, wang: User
) -> None:
    channel = on.api.channel("公告")
    channel.link_to(club)
    count = await members_of(on, club, wang)
    said = club.says_as(channel, "积分")
    club.says_as(channel, "#油耗 海豹 百公里5.2升 开了2万公里")
    channel.says("#提车 海豹 落地21万 颜色很好看")
    channel.says("积分")
    await on.quiet()
    assert said_after(said) == []
    assert await on.shares() == 0
    assert await members_of(on, club, wang) == count


async def test_with_another_bot_no_talk_begins(on: Scene, club: Chat, wang: User) -> None:
    on.api.world.hears_bots = True
    parrot = on.api.other_bot("鹦鹉", "parrot_bot")
    club.seat(parrot)
    count = await members_of(on, club, wang)
    said = await parrot.says(club, "积分")
    await parrot.says(club, "@carclub_bot 帮助")
    await parrot.says(club, "#油耗 海豹 百公里5.2升 开了2万公里")
    await parrot.says(club, "/points@carclub_bot", reply_to=club.by_bot[0])
    await on.quiet()
    assert said_after(said) == []
    assert await on.member(parrot) is None
    assert await members_of(on, club, wang) == count


async def members_of(on: Scene, club: Chat, asking: User) -> str:
    """How many members the club says it has."""
    await on.quiet()
    asked = await asking.says(club, "车友会")
    told = await club.hears("位车友", after=asked)
    await on.quiet()
    return told.text


# In private


async def test_who_never_wrote_to_the_bot_is_shown_the_door_and_gets_what_waited(
    on: Scene, club: Chat, li: User
) -> None:
    asked = await li.says(club, "我的数据")
    door = await club.hears("打开和我的私聊", after=asked)
    assert door.text == (
        "小李，这件事要私下说：打开和我的私聊（还不是好友就先加我），说一声「帮助」，话就到。"
    )
    await on.quiet()
    assert not li.private.by_bot
    await li.starts(payload(door, "打开私聊"))
    await li.private.hears("小李，我记着你的：")
    await li.private.hears("我能做这些：")
    await on.quiet()
    assert len(li.private.by_bot) == 2
    assert said_after(asked) == [door.text]
    asked = await li.says(club, "我的数据")
    await li.private.hears("小李，我记着你的：", after=li.private.last)
    await on.quiet()
    assert said_after(asked) == []


async def test_the_door_is_shown_once_an_hour(on: Scene, club: Chat, li: User) -> None:
    for _ in range(3):
        await li.says(club, "我的数据")
        await on.quiet()
    assert len([each for each in club.by_bot if "打开和我的私聊" in each.text]) == 1
    on.leap(HOUR + MINUTE)
    asked = await li.says(club, "我的数据")
    await club.hears("打开和我的私聊", after=asked)


async def test_who_blocked_the_bot_is_shown_the_door_as_well(
    on: Scene, club: Chat, li: User
) -> None:
    await li.starts()
    await li.private.hears("")
    await li.blocks()
    await on.quiet()
    asked = await li.says(club, "我的数据")
    await club.hears("小李，这件事要私下说", after=asked)
    await on.quiet()
    assert (await on.outbox())["held"] == 1
    await li.unblocks()
    asked = await li.whispers("积分")
    await li.private.hears("小李，我记着你的：", after=asked)


async def test_who_is_gone_for_good_holds_up_nobody(on: Scene, club: Chat, li: User) -> None:
    await li.starts()
    await on.quiet()
    li.deactivated = True
    await li.says(club, "我的数据")
    await on.quiet()
    assert (await on.outbox())["held"] == 1


async def test_a_start_link_that_nobody_offered_says_no_more_than_start(
    on: Scene, club: Chat, li: User
) -> None:
    await on.give(club, li, 50)
    for said in (key_of_link("确认忘记"), "A" * 22, "确认忘记", "1"):
        asked = await li.starts(said)
        await li.private.hears("我能做这些：", after=asked)
        await on.quiet()
        assert len(said_after(asked)) == 1
    assert await on.points(li) == 50


async def test_a_stranger_in_private_is_told_where_to_begin(on: Scene, club: Chat) -> None:
    stranger = on.api.user("路人")
    await stranger.starts()
    await stranger.private.hears("我能做这些：")
    asked = await stranger.whispers("积分")
    await stranger.private.hears("我还不知道你是哪个车友会的", after=asked)


async def test_files_for_one_person_come_in_private(on: Scene, club: Chat, li: User) -> None:
    await li.starts()
    await li.says(club, "积分")
    await li.says(club, "导出我的")
    sent = await li.private.hears("你的全部数据在附件里，只有你收得到。")
    assert sent.content["document"]["file_name"] == "carclub.json"


# Names


async def test_a_member_is_meant_by_public_name_and_by_a_name_without_one(
    on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    await li.says(club, "积分")
    await zhao.says(club, "积分")
    await on.quiet()
    said = await wang.says(club, "任命 @xiaoli")
    await club.hears("小李 现在是副会长。", after=said)
    said = await wang.says(club, "奖励 小赵 30", people={"小赵": zhao})
    await club.hears("资金池奖励 小赵 30 分。", after=said)
    said = await zhao.says(club, "送分 @XiaoLi 10")
    await club.hears("小赵 送给 小李 10 分。", after=said)
    said = await zhao.says(club, "送分 老李 5", people={"老李": li})
    await club.hears("小赵 送给 小李 5 分。", after=said)
    said = await zhao.says(club, "送分 @nobody_here 5")
    await club.hears("我还不认识这位车友", after=said)
    await on.quiet()
    assert (await on.points(li), await on.points(zhao)) == (15, 15)


async def test_commands_are_for_the_bot_that_they_name(on: Scene, club: Chat, li: User) -> None:
    for text in (
        "/points@carclub_bot",
        "/积分@carclub_bot",
        "@carclub_bot 积分",
        "/points",
        "积分",
    ):
        asked = await li.says(club, text)
        await club.hears("小李，你有 0 分。", after=asked)
        await on.quiet()
    asked = await li.says(club, "/points@other_bot")
    await li.says(club, "/start@other_bot")
    await li.says(club, "/积分@otherbot")
    await on.quiet()
    assert said_after(asked) == []
    asked = await li.says(club, "/jifen@carclub_bot")  # ours, but no word that is known
    await club.hears("我在。", after=asked)


async def test_the_menu_offers_words_that_telegram_takes(on: Scene, club: Chat) -> None:
    menus = on.api.world.commands
    assert {language for _, language in menus} == {"", "zh", "en"}
    for commands in menus.values():
        assert {"points", "hongbao", "help"} <= {each["command"] for each in commands}
        assert all(each["description"] for each in commands)


async def test_newcomers_are_greeted_once_however_telegram_tells_it(on: Scene, club: Chat) -> None:
    """In a chat that the bot leads, each arrival is told twice."""
    first, second = on.api.user("新一"), on.api.user("新二")
    await first.joins(club)
    await second.joins(club, silently=True)
    greeting = await club.hears("欢迎新车友来到 车友会！")
    assert greeting.labels == ["看看能做什么"]
    await on.quiet()
    assert len([each for each in club.by_bot if "欢迎" in each.text]) == 1
    await first.leaves(club)
    await on.quiet()
    gone = await on.member(first)
    assert gone is not None
    assert not gone.present
    assert len([each for each in club.by_bot if "新一" in each.text]) == 0
