"""Founding a club, linking groups, who leads, what the pool pays, and the settings."""

import pytest

from handlers import codes
from handlers.features.leader import CO_LEADERS_MAX
from handlers.features.pool import GRANTS_A_DAY_MAX
from storage.model import DAY, HOUR, MINUTE, Quoted, Role
from storage.store import Work
from tests.support.room import Room

OWNER_OR_CODE = "请群主来说这句话；不是群主的话，在后面加上 carclub 启动时显示的建会码。"
WRONG_CODE = "这个码不对，或者已经用过、过期了。"


async def texts(room: Room, name: str, text: str, **more: object) -> list[str]:
    return [each.text for each in await room.say(name, text, **more)]


async def founding_code(room: Room) -> str:
    code = codes.fresh(room.world)

    async def unit(work: Work) -> None:
        lifetime = codes.LIFETIME[codes.FOUND]
        await work.people.put_code(codes.digest(code), codes.FOUND, work.now + lifetime)

    await room.store.unit(unit)
    return code


async def link_code(room: Room) -> str:
    (heard,) = await room.say("小王", "关联码")
    return heard.text.split("：")[1].split("，")[0]


# Founding


async def test_the_owner_founds_a_club_and_leads_it(empty_room):
    (text,) = await texts(empty_room, "小王", "建会 周末车友会")
    assert text.startswith("「周末车友会」建好了，会长是 小王。")
    assert (await empty_room.member("小王")).role == Role.LEADER
    (text,) = await texts(empty_room, "小王", "资金池")
    assert text.startswith("资金池还有 2000 分。最近的变动：\n05-01 +2000\n账本 2 行")


async def test_nobody_else_founds_a_club(empty_room):
    assert await texts(empty_room, "小李", "建会 我的会") == [OWNER_OR_CODE]
    assert await texts(empty_room, "小李", "建会 我的会 AAAAA-BBBBB") == [OWNER_OR_CODE]
    assert await texts(empty_room, "小李", "/points") == [
        "这个群还没有建车友会。群主说「建会 名字」就可以开始。"
    ]


@pytest.mark.parametrize("typed", ["{}", "{} ", "小写 {}"])
async def test_a_founding_code_stands_for_the_owner(empty_room, typed):
    code = await founding_code(empty_room)
    if typed.startswith("小写"):
        typed, code = "{}", code.lower().replace("-", "")
    (text,) = await texts(empty_room, "小李", f"建会 车友会 {typed.format(code)}")
    assert text.startswith("「车友会」建好了，会长是 小李。")


async def test_a_code_typed_with_a_chinese_keyboard_is_known(empty_room):
    code = await founding_code(empty_room)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in code)
    (text,) = await texts(empty_room, "小李", f"建会 车友会 {wide}")
    assert text.startswith("「车友会」建好了")


async def test_a_founding_code_works_once(empty_room):
    code = await founding_code(empty_room)
    await empty_room.say("小李", f"建会 一会 {code}")
    assert await texts(empty_room, "小张", f"建会 二会 {code}", chat="another") == [OWNER_OR_CODE]


async def test_a_founding_code_grows_old(empty_room):
    code = await founding_code(empty_room)
    empty_room.clock.move(30 * DAY)
    assert await texts(empty_room, "小李", f"建会 一会 {code}") == [OWNER_OR_CODE]


async def test_a_founding_code_is_not_spent_where_a_club_is(room):
    code = await founding_code(room)
    assert await texts(room, "小李", f"建会 二会 {code}") == ["这个群已经是「车友会」了。"]
    (text,) = await texts(room, "小李", f"建会 二会 {code}", chat="another")
    assert text.startswith("「二会」建好了")


async def test_a_link_code_founds_nothing(room):
    code = await link_code(room)
    assert await texts(room, "小李", f"建会 二会 {code}", chat="another") == [OWNER_OR_CODE]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("北京 Volkswagen", "北京 Volkswagen"),
        ("BMWfanclub", "BMWfanclub"),
        ("  海豹   车友会 ", "海豹 车友会"),
        ("车友会（北京）", "车友会（北京）"),
        ("长" * 60, "长" * 24),
    ],
)
async def test_a_club_is_called_what_its_owner_said(empty_room, said, name):
    (text,) = await texts(empty_room, "小王", f"建会 {said}")
    assert text.startswith(f"「{name}」建好了")


