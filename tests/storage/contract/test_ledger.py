"""The books: once a key, floors, holds, what was moved."""

import asyncio
from dataclasses import replace

import pytest

from storage.books import GENESIS, OWED_MAX, digest_of, link
from storage.errors import Conflict, Fault, Refusal
from storage.model import POINTS_MAX, Balance, Posting
from tests.support.stores import CLUB, at_once, balance, give, move, post, within
from tests.support.world import START


def posting(posting):
    return within(lambda work: work.ledger.post(posting))


def hold(key, source, target, amount):
    return move(key, source, target, amount, phase="pending")


def settle(key, pending, amount=None, phase="post", **more):
    amount = amount or pending.amount
    return replace(pending, key=key, amount=amount, phase=phase, refers_to=pending.key, **more)


async def refusal(store, asked):
    with pytest.raises(Refusal) as caught:
        await store.unit(posting(asked))
    return caught.value.message, caught.value.facts


# Once


async def test_the_same_key_and_content_is_the_same_entry(store):
    first = await store.unit(posting(give("pool", 5)))
    assert await store.unit(posting(give("pool", 5))) == first
    assert await balance(store, "pool") == (5, 0)


@pytest.mark.parametrize(
    "other",
    [{"amount": 6}, {"target": "burn"}, {"actor": "a"}, {"reason": "x"}, {"policy": 2}],
    ids=str,
)
async def test_the_same_key_with_another_content_is_a_conflict(store, other):
    asked = give("pool", 5, key="one")
    await post(store, asked)
    with pytest.raises(Conflict):
        await store.unit(posting(replace(asked, **other)))
    assert await balance(store, "pool") == (5, 0)


async def test_the_same_key_twice_in_one_unit_or_moment_pays_once(store):
    async def unit(work):
        first = await work.ledger.post(give("pool", 5))
        return first == await work.ledger.post(give("pool", 5))

    units = [store.unit(within(unit)) for _ in range(5)]
    assert await asyncio.gather(*units) == [True] * 5
    assert await balance(store, "pool") == (5, 0)


async def test_a_key_whose_unit_failed_is_free_again(store):
    async def unit(work):
        await work.ledger.post(give("pool", 5, key="one"))
        raise Refusal("no")

    again = posting(give("pool", 6, key="one"))
    results = await at_once(store, (within(unit), again))
    assert isinstance(results[0], Refusal)
    assert await balance(store, "pool") == (6, 0)


async def test_each_club_has_its_own_keys_accounts_and_chain(store):
    other = within(lambda work: work.ledger.post(give("pool", 7, key="one")), "other")
    await store.unit(posting(give("pool", 5, key="one")))
    entry = await store.unit(other)
    assert (entry.club, entry.seq) == ("other", 1)
    assert await balance(store, "pool") == (5, 0)


async def test_the_chain_goes_on_from_row_to_row(store):
    entries = [await store.unit(posting(give("pool", number))) for number in (1, 2, 3)]
    chain = GENESIS
    for seq, entry in enumerate(entries, 1):
        assert entry.digest == digest_of(give("pool", seq))
        chain = link(chain, entry.digest, CLUB.id, seq, START)
        assert (entry.seq, entry.hash) == (seq, chain)
    assert await store.read(within(lambda work: work.ledger.head())) == (3, chain)
    assert await store.read(within(lambda work: work.ledger.entry("give:pool:2"))) == entries[1]


async def test_an_empty_chain_begins_with_nothing(store):
    assert await store.read(within(lambda work: work.ledger.head())) == (0, GENESIS)


# What no rule may ask for


@pytest.mark.parametrize(
    "wrong",
    [
        give("pool", 0),
        give("pool", -1),
        give("pool", POINTS_MAX + 1),
        give("nobody:1", 5),
        give("issue:test", 5),
        Posting("a|b", "mint", "issue:test", "pool", 1, "system"),
        replace(give("nobody:1", 5), phase="pending"),
    ],
    ids=str,
)
async def test_a_posting_no_rule_may_ask_for_is_a_fault(store, wrong):
    with pytest.raises(Fault):
        await store.unit(posting(wrong))
    assert await store.read(within(lambda work: work.ledger.head())) == (0, GENESIS)


# Floors


async def test_nobody_spends_more_than_they_have(store):
    await post(store, give("member:a", 5))
    said = await refusal(store, move("one", "member:a", "pool", 6))
    assert said == ("too_poor", {"points": 5})
    await post(store, move("two", "member:a", "pool", 5))
    assert await balance(store, "member:a") == (0, 0)


async def test_the_first_spend_from_an_account_never_used_is_refused(store):
    units = [posting(move(f"m{n}", "member:new", "pool", 1)) for n in range(2)]
    results = await at_once(store, units)
    assert [result.facts for result in results] == [{"points": 0}] * 2


async def test_of_many_spends_of_the_last_points_one_passes(store):
    await post(store, give("member:a", 5))
    units = [
        posting(move(f"m{number}", "member:a", f"member:b{number}", 5)) for number in range(20)
    ]
    results = await at_once(store, units)
    assert sum(not isinstance(result, Refusal) for result in results) == 1
    assert await balance(store, "member:a") == (0, 0)


