"""A person's accounts on several platforms become one member, once, and nothing is lost by it."""

import json
import re
from dataclasses import replace

import pytest

from rewards import ledger
from storage.model import DAY, HOUR, Account, Choice, Posting, Role
from tests.support.platforms import FAR, FAR_GROUP, TwoGroups, wrong_in
from tests.support.room import PLATFORM

CODE = r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}"
WRONG = "这个码不对，或者已经用过、过期了。"
FUEL = "#油耗 轩逸 百公里6.5升 开了2万公里"


@pytest.fixture
async def club(room):
    """小王 leads; 小李 is near, and far as 小李二; everything is sound at the end."""
    club = TwoGroups(room)
    await club.open()
    await room.join("小李")
    await club.say("小李二", "积分", far=True)
    yield club
    assert wrong_in(room.store.path) == []


async def points(club, name, **more):
    return (await club.balance(ledger.wallet(await club.person(name, **more))))[0]


async def kinds(club):
    return [posting.kind for posting in await club.postings()]


# The code


async def test_a_code_is_given_in_private_and_says_what_it_is(club):
    (heard,) = await club.say("小李", "账号码", private=True)
    code = re.findall(CODE, heard.text)[0]
    assert heard.to == "小李"
    assert f"账号码：{code}\n半年内有效，只能用一次" in heard.text
    assert f"「合并账号 {code}」" in heard.text
    assert "谁拿到它，就能把自己的号并成你" in heard.text


async def test_a_code_is_given_in_private_only(club):
    (heard,) = await club.say("小李", "账号码")
    assert heard.text == "这件事请私聊我说。"


async def test_only_a_digest_of_it_is_kept(club, room):
    code = await club.code("小李")
    files = [file.read_bytes() for file in room.store.path.parent.iterdir() if file.is_file()]
    with_code = [code.encode() in content for content in files]
    # What waited to be sent is overwritten; only the log still holds it until it is emptied.
    assert with_code.count(True) <= 1
    await room.store.close()
    assert code.encode() not in room.store.path.read_bytes()


async def test_a_new_code_replaces_the_one_before(club):
    before, now = await club.code("小李"), await club.code("小李")
    assert await club.told("小李二", f"合并账号 {before}", far=True) == WRONG
    assert "确认" in await club.told("小李二", f"合并账号 {now}", far=True)


async def test_a_code_is_good_for_half_a_year(club, room):
    code = await club.code("小李")
    room.clock.move(180 * DAY - 1)
    assert "确认合并" in await club.told("小李二", f"合并账号 {code}", far=True)
    room.clock.move(1)
    assert await club.told("小李二", f"确认合并 {code}", far=True) == WRONG
    assert "join" not in await kinds(club)


@pytest.mark.parametrize("word", ["合并账号", "确认合并", "/join", "/joinconfirm"])
async def test_a_wrong_code_changes_nothing(club, word):
    await club.code("小李")
    assert await club.told("小李二", f"{word} 22222-22222", far=True) == WRONG
    assert await club.person("小李") != await club.person("小李二", far=True)


@pytest.mark.parametrize("word", ["合并账号", "确认合并"])
async def test_ones_own_code_joins_nobody(club, word):
    code = await club.code("小李")
    assert (await club.told("小李", f"{word} {code}")).startswith("这是你自己的码")
    assert "确认合并" in await club.told("小李二", f"合并账号 {code}", far=True)  # it is still good


@pytest.mark.parametrize("word", ["合并账号", "确认合并"])
async def test_a_code_said_in_a_group_is_burnt_and_its_owner_is_told(club, word):
    code = await club.code("小李")
    heard = await club.say("小李二", f"{word} {code}", far=True)
    assert [(each.to, each.text[:20]) for each in heard] == [
        ("小李", "你的账号码在群里露了面，已经作废。还要用"[:20]),
        ("", "这件事请私聊我说。这个码大家都看见了，已"[:20]),
    ]
    assert await club.told("小李二", f"合并账号 {code}", far=True) == WRONG
    assert await club.person("小李") != await club.person("小李二", far=True)


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", "")])
async def test_how_a_code_is_typed_does_not_matter(club, typed):
    code = await club.code("小李")
    assert "小李" in await club.told("小李二", f"合并账号 {typed(code)}", far=True)


