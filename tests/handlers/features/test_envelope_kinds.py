"""Envelopes that are not for the first who taps: wild, with a key, for some, drawn, everywhere."""

import asyncio
import re
from dataclasses import replace

import pytest

from rewards import envelope as rules
from rewards import ledger, luck
from storage.model import DAY, HOUR, SECOND, Chat, EnvelopeState, Role
from storage.store import Work
from tests.support.room import GROUP, Room


@pytest.fixture
async def rich(room: Room) -> Room:
    await room.give("小王", 1000)
    return room


async def texts(room: Room, name: str, text: str, **more: object) -> list[str]:
    return [each.text for each in await room.say(name, text, **more)]


async def look(room: Room, number: int = 1):
    async def read(work: Work):
        await room._enter(work)
        envelope = await work.envelopes.envelope(number)
        held = (await work.ledger.balance(ledger.escrow(number))).posted
        return envelope, held

    return await room.store.read(read)


async def linked(room: Room, chat: str = "another") -> None:
    """A second group of the same club."""
    (code,) = await texts(room, "小王", "关联码")
    await room.say("小李", f"关联 {code.split('：')[1].split('，')[0]}", chat=chat)


def got(shown: str) -> int:
    found = re.search(r"抢到 (\d+) 分", shown)
    return int(found[1]) if found else 0


# Wild


async def test_wild_luck_is_cut_from_a_line(rich):
    (offer,) = await texts(rich, "小王", "红包 60 5 刺激")
    assert offer.startswith("🧧 小王 发了 60 分的刺激拼手气红包，5 个。")
    amounts = [got(await rich.tap(f"车友{n}", "抢 1")) for n in range(5)]
    assert sum(amounts) == 60
    assert min(amounts) >= 1
    envelope, held = await look(rich)
    assert (envelope.mode, envelope.state, held) == ("wild", EnvelopeState.EMPTY, 0)


# 口令


async def test_who_says_the_key_has_a_piece(rich):
    (offer,) = await rich.say("小王", "红包 60 2 均分 口令 海豹 上山！")
    assert "说口令「海豹 上山!」，先到先得。" in offer.text
    assert offer.choices == ()
    assert (await texts(rich, "小李", "海豹上山"))[0] == "小李 抢到 30 分 🎉"
    assert (await texts(rich, "小李", "海豹上山"))[0] == "你已经抢过了，得了 30 分。"
    assert (await texts(rich, "小张", "  海豹，上山~ "))[0] == "小张 抢到 30 分 🎉"
    assert await rich.say("小陈", "海豹上山") == []
    assert (await look(rich))[1] == 0


async def test_other_talk_and_other_chats_open_nothing(rich):
    await rich.say("小王", "红包 60 2 口令 海豹上山")
    for text in ("海豹上山吗", "我说海豹上山", "海豹", "上山海豹"):
        assert await rich.say("小李", text) == []
    await rich.say("小陈", "建会 二会", chat="elsewhere")
    rich.owner = "小陈"
    await rich.say("小陈", "建会 二会", chat="elsewhere")
    assert await rich.say("小李", "海豹上山", chat="elsewhere") == []
    assert "抢到" not in str(await rich.say("小李", "海豹上山", private=True))
    assert (await look(rich))[1] == 60


async def test_a_tap_does_not_replace_the_key(rich):
    await rich.say("小王", "红包 60 2 口令 海豹上山")
    assert await rich.tap("小李", "抢 1") == "这个红包要说口令：在群里说「海豹上山」。"
    assert await rich.say("小李", "抢") == []
    assert (await look(rich))[1] == 60


async def test_the_same_message_delivered_twice_has_one_piece(rich):
    await rich.say("小王", "红包 60 2 均分 口令 海豹上山")
    await rich.say("小李", "海豹上山", event_id="same")
    assert await rich.say("小李", "海豹上山", event_id="same") == []
    assert await rich.balance("小李") == 30


