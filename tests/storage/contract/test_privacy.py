"""What is kept of a person, and that nothing of it is left when they are forgotten."""

from dataclasses import replace

from storage.model import (
    Account,
    Answer,
    Chat,
    Consent,
    Cue,
    Event,
    Facts,
    Member,
    Personal,
    Priority,
    Reply,
    Share,
    Vehicle,
)
from tests.support.stores import CLUB, balance, found, give, move, post, within
from tests.support.world import START

WORDS = "刹车异响找了三家店"
CITY = "呼和浩特"
LABELS = ("底盘专家", "老车主")
EVENT = Event("e1", "pretend", "group", "account-a", "小王八", "分享", START, addressed=True)
PRIVATE = replace(EVENT, id="e2", private=True, chat="private-a")


def share(author="a", number=1):
    return Share(number, author, "口碑", WORDS, Facts(car="海豹"), b"f1", "pretend", "private-a",
                 "m1", START)  # fmt: skip


async def live(work, member="a", account="account-a"):
    """All that a person may leave behind in one club."""
    await work.people.bind(Account("pretend", account), member)
    here = Member(member, f"小王八{member}", joined_at=START, city=CITY, labels=LABELS)
    await work.people.put_member(here)
    await work.people.touch(member)
    await work.garage.put(member, Vehicle(1, "海豹", START))
    number = await work.next_number("share")
    await work.shares.add(share(member, number))
    await work.events.remember(
        replace(EVENT, id=f"e{member}"), member, Answer((Reply(WORDS),), WORDS)
    )
    await work.ledger.post(give(f"member:{member}", 9))
    await work.ledger.post(move(f"m{member}", f"member:{member}", "pool", 4))
    for slot in ("", "s"):
        reply = Reply(WORDS, priority=Priority.MONEY, slot=slot)
        await work.outbox.put("pretend", "", account, reply, member=member)


async def test_all_that_is_kept_of_a_person_can_be_shown(store):
    await store.unit(within(live))
    await found(store, replace(CLUB, id="club2"))
    await store.unit(within(lambda work: work.people.put_member(Member("a", "老王")), "club2"))
    assert list(await store.read(lambda work: work.privacy.clubs("a"))) == ["club1", "club2"]
    assert await store.read(lambda work: work.privacy.personal("a")) == Personal(
        "a",
        (Account("pretend", "account-a"),),
        {"club1": "小王八a", "club2": "老王"},
        (Vehicle(1, "海豹", START),),
        (("club1", share()),),
        {"club1": 5, "club2": 0},
        {"club1": CITY},
        {"club1": LABELS},
    )
    nobody = await store.read(lambda work: work.privacy.personal("nobody"))
    assert nobody == Personal("nobody")


async def test_who_is_forgotten_is_unknown_and_the_others_are_not(store):
    await store.unit(within(live))
    await store.unit(within(lambda work: live(work, "b", "account-b")))
    await store.unit(lambda work: work.privacy.forget("a"))
    assert await store.read(lambda work: work.privacy.personal("a")) == Personal("a")
    other = await store.read(lambda work: work.privacy.personal("b"))
    assert (len(other.shares), len(other.vehicles), other.balances) == (1, 1, {"club1": 5})

    async def look(work):
        share = await work.shares.share(1)
        seen = await work.events.arrive(replace(EVENT, id="ea"))
        again = await work.shares.same(b"f1")
        live = await work.shares.find(consent=Consent.CLUB, limit=9)
        return share, seen, again.number, [each.author for each in live]

    kept, seen, again, live_now = await store.read(within(look))
    assert (kept.text, kept.facts, kept.chat, kept.message, kept.deleted) == (
        "", Facts(), "", "", True,
    )  # fmt: skip
    assert seen.answer == Answer(repeated=True)  # still seen, so nothing is done twice
    assert (again, live_now) == (1, ["b"])
    messages = await store.unit(lambda work: work.outbox.lease(("pretend",), (), 9))
    assert {message.account for message in messages} == {"account-b"}


async def test_a_forgotten_account_is_known_as_such_and_nothing_is_waited_for(store, shelf):
    account, other = Account("pretend", "account-a"), Account("telegram", "account-a")
    await store.unit(within(live))
    cue = Cue(CLUB.id, "history.ask", "a", "pretend", account=account.id)
    await store.unit(within(lambda work: work.people.put_chat(Chat("pretend", "group", CLUB.id))))
    await store.unit(within(lambda work: work.cues.put(cue)))
    assert not await store.read(lambda work: work.privacy.is_forgotten(account))
    await store.unit(lambda work: work.privacy.forget("a"))
    store = await shelf.open()
    assert await store.read(lambda work: work.privacy.is_forgotten(account))
    assert not await store.read(lambda work: work.privacy.is_forgotten(other))
    assert await store.read(lambda work: work.cues.heard(EVENT, "")) is None


async def test_forgetting_changes_nothing_in_the_books(store):
    await store.unit(within(live))
    before = await store.read(within(lambda work: work.ledger.head()))
    await store.unit(lambda work: work.privacy.forget("a"))
    assert await store.read(within(lambda work: work.ledger.head())) == before
    assert await balance(store, "member:a") == (5, 0)
    await post(store, move("later", "member:a", "pool", 5))


async def test_who_comes_back_is_somebody_new(store):
    await store.unit(within(live))
    await store.unit(lambda work: work.privacy.forget("a"))
    await store.unit(within(lambda work: work.people.bind(Account("pretend", "account-a"), "c")))
    assert await store.read(lambda work: work.people.person(Account("pretend", "account-a"))) == "c"
    arrival = await store.unit(lambda work: work.events.arrive(PRIVATE))
    assert (arrival.member, arrival.home) == (None, "")


async def test_forgetting_nobody_does_no_harm(store):
    await store.unit(within(live))
    await store.unit(lambda work: work.privacy.forget("nobody"))
    assert (await store.read(lambda work: work.privacy.personal("a"))).names


async def test_what_others_were_told_of_somebody_forgotten_is_dropped_as_well(store):
    name = '小"王\\八'
    told = replace(EVENT, id="told")
    other = replace(EVENT, id="other")

    async def talk(work):
        await work.people.put_member(Member("a", name))
        await work.events.remember(told, "b", Answer((Reply(f"{name} 送给 小李 5 分。"),)))
        await work.events.remember(other, "b", Answer((Reply("小李 有 5 分。"),)))
        await work.outbox.put("pretend", "group", "", Reply(f"{name} 接任会长。"))
        (message,) = await work.outbox.lease(("pretend",), (), 9)
        await work.outbox.bury(message.id, "gone")

    await store.unit(within(talk))
    await store.unit(within(lambda work: work.privacy.forget("a")))

    async def look(work):
        return [(await work.events.arrive(event)).answer for event in (told, other)]

    forgotten, kept = await store.read(look)
    assert forgotten == Answer(repeated=True)
    assert kept.replies[0].text == "小李 有 5 分。"
    assert (await store.read(lambda work: work.outbox.counts()))["dead"] == 0
