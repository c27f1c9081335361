"""getUpdates: long polling, one poller at a time."""

import asyncio
from typing import Any

from tests.support.telegram.refusals import OTHER_POLLER, WEBHOOK_ACTIVE, Refused
from tests.support.telegram.updates import Updates

LONGEST_SECONDS = 50


class Polling:
    """A second poller ends the first one's waiting, as Telegram does: both notice in the end."""

    def __init__(self, updates: Updates) -> None:
        self.updates = updates
        self._waiting: asyncio.Task[Any] | None = None
        self._ousted: set[asyncio.Task[Any]] = set()
        self._closed = False

    def close(self) -> None:
        """Nobody waits any longer; the server goes."""
        self._closed = True
        self.updates.signal.ring()

    async def get(self, parameters: dict[str, Any], *, webhook_set: bool) -> list[dict[str, Any]]:
        if webhook_set:
            raise Refused(409, WEBHOOK_ACTIVE)
        if self._waiting:
            self._ousted.add(self._waiting)
            self.updates.signal.ring()
        if "allowed_updates" in parameters:
            self.updates.allow(parameters["allowed_updates"])
        offset, limit = parameters.get("offset", 0), parameters.get("limit", 0)
        batch = self.updates.fetch(offset, limit)
        patience = min(parameters.get("timeout", 0), LONGEST_SECONDS)
        if not batch and patience > 0:
            await self._wait(patience)
            batch = self.updates.fetch(0, limit)
        return [each.shown() for each in batch]

    async def _wait(self, patience: float) -> None:
        """Until something happens, patience ends or somebody else polls."""
        me = asyncio.current_task()
        assert me
        self._waiting = me
        try:
            async with asyncio.timeout(patience):
                while not (self._closed or self.updates.waiting()):
                    await self.updates.signal.rung()
                    if me in self._ousted:
                        raise Refused(409, OTHER_POLLER)
        except TimeoutError:
            pass
        finally:
            self._ousted.discard(me)
            if self._waiting is me:
                self._waiting = None
