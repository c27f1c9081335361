"""A club of years: how fast it opens and answers."""

import time
from functools import partial
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
from storage.sqlite.store import SqliteStore
from storage.store import Work

MEMBERS = 5_000
POSTINGS_A_UNIT = 1_000
ASKED = 200


async def measure(folder: Path, postings: int) -> None:
    world = real_world()
    path = folder / "history.db"
    store = SqliteStore(path, world)
    await store.unit(scene.found)
    await store.unit(lambda work: scene.settle(work, range(MEMBERS)))

    async def write(work: Work, start: int) -> None:
        work.enter(scene.CLUB)
        for number in range(start, start + POSTINGS_A_UNIT):
            taker = scene.member(number % MEMBERS)
            await work.ledger.post(ledger.grant(str(number), "leader", taker, 1))

    for start in range(0, postings, POSTINGS_A_UNIT):
        await store.unit(partial(write, start=start))
    await store.close()

    started = time.perf_counter()
    store = SqliteStore(path, world)
    opened = time.perf_counter() - started
    dispatch = Dispatch(
        store, registry.find(), Words(), catalogue.load(), world, rate=Rate(burst=10**9)
    )
    waits: dict[str, list[float]] = {"积分": [], "明细": []}
    for number in range(ASKED):
        for said, times in waits.items():
            event = Event(
                f"ask:{said}:{number}", scene.PLATFORM, scene.GROUP, scene.account(number),
                f"车友{number}", said, world.now(),
            )  # fmt: skip
            started = time.perf_counter()
            answer = await dispatch.answer(event)
            times.append(time.perf_counter() - started)
            if not answer.replies:
                raise LookupError(said)
    await store.close()
    print(
        f"A history of {MEMBERS} members and {postings} postings, {path.stat().st_size >> 20} MiB"
    )
    print(f"opens in {opened:.2f} s (bar 2 s)")
    for said, times in waits.items():
        bar = " (bar 5 ms)" if said == "积分" else ""
        print(f"{said}: p50 {median(times) * 1000:.1f} ms, worst {max(times) * 1000:.1f} ms{bar}")
