"""The product under simulation, as it runs in one process after the other on one file."""

import asyncio
import sqlite3
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.catalogue import load as load_catalogue
from handlers import registry
from handlers.dispatch import Dispatch
from handlers.due import Sweeper
from handlers.guard import Rate
from storage.errors import Unavailable
from storage.model import Chat, Club, Due, Message
from storage.sqlite import connection as files
from storage.store import Work
from tests.simulation.deeds import CHATS, PLATFORM
from tests.simulation.deliveries import Delivery, Todo
from tests.simulation.faults import ABOUT, Crash, FlakyStore, Ran
from tests.simulation.judge import LANGUAGE, WORDS
from tests.simulation.world import Machine

CATALOGUE = load_catalogue()
REGISTRY = registry.find()
NEWBORN = Club("", "", LANGUAGE, "Asia/Shanghai", founded_at=0)
COMMANDS_MAX = 1_000_000
LEASED_MAX = 100


class KnownDispatch(Dispatch):
    """A dispatch whose due rows are known by their names."""

    async def run_due(self, due: Due) -> None:
        ABOUT.set(Todo(f"{due.kind}:{due.key}"))
        await super().run_due(due)


class House:
    def __init__(self, path: Path, machine: Machine) -> None:
        self.path = path
        self.books: sqlite3.Connection = files.reader(path)
        """Beside the store, for whoever wants to check."""
        self._machine = machine
        self._open()

    def _open(self) -> None:
        world, rate = self._machine.world(), Rate(burst=COMMANDS_MAX)
        self.store = FlakyStore(self.path, self._machine)
        self._dispatch = KnownDispatch(
            self.store, REGISTRY, WORDS, CATALOGUE, world, newborn=NEWBORN, rate=rate
        )
        self._sweeper = Sweeper(self.store, self._dispatch, world)

    async def restart(self) -> None:
        """Nothing in memory is left; what the process before had leased waits again."""
        await self.store.close()
        self._open()
        await self.store.unit(lambda work: work.outbox.free())

    async def close(self) -> None:
        await self.store.close()
        self.books.close()

    def ran(self) -> list[Ran]:
        """What became of the units since this was asked last."""
        ran, self.store.ran = self.store.ran, []
        return ran

    # Coming in. Each tells whether the process is still there.

    async def deliver(self, deliveries: Sequence[Delivery]) -> bool:
        """Give it events at the same moment."""
        if len(deliveries) == 1:
            alive = await survived(self._answer(deliveries[0]))
        else:
            alive = await survived(together(*(self._answer(each) for each in deliveries)))
        for each in deliveries:
            each.answer = each.answer if alive else None
        return alive

    async def _answer(self, delivery: Delivery) -> None:
        token = ABOUT.set(delivery)
        try:
            delivery.answer = await self._dispatch.answer(delivery.deed.event())
        finally:
            ABOUT.reset(token)

    async def sweep(self) -> bool:
        return await survived(self._sweep())

    async def _sweep(self) -> None:
        try:
            with suppress(Unavailable):  # as its own loop does: it sweeps again later
                await self._sweeper.sweep()
        finally:
            await at_rest()

    # Going out

    async def lease(self) -> list[tuple[Message, str]]:
        """Messages on their way, with what they say."""

        async def unit(work: Work) -> list[Message]:
            return list(await work.outbox.lease((PLATFORM,), (), LEASED_MAX))

        return [(each, await self._text(each)) for each in await self.store.unit(unit)]

    async def send_all(self) -> list[tuple[Message, str]]:
        """Lease, send and acknowledge until nothing waits."""

        async def unit(work: Work) -> list[Message]:
            sent: list[Message] = []
            while leased := await work.outbox.lease((PLATFORM,), (), LEASED_MAX):
                for each in leased:
                    await work.outbox.sent(each.id, each.edits or f"bot{each.id}")
                sent += leased
            return sent

        return [(each, await self._text(each)) for each in await self.store.unit(unit)]

    async def _text(self, message: Message) -> str:
        live = message.reply.live
        return (await self._dispatch.draw(message) if live else message.reply).text

    async def link(self, club: str) -> None:
        """The club's other groups."""

        async def unit(work: Work) -> None:
            for chat in CHATS[1:]:
                await work.people.put_chat(Chat(PLATFORM, chat, club, "群"))

        await self.store.unit(unit)


async def survived(doing: Coroutine[Any, Any, None]) -> bool:
    """Do it; False when the process has ended meanwhile."""
    try:
        await doing
    except Crash:
        return False
    return True


async def together(*doings: Coroutine[Any, Any, None]) -> None:
    """All at the same moment. Raises what one of them does when all are at their end."""
    results = await asyncio.gather(*doings, return_exceptions=True)
    await at_rest()
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def at_rest() -> None:
    """Wait for what is still under way somewhere."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
