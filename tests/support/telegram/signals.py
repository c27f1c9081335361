"""Waiting for something to become true, without polling and without sleeping."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

SHORT_SECONDS = 5.0  # real ones; nothing in a test takes longer unless it is broken


class Signal:
    """Rung after every change; whoever waits looks again."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for each in waiting:
            if not each.done():
                each.set_result(None)

    async def until(self, look: Callable[[], Found], within: float, what: str) -> Found:
        """What `look` finds, as soon as it is true; within so many real seconds."""
        try:
            async with asyncio.timeout(within):
                while not (found := look()):
                    await self.rung()
        except TimeoutError:
            raise TimeoutError(f"{what} within {within} s") from None
        return found

    async def rung(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)
