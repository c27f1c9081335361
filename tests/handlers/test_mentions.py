"""Who is meant by @ where the platform does not tell: known by their exact name."""

from dataclasses import replace

import pytest

from handlers import parse
from storage.model import Event, Mention, Quoted

LEAN = "\u2005"
"""What WeChat puts behind a mention."""


@pytest.fixture
async def room(room):
    await room.join("小李", "小张", "Li Lei")
    await room.give("小王", 300)
    return room


async def told(room, text, *, mentions=(), **more):
    """What is answered when nothing, or only this, is told of who is mentioned."""
    event = room.event("小王", text, **more)
    found = tuple(Mention(each, each) for each in mentions)
    await room.dispatch.answer(replace(event, mentions=found))
    return [each.text for each in await room.read() if not each.to]


async def namesake(room):
    """Somebody else is called 小李, too."""
    await room.dispatch.answer(replace(room.event("小陈", "积分"), name="小李"))
    await room.read()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("送分 @小李 20", "小李"),
        (f"送分 @小李{LEAN}20", "小李"),
        (f"送分 @小李{LEAN} 20", "小李"),
        (f"送分 @Li Lei{LEAN}20", "Li Lei"),
        (f"送分 20 @Li Lei{LEAN}", "Li Lei"),
        ("送分 20 @小李", "小李"),
        ("送分@小李 20", "小李"),
        (f"送分@小李{LEAN}20", "小李"),
        (f"送分@Li Lei{LEAN}20", "Li Lei"),
        (f"@小助手{LEAN}送分 @小李{LEAN}20", "小李"),
        (f"@车友会 小助手{LEAN} 送分 20 @小李{LEAN}", "小李"),
    ],
)
async def test_a_name_behind_an_at_is_looked_up(room, text, name):
    assert await told(room, text, addressed="助手" in text) == [f"小王 送给 {name} 20 分。"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (f"奖励 @Li Lei{LEAN}50", "资金池奖励 Li Lei 50 分。"),
        (f"任命 @Li Lei{LEAN}", "Li Lei 现在是副会长。"),
        (f"标签 @Li Lei{LEAN}技师", "Li Lei 的标签：技师。"),
        (f"认证 @Li Lei{LEAN}海豹", "认证了：Li Lei 开 海豹。"),
        (f"认证 海豹 @Li Lei{LEAN}", "认证了：Li Lei 开 海豹。"),
    ],
)
async def test_wherever_somebody_is_meant(room, said, answer):
    assert await told(room, said) == [answer]


async def test_who_is_not_known_or_not_the_only_one_is_not_guessed(room):
    assert await told(room, "送分 @小刘 20") == ["我不认识叫 小刘 的车友，请 @ 一下。"]
    await namesake(room)
    assert await told(room, "送分 @小李 20") == ["叫 小李 的车友不止一位，请 @ 一下。"]
    assert await room.balance("小王") == 300


async def test_what_the_platform_tells_goes_before_any_name(room):
    await namesake(room)
    event = replace(room.event("小王", "送分 @小李 20"), mentions=(Mention("小张", "小李"),))
    await room.dispatch.answer(event)
    assert await room.balance("小张") == 20


async def test_a_name_goes_before_whose_message_is_answered(room):
    quote = Quoted("m1", "小张", "小张")
    assert await told(room, "送分 @小李 20", quote=quote) == ["小王 送给 小李 20 分。"]
    assert await told(room, "送分 20", quote=quote) == ["小王 送给 小张 20 分。"]


async def test_a_public_name_is_still_a_public_name(room):
    await room.answer("小张", "积分", handle="@xiaoli")
    await room.read()
    assert await told(room, "送分 @XiaoLi 20") == ["小王 送给 小张 20 分。"]


async def test_an_at_alone_is_nobody(room):
    assert await told(room, "/送分 @ 20") == ["这样说就行：送分 @小李 20"]


async def test_one_at_a_time_counts_names_too(room):
    assert await told(room, "认证 @小李 @小张 海豹") == ["一次只认证一位车友。"]
    assert await told(room, "标签 @小李 @小张") == ["一次只说一位车友。"]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("红包 60 给 @小李 @Li Lei", ("小李", "Li Lei")),
        (f"红包 60 给 @小李{LEAN}@Li Lei{LEAN}", ()),
        (f"红包 60 @小李{LEAN} @Li Lei{LEAN}", ("小李",)),
        (f"红包 60 给 @小李{LEAN} @Li Lei{LEAN}", ("Li Lei",)),
        (f"红包 60 给 小李、@Li Lei{LEAN}", ()),
        (f"红包 60 给 @小李{LEAN}@Li Lei{LEAN}@小李{LEAN}", ("小李", "Li Lei")),
    ],
)
async def test_an_envelope_is_for_all_who_are_meant(room, text, mentions):
    (offer,) = await told(room, text, mentions=mentions)
    assert "60 分的拼手气红包，2 个。\n专给 " in offer
    names = offer.splitlines()[1].removeprefix("专给 ").removesuffix("。").split("、")
    assert set(names) == {"小李", "Li Lei"}
    assert await room.tap("小张", "抢 1") == "这个红包是专门给别人的。"


async def test_one_name_that_nobody_has_stops_the_envelope(room):
    assert await told(room, "红包 60 给 @小李 @小刘", mentions=("小李",)) == [
        "我不认识叫 小刘 的车友，请 @ 一下。"
    ]


@pytest.mark.parametrize("text", [f"好{LEAN}吗", "@小李 好", f"@{'长' * 40}{LEAN}"])
def test_an_ordinary_text_is_left_as_it_is(text):
    assert parse.said(Event("e", "p", "c", "a", "n", text, 0)) == text


def test_a_name_comes_out_as_it_went_in():
    assert parse.named("@Li\u2060Lei") == "Li Lei"
    assert parse.named("小李") == "小李"
