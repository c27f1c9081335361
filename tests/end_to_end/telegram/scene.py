"""carclub in a pretend Telegram: the whole program behind real HTTP, asking or being called."""

import asyncio
import json
import random
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any, Literal, TypeVar

from aiohttp import ClientSession

from bots.app import App
from config.settings import Settings
from rewards import ledger
from storage.model import Account, Member, Millis, Reply, Share
from storage.store import Work
from storage.world import World
from tests.support.telegram import BotApi, Chat, Message, User
from tests.support.telegram.journal import Request
from tests.support.world import START

Way = Literal["polling", "webhook"]
Found = TypeVar("Found")
PLATFORM = "telegram"
SECRET = "a-word-between-the-two-of-them"
WITHIN_SECONDS = 5.0


class Clock:
    """Runs as real time does, from a Friday noon on, and leaps where a test wants it."""

    def __init__(self) -> None:
        self._begun = time.monotonic_ns()
        self._moved = 0

    def __call__(self) -> Millis:
        return START + self._moved + (time.monotonic_ns() - self._begun) // 1_000_000

    def move(self, by: Millis) -> None:
        self._moved += by


class Scene:
    """A car club's group, the program that serves it, and the Telegram between the two."""

    def __init__(self, api: BotApi, clock: Clock, folder: Path, way: Way) -> None:
        self.api = api
        self.clock = clock
        self.folder = folder
        self.way = way
        self.log = StringIO()
        self.excused: set[str] = set()
        """How errors in the log begin that this scenario is meant to bring."""
        self._app: App | None = None
        self._running: asyncio.Task[None] | None = None
        numbers, dice = count(1), random.Random(1)
        self._world = World(
            now=clock,
            rng=dice,
            new_id=lambda: f"id{next(numbers):04d}",
            secret=lambda: dice.randbytes(32),
        )
        self.port = free_port() if way == "webhook" else 0

    # The program

    @property
    def app(self) -> App:
        assert self._app is not None, "not started"
        return self._app

    @property
    def settings(self) -> Settings:
        hook = f"http://127.0.0.1:{self.port}/telegram/webhook"
        return Settings.model_validate(
            {
                "data_dir": self.folder,
                "http_port": self.port,
                "telegram_token": self.api.token,
                "telegram_api_url": self.api.url,
            }
            | (
                {"telegram_webhook_url": hook, "telegram_webhook_secret": SECRET}
                if self.way == "webhook"
                else {}
            )
        )

    async def start(self, *, connected: bool = True) -> None:
        self._app = App(self.settings, self._world)
        begun = len(self.api.journal.requests)
        await self.app.start()
        self._running = asyncio.create_task(self.app.run(asyncio.Event()))
        if connected:
            await self.eventually(lambda: self._is_connected(begun))

    async def _is_connected(self, begun: int) -> bool:
        """It is brought updates, or has asked for some."""
        asked = [each.method for each in self.api.journal.requests[begun:]]
        _, is_well = self.app.platforms[PLATFORM].health()
        return is_well and (self.way == "webhook" or "getUpdates" in asked)

    async def stop(self) -> None:
        if self._app is None:
            return
        app, self._app = self._app, None
        await app.stop()
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    def leap(self, by: Millis) -> None:
        """Time goes on, and everybody notices."""
        self.clock.move(by)
        self.app.news.set()

    async def get(self, path: str) -> tuple[int, dict[str, Any]]:
        async with (
            ClientSession() as session,
            session.get(f"{self.app.server.address}{path}") as answer,
        ):
            return answer.status, json.loads(await answer.text())

    async def health(self) -> dict[str, Any]:
        """What an operator is told of Telegram."""
        _, facts = await self.get("/health")
        found: dict[str, Any] = facts[PLATFORM]
        return found

    @contextmanager
    def held_back(self, first: int = 0) -> Iterator[None]:
        """What happened and was not delivered yet comes later, but for the first few."""
        updates = self.api.updates
        late = updates.pending[first:]
        del updates.pending[first:]
        yield
        updates.pending.extend(late)
        self.api.world.signal.ring()

    # The club

    async def found(self, group: Chat, name: str = "车友会") -> None:
        said = await group.owner.says(group, f"建会 {name}")
        await group.hears("建好了", after=said)

    async def give(self, group: Chat, user: User, points: int) -> None:
        """The leader grants somebody points of the pool."""
        asked = await user.says(group, "积分")
        said = await group.owner.says(group, f"奖励 {points}", reply_to=asked)
        await group.hears(f"{points} 分", after=said)
        await self.quiet()

    async def offered(self, group: Chat, sender: User, words: str) -> Message:
        """The message of an envelope that somebody sends."""
        said = await sender.says(group, words)
        return await group.hears("🧧", after=said)

    async def quiet(self) -> None:
        """All that came is done with, and all that was to be said is said."""
        await self.api.settled()
        await self.eventually(self._nothing_waits)

    async def quiet_but_held(self) -> None:
        """All that came is done with; what was refused for now waits."""
        await self.api.settled()
        await self.eventually(self.nothing_is_sent)

    async def nothing_is_sent(self) -> bool:
        """What waits for its time may wait; nothing is on its way."""
        return not (await self.outbox())["leased"] and not self.app.outbox.under_way

    async def put(self, group: Chat, reply: Reply, topic: str = "") -> None:
        """Something that a feature has to say."""

        async def unit(work: Work) -> None:
            await work.outbox.put(PLATFORM, str(group.id), "", reply, topic=topic)

        await self.app.store.unit(unit)
        self.app.news.set()

    async def _nothing_waits(self) -> bool:
        async def look(work: Work) -> bool:
            counts = await work.outbox.counts()
            return not (counts["waiting"] or counts["leased"])

        return await self.app.store.read(look)

    async def asked(self, method: str, times: int) -> None:
        """Until the bot has asked for this so often."""
        await self.api.until(lambda: len(self.api.requests(method)) >= times)

    async def under_way(self, method: str) -> Request:
        """The newest request of a method, while it has no answer yet."""

        async def look() -> Request | None:
            asked = self.api.requests(method)
            return asked[-1] if asked and not asked[-1].code else None

        found = await self.eventually(look)
        assert found is not None
        return found

    async def eventually(
        self, look: Callable[[], Awaitable[Found]], within: float = WITHIN_SECONDS
    ) -> Found:
        """For what no request of the bot's announces: looked at again and again."""
        async with asyncio.timeout(within):
            while True:
                if found := await look():
                    return found
                await asyncio.sleep(0.01)

    # The books

    async def member(self, user: User) -> Member | None:
        async def look(work: Work) -> Member | None:
            await self._enter(work)
            person = await work.people.person(Account(PLATFORM, str(user.id)))
            return await work.people.member(person) if person else None

        return await self.app.store.read(look)

    async def points(self, user: User) -> int:
        member = await self.member(user)
        assert member is not None, f"nobody knows {user.name}"
        return await self.balance(ledger.wallet(member.id))

    async def balance(self, account: str) -> int:
        async def look(work: Work) -> int:
            await self._enter(work)
            return (await work.ledger.balance(account)).posted

        return await self.app.store.read(look)

    async def share(self, number: int) -> Share:
        async def look(work: Work) -> Share | None:
            await self._enter(work)
            return await work.shares.share(number)

        found = await self.app.store.read(look)
        assert found is not None, f"no share {number}"
        return found

    async def shares(self) -> int:
        async def look(work: Work) -> int:
            await self._enter(work)
            return sum(number for _, number in await work.shares.counted(0, 1_000))

        return await self.app.store.read(look)

    async def outbox(self) -> dict[str, int]:
        async def look(work: Work) -> dict[str, int]:
            return dict(await work.outbox.counts())

        return await self.app.store.read(look)

    async def _enter(self, work: Work) -> None:
        clubs = await work.people.clubs(1)
        work.enter(clubs[0].id if clubs else "")


def said_after(message: Message) -> list[str]:
    """What the bot has said since in that chat."""
    return [each.text for each in message.chat.by_bot if each.id > message.id]


def free_port() -> int:
    """A webhook has to be named before anybody listens there."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
