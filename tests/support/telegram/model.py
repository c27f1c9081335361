"""What a chat consists of: people, memberships, messages, topics, links and files.

Only nouns; chats.py and people.py say what they do, show.py how the bot is told of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tests.support.telegram import spec

if TYPE_CHECKING:
    from tests.support.telegram.chats import Chat
    from tests.support.telegram.people import User

JSON = dict[str, Any]

ANONYMOUS_ADMIN = 1087968824
CHANNEL_SENDER = 136817688
LINKED_CHANNEL = 777000
# They are called bots, yet people speak through them.
MASKS = {ANONYMOUS_ADMIN, CHANNEL_SENDER}


class Status(StrEnum):
    OWNER = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"


PRESENT = {Status.OWNER, Status.ADMINISTRATOR, Status.MEMBER}
IN_CHARGE = {Status.OWNER, Status.ADMINISTRATOR}
IN_CHANNELS = {"can_post_messages", "can_edit_messages", "can_manage_direct_messages"}


def rights_of(kind: str) -> tuple[str, ...]:
    """What an administrator may be allowed, or a restricted member left with."""
    names = tuple(name for name in spec.fields(kind) if name.startswith("can_"))
    return tuple(name for name in names if name != "can_be_edited")


@dataclass(frozen=True, slots=True)
class Membership:
    """One person's standing in one chat; a change is a new one, so updates can show both."""

    user: User
    status: Status = Status.MEMBER
    rights: frozenset[str] = frozenset()
    tag: str = ""
    title: str = ""
    anonymous: bool = False
    # Privacy mode as it was when the bot was added: a later change counts from the next time on.
    reads_all: bool = False

    @property
    def present(self) -> bool:
        return self.status in PRESENT or self.status is Status.RESTRICTED

    @property
    def in_charge(self) -> bool:
        return self.status in IN_CHARGE

    def may(self, right: str) -> bool:
        return self.status is Status.OWNER or (
            self.status in (Status.ADMINISTRATOR, Status.RESTRICTED) and right in self.rights
        )


@dataclass(slots=True)
class Topic:
    thread: int
    name: str
    closed: bool = False
    deleted: bool = False


@dataclass(slots=True, eq=False)
class Link:
    url: str
    creator: User
    name: str = ""
    member_limit: int = 0
    expires: int = 0
    by_request: bool = False
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Bytes under a file_id; `kind` is the field of a message that shows them."""

    file_id: str
    unique_id: str
    kind: str
    name: str
    content: bytes
    mime: str
    more: JSON = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{self.kind}s/{self.unique_id}_{self.name}"


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    data: str = ""
    url: str = ""


@dataclass(slots=True, eq=False)
class Message:
    """A message as it stands in its chat now: edits change it, deletion marks it.

    `content` holds the fields the Bot API has for what it says: text and entities, a photo and its
    caption, or a service message such as new_chat_members.
    """

    chat: Chat
    id: int
    at: int
    author: User | None
    content: JSON
    sender_chat: Chat | None = None
    thread: int | None = None
    in_topic: bool = False
    reply_to: Message | None = None
    markup: JSON | None = None
    edited_at: int | None = None
    deleted: bool = False
    more: JSON = field(default_factory=dict)
    reactions: dict[int, list[JSON]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What a member reads, without markup."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def entities(self) -> list[JSON]:
        return self.content.get("entities") or self.content.get("caption_entities") or []

    @property
    def edited(self) -> bool:
        return self.edited_at is not None

    @property
    def by_bot(self) -> bool:
        """Our bot wrote it."""
        return self.author is self.chat.world.bot

    @property
    def keyboard(self) -> list[list[Button]]:
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [
            [
                Button(each["text"], each.get("callback_data", ""), each.get("url", ""))
                for each in row
            ]
            for row in rows
        ]

    @property
    def labels(self) -> list[str]:
        return [button.label for row in self.keyboard for button in row]

    def button(self, wanted: str) -> Button:
        """By its label, or by its data where two are called the same."""
        for row in self.keyboard:
            for button in row:
                if wanted in (button.label, button.data):
                    return button
        raise LookupError(f"no button {wanted!r} among {self.labels} of {self.text!r}")

    def __repr__(self) -> str:
        return f"<{self.chat.title or self.chat.id}/{self.id} {self.text!r}>"