@pytest.mark.parametrize(
    ("key", "no"),
    [
        ("", "口令是什么？写在「口令」后面，比如「红包 60 5 口令 海豹上山」。"),
        ("上山", "口令至少 4 个字，免得谁碰巧说到。"),
        ("🎉🎉🎉🎉🎉", "口令至少 4 个字，免得谁碰巧说到。"),
        ("哈哈哈哈哈", "「哈哈哈哈哈」平时就会说到，换一个口令吧。"),
        ("12345", "「12345」平时就会说到，换一个口令吧。"),
        ("谢谢大家", "「谢谢大家」平时就会说到，换一个口令吧。"),
        ("Good morning!", "「Good morning!」平时就会说到，换一个口令吧。"),
        ("红包 100 10", "「红包 100 10」另有用处，换一个口令吧。"),
        ("#油耗 说一说", "「#油耗 说一说」另有用处，换一个口令吧。"),
        ("很长" * 11, "口令最多 20 个字。"),
    ],
)
async def test_what_is_ordinary_talk_is_no_key(rich, key, no):
    assert await texts(rich, "小王", f"红包 60 2 口令 {key}") == [no]
    assert await rich.balance("小王") == 1000


async def test_two_envelopes_do_not_wait_for_the_same_key(rich):
    await rich.say("小王", "红包 60 2 口令 海豹上山")
    assert await texts(rich, "小王", "红包 60 2 口令 海豹，上山") == [
        "口令「海豹,上山」正用在另一个红包上，换一个吧。"
    ]
    await rich.say("小李", "海豹上山")
    await rich.say("小张", "海豹上山")
    assert "海豹上山" in (await texts(rich, "小王", "红包 60 2 口令 海豹上山"))[0]


async def test_a_key_is_forgotten_when_its_envelope_ends(rich):
    await rich.say("小王", "红包 60 2 口令 海豹上山")
    rich.clock.move(rules.LIFETIME)
    await rich.sweep()
    assert await rich.say("小李", "海豹上山") == []
    assert await rich.balance("小王") == 1000


async def test_many_say_the_key_at_once(rich):
    await rich.say("小王", "红包 300 50 口令 海豹上山")
    await asyncio.gather(*(rich.answer(f"车友{n}", "海豹上山") for n in range(120)))
    envelope, held = await look(rich)
    assert (envelope.taken, envelope.paid, held) == (50, 300, 0)


# 专属 and what is asked of a taker


async def test_an_envelope_for_some_is_for_nobody_else(rich):
    await rich.join("小李", "小张", "小陈")
    (offer,) = await texts(rich, "小王", "红包 60 均分 给 @小李 小张")
    assert "2 个。\n专给 小李、小张。" in offer
    assert await rich.tap("小陈", "抢 1") == "这个红包是专门给别人的。"
    assert await rich.tap("小李", "抢 1") == "小李 抢到 30 分 🎉"
    assert await rich.tap("小张", "抢 1") == "小张 抢到 30 分 🎉"
    assert (await look(rich))[1] == 0


@pytest.mark.parametrize(
    ("words", "no"),
    [
        ("给 @小飞", "我还不认识这位车友，请 TA 先在群里说一声「积分」。"),
        ("给", "要说清楚是谁：@ 一下，或者回复那个人的消息。"),
        ("5 给 均分", "要说清楚是谁：@ 一下，或者回复那个人的消息。"),
        ("5 给 、", "要说清楚是谁：@ 一下，或者回复那个人的消息。"),
        ("给 小飞", "我不认识叫 小飞 的车友，请 @ 一下。"),
        ("给 " + "、".join(f"车友{n}" for n in range(21)), "专属红包最多给 20 位。"),
        ("5 等级9", "等级从 1 到 5。"),
        ("5 等级", "等级从 1 到 5。"),
        ("5 车型 飞毯", "不认识车型「飞毯」。"),
        ("5 入会昨天", "没看懂入会时间「昨天」：「入会30天」或「入会2026-05-01」都行。"),
        (
            "5 入会2026-13-01",
            "没看懂入会时间「2026-13-01」：「入会30天」或「入会2026-05-01」都行。",
        ),
        ("5 摇号5秒", "摇号最短 10 秒，最长 12 小时。"),
        ("5 摇号 13小时", "摇号最短 10 秒，最长 12 小时。"),
    ],
)
async def test_what_cannot_be_asked_is_refused(rich, words, no):
    assert await texts(rich, "小王", f"红包 60 {words}") == [no]
    assert await rich.balance("小王") == 1000