async def test_what_is_owed_has_a_limit(store):
    await post(store, move("one", "owed:a", "pool", OWED_MAX))
    said = await refusal(store, move("two", "owed:a", "pool", 1))
    assert said == ("too_poor", {"points": 0})


async def test_what_one_unit_receives_it_may_spend(store):
    await post(store, give("member:a", 5), move("one", "member:a", "pool", 5))
    assert await balance(store, "pool") == (5, 0)


# Holds


async def test_what_is_held_is_there_but_not_to_be_spent(store):
    await post(store, give("merchant:m", 10), hold("p", "merchant:m", "member:a", 7))
    found = await store.read(within(lambda work: work.ledger.balance("merchant:m")))
    assert found == Balance(10, 7)
    assert found.available == 3
    assert await balance(store, "member:a") == (0, 0)
    assert await refusal(store, move("x", "merchant:m", "pool", 4)) == ("too_poor", {"points": 3})
    assert await refusal(store, hold("q", "merchant:m", "pool", 4)) == ("too_poor", {"points": 3})


@pytest.mark.parametrize(
    ("amount", "phase", "left", "paid"), [(7, "post", 3, 7), (2, "post", 8, 2), (7, "void", 10, 0)]
)
async def test_a_hold_is_paid_whole_or_in_part_or_let_go(store, amount, phase, left, paid):
    asked = hold("p", "merchant:m", "member:a", 7)
    await post(store, give("merchant:m", 10), asked, settle("p:end", asked, amount, phase))
    assert await balance(store, "merchant:m") == (left, 0)
    assert await balance(store, "member:a") == (paid, 0)


@pytest.mark.parametrize("first", ["post", "void"])
@pytest.mark.parametrize("second", ["post", "void"])
async def test_a_hold_is_resolved_once(store, first, second):
    asked = hold("p", "merchant:m", "member:a", 7)
    await post(store, give("merchant:m", 10), asked, settle("p:1", asked, 3, first))
    before = await balance(store, "merchant:m")
    assert await refusal(store, settle("p:2", asked, 3, second)) == ("resolved", {})
    assert await balance(store, "merchant:m") == before
    await post(store, settle("p:1", asked, 3, first))  # the same again is the same
    assert await balance(store, "merchant:m") == before


@pytest.mark.parametrize("phase", ["post", "void"])
async def test_of_twenty_resolutions_one_wins(store, phase):
    asked = hold("p", "merchant:m", "member:a", 7)
    await post(store, give("merchant:m", 10), asked)
    units = [posting(settle(f"p:{n}", asked, 7, phase)) for n in range(20)]
    results = await at_once(store, units)
    assert sum(not isinstance(result, Refusal) for result in results) == 1
    assert await balance(store, "merchant:m") == (3 if phase == "post" else 10, 0)


async def test_of_twenty_reversals_one_wins(store):
    """Each comes from another leader, so only the key can hold them back."""
    await post(store, give("member:a", 5))
    units = [
        posting(replace(move("rv:1", "member:a", "pool", 5), actor=f"leader{n}")) for n in range(20)
    ]
    results = await at_once(store, units)
    assert sum(not isinstance(result, Conflict) for result in results) == 1
    assert await balance(store, "pool") == (5, 0)


async def test_a_resolution_must_fit_what_it_resolves(store):
    asked = hold("p", "merchant:m", "member:a", 7)
    await post(store, give("merchant:m", 10), give("pool", 10), asked)
    for wrong in (
        settle("x", asked, 8),
        settle("x", asked, 8, "void"),
        settle("x", asked, source="pool"),
        settle("x", asked, target="nobody:1"),
        replace(settle("x", asked), refers_to="nothing"),
        replace(settle("x", asked), refers_to="give:pool:10"),
    ):
        with pytest.raises(Fault):
            await store.unit(posting(wrong))
    assert await balance(store, "merchant:m") == (10, 7)


# Looking things up


async def test_a_statement_shows_both_sides_the_newest_first(store):
    await post(store, give("member:a", 9), give("member:b", 9), move("1", "member:a", "pool", 1))
    await post(store, move("2", "member:b", "member:a", 2), move("3", "member:b", "pool", 3))
    entries = await store.read(within(lambda work: work.ledger.statement("member:a", 2)))
    assert [entry.posting.key for entry in entries] == ["2", "1"]
    every = await store.read(within(lambda work: work.ledger.statement("member:a", 10)))
    assert [entry.seq for entry in every] == [4, 3, 1]


async def test_what_was_moved_is_counted_by_kind_time_and_side(store, clock):
    await post(store, give("member:a", 50), move("1", "member:a", "pool", 1))
    clock.move(1000)
    await post(store, move("2", "member:a", "pool", 2), move("3", "member:a", "burn", 4))

    async def moved(work):
        since = START + 1
        return [
            await work.ledger.moved(since, kind="gift", source="member:a"),
            await work.ledger.moved(since, kind="gift", target="pool"),
            await work.ledger.moved(START, kind="gift", source="member:a", target="pool"),
            await work.ledger.moved(START, kind="mint", source="member:a"),
            await work.ledger.moved(START + 1000, kind="gift", source="nobody"),
        ]

    assert await store.read(within(moved)) == [(2, 6), (1, 2), (2, 3), (0, 0), (0, 0)]
    assert await store.unit(within(moved)) == await store.read(within(moved))
