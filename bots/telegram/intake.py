"""From Telegram's update to the house's answer: everything that comes in goes this way."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import structlog

from bots.contract import Receive
from bots.telegram import keyboard, read
from bots.telegram.albums import Albums
from bots.telegram.chats import Chats
from bots.telegram.line import Line, Raw
from bots.telegram.memory import Memory
from bots.telegram.nouns import Me
from bots.telegram.taps import Taps
from handlers import faults
from storage.errors import Unavailable
from storage.model import Answer, Event, Quoted

log = structlog.get_logger()

TRIES_MAX = 3
FAILED_REMEMBERED_MAX = 1_000


class Unreadable(Exception):  # noqa: N818
    """An update nobody here can read; it should be delivered again before it is given up."""


@dataclass(slots=True)
class Counts:
    updates: int = 0
    skipped: int = 0
    """How many could not be read, after three tries each."""


class Turns:
    """One at a time for each chat, in the order in which they come."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def turn(self, chat: str) -> AsyncIterator[None]:
        before = self._last.get(chat)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._last[chat] = mine
        try:
            if before is not None and not before.done():
                await asyncio.wait([before])
            yield
        finally:
            mine.set_result(None)
            if self._last.get(chat) is mine:
                del self._last[chat]


class Intake:
    def __init__(
        self,
        line: Line,
        me: Me,
        chats: Chats,
        taps: Taps,
        receive: Receive,
        memory: Memory,
        expired_text: str,
        *,
        one_by_one: bool = False,
    ) -> None:
        """`expired_text` is told to who pressed what nobody knows any more.

        `one_by_one`: the next update of a chat comes only after the last one was acknowledged.
        """
        self.counts = Counts()
        self._line = line
        self._me = me
        self._chats = chats
        self._taps = taps
        self._receive = receive
        self._memory = memory
        self._expired_text = expired_text
        self._albums = Albums(
            lambda parts, album: read.together(parts, self._me, album),
            self.hand_on,
            memory.end if one_by_one else None,
        )
        self._one_by_one = one_by_one
        self._turns = Turns()
        self._failed: OrderedDict[int, int] = OrderedDict()

    async def take(self, raw: Raw) -> None:
        """Until all that the update asks for is durable and answered.

        Raises Unreadable, but not for ever: the third time it is reported and let go. Raises
        Interrupted at the end of the program.
        """
        self.counts.updates += 1
        try:
            update = self._line.update(raw)
            events = read.events(update, self._me)
        except Exception as error:
            self._fail(raw, error)
            return
        self._chats.hear(update)
        album, query = read.album(update), update.callback_query
        for event in map(self._albums.whole, events):
            if query is not None:
                await self._tapped(event, query.id)
            elif album and event.kind == "message":
                if self._one_by_one:
                    await self._memory.begin(event.id, raw)
                await self._albums.take(event, album, update.update_id)
            else:
                await self.hand_on(event)
        if query is not None and not events:
            await self._taps.refuse(query.id, self._expired_text)

    async def resume(self) -> None:
        """Take up what a former run had acknowledged and not come to the end of."""
        try:
            begun = await self._memory.begun()
            await asyncio.gather(*map(self.take, begun.values()), return_exceptions=True)
            if not self._one_by_one:
                await self._memory.end(list(begun))
        except Unavailable as error:
            log.error("what was begun cannot be resumed", error=str(error))

    def reached(self, newest: int, *, is_full: bool) -> None:
        """How far updates have come, where they are asked for."""
        self._albums.reached(newest, is_full=is_full)

    def interrupt(self) -> None:
        """Nothing more comes: what waits for more is left to the next run."""
        self._albums.interrupt()

    async def finish(self) -> None:
        await self._albums.finish()

    def _fail(self, raw: Raw, error: Exception) -> None:
        number = raw.get("update_id")
        number = number if isinstance(number, int) else -1
        tries = self._failed.pop(number, 0) + 1
        if tries < TRIES_MAX:
            self._failed[number] = tries
            if len(self._failed) > FAILED_REMEMBERED_MAX:
                self._failed.popitem(last=False)
            raise Unreadable(f"update {number}") from error
        self.counts.skipped += 1
        told = faults.told(error)
        log.error("an update cannot be read and is left out", update=number, **told)

    async def hand_on(self, event: Event) -> None:
        """Until it is durable."""
        await (await self._start(event))

    async def _tapped(self, event: Event, query: str) -> None:
        answering = await self._start(event)
        await self._taps.answer(query, event, answering)

    async def _start(self, event: Event) -> asyncio.Task[Answer]:
        """Hand it over after what was said before it in its chat, and not wait for the answer."""
        async with self._turns.turn(event.chat):
            event = await self._worded(event)
            if not event.private and event.kind not in ("removed", "moved"):
                event = await self._placed(event)
            answering = asyncio.create_task(self._answer(event))
            await asyncio.sleep(0)  # it is handed over now: the next may follow
        return answering

    async def _answer(self, event: Event) -> Answer:
        if event.kind == "tap" and not event.text:
            return Answer(tap=self._expired_text, kept=False)
        return await self._receive(event)

    async def _worded(self, event: Event) -> Event:
        """What a short key stands for.

        Of a link that is not ours, pressing Start says no more than /start: nobody's link may put
        words into somebody else's mouth.
        """
        if event.kind == "tap":
            key = keyboard.key_in(event.text)
            return replace(event, text=await self._memory.says(key)) if key else event
        word, _, more = event.text.partition(" ")
        if not (event.private and word == "/start" and more):
            return event
        key = keyboard.key_at_start(event.text)
        says = await self._memory.says(key) if key else ""
        return replace(event, text=says or word)

    async def _placed(self, event: Event) -> Event:
        """With what is known of its chat."""
        standing = await self._chats.standing(event.chat)
        if event.kind == "starred" and event.quoted is None:
            author = self._chats.author(event.chat, event.message)
            event = replace(event, quoted=Quoted(event.message, author) if author else None)
        is_owner = bool(standing.owner) and event.account == standing.owner
        return replace(event, owner=is_owner, lacks=standing.lacks)