async def test_a_code_alone_names_the_club_after_its_group(empty_room):
    code = await founding_code(empty_room)
    (text,) = await texts(empty_room, "小李", f"建会 {code}")
    assert text.startswith("「群」建好了")


async def test_a_club_is_founded_once(room):
    assert await texts(room, "小王", "建会 二会") == ["这个群已经是「车友会」了。"]
    assert (await texts(room, "小王", "车友会"))[0].startswith("车友会：1 位车友")


async def test_two_clubs_do_not_see_each_other(room):
    await room.say("小王", "建会 二会", chat="another")
    await room.give("小王", 100)
    assert await texts(room, "小王", "积分", chat="another") == ["小王，你有 0 分。"]
    assert await texts(room, "小王", "积分") == ["小王，你有 100 分。"]


async def test_in_private_the_club_is_the_one_last_spoken_in(room):
    await room.give("小王", 100)
    await room.say("小王", "建会 二会", chat="another")
    assert await texts(room, "小王", "积分", private=True) == ["小王，你有 0 分。"]
    await room.say("小王", "积分")
    assert await texts(room, "小王", "积分", private=True) == ["小王，你有 100 分。"]


# Linking


async def test_a_second_group_is_linked_by_a_code_told_in_private(room):
    (heard,) = await room.say("小王", "关联码")
    assert heard.to == "小王"
    code = heard.text.split("：")[1].split("，")[0]
    assert heard.text.endswith(f"在新群里说「关联 {code}」。")
    assert await texts(room, "小张", f"关联 {code}", chat="another") == [
        "这个群现在也是「车友会」的了。"
    ]
    await room.give("小张", 10)
    assert await texts(room, "小张", "积分", chat="another") == ["小张，你有 10 分。"]


async def test_a_link_code_works_once_and_for_a_day(room):
    code = await link_code(room)
    await room.say("小张", f"关联 {code}", chat="second")
    assert await texts(room, "小张", f"关联 {code}", chat="third") == [WRONG_CODE]
    code = await link_code(room)
    room.clock.move(DAY)
    assert await texts(room, "小张", f"关联 {code}", chat="third") == [WRONG_CODE]


async def test_a_wrong_link_code_links_nothing(room):
    assert await texts(room, "小张", "关联 AAAAA-BBBBB", chat="another") == [WRONG_CODE]
    assert await texts(room, "小张", "积分", chat="another") == []


async def test_a_founding_code_links_nothing(room):
    code = await founding_code(room)
    assert await texts(room, "小张", f"关联 {code}", chat="another") == [WRONG_CODE]


async def test_a_group_belongs_to_one_club(room):
    await room.say("小张", f"关联 {await link_code(room)}", chat="another")
    code = await link_code(room)
    assert await texts(room, "小张", f"关联 {code}", chat="another") == [
        "这个群已经是「车友会」了。"
    ]


# Who leads


async def test_a_leader_appoints_and_dismisses(room):
    await room.join("小李")
    assert await texts(room, "小王", "任命 @小李") == ["小李 现在是副会长。"]
    assert await texts(room, "小王", "任命 @小李") == ["小李 已经是会长或副会长了。"]
    assert (await texts(room, "小李", "设置"))[0].startswith("名称：车友会")
    assert await texts(room, "小王", "免去 @小李") == ["小李 不再是副会长。"]
    assert await texts(room, "小王", "免去 @小李") == ["小李 不是副会长。"]
    assert await texts(room, "小李", "设置") == ["这件事只有会长和副会长能做。"]


async def test_somebody_may_be_meant_by_answering_their_message(room):
    await room.join("小李")
    quote = Quoted("m1", "小李", "小李", "早上好")
    assert await texts(room, "小王", "任命", quote=quote) == ["小李 现在是副会长。"]


