"""Red envelopes as a group lives them: sent, grabbed, sold out, expired, given back."""

import asyncio
import re
from dataclasses import replace

import pytest

from handlers.features.envelope.send import POOL_A_DAY_MAX
from handlers.features.envelope.tell import TAKERS_SHOWN_MAX
from rewards import envelope as rules
from rewards import ledger
from storage.model import DAY, HOUR, Account, EnvelopeState, Priority
from storage.sqlite.store import SqliteStore
from storage.store import Work
from tests.support.room import PLATFORM, Heard, Room
from tests.support.world import pretend_world

LIFETIME = rules.LIFETIME


async def texts(room: Room, name: str, text: str, **more: object) -> list[str]:
    return [each.text for each in await room.say(name, text, **more)]


@pytest.fixture
async def rich(room: Room) -> Room:
    await room.give("小王", 1000)
    return room


async def look(room: Room, number: int = 1) -> tuple[EnvelopeState, int]:
    """An envelope's state, and what its escrow still holds."""

    async def read(work: Work) -> tuple[EnvelopeState, int]:
        await room._enter(work)
        envelope = await work.envelopes.envelope(number)
        assert envelope is not None
        return envelope.state, (await work.ledger.balance(ledger.escrow(number))).posted

    return await room.store.read(read)


def amount(shown: str) -> int:
    """What somebody got, from what they are shown."""
    found = re.fullmatch(r"\S+ 抢到 (\d+) 分 🎉", shown)
    assert found, shown
    return int(found[1])


# Sending


async def test_an_envelope_is_offered_with_a_button(rich):
    (heard,) = await rich.say("小王", "红包 60 5")
    offer, _, promise = heard.text.rpartition("\n")
    assert offer == "🧧 小王 发了 60 分的拼手气红包，5 个。\n说「抢 1」，先到先得。"
    assert re.fullmatch(r"🔒 指纹 [0-9a-f]{32}", promise)
    assert [(choice.label, choice.says) for choice in heard.choices] == [("抢红包", "抢 1")]
    assert heard.priority == Priority.MONEY
    assert await rich.balance("小王") == 940
    assert await look(rich) == (EnvelopeState.OPEN, 60)


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("红包 60 5 均分", "小王 发了 60 分的均分红包，5 个"),
        ("红包 60 5 普通", "小王 发了 60 分的均分红包，5 个"),
        ("/hongbao 60 5 Equal", "小王 发了 60 分的均分红包，5 个"),
        ("红包６０／５", "小王 发了 60 分的拼手气红包，5 个"),
        ("红包 60，5", "小王 发了 60 分的拼手气红包，5 个"),
        ("红包 60分5个", "小王 发了 60 分的拼手气红包，5 个"),
        ("红包 1,000 5", "小王 发了 1000 分的拼手气红包，5 个"),
        ("公费红包 60 5", "小王 用资金池发了 60 分的拼手气红包，5 个"),
    ],
)
async def test_an_envelope_is_sent_in_many_words(rich, text, offer):
    assert offer in (await texts(rich, "小王", text))[0]


@pytest.mark.parametrize(
    ("text", "no"),
    [
        ("红包 0 5", "数目要是大于 0 的整数。"),
        ("红包 -60 5", "数目要是大于 0 的整数。"),
        ("红包 60 0", "数目要是大于 0 的整数。"),
        ("红包 60 -5", "数目要是大于 0 的整数。"),
        ("红包 60.5 5", "数目要是大于 0 的整数。"),
        ("红包 5 60", "5 分不够分成 60 个：每个至少 1 分。"),
        ("红包 900 501", "一个红包最多 500 个。"),
        ("红包 99999999999 5", "数目太大了，一次最多 1000000000 分。"),
        ("红包 " + "9" * 40, "数目太大了，一次最多 1000000000 分。"),
        ("红包 1001 5", "积分不够，现在能用的是 1000 分。"),
    ],
)
async def test_what_cannot_be_an_envelope_is_refused_and_moves_nothing(rich, text, no):
    assert await texts(rich, "小王", text) == [no]
    assert await rich.balance("小王") == 1000


