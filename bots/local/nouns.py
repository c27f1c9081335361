"""What a chat service keeps: people, posts and taps. Values only."""

from dataclasses import dataclass
from typing import Literal

from storage.model import Attachment, Choice, Event, Media, Millis

PLATFORM = "local"
GROUP = "group"
PRIVATE_PREFIX = "private:"
BOT = "bot"
BOT_NAME = "小助手"

NAMES = ("会长老王", "小李", "小张", "小陈", "阿强", "小美")


@dataclass(frozen=True, slots=True)
class Person:
    account: str
    name: str
    owner: bool = False
    """The group is theirs."""
    present: bool = True
    badge: str = ""
    """What stands behind their name."""


@dataclass(frozen=True, slots=True)
class Post:
    """A line in a conversation: something said, or that somebody came or went."""

    id: str
    chat: str
    account: str
    name: str
    text: str
    at: Millis
    kind: Literal["said", "joined", "left"] = "said"
    quotes: str = ""
    choices: tuple[Choice, ...] = ()
    offered: tuple[str, ...] = ()
    """What could ever be pressed here: a tap may be on its way while the buttons change."""
    attachment: Attachment | None = None
    media: tuple[Media, ...] = ()
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Tapped:
    """The last thing a person pressed under a post, and what they were told."""

    message: str
    account: str
    says: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One change, as the file keeps it: whatever it names happened together."""

    number: int = 0
    post: Post | None = None
    person: Person | None = None
    tapped: Tapped | None = None
    event: Event | None = None
    """The house must be told of this."""
    done: str = ""
    """The house was told of the event of this id."""


def private_chat(account: str) -> str:
    return PRIVATE_PREFIX + account


def people(count: int) -> dict[str, Person]:
    """The first owns the group; beyond the named ones they are called 车友7, 车友8 …"""
    numbers = range(1, count + 1)
    names = [*NAMES[:count], *(f"车友{number}" for number in numbers[len(NAMES) :])]
    accounts = [f"m{number}" for number in numbers]
    return {
        account: Person(account, name, owner=account == accounts[0])
        for account, name in zip(accounts, names, strict=True)
    }