@pytest.mark.parametrize("word", ["任命", "免去", "让位"])
async def test_leaders_say_whom_they_mean(room, word):
    assert await texts(room, "小王", f"/{word}") == ["要说清楚是谁：@ 一下，或者回复那个人的消息。"]
    assert await texts(room, "小王", f"{word} @路人") == [
        "我还不认识这位车友，请 TA 先在群里说一声「积分」。"
    ]


async def test_a_co_leader_appoints_nobody(room):
    await room.join("小李", "小张")
    await room.say("小王", "任命 @小李")
    assert await texts(room, "小李", "任命 @小张") == ["这件事只有会长和副会长能做。"]


async def test_co_leaders_are_few(room):
    for number in range(CO_LEADERS_MAX):
        await room.join(f"副{number}")
        assert await texts(room, "小王", f"任命 @副{number}") == [f"副{number} 现在是副会长。"]
    await room.join("小李")
    assert await texts(room, "小王", "任命 @小李") == ["副会长最多 10 位。"]


async def test_a_leader_hands_over(room):
    await room.join("小李")
    assert await texts(room, "小王", "让位 @小王") == ["小王 已经是会长或副会长了。"]
    assert await texts(room, "小王", "让位 @小李") == ["小李 现在是会长，小王 是副会长。"]
    assert (await room.member("小李")).role == Role.LEADER
    assert (await room.member("小王")).role == Role.CO_LEADER


@pytest.mark.parametrize("word", ["任命", "让位"])
async def test_nobody_leads_who_has_left(room, word):
    await room.join("小李")
    await room.say("小李", "", kind="left")
    assert await texts(room, "小王", f"{word} @小李") == ["小李 已经不在群里了。"]
    assert (await room.member("小王")).role == Role.LEADER


async def test_when_the_leader_leaves_the_longest_serving_co_leader_follows(room):
    for name in ("小李", "小张"):
        room.clock.move(MINUTE)
        await room.join(name)
    await room.say("小王", "任命 @小张")
    await room.say("小王", "任命 @小李")
    assert await texts(room, "小王", "", kind="left") == ["会长离开了，由 小李 接任会长。"]
    assert (await room.member("小李")).role == Role.LEADER
    assert (await room.member("小张")).role == Role.CO_LEADER
    assert (await room.member("小王")).role == Role.MEMBER


async def test_who_comes_back_leads_nothing(room):
    await room.join("小李")
    await room.say("小王", "任命 @小李")
    await room.say("小王", "", kind="left")
    await room.say("小王", "", kind="joined")
    assert await texts(room, "小王", "静音") == ["这件事只有会长和副会长能做。"]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CO_LEADER])
async def test_nobody_is_talked_about_for_leaving(room, role):
    await room.promote("小李", role)
    assert await room.say("小李", "", kind="left") == []


async def test_a_club_without_an_heir_waits_for_its_owner(room):
    await room.join("小李", "小张")
    await room.say("小王", "", kind="left")
    assert await texts(room, "小张", "车友会") == [
        "车友会：2 位车友，0 条分享。现在没有会长，群主可以说「接任」。"
    ]
    assert await texts(room, "小李", "接任") == [OWNER_OR_CODE]
    room.owner = "小李"
    assert await texts(room, "小李", "接任") == ["小李 接任会长。"]
    assert (await room.member("小李")).role == Role.LEADER


async def test_a_code_makes_a_leader_where_there_is_none(room):
    await room.join("小李")
    code = await founding_code(room)
    await room.say("小王", "", kind="left")
    assert await texts(room, "小李", "接任 AAAAA-BBBBB") == [OWNER_OR_CODE]
    assert await texts(room, "小李", f"接任 {code}") == ["小李 接任会长。"]


async def test_a_led_club_is_not_taken_over_by_a_member_nor_by_who_leads_it(room):
    await room.join("小李")
    await room.say("小王", "任命 @小张", mentions=("小张",))
    for name, said in (("小李", "接任"), ("小李", "接任 AAAAA-BBBBB"), ("小王", "接任")):
        assert await texts(room, name, said) == ["会长是 小王，还在群里。"]


