"""The stores that keep the contract: another one is tested by naming it in SHELVES."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from storage.model import Club, Posting
from storage.sqlite.store import SqliteStore
from storage.store import Handler, Store, T, Work
from tests.support.world import START, Clock, pretend_world

CLUB = Club("club1", "车友会", "zh", "Asia/Shanghai", START)


class SqliteShelf:
    """A file whose store may be opened, closed and opened again."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.path = folder / "club.db"
        self.clock = clock
        self._opened: list[SqliteStore] = []

    async def open(self, waiting_max: int = 10_000) -> SqliteStore:
        await self.close()
        if not self.path.exists():
            self.path.write_bytes(empty_database())
        store = SqliteStore(self.path, pretend_world(clock=self.clock), waiting_max=waiting_max)
        self._opened.append(store)
        return store

    async def close(self) -> None:
        while self._opened:
            await self._opened.pop().close()


Shelf = SqliteShelf  # a union, once there are two
SHELVES: dict[str, Callable[[Path, Clock], Shelf]] = {"sqlite": SqliteShelf}


@cache
def empty_database() -> bytes:
    """A file with nothing in it but its tables, made once: the tests need thousands."""
    with TemporaryDirectory(prefix="carclub-empty-") as folder:
        path = Path(folder) / "club.db"

        def make() -> None:
            async def open_and_close() -> None:
                await SqliteStore(path, pretend_world()).close()

            asyncio.run(open_and_close())

        thread = threading.Thread(target=make)  # the caller's loop is running
        thread.start()
        thread.join()
        return path.read_bytes()


@pytest.fixture(params=SHELVES)
async def shelf(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock
) -> AsyncIterator[Shelf]:
    """Where a store's data live; `await shelf.open()` opens it, again and again if need be."""
    shelf = SHELVES[request.param](tmp_path, clock)
    yield shelf
    await shelf.close()


@pytest.fixture
async def store(shelf: Shelf) -> Store:
    """An open store with one club in it."""
    store = await shelf.open()
    await found(store)
    return store


async def found(store: Store, club: Club = CLUB) -> None:
    await store.unit(lambda work: work.people.found(club))


def within(handler: Handler[T], club: str = CLUB.id) -> Handler[T]:
    """The same handler in a club."""

    async def unit(work: Work) -> T:
        work.enter(club)
        return await handler(work)

    return unit


async def at_once(store: Store, units: Iterable[Handler[Any]]) -> list[Any]:
    """The results, or errors, of units asked for in one moment, so in one commit if need be."""
    asked = (store.unit(unit) for unit in units)
    return list(await asyncio.gather(*asked, return_exceptions=True))


def give(account: str, amount: int, key: str = "") -> Posting:
    """Points out of nothing, as only tests can give them."""
    name = key or f"give:{account}:{amount}"
    return Posting(name, "mint", "issue:test", account, amount, "system")


def move(key: str, source: str, target: str, amount: int, **more: object) -> Posting:
    return Posting(key, "gift", source, target, amount, "system", **more)  # type: ignore[arg-type]


async def post(store: Store, *postings: Posting) -> None:
    """All in one unit."""

    async def unit(work: Work) -> None:
        for posting in postings:
            await work.ledger.post(posting)

    await store.unit(within(unit))


async def balance(store: Store, account: str) -> tuple[int, int]:
    """What is posted and what is held, as a reader sees it."""

    async def look(work: Work) -> tuple[int, int]:
        found = await work.ledger.balance(account)
        return found.posted, found.held

    return await store.read(within(look))
