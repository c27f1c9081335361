"""Everybody and everything the pretend Telegram knows, and how the bot learns of what happens."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Hashable
from itertools import count
from typing import Any

from tests.support.telegram import show
from tests.support.telegram.chats import Chat
from tests.support.telegram.model import (
    ANONYMOUS_ADMIN,
    CHANNEL_SENDER,
    JSON,
    LINKED_CHANNEL,
    Link,
    Message,
    StoredFile,
)
from tests.support.telegram.people import User
from tests.support.telegram.sight import reaches
from tests.support.telegram.signals import Signal
from tests.support.telegram.taps import Tap
from tests.support.telegram.updates import Updates

BOT_ID = 7_000_000_001
FIRST_USER_ID = 5_000_000_001  # wider than 32 bits, as many ids are by now
FIRST_GROUP_ID = -4_000_000_001
FIRST_SUPERGROUP_ID = -1_002_000_000_001


class World:
    """`reads_all` is privacy mode switched off; `hears_bots` the opt-in to other bots' messages."""

    def __init__(self, now: Callable[[], int], username: str, judge: Any = None) -> None:
        self.now = now
        self.signal = Signal()
        self.updates = Updates(now, self.signal, judge)
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.taps: dict[str, Tap] = {}
        self.commands: dict[tuple[str, str], list[JSON]] = {}
        self.actions: list[tuple[Chat, str]] = []
        self.reads_all = False
        self.hears_bots = False
        self._numbers = count(1)
        self._users = count(FIRST_USER_ID)
        self._groups = count(FIRST_GROUP_ID, -1)
        self._supergroups = count(FIRST_SUPERGROUP_ID, -1)
        self.bot = self._meet(BOT_ID, "车友会助手", username, is_bot=True)
        self.anonymous = self._meet(ANONYMOUS_ADMIN, "Group", "GroupAnonymousBot", is_bot=True)
        self.channel_sender = self._meet(CHANNEL_SENDER, "Channel", "Channel_Bot", is_bot=True)
        self.telegram = self._meet(LINKED_CHANNEL, "Telegram", "", is_bot=False)

    def number(self) -> int:
        """A number that nothing else has."""
        return next(self._numbers)

    def user(self, name: str, username: str = "", *, is_bot: bool = False) -> User:
        return self._meet(next(self._users), name, username, is_bot=is_bot)

    def _meet(self, number: int, name: str, username: str, *, is_bot: bool) -> User:
        each = User(self, number, name, username, is_bot=is_bot)
        each.private = Chat(self, number, "private", person=each)
        self.users[number] = each
        return each

    def chat_id(self, kind: str) -> int:
        return next(self._groups if kind == "group" else self._supergroups)

    def link(self, url: str) -> tuple[Chat, Link] | None:
        return next(
            (
                (chat, each)
                for chat in self.chats.values()
                for each in chat.links
                if each.url == url
            ),
            None,
        )

    def keep(
        self, kind: str, content: bytes, name: str = "", mime: str = "", **more: Any
    ) -> StoredFile:
        """Bytes that from now on have a file_id."""
        number = self.number()
        name = name or f"file_{number}"
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = StoredFile(f"{kind}-{number:06d}", f"u{number:06d}", kind, name, content, mime, more)
        self.files[file.file_id] = file
        return file

    def tell(self, message: Message, kind: str = "message") -> None:
        """The bot is told of a message, if Telegram would."""
        if reaches(self, message):
            if message.chat.kind == "channel":
                kind = "channel_post" if kind == "message" else "edited_channel_post"
            self.emit(kind, show.message(message), ("chat", message.chat.id))
        self.signal.ring()

    def emit(self, kind: str, body: JSON, order: Hashable) -> None:
        self.updates.add(kind, body, order)
