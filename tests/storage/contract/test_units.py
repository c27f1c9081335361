"""One unit of work: all or nothing, one after the other, durable before its result comes back."""

import asyncio
from functools import partial

import pytest

from storage.errors import Busy, Fault, Refusal, Unavailable
from storage.model import Club, Event, Member, Posting
from tests.support.stores import CLUB, at_once, balance, found, give, move, post, within
from tests.support.world import START


def told(*postings: Posting, then: Exception | None = None):
    """A unit that posts, and then may fail; its result is what the last account has."""

    async def unit(work):
        for posting in postings:
            await work.ledger.post(posting)
        if then is not None:
            raise then
        return (await work.ledger.balance(postings[-1].target)).posted

    return within(unit)


async def test_a_result_comes_back(store):
    async def unit(work):
        return work.club, work.now

    assert await store.unit(within(unit)) == (CLUB.id, START)


async def test_a_unit_begins_in_no_club(store):
    await store.unit(within(lambda work: work.ledger.post(give("pool", 1))))

    async def unit(work):
        return work.club

    assert await store.unit(unit) == ""
    assert await store.read(unit) == ""


async def test_what_a_handler_raises_comes_out_and_leaves_nothing(store):
    refusal = Refusal("too_poor", points=3)
    with pytest.raises(Refusal) as caught:
        await store.unit(told(give("pool", 5), then=refusal))
    assert caught.value is refusal
    assert await balance(store, "pool") == (0, 0)


async def test_units_of_one_moment_see_what_those_before_left(store):
    postings = [give("pool", 1, key=f"give:{number}") for number in range(20)]
    results = await asyncio.gather(*(store.unit(told(posting)) for posting in postings))
    assert results == list(range(1, 21))


async def test_a_failing_unit_takes_nothing_from_the_others_of_its_moment(store):
    ends = [None, Refusal("no"), None, Fault("no"), ValueError("no"), None]
    units = [
        told(give("pool", 10**number, key=f"give:{number}"), then=end)
        for number, end in enumerate(ends)
    ]
    results = await at_once(store, units)
    assert results[0] == 1
    assert results[2] == 101
    assert results[5] == 100_101
    assert [results[1], results[3], results[4]] == [ends[1], ends[3], ends[4]]
    assert await balance(store, "pool") == (100_101, 0)


async def test_a_unit_that_fails_half_way_leaves_no_half(store):
    await post(store, give("member:a", 10))

    async def unit(work):
        await work.people.put_member(Member("a", "小王"))
        await work.ledger.post(move("one", "member:a", "pool", 4))
        await work.next_number("share")
        await work.ledger.post(move("two", "member:a", "pool", 40))

    with pytest.raises(Refusal, match="too_poor"):
        await store.unit(within(unit))
    assert await balance(store, "member:a") == (10, 0)
    assert await store.read(within(lambda work: work.people.member("a"))) is None
    assert await store.read(within(lambda work: work.ledger.entry("one"))) is None
    assert await store.unit(within(lambda work: work.next_number("share"))) == 1


async def test_a_result_means_that_it_is_kept(store, shelf):
    await store.unit(told(give("pool", 7)))
    reopened = await shelf.open()
    assert await balance(reopened, "pool") == (7, 0)


async def test_too_many_waiting_are_turned_away_and_the_rest_are_kept(shelf):
    store = await shelf.open(waiting_max=3)
    await found(store)
    units = [told(give("pool", 1, key=f"give:{n}")) for n in range(5)]
    results = await at_once(store, units)
    assert results[:3] == [1, 2, 3]
    assert [type(result) for result in results[3:]] == [Busy, Busy]
    assert await store.unit(told(give("pool", 1, key="later"))) == 4


async def test_a_closed_store_says_so(shelf):
    store = await shelf.open()
    await store.close()
    await store.close()
    with pytest.raises(Unavailable):
        await store.unit(told(give("pool", 1)))
    with pytest.raises(Unavailable):
        await store.read(told(give("pool", 1)))


async def test_closing_finishes_what_waits(shelf):
    store = await shelf.open()
    await found(store)
    waiting = [
        asyncio.ensure_future(store.unit(told(give("pool", 1, key=f"give:{n}")))) for n in range(9)
    ]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*waiting) == list(range(1, 10))
    assert await balance(await shelf.open(), "pool") == (9, 0)


