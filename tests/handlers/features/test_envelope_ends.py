"""How envelopes end besides being empty or expired; relays, statements and proofs."""

import json

import pytest

from rewards import envelope as rules
from rewards import ledger, luck
from storage.model import SECOND, EnvelopeState, Role
from storage.store import Work
from tests.handlers.features.test_envelope_kinds import got, linked, look, texts
from tests.support.room import Room


@pytest.fixture
async def rich(room: Room) -> Room:
    await room.give("小王", 1000)
    return room


# 撤回


async def test_who_sent_it_may_call_it_back_while_it_is_untouched(rich):
    (offer,) = await rich.say("小王", "红包 60 5")
    answer, ended = await rich.say("小王", "撤回红包 1")
    assert answer.text == "1 号红包撤回了，分都退回去了。"
    assert ended.message == offer.message
    assert ended.text == "🧧 1 号红包撤回了。\n剩下的 60 分退回给发红包的人。"
    assert ended.choices == ()
    assert await rich.balance("小王") == 1000
    assert await rich.tap("小李", "抢 1") == "1 号红包撤回了，分都退回去了。"
    rich.clock.move(rules.LIFETIME)
    assert await rich.sweep() == []
    assert await rich.balance("小王") == 1000


@pytest.mark.parametrize("words", ["60 2 均分", "60 2 摇号"])
async def test_what_was_touched_is_not_called_back(rich, words):
    await rich.say("小王", f"红包 {words}")
    await rich.tap("小李", "抢 1")
    await rich.read()
    assert await texts(rich, "小王", "撤回红包 1") == ["1 号红包已经有人领了，不能撤回。"]
    assert (await look(rich))[0].state == EnvelopeState.OPEN


async def test_nobody_calls_back_what_is_not_theirs(rich):
    await rich.say("小王", "红包 60 2")
    assert await texts(rich, "小李", "撤回红包 1") == ["1 号红包不是你发的，不能撤回。"]
    await rich.say("小王", "公费红包 60 2")
    await rich.promote("小李", Role.CO_LEADER)
    assert (await texts(rich, "小李", "撤回红包 2"))[0] == "2 号红包撤回了，分都退回去了。"
    assert (await texts(rich, "小李", "撤回红包 2"))[0] == "2 号红包撤回了，分都退回去了。"
    assert await texts(rich, "小李", "撤回红包 9") == ["没有 9 号红包。"]


# The chat is gone


async def test_when_the_chat_is_gone_the_rest_goes_back_and_the_payer_is_told(rich):
    await rich.say("小王", "红包 60 2 均分")
    await rich.say("小王", "公费红包 60 2 均分")
    await rich.tap("小李", "抢 1")
    await rich.read()
    heard = await rich.say("小王", "", kind="removed")
    assert [(each.text, each.to) for each in heard] == [
        ("我不在那个群里了，你的 1 号红包就此结束，剩下的 30 分退回给你了。", "小王")
    ]
    assert await rich.balance("小王") == 970
    assert [(await look(rich, n))[0].state for n in (1, 2)] == [EnvelopeState.GONE] * 2
    assert [(await look(rich, n))[1] for n in (1, 2)] == [0, 0]
    assert "不在了" in await rich.tap("小张", "抢 1")


async def test_what_stands_elsewhere_too_goes_on(rich):
    await linked(rich)
    await rich.say("小王", "红包 60 2 均分 全部群")
    await rich.say("小王", "", kind="removed")
    assert got(await rich.tap("小李", "抢 1", chat="another")) == 30


async def test_many_that_go_on_elsewhere_do_not_keep_others_from_ending(rich):
    await linked(rich)
    await rich.say("小王", "红包 60 2")
    for _ in range(25):
        await rich.say("小王", "红包 2 2 全部群")
    await rich.say("小王", "", kind="removed")
    assert (await look(rich))[0].state == EnvelopeState.GONE
    assert (await look(rich, 2))[0].state == EnvelopeState.OPEN
    assert await rich.balance("小王") == 950


# 接力


async def lucky_evening(room: Room) -> tuple[str, int]:
    """An envelope that two took: who was luckiest, and how lucky."""
    await room.say("小王", "红包 50 2")
    amounts = {name: got(await room.tap(name, "抢 1")) for name in ("甲", "乙")}
    return max(amounts.items(), key=lambda each: each[1])


async def test_the_luckiest_may_pass_the_luck_on_once(rich):
    best, points = await lucky_evening(rich)
    (ended,) = await rich.read()
    assert [(choice.label, choice.says) for choice in ended.choices] == [
        (f"接力：手气最佳发 {points} 分 2 个", "接力 1")
    ]
    other = "乙" if best == "甲" else "甲"
    assert await rich.tap(other, "接力 1") == "只有 1 号红包的手气最佳可以接力，全凭自愿。"
    await rich.tap(best, "接力 1")
    changed = await rich.read()
    assert any(f"{best} 发了 {points} 分的拼手气红包，2 个。" in each.text for each in changed)
    first = next(each for each in changed if each.message == ended.message)
    assert "手气最佳接力发了 2 号红包。" in first.text
    assert first.choices == ()
    assert await rich.tap(best, "接力 1") == "已经接力过了，是 2 号红包。"
    assert await rich.balance(best) == 0