# Who is asked


async def test_who_is_joined_is_told_before_anything_happens(club):
    await club.give("小李", 120)
    await club.give("小李二", 30, far=True)
    code = await club.code("小李")
    (heard,) = await club.say("小李二", f"合并账号 {code}", far=True, private=True)
    assert "你这个号（小李二，30 分）就并进「小李」（120 分）" in heard.text
    assert "并了就分不开" in heard.text
    assert heard.choices == (Choice("确认合并", f"确认合并 {code}"),)
    assert (await points(club, "小李"), await points(club, "小李二", far=True)) == (120, 30)


async def test_confirmed_it_is_done_once(club):
    await club.give("小李", 120)
    await club.give("小李二", 30, far=True)
    kept = await club.person("小李")
    assert await club.join("小李", "小李二") == "合并好了：你现在是「小李」，一共 150 分。"
    assert await club.person("小李二", far=True) == kept
    assert await points(club, "小李") == 150
    assert (await kinds(club)).count("join") == 1


async def test_the_same_event_again_changes_nothing_and_is_answered_alike(club):
    await club.give("小李二", 30, far=True)
    code = await club.code("小李")
    said = {"far": True, "private": True, "event_id": "same"}
    first = await club.answer("小李二", f"确认合并 {code}", **said)
    await club.read()
    before = await club.postings()
    again = await club.answer("小李二", f"确认合并 {code}", **said)
    assert (again.replies, again.tap, again.repeated) == (first.replies, first.tap, True)
    assert await club.postings() == before
    assert await club.told("小李二", f"确认合并 {code}", far=True) == WRONG


async def test_a_pressed_button_does_it_too(club):
    code = await club.code("小李")
    await club.answer("小李二", f"确认合并 {code}", kind="tap", far=True, private=True)
    (told,) = [each for each in await club.read() if each.to == "小李二"]
    assert told.text == "合并好了：你现在是「小李」，一共 0 分。"


async def test_the_other_accounts_are_told(club):
    code = await club.code("小李")
    heard = await club.say("小李二", f"确认合并 {code}", far=True, private=True)
    assert [each.text for each in heard if each.to == "小李"] == [
        "「小李」的账号码刚刚用掉了，多了一个号。不是你用的话，请马上告诉会长。"
    ]


async def test_an_account_nobody_has_seen_is_simply_the_members(club, room):
    """A new WeChat id after a new login, writing in private."""
    await club.give("小李", 120)
    kept, code = await club.person("小李"), await club.code("小李")
    told = await club.told("新号", f"合并账号 {code}", far=True)
    assert told == "好了，这个号现在也是「小李」，一共 120 分。"
    assert await club.person("新号", far=True) == kept
    assert "小李，你有 120 分。" in await club.told("新号", "积分", far=True)
    assert "join" not in await kinds(club)
    assert await club.told("又一号", f"合并账号 {code}", far=True) == WRONG


async def test_who_is_called_otherwise_on_each_platform_is_not_renamed_at_each_word(club):
    await club.say("小李", "积分")
    await club.say("小李二", "积分", far=True)
    code = await club.code("小李")
    await club.say("小李二", f"确认合并 {code}", far=True, private=True)
    for _ in range(2):
        heard = await club.say("小李二", "积分", far=True)
        assert heard[-1].text.startswith("小李，")
        heard = await club.say("小李", "积分")
        assert heard[-1].text.startswith("小李，")
    # A name that is new at its own platform is the one to be called by.
    renamed = club.room.event("小李二", "积分", platform=FAR, chat=FAR_GROUP)
    await club.room.dispatch.answer(replace(renamed, name="李哥"))
    assert (await club.read())[-1].text.startswith("李哥，")
    heard = await club.say("小李", "积分")
    assert heard[-1].text.startswith("李哥，")


