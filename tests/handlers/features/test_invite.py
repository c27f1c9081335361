"""A way in of one's own, and newcomers who count by what they do."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from handlers.referral import LOOK
from rewards import ledger
from rewards.earning import REFERRAL
from rewards.referral import A_WEEK_MAX
from storage.model import (
    DAY,
    HOUR,
    Account,
    Balance,
    Consent,
    Facts,
    Posting,
    Priority,
    Reply,
    Share,
)
from storage.sqlite.audit import audit
from storage.store import Work
from tests.support.room import PLATFORM
from tests.support.world import START

FUEL = "#油耗 轩逸 百公里{}升 开了2万公里"
COUNTED = "车友会：你请来的 {} 住下来了，也分享了用车经验，你们各得 20 分。谢谢！"


@pytest.fixture
async def room(room):
    """小王 and 小李 are members, and nothing waits to be read."""
    await room.join("小李")
    return room


async def come(room, name, by="", **more):
    """Somebody joins, by a member's invitation or by none; what the group reads."""
    invitation = (await room.member(by)).id if by else ""
    return await come_with(room, name, invitation, **more)


async def come_with(room, name, invitation, **more):
    event = room.event(name, "", kind="joined", **more)
    await room.dispatch.answer(replace(event, invitation=invitation))
    return await room.read()


async def share(room, name, figure="6.5"):
    await room.say(name, FUEL.format(figure))


async def wait(room, time):
    """Let time pass; what is read meanwhile, by whom."""
    room.clock.move(time)
    return [(each.to, each.text) for each in await room.sweep()]


async def budget(room, month="2026-05"):
    async def look(work: Work) -> Balance:
        await room._enter(work)
        return await work.ledger.balance(ledger.budget("referral", month))

    return await room.store.read(look)


async def waiting(room):
    """How many newcomers are still looked at."""

    async def look(work: Work) -> int:
        return len([due for due in await work.due.ready(1_000) if due.kind == LOOK])

    room.clock.move(40 * DAY)
    count = await room.store.read(look)
    room.clock.move(-40 * DAY)
    return count


# A way in


async def test_a_member_asks_for_a_way_in_and_it_has_their_name(room):
    answer = await room.answer("小李", "邀请")
    member = await room.member("小李")
    assert answer.replies == (
        Reply("小李 的专属入口，新车友从这里进群：", to="actor", invitation=member.id),
    )
    assert (await room.answer("小李", "/invite")).replies == answer.replies


async def test_where_the_bot_may_not_invite_it_says_what_to_allow(room):
    event = replace(room.event("小李", "邀请"), lacks=("badge", "invite"))
    (reply,) = (await room.dispatch.answer(event)).replies
    assert reply.text == ("我在这个群还没有「添加成员」的权限，做不了邀请链接。请群主给我打开。")
    assert reply.invitation == ""


async def test_what_else_is_lacking_is_no_hindrance(room):
    event = replace(room.event("小李", "邀请"), lacks=("badge",))
    (reply,) = (await room.dispatch.answer(event)).replies
    assert reply.invitation


async def test_a_private_conversation_has_no_way_in(room):
    (heard,) = await room.say("小李", "邀请", private=True)
    assert heard.text == "这件事请在群里说。"


async def test_talk_about_inviting_is_left_alone(room):
    assert await room.say("小李", "邀请 大家周末去爬山") == []


# Who counts


async def test_a_newcomer_who_stays_and_shares_pays_both_and_the_inviter_is_told(room):
    await come(room, "小新", by="小李")
    assert await budget(room) == Balance(1_000, 40)
    await share(room, "小新")
    assert await wait(room, 3 * DAY) == [("小李", COUNTED.format("小新"))]
    assert (await room.balance("小李"), await room.balance("小新")) == (20, 30)
    assert await budget(room) == Balance(960, 0)
    assert await wait(room, 40 * DAY) == []
    assert (await room.balance("小李"), await room.balance("小新")) == (20, 30)