async def test_a_refused_envelope_uses_up_no_number(rich):
    await rich.say("小王", "红包 1001 5")
    assert "抢 1」" in (await texts(rich, "小王", "红包 60 5"))[0]


async def test_equal_pieces_are_equal(rich):
    await rich.say("小王", "红包 60 5 均分")
    assert [amount(await rich.tap(f"车友{n}", "抢 1")) for n in range(5)] == [12] * 5


async def test_lucky_pieces_add_up_and_nobody_gets_nothing(rich):
    await rich.say("小王", "红包 60 7")
    amounts = [amount(await rich.tap(f"车友{n}", "抢 1")) for n in range(7)]
    assert sum(amounts) == 60
    assert min(amounts) >= 1
    assert await look(rich) == (EnvelopeState.EMPTY, 0)


async def test_the_pool_pays_for_a_limited_sum_of_envelopes_a_day(room):
    await room.say("小王", f"公费红包 {POOL_A_DAY_MAX - 100} 5")
    assert await texts(room, "小王", "公费红包 101 5") == [
        "资金池一天最多发 1000 分的红包，今天还能发 100 分。"
    ]
    assert "100 分" in (await texts(room, "小王", "公费红包 100 5"))[0]
    room.clock.move(12 * HOUR)
    assert "100 分" in (await texts(room, "小王", "公费红包 100 5"))[0]


async def test_an_empty_pool_pays_for_none(room):
    await room.give("小李", 1950)
    assert await texts(room, "小王", "公费红包 60 5") == ["积分不够，现在能用的是 50 分。"]


# Grabbing


async def test_a_grab_is_told_and_the_one_message_follows(rich):
    (offer,) = await rich.say("小王", "红包 60 2 均分")
    got, changed = await rich.say("小李", "抢 1")
    assert got.text == "小李 抢到 30 分 🎉"
    assert changed.message == offer.message
    assert changed.text == (
        "🧧 小王 发了 60 分的均分红包，2 个。\n已抢 1/2 个，共 30 分：小李 30。\n"
        "说「抢 1」，先到先得。"
    )
    assert changed.choices == offer.choices
    _, ended = await rich.say("小张", "抢 1")
    assert ended.message == offer.message
    assert ended.text == "🧧 1 号红包抢完了，2/2 个有人领。\n小李 30 分\n小张 30 分"
    assert ended.choices == ()


async def test_many_grabs_before_the_next_message_change_it_once(rich):
    await rich.say("小王", "红包 60 5 均分")
    for number in range(4):
        await rich.tap(f"车友{number}", "抢 1")
    (changed,) = await rich.read()
    assert "已抢 4/5 个，共 48 分：车友0 12、车友1 12、车友2 12、车友3 12。" in changed.text


@pytest.mark.parametrize("text", ["抢1", "抢 #1", "抢＃１", "抢红包 1", "/grab 1", "抢 001"])
async def test_a_grab_is_said_in_many_ways(rich, text):
    await rich.say("小王", "红包 60 1")
    assert (await texts(rich, "小李", text))[0] == "小李 抢到 60 分 🎉"


async def test_nobody_grabs_twice(rich):
    await rich.say("小王", "红包 60 5 均分")
    assert amount(await rich.tap("小李", "抢 1")) == 12
    assert await rich.tap("小李", "抢 1") == "你已经抢过了，得了 12 分。"
    assert await rich.balance("小李") == 12


async def test_a_second_account_of_the_same_person_gets_nothing_more(rich):
    await rich.join("小李")
    member = await rich.member("小李")

    async def unit(work: Work) -> None:
        await work.people.bind(Account(PLATFORM, "小李的小号"), member.id)

    await rich.store.unit(unit)
    await rich.say("小王", "红包 60 5 均分")
    assert amount(await rich.tap("小李", "抢 1")) == 12
    assert await rich.tap("小李的小号", "抢 1") == "你已经抢过了，得了 12 分。"


async def test_a_sender_may_grab_and_may_send_a_second_one(rich):
    await rich.say("小王", "红包 60 5 均分")
    await rich.say("小王", "红包 30 3 均分")
    assert amount(await rich.tap("小王", "抢 1")) == 12
    assert amount(await rich.tap("小王", "抢 2")) == 10
    assert await look(rich, 1) == (EnvelopeState.OPEN, 48)
    assert await look(rich, 2) == (EnvelopeState.OPEN, 20)