async def test_two_ways_at_once_are_one_way(club):
    mine, theirs = await club.code("小李"), await club.code("小李二", far=True)
    await club.answer("小李二", f"确认合并 {mine}", far=True, private=True)
    await club.answer("小李", f"确认合并 {theirs}", private=True)
    heard = [each.text for each in await club.read()]
    assert WRONG in heard
    assert await club.person("小李") == await club.person("小李二", far=True)


async def test_three_accounts_in_a_chain_are_one(club):
    await club.give("小李", 5)
    await club.give("小李二", 7, far=True)
    await club.give("小李三", 9)
    first = await club.person("小李")
    await club.join("小李二", "小李", near=False, far=False)
    await club.join("小李三", "小李二")
    kept = await club.person("小李三")
    assert {kept} == {await club.person("小李"), await club.person("小李二", far=True)}
    assert await points(club, "小李三") == 21
    former = await club.look(lambda work: work.joining.former(kept))
    assert first in former
    assert len(former) == 2
    assert await club.look(lambda work: work.joining.survivor(first)) == kept
    assert (await club.look(lambda work: work.people.member(first))).id == kept


# Points in every club


async def test_points_move_in_every_club_and_are_shown_as_one(club):
    await club.give("小李", 100)
    await club.give("小李二", 20, far=True)
    second = await club.found_another_club("小李", "小李二")
    other = await club.person("小李二", far=True)

    async def unit(work):
        work.enter(second.id)
        await work.ledger.post(ledger.mint("test", "0", 40))
        await work.ledger.post(ledger.reward("test", "0", ledger.wallet(other), 40, "club", "0"))

    await club.room.store.unit(unit)
    await club.join("小李", "小李二")
    told = await club.told("小李", "我的数据")
    assert "账号 2 个" in told
    assert re.search("车友会：车友会（.*），120 分", told)
    assert "车友会：二会（小李），40 分" in told
    assert (await kinds(club)).count("join") == 2
    assert await points(club, "小李") == 120


async def test_a_statement_holds_the_movements_of_both(club):
    await club.give("小李", 100)
    await club.give("小李二", 20, far=True)
    await club.say("小李", "送分 小李二 10")
    await club.say("小李二", "捐分 5", far=True)
    await club.join("小李", "小李二")
    told = await club.told("小李", "明细")
    assert told.splitlines()[0] == "小李，现有 115 分。最近的变动："
    rows = [re.sub(r"^\d\d-\d\d ", "", line) for line in told.splitlines()[1:]]
    assert rows[:3] == ["+0 两个账号合并", "-5 捐给资金池", "+0 送给 小李"]
    assert sum(int(row.split()[0]) for row in rows) == 115
    (heard,) = await club.say("小李", "导出我的", private=True)
    data = json.loads(heard.attachment)
    (moved,) = data["clubs"].values()
    assert sum(row["points"] for row in moved["points"]) == moved["balance"] == 115
    assert data["former_names"] == ["小李二"]


async def test_points_that_are_on_hold_stop_it(club):
    await club.give("小李二", 20, far=True)
    other = await club.person("小李二", far=True)

    async def unit(work):
        await club.room._enter(work)
        await work.ledger.post(
            Posting("hold", "gift", f"member:{other}", "pool", 5, other, phase="pending")
        )

    await club.room.store.unit(unit)
    assert (await club.join("小李", "小李二")).startswith("还有 5 分暂时冻结着")
    assert await club.person("小李") != other
    assert await points(club, "小李二", far=True) == 20


# A double grab


async def everywhere(club, words):
    """小王 sends something that stands in both groups."""
    await club.give("小王", 100)
    await club.say("小王", f"{words} 全部群")


async def piece_of(club, number, name, **more):
    person = await club.person(name, **more)
    return await club.look(lambda work: work.envelopes.piece_of(number, person))


