"""Standing orders: kept, moved on, dropped, each club its own."""

from dataclasses import replace

from storage.model import DAY, Club, StandingOrder
from tests.support.stores import found, within
from tests.support.world import START

ORDER = StandingOrder(1, "m1", "pretend", "group", "100 10 均分", ("a", "b"), START, "week")


async def put(store, *orders):
    async def unit(work):
        for order in orders:
            await work.orders.put(order)

    await store.unit(within(unit))


async def look(store, club="club1"):
    return list(await store.read(within(lambda work: work.orders.all(), club)))


async def test_an_order_is_kept_as_it_was_given(store):
    await put(store, replace(ORDER, number=2, members=(), every=""), ORDER)
    assert await look(store) == [ORDER, replace(ORDER, number=2, members=(), every="")]
    assert await store.read(within(lambda work: work.orders.order(1))) == ORDER
    assert await store.read(within(lambda work: work.orders.order(9))) is None


async def test_putting_an_order_again_moves_it_on(store):
    await put(store, ORDER, replace(ORDER, at=START + DAY))
    assert await look(store) == [replace(ORDER, at=START + DAY)]


async def test_a_dropped_order_is_gone(store):
    await put(store, ORDER)
    await store.unit(within(lambda work: work.orders.drop(1)))
    await store.unit(within(lambda work: work.orders.drop(1)))
    assert await look(store) == []


async def test_another_club_has_its_own_orders(store):
    await put(store, ORDER)
    await found(store, Club("club2", "二会", "zh", "Asia/Shanghai", START))
    assert await look(store, "club2") == []
