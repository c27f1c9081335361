"""Sends what was committed: in order, paced, and again where that does no harm."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import structlog

from bots.contract import Platform, PlatformError, Sent, Traits
from bots.pace import Conversation, Opening, Pace
from handlers import faults
from storage.errors import Unavailable
from storage.model import DAY, HOUR, MINUTE, SECOND, Message, Millis, Priority, Reply
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

Draw = Callable[[Message], Awaitable[Reply]]
Step = Callable[[Work, Message], Awaitable[None]]


@dataclass(slots=True)
class Counts:
    """What has happened since the start, for metrics."""

    sent: int = 0
    retried: int = 0
    buried: int = 0
    held: int = 0


class Outbox:
    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        world: World,
        draw: Draw,
        news: asyncio.Event,
        spent: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`draw` gives a live message its words; `news` is set when something new waits; `spent` is
        told, now and then, where so much was said today that answers wait."""
        self.counts = Counts()
        self._store = store
        self._platforms = platforms
        self._world = world
        self._draw = draw
        self._news = news
        self._spent = spent
        self._paces: dict[str, Pace] = {}
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send until cancelled; what is being sent then is finished first."""
        try:
            await self._take_back()
            while True:
                self._news.clear()
                wait = (await self.look() - self._world.now()) / SECOND
                # Not wait_for: in Python 3.11 it swallows a cancel that comes together with news.
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(max(wait, 0.0), LOOK_EVERY_SECONDS)):
                        await self._news.wait()
        finally:
            await self.finished(LOOK_EVERY_SECONDS)

    @property
    def under_way(self) -> int:
        """How many messages are being sent."""
        return sum(not task.done() for task in self._sending)

    async def finished(self, timeout_seconds: float | None = None) -> None:
        """Wait for what is being sent."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=timeout_seconds)

    async def _take_back(self) -> None:
        limited = [
            name for name, each in self._platforms.items() if each.traits.limits.per_day is not None
        ]

        async def unit(work: Work) -> dict[str, list[Millis]]:
            await work.outbox.free()
            since = work.now - DAY
            return {
                name: [work.now - at for at in await work.outbox.sent_since(name, since)]
                for name in limited
            }

        while True:
            try:
                ages = await self._store.unit(unit)
            except Unavailable as error:
                log.warning("outbox cannot start yet", error=str(error))
                await asyncio.sleep(LOOK_EVERY_SECONDS)
            else:
                for name, each in ages.items():
                    self._pace(name).recall(each, self._world.now())
                return

    async def look(self) -> Millis:
        """Start sending all that may go out now. When to look again, in the world's time; sooner
        if something new waits or what is being sent has ended."""
        now = self._world.now()
        later = now + int(LOOK_EVERY_SECONDS * SECOND)
        openings = {name: self._pace(name).opening(now) for name in self._platforms}
        for name, each in openings.items():
            if each.least < Priority.ANSWER:
                self._spent(name)
        wider = [each.changes_at for each in openings.values() if each.changes_at is not None]
        openings = {name: each for name, each in openings.items() if each.room != 0}
        if not openings and wider:
            return min(wider)
        try:
            leased, wait = await self._lease(openings)
        except Unavailable as error:
            log.warning("outbox cannot look now", error=str(error))
            return later
        for message in leased:
            self._begin(message)
        if len(leased) >= LEASED_MAX:
            return now
        if wait is None:
            return later
        if wait > 0:
            return min(later, now + wait)
        # What is ready is held up: by the pace, or by what is being sent, whose end wakes us.
        return min([later, *wider])

    async def _lease(self, openings: Mapping[str, Opening]) -> tuple[list[Message], Millis | None]:
        """What may go out now, and how long the next must wait for its time, not for the pace."""

        async def unit(work: Work) -> tuple[list[Message], Millis | None]:
            leased: list[Message] = []
            for name, each in openings.items():
                limit = LEASED_MAX if each.room is None else min(each.room, LEASED_MAX)
                traits = self._platforms[name].traits
                for message in await work.outbox.lease(
                    (name,), each.closed, limit, each.only, each.least, edits=traits.edits
                ):
                    also = await work.outbox.join(message, traits.joined_max)
                    leased.append(replace(message, also=tuple(also)))
            next_at = await work.outbox.next_at()
            return leased, None if next_at is None else next_at - work.now

        return await self._store.unit(unit)

    def _pace(self, platform: str) -> Pace:
        if platform not in self._paces:
            self._paces[platform] = Pace(self._platforms[platform].traits.limits)
        return self._paces[platform]

    def _begin(self, message: Message) -> None:
        self._pace(message.platform).begin(conversation(message), self._world.now())
        task = asyncio.create_task(self._deliver(message))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _deliver(self, message: Message) -> None:
        platform = self._platforms[message.platform]
        messages, heard = 0, True
        try:
            try:
                if message.reply.live:
                    message = replace(message, reply=await self._drawn(message))
                sent = Sent("", messages=0)
                if is_worth_saying(message, platform.traits):
                    if not platform.traits.edits:
                        message = replace(message, edits="")
                    messages = 1
                    async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                        sent = await platform.send(message)
            except PlatformError as error:
                heard = error.delivered_maybe
                await self._failed(message, error)
            except TimeoutError:
                await self._failed(message, PlatformError("timeout", delivered_maybe=True))
            except Exception as error:
                told = faults.told(error)
                log.error("a platform broke while sending", platform=message.platform, **told)
                await self._failed(message, PlatformError("fault", delivered_maybe=True))
            else:
                messages = sent.messages
                self.counts.sent += bool(messages)
                await self._settle(message, partial(note_sent, said=message, sent=sent))
        finally:
            self._pace(message.platform).end(
                conversation(message),
                self._world.now(),
                messages,
                is_edit=bool(message.edits),
                heard=heard,
                luck=self._world.rng.random() if platform.traits.limits.pause else 0.0,
            )
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
        # The same edit twice is the same message.
        may_repeat = priority in TWICE_DOES_NO_HARM or bool(message.edits)
        if error.delivered_maybe and not may_repeat:
            await self._settle(message, partial(note_sent, said=message, sent=Sent("")))
        elif error.unreachable and not message.chat:
            await self._hold(message)
        elif error.retry_after_seconds is not None and not error.final:
            await self._slow_down(message, error, error.retry_after_seconds)
        else:
            await self._try_again(message, error)

    async def _try_again(self, message: Message, error: PlatformError) -> None:
        """Or give up: each of what was said together when it has had its own attempts."""
        together = (message, *message.also)
        most = 0 if error.final or error.unreachable else ATTEMPTS_MAX[message.reply.priority]
        given_up = [each.id for each in together if each.attempts >= most]
        for number in given_up:
            log.error("message given up", platform=message.platform, number=number)
        self.counts.buried += len(given_up)
        self.counts.retried += len(given_up) < len(together)
        wait = backoff(message.attempts, self._world.rng.random())

        async def step(work: Work, each: Message) -> None:
            if each.id in given_up:
                await work.outbox.bury(each.id, error.reason)
            else:
                await work.outbox.retry(each.id, work.now + wait, error.reason)

        await self._settle(message, step)

    async def _slow_down(self, message: Message, error: PlatformError, seconds: float) -> None:
        """The whole conversation waits, and this is no attempt: we were too fast, or too early."""
        self.counts.retried += 1
        wait = max(math.ceil(seconds * SECOND), SECOND)
        log.warning(
            "a conversation waits",
            platform=message.platform,
            seconds=seconds,
            reason=error.reason,
        )
        self._pace(message.platform).hold(conversation(message), self._world.now(), wait)
        await self._settle(
            message,
            lambda work, each: work.outbox.retry(
                each.id, work.now + wait, error.reason, is_attempt=False
            ),
        )

    async def _hold(self, message: Message) -> None:
        """It waits until its addressee opens the conversation; the group it was asked in invites
        them to, once an hour."""
        self.counts.held += 1

        async def step(work: Work, each: Message) -> None:
            await work.outbox.hold(each.id)
            if each.via:
                door = Reply("", slot=f"door:{each.account}:{work.now // HOUR}", live=True)
                await work.outbox.put(each.platform, each.via, "", door, topic=each.topic)

        await self._settle(message, step)

    async def _settle(self, message: Message, step: Step) -> None:
        """Note what became of a message and of what was said together with it. If that fails, their
        lease ends and they are sent again."""

        async def unit(work: Work) -> None:
            for each in (message, *message.also):
                await step(work, each)

        try:
            await self._store.unit(unit)
        except Unavailable as error:
            log.warning("outbox cannot note what it sent", error=str(error))


def is_worth_saying(message: Message, traits: Traits) -> bool:
    """What cannot be changed is said anew when its life has come to another stage."""
    return traits.edits or not message.edits or message.stage != message.reply.stage


async def note_sent(work: Work, message: Message, said: Message, sent: Sent) -> None:
    """`said` is the message that stands for all that were said together."""
    if message.id == said.id:
        stage, counted = said.reply.stage, sent.messages
        await work.outbox.sent(message.id, sent.id, stage=stage, counted=counted)
    else:
        await work.outbox.sent(message.id, "")


def conversation(message: Message) -> Conversation:
    return (message.platform, message.chat, message.account)


def backoff(attempts: int, luck: float) -> Millis:
    """1 s, 2 s, 4 s … up to ten minutes, spread by a quarter so that a crowd does not return."""
    wait = min(SECOND << min(attempts - 1, 20), BACKOFF_MAX)
    return int(wait * (1 + luck / 4))