async def test_of_an_open_envelope_the_later_piece_goes_back_to_the_payer(club):
    await everywhere(club, "红包 60 3 均分")
    await club.say("小李", "抢 1")
    await club.say("小李二", "抢 1", far=True)
    payer = await points(club, "小王")
    told = await club.join("小李", "小李二")
    assert (
        told
        == "合并好了：你现在是「小李」，一共 20 分。两个号都领过的红包有 1 份，后领的退回去了。"
    )
    assert (await piece_of(club, 1, "小李")).place == 0
    assert await points(club, "小王") == payer + 20
    assert await club.balance("env:1") == (20, 0)
    reversed_ = [each for each in await club.postings() if each.kind == "reverse"]
    assert [(each.amount, each.target) for each in reversed_] == [(20, "env:1")]
    for name, far in (("小李", False), ("小李二", True)):
        (had,) = [e for e in await club.say(name, "抢 1", far=far) if "抢过" in e.text]
        assert had.text == "你已经抢过了，得了 20 分。"


async def test_what_is_left_of_it_is_taken_by_others_and_it_ends_as_ever(club, room):
    await everywhere(club, "红包 60 4 均分")
    await club.say("小李", "抢 1")
    await club.say("小李二", "抢 1", far=True)
    await club.join("小李", "小李二")
    await room.join("小张")
    await club.say("小张", "抢 1")
    room.clock.move(DAY)
    await room.sweeper.sweep()
    heard = "\n".join(each.text for each in await club.read())
    assert "2/4 个有人领" in heard
    assert "剩下的 30 分退回给发红包的人" in heard
    assert await club.balance("env:1") == (0, 0)
    assert await points(club, "小王") == 70
    (record,) = await club.say("小王", "红包记录 1")
    assert record.text.count("小李") == 1


async def test_of_an_envelope_that_is_over_it_goes_back_too(club):
    await everywhere(club, "红包 60 2")
    await club.say("小李二", "抢 1", far=True)
    await club.say("小李", "抢 1")
    later = (await piece_of(club, 1, "小李")).amount
    before = await points(club, "小王")
    await club.join("小李", "小李二")
    assert await points(club, "小李") == 60 - later
    assert await points(club, "小王") == before + later
    (proof,) = await club.say("小王", "验证 1")
    assert proof.text.startswith("✅")


async def test_an_envelope_of_the_pool_goes_back_to_the_pool(club):
    await club.say("小王", "公费红包 60 2 均分 全部群")
    pool = (await club.balance("pool"))[0]
    await club.say("小李", "抢 1")
    await club.say("小李二", "抢 1", far=True)
    await club.join("小李", "小李二")
    assert (await club.balance("pool"))[0] == pool + 30


async def test_what_a_forgotten_payer_would_get_goes_to_the_pool(club):
    await club.give("小张", 60)
    await club.room.promote("小张", Role.CO_LEADER)
    await club.say("小张", "红包 60 2 均分 全部群")
    await club.say("小李", "抢 1")
    await club.say("小李二", "抢 1", far=True)
    await club.say("小张", "确认忘记")
    pool = (await club.balance("pool"))[0]
    await club.join("小李", "小李二")
    assert (await club.balance("pool"))[0] == pool + 30


async def test_what_one_sent_oneself_comes_back_to_oneself(club):
    await club.give("小李二", 60, far=True)
    await club.say("小李二", "红包 60 3 均分", far=True)
    await club.say("小李二", "抢 1", far=True)
    await club.join("小李", "小李二")
    assert await points(club, "小李") == 20
    (had,) = await club.say("小李二", "抢 1", far=True)
    assert had.text == "你已经抢过了，得了 20 分。"
    club.room.clock.move(DAY)
    await club.room.sweeper.sweep()
    assert await club.balance("env:1") == (0, 0)
    assert await points(club, "小李") == 60