@pytest.mark.parametrize("words", ["均份", "均分 谢谢", "标签", "城市", "新人很多", "级"])
async def test_words_that_say_nothing_are_pointed_out(rich, words):
    (no,) = await texts(rich, "小王", f"红包 60 5 {words}")
    assert no.startswith("没看懂「")
    assert await rich.balance("小王") == 1000


@pytest.mark.parametrize("text", ["红包 100 太少了", "红包 2026 年会发吗", "红包来了", "红包"])
async def test_talk_about_envelopes_is_left_alone(rich, text):
    assert await rich.say("小王", text) == []


async def test_level_label_car_city_and_time_are_asked_for(rich):
    await rich.join("小李")
    (offer,) = await texts(
        rich,
        "小王",
        "红包 60 5 等级1 标签老车主 车型海豹 城市上海 入会30天 新人2",
    )
    assert (
        "要求：等级 1 以上，标签「老车主」，开 海豹，在 上海，2026-04-01 以前入会，"
        "入会不到 7 天的一共 2 个。" in offer
    )
    rich.clock.move(DAY // 2)
    assert await rich.tap("小李", "抢 1") == "这个红包要等级 1，你现在是 0。"
    await rich.say("小李", "#油耗 轩逸 百公里6.5升 开了2万公里")
    assert await rich.tap("小李", "抢 1") == "这个红包要有标签「老车主」，标签由会长给。"
    await rich.say("小王", "标签 @小李 老车主")
    assert "开 海豹 的车友" in await rich.tap("小李", "抢 1")
    await rich.say("小李", "加车 海豹")
    assert "在 上海 的车友" in await rich.tap("小李", "抢 1")
    await rich.say("小李", "城市 上海")
    assert await rich.tap("小李", "抢 1") == "这个红包给更早入会的车友。"
    assert (await look(rich))[1] == 60


async def test_who_meets_the_terms_has_a_piece(rich):
    await rich.join("小李")
    await rich.say("小李", "加车 海豹")
    await rich.say("小王", "红包 60 1 车型 海豹")
    assert await rich.tap("小李", "抢 1") == "小李 抢到 60 分 🎉"


async def test_newcomers_share_a_small_quota(rich):
    await rich.join("老李")
    rich.clock.move(rules.NEWCOMER_FOR)
    await rich.say("小王", "红包 60 6 均分 新人2")
    shown = [await rich.tap(f"新人{n}", "抢 1") for n in range(4)]
    assert [got(text) for text in shown] == [10, 10, 0, 0]
    assert shown[2] == "新车友的 2 个已经领完了。"
    assert got(await rich.tap("老李", "抢 1")) == 10


# 摇号


async def club_of(room: Room) -> str:
    async def read(work: Work) -> str:
        await room._enter(work)
        return work.club

    return await room.store.read(read)


async def known(room: Room, name: str) -> str:
    await room.join(name)
    return (await room.member(name)).id


async def test_who_is_forgotten_leaves_the_draws_that_are_open(rich):
    await rich.say("小王", "红包 60 2 均分 摇号")
    for name in ("甲", "乙", "丙"):
        await rich.tap(name, "抢 1")
    await rich.say("乙", "确认忘记")
    assert (await look(rich))[0].entered == 2
    await rich.tap("丁", "抢 1")
    rich.clock.move(60 * SECOND)
    ended, _ = await rich.sweep()
    assert "3 人报名，2 人中。" in ended.text
    assert "已离开" not in ended.text
    assert "验算无误" in (await texts(rich, "甲", "验证 1"))[0]


async def test_a_draw_takes_entries_and_then_draws(rich):
    (offer,) = await rich.say("小王", "红包 60 2 均分 摇号30秒")
    assert "说「抢 1」报名，12:00:30 开奖，先来后到都一样。" in offer.text
    assert offer.choices[0].label == "报名"
    names = [f"车友{n}" for n in range(5)]
    for name in names:
        code = luck.code_of((await club_of(rich)), 1, (await known(rich, name)))
        shown = await rich.tap(name, "抢 1")
        assert shown == f"{name} 报上名了，签号 {code}，1 号红包到点开奖。"
    assert (await rich.tap("车友0", "抢 1")).startswith("你已经报过名了，签号 ")
    assert "已有 5 人报名" in (await rich.read())[-1].text
    rich.clock.move(30 * SECOND)
    assert await rich.tap("晚到", "抢 1") == "1 号红包报名结束，正在开奖。"
    ended, told = await rich.sweep()
    assert ended.text.startswith("🎲 1 号红包开奖了，5 人报名，2 人中。")
    assert re.fullmatch(r"🎲 1 号红包开奖：车友\d 30 分、车友\d 30 分。", told.text)
    balances = [await rich.balance(name) for name in names]
    assert sorted(balances) == [0, 0, 0, 30, 30]
    assert (await look(rich))[1] == 0
    assert "手慢了" in await rich.tap("晚到", "抢 1")


async def test_a_draw_with_few_entrants_gives_the_rest_back(rich):
    await rich.say("小王", "红包 60 3 均分 摇号")
    await rich.tap("小李", "抢 1")
    rich.clock.move(60 * SECOND)
    ended, _ = await rich.sweep()
    assert "1 人报名，1 人中。\n小李 20 分\n剩下的 40 分退回给发红包的人。" in ended.text
    assert await rich.balance("小王") == 980


async def test_a_draw_nobody_entered_gives_everything_back(rich):
    await rich.say("小王", "红包 60 3 摇号")
    rich.clock.move(60 * SECOND)
    assert len(await rich.sweep()) == 1
    assert await rich.balance("小王") == 1000


async def test_a_draw_happens_once_however_late_and_often_it_is_due(rich):
    await rich.say("小王", "红包 60 3 均分 摇号")
    for name in ("甲", "乙", "丙"):
        await rich.tap(name, "抢 1")
    rich.clock.move(3 * DAY)
    await asyncio.gather(rich.sweeper.sweep(), rich.sweeper.sweep())
    rich.clock.move(-2 * DAY)
    await rich.sweep()
    assert [await rich.balance(name) for name in ("甲", "乙", "丙")] == [20, 20, 20]


async def test_in_a_draw_newcomers_are_drawn_up_to_their_quota(rich):
    for n in range(4):
        await rich.join(f"老{n}")
    rich.clock.move(rules.NEWCOMER_FOR)
    await rich.say("小王", "红包 60 4 均分 摇号 新人1")
    for n in range(4):
        await rich.tap(f"新{n}", "抢 1")
        await rich.tap(f"老{n}", "抢 1")
    rich.clock.move(HOUR)
    await rich.sweep()
    assert sum([await rich.balance(f"新{n}") for n in range(4)]) <= 15
    assert (await look(rich))[0].taken == 4


async def test_a_key_may_open_a_draw(rich):
    (offer,) = await texts(rich, "小王", "红包 60 1 摇号 口令 海豹上山")
    assert "说口令「海豹上山」报名" in offer
    assert (await texts(rich, "小李", "海豹上山"))[0].startswith("小李 报上名了，签号 ")
    rich.clock.move(HOUR)
    await rich.sweep()
    assert await rich.balance("小李") == 60
    assert await rich.say("小张", "海豹上山") == []


# 全部群


async def test_an_envelope_stands_in_all_groups_of_the_club(rich):
    await linked(rich)
    heard = await rich.say("小王", "红包 60 2 均分 全部群")
    assert len(heard) == 2
    assert heard[0].text == heard[1].text
    assert got(await rich.tap("小李", "抢 1", chat="another")) == 30
    assert await rich.tap("小李", "抢 1") == "你已经抢过了，得了 30 分。"
    changed = await rich.read()
    assert sorted(each.message for each in changed) == sorted(each.message for each in heard)
    heard = await texts(rich, "小张", "抢", chat="another")
    assert "小张 抢到 30 分 🎉" in heard
    assert (await look(rich))[1] == 0


async def test_only_leaders_speak_in_all_groups(rich):
    await linked(rich)
    await rich.give("小李", 100)
    assert await texts(rich, "小李", "红包 60 2 全部群") == ["全部群的红包由会长和副会长发。"]
    assert await rich.balance("小李") == 100
    await rich.promote("小李", Role.CO_LEADER)
    assert len(await rich.say("小李", "红包 60 2 全部群")) == 2


async def test_a_chat_of_the_same_id_on_another_platform_is_another_chat(rich):
    async def link(work: Work) -> None:
        await rich._enter(work)
        await work.people.put_chat(Chat("elsewhere", GROUP, work.club))

    await rich.store.unit(link)
    (offer,) = await rich.say("小王", "红包 60 1")
    tap = replace(rich.event("小李", "抢 1", kind="tap"), platform="elsewhere")
    assert got((await rich.dispatch.answer(tap)).tap) == 60
    assert [each.message for each in await rich.read()] == [offer.message]


async def test_a_key_is_heard_in_all_groups(rich):
    await linked(rich)
    await rich.say("小王", "红包 60 2 均分 全部群 口令 海豹上山")
    assert "小李 抢到 30 分 🎉" in await texts(rich, "小李", "海豹上山", chat="another")
    assert "小张 抢到 30 分 🎉" in await texts(rich, "小张", "海豹上山")


async def test_in_english_the_terms_are_english(rich):
    await rich.say("小王", "设置 语言 English")
    await rich.join("小李")
    (offer,) = await texts(rich, "小王", "/hongbao 60 2 wild draw 2min level 1 key seals uphill")
    assert offer.startswith(
        "🧧 小王 sent a wild lucky envelope of 60 points, 2 pieces.\nAsks for: level 1 or more.\n"
        'Say the key "seals uphill" to enter; drawn at 12:02:00, early or late is all the same.\n'
    )
    assert (await texts(rich, "小李", "Seals uphill!")) == [
        "This envelope asks for level 1, yours is 0."
    ]


async def test_a_name_that_the_platform_does_not_resolve_is_looked_up(rich):
    await rich.join("小李")
    event = rich.event("小王", "红包 60 给 @小李")
    await rich.dispatch.answer(replace(event, mentions=()))
    assert "专给 小李。" in (await rich.read())[0].text
    await rich.dispatch.answer(replace(rich.event("小王", "红包 60 2 @小飞"), mentions=()))
    assert (await rich.read())[0].text == "我不认识叫 小飞 的车友，请 @ 一下。"


async def test_a_forged_tap_gets_a_polite_answer(rich):
    await rich.say("小王", "红包 60 2 给 @小王")
    for says in ("抢 99", "接力 1", "撤回红包 1", "抢 -1", "抢 1; 抢 2", "抢 １００"):
        await rich.tap("小李", says)
    assert (await look(rich))[1] == 60
    assert await rich.balance("小李") == 0


async def test_leaders_and_members_are_told_apart(rich):
    await rich.promote("小李", Role.CO_LEADER)
    assert "只有会长和副会长" in (await texts(rich, "小张", "定时红包 20:00 100 10"))[0]
