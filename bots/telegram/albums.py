"""Albums: Telegram sends each picture by itself and does not say which is the last."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from storage.model import Event

QUIET_SECONDS = 0.6
"""Nothing more of it came for so long: it is whole."""
LONGEST_SECONDS = 2.5
PARTS_MAX = 10
"""Telegram's own."""

Together = Callable[[Sequence[Event], str], Event]
HandOn = Callable[[Event], Awaitable[None]]


@dataclass(slots=True)
class Album:
    done: asyncio.Future[None]
    parts: dict[str, Event] = field(default_factory=dict)
    """By the id of the message."""
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Albums:
    """Each part is held until the whole is durable. None is acknowledged before, so an album that
    a crash cut short comes again."""

    def __init__(self, together: Together, hand_on: HandOn) -> None:
        self._together = together
        self._hand_on = hand_on
        self._open: dict[tuple[str, str], Album] = {}

    async def take(self, event: Event, album_id: str) -> None:
        """Until the album that this is a part of is handed on. Raises what that raises."""
        key = (event.chat, album_id)
        album = self._open.get(key)
        if album is not None:
            album.parts[event.message] = event
            album.news.set()
            await asyncio.shield(album.done)
            return
        album = Album(asyncio.get_running_loop().create_future())
        album.parts[event.message] = event
        self._open[key] = album
        try:
            await self._gather(album)
        finally:
            del self._open[key]
        parts = sorted(album.parts.values(), key=lambda part: int(part.message))
        try:
            await self._hand_on(self._together(parts, album_id))
        except BaseException as error:
            album.done.set_exception(error)
            album.done.exception()  # who waits for it is told; nobody else need be
            raise
        album.done.set_result(None)

    async def _gather(self, album: Album) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST_SECONDS
        while len(album.parts) < PARTS_MAX and loop.time() < end:
            album.news.clear()
            try:
                async with asyncio.timeout(min(QUIET_SECONDS, end - loop.time())):
                    await album.news.wait()
            except TimeoutError:
                return