async def test_the_owner_or_a_code_takes_over_from_a_leader_whose_going_nobody_told(room):
    room.owner = "小李"
    assert await texts(room, "小李", "接任") == ["小李 接任会长。"]
    assert (await room.member("小王")).role == Role.CO_LEADER
    code = await founding_code(room)
    assert await texts(room, "小张", f"接任 {code}") == ["小张 接任会长。"]
    assert [(await room.member(name)).role for name in ("小张", "小李")] == [
        Role.LEADER,
        Role.CO_LEADER,
    ]


async def test_who_owns_only_a_linked_group_does_not_take_the_club(room):
    code = (await room.say("小王", "关联码"))[-1].text.split("：")[1][:11]
    room.owner = "小李"
    await room.say("小王", f"关联 {code}", chat="group2")
    heard = await room.say("小李", "接任", chat="group2")
    assert [each.text for each in heard] == ["会长是 小王，还在群里。"]
    assert (await room.member("小王")).role == Role.LEADER
    code = await founding_code(room)
    heard = await room.say("小李", f"接任 {code}", chat="group2")
    assert [each.text for each in heard] == ["小李 接任会长。"]


async def test_leaving_one_of_several_groups_is_not_leaving_the_club(room):
    code = (await room.say("小王", "关联码"))[-1].text.split("：")[1][:11]
    await room.say("小王", f"关联 {code}", chat="group2")
    await room.say("小王", "", kind="left", chat="group2")
    assert (await room.member("小王")).role == Role.LEADER


async def test_a_club_without_a_name_takes_the_groups(empty_room):
    assert "「群」建好了" in (await texts(empty_room, "小王", "建会"))[0]
    assert await texts(empty_room, "小王", "建会") == []


async def test_the_club_tells_leader_and_co_leaders_apart(room):
    await room.join("小李", "小张")
    await room.say("小王", "任命 @小李")
    assert await texts(room, "小张", "车友会") == [
        "车友会：3 位车友，0 条分享。会长 小王，副会长 小李。"
    ]


# The pool


async def test_the_pool_is_open_to_everybody(room):
    await room.give("小王", 100)
    (text,) = await texts(room, "小李", "资金池")
    *told, witness = text.splitlines()
    assert told == ["资金池还有 1900 分。最近的变动：", "05-01 -100", "05-01 +2000"]
    granted = await head_of(room, f"member:{(await room.member('小王')).id}")
    assert witness == f"账本 3 行，校验码 {granted}"


async def test_the_pool_is_filled_once_a_month(room):
    room.clock.move(29 * DAY)
    assert (await texts(room, "小李", "资金池"))[0].startswith("资金池还有 2000 分。")
    room.clock.move(DAY + 12 * HOUR)  # 1 June, 00:00 in Shanghai
    assert (await texts(room, "小李", "资金池"))[0].startswith("资金池还有 4000 分。")
    assert (await texts(room, "小李", "资金池"))[0].startswith("资金池还有 4000 分。")


async def test_a_leader_grants_points_of_the_pool(room):
    await room.join("小李")
    assert await texts(room, "小王", "奖励 @小李 50") == ["资金池奖励 小李 50 分。"]
    assert await room.balance("小李") == 50
    assert await texts(room, "小王", "奖励 @小王 50") == ["资金池不能奖励自己。"]


async def test_grants_have_a_daily_limit(room):
    await room.join("小李")
    await room.say("小王", f"奖励 @小李 {GRANTS_A_DAY_MAX - 20}")
    assert await texts(room, "小王", "奖励 @小李 21") == [
        "一天最多奖励 500 分，今天还能奖励 20 分。"
    ]
    assert await texts(room, "小王", "奖励 @小李 20") == ["资金池奖励 小李 20 分。"]
    room.clock.move(12 * HOUR - 1)  # 23:59:59.999
    assert (await texts(room, "小王", "奖励 @小李 1"))[0].endswith("今天还能奖励 0 分。")
    room.clock.move(1)
    assert await texts(room, "小王", "奖励 @小李 1") == ["资金池奖励 小李 1 分。"]


async def test_an_empty_pool_grants_nothing(room):
    await room.give("小张", 2000)
    room.clock.move(DAY)
    await room.join("小李")
    assert await texts(room, "小王", "奖励 @小李 1") == ["积分不够，现在能用的是 0 分。"]


# Settings


