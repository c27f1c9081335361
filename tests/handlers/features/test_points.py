"""What members have, where it came from, and what they give away."""

import asyncio
from dataclasses import replace

import pytest

from rewards import ledger
from storage.model import HOUR, Posting, Priority, Quoted
from storage.store import Work
from tests.support.room import Room


async def texts(room: Room, name: str, text: str, **more: object) -> list[str]:
    return [each.text for each in await room.say(name, text, **more)]


async def post(room: Room, *postings: Posting) -> None:
    async def unit(work: Work) -> None:
        await room._enter(work)
        for posting in postings:
            await work.ledger.post(posting)

    await room.store.unit(unit)


async def test_a_newcomer_has_nothing(room):
    assert await texts(room, "小李", "积分") == ["小李，你有 0 分。"]
    assert await texts(room, "小李", "明细") == ["小李，现有 0 分。还没有变动。"]


async def test_points_on_hold_are_told_apart_and_cannot_be_given(room):
    await room.give("小李", 100)
    wallet = ledger.wallet((await room.member("小李")).id)
    await post(room, Posting("h", "hold", wallet, ledger.POOL, 70, "system", phase="pending"))
    assert await texts(room, "小李", "积分") == ["小李，你有 100 分（其中 70 分暂时冻结）。"]
    assert await texts(room, "小李", "捐分 31") == ["积分不够，现在能用的是 30 分。"]
    assert await texts(room, "小李", "捐分 30") == ["小李 给资金池捐了 30 分。谢谢！"]


async def test_a_statement_names_every_change_newest_first(room):
    await room.give("小王", 100)
    await room.join("小李")
    await room.say("小王", "送分 @小李 20")
    await room.say("小王", "捐分 10")
    await room.say("小王", "红包 30 3")
    await room.tap("小王", "抢 1")
    room.clock.move(24 * HOUR)
    await room.sweep()
    (text,) = await texts(room, "小王", "明细")
    lines = text.splitlines()
    grabbed = int(lines[2].split()[1])
    assert lines == [
        f"小王，现有 {40 + 30} 分。最近的变动：",
        f"05-02 +{30 - grabbed} 红包 1 退回",
        f"05-01 +{grabbed} 抢到红包 1",
        "05-01 -30 发红包 1",
        "05-01 -10 捐给资金池",
        "05-01 -20 送给 小李",
        "05-01 +100 资金池发放",
    ]
    assert await texts(room, "小李", "明细") == [
        "小李，现有 20 分。最近的变动：\n05-01 +20 小王 送的"
    ]


async def test_a_statement_is_short(room):
    for _ in range(12):
        await room.give("小王", 1)
    (text,) = await texts(room, "小王", "明细")
    assert len(text.splitlines()) == 11


async def test_a_correction_is_named(room):
    await room.give("小李", 5)
    member = await room.member("小李")
    await post(room, Posting("rv:9", "reverse", ledger.wallet(member.id), ledger.POOL, 2, "system"))
    (text,) = await texts(room, "小李", "明细")
    assert text.splitlines()[1] == "05-01 -2 更正"


# Giving


async def test_points_are_given_to_whoever_is_mentioned(room):
    await room.give("小王", 100)
    await room.join("小李")
    (heard,) = await room.say("小王", "送分 @小李 20")
    assert (heard.text, heard.to, heard.priority) == ("小王 送给 小李 20 分。", "", Priority.MONEY)
    assert (await room.balance("小王"), await room.balance("小李")) == (80, 20)


@pytest.mark.parametrize(
    "text",
    [
        "送分 20 @小李",
        "送分20 @小李",
        "送分@小李 20",
        "送分 @小李 ２０",
        "送分 @小李 20分",
        "/give @小李 20",
    ],
)
async def test_giving_is_said_in_many_ways(room, text):
    await room.give("小王", 100)
    await room.join("小李")
    assert await texts(room, "小王", text, mentions=("小李",)) == ["小王 送给 小李 20 分。"]


async def test_points_are_given_to_the_author_of_a_quoted_message(room):
    await room.give("小王", 100)
    await room.join("小李")
    quote = Quoted("m1", "小李", "小李", "谢谢提醒")
    assert await texts(room, "小王", "送分 5", quote=quote) == ["小王 送给 小李 5 分。"]