async def test_nothing_is_paid_before_it_is_looked(room):
    await come(room, "小新", by="小李")
    await share(room, "小新")
    assert await wait(room, 3 * DAY - 1) == []
    assert (await room.balance("小李"), await room.balance("小新")) == (0, 10)


async def test_who_shares_later_counts_the_day_after(room):
    await come(room, "小新", by="小李")
    assert await wait(room, 10 * DAY) == []
    await share(room, "小新")
    assert await wait(room, DAY - 1) == []
    assert await wait(room, 1) == [("小李", COUNTED.format("小新"))]


async def test_it_is_told_as_chatter_and_not_by_night(room):
    await come(room, "小新", by="小李")
    await share(room, "小新")
    assert await wait(room, 3 * DAY + 12 * HOUR) == []  # midnight
    assert await room.balance("小李") == 20
    room.clock.move(8 * HOUR)
    (heard,) = await room.read()
    assert (heard.to, heard.priority) == ("小李", Priority.CHATTER)


async def test_who_never_shares_is_given_up_after_a_month_and_the_budget_is_free(room):
    await come(room, "小新", by="小李")
    for _ in range(29):
        assert await wait(room, DAY) == []
    assert (await budget(room)).held == 40
    await wait(room, DAY)
    assert await budget(room) == Balance(1_000, 0)
    await share(room, "小新")
    assert await wait(room, 10 * DAY) == []
    assert await room.balance("小李") == 0
    assert await waiting(room) == 0


async def test_a_bot_that_slept_a_year_looks_once(room):
    await come(room, "小新", by="小李")
    await share(room, "小新")
    assert await wait(room, 365 * DAY) == [("小李", COUNTED.format("小新"))]


async def test_a_share_taken_back_before_it_is_looked_does_not_count(room):
    await come(room, "小新", by="小李")
    await share(room, "小新")
    await room.say("小新", "删除 #1")
    assert await wait(room, 3 * DAY) == []
    assert (await budget(room)).held == 40


@pytest.mark.parametrize("who", ["小李", "小新"])
@pytest.mark.parametrize("how", ["left", "forgotten"])
async def test_when_either_is_gone_both_are_freed(room, who, how):
    await come(room, "小新", by="小李")
    await share(room, "小新")
    if how == "left":
        await room.say(who, "", kind="left")
    else:
        await room.say(who, "确认忘记")
    assert await wait(room, 3 * DAY) == []
    assert await budget(room) == Balance(1_000, 0)
    assert await waiting(room) == 0


async def test_who_comes_back_in_time_counts(room):
    await come(room, "小新", by="小李")
    await share(room, "小新")
    await room.say("小新", "", kind="left")
    room.clock.move(DAY)
    await come(room, "小新", by="小李")
    assert await wait(room, 2 * DAY) == [("小李", COUNTED.format("小新"))]
    assert await budget(room) == Balance(960, 0)


async def test_what_falls_due_in_the_next_month_is_paid_by_the_month_it_began_in(room):
    room.clock.move(30 * DAY)  # 31 May
    await come(room, "小新", by="小李")
    await share(room, "小新")
    await wait(room, 3 * DAY)
    assert await budget(room) == Balance(960, 0)
    assert await budget(room, "2026-06") == Balance()


async def test_the_newcomers_newcomers_are_nothing_to_the_first(room):
    await come(room, "小新", by="小李")
    await share(room, "小新")
    await come(room, "小小", by="小新")
    await share(room, "小小", "7.1")
    told = await wait(room, 3 * DAY)
    assert sorted(told) == [("小新", COUNTED.format("小小")), ("小李", COUNTED.format("小新"))]
    assert await room.balance("小李") == 20
    assert await room.balance("小新") == 10 + 20 + 20


# Who does not


async def test_who_came_by_no_invitation_is_nobodys(room):
    await come(room, "小新")
    assert await budget(room) == Balance()


async def test_who_was_known_to_the_club_is_no_newcomer(room):
    await room.join("小张")
    await room.say("小张", "", kind="left")
    await come(room, "小张", by="小李")
    assert await budget(room) == Balance()


