"""Taps are answered once, with what came of them; late ones first with a word of patience."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from telegram.error import TelegramError

from bots.telegram import errors, show
from bots.telegram.line import Line
from storage.model import Answer, Event

log = structlog.get_logger()

PATIENCE_SECONDS = 2.0
TOGETHER_SECONDS = 1.0
"""Late results of one conversation in this time are one message."""

Tell = Callable[[Event, str], Awaitable[None]]


class Taps:
    def __init__(self, line: Line, wait_text: str, tell: Tell) -> None:
        """`tell` says something where an event happened, in its turn and for sure."""
        self._line = line
        self._wait_text = wait_text
        self._tell = tell
        self._late: dict[tuple[str, str], list[tuple[Event, str]]] = {}
        self._telling: set[asyncio.Task[None]] = set()

    async def answer(self, query: str, event: Event, answering: asyncio.Task[Answer]) -> Answer:
        """Until whoever pressed was told, or cannot be any more."""
        done, _ = await asyncio.wait([answering], timeout=PATIENCE_SECONDS)
        if done:
            answer = answering.result()
            await self._say(query, answer.tap)
            return answer
        await self._say(query, self._wait_text)
        answer = await answering
        if answer.tap and not answer.repeated:
            self._follow(event, answer.tap)
        return answer

    async def refuse(self, query: str, text: str) -> None:
        await self._say(query, text)

    async def _say(self, query: str, text: str) -> None:
        """A tap that nobody waits for any more is no trouble: what it did is done."""
        try:
            await self._line.bot.answer_callback_query(query, show.toast(text) or None)
        except TelegramError as error:
            trouble = errors.trouble(error)
            if trouble.kind is not errors.Kind.ANSWERED_LATE:
                log.warning("a tap was not answered", kind=trouble.kind.value)

    def _follow(self, event: Event, text: str) -> None:
        key = (event.chat, event.topic)
        waiting = self._late.setdefault(key, [])
        waiting.append((event, text))
        if len(waiting) == 1:
            task = asyncio.create_task(self._flush(key))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _flush(self, key: tuple[str, str]) -> None:
        await asyncio.sleep(TOGETHER_SECONDS)
        late = self._late.pop(key)
        lines = dict.fromkeys(text for _, text in late)
        await self._tell(late[0][0], "\n".join(lines))

    async def finish(self) -> None:
        """Nothing that was owed to somebody stays unsaid."""
        while self._telling:
            await asyncio.wait(self._telling)
