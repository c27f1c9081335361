"""One message of the outbox on its way out, and what to do when Telegram says no."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog
from telegram.error import TelegramError

from bots.contract import PlatformError, Sent
from bots.telegram import keyboard, show
from bots.telegram.calls import Calls, platform_error
from bots.telegram.chats import Chats
from bots.telegram.errors import Kind, Trouble, trouble
from bots.telegram.memory import Memory
from bots.telegram.nouns import (
    EditText,
    Request,
    SendFile,
    SendPictures,
    SendText,
    SetBadge,
)
from storage.errors import Unavailable
from storage.model import EventKind, Message

log = structlog.get_logger()

NEXT_PART_SECONDS = 1.0
"""Between the parts of one long text: Telegram wants no more in one chat."""

Notice = Callable[[EventKind, str, Message], None]
"""Something that a refusal tells of a chat, which is to be told to the house."""


class Sending:
    def __init__(self, calls: Calls, chats: Chats, memory: Memory, notice: Notice) -> None:
        self._calls = calls
        self._chats = chats
        self._memory = memory
        self._notice = notice

    async def send(self, message: Message) -> Sent:
        """Raises PlatformError."""
        try:
            await self._memory.keep_says(keyboard.keys(message.reply))
        except Unavailable as error:
            raise PlatformError("nothing can be kept now") from error
        ids: list[str] = []
        pictures = 0
        for request in show.requests(message, self._chats.me):
            if ids:
                await asyncio.sleep(NEXT_PART_SECONDS)
            if isinstance(request, SendPictures):
                pictures += await self._show(message, request)
            else:
                ids.append(await self._ask(message, request))
        return Sent(ids[0] if ids else "", len(ids) + pictures)

    async def _show(self, message: Message, pictures: SendPictures) -> int:
        """How many messages Telegram took for them, which is one a picture.

        The words have gone out: for pictures that are refused, or come too fast, they are not said
        a second time.
        """
        try:
            await self._ask(message, pictures)
        except PlatformError as error:
            if error.reason != Kind.REFUSED.value:
                log.warning("telegram showed no pictures", reason=error.reason)
                return 0
        else:
            return len(pictures.files)
        shown = 0
        for each in show.one_by_one(pictures):
            await asyncio.sleep(NEXT_PART_SECONDS)
            shown += await self._show(message, each)
        return shown

    async def _ask(self, message: Message, request: Request) -> str:
        private = bool(message.account and not message.chat)
        try:
            return await self._calls.make(request)
        except TelegramError as error:
            found = trouble(error, private=private)
        another = self._instead(message, request, found)
        if another is None:
            raise platform_error(found)
        if isinstance(another, str):
            return another
        try:
            return await self._calls.make(another)
        except TelegramError as error:
            raise platform_error(trouble(error, private=private)) from None

    def _instead(self, message: Message, request: Request, found: Trouble) -> Request | str | None:
        """What to ask for instead, or the id where nothing need be asked; None: it is a no."""
        match found.kind, request:
            case Kind.UNCHANGED, EditText():
                return str(request.message)
            case Kind.NO_RIGHT | Kind.REFUSED, SetBadge():
                return ""  # a name without its car harms nobody; 自检 tells what is missing
            case Kind.MESSAGE_GONE, EditText():
                topic = int(message.topic) if message.topic and message.chat else None
                return SendText(request.chat, request.text, topic, keyboard=request.keyboard)
            case Kind.TOPIC_GONE, SendPictures() if request.topic is not None:
                return replace(request, topic=None)
            case Kind.TOPIC_GONE, SendText() | SendFile() if request.topic is not None:
                self._chats.topic_was_closed(message.chat)
                # What answers a message of the topic would be put there again.
                return replace(request, topic=None, quotes=None)
            case Kind.MOVED, _:
                self._notice("moved", found.new_chat, message)
            case Kind.REMOVED, _ if message.chat:
                self._notice("removed", message.chat, message)
        return None