async def test_leaving_unseen_and_coming_back_by_a_link_makes_no_newcomer(room):
    """They were there before the bot was; their leaving is the first it sees of them."""
    await room.say("小张", "", kind="left")
    await come(room, "小张", by="小李")
    assert await budget(room) == Balance()


async def test_a_coming_that_is_told_twice_counts_when_the_second_names_the_invitation(room):
    await room.join("小李")
    await room.say("小张", "", kind="joined")
    await come(room, "小张", by="小李")
    await come(room, "小张", by="小李")
    assert (await budget(room)).held == 2 * REFERRAL.points


async def test_nobody_counts_for_themselves(room):
    await room.say("小李", "", kind="left")
    await come(room, "小李", by="小李")
    assert await budget(room) == Balance()


async def test_nor_does_who_comes_from_another_club_with_their_own_name(room):
    room.owner = "小外"
    await room.say("小外", "建会 第二会", chat="another")
    await come_with(room, "小外", await id_of(room, "小外"))
    assert await budget(room) == Balance()


async def test_who_comes_from_another_club_is_new_to_this_one(room):
    room.owner = "小外"
    await room.say("小外", "建会 第二会", chat="another")
    await come(room, "小外", by="小李")
    assert (await budget(room)).held == 40


async def test_who_asked_to_be_forgotten_never_counts_again(room):
    await come(room, "小新", by="小李")
    await room.say("小新", "确认忘记")
    await wait(room, 3 * DAY)
    await come(room, "小新", by="小李")
    assert await budget(room) == Balance(1_000, 0)


async def test_who_wrote_in_the_imported_history_is_no_newcomer(room):
    async def unit(work: Work) -> None:
        await room._enter(work)
        await work.people.bind(Account(PLATFORM, "老张"), "old")
        number = await work.next_number("share")
        old = Share(number, "old", "油耗", "省", Facts(), b"", PLATFORM, "group", "m", START)
        await work.shares.add(replace(old, consent=Consent.NONE))

    await room.store.unit(unit)
    await come(room, "老张", by="小李")
    assert await budget(room) == Balance()


@pytest.mark.parametrize("invitation", ["nobody", "小李", ""])
async def test_an_invitation_of_nobody_here_is_none(room, invitation):
    await come_with(room, "小新", invitation)
    assert await budget(room) == Balance()


async def test_an_invitation_of_who_has_left_is_none(room):
    member = await room.member("小李")
    await room.say("小李", "", kind="left")
    await come_with(room, "小新", member.id)
    assert await budget(room) == Balance()


async def test_an_invitation_leads_into_its_own_club(room):
    member = await room.member("小李")
    room.owner = "小张"
    await room.say("小张", "建会 第二会", chat="another")
    await come_with(room, "小新", member.id, chat="another")
    assert await waiting(room) == 0


# Once, and within limits


async def test_a_repeated_delivery_counts_once(room):
    for _ in range(2):
        await come(room, "小新", by="小李", event_id="same")
    assert await budget(room) == Balance(1_000, 40)


async def test_a_second_link_and_coming_again_count_once(room):
    await come(room, "小新", by="小李")
    await come(room, "小新", by="小王")
    await room.say("小新", "", kind="left")
    await come(room, "小新", by="小王")
    assert await budget(room) == Balance(1_000, 40)
    await share(room, "小新")
    assert await wait(room, 3 * DAY) == [("小李", COUNTED.format("小新"))]
    assert await room.balance("小王") == 0


async def test_five_newcomers_count_for_a_member_in_a_week(room):
    for number in range(A_WEEK_MAX + 1):
        await come(room, f"小新{number}", by="小李")
    assert (await budget(room)).held == A_WEEK_MAX * 40
    await come(room, "别人的", by="小王")
    assert (await budget(room)).held == (A_WEEK_MAX + 1) * 40
    room.clock.move(2 * DAY + 12 * HOUR)  # Monday, 00:00
    await come(room, "下周的", by="小李")
    assert (await budget(room)).held == (A_WEEK_MAX + 2) * 40


