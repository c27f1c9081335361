"""What is kept of a person is theirs: to see, to take along, to have deleted."""

import json

from storage.model import Role
from storage.store import Work

FUEL = "#油耗 轩逸 百公里6.5升 开了2万公里"


async def test_what_is_kept_is_told_in_private(room):
    await room.say("小李", "加车 轩逸")
    await room.say("小李", FUEL)
    (heard,) = await room.say("小李", "我的数据")
    assert heard.to == "小李"
    assert heard.text == (
        "小李，我记着你的：\n账号 1 个 · 车 1 辆：轩逸\n车友会：车友会（小李），10 分\n分享 1 条\n"
        "全部拿走说「导出我的」，全部删掉说「忘记我」。"
    )


async def test_an_export_holds_everything_and_only_ones_own(room):
    await room.say("小李", "加车 轩逸")
    await room.say("小李", FUEL)
    await room.give("小李", 100)
    await room.say("小张", "#口碑 海豹 非常满意没毛病")
    (heard,) = await room.say("小李", "导出我的")
    assert heard.to == "小李"
    data = json.loads(heard.attachment)
    assert [share["text"] for share in data["shares"]] == [FUEL]
    assert data["vehicles"][0]["series"] == "轩逸"
    assert data["accounts"] == [{"platform": "pretend", "id": "小李"}]
    (club,) = data["clubs"].values()
    assert (club["name"], club["balance"]) == ("小李", 110)
    assert sorted(row["points"] for row in club["points"]) == [10, 100]
    assert "海豹" not in heard.attachment


async def test_the_car_that_was_vouched_for_is_told_and_exported(room):
    await room.join("小李")
    await room.say("小王", "标签 @小李 技师")
    await room.say("小王", "认证 @小李 海豹")
    (heard,) = await room.say("小李", "我的数据", private=True)
    assert "车友会：车友会（小李），0 分，技师、认证 海豹\n" in heard.text
    (heard,) = await room.say("小李", "导出我的", private=True)
    (club,) = json.loads(heard.attachment)["clubs"].values()
    assert (club["labels"], club["vouched_car"]) == (["技师"], "海豹")
    await room.say("小王", "取消认证 @小李")
    (heard,) = await room.say("小李", "我的数据", private=True)
    assert "认证" not in heard.text


async def test_being_forgotten_is_explained_before_it_happens(room):
    await room.give("小李", 100)
    (heard,) = await room.say("小李", "忘记我")
    assert "剩下的 100 分归车友会" in heard.text
    assert await room.balance("小李") == 100
    (choice,) = heard.choices
    assert await room.tap("小李", choice.says) == "都删掉了。祝一路平安，想回来随时再打招呼。"


async def test_what_asks_one_person_deletes_nobody_else(room):
    """The button stands in the group, and where there are none, its number is easily typed."""
    await room.give("小李", 100)
    await room.give("小王", 100)
    (heard,) = await room.say("小李", "忘记我")
    (choice,) = heard.choices
    assert await room.tap("小王", choice.says) == "这一条是问别人的，你的没有动。"
    assert await room.balance("小王") == 100
    assert await room.balance("小李") == 100


async def test_being_forgotten_leaves_points_to_the_club_and_nothing_of_the_person(room):
    await room.say("小李", "加车 轩逸")
    await room.say("小李", FUEL)
    await room.give("小李", 100)
    before = await pool(room)
    member = await room.member("小李")
    (heard,) = await room.say("小李", "确认忘记")
    assert heard.text == "都删掉了。祝一路平安，想回来随时再打招呼。"
    assert await pool(room) == before + 110

    async def look(work: Work):
        await room._enter(work)
        kept = await work.privacy.personal(member.id)
        share = await work.shares.share(1)
        return kept, share, await work.ledger.balance(f"member:{member.id}")

    kept, share, balance = await room.store.read(look)
    assert (kept.accounts, kept.names, kept.vehicles, kept.shares) == ((), {}, (), ())
    assert (share.text, share.deleted, balance.posted) == ("", True, 0)


async def test_being_forgotten_reaches_every_club(room):
    await room.give("小李", 100)
    room.owner = "小张"
    await room.say("小张", "建会 第二会", chat="another")
    await room.say("小李", FUEL, chat="another")
    await room.say("小李", "确认忘记", chat="another")
    (heard,) = await room.say("小李", "我的数据")
    assert "分享 0 条" in heard.text
    assert "，0 分" in heard.text
    assert "第二会" not in heard.text


async def test_a_second_confirmation_deletes_nothing_more(room):
    await room.give("小李", 100)
    await room.say("小李", "确认忘记", event_id="same")
    before = await pool(room)
    assert await room.say("小李", "确认忘记", event_id="same") == []
    assert await pool(room) == before


async def test_a_leader_who_is_forgotten_is_followed_by_the_co_leader(room):
    await room.promote("小李", Role.CO_LEADER)
    await room.say("小王", "确认忘记")
    assert (await room.member("小李")).role == Role.LEADER


async def pool(room):
    async def look(work: Work):
        await room._enter(work)
        return (await work.ledger.balance("pool")).posted

    return await room.store.read(look)
