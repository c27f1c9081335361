"""Clubs, chats, members, accounts and one-time codes."""

import asyncio
from dataclasses import replace

import pytest

from storage.errors import Fault
from storage.model import Account, Chat, Club, Member, Role
from tests.support.stores import CLUB, found, within
from tests.support.world import START


def do(method, *arguments):
    return within(lambda work: getattr(work.people, method)(*arguments))


async def test_a_club_is_kept_and_changed(store, shelf):
    assert await store.read(do("club")) == CLUB
    changed = replace(CLUB, name="新名字", language="en", timezone="UTC", quiet_from=1, quiet_to=2)
    await store.unit(do("change_club", changed))
    reopened = await shelf.open()
    assert await reopened.read(do("club")) == changed
    nobodys = within(lambda work: work.people.club(), "nobody's")
    assert await reopened.unit(nobodys) is None


async def test_all_clubs_are_listed_the_oldest_first(store):
    older, newer = (replace(CLUB, id=f"c{at}", founded_at=START + at) for at in (-1, 1))
    await found(store, newer)
    await found(store, older)
    assert await store.read(lambda work: work.people.clubs(9)) == [older, CLUB, newer]
    assert await store.read(lambda work: work.people.clubs(2)) == [older, CLUB]


async def test_the_clubs_of_a_platform_are_those_that_can_be_heard_there(store):
    older, newer = (replace(CLUB, id=f"c{at}", founded_at=START + at) for at in (-1, 1))
    await found(store, newer)
    await found(store, older)
    for chat in (
        Chat("pretend", "g1", CLUB.id),
        Chat("pretend", "g2", CLUB.id),
        Chat("pretend", "g3", older.id),
        Chat("pretend", "g4", newer.id, gone=True),
        Chat("telegram", "g4", newer.id),
    ):
        await store.unit(do("put_chat", chat))
    assert await store.read(lambda work: work.people.clubs_on("pretend")) == [older, CLUB]
    assert await store.read(lambda work: work.people.clubs_on("telegram")) == [newer]
    assert await store.read(lambda work: work.people.clubs_on("wechat")) == []


async def test_founding_makes_the_club_the_works_own(store):
    async def unit(work):
        await work.people.found(Club("new", "新", "zh", "Asia/Shanghai", START))
        return work.club, (await work.people.club()).name

    assert await store.unit(unit) == ("new", "新")


async def test_a_club_has_its_chats(store):
    group, other = Chat("pretend", "g1", CLUB.id, "群"), Chat("pretend", "g2", CLUB.id)
    await store.unit(do("put_chat", group))
    await store.unit(do("put_chat", other))
    assert await store.read(do("chats")) == [group, other]
    muted = replace(group, muted=True, title="新群名")
    await store.unit(do("put_chat", muted))
    assert await store.read(do("chat", "pretend", "g1")) == muted
    assert await store.read(do("chat", "pretend", "g9")) is None


async def test_a_person_may_have_several_accounts_and_an_account_one_person(store):
    await store.unit(do("bind", Account("pretend", "1"), "a"))
    await store.unit(do("bind", Account("telegram", "1"), "a"))
    assert await store.read(do("person", Account("telegram", "1"))) == "a"
    assert await store.read(do("person", Account("telegram", "2"))) is None
    accounts = await store.read(do("accounts", "a"))
    assert accounts == [Account("pretend", "1"), Account("telegram", "1")]
    with pytest.raises(Fault):
        await store.unit(do("bind", Account("telegram", "1"), "b"))
    assert await store.read(do("person", Account("telegram", "1"))) == "a"


async def test_a_member_is_known_in_each_club_by_their_own_name(store):
    await found(store, replace(CLUB, id="club2"))
    await store.unit(do("put_member", Member("a", "小王", Role.LEADER, START)))
    await store.unit(within(lambda work: work.people.put_member(Member("a", "老王")), "club2"))
    assert await store.read(do("member", "a")) == Member("a", "小王", Role.LEADER, START)
    other = await store.read(within(lambda work: work.people.member("a"), "club2"))
    assert (other.name, other.role) == ("老王", Role.MEMBER)
    assert await store.read(do("member", "b")) is None


async def test_what_changes_of_a_member_is_name_role_and_presence(store):
    await store.unit(do("put_member", Member("a", "小王", joined_at=START)))
    await store.unit(do("put_member", Member("a", "老王", Role.CO_LEADER, START + 9, False)))
    assert await store.read(do("member", "a")) == Member("a", "老王", Role.CO_LEADER, START, False)


async def test_present_members_are_found_by_name_and_counted(store):
    for number in range(12):
        await store.unit(do("put_member", Member(f"m{number}", "小王")))
    await store.unit(do("put_member", Member("gone", "老王", present=False)))
    assert len(await store.read(do("named", "小王"))) == 10
    assert await store.read(do("named", "老王")) == []
    assert await store.read(do("count_members")) == 12


async def test_leaders_come_first_by_role_then_by_seniority(store):
    for member in (
        Member("new", "新", Role.CO_LEADER, START + 2),
        Member("old", "旧", Role.CO_LEADER, START + 1),
        Member("chief", "会长", Role.LEADER, START + 3),
        Member("gone", "走了", Role.CO_LEADER, START, present=False),
        Member("plain", "车友", joined_at=START),
    ):
        await store.unit(do("put_member", member))
    leaders = await store.read(do("leaders"))
    assert [member.id for member in leaders] == ["chief", "old", "new"]


async def test_a_code_is_spent_once(store):
    await store.unit(do("put_code", b"1", "link", START + 5))
    spends = (store.unit(do("use_code", b"1", "link")) for _ in range(5))
    assert await asyncio.gather(*spends) == [CLUB.id, None, None, None, None]


async def test_a_code_is_for_one_purpose_and_a_time(store, clock):
    await store.unit(do("put_code", b"1", "link", START + 5))
    await store.unit(within(lambda work: work.people.put_code(b"2", "found", START + 9), ""))
    assert await store.unit(do("use_code", b"1", "found")) is None
    assert await store.unit(do("use_code", b"3", "link")) is None
    assert await store.unit(do("use_code", b"2", "found")) == ""
    clock.move(5)
    assert await store.unit(do("use_code", b"1", "link")) is None
