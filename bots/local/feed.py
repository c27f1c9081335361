"""What changed lately, for every open page to follow from wherever it stopped."""

import asyncio
from collections import deque
from collections.abc import Mapping

CHANGES_MAX = 2000
"""A page further behind loads everything again."""


class Feed:
    """Each reader remembers its own place, so a slow one costs nothing and holds up nobody."""

    def __init__(self, start: int) -> None:
        self._changes: deque[tuple[int, Mapping[str, object]]] = deque()
        self._before = start
        """The number of the last change that is no longer here."""
        self._more = asyncio.Event()
        self.is_closed = False

    @property
    def last(self) -> int:
        return self._changes[-1][0] if self._changes else self._before

    def add(self, number: int, change: Mapping[str, object]) -> None:
        self._changes.append((number, change))
        if len(self._changes) > CHANGES_MAX:
            self._before = self._changes.popleft()[0]
        self._wake()

    def since(self, number: int) -> list[Mapping[str, object]] | None:
        """None: some of them are gone, or were never ours."""
        if not self._before <= number <= self.last:
            return None
        return [change for each, change in self._changes if each > number]

    async def wait(self) -> None:
        """Until there is more, or until it is closed."""
        await self._more.wait()

    def close(self) -> None:
        self.is_closed = True
        self._wake()

    def _wake(self) -> None:
        # A new event for the next change: whoever waits on this one is let go exactly once.
        self._more.set()
        self._more = asyncio.Event()
