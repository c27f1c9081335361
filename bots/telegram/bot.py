"""Telegram as a platform: connects, polls or serves the webhook, sends, and stops cleanly."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from aiohttp import web
from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError

from bots.contract import Limits, PlatformError, Receive, Sent, Traits
from bots.telegram.calls import AWAY_SECONDS, Calls
from bots.telegram.chats import Chats
from bots.telegram.errors import trouble
from bots.telegram.intake import Intake
from bots.telegram.line import WANTED, Line
from bots.telegram.memory import Memory
from bots.telegram.nouns import PLATFORM, Me
from bots.telegram.polling import Polling
from bots.telegram.sending import Sending
from bots.telegram.taps import Taps
from bots.telegram.webhook import CONNECTIONS_MAX, PATH, Webhook
from config.settings import SettingsError
from storage.errors import Unavailable
from storage.model import SECOND, Event, EventKind, Message, Reply
from storage.store import Store
from storage.world import World

log = structlog.get_logger()

LIMITS = Limits(gap=SECOND, edit_gap=3 * SECOND, per_minute=20, per_second=28)
CONNECT_PAUSE_SECONDS = 1.0
CONNECT_PAUSE_MAX_SECONDS = 30.0
CONNECTED_WITHIN_SECONDS = 20.0
"""How long a message may wait in our hands for the connection; well under what sending may take."""
COMMANDS_MAX = 100
DESCRIPTION_MAX = 256


@dataclass(frozen=True, slots=True)
class Texts:
    """What Telegram's own part has to say, in the installation's language."""

    wait: str
    """To who pressed, when it takes long."""
    expired: str
    """To who pressed a button nobody knows any more."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Telegram brings updates to, and the word by which it is known."""

    url: str
    secret: str


