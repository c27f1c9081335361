"""Pressed buttons and what the presser sees."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.telegram.model import Message
from tests.support.telegram.signals import SHORT_SECONDS

if TYPE_CHECKING:
    from tests.support.telegram.people import User


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody sees after pressing a button; `took` is in real seconds."""

    text: str
    alert: bool
    url: str
    at: int
    took: float


@dataclass(slots=True, eq=False)
class Tap:
    """A pressed button that waits for its answer."""

    id: str
    user: User
    message: Message
    data: str
    at: int
    begun: float = field(default_factory=time.perf_counter)
    answer: Answer | None = None
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    def settle(self, text: str, alert: bool, url: str, at: int) -> None:
        """The bot answered; a button is answered once."""
        self.answer = Answer(text, alert, url, at, time.perf_counter() - self.begun)
        self._rung.set()

    async def answered(self, within: float = SHORT_SECONDS) -> Answer:
        try:
            async with asyncio.timeout(within):
                await self._rung.wait()
        except TimeoutError:
            raise TimeoutError(f"nobody answered {self.user.name} pressing {self.data!r}") from None
        assert self.answer
        return self.answer
