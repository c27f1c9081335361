"""Sends what was committed: in order, paced, and again where that does no harm."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from bots.contract import Platform, PlatformError
from handlers import faults
from storage.errors import Unavailable
from storage.model import MINUTE, SECOND, Message, Millis, Priority, Reply
from storage.store import Store, Work
from storage.world import World

log = structlog.get_logger()

LEASED_MAX = 50
LOOK_EVERY_SECONDS = 5.0
SEND_TIMEOUT_SECONDS = 60.0
"""Well under the lease, so that nobody sends what we are still sending."""
BACKOFF_MAX: Millis = 10 * MINUTE
ATTEMPTS_MAX = {Priority.DANGER: 50, Priority.MONEY: 50, Priority.ANSWER: 8, Priority.CHATTER: 3}
TWICE_DOES_NO_HARM = (Priority.DANGER, Priority.MONEY, Priority.ANSWER)

Conversation = tuple[str, str, str]
Draw = Callable[[Message], Awaitable[Reply]]
Step = Callable[[Work], Awaitable[None]]


@dataclass(slots=True)
class Sent:
    """What has happened since the start, for metrics."""

    sent: int = 0
    retried: int = 0
    buried: int = 0


class Outbox:
    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        world: World,
        draw: Draw,
        news: asyncio.Event,
    ) -> None:
        """`draw` gives a live message its words; `news` is set when something new waits."""
        self.counts = Sent()
        self._store = store
        self._platforms = platforms
        self._world = world
        self._draw = draw
        self._news = news
        self._busy: set[Conversation] = set()
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send until cancelled; what is being sent then is finished first."""
        try:
            await self._take_back()
            while True:
                self._news.clear()
                wait = await self._look()
                # Not wait_for: in Python 3.11 it swallows a cancel that comes together with news.
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._news.wait()
        finally:
            if self._sending:
                await asyncio.wait(self._sending, timeout=LOOK_EVERY_SECONDS)

    async def _take_back(self) -> None:
        async def unit(work: Work) -> int:
            return await work.outbox.free()

        while True:
            try:
                await self._store.unit(unit)
            except Unavailable as error:
                log.warning("outbox cannot start yet", error=str(error))
                await asyncio.sleep(LOOK_EVERY_SECONDS)
            else:
                return

    async def _look(self) -> float:
        """Start sending what may go out now; how many seconds to wait for more."""
        busy, names = tuple(self._busy), tuple(self._platforms)

        async def unit(work: Work) -> tuple[list[Message], Millis | None]:
            leased = await work.outbox.lease(names, busy, LEASED_MAX)
            return list(leased), await work.outbox.next_at()

        try:
            leased, next_at = await self._store.unit(unit)
        except Unavailable as error:
            log.warning("outbox cannot look now", error=str(error))
            return LOOK_EVERY_SECONDS
        for message in leased:
            self._busy.add(conversation(message))
            task = asyncio.create_task(self._deliver(message))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        if next_at is None or (not leased and next_at <= self._world.now()):
            return LOOK_EVERY_SECONDS  # the rest waits for a conversation: its end wakes us
        return min(max((next_at - self._world.now()) / SECOND, 0.0), LOOK_EVERY_SECONDS)

    async def _deliver(self, message: Message) -> None:
        platform = self._platforms[message.platform]
        try:
            try:
                if message.reply.live:
                    message = replace(message, reply=await self._drawn(message))
                async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                    sent = await platform.send(message)
            except PlatformError as error:
                await self._failed(message, error)
            except TimeoutError:
                await self._failed(message, PlatformError("timeout", delivered_maybe=True))
            except Exception as error:
                told = faults.told(error)
                log.error("a platform broke while sending", platform=message.platform, **told)
                await self._failed(message, PlatformError("fault", delivered_maybe=True))
            else:
                self.counts.sent += 1
                await self._settle(lambda work: work.outbox.sent(message.id, sent))
            await asyncio.sleep(platform.traits.pace_seconds)
        finally:
            self._busy.discard(conversation(message))
            self._news.set()

    async def _drawn(self, message: Message) -> Reply:
        """Raises PlatformError: a message that cannot be drawn must not hold up what follows it."""
        try:
            return await self._draw(message)
        except Unavailable as error:
            raise PlatformError("nothing can be looked up now") from error
        except Exception as error:
            log.error("a message cannot be drawn", number=message.id, **faults.told(error))
            raise PlatformError("cannot be drawn", final=True) from error

    async def _failed(self, message: Message, error: PlatformError) -> None:
        priority = message.reply.priority
        if error.delivered_maybe and priority not in TWICE_DOES_NO_HARM:
            await self._settle(lambda work: work.outbox.sent(message.id, ""))
        elif error.final or message.attempts >= ATTEMPTS_MAX[priority]:
            self.counts.buried += 1
            log.error("message given up", platform=message.platform, number=message.id)
            await self._settle(lambda work: work.outbox.bury(message.id, error.reason))
        else:
            self.counts.retried += 1
            wait = backoff(message.attempts, self._world.rng.random())
            if error.retry_after_seconds is not None:
                wait = max(wait, int(error.retry_after_seconds * SECOND))
            at = self._world.now() + wait
            await self._settle(lambda work: work.outbox.retry(message.id, at, error.reason))

    async def _settle(self, step: Step) -> None:
        """Note what became of a message. If that fails, its lease ends and it is sent again."""

        async def unit(work: Work) -> None:
            await step(work)

        try:
            await self._store.unit(unit)
        except Unavailable as error:
            log.warning("outbox cannot note what it sent", error=str(error))


def conversation(message: Message) -> Conversation:
    return (message.platform, message.chat, message.account)


def backoff(attempts: int, luck: float) -> Millis:
    """1 s, 2 s, 4 s … up to ten minutes, spread by a quarter so that a crowd does not return."""
    wait = min(SECOND << min(attempts - 1, 20), BACKOFF_MAX)
    return int(wait * (1 + luck / 4))