async def test_who_has_spent_it_cannot_pass_it_on(rich):
    best, points = await lucky_evening(rich)
    await rich.say(best, f"捐分 {points}")
    assert "积分不够" in await rich.tap(best, "接力 1")
    assert (await look(rich))[0].relay == 0


@pytest.mark.parametrize("words", ["50 2 均分", "50 3", "50 1"])
async def test_without_luck_and_an_end_nobody_passes_it_on(rich, words):
    await rich.say("小王", f"红包 {words}")
    for name in ("甲", "乙"):
        await rich.tap(name, "抢 1")
    assert "还不能接力" in await rich.tap("甲", "接力 1")


# 红包记录


async def test_the_latest_envelopes_are_listed(rich):
    assert await texts(rich, "小李", "红包记录") == ["这里还没有发过红包。"]
    await rich.say("小王", "红包 60 2 均分")
    await rich.tap("小李", "抢 1")
    await rich.say("小王", "公费红包 30 3")
    assert await texts(rich, "小李", "红包记录") == [
        "最近的红包：\n#2 05-01 12:00 小王 30 分 0/3 进行中\n#1 05-01 12:00 小王 60 分 1/2 进行中\n"
        "细看说「红包记录 2」。"
    ]
    assert "没有 9 号红包" in (await texts(rich, "小李", "红包记录 9"))[0]


async def test_a_statement_has_everybody_in_it(rich):
    await rich.say("小王", "红包 100 30 均分")
    for n in range(30):
        await rich.tap(f"车友{n}", "抢 1")
    await rich.read()
    (heard,) = await rich.say("小李", "红包记录 1")
    assert "还有 10 位" in heard.text
    lines = heard.attachment.splitlines()
    assert lines[0] == "1. 车友0 4"
    assert len(lines) == 30


# 验证


async def test_an_open_envelope_tells_its_fingerprint_and_keeps_its_seed(rich):
    (offer,) = await texts(rich, "小王", "红包 60 5")
    await rich.tap("小李", "抢 1")
    await rich.read()
    (heard,) = await rich.say("小张", "验证 1")
    envelope, _ = await look(rich)
    fingerprint = luck.commitment(envelope.seed).hex()
    assert fingerprint in heard.text
    assert fingerprint[:32] in offer
    assert envelope.seed.hex() not in heard.text
    assert heard.attachment == ""


async def test_an_ended_envelope_is_proven(rich):
    await rich.say("小王", "红包 60 2")
    for name in ("甲", "乙"):
        await rich.tap(name, "抢 1")
    (ended,) = await rich.read()
    envelope, _ = await look(rich)
    assert f"🔓 种子 {envelope.seed.hex()}" in ended.text
    (heard,) = await rich.say("小张", "验证 1")
    assert heard.text.startswith("✅ 1 号红包验算无误")
    numbers = json.loads(heard.attachment)
    assert bytes.fromhex(numbers["seed"]) == envelope.seed
    assert numbers["amounts"] == luck.split("lucky", 60, 2, envelope.seed)


async def test_a_draw_is_proven_without_a_name_in_it(rich):
    await rich.say("小王", "红包 60 2 摇号")
    for name in ("甲", "乙", "丙"):
        await rich.tap(name, "抢 1")
    rich.clock.move(60 * SECOND)
    await rich.sweep()
    (heard,) = await rich.say("小张", "验证 1")
    assert heard.text.startswith("✅")
    numbers = json.loads(heard.attachment)
    assert len(numbers["draw"]["entries"]) == 3
    assert len(numbers["draw"]["drawn"]) == 2
    member = await rich.member("甲")
    assert member.id not in heard.attachment


async def test_a_piece_that_was_tampered_with_is_found(rich):
    await rich.say("小王", "红包 60 2")
    for name in ("甲", "乙"):
        await rich.tap(name, "抢 1")

    async def tamper(work: Work) -> None:
        work.session.write("UPDATE piece SET amount = 61 - amount")  # type: ignore[attr-defined]

    await rich.store.unit(tamper)
    assert "⚠️ 1 号红包对不上" in (await texts(rich, "小张", "验证 1"))[-1]


async def test_the_promise_is_in_the_books(rich):
    await rich.say("小王", "红包 60 2")
    envelope, _ = await look(rich)

    async def read(work: Work):
        await rich._enter(work)
        return await work.ledger.entry("env:1:send")

    entry = await rich.store.read(read)
    assert entry.posting.reason == f"{ledger.escrow(1)}:{luck.commitment(envelope.seed).hex()}"
    assert "发红包 1\n" in (await texts(rich, "小王", "明细"))[0]