async def test_who_is_too_late_is_told(rich):
    await rich.say("小王", "红包 60 1")
    await rich.tap("小李", "抢 1")
    assert await rich.tap("小张", "抢 1") == "手慢了，1 号红包已经抢完。"
    assert await rich.tap("小李", "抢 1") == "你已经抢过了，得了 60 分。"


@pytest.mark.parametrize("number", ["2", "0", "99999999999999999999"])
async def test_an_envelope_that_never_was_is_not_grabbed(rich, number):
    await rich.say("小王", "红包 60 5")
    assert "号红包。" in await rich.tap("小李", f"抢 {number}")
    assert await look(rich) == (EnvelopeState.OPEN, 60)


async def test_another_clubs_envelope_is_not_grabbed(rich):
    await rich.say("小王", "红包 60 5")
    await rich.say("小王", "建会 二会", chat="another")
    assert await rich.tap("小李", "抢 1", chat="another") == "没有 1 号红包。"


async def test_from_a_linked_group_the_message_in_the_first_one_is_changed(rich):
    (code,) = await texts(rich, "小王", "关联码")
    await rich.say("小李", f"关联 {code.split('：')[1].split('，')[0]}", chat="another")
    (offer,) = await rich.say("小王", "红包 60 1")
    heard = await rich.say("小李", "抢 1", chat="another")
    changed = next(each for each in heard if each.message == offer.message)
    assert changed.text.startswith("🧧 1 号红包抢完了")
    assert [each.text for each in heard if each is not changed] == ["小李 抢到 60 分 🎉"]


async def test_hundreds_grab_at_once_and_all_is_right(rich):
    await rich.say("小王", "红包 500 100")
    names = [f"车友{number}" for number in range(300)]
    shown = await asyncio.gather(*(rich.tap(name, "抢 1") for name in names for _ in range(2)))
    got = [amount(text) for text in shown if "抢到" in text]
    assert len(got) == 100
    assert sum(got) == 500
    assert sum("手慢了" in text for text in shown) == 400
    assert sum("已经抢过" in text for text in shown) == 100
    assert await look(rich) == (EnvelopeState.EMPTY, 0)
    (ended,) = await rich.read()
    assert "100/100 个有人领" in ended.text


# The end


async def grabbed_by(room: Room, *names: str) -> Heard:
    """Everybody grabs in turn; the message as it stands then."""
    for name in names:
        await room.tap(name, "抢 1")
    return (await room.read())[-1]


async def test_the_luckiest_is_named_and_on_a_tie_the_earlier_is(rich):
    await rich.say("小王", "红包 3 2")  # 1 and 2, in some order
    ended = await grabbed_by(rich, "甲", "乙")
    rows = dict(line.split(" ", 1) for line in ended.text.splitlines()[1:3])
    assert sorted(rows.values()) == ["1 分", "2 分 🏆手气最佳"]
    await rich.say("小王", "红包 2 2")  # 1 and 1
    await rich.tap("丙", "抢 2")
    await rich.tap("丁", "抢 2")
    (ended,) = await rich.read()
    assert ended.text.splitlines()[1:3] == ["丙 1 分 🏆手气最佳", "丁 1 分"]


@pytest.mark.parametrize("words", ["60 2 均分", "60 1"])
async def test_where_there_was_no_luck_nobody_is_luckiest(rich, words):
    await rich.say("小王", f"红包 {words}")
    assert "手气最佳" not in (await grabbed_by(rich, "甲", "乙")).text


async def test_a_long_list_is_cut_but_the_luckiest_is_always_named(rich):
    for _ in range(5):  # each time the luck falls somewhere else
        await rich.say("小王", "红包 200 60")
    for number in range(1, 6):
        for name in range(60):
            await rich.tap(f"车友{name}", f"抢 {number}")
    for ended in await rich.read():
        rows = [line for line in ended.text.splitlines() if line.startswith("车友")]
        assert TAKERS_SHOWN_MAX <= len(rows) <= TAKERS_SHOWN_MAX + 1
        assert sum("手气最佳" in row for row in rows) == 1
        assert ended.text.splitlines()[-3] == f"还有 {60 - len(rows)} 位……"


