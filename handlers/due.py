"""Work that falls due: rows, not timers. Whatever became due while nobody ran is done at start."""

import asyncio
from dataclasses import replace

import structlog

from handlers import faults
from handlers.dispatch import Dispatch
from storage.errors import Unavailable
from storage.model import DAY, HOUR, MINUTE, SECOND, Due, Millis
from storage.store import Store, Work
from storage.world import World

log = structlog.get_logger()

ROWS_AT_ONCE = 200
LOOK_EVERY_SECONDS = 1.0
RETRY_AFTER_MAX: Millis = HOUR
SEEN_KEPT: Millis = 30 * DAY
"""Longer than any platform repeats a delivery."""
SENT_KEPT: Millis = 14 * DAY
PRUNE_EVERY: Millis = HOUR


class Sweeper:
    def __init__(self, store: Store, dispatch: Dispatch, world: World) -> None:
        self._store = store
        self._dispatch = dispatch
        self._world = world
        self._pruned_at: Millis = 0

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                swept = await self.sweep()
                await self._prune()
            except Unavailable as error:
                log.warning("nothing can be swept now", error=str(error))
                swept = 0
            if swept < ROWS_AT_ONCE:
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def sweep(self) -> int:
        """Do all that is due now; how many rows that were."""
        rows = await self._store.read(ready)
        await asyncio.gather(*(self._run(due) for due in rows))
        return len(rows)

    async def _run(self, due: Due) -> None:
        try:
            await self._dispatch.run_due(due)
        except Unavailable:
            raise
        except Exception as error:
            attempts = due.attempts + 1
            log.error("due row failed", kind=due.kind, attempts=attempts, **faults.told(error))
            await self._store.unit(lambda work: postpone(work, due))

    async def _prune(self) -> None:
        """Drop what no repeat will ask for any more."""
        if self._world.now() - self._pruned_at < PRUNE_EVERY:
            return
        self._pruned_at = self._world.now()

        async def unit(work: Work) -> None:
            await work.events.forget_before(work.now - SEEN_KEPT)
            await work.outbox.prune(work.now - SENT_KEPT)

        await self._store.unit(unit)


async def ready(work: Work) -> list[Due]:
    return list(await work.due.ready(ROWS_AT_ONCE))


async def postpone(work: Work, due: Due) -> None:
    if await work.due.enter(due):
        wait = min(MINUTE << min(due.attempts, 10), RETRY_AFTER_MAX)
        later = replace(due, at=work.now + max(wait, SECOND), attempts=due.attempts + 1)
        await work.due.schedule(later)
