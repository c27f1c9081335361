"""Readers look beside the writer, while it works."""

import asyncio

from storage.model import Member
from tests.support.stores import balance, give, post, within


async def test_a_reader_neither_waits_for_a_unit_nor_sees_it(store):
    """The unit asks the reader and waits for it: it would wait for ever if that one waited."""
    loop = asyncio.get_running_loop()

    async def unit(work):
        await work.people.put_member(Member("a", "小王"))
        await work.ledger.post(give("pool", 5))
        asked = asyncio.run_coroutine_threadsafe(balance(store, "pool"), loop)
        return asked.result(timeout=10)

    assert await store.unit(within(unit)) == (0, 0)
    assert await balance(store, "pool") == (5, 0)


async def test_a_reader_sees_one_moment(store):
    """Between two looks of one reader a unit is kept."""
    loop = asyncio.get_running_loop()

    async def look(work):
        before = await work.ledger.statement("pool", 5)
        asyncio.run_coroutine_threadsafe(post(store, give("pool", 5)), loop).result(timeout=10)
        return len(before), len(await work.ledger.statement("pool", 5))

    assert await store.read(within(look)) == (0, 0)
    assert await balance(store, "pool") == (5, 0)
