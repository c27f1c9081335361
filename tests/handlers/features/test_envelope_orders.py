"""定时红包: what the pool sends at set times."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.features.envelope import times
from storage.errors import Refusal
from storage.model import DAY, HOUR, MINUTE, Role
from storage.store import Work
from tests.handlers.features.test_envelope_kinds import got, linked, look, texts
from tests.support.room import Room

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 5, 1, 12, tzinfo=SHANGHAI)  # a Friday


@pytest.mark.parametrize(
    ("text", "first", "every"),
    [
        ("20:00 100 10", "2026-05-01 20:00", ""),
        ("8:30 100 10", "2026-05-02 08:30", ""),
        ("今天 20:00 100 10", "2026-05-01 20:00", ""),
        ("明天 8:00 100 10", "2026-05-02 08:00", ""),
        ("tomorrow 8:00 100 10", "2026-05-02 08:00", ""),
        ("每天 8:00 100 10", "2026-05-02 08:00", "day"),
        ("每天20:00 100 10", "2026-05-01 20:00", "day"),
        ("每周五 20:00 100 10", "2026-05-01 20:00", "week"),
        ("每周五 8:00 100 10", "2026-05-08 08:00", "week"),
        ("每星期天 8:00 100 10", "2026-05-03 08:00", "week"),
        ("every friday 8:00 100 10", "2026-05-08 08:00", "week"),
        ("每月15日 8:00 100 10", "2026-05-15 08:00", "month"),
        ("每月1日 8:00 100 10", "2026-06-01 08:00", "month"),
        ("6-18 8:00 100 10", "2026-06-18 08:00", ""),
        ("1-1 0:00 100 10", "2027-01-01 00:00", ""),
        ("2027-01-01 0:00 100 10", "2027-01-01 00:00", ""),
    ],
)
def test_times_are_said_in_many_ways(text, first, every):
    when = times.read(text, NOON)
    assert (f"{when.first:%Y-%m-%d %H:%M}", when.every, when.rest) == (first, every, "100 10")


@pytest.mark.parametrize(
    "text",
    ["", "100 10", "25:00 100 10", "20:60 100 10", "2-30 8:00 100 10", "每月31日 8:00 1 1",
     "今天 8:00 100 10", "2026-04-30 8:00 100 10", "2028-01-01 8:00 100 10"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text):
    with pytest.raises(Refusal):
        times.read(text, NOON)


def test_the_hour_stays_when_the_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 3, 28, 20, tzinfo=berlin)
    after = times.following(at, "day", at)
    assert after is not None
    assert f"{after:%d %H:%M %z}" == "29 20:00 +0200"


def test_a_month_has_any_length():
    at = datetime(2026, 1, 28, 20, tzinfo=SHANGHAI)
    said = []
    for _ in range(3):
        at = times.following(at, "month", at) or at
        said.append(f"{at:%m-%d}")
    assert said == ["02-28", "03-28", "04-28"]


async def test_an_order_is_sent_when_its_time_comes(room: Room):
    assert await texts(room, "小王", "定时红包 20:00 100 2 均分") == [
        "好的，1 号定时红包：2026-05-01 20:00 由资金池发"
        "「红包 100 2 均分」。不要了说「取消定时 1」。"
    ]
    room.clock.move(8 * HOUR - 1)
    assert await room.sweep() == []
    room.clock.move(1)
    (offer,) = await room.sweep()
    assert offer.text.startswith("🧧 小王 用资金池发了 100 分的均分红包，2 个。")
    assert got(await room.tap("小李", "抢 1")) == 50
    (nothing,) = (await texts(room, "小王", "定时红包"))[-1:]
    assert nothing == "还没有定时红包。比如「定时红包 每周五 20:00 100 10」。"


async def test_a_weekly_order_goes_on_until_it_is_stopped(room: Room):
    await room.say("小王", "定时红包 每周五 20:00 100 2")
    for week in range(3):
        room.clock.move(8 * HOUR if week == 0 else 7 * DAY)
        assert any("用资金池发了" in each.text for each in await room.sweep())
    (shown,) = await texts(room, "小王", "定时红包")
    assert shown == "定时红包：\n#1 2026-05-22 20:00 每周 红包 100 2（小王）"
    assert await texts(room, "小王", "取消定时 1") == ["1 号定时红包取消了。"]
    assert await texts(room, "小王", "取消定时 1") == ["没有 1 号定时红包。"]
    room.clock.move(7 * DAY)
    assert not any("用资金池发了" in each.text for each in await room.sweep())


async def test_after_a_long_sleep_one_is_not_made_up_for(room: Room):
    await room.say("小王", "定时红包 每天 20:00 100 2")
    room.clock.move(5 * DAY)
    assert await room.sweep() == []
    room.clock.move(8 * HOUR + 5 * MINUTE)
    assert len(await room.sweep()) == 1
    assert await room.sweep() == []


async def test_a_pool_that_cannot_pay_says_so_and_tries_again_next_time(room: Room):
    await room.give("小王", 1950)
    await room.say("小王", "定时红包 每天 20:00 100 2")
    room.clock.move(8 * HOUR)
    (told,) = await room.sweep()
    assert told.text == "1 号定时红包这次没发出去：资金池只剩 50 分"
    await room.say("小王", "捐分 500")
    room.clock.move(DAY)
    assert "用资金池发了" in (await room.sweep())[0].text


async def test_who_leads_no_more_orders_no_more(room: Room):
    await room.promote("小李", Role.CO_LEADER)
    await room.say("小李", "定时红包 每天 20:00 100 2")
    await room.say("小王", "免去 @小李")
    room.clock.move(8 * HOUR)
    (told,) = await room.sweep()
    assert told.text == "1 号定时红包停了：定它的人不再是会长或副会长。"
    room.clock.move(DAY)
    assert await room.sweep() == []


async def test_an_order_may_have_terms(room: Room):
    await room.join("小李")
    await linked(room)
    await room.say("小王", "定时红包 每天 20:00 100 2 摇号 全部群 给 @小李 @小王")
    await room.say("小王", "定时红包 每天 20:00 100 2 口令 海豹上山")
    (listed,) = (await texts(room, "小王", "定时红包"))[-1:]
    assert "每天 红包 100 2 摇号 全部群 给 小李、小王（小王）" in listed
    room.clock.move(8 * HOUR)
    heard = [each.text for each in await room.sweep()]
    assert len(heard) == 3
    assert sum("专给 小李、小王。" in text for text in heard) == 2
    assert sum("说口令「海豹上山」" in text for text in heard) == 1
    room.clock.move(DAY - 1)
    await room.sweep()
    room.clock.move(1)
    await room.sweep()
    assert (await look(room, 4))[0].total == 100


@pytest.mark.parametrize(
    ("words", "no"),
    [
        ("100 10", "说清楚什么时候发"),
        ("20:00", "数目要是大于 0 的整数"),
        ("20:00 0 5", "数目要是大于 0 的整数"),
        ("20:00 5000 5", "资金池一天最多发 1000 分"),
        ("20:00 5 60", "5 分不够分成 60 个"),
        ("20:00 100 5 均份", "没看懂「均份」"),
        ("8:00 100 5 口令 你好", "口令至少 4 个字"),
        ("今天 8:00 100 5", "这个时间已经过去了"),
    ],
)
async def test_an_order_that_could_never_be_sent_is_refused_at_once(room: Room, words, no):
    (told,) = await texts(room, "小王", f"定时红包 {words}")
    assert told.startswith(no)
    assert "还没有" in (await texts(room, "小王", "定时红包"))[0]


async def test_an_order_keeps_nobodys_name(room: Room):
    await room.join("小李")
    await room.say("小王", "定时红包 每天 20:00 100 给 小李 @小王 均分 口令 给 小李 上山")

    async def read(work: Work):
        await room._enter(work)
        return await work.orders.order(1)

    order = await room.store.read(read)
    assert order.words == "100 均分 口令 给 小李 上山"
    assert len(order.members) == 2
    room.clock.move(8 * HOUR)
    (offer,) = await room.sweep()
    assert "100 分的均分红包，2 个。\n专给 小王、小李。" in offer.text


async def test_an_order_keeps_no_name_that_the_platform_did_not_resolve(room: Room):
    await room.join("小李")
    event = room.event("小王", "定时红包 每天 20:00 100 给 @小李、小王 均分")
    await room.dispatch.answer(replace(event, mentions=()))
    await room.read()

    async def read(work: Work):
        await room._enter(work)
        return await work.orders.order(1)

    order = await room.store.read(read)
    assert (order.words, len(order.members)) == ("100 均分", 2)
    room.clock.move(8 * HOUR)
    (offer,) = await room.sweep()
    assert "专给 小李、小王。" in offer.text


async def test_what_a_forgotten_leader_ordered_is_dropped(room: Room):
    await room.promote("小李", Role.CO_LEADER)
    await room.say("小李", "定时红包 每天 20:00 100 2")
    await room.say("小李", "确认忘记")
    assert "还没有" in (await texts(room, "小王", "定时红包"))[-1]
    room.clock.move(8 * HOUR)
    assert await room.sweep() == []


async def test_the_key_of_a_forgotten_sender_is_gone(room: Room):
    await room.give("小李", 100)
    await room.say("小李", "红包 100 1 口令 海豹上山")
    await room.say("小张", "海豹上山")
    await room.say("小李", "确认忘记")
    envelope, _ = await look(room)
    assert (envelope.terms.key, envelope.total) == ("", 100)


async def test_there_is_a_limit_to_orders(room: Room):
    for _ in range(20):
        await room.say("小王", "定时红包 每天 20:00 10 2")
    assert (await texts(room, "小王", "定时红包 每天 20:00 10 2"))[0].startswith(
        "定时红包最多 20 个"
    )