async def test_who_gives_up_waiting_harms_nobody(store):
    given_up = asyncio.ensure_future(store.unit(told(give("pool", 1, key="one"))))
    other = asyncio.ensure_future(store.unit(told(give("pool", 1, key="two"))))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await other == 2
    assert await store.unit(told(give("pool", 1, key="three"))) == 3


# What a handler may not do


async def wait_for_the_loop(work):
    await work.ledger.post(give("pool", 5))
    await asyncio.sleep(0)


async def wait_and_clean_up(work):
    try:
        await wait_for_the_loop(work)
    finally:
        await work.ledger.post(give("pool", 6))


@pytest.mark.parametrize("handler", [wait_for_the_loop, wait_and_clean_up])
async def test_a_handler_that_waits_for_something_else_is_a_fault(store, handler):
    with pytest.raises(Fault):
        await store.unit(within(handler))
    assert await balance(store, "pool") == (0, 0)
    assert await store.unit(told(give("pool", 1))) == 1


async def test_a_reader_that_waits_for_something_else_is_a_fault(store):
    async def look(work):
        await asyncio.sleep(0)

    with pytest.raises(Fault):
        await store.read(look)


# Readers

WRITES = {
    "post": lambda work: work.ledger.post(give("pool", 5)),
    "put_member": lambda work: work.people.put_member(Member("a", "小王")),
    "found": lambda work: work.people.found(Club("x", "", "zh", "UTC", 0)),
    "next_number": lambda work: work.next_number("share"),
    "use_code": lambda work: work.people.use_code(b"1", "found"),
    "free": lambda work: work.outbox.prune(START),
    "forget": lambda work: work.privacy.forget("a"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
async def test_a_reader_may_not_write(store, write):
    with pytest.raises(Fault):
        await store.read(within(write))
    assert await balance(store, "pool") == (0, 0)


async def test_a_reader_sees_what_was_kept_last(store):
    for number in range(1, 4):
        await post(store, give("pool", 1, key=f"give:{number}"))
        assert await balance(store, "pool") == (number, 0)


# Time


async def test_time_never_goes_back(store, clock):
    async def now(work):
        await work.next_number("tick")
        return work.now

    clock.move(1000)
    assert await store.unit(now) == START + 1000
    clock.move(-5000)
    assert await store.unit(now) == START + 1000
    assert await store.read(just_now) == START + 1000
    clock.move(6000)
    assert await store.unit(now) == START + 2000


async def just_now(work):
    return work.now


async def test_time_does_not_go_back_over_a_restart_either(store, shelf, clock):
    clock.move(1000)
    await store.unit(told(give("pool", 1)))
    clock.move(-60_000)
    reopened = await shelf.open()
    assert await reopened.unit(just_now) == START + 1000
    entry = await reopened.unit(within(lambda work: work.ledger.post(give("pool", 1, key="two"))))
    assert entry.at == START + 1000


async def test_a_deadline_stays_over_when_the_clock_is_set_back(store, clock):
    event = Event("e1", "pretend", "group", "小王", "小王", "积分", START)
    clock.move(1000)
    await store.unit(within(lambda work: work.people.put_code(b"1", "found", START + 500)))
    clock.move(-1000)
    assert await store.unit(within(lambda work: work.people.use_code(b"1", "found"))) is None
    assert (await store.unit(lambda work: work.events.arrive(event))).answer is None


# Numbers


async def test_each_kind_and_club_counts_for_itself(store):
    async def unit(work):
        first = [await work.next_number(kind) for kind in ("share", "share", "envelope")]
        work.enter("other")
        return [*first, await work.next_number("share")]

    assert await store.unit(within(unit)) == [1, 2, 1, 1]


async def test_numbers_have_no_gaps_when_units_fail(store):
    async def unit(work, *, fails):
        number = await work.next_number("share")
        if fails:
            raise Refusal("no")
        return number

    ends = (False, True, False, True, True, False)
    units = [within(partial(unit, fails=fails)) for fails in ends]
    results = await at_once(store, units)
    assert [result for result in results if isinstance(result, int)] == [1, 2, 3]