async def test_what_nobody_took_goes_back_after_a_day(rich):
    (offer,) = await rich.say("小王", "红包 60 5 均分")
    await rich.tap("小李", "抢 1")
    await rich.read()
    rich.clock.move(LIFETIME - 1)
    assert await rich.sweep() == []
    rich.clock.move(1)
    (ended,) = await rich.sweep()
    assert ended.message == offer.message
    assert ended.choices == ()
    assert ended.text == (
        "🧧 1 号红包到期了，1/5 个有人领。\n小李 12 分\n剩下的 48 分退回给发红包的人。"
    )
    assert await rich.balance("小王") == 988
    assert await look(rich) == (EnvelopeState.EXPIRED, 0)
    assert await rich.sweep() == []


async def test_an_envelope_nobody_touched_goes_back_whole(rich):
    await rich.say("小王", "红包 60 5")
    rich.clock.move(LIFETIME)
    (ended,) = await rich.sweep()
    assert ended.text == "🧧 1 号红包到期了，0/5 个有人领。\n剩下的 60 分退回给发红包的人。"
    assert await rich.balance("小王") == 1000


async def test_what_the_pool_paid_goes_back_to_the_pool(room):
    await room.say("小王", "公费红包 60 5")
    room.clock.move(LIFETIME)
    (ended,) = await room.sweep()
    assert ended.text.endswith("剩下的 60 分退回资金池。")
    assert (await texts(room, "小王", "资金池"))[0].startswith("资金池还有 2000 分。")


async def test_what_a_forgotten_payer_left_goes_to_the_pool(rich):
    await rich.join("小李")
    await rich.give("小李", 60)
    await rich.say("小李", "红包 60 5 均分")
    await rich.tap("小王", "抢 1")
    member = await rich.member("小李")

    async def forget(work: Work) -> None:
        await rich._enter(work)
        await work.privacy.forget(member.id)

    await rich.store.unit(forget)
    rich.clock.move(LIFETIME)
    await rich.sweep()
    assert await look(rich) == (EnvelopeState.EXPIRED, 0)
    (text,) = await texts(rich, "小王", "资金池")
    assert text.splitlines()[1] == "05-02 +48"


async def test_at_the_very_tick_it_is_over(rich):
    await rich.say("小王", "红包 60 5")
    rich.clock.move(LIFETIME - 1)
    amount(await rich.tap("小李", "抢 1"))
    rich.clock.move(1)
    assert await rich.tap("小张", "抢 1") == "1 号红包已经过期，剩下的退回去了。"
    await rich.sweep()
    assert await rich.tap("小张", "抢 1") == "1 号红包已经过期，剩下的退回去了。"


async def test_a_clock_that_is_set_back_revives_nothing(rich):
    await rich.say("小王", "红包 60 5")
    rich.clock.move(LIFETIME)
    await rich.sweep()
    rich.clock.move(-2 * HOUR)
    assert "已经过期" in await rich.tap("小李", "抢 1")
    rich.clock.move(DAY)
    await rich.sweep()
    assert await rich.balance("小王") == 1000


async def test_a_clock_that_is_set_back_before_the_sweep_revives_nothing(rich):
    await rich.say("小王", "红包 60 5")
    rich.clock.move(LIFETIME)
    await rich.say("小张", "积分")
    rich.clock.move(-2 * HOUR)
    assert "已经过期" in await rich.tap("小李", "抢 1")
    await rich.sweep()
    assert await rich.balance("小王") == 1000


async def test_a_sold_out_envelope_does_not_expire(rich):
    await rich.say("小王", "红包 60 1")
    await rich.tap("小李", "抢 1")
    await rich.read()
    rich.clock.move(2 * LIFETIME)
    assert await rich.sweep() == []
    assert await rich.balance("小李") == 60


