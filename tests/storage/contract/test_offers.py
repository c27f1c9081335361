"""What a chat was offered as numbered lines is known until it is old or somebody is forgotten."""

from dataclasses import replace

import pytest

from storage.errors import Refusal
from storage.model import DAY, Account, Member, Offer, Reply
from tests.support.stores import at_once, within
from tests.support.world import START

OFFER = Offer("pretend", "group", 1, "抢 7", "抢红包", START, 5, "h5", "m7")


def put(*offers):
    return lambda work: work.offers.put(offers)


async def offers(store, chat="group", limit=100, platform="pretend"):
    return list(await store.read(lambda work: work.offers.of_chat(platform, chat, limit)))


async def test_what_was_offered_is_known_with_all_that_choosing_needs(store, shelf):
    await store.unit(put(OFFER))
    assert await offers(store) == [OFFER]
    assert await offers(await shelf.open()) == [OFFER]


async def test_the_newest_comes_first_and_a_messages_lines_stand_in_their_order(store):
    old, new = replace(OFFER, at=START - 1, origin=9), replace(OFFER, origin=6)
    lines = [replace(OFFER, number=number, says=f"{number}") for number in (3, 1, 2)]
    await store.unit(put(old, *lines, new))
    found = await offers(store)
    assert [(each.origin, each.number) for each in found] == [
        (6, 1),
        (5, 1),
        (5, 2),
        (5, 3),
        (9, 1),
    ]
    assert await offers(store, limit=2) == found[:2]
    assert await offers(store, limit=0) == []


async def test_each_chat_of_each_platform_has_its_own(store):
    others = [replace(OFFER, chat="other"), replace(OFFER, platform="elsewhere")]
    await store.unit(put(OFFER, *others))
    assert await offers(store) == [OFFER]
    assert await offers(store, "other") == [others[0]]
    assert await offers(store, platform="elsewhere") == [others[1]]
    assert await offers(store, "nowhere") == []


async def test_what_is_offered_again_under_the_same_number_takes_its_place(store):
    """A message that could not be sent is shown anew, perhaps with other lines."""
    await store.unit(put(OFFER))
    again = replace(OFFER, says="抢 8", label="再抢", at=START + 9, head="h9", quotes="m8")
    await store.unit(put(again))
    assert await offers(store) == [again]


async def test_what_a_failed_unit_offered_was_not_offered(store):
    async def fails(work):
        await work.offers.put([OFFER])
        raise Refusal("no")

    await at_once(store, (fails, put(replace(OFFER, number=2))))
    assert [each.number for each in await offers(store)] == [2]


async def test_nothing_offered_is_nothing(store):
    await store.unit(put())
    assert await offers(store) == []


async def test_an_offers_message_is_known_once_it_is_sent(store):
    await store.unit(lambda work: work.outbox.put("pretend", "group", "", Reply("选")))
    (message,) = await store.unit(lambda work: work.outbox.lease(("pretend",), (), 1))
    await store.unit(put(replace(OFFER, origin=message.id)))
    assert [each.message for each in await offers(store)] == [""]
    await store.unit(lambda work: work.outbox.sent(message.id, "bot7"))
    assert [each.message for each in await offers(store)] == ["bot7"]


async def test_what_was_offered_long_ago_is_dropped_with_what_was_sent_then(store):
    await store.unit(put(OFFER, replace(OFFER, origin=6, at=START + DAY)))
    await store.unit(lambda work: work.outbox.prune(START))
    assert len(await offers(store)) == 2
    await store.unit(lambda work: work.outbox.prune(START + 1))
    assert [each.origin for each in await offers(store)] == [6]


@pytest.fixture
async def known(store):
    """A club with somebody in it."""

    async def live(work):
        await work.people.bind(Account("pretend", "小王"), "a")
        await work.people.put_member(Member("a", "王建国", joined_at=START))

    await store.unit(within(live))
    return store


async def forget(store):
    await store.unit(within(lambda work: work.privacy.forget("a")))


async def test_what_somebody_forgotten_was_offered_in_private_is_dropped(known):
    private, others = replace(OFFER, chat="小王"), replace(OFFER, chat="小李")
    await known.unit(put(OFFER, private, others, replace(private, platform="elsewhere")))
    await forget(known)
    assert await offers(known, "小王") == []
    assert await offers(known) == [OFFER]
    assert await offers(known, "小李") == [others]
    assert len(await offers(known, "小王", platform="elsewhere")) == 1, "a namesake's"


async def test_no_offer_speaks_of_somebody_forgotten(known):
    speaking = [
        replace(OFFER, number=2, label="送给王建国 20 分"),
        replace(OFFER, number=3, says="送分 @王建国 20"),
    ]
    await known.unit(put(OFFER, *speaking))
    await forget(known)
    assert await offers(known) == [OFFER]
