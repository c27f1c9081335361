"""Durable grabs per second: a bare SQLite loop, the ledger alone, the whole dispatch.

All three write to the same disk with the same durability and at most 256 grabs a commit, in turn,
round by round, so that a disk that changes its mind changes all three.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
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
from storage.model import Event
from storage.sqlite import connection
from storage.sqlite.store import UNITS_PER_COMMIT_MAX, SqliteStore
from storage.store import Work

IN_FLIGHT = 2_000
Grab = Callable[[int, int], Awaitable[object]]
Figures = tuple[float, float, float]


async def measure(folder: Path, grabs: int, rounds: int) -> None:
    print(f"Durable grabs, {grabs} a round, {IN_FLIGHT} in flight, {rounds} rounds")
    results: dict[str, list[Figures]] = {"bare": [], "ledger": [], "dispatch": []}
    for number in range(rounds):
        place = folder / str(number)
        place.mkdir()
        results["ledger"].append(await through_ledger(place / "ledger.db", grabs))
        results["bare"].append(bare(place / "ledger.db", place / "bare.db"))
        results["dispatch"].append(await through_dispatch(place / "dispatch.db", grabs))
    print(f"{'':10}{'grabs/s':>10}{'p50 ms':>9}{'p99 ms':>9}")
    for name, figures in results.items():
        rate, p50, p99 = (median(column) for column in zip(*figures, strict=True))
        print(f"{name:10}{rate:10.0f}{p50:9.1f}{p99:9.1f}")
    ratio("ledger alone / bare loop", results["ledger"], results["bare"], 0.25, 0.5)
    ratio("whole dispatch / ledger alone", results["dispatch"], results["ledger"], 0.3, 0.6)
    print()


def ratio(name: str, ours: list[Figures], theirs: list[Figures], floor: float, aim: float) -> None:
    each = sorted(a[0] / b[0] for a, b in zip(ours, theirs, strict=True))
    print(f"{name}: {median(each):.2f} ({each[0]:.2f}-{each[-1]:.2f}; floor {floor}, aim {aim})")


async def through_ledger(path: Path, grabs: int) -> Figures:
    world = real_world()
    store = SqliteStore(path, world)
    await store.unit(scene.found)
    envelopes = await store.unit(lambda work: scene.put_up(work, world, grabs // scene.PIECES))

    async def grab(number: int, taker: int) -> object:
        async def unit(work: Work) -> int:
            work.enter(scene.CLUB)
            envelope = await work.envelopes.envelope(number)
            if envelope is None:
                raise LookupError(number)
            piece = await work.envelopes.take(envelope, scene.member(taker))
            await work.ledger.post(ledger.envelope_grab(number, scene.member(taker), piece.amount))
            return piece.amount

        return await store.unit(unit)

    figures = await run(grab, pairs(envelopes))
    await store.close()
    return figures


async def through_dispatch(path: Path, grabs: int) -> Figures:
    world = real_world()
    store = SqliteStore(path, world)
    dispatch = Dispatch(
        store, registry.find(), Words(), catalogue.load(), world, rate=Rate(burst=10**9)
    )
    await store.unit(scene.found)
    await store.unit(lambda work: scene.settle(work, range(scene.PIECES)))
    envelopes = await store.unit(lambda work: scene.put_up(work, world, grabs // scene.PIECES))

    async def grab(number: int, taker: int) -> object:
        account = scene.account(taker)
        event = Event(
            f"{scene.PLATFORM}:{number}:{taker}", scene.PLATFORM, scene.GROUP, account,
            f"车友{taker}", f"抢 {number}", world.now(), "tap", message="m1",
        )  # fmt: skip
        answer = await dispatch.answer(event)
        if not answer.kept or "抢到" not in answer.tap:
            raise LookupError(answer.tap)
        return answer

    figures = await run(grab, pairs(envelopes))
    await store.close()
    return figures


def pairs(envelopes: range) -> Iterator[tuple[int, int]]:
    return ((number, taker) for number in envelopes for taker in range(scene.PIECES))


async def run(grab: Grab, todo: Iterator[tuple[int, int]]) -> Figures:
    """Grabs per second, and how long one took at the middle and at the 99th of a hundred."""
    waits: list[float] = []

    async def taker() -> None:
        for number, member in todo:
            started = time.perf_counter()
            await grab(number, member)
            waits.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(taker() for _ in range(IN_FLIGHT)))
    seconds = time.perf_counter() - started
    waits.sort()
    return (
        len(waits) / seconds,
        waits[len(waits) // 2] * 1000,
        waits[len(waits) * 99 // 100] * 1000,
    )


UPDATES = (
    "UPDATE piece SET member = ?1, taken_at = ?2 WHERE club = ?3 AND number = ?4 AND place = ?5",
    "UPDATE envelope SET taken = taken + 1, paid = paid + ?1 WHERE club = ?2 AND number = ?3",
    "INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "UPDATE balance SET posted = posted - ?1 WHERE club = ?2 AND account = ?3",
    "INSERT INTO balance (club, account, posted, held) VALUES (?,?,?,0)"
    " ON CONFLICT DO UPDATE SET posted = posted + excluded.posted",
)


def bare(source: Path, target: Path) -> Figures:
    """The same rows as the ledger's run wrote, as fast as a plain loop writes them, unchecked."""
    with (
        closing(sqlite3.connect(source)) as before,
        closing(connection.writer(target)) as after,
    ):
        rows = before.execute("SELECT * FROM journal WHERE kind = 'env.grab' ORDER BY seq")
        grabs = [(row, int(row[5].partition(":")[2])) for row in rows]
        copy_start(before, after)
        places: dict[int, int] = {}
        steps = []
        for row, number in grabs:
            place = places.get(number, 0)
            places[number] = place + 1
            club, at, source_account, target_account, amount = (row[i] for i in (0, 2, 5, 6, 7))
            steps.append(
                (
                    (row[8], at, club, number, place),
                    (amount, club, number),
                    row,
                    (amount, club, source_account),
                    (club, target_account, amount),
                )
            )
        commits = []
        started = time.perf_counter()
        for start in range(0, len(steps), UNITS_PER_COMMIT_MAX):
            begun = time.perf_counter()
            after.execute("BEGIN IMMEDIATE")
            for step in steps[start : start + UNITS_PER_COMMIT_MAX]:
                for sql, values in zip(UPDATES, step, strict=True):
                    after.execute(sql, values)
            after.execute("COMMIT")
            commits.append(time.perf_counter() - begun)
        seconds = time.perf_counter() - started
    commits.sort()
    p50, p99 = commits[len(commits) // 2], commits[len(commits) * 99 // 100]
    return len(steps) / seconds, p50 * 1000, p99 * 1000


def copy_start(before: sqlite3.Connection, after: sqlite3.Connection) -> None:
    """The books as they stood before the first grab."""
    after.execute("BEGIN")
    for table, where in (("club", ""), ("journal", " WHERE kind <> 'env.grab'"), ("envelope", "")):
        rows = before.execute(f"SELECT * FROM {table}{where}").fetchall()
        marks = ",".join("?" * len(rows[0]))
        after.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    after.execute("UPDATE envelope SET taken = 0, paid = 0")
    pieces = before.execute("SELECT club, number, place, amount, '', 0 FROM piece").fetchall()
    after.executemany(
        "INSERT INTO piece (club, number, place, amount, member, taken_at) VALUES (?,?,?,?,?,?)",
        pieces,
    )
    escrows = [(club, f"env:{number}", scene.POINTS, 0) for club, number in
               before.execute("SELECT club, number FROM envelope").fetchall()]  # fmt: skip
    after.executemany("INSERT INTO balance VALUES (?,?,?,?)", escrows)
    after.execute("COMMIT")