async def test_who_has_spent_it_owes_it_and_repays_it_first(club):
    await everywhere(club, "红包 60 2 均分")
    await club.say("小李", "抢 1")
    await club.say("小李二", "抢 1", far=True)
    await club.say("小李", "捐分 30")
    await club.say("小李二", "捐分 25", far=True)
    told = await club.join("小李", "小李二")
    assert "一共 0 分" in told
    assert "还欠 25 分" in told
    kept = await club.person("小李")
    assert await club.balance(f"owed:{kept}") == (-25, 0)
    assert "还欠 25 分，以后得的先补上" in await club.told("小李", "积分")
    await club.say("小王", "送分 小李 10")
    assert await club.balance(f"owed:{kept}") == (-15, 0)
    await club.say("小李", FUEL)
    assert await club.balance(f"owed:{kept}") == (-5, 0)
    await club.say("小王", "奖励 小李 20")
    assert await club.balance(f"owed:{kept}") == (0, 0)
    assert await points(club, "小李") == 15
    statement = await club.told("小李", "明细")
    assert "-5 补上欠的" in statement
    assert "+25 先欠着，补红包 1" in statement
    assert "-30 红包 1 重复领的退回" in statement
    assert "欠" not in await club.told("小李", "积分")


async def test_what_the_former_owed_is_owed_and_repaid_out_of_what_both_have(club):
    await everywhere(club, "红包 60 2 均分")
    await club.say("小李", "抢 1")
    await club.say("小李二", "抢 1", far=True)
    await club.say("小李", "捐分 30")
    await club.say("小李二", "捐分 30", far=True)
    await club.join("小李", "小李二")
    await club.give("大李", 50)
    assert await club.join("大李", "小李", far=False) == "合并好了：你现在是「大李」，一共 20 分。"
    kept = await club.person("大李")
    assert await club.balance(f"owed:{kept}") == (0, 0)
    postings = await club.postings()
    assert [each.amount for each in postings if each.kind == "repay"] == [30]


async def test_more_than_may_be_owed_stops_it_and_nothing_is_changed(club):
    await club.give("小王", 60_000)
    await club.say("小王", "红包 60000 2 均分 全部群")
    await club.say("小李", "抢 1")
    await club.say("小李二", "抢 1", far=True)
    await club.say("小李", "捐分 30000")
    await club.say("小李二", "捐分 15000", far=True)
    before, code = await club.postings(), await club.code("小李")
    told = await club.told("小李二", f"确认合并 {code}", far=True)
    assert told.startswith("这样要欠 15000 分，最多只能欠 10000 分")
    assert await club.postings() == before
    await club.give("小李", 5_000)
    assert "还欠 10000 分" in await club.told("小李二", f"确认合并 {code}", far=True)  # still good


async def test_in_an_open_draw_the_later_place_is_left(club, room):
    await everywhere(club, "红包 60 2 均分 摇号60秒")
    await club.say("小李二", "抢 1", far=True)
    await room.join("小张")
    await club.say("小张", "抢 1")
    await club.say("小李", "抢 1")
    await club.join("小李", "小李二")
    entrants = await club.look(lambda work: work.envelopes.entrants(1))
    kept, other = await club.person("小李"), await club.person("小张")
    assert [(each.place, each.member) for each in entrants] == [(0, kept), (1, other)]
    assert (await club.look(lambda work: work.envelopes.envelope(1))).entered == 2
    room.clock.move(60_000)
    await room.sweeper.sweep()
    await club.read()
    assert (await points(club, "小李"), await points(club, "小张")) == (30, 30)


async def test_a_draw_that_is_over_keeps_its_list_and_one_prize_goes_back(club, room):
    await everywhere(club, "红包 60 2 均分 摇号60秒")
    await club.say("小李二", "抢 1", far=True)
    await club.say("小李", "抢 1")
    room.clock.move(60_000)
    await room.sweeper.sweep()
    await club.read()
    before = await club.look(lambda work: work.envelopes.entrants(1))
    await club.join("小李", "小李二")
    assert await club.look(lambda work: work.envelopes.entrants(1)) == before
    assert await points(club, "小李") == 30
    assert (await club.say("小王", "验证 1"))[0].text.startswith("✅")


async def test_named_members_senders_and_the_luckiest_are_who_they_are_now(club, room):
    await everywhere(club, "红包 60 2 给 小李二")
    await club.give("小李二", 60, far=True)
    await club.say("小李二", "红包 30 3", far=True)
    await club.join("小李", "小李二")
    assert any("抢到" in each.text for each in await club.say("小李", "抢 1"))
    said = await club.say("小李二", "撤回红包 2", far=True)
    assert "2 号红包撤回了，分都退回去了。" in [each.text for each in said]