async def test_ones_own_coming_is_none_of_the_five(room):
    await come(room, "小新", by="小李")
    for number in range(A_WEEK_MAX + 1):
        await come(room, f"小小{number}", by="小新")
    assert (await budget(room)).held == (A_WEEK_MAX + 1) * 40


async def test_ones_own_coming_a_week_ago_takes_nothing_off_the_count(room):
    await come(room, "小新", by="小李")
    room.clock.move(7 * DAY)
    for number in range(A_WEEK_MAX + 1):
        await come(room, f"小小{number}", by="小新")
    assert (await budget(room)).held == (A_WEEK_MAX + 1) * 40  # the first, and five


async def test_when_the_months_budget_is_used_up_newcomers_come_all_the_same(room):
    for number in range(REFERRAL.budget // 40 + 3):
        inviter = f"车友{number // A_WEEK_MAX}"
        await room.join(inviter)
        (heard,) = await come(room, f"小新{number}", by=inviter)
        assert heard.text.startswith("欢迎新车友")
    assert await budget(room) == Balance(1_000, 1_000)
    assert await waiting(room) == REFERRAL.budget // 40
    room.clock.move(31 * DAY)  # June has its own
    await come(room, "六月的", by="小李")
    assert await budget(room, "2026-06") == Balance(1_000, 40)


# The books


async def test_the_statement_of_who_was_paid_is_whole(room):
    await come(room, "小新", by="小李")
    await share(room, "小新")
    await wait(room, 3 * DAY)
    exported = await room.answer("小李", "导出我的", private=True)
    assert exported.replies == ()  # it is not kept a second time
    (heard,) = await room.read()
    newcomer = await room.member("小新")
    assert '"ref.post"' in heard.attachment
    assert newcomer.id not in heard.attachment


MONTHS = [f"2026-{month:02d}" for month in range(5, 11)]


async def deed(room, dice, step):
    """What somebody may do, in any order and again and again."""
    name, other = dice.sample(["小李", *(f"友{number}" for number in range(15))], 2)
    what = dice.choices(["come", "share", "left", "forget", "time"], [12, 12, 3, 1, 3])[0]
    if what == "come":
        invitation = await id_of(room, dice.choice(["小李", other]))
        for _ in range(dice.choice([1, 1, 2])):
            await come_with(room, name, invitation, event_id=f"{PLATFORM}:e{step}")
    elif what == "share":
        await share(room, name, f"{step % 9 + 4}.{step}")
    elif what == "left":
        await room.say(name, "", kind="left")
    elif what == "forget":
        await room.say(name, "确认忘记")
    else:
        await wait(room, dice.randint(1, 9) * DAY)


async def id_of(room, name):
    """The member's, empty for who was never seen or was forgotten."""

    async def look(work: Work) -> str:
        return await work.people.person(Account(PLATFORM, name)) or ""

    return await room.store.read(look)


async def rows(room):
    """All rows of referrals, in order."""

    async def look(work: Work) -> list[Posting]:
        await room._enter(work)
        accounts = [ledger.budget("referral", month) for month in MONTHS]
        found = [entry for each in accounts for entry in await work.ledger.statement(each, 1_000)]
        return [entry.posting for entry in found if entry.posting.kind.startswith("ref.")]

    return await room.store.read(look)


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_people_do_the_books_are_right(room, tmp_path, seed):
    dice = random.Random(seed)
    for step in range(70):
        await deed(room, dice, step)
        for month in MONTHS:
            left = await budget(room, month)
            assert 0 <= left.held <= left.posted <= REFERRAL.budget
    for _ in range(31):
        await wait(room, DAY)
    assert [report.wrong for report in audit(tmp_path / "club.db")] == [""]
    assert {(await budget(room, month)).held for month in MONTHS} == {0}
    ends = Counter((each.group, each.phase) for each in await rows(room))
    newcomers = {group for group, _ in ends}
    assert newcomers
    for group in newcomers:
        paid, freed = ends[group, "post"], ends[group, "void"]
        assert (ends[group, "pending"], sorted([paid, freed])) == (2, [0, 2])
