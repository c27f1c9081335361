"""A crowd at one envelope: everybody is answered, the sum is right, and other chats hardly wait.

The other chats ask at set times, whatever became of their last question, and a wait counts from
the time at which they wanted to ask: whoever the crowd keeps from even asking has waited too.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks import scene
from bots.world import real_world
from config import catalogue
from config.words import Words
from handlers import registry
from handlers.dispatch import Dispatch
from handlers.guard import Rate
from rewards import ledger
from storage.model import Account, Answer, Chat, Club, Event, Member
from storage.sqlite import connection
from storage.sqlite.store import SqliteStore
from storage.store import Work
from storage.world import World

TAKERS = 10_000
CHATS = 50
ASKS_EVERY_SECONDS = 0.05
QUIET_SECONDS = 1.0
COMMITS = 200
BAR_MS = 1_000


@dataclass(slots=True)
class Others:
    """What the other chats met with: how long each answer took, and how many were none."""

    waits: list[float] = field(default_factory=list)
    turned_away: int = 0
    numbers: Iterator[int] = field(default_factory=count)

    def __str__(self) -> str:
        ms = [1000 * wait for wait in sorted(self.waits)]
        p50, p99 = ms[len(ms) // 2], ms[len(ms) * 99 // 100]
        told = f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {ms[-1]:.0f} ms"
        return f"{told}, {self.turned_away} of {len(ms)} turned away"


async def measure(folder: Path, rounds: int) -> None:
    print(f"{TAKERS} take from {scene.PIECES} pieces at once while {CHATS} chats ask for 积分")
    for number in range(rounds):
        place = folder / f"crowd{number}"
        place.mkdir()
        await rush(place)
    print()


async def rush(folder: Path) -> None:
    world = real_world()
    store = SqliteStore(folder / "crowd.db", world)
    dispatch = Dispatch(
        store, registry.find(), Words(), catalogue.load(), world, rate=Rate(burst=10**9)
    )
    await store.unit(scene.found)
    await store.unit(lambda work: scene.settle(work, range(TAKERS)))
    (number,) = await store.unit(lambda work: scene.put_up(work, world, 1))
    for chat in range(CHATS):
        await store.unit(partial(found_another, chat=chat))
    before = Others()
    during = Others(numbers=before.numbers)
    with suppress(TimeoutError):
        async with asyncio.timeout(QUIET_SECONDS):
            await ask(dispatch, world, before)
    asking = asyncio.create_task(ask(dispatch, world, during))
    taps = [tap(world, number, taker) for taker in range(TAKERS)]
    started = time.perf_counter()
    answers = await asyncio.gather(*(dispatch.answer(each) for each in taps))
    seconds = time.perf_counter() - started
    asking.cancel()
    await asyncio.wait([asking])
    commit = bare_commit(folder / "bare.db")
    print(f"settled in {seconds:.2f} s, {seconds / commit:.0f} bare commits of", end=" ")
    print(f"{commit * 1000:.1f} ms; others: {during} (bar p99 {BAR_MS} ms); before: {before}")
    await check(store, number, answers)
    await store.close()


async def found_another(work: Work, chat: int) -> None:
    """Another club with a group and a member, who asks."""
    await work.people.found(Club(f"club{chat}", "车友会", "zh", "Asia/Shanghai", work.now, 0, 0))
    await work.people.put_chat(Chat(scene.PLATFORM, f"group{chat}", f"club{chat}", "群"))
    await work.people.bind(Account(scene.PLATFORM, f"asker{chat}"), f"asker{chat}")
    await work.people.put_member(Member(f"asker{chat}", "车友", joined_at=work.now))
    await work.people.touch(f"asker{chat}")


async def ask(dispatch: Dispatch, world: World, others: Others) -> None:
    """All chats ask again and again, one shortly after another, until this is cancelled; then
    what was asked is answered."""
    loop = asyncio.get_running_loop()
    asked: set[asyncio.Task[None]] = set()
    wanted_at = loop.time()
    try:
        while True:
            number = next(others.numbers)
            event = question(world, number % CHATS, number)
            asked.add(asyncio.create_task(one(dispatch, event, wanted_at, others)))
            wanted_at += ASKS_EVERY_SECONDS / CHATS
            await asyncio.sleep(max(wanted_at - loop.time(), 0))
    finally:
        await asyncio.wait(asked)


async def one(dispatch: Dispatch, event: Event, wanted_at: float, others: Others) -> None:
    answer = await dispatch.answer(event)
    others.waits.append(asyncio.get_running_loop().time() - wanted_at)
    others.turned_away += not answer.kept


def question(world: World, chat: int, number: int) -> Event:
    return Event(
        f"ask{number}", scene.PLATFORM, f"group{chat}", f"asker{chat}", "车友", "积分", world.now()
    )


def tap(world: World, number: int, taker: int) -> Event:
    return Event(
        f"tap{taker}", scene.PLATFORM, scene.GROUP, scene.account(taker), f"车友{taker}",
        f"抢 {number}", world.now(), "tap", message="m1",
    )  # fmt: skip


async def check(store: SqliteStore, number: int, answers: list[Answer]) -> None:
    """Raises LookupError when somebody had no answer, or a point is not where it belongs."""

    async def look(work: Work) -> tuple[int, int, int]:
        work.enter(scene.CLUB)
        pieces = await work.envelopes.pieces(number)
        left = await work.ledger.balance(ledger.escrow(number))
        return (
            len({each.member for each in pieces}),
            sum(each.amount for each in pieces),
            left.posted,
        )

    turned_away = sum(not answer.kept for answer in answers)
    silent = sum(not answer.tap for answer in answers)
    paid = sum("抢到" in answer.tap for answer in answers)
    takers, total, left = await store.read(look)
    found = (turned_away, silent, paid, takers, total, left)
    if found != (0, 0, scene.PIECES, scene.PIECES, scene.POINTS, 0):
        raise LookupError(f"turned away, silent, paid, takers, total, left: {found}")


def bare_commit(path: Path) -> float:
    """How long this disk takes to keep one row, in the middle of many."""
    times = []
    with closing(connection.writer(path)) as file:
        file.execute("CREATE TABLE bare (number INTEGER)")
        for number in range(COMMITS):
            started = time.perf_counter()
            file.execute("INSERT INTO bare VALUES (?)", (number,))
            times.append(time.perf_counter() - started)
    return median(times)
