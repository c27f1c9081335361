"""Long polling: updates are asked for, and acknowledged once all that they asked for is durable.

Telegram forgets what lies before the offset it is given. So the offset never passes an update that
is still being worked on: what a crash interrupts is delivered again, and the house knows what it
has seen. More is asked for meanwhile; what is in work already comes again and is passed over.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from telegram.error import Conflict, InvalidToken, TelegramError

from bots.telegram.albums import Interrupted
from bots.telegram.errors import trouble
from bots.telegram.intake import Intake, Unreadable
from bots.telegram.line import LONG_POLL_SECONDS, UPDATES_AT_ONCE, Line, Raw
from handlers import faults

log = structlog.get_logger()

BUSY_SECONDS = 0.2
"""How long to wait for what is in work before asking whether there is more."""
UNREADABLE_SECONDS = 1.0
CONFLICT_SECONDS = 5.0
PAUSE_FIRST_SECONDS = 1.0
PAUSE_MAX_SECONDS = 30.0
FINISH_SECONDS = 2.0
"""How long the end of the program waits for updates in work; carclub gives us five in all."""
ACKNOWLEDGE_SECONDS = 1.0


@dataclass(slots=True)
class Window:
    """Which updates are in work, and from which one on Telegram has to keep them."""

    offset: int = 0
    working: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    again: set[int] = field(default_factory=set)
    """Those that have to be delivered once more."""

    def is_new(self, number: int) -> bool:
        return number not in self.working and number not in self.done

    def start(self, number: int, task: asyncio.Task[None]) -> None:
        self.again.discard(number)
        self.working[number] = task

    def settle(self) -> None:
        """Let the offset follow what has ended."""
        for number in [each for each, task in self.working.items() if task.done()]:
            error = self.working.pop(number).exception()
            if isinstance(error, Unreadable | Interrupted):
                self.again.add(number)
                continue
            if error is not None:
                log.error("an update was not taken over", update=number, **faults.told(error))
            self.done.add(number)
        open_ones = self.working.keys() | self.again
        ended = {each for each in self.done if all(each < other for other in open_ones)}
        if ended:
            self.offset = max(ended) + 1
            self.done -= ended


class Polling:
    def __init__(self, line: Line, intake: Intake, told: Callable[[str], None]) -> None:
        """`told` hears of each change for the worse, and "" when all is well again."""
        self._line = line
        self._intake = intake
        self._told = told
        self._window = Window()

    async def run(self) -> None:
        """Until cancelled; what is in work then is finished first, if it does not take long."""
        pause = 0.0
        try:
            while True:
                try:
                    # After a trouble at once: that it is over should not be told a minute late.
                    await self._look(at_once=pause > 0)
                except (TelegramError, OSError) as error:
                    pause = min(2 * pause, PAUSE_MAX_SECONDS) or PAUSE_FIRST_SECONDS
                    await asyncio.sleep(self._pause(error, pause))
                else:
                    self._told("")
                    pause = 0.0
        finally:
            await self._finish()

    async def _look(self, *, at_once: bool) -> None:
        window = self._window
        may_wait = not (at_once or window.working or window.again)
        raws = await self._line.updates(window.offset, LONG_POLL_SECONDS if may_wait else 0)
        numbers = [each["update_id"] for each in raws if isinstance(each.get("update_id"), int)]
        self._intake.reached(max(numbers, default=0), is_full=len(raws) >= UPDATES_AT_ONCE)
        for raw in raws:
            self._take(raw)
        if window.working:
            await asyncio.wait(window.working.values(), timeout=BUSY_SECONDS)
        window.settle()
        if window.again:
            await asyncio.sleep(UNREADABLE_SECONDS)

    def _take(self, raw: Raw) -> None:
        number = raw.get("update_id")
        if isinstance(number, int) and self._window.is_new(number):
            self._window.start(number, asyncio.create_task(self._intake.take(raw)))

    def _pause(self, error: Exception, pause: float) -> float:
        if isinstance(error, Conflict):
            self._told("another program takes this bot's updates")
            return CONFLICT_SECONDS
        if isinstance(error, InvalidToken):
            self._told("Telegram does not accept the token any more")
            return PAUSE_MAX_SECONDS
        self._told("Telegram cannot be reached")
        asked = trouble(error).retry_after_seconds if isinstance(error, TelegramError) else None
        return asked or pause

    async def _finish(self) -> None:
        self._intake.interrupt()
        if self._window.working:
            _, late = await asyncio.wait(self._window.working.values(), timeout=FINISH_SECONDS)
            self._window.settle()
            await given_up(late)
        if self._window.offset:
            with suppress(TelegramError, OSError, TimeoutError):
                async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                    # What is done need not come again at the next start. What this brings does.
                    await self._line.updates(self._window.offset, 0, limit=1)


async def given_up(tasks: Iterable[asyncio.Task[None]]) -> None:
    """End what takes too long: it is not acknowledged, so it comes again."""
    late = list(tasks)
    for each in late:
        each.cancel()
    if late:
        await asyncio.wait(late)