async def test_the_last_grab_and_the_expiry_meet_and_one_of_them_wins(rich):
    for _ in range(10):
        await rich.say("小王", "红包 6 1")
    rich.clock.move(LIFETIME)
    grabs = [rich.tap("小李", f"抢 {number}") for number in range(1, 11)]
    await asyncio.gather(rich.sweeper.sweep(), *grabs)
    assert await rich.balance("小王") + await rich.balance("小李") == 1000


async def test_a_restart_in_the_middle_changes_nothing(rich, clock):
    (offer,) = await rich.say("小王", "红包 60 3 均分")
    await rich.tap("甲", "抢 1", event_id="first")
    path = rich.store.path
    await rich.store.close()
    again = Room(SqliteStore(path, pretend_world(7, clock)), pretend_world(7, clock), clock)
    again._events = rich._events
    assert amount(await again.tap("甲", "抢 1", event_id="first")) == 20
    assert await again.tap("甲", "抢 1") == "你已经抢过了，得了 20 分。"
    assert amount(await again.tap("乙", "抢 1")) == 20
    changed = (await again.read())[-1]
    assert changed.message == offer.message
    assert "已抢 2/3 个，共 40 分：甲 20、乙 20。" in changed.text
    clock.move(LIFETIME)
    (ended,) = await again.sweep()
    assert ended.text.endswith("剩下的 20 分退回给发红包的人。")
    assert await again.balance("小王") == 960
    await again.store.close()


async def test_whatever_happens_no_points_are_made_or_lost(rich):
    before = await total(rich)
    await rich.say("小王", "红包 100 7")
    await rich.say("小王", "公费红包 100 3 均分")
    for number in range(5):
        await rich.tap(f"车友{number}", "抢 1")
        await rich.tap(f"车友{number}", "抢 2")
    rich.clock.move(LIFETIME)
    await rich.sweep()
    assert await total(rich) == before


async def total(room: Room) -> int:
    """All that the club's members and its pool have."""

    async def read(work: Work) -> int:
        await room._enter(work)
        accounts = [ledger.POOL]
        for name in ("小王", *(f"车友{number}" for number in range(5))):
            person = await work.people.person(Account(PLATFORM, name))
            accounts += [ledger.wallet(person)] if person else []
        return sum([(await work.ledger.balance(account)).posted for account in accounts])

    return await room.store.read(read)


async def test_whoever_has_a_new_name_is_shown_with_it(rich):
    await rich.say("小王", "红包 60 1")
    await rich.dispatch.answer(replace(rich.event("小李", "抢 1", kind="tap"), name="李哥"))
    (ended,) = await rich.read()
    assert "李哥 60 分" in ended.text


async def test_in_english_it_is_all_english(rich):
    await rich.say("小王", "设置 语言 English")
    (offer,) = await rich.say("小王", "/hongbao 60 2 equal")
    assert offer.text == (
        "🧧 小王 sent an equal envelope of 60 points, 2 pieces.\n"
        'Say "/grab 1", first come, first served.'
    )
    assert await rich.tap("小李", "抢 1") == "小李 got 30 points 🎉"
    ended, _ = await rich.say("小张", "/grab 1")
    assert ended.text == "🧧 Envelope 1 is empty, 2/2 taken.\n小李 30 points\n小张 30 points"


async def test_the_newest_envelope_is_grabbed_without_its_number(room):
    await room.give("小王", 100)
    assert await room.say("小李", "抢") == []
    await room.say("小王", "红包 20 2")
    await room.say("小王", "红包 30 2")
    assert "抢到" in (await room.say("小李", "抢"))[0].text
    assert "抢到" in (await room.say("小李", "抢红包"))[0].text
    assert "你已经抢过了" in (await room.say("小李", "抢"))[0].text
    assert [await taken(room, number) for number in (1, 2)] == [1, 1]


async def test_a_sum_alone_is_asked_for_its_pieces(room):
    await room.give("小王", 100)
    assert [each.text for each in await room.say("小王", "红包 60")] == [
        "分成几个？比如「红包 60 5」。"
    ]
    assert await room.balance("小王") == 100


async def taken(room, number):
    async def look(work):
        chat = await work.people.chat("pretend", "group")
        work.enter(chat.club)
        return (await work.envelopes.envelope(number)).taken

    return await room.store.read(look)