async def test_the_luckiest_may_pass_on_by_any_account(club):
    await everywhere(club, "红包 60 2")
    await club.say("小李二", "抢 1", far=True)
    await club.say("小王", "抢 1")
    pieces = await club.look(lambda work: work.envelopes.pieces(1))
    best = max(pieces, key=lambda piece: piece.amount).member
    await club.join("小李", "小李二")
    name = "小李" if best != await club.person("小王") else "小王"
    await club.say(name, "接力 1")
    assert (await club.look(lambda work: work.envelopes.envelope(1))).relay == 2


# Everything else that is theirs


async def test_shares_are_the_members_and_are_not_paid_again(club):
    await club.say("小李二", FUEL, far=True)
    await club.join("小李", "小李二")
    share = await club.look(lambda work: work.shares.share(1))
    assert share.author == await club.person("小李")
    assert "我的分享" not in await club.told("小李", "我的分享")
    await club.say("小李", FUEL)
    assert await points(club, "小李") == 10
    await club.say("小李", "删除 #1")
    await club.say("小李二", FUEL, far=True)
    assert await points(club, "小李") == 10


async def test_level_cars_labels_and_the_tag_follow(club, room):
    await club.say("小李二", FUEL, far=True)
    await club.say("小李", "我的车 海豹")
    await club.say("小李二", "我的车 轩逸", far=True)
    await club.say("小李二", "加车 海豹", far=True)
    await club.say("小李二", "城市 杭州", far=True)
    await club.say("小王", "标签 @小李 技师")
    other = await club.member("小李二", far=True)

    async def unit(work):
        await room._enter(work)
        await work.people.put_member(replace(other, labels=("技师", "老车主"), car="轩逸"))

    await room.store.unit(unit)
    code = await club.code("小李")
    heard = await club.say("小李二", f"确认合并 {code}", far=True, private=True)
    assert sorted(each.to for each in heard if each.text == "轩逸") == ["小李", "小李二"]
    member = await club.member("小李")
    assert (member.city, member.labels, member.car) == ("杭州", ("技师", "老车主"), "轩逸")
    vehicles = await club.look(lambda work: work.garage.vehicles(member.id))
    assert [(each.number, each.series) for each in vehicles] == [(1, "海豹"), (2, "轩逸")]
    assert await club.look(lambda work: work.shares.days_shared(member.id)) == 1


async def test_the_higher_role_and_the_longer_time_stay(club, room):
    room.clock.move(HOUR)
    await room.join("新李")
    await club.join("新李", "小王", far=False)
    member = await club.member("新李")
    assert (member.role, member.joined_at) == (Role.LEADER, room.clock.now - HOUR)
    assert [each.id for each in await club.look(lambda work: work.people.leaders())] == [member.id]


async def test_a_star_by_both_is_one_persons(club):
    near, far = await club.person("小李"), await club.person("小李二", far=True)

    async def star(work):
        return [await work.stars.put(PLATFORM, "group", "m1", person) for person in (near, far)]

    assert await club.room.store.unit(star) == [1, 2]
    await club.join("小李", "小李二")

    async def again(work):
        return await work.stars.put(PLATFORM, "group", "m1", near)

    assert await club.room.store.unit(again) == 1


async def test_leaving_by_one_account_is_not_leaving(club, room):
    code = await club.code("小李")
    await club.told("新号", f"合并账号 {code}")
    await club.say("小李", "", kind="left", chat="group")
    assert (await club.member("新号")).present


# Invitations


async def come(club, name, by, *, far=False):
    await club.say(name, "", kind="joined", far=far, invitation=by)


async def later(club, days):
    club.room.clock.move(days * DAY)
    await club.room.sweeper.sweep()
    return await club.read()


async def referrals(club):
    return [
        (posting.kind, posting.target)
        for posting in await club.postings()
        if posting.kind.startswith("ref.")
    ]


