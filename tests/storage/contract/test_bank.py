"""Whoever adds up all accounts, in the middle of everything, always finds nothing made or lost."""

import asyncio
from random import Random

import pytest

from storage.errors import Refusal
from storage.model import Balance, Posting
from tests.support.stores import at_once, balance, give, move, post, within

MEMBERS = [f"member:{name}" for name in "abcdef"]
ACCOUNTS = ["issue:test", "pool", "owed:a", *MEMBERS]
WRITERS = 8
MOVES = 60
READERS = 3


def transfer(key, dice, held):
    """A random movement, hold or end of a hold; one in five fails after what it did."""
    source, target = dice.sample(ACCOUNTS[1:], 2)
    amount, kind = dice.randint(1, 40), dice.random()

    async def unit(work):
        if kind < 0.6 or not held:
            await work.ledger.post(move(key, source, target, amount))
        elif kind < 0.8:
            held.append(move(key, source, target, amount, phase="pending"))
            await work.ledger.post(held[-1])
        else:
            asked = held[dice.randrange(len(held))]
            phase = dice.choice(["post", "void"])
            await work.ledger.post(
                move(
                    key, asked.source, asked.target, asked.amount, phase=phase, refers_to=asked.key
                )
            )
        if dice.random() < 0.2:
            raise Refusal("changed_my_mind")

    return within(unit)


async def all_accounts(work):
    return [await work.ledger.balance(account) for account in ACCOUNTS]


def check(found):
    """At any one moment."""
    assert sum(each.posted for each in found) == 0
    for account, each in zip(ACCOUNTS, found, strict=True):
        assert each.held >= 0
        assert account == "issue:test" or each.available >= (-10_000 if "owed" in account else 0)


@pytest.mark.parametrize("seed", range(3))
async def test_every_reader_finds_the_same_sum_while_everybody_moves_points(store, seed):
    await post(store, *(give(account, 100) for account in MEMBERS))
    seen: set[tuple[Balance, ...]] = set()
    done = asyncio.Event()

    async def write(writer):
        dice = Random(seed * 100 + writer)
        held: list[Posting] = []
        for number in range(MOVES):
            await at_once(store, [transfer(f"{writer}:{number}", dice, held)])

    async def read(reader):
        while not done.is_set():
            # A reader beside the writer, and a unit between the others.
            look = store.unit if reader == 0 else store.read
            found = await look(within(all_accounts))
            check(found)
            seen.add(tuple(found))

    readers = [asyncio.create_task(read(reader)) for reader in range(READERS)]
    await asyncio.gather(*(write(writer) for writer in range(WRITERS)))
    done.set()
    await asyncio.gather(*readers)
    assert len(seen) > MOVES  # they did look while points moved
    check(await store.read(within(all_accounts)))


async def test_of_two_first_spends_from_an_account_never_used_one_passes(store):
    """There is no row yet that one could wait for the other at."""
    spends = [move(f"m{number}", "owed:a", "pool", 10_000) for number in range(2)]
    results = await asyncio.gather(*(post(store, each) for each in spends), return_exceptions=True)
    assert sum(isinstance(result, Refusal) for result in results) == 1
    assert await balance(store, "owed:a") == (-10_000, 0)
    assert await balance(store, "pool") == (10_000, 0)


async def test_postings_of_one_unit_are_kept_all_or_none(store):
    async def unit(work):
        await work.ledger.post(give("member:a", 5))
        await work.ledger.post(move("1", "member:a", "pool", 5, group="g"))
        await work.ledger.post(move("2", "member:a", "pool", 1, group="g"))

    results = await at_once(store, [within(unit)] * 20)
    assert {type(result) for result in results} == {Refusal}
    assert await store.read(within(lambda work: work.ledger.head())) == (0, bytes(32))