async def test_a_mention_counts_more_than_a_quote(room):
    await room.give("小王", 100)
    await room.join("小李", "小张")
    quote = Quoted("m1", "小李", "小李", "谢谢提醒")
    assert await texts(room, "小王", "送分 @小张 5", quote=quote) == ["小王 送给 小张 5 分。"]


@pytest.mark.parametrize(
    ("text", "no"),
    [
        ("送分 20", "要说清楚是谁：@ 一下，或者回复那个人的消息。"),
        ("送分 @路人 20", "我还不认识这位车友，请 TA 先在群里说一声「积分」。"),
        ("送分 @小王 20", "不用送给自己。"),
        ("送分 @小李 0", "数目要是大于 0 的整数。"),
        ("送分 @小李 -5", "数目要是大于 0 的整数。"),
        ("送分 @小李 1.5", "数目要是大于 0 的整数。"),
        ("送分 @小李 1,5", "数目要是大于 0 的整数。"),
        ("送分 @小李 99999999999999999999", "数目太大了，一次最多 1000000000 分。"),
        ("送分 @小李 101", "积分不够，现在能用的是 100 分。"),
        ("捐分 0", "数目要是大于 0 的整数。"),
        ("捐分 101", "积分不够，现在能用的是 100 分。"),
    ],
)
async def test_what_cannot_be_given_is_refused_and_moves_nothing(room, text, no):
    await room.give("小王", 100)
    await room.join("小李")
    assert await texts(room, "小王", text) == [no]
    assert (await room.balance("小王"), await room.balance("小李")) == (100, 0)


async def test_gifts_to_one_and_to_all_have_daily_limits(room):
    await room.give("小王", 1000)
    await room.join("甲", "乙", "丙")
    await room.say("小王", "送分 @甲 150")
    assert await texts(room, "小王", "送分 @甲 51") == [
        "一天最多送给同一位车友 200 分，今天还能送 50 分。"
    ]
    await room.say("小王", "送分 @甲 50")
    await room.say("小王", "送分 @乙 200")
    assert await texts(room, "小王", "送分 @丙 101") == ["一天最多送出 500 分，今天还能送 100 分。"]
    await room.say("小王", "送分 @丙 100")
    assert await texts(room, "小王", "送分 @丙 1") == ["一天最多送出 500 分，今天还能送 0 分。"]
    room.clock.move(12 * HOUR)
    assert await texts(room, "小王", "送分 @甲 200") == ["小王 送给 甲 200 分。"]


async def test_gifts_have_limits_however_many_are_given_at_once(room):
    await room.give("小王", 1000)
    await room.join("甲")
    await asyncio.gather(*(room.answer("小王", "送分 @甲 30") for _ in range(20)))
    assert await room.balance("甲") == 180


async def test_the_last_points_are_given_once(room):
    await room.give("小王", 30)
    await room.join("甲")
    answers = await asyncio.gather(*(room.answer("小王", "送分 @甲 30") for _ in range(5)))
    assert sum("送给" in answer.replies[0].text for answer in answers) == 1
    assert (await room.balance("小王"), await room.balance("甲")) == (0, 30)


async def test_a_donation_goes_to_the_pool(room):
    await room.give("小王", 100)
    assert await texts(room, "小王", "捐分 20") == ["小王 给资金池捐了 20 分。谢谢！"]
    (text,) = await texts(room, "小王", "资金池")
    assert text.startswith("资金池还有 1920 分。")


async def test_a_gift_goes_to_somebody_by_plain_name(room):
    await room.give("小王", 100)
    await room.join("小李")
    heard = await room.say("小王", "送分 小李 20")
    assert [each.text for each in heard] == ["小王 送给 小李 20 分。"]
    (no,) = await room.say("小王", "送分 老赵 20")
    assert no.text == "我不认识叫 老赵 的车友，请 @ 一下。"


async def test_of_two_members_of_one_name_neither_is_guessed(room):
    await room.give("小王", 100)
    await room.join("小李")
    twin = room.event("小李", "积分")
    await room.dispatch.answer(replace(twin, account="another"))
    await room.read()
    assert "不止一位" in (await room.say("小王", "送分 小李 20"))[0].text
    assert await room.balance("小王") == 100
