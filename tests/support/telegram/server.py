"""The pretend Telegram: a Bot API server in this process, and the people who use it."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from tests.support.telegram import spec
from tests.support.telegram.chats import Chat
from tests.support.telegram.faults import (
    BadGateway,
    Fault,
    Faults,
    LoseAnswer,
    NoAnswer,
    Page,
    Refuse,
    Reset,
    Slow,
)
from tests.support.telegram.flood import Flood, FloodLimits
from tests.support.telegram.http import application
from tests.support.telegram.journal import Journal, Request
from tests.support.telegram.methods import PLAYED
from tests.support.telegram.methods.call import Call
from tests.support.telegram.model import Status
from tests.support.telegram.people import User
from tests.support.telegram.polling import Polling
from tests.support.telegram.refusals import Refused, bad
from tests.support.telegram.webhook import RETRY_SECONDS, Webhook
from tests.support.telegram.world import BOT_ID, World

TOKEN = f"{BOT_ID}:pretend-token-of-nobody"
HOST = "127.0.0.1"


def milliseconds() -> int:
    return time.time_ns() // 1_000_000


class BotApi:
    """`async with BotApi() as server`, then people act and the bot under test answers.

    `now` is the server's clock in milliseconds. Updates are judged by aiogram's models as they are
    made, unless `judge_updates` is off, which a benchmark may want.
    """

    def __init__(
        self,
        *,
        now: Callable[[], int] = milliseconds,
        username: str = "carclub_bot",
        flood: FloodLimits | None = None,
        webhook_retry_seconds: float = RETRY_SECONDS,
        judge_updates: bool = True,
        port: int = 0,
    ) -> None:
        self.token = TOKEN
        self.world = World(now, username, self._judge() if judge_updates else None)
        self.journal = Journal()
        self.faults = Faults()
        # Tests that ask for nonsense on purpose switch this off.
        self.judged = True
        self.flood = Flood(flood) if flood else None
        self.updates = self.world.updates
        self.polling = Polling(self.updates)
        self.webhook = Webhook(self.updates, now, webhook_retry_seconds)
        self.closing = asyncio.Event()
        self.port = port
        self._runner: web.AppRunner | None = None

    @staticmethod
    def _judge() -> Callable[[dict[str, Any]], None]:
        from tests.support.telegram.judges import judge_update

        return judge_update

    # Where it is

    async def __aenter__(self) -> BotApi:
        self._runner = web.AppRunner(
            application(self), access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closing.set()
        self.polling.close()
        await self.webhook.stop()
        if self._runner:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """For aiogram: TelegramAPIServer.from_base(url)."""
        return f"http://{HOST}:{self.port}"

    @property
    def base_url(self) -> str:
        """For python-telegram-bot, which puts the token right behind it."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    # Who is there

    @property
    def bot(self) -> User:
        return self.world.bot

    def user(self, name: str, username: str = "") -> User:
        return self.world.user(name, username)

    def other_bot(self, name: str, username: str) -> User:
        return self.world.user(name, username, is_bot=True)

    def group(
        self,
        title: str,
        *,
        owner: User | None = None,
        members: Iterable[User] = (),
        forum: bool = False,
        kind: str = "supergroup",
        with_bot: bool = True,
        username: str = "",
    ) -> Chat:
        """A group with its people, and the bot as a plain member; nobody is told of its making."""
        chat = Chat(self.world, self.world.chat_id(kind), kind, title)
        chat.forum, chat.username = forum, username
        chat.seat(owner or self.user(f"{title}群主"), Status.OWNER)
        chat.seat_all(members)
        if with_bot:
            chat.seat(self.bot)
        return chat

    def channel(self, title: str, *, with_bot: bool = False, username: str = "") -> Chat:
        """A channel; the bot in it is an administrator, as bots in channels are."""
        chat = self.group(title, kind="channel", with_bot=False, username=username)
        if with_bot:
            rights = frozenset({"can_manage_chat", "can_post_messages", "can_edit_messages"})
            chat.seat(self.bot, Status.ADMINISTRATOR, rights=rights)
        return chat

    def fail(self, fault: Fault, *methods: str, times: int = 1, chat: Chat | None = None) -> None:
        """The next calls, of these methods or of all but polling, go wrong."""
        self.faults.plant(fault, *methods, times=times, chat=chat)

    def requests(self, *methods: str) -> list[Request]:
        """What the bot asked for so far; polling only when it is named."""
        return self.journal.of(*methods)

    async def until(self, look: Callable[[], Any], within: float = 5.0) -> Any:
        """What this finds, as soon as it is true; looked at after every change."""
        return await self.world.signal.until(look, within, "it did not become true")

    async def settled(self, within: float = 5.0) -> None:
        """Until the bot has confirmed every update."""
        await self.until(lambda: not self.updates.waiting(), within)

    # What it does

    async def call(
        self, token: str, method: str, raw: dict[str, Any], files: dict[str, spec.Upload]
    ) -> Request:
        """One request, from its parameters as they came to its answer."""
        request = Request(method, raw, self.world.now(), files)
        self.journal.requests.append(request)
        begun = time.perf_counter()
        try:
            if token != self.token:
                raise Refused(401)
            request.parameters = _decoded(method, raw)
            fault = self.faults.strike(method, request.parameters)
            result = await self._answer(request, raw, fault)
            request.code, request.answer = 200, {"ok": True, "result": result}
        except Refused as refusal:
            request.code, request.answer = refusal.code, refusal.body()
        finally:
            request.took = time.perf_counter() - begun
            self.world.signal.ring()
        return request

    async def _answer(self, request: Request, raw: dict[str, Any], fault: Fault | None) -> Any:
        request.fault = type(fault).__name__ if fault else ""
        if isinstance(fault, Refuse):
            raise fault.refusal
        if isinstance(fault, BadGateway):
            request.code = 502
            raise Page
        if isinstance(fault, Reset):
            raise NoAnswer(silent=False)
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        result = await self._play(request, raw)
        if isinstance(fault, LoseAnswer):
            if fault.late_seconds is None:
                raise NoAnswer(silent=True)
            await asyncio.sleep(fault.late_seconds)
        return result

    async def _play(self, request: Request, raw: dict[str, Any]) -> Any:
        method = request.method
        checked = spec.check(method, raw, request.files)
        request.parameters = checked.parameters
        if self.flood:
            chat_id = checked.parameters.get("chat_id")
            self.flood.admit(method, chat_id, self.world.now())
        if method == "getUpdates":
            return await self.polling.get(checked.parameters, webhook_set=bool(self.webhook.url))
        if method in ("setWebhook", "deleteWebhook"):
            return await self.webhook.set(checked.parameters)
        if method == "getWebhookInfo":
            return self.webhook.info()
        if method not in PLAYED:
            raise bad(f"the test server does not play {method}")
        result = PLAYED[method](Call(self.world, checked))
        return await result if inspect.isawaitable(result) else result


def _decoded(method: str, raw: dict[str, Any]) -> dict[str, Any]:
    """The parameters as far as they can be read, for faults and for the journal."""
    if not spec.is_method(method):
        return raw
    known = spec.fields(method)
    decoded = {}
    for name, value in raw.items():
        try:
            decoded[name] = spec.decode(known[name], value)
        except (KeyError, Refused):
            decoded[name] = value
    return decoded