class Telegram:
    name = PLATFORM
    traits = Traits(LIMITS)

    def __init__(
        self,
        line: Line,
        store: Store,
        world: World,
        texts: Texts,
        *,
        hook: Hook | None = None,
        menus: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        kept: Callable[[], None] = lambda: None,
    ) -> None:
        """`menus`: words and what they are for, by language, "" for all others; `kept` is called
        when something new waits in the outbox."""
        self._line = line
        self._memory = Memory(store, kept)
        self._world = world
        self._texts = texts
        self._hook = hook
        self._webhook = Webhook(hook.secret) if hook else None
        self._menus = menus or {}
        self._stopped = asyncio.Event()
        self._connected = asyncio.Event()
        self._chats: Chats | None = None
        self._sending: Sending | None = None
        self._intake: Intake | None = None
        self._trouble = "not connected yet"
        self._noticing: set[asyncio.Task[None]] = set()

    def add_routes(self, application: web.Application) -> None:
        if self._webhook is not None:
            application.router.add_post(PATH, self._webhook.page)

    # Life

    async def run(self, receive: Receive) -> None:
        """Raises SettingsError when Telegram does not know the token."""
        stopping = asyncio.create_task(self._stopped.wait())
        living = asyncio.create_task(self._live(receive))
        try:
            await asyncio.wait([stopping, living], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            living.cancel()
            await asyncio.wait([living, *self._noticing])
            await self._line.close()
        if not living.cancelled():
            living.result()

    async def _live(self, receive: Receive) -> None:
        me = await self._connect()
        chats = Chats(self._line, me, self._world.now)
        taps = Taps(self._line, self._texts.wait, self._memory.tell)
        intake = Intake(
            self._line,
            me,
            chats,
            taps,
            receive,
            self._memory,
            self._texts.expired,
            one_by_one=self._hook is not None,
        )
        self._chats, self._intake = chats, intake
        self._sending = Sending(Calls(self._line), chats, self._memory, self._notice)
        self._connected.set()
        try:
            await intake.resume()
            if self._webhook is not None:
                self._webhook.open(intake.take)
            self._note("")
            log.info("telegram connected", bot=me.id, webhook=self._webhook is not None)
            if self._webhook is None:
                await Polling(self._line, intake, self._note).run()
            else:
                # Not until `_stopped`: being cancelled as well, it could not finish what it began.
                await asyncio.get_running_loop().create_future()
        finally:
            intake.interrupt()
            if self._webhook is not None:
                await self._webhook.close()
            await intake.finish()
            await taps.finish()
            await chats.close()

    async def _connect(self) -> Me:
        """Try until Telegram is there."""
        pause = CONNECT_PAUSE_SECONDS
        while True:
            try:
                return await self._greet()
            except InvalidToken:
                raise SettingsError("Telegram does not accept telegram_token") from None
            except TelegramError as error:
                found = trouble(error)
                log.warning("telegram is not there", kind=found.kind.value)
                await asyncio.sleep(max(pause, found.retry_after_seconds or 0))
                pause = min(2 * pause, CONNECT_PAUSE_MAX_SECONDS)

    async def _greet(self) -> Me:
        me = await self._line.open()
        bot = self._line.bot
        if self._hook is None:
            await bot.delete_webhook(drop_pending_updates=False)
        else:
            await bot.set_webhook(
                self._hook.url,
                secret_token=self._hook.secret,
                allowed_updates=WANTED,
                max_connections=CONNECTIONS_MAX,
            )
        for language, commands in self._menus.items():
            menu = [
                BotCommand(word, about[:DESCRIPTION_MAX]) for word, about in commands[:COMMANDS_MAX]
            ]
            await bot.set_my_commands(menu, language_code=language or None)
        return me

    async def stop(self) -> None:
        self._stopped.set()

    def _note(self, problem: str) -> None:
        if problem and problem != self._trouble:
            log.warning("telegram has a problem", problem=problem)
        self._trouble = problem

    def health(self) -> tuple[Mapping[str, object], bool]:
        counts = self._intake.counts if self._intake else None
        me = self._chats.me if self._chats else None
        facts = {
            "state": self._trouble or "connected",
            "by": "webhook" if self._hook else "polling",
            "reads_all_messages": me.reads_all if me else None,
            "chats_lacking_rights": self._chats.lacking() if self._chats else 0,
            "updates": counts.updates if counts else 0,
            "updates_left_out": counts.skipped if counts else 0,
        }
        return facts, not self._trouble

    # Out

    async def send(self, message: Message) -> Sent:
        with suppress(TimeoutError):
            async with asyncio.timeout(CONNECTED_WITHIN_SECONDS):
                await self._connected.wait()
        if self._sending is None:
            raise PlatformError("not connected yet", retry_after_seconds=AWAY_SECONDS)
        return await self._sending.send(message)

    async def say(self, event: Event, reply: Reply) -> None:
        to_one = event.private or reply.to == "private"
        message = Message(
            id=0,
            platform=PLATFORM,
            chat="" if to_one else event.chat,
            account=event.account if to_one else "",
            reply=reply,
            quotes=event.message if event.private == to_one else "",
            topic=event.topic,
        )
        try:
            await self.send(message)
        except (PlatformError, Unavailable) as error:
            log.warning("telegram said nothing", event_id=event.id, reason=str(error))

    def _notice(self, kind: EventKind, chat: str, message: Message) -> None:
        """What a refusal tells is told to the house, as an update would have."""
        intake, me = self._intake, self._chats.me if self._chats else None
        if intake is None or me is None or not chat:
            return
        event_id = f"tg:{me.id}:{kind}:{message.chat}:{message.id}:{message.attempts}"
        before = message.chat if kind == "moved" else ""
        now = self._world.now()
        event = Event(event_id, PLATFORM, chat, str(me.id), "", before, now, kind=kind)
        # Not waited for: the outbox holds this conversation until its message is settled.
        task = asyncio.create_task(intake.hand_on(event))
        self._noticing.add(task)
        task.add_done_callback(self._noticing.discard)