async def test_what_is_pending_for_a_former_account_is_paid_to_the_member(club):
    kept, other = await club.person("小李"), await club.person("小李二", far=True)
    await come(club, "新人", other)
    await club.join("小李", "小李二")
    await club.say("新人", FUEL)
    heard = await later(club, 3)
    assert any("你请来的 新人" in each.text and each.to == "小李" for each in heard)
    newcomer = await club.person("新人")
    assert (await referrals(club))[2:] == [
        ("ref.post", f"member:{kept}"), ("ref.post", f"member:{newcomer}"),
    ]  # fmt: skip
    assert await points(club, "小李") == 20


async def test_a_newcomer_who_gets_another_account_is_paid_there(club):
    await come(club, "新人", await club.person("小王"))
    await club.say("新人", FUEL)
    club.room.clock.move(HOUR)
    await club.say("新人二", "积分", far=True)
    assert "合并好了" in await club.join("新人二", "新人", near=False, far=False)
    await later(club, 3)
    assert [kind for kind, _ in await referrals(club)] == ["ref.pend"] * 2 + ["ref.post"] * 2
    assert await points(club, "新人二", far=True) == 30


async def test_who_invited_themselves_is_not_paid(club):
    await come(club, "新人", await club.person("小李"))
    await club.say("新人", FUEL)
    await club.join("小李", "新人", far=False)
    assert [kind for kind, _ in await referrals(club)] == ["ref.pend"] * 2 + ["ref.void"] * 2
    await later(club, 3)
    assert len(await referrals(club)) == 4
    assert await points(club, "小李") == 10
    assert (await club.balance(ledger.budget("referral", "2026-05")))[1] == 0


async def test_a_newcomer_who_was_here_as_another_is_none(club):
    await come(club, "新人", await club.person("小王"))
    await club.say("新人", FUEL)
    await club.join("新人", "小李", far=False)  # whichever id stays
    await later(club, 3)
    assert [kind for kind, _ in await referrals(club)] == ["ref.pend"] * 2 + ["ref.void"] * 2


async def test_a_former_accounts_invitation_is_the_members_and_not_for_themselves(club):
    other = await club.person("小李二", far=True)
    kept = await club.person("小李")
    await club.join("小李", "小李二")
    await come(club, "新人", other)
    assert (await referrals(club))[0] == ("ref.pend", f"member:{kept}")


# Forgotten


async def test_forgetting_the_member_forgets_every_account(club, room):
    await club.give("小李", 5)
    await club.give("小李二", 7, far=True)
    await club.say("小李二", FUEL, far=True)
    await club.say("小李二", "红包 5 1", far=True)
    former = await club.person("小李二", far=True)
    await club.join("小李", "小李二")
    kept = await club.person("小李")
    await club.code("小李")
    pool = (await club.balance("pool"))[0]
    await club.told("小李二", "确认忘记", far=True)
    assert (await club.balance("pool"))[0] == pool + 17
    for account in (Account(PLATFORM, "小李"), Account(FAR, "小李二")):
        assert await club.look(lambda work, account=account: work.privacy.is_forgotten(account))
        assert await club.look(lambda work, account=account: work.people.person(account)) is None
    for member in (former, kept):
        assert await club.look(lambda work, member=member: work.people.member(member)) is None
        assert await club.look(lambda work, member=member: work.joining.survivor(member)) == member
    assert list(await club.look(lambda work: work.joining.former(kept))) == []
    await later(club, 1)
    assert await club.balance("env:1") == (0, 0)
    assert (await club.balance("pool"))[0] == pool + 22


async def test_no_answer_names_a_former_account_after_it_is_forgotten(club, room):
    await club.give("小王", 5)
    told = await club.answer("小王", "送分 小李二 5", event_id="named")
    assert "小李二" in told.replies[0].text
    await club.join("小李", "小李二")
    await club.told("小李", "确认忘记")
    again = await club.answer("小王", "送分 小李二 5", event_id="named")
    assert (again.replies, again.repeated) == ((), True)
