"""Levels, labels and cities."""

import json

import pytest
from structlog.testing import capture_logs

from handlers.features.standing import LABEL_LENGTH_MAX, LABELS_MAX
from handlers.knowledge import places
from storage.model import DAY, Mention, Quoted, Role
from tests.support.room import REGISTRY

USAGE = "这样说就行：{}"


async def said(room, name, text, **more):
    return [heard.text for heard in await room.say(name, text, **more)]


async def share_on_days(room, name, days):
    for day in range(days):
        await room.say(name, f"#油耗 轩逸 百公里6.{day}升")
        room.clock.move(DAY)
    await room.read()


# Levels


async def test_a_newcomer_is_told_what_the_first_level_asks_for(room):
    assert await said(room, "小王", "等级") == [
        "小王：0 级。\n升到 1 级：有 1 天分享过经验（现在 0 天）。"
    ]


async def test_a_level_comes_with_days_shared_and_days_in_the_club(room):
    await share_on_days(room, "小王", 3)
    assert await said(room, "小王", "我的等级") == [
        "小王：1 级。\n升到 2 级：有 3 天分享过经验（现在 3 天），入会满 7 天（现在 3 天）。"
    ]
    room.clock.move(4 * DAY)
    (text,) = await said(room, "小王", "/level")
    assert text.startswith("小王：2 级。\n升到 3 级：")


async def test_shares_taken_back_do_not_lift(room):
    await share_on_days(room, "小王", 1)
    await room.say("小王", "删除 #1")
    (text,) = await said(room, "小王", "等级")
    assert text.startswith("小王：0 级")


async def test_the_highest_level_asks_for_nothing_more(room):
    await share_on_days(room, "小王", 30)
    room.clock.move(180 * DAY)
    assert await said(room, "小王", "等级") == ["小王：5 级。\n这已经是最高的一级了。"]


async def test_the_level_is_told_with_labels_and_city(room):
    for text in ("标签 @小王 技师", "标签 @小王 老车主", "城市 上海"):
        await room.say("小王", text)
    (text,) = await said(room, "小王", "等级")
    assert text.splitlines()[0] == "小王：0 级，技师、老车主，在上海。"


# Labels


async def test_a_label_is_given_in_front_of_the_group_shown_and_taken_away(room):
    await room.join("小李", "小张")
    given = await room.say("小王", "标签 @小李 老车主")
    assert [(each.text, each.to) for each in given] == [("小李 的标签：老车主。", "")]
    assert await said(room, "小王", "标签 @小李 技师") == ["小李 的标签：老车主、技师。"]
    assert await said(room, "小张", "标签 @小李") == ["小李 的标签：老车主、技师。"]
    assert await said(room, "小王", "去标签 @小李 老车主") == ["小李 的标签：技师。"]
    assert await said(room, "小王", "去标签 @小李 技师") == ["小李 还没有标签。"]


async def test_everybody_sees_their_own_labels_and_those_of_whom_they_answer(room):
    await room.join("小李")
    await room.say("小王", "标签 @小李 老车主")
    assert await said(room, "小李", "标签") == ["小李 的标签：老车主。"]
    assert await said(room, "小王", "标签", quote=Quoted("m", "小李")) == ["小李 的标签：老车主。"]


async def test_a_co_leader_labels_and_a_member_does_not(room):
    await room.join("小李")
    refused = ["这件事只有会长和副会长能做。"]
    assert await said(room, "小李", "标签 @小李 老车主") == refused
    assert await said(room, "小李", "去标签 @小李 老车主") == refused
    await room.promote("小李", Role.CO_LEADER)
    assert await said(room, "小李", "标签 @小王 老车主") == ["小王 的标签：老车主。"]


@pytest.mark.parametrize("label", ["一二三四五六七八九", "老-车主", "👍", "老/车", "_"])
async def test_what_is_no_label_is_refused(room, label):
    assert await said(room, "小王", f"标签 @小王 {label}") == [
        f"标签最多 {LABEL_LENGTH_MAX} 个字，只用汉字、字母和数字。"
    ]


@pytest.mark.parametrize("label", ["一", "一二三四五六七八", "VIP", "4S店长", "２０２６老友"])
async def test_what_is_a_label_is_given(room, label):
    (text,) = await said(room, "小王", f"标签 @小王 {label}")
    assert text.startswith("小王 的标签：")


async def test_a_label_is_had_once_whatever_its_case_and_width(room):
    await room.say("小王", "标签 @小王 VIP")
    for same in ("VIP", "vip", "ＶＩＰ"):
        assert await said(room, "小王", f"标签 @小王 {same}") == [
            f"小王 已经有「{same if same.isascii() else 'VIP'}」了。"
        ]
    assert await said(room, "小王", "去标签 @小王 vip") == ["小王 还没有标签。"]


async def test_five_labels_are_the_most(room):
    for number in range(LABELS_MAX):
        await room.say("小王", f"标签 @小王 老友{number}")
    assert await said(room, "小王", "标签 @小王 技师") == [
        "小王 已经有 5 个标签了，先用「去标签」去掉一个。"
    ]
    assert len((await room.member("小王")).labels) == LABELS_MAX


