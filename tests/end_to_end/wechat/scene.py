"""carclub in WeChat: the whole program at a real gateway, with the local group beside it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientSession
from pydantic import SecretStr

from bots.app import App
from bots.wechat.bot import WeChat
from config.settings import Settings
from rewards import ledger
from storage.model import Account, Member, Millis, Role, Share
from storage.store import Work
from storage.world import World
from tests.support.wechat.gateway import Gateway
from tests.support.wechat.reports import Sent
from tests.support.wechat.world import ALICE, ROOM

PLATFORM = "wechat"
WITHIN_SECONDS = 8.0
Found = TypeVar("Found")


class Clock:
    """Real time, as the gateway's is; it leaps where a test wants it."""

    def __init__(self) -> None:
        self._moved = 0

    def __call__(self) -> Millis:
        return self._moved + time.time_ns() // 1_000_000

    def move(self, by: Millis) -> None:
        self._moved += by


class Scene:
    def __init__(self, gateway: Gateway, folder: Path, **settings: object) -> None:
        self.gateway = gateway
        self.folder = folder
        self.clock = Clock()
        self.log = StringIO()
        self.stops = 0
        """How often somebody else may stop the gateway's account."""
        self._settings = settings
        self._app: App | None = None
        self._running: asyncio.Task[None] | None = None
        numbers, dice = count(1), random.Random(1)
        self._world = World(
            now=self.clock,
            rng=dice,
            new_id=lambda: f"id{next(numbers):04d}",
            secret=lambda: dice.randbytes(32),
        )

    # The program

    @property
    def app(self) -> App:
        assert self._app is not None, "not started"
        return self._app

    @property
    def wechat(self) -> WeChat:
        found = self.app.platforms[PLATFORM]
        assert isinstance(found, WeChat)
        return found

    async def start(self, *, connected: bool = True) -> None:
        settings = Settings.model_validate(
            {
                "data_dir": self.folder,
                "http_port": 0,
                "local_group": "on",
                "wechat_endpoint": self.gateway.endpoint,
                "wechat_token": SecretStr(self.gateway.token),
                **self._settings,
            }
        )
        self._app = App(settings, self._world)
        await self._app.start()
        self._running = asyncio.create_task(self._app.run(asyncio.Event()))
        if connected:
            await self.connected()

    async def connected(self, within: float = WITHIN_SECONDS) -> float:
        """Until the account can be heard; how many seconds that took."""
        began = time.monotonic()
        await self.eventually(self._is_connected, within)
        return time.monotonic() - began

    async def disconnected(self, within: float = 15.0) -> float:
        began = time.monotonic()

        async def look() -> bool:
            return self.wechat.line.me is None

        await self.eventually(look, within)
        return time.monotonic() - began

    async def _is_connected(self) -> bool:
        return self.wechat.line.me is not None

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
            return answer.status, await answer.json()

    async def say_locally(self, account: str, text: str, *, private: bool = False) -> None:
        """Somebody says something in the group in the browser, or there in private."""
        address = self.app.server.address
        async with (
            ClientSession() as session,
            session.post(
                f"{address}/local/say",
                json={"account": account, "text": text, "private": private},
                headers={"Origin": address},
            ) as answer,
        ):
            answer.raise_for_status()

    # The group

    async def found(self, name: str = "车友会") -> None:
        await self.asks(ALICE, f"建会 {name}", "建好了")

    async def asks(self, who: str, text: str, hears: str, **more: Any) -> Sent:
        """Somebody says it in the group; what is then said with these words."""
        return await self._answer(self.gateway.say, who, text, hears, **more)

    async def whispers(self, who: str, text: str, hears: str, **more: Any) -> Sent:
        """The same in private."""
        return await self._answer(self.gateway.whisper, who, text, hears, **more)

    async def _answer(
        self,
        say: Callable[..., Awaitable[str]],
        who: str,
        text: str,
        hears: str,
        *,
        within: float = WITHIN_SECONDS,
        **more: Any,
    ) -> Sent:
        before = len(self.gateway.sends)
        await say(who, text, **more)
        return await self.hears(hears, before, within)

    async def hears(self, words: str, before: int = 0, within: float = WITHIN_SECONDS) -> Sent:
        """What is said with these words, behind so many other messages."""

        async def look() -> Sent | None:
            later = self.gateway.sends[before:]
            return next((each for each in later if words in shown(each)), None)

        try:
            found = await self.eventually(look, within)
        except TimeoutError:
            said = "\n".join(shown(each) for each in self.gateway.sends[before:])
            raise AssertionError(
                f"nobody said {words!r}, only:\n{said}\n{self.log.getvalue()}"
            ) from None
        assert found is not None
        return found

    def said(self, to: str = ROOM) -> list[str]:
        return [each.text for each in self.gateway.sends if each.to == to]

    async def quiet(self) -> None:
        """All that was said is heard, and all that is to be said is said."""
        await self.gateway.report()

        async def look() -> bool:
            counts = await self.outbox()
            wechat = self.wechat.health()[0]
            return not (counts["waiting"] or counts["leased"] or wechat["events_waiting"])

        # What was just said may still be on its way through the SDK, and waits for its turn there.
        for _ in range(3):
            await asyncio.sleep(0.12)
            await self.eventually(look)

    async def eventually(
        self, look: Callable[[], Awaitable[Found]], within: float = WITHIN_SECONDS
    ) -> Found:
        async with asyncio.timeout(within):
            while True:
                if found := await look():
                    return found
                await asyncio.sleep(0.01)

    # The books

    async def member(self, account: str, platform: str = PLATFORM) -> Member | None:
        async def look(work: Work) -> Member | None:
            await self._enter(work)
            person = await work.people.person(Account(platform, account))
            return await work.people.member(person) if person else None

        return await self.app.store.read(look)

    async def points(self, account: str, platform: str = PLATFORM) -> int:
        member = await self.member(account, platform)
        assert member is not None, f"nobody knows {account}"

        async def look(work: Work) -> int:
            await self._enter(work)
            return (await work.ledger.balance(ledger.wallet(member.id))).posted

        return await self.app.store.read(look)

    async def give(self, account: str, points: int) -> None:
        """Points out of the pool."""
        member = await self.member(account)
        assert member is not None, f"nobody knows {account}"

        async def unit(work: Work) -> None:
            await self._enter(work)
            number = await work.next_number("test")
            await work.ledger.post(ledger.grant(f"test{number}", member.id, member.id, points))

        await self.app.store.unit(unit)

    async def share(self, number: int) -> Share | None:
        async def look(work: Work) -> Share | None:
            await self._enter(work)
            return await work.shares.share(number)

        return await self.app.store.read(look)

    async def outbox(self) -> dict[str, int]:
        async def look(work: Work) -> dict[str, int]:
            return dict(await work.outbox.counts())

        return await self.app.store.read(look)

    async def _enter(self, work: Work) -> None:
        """Into the club of the WeChat group: the local one may be another."""
        chat = await work.people.chat(PLATFORM, ROOM)
        work.enter(chat.club if chat else "")


def shown(sent: Sent) -> str:
    """As members read it: what ends a mention looks like a space."""
    return sent.text.replace("\u2005", " ") or str(sent.facts)


def is_leader(member: Member | None) -> bool:
    return member is not None and member.role == Role.LEADER