async def test_settings_are_shown_and_answered_in_private(room):
    for text in ("设置", "设置 名称 新会"):
        (heard,) = await room.say("小王", text)
        assert heard.to == "小王"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("名称 新会", "名称：新会"),
        ("名称　新会（北京）", "名称：新会（北京）"),
        ("名称\n新会", "名称：新会"),
        ("name New Club", "名称：New Club"),
        ("语言 中文", "语言：zh"),
        ("时区 Asia/Urumqi", "时区：Asia/Urumqi"),
        ("安静 22:30-7:00", "安静：22:30-07:00"),
        ("安静 ２２：３０－７：００", "安静：22:30-07:00"),
        ("安静 22:30到7:00", "安静：22:30-07:00"),
        ("安静 关", "安静：关"),
        ("安静 8:00-8:00", "安静：关"),
    ],
)
async def test_a_setting_is_changed(room, said, line):
    (text,) = await texts(room, "小王", f"设置 {said}")
    assert line in text.splitlines()
    (text,) = await texts(room, "小王", "设置")
    assert line in text.splitlines()


@pytest.mark.parametrize(
    ("said", "no"),
    [
        ("语言 法语", "我会说「中文」和「English」。"),
        ("时区 北京", "没有这个时区。要写成 Asia/Shanghai 这样的名字。"),
        ("时区 ../../etc/passwd", "没有这个时区。要写成 Asia/Shanghai 这样的名字。"),
        ("安静 晚上", "安静时间要写成 23:00-8:00 这样。"),
        ("安静 24:00-8:00", "安静时间要写成 23:00-8:00 这样。"),
        ("安静 23:60-8:00", "安静时间要写成 23:00-8:00 这样。"),
        ("安静 23-8", "安静时间要写成 23:00-8:00 这样。"),
    ],
)
async def test_a_setting_that_cannot_be_is_refused(room, said, no):
    before = await texts(room, "小王", "设置")
    assert await texts(room, "小王", f"设置 {said}") == [no]
    assert await texts(room, "小王", "设置") == before


async def test_other_talk_of_settings_changes_nothing(room):
    assert await room.say("小王", "设置 导航 回家") == []


async def test_an_english_club_is_spoken_to_in_english(room):
    (text,) = await texts(room, "小王", "设置 语言 English")
    assert text.startswith("Name: 车友会\nLanguage: en")
    assert await texts(room, "小王", "/points") == ["小王, you have 0 points."]
    assert await texts(room, "小李", "/mute") == ["Only the leader and co-leaders may do this."]
    assert await texts(room, "小王", "/give") == ["Say it like this: /give @小李 20"]
    assert await texts(room, "小王", "/settings timezone Mars") == [
        "There is no such time zone. Write it like Europe/Berlin."
    ]
    (text,) = await texts(room, "小王", "/settings language 中文")
    assert text.startswith("名称：车友会")


async def test_the_day_begins_where_the_club_is(room):
    await room.join("小李")
    await room.say("小王", "设置 时区 America/New_York")
    await room.say("小王", "奖励 @小李 500")
    room.clock.move(13 * HOUR)  # 2 May in Shanghai, still 1 May in New York
    assert (await texts(room, "小王", "奖励 @小李 1"))[0].startswith("一天最多奖励 500 分")


# Mute


async def test_muting_is_confirmed_and_undone(room):
    assert await texts(room, "小王", "静音") == [
        "好的，我不主动说话了；叫我、动积分、车有危险时才出声。"
    ]
    assert await texts(room, "小王", "取消静音") == ["好的，我又会打招呼了。"]


async def test_one_group_is_muted_and_not_the_other(room):
    await room.say("小张", f"关联 {await link_code(room)}", chat="another")
    await room.say("小王", "静音")
    assert await room.say("小新", "", kind="joined") == []
    assert len(await room.say("小丁", "", kind="joined", chat="another")) == 1


async def head_of(room, account):
    """The hash of an account's newest row, as a member could have noted it down."""

    async def look(work):
        await room._enter(work)
        (entry,) = await work.ledger.statement(account, 1)
        return entry.hash.hex()[:12]

    return await room.store.read(look)
