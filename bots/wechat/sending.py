"""One message of the outbox on its way into WeChat."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import structlog

from bots import numbered
from bots.contract import PlatformError, Sent
from bots.wechat import read, show
from bots.wechat.line import Line
from bots.wechat.memory import Memory
from bots.wechat.nouns import PLATFORM, Heard, Request, SayFile, SayPicture, SayText
from bots.wechat.recent import Recent
from storage.errors import Unavailable
from storage.model import Message, Offer, Quoted
from storage.world import World

NEXT_PART_SECONDS = 1.0
"""Between the parts of one message, and up to half as much again."""
OPEN_MAX = 20_000


log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Texts:
    """What WeChat's own part has to say, in the installation's language."""

    hint: str
    """Below numbered lines: how to choose."""
    and_others: Callable[[int], str]
    """Behind some of so many names."""
    only_leaders_invite: Callable[[str], str]
    """To who invites the bot and may not; takes their id."""


class Sending:
    def __init__(
        self, line: Line, memory: Memory, recent: Recent, world: World, texts: Texts
    ) -> None:
        self._line = line
        self._memory = memory
        self._recent = recent
        self._world = world
        self._texts = texts
        self._open: set[str] = set()
        """Who can be written to in private."""

    def is_open(self, account: str) -> None:
        """They wrote in private themselves."""
        if len(self._open) >= OPEN_MAX:
            self._open.clear()
        self._open.add(account)

    async def send(self, message: Message) -> Sent:
        """Raises PlatformError."""
        if message.account and not message.chat:
            await self._reach(message.account)
        names: dict[str, str] = {}
        message = await self._addressed(message, names)
        offers = await self._offers(message, names)
        requests = show.requests(
            message, offers, names, hint=self._texts.hint, and_others=self._texts.and_others
        )
        ids: list[str] = []
        for request in requests:
            if ids:
                luck = self._world.rng.random()
                await asyncio.sleep(NEXT_PART_SECONDS * (1 + luck / 2))
            try:
                ids.append(await self._ask(request))
                self._remember(ids[-1], request)
            except PlatformError as error:
                if not ids:
                    raise
                if not isinstance(request, SayPicture):
                    raise half_said(error) from error
                # Its words are there; saying them again would bring back no picture.
                log.info("a wechat picture is not there any more", reason=error.reason)
        # Some gateways tell no id; that something was said is known all the same.
        first = (ids[0] or f"unnamed:{message.id}") if ids else ""
        return Sent(first, len(ids))

    async def quoted(self, chat: str, message: str) -> Quoted | None:
        """A message that the bot's own was about."""
        heard = await self._find(chat, message)
        return read.quote_of(heard) if heard is not None else None

    async def _find(self, chat: str, message: str) -> Heard | None:
        heard = self._recent.find(chat, message)
        me = self._line.me
        if heard is not None or me is None:
            return heard
        said = await self._line.look_up(message)
        return read.remembered(said, me) if said is not None else None

    async def _reach(self, account: str) -> None:
        """Raises PlatformError for who is no contact of the account's."""
        if account in self._open:
            return
        if not await self._line.is_contact(account):
            raise PlatformError("they are no contact of the account's", unreachable=True)
        self.is_open(account)

    async def _addressed(self, message: Message, names: dict[str, str]) -> Message:
        """WeChat lets no program quote: who would be quoted is mentioned, by the name that is noted
        in `names`."""
        if not message.chat:
            return message
        also = tuple([await self._addressed(each, names) for each in message.also])
        heard = await self._find(message.chat, message.quotes) if message.quotes else None
        me = self._line.me
        if heard is None or (me is not None and heard.talker == me.id):
            return replace(message, also=also)
        names[heard.talker] = heard.name
        return replace(message, asker=heard.talker, also=also)

    async def _offers(self, message: Message, names: dict[str, str]) -> tuple[Offer, ...]:
        """The choices with their numbers, kept before anybody can see them."""
        if not message.reply.choices:
            return ()
        chat = message.chat or message.account
        give = partial(
            numbered.give,
            message.reply.choices,
            platform=PLATFORM,
            chat=chat,
            at=self._world.now(),
            private=not message.chat,
            origin=message.id,
            head=numbered.head(show.opening(message, names, and_others=self._texts.and_others)),
            quotes=message.quotes,
        )
        try:
            return tuple(await self._memory.offer(chat, give))
        except Unavailable as error:
            raise PlatformError("nothing can be kept now") from error

    async def _ask(self, request: Request) -> str:
        match request:
            case SayText():
                return await self._line.say(request.to, request.text, list(request.mentions))
            case SayFile():
                return await self._line.send_file(request.to, request.name, request.content)
            case SayPicture():
                name, content = await self._line.picture(request.message)
                return await self._line.send_file(request.to, name, content)

    def _remember(self, message: str, request: Request) -> None:
        """What the bot says may be quoted like anything else."""
        me, now = self._line.me, self._world.now()
        if message and me is not None and isinstance(request, SayText):
            said = Heard(message, me.id, me.name, request.text[: read.REMEMBERED_MAX], now)
            self._recent.note(request.to, said, now)


def half_said(error: PlatformError) -> PlatformError:
    """What came before it has arrived: only what may be said twice is said again."""
    return PlatformError(
        error.reason,
        retry_after_seconds=error.retry_after_seconds,
        final=error.final,
        delivered_maybe=True,
    )
