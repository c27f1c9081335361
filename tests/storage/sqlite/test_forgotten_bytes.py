"""Words that were forgotten are in no byte of the database's files."""

import asyncio
import threading
from functools import partial

import pytest

from storage.model import HOUR, Member
from tests.storage.contract.test_privacy import CITY, LABELS, WORDS, live
from tests.support.stores import give, post, within

TRACES = [each.encode() for each in (WORDS, "小王八", "account-", "private-a", CITY, *LABELS)]


def files(shelf):
    return sorted(file for file in shelf.path.parent.iterdir() if file.is_file())


def traces(shelf):
    read = b"".join(file.read_bytes() for file in files(shelf))
    return [trace.decode() for trace in TRACES if trace in read]


async def fill(store, members=200):
    """Enough that rows are moved from page to page."""
    units = [
        store.unit(within(partial(live, member=f"a{n}", account=f"account-{n}")))
        for n in range(members)
    ]
    await asyncio.gather(*units)


async def forget(store, numbers):
    """Many at once, or the test takes long."""
    units = [store.unit(lambda work, n=n: work.privacy.forget(f"a{n}")) for n in numbers]
    await asyncio.gather(*units)


async def test_nothing_is_left_in_the_files_while_the_store_is_open(store, shelf):
    await fill(store)
    assert traces(shelf) == [trace.decode() for trace in TRACES]
    await send_half(store)
    await forget(store, range(200))
    assert traces(shelf) == []


async def test_what_is_forgotten_soon_after_is_gone_within_the_hour(store, shelf, clock):
    await fill(store)
    await forget(store, range(0, 200, 2))
    await forget(store, range(1, 200, 2))
    assert WORDS not in traces(shelf)
    clock.move(HOUR)
    await post(store, give("pool", 1))
    assert traces(shelf) == []


async def test_what_an_account_was_called_before_it_was_joined_is_gone_as_well(store, shelf):
    await fill(store, 2)
    await store.unit(lambda work: work.joining.join("a1", "a0"))
    assert "小王八" in traces(shelf)
    await forget(store, [0])
    assert traces(shelf) == []


async def test_what_a_former_run_could_not_wipe_is_wiped_by_the_next(store, shelf):
    await fill(store)
    await forget(store, range(0, 200, 2))
    await forget(store, range(1, 200, 2))
    reopened = await shelf.open()
    await post(reopened, give("pool", 1))
    assert traces(shelf) == []


async def send_half(store):
    async def unit(work):
        for message in await work.outbox.lease(("pretend",), (), 100):
            await work.outbox.sent(message.id, "bot1")

    await store.unit(unit)


async def test_a_reader_in_the_way_delays_it_and_stops_nobody(store, shelf):
    """The log goes with the first unit after the reader's end."""
    await fill(store, 3)
    reading, let_go = threading.Event(), threading.Event()

    async def look(work):
        await work.people.member("a0")
        reading.set()
        let_go.wait(10)

    reader = asyncio.ensure_future(store.read(within(look)))
    await asyncio.to_thread(reading.wait, 10)
    await forget(store, range(3))
    assert traces(shelf)
    let_go.set()
    await reader
    await post(store, give("pool", 1))
    assert traces(shelf) == []


async def test_what_a_failed_unit_wanted_forgotten_is_kept(store):
    await fill(store, 1)

    async def fails(work):
        await work.privacy.forget("a0")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await store.unit(fails)
    found = await store.read(within(lambda work: work.people.member("a0")))
    assert isinstance(found, Member)
