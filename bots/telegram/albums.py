"""Albums: Telegram sends each picture by itself and does not say which is the last."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog

from handlers import faults
from storage.model import Event

log = structlog.get_logger()

QUIET_SECONDS = 0.6
"""Nothing more of it came for so long: it is whole."""
LONGEST_SECONDS = 5.0
LOOKS_LEAST = 2
"""The first look that ends after a part came may have begun before it."""
PARTS_MAX = 10
"""Telegram's own."""
REMEMBERED_MAX = 2_000

Together = Callable[[Sequence[Event], str], Event]
HandOn = Callable[[Event], Awaitable[None]]
Ended = Callable[[Sequence[str]], Awaitable[None]]


class Interrupted(Exception):  # noqa: N818
    """The program ends before an album is whole: what there is of it has to come again."""


@dataclass(slots=True)
class Album:
    parts: dict[str, Event] = field(default_factory=dict)
    """By the id of the message."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    newest: int = 0
    """The number of its newest update."""
    looks: int = 0
    """How often had been looked for updates when it came."""
    taking: asyncio.Task[bool] | None = None


class Albums:
    """Where updates are asked for, each part is held until the whole is durable: an album that a
    crash cut short comes again.

    Where they are brought one by one, each only after the last was acknowledged, who held the first
    would never see the second. So none is held; they are noted elsewhere until `ended` is called
    with their ids.
    """

    def __init__(self, together: Together, hand_on: HandOn, ended: Ended | None) -> None:
        self._together = together
        self._hand_on = hand_on
        self._ended = ended
        self._open: dict[tuple[str, str], Album] = {}
        self._whole: OrderedDict[tuple[str, str], Event] = OrderedDict()
        self._taking: set[asyncio.Task[bool]] = set()
        self._interrupted = False
        self._newest = 0
        self._is_full = False
        self._looks = 0

    def reached(self, newest: int, *, is_full: bool) -> None:
        """The number of the newest update there is here, and whether more may be waiting behind.

        Called after each look for updates, where they are asked for.
        """
        self._newest, self._is_full = newest, is_full
        self._looks += 1

    async def take(self, event: Event, album_id: str, number: int = 0) -> None:
        """Until the album that this is a part of is handed on, or at once where none is held.

        Raises Interrupted.
        """
        key = (event.chat, album_id)
        album = self._open.get(key)
        if album is None:
            album = self._open[key] = Album()
            album.taking = asyncio.create_task(self._take_over(key, album))
            self._taking.add(album.taking)
            album.taking.add_done_callback(self._taking.discard)
        album.parts[event.message] = event
        album.newest, album.looks = max(album.newest, number), self._looks
        album.news.set()
        if self._ended is None and album.taking is not None:
            is_taken = await asyncio.shield(album.taking)
            if not is_taken:
                raise Interrupted

    async def _take_over(self, key: tuple[str, str], album: Album) -> bool:
        is_whole = await self._gather(album)
        del self._open[key]
        if not is_whole:
            return False
        parts = sorted(album.parts.values(), key=lambda part: int(part.message))
        whole = self._together(parts, key[1])
        self._remember(whole, parts)
        try:
            await self._hand_on(whole)
        except Exception as error:
            log.error("an album was not taken over", **faults.told(error))
        if self._ended is not None:
            await self._ended([part.id for part in parts])
        return True

    def _remember(self, whole: Event, parts: Sequence[Event]) -> None:
        for part in parts:
            self._whole[part.chat, part.message] = whole
        while len(self._whole) > REMEMBERED_MAX:
            self._whole.popitem(last=False)

    def whole(self, event: Event) -> Event:
        """Whoever answers one picture of an album means the album, as far as it is remembered."""
        quoted = event.quoted
        album = self._whole.get((event.chat, quoted.message)) if quoted else None
        if quoted is None or album is None:
            return event
        meant = replace(quoted, message=album.message, text=album.text, media=album.media)
        return replace(event, quoted=meant)

    async def _gather(self, album: Album) -> bool:
        """Whether it is whole."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST_SECONDS
        while len(album.parts) < PARTS_MAX and loop.time() < end:
            if self._interrupted:
                return False
            album.news.clear()
            try:
                async with asyncio.timeout(min(QUIET_SECONDS, end - loop.time())):
                    await album.news.wait()
            except TimeoutError:
                await asyncio.sleep(0)
                if album.news.is_set():
                    continue  # it came in this very moment
                if not self._may_have_more(album):
                    return True
        return True

    def _may_have_more(self, album: Album) -> bool:
        """Of the last updates of a full batch the rest may be in the next one. And quiet is only
        what is quiet on Telegram's side: a look that began later must have brought nothing."""
        is_cut = self._is_full and album.newest >= self._newest
        return is_cut or 0 < self._looks < album.looks + LOOKS_LEAST

    def interrupt(self) -> None:
        """Nothing more will come in this run: what is not whole by now is left to the next."""
        self._interrupted = True
        for album in self._open.values():
            album.news.set()

    async def finish(self) -> None:
        """What was whole is handed on."""
        self.interrupt()
        while self._taking:
            await asyncio.wait(self._taking)