async def test_who_is_meant_must_be_clear(room):
    await room.join("小李")
    assert await said(room, "小王", "标签 @路人 老车主") == [
        "我还不认识这位车友，请 TA 先在群里说一声「积分」。"
    ]
    assert await said(room, "小王", "标签 @小李 @小王 老车主") == ["一次只说一位车友。"]
    assert await said(room, "小王", "去标签 @小李 老车主") == ["小李 没有标签「老车主」。"]


async def test_a_name_of_two_words_is_one_name(room):
    await room.join("Li Lei")
    event = room.event("小王", "标签 @Li Lei 老车主")
    mention = (Mention("Li Lei", "Li Lei"),)
    answer = await room.dispatch.answer(type(event)(**{**fields(event), "mentions": mention}))
    assert [reply.text for reply in answer.replies] == ["Li Lei 的标签：老车主。"]


def fields(event):
    return {name: getattr(event, name) for name in event.__slots__}


async def test_a_label_stays_when_role_and_name_change(room):
    await room.join("小李")
    await room.say("小王", "标签 @小李 老车主")
    await room.say("小王", "任命 @小李")
    await room.say("小李", "退群", kind="left")
    await room.join("小李")
    assert (await room.member("小李")).labels == ("老车主",)


# Cities


async def test_a_city_is_told_shown_changed_and_taken_back(room):
    for text, heard in (
        ("城市", "小王 还没说在哪座城市。说「城市 上海」就行。"),
        ("城市 上海", "记下了：小王 在上海。"),
        ("城市", "小王 在上海。"),
        ("城市 苏州市", "记下了：小王 在苏州。"),
        ("城市 无", "小王 的城市划掉了。"),
        ("城市", "小王 还没说在哪座城市。说「城市 上海」就行。"),
    ):
        assert await said(room, "小王", text) == [heard]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("城市 慈溪", "慈溪"),
        ("城市 张家港市", "张家港"),
        ("城市 呼和浩特", "呼和浩特"),
        ("城市　成都", "成都"),
        ("/city berlin", "Berlin"),
        ("/城市 布宜诺斯艾利斯", "布宜诺斯艾利斯"),
        ("／城市 五大连池", "五大连池"),
    ],
)
async def test_a_city_unknown_to_us_is_a_city_too(room, text, kept):
    await room.say("小王", text)
    assert (await room.member("小王")).city == kept


@pytest.mark.parametrize("text", ["/city none", "/CITY None", "/城市 无"])
async def test_none_takes_it_back(room, text):
    await room.say("小王", "城市 上海")
    await room.say("小王", text)
    assert (await room.member("小王")).city == ""


@pytest.mark.parametrize("text", ["/城市 沪", "/城市 上海 浦东", "/城市 A1", "/city " + "x" * 11])
async def test_what_can_be_no_city_is_refused(room, text):
    assert await said(room, "小王", text) == [USAGE.format("城市 上海")]


def test_every_city_we_know_may_be_said():
    (command,) = [each for each in REGISTRY.words_of("standing") if each.words[0] == "城市"]
    for city in places.CITIES.split():
        assert command.arguments.fullmatch(city), city
        assert places.city(city) == places.city(f"{city}市") == city
        assert places.is_known(city)


async def test_no_city_and_no_label_is_logged(room):
    with capture_logs() as logs:
        await room.say("小王", "城市 上海")
        await room.say("小王", "标签 @小王 老车主")
        await room.say("小王", "/城市 上海 浦东")
    assert logs == []


# Ordinary talk


@pytest.mark.parametrize(
    "text",
    [
        "等级怎么升",
        "等级 高了有什么用",
        "我的等级呢",
        "标签撕了",
        "标签 怎么撕",
        "标签 好看",
        "标签 @小李 这个多少钱？",
        "标签 @小李 你看 挺好",
        "去标签",
        "去标签 @小李",
        "去标签 用吹风机",
        "城市 SUV 推荐哪个",
        "城市 SUV",
        "城市 suv",
        "城市 油耗",
        "城市 油耗8.5 高速6.2",
        "城市 越野",
        "城市 限行吗",
        "城市 堵得很",
        "城市 停车太难",
        "城市 早晚高峰绕路",
        "城市 8.5",
        "城市SUV推荐",
        "城市里开着挺好",
    ],
)
async def test_ordinary_talk_is_left_alone(room, text):
    await room.join("小李")
    assert await said(room, "小李", text) == []
    assert (await room.member("小李")).city == ""


# What is kept of one


async def test_my_data_and_my_export_tell_city_and_labels(room):
    for text in ("标签 @小王 技师", "标签 @小王 老车主", "城市 上海"):
        await room.say("小王", text)
    (told,) = await room.say("小王", "我的数据")
    assert told.text.splitlines()[2] == "车友会：车友会（小王），0 分，上海，技师、老车主"
    (export,) = await room.say("小王", "导出我的")
    (club,) = json.loads(export.attachment)["clubs"].values()
    assert (club["city"], club["labels"]) == ("上海", ["技师", "老车主"])


async def test_who_comes_back_after_forgetting_has_no_city_and_no_labels(room):
    await room.join("小李")
    await room.say("小李", "城市 上海")
    await room.say("小王", "标签 @小李 老车主")
    await room.say("小李", "确认忘记")
    await room.join("小李")
    member = await room.member("小李")
    assert (member.city, member.labels) == ("", ())
