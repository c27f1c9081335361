"""What exists only in WeChat: what a gateway tells, and what is asked of it. Values only."""

from dataclasses import dataclass
from enum import IntEnum

from storage.model import Media, Mention, Millis

PLATFORM = "wechat"
ROOM_MARK = "@chatroom"
"""What a room's id ends with; a person's never does."""


class Kind(IntEnum):
    """A message's type as gateways number it (wechaty-puppet 1.x, `MessageType`)."""

    UNKNOWN = 0
    FILE = 1
    VOICE = 2
    CARD = 3
    HISTORY = 4
    """聊天记录: messages passed on together."""
    STICKER = 5
    PICTURE = 6
    TEXT = 7
    PLACE = 8
    MINI_PROGRAM = 9
    GROUP_NOTE = 10
    """接龙."""
    TRANSFER = 11
    RED_PACKET = 12
    RECALLED = 13
    LINK = 14
    VIDEO = 15
    POST = 16


@dataclass(frozen=True, slots=True)
class Me:
    """The bot's account."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message, with what is known of who said it and where."""

    id: str
    type: int
    """One of `Kind`, or a number that was not known when this was written."""
    text: str
    """Words, or for all that is no plain text what WeChat put there: XML, an id, nothing."""
    talker: str
    name: str
    at: Millis
    room: str = ""
    """Empty in private."""
    title: str = ""
    """The room's."""
    owner: str = ""
    """Who owns the room, where the gateway tells."""
    mentions: tuple[Mention, ...] = ()
    """In the order of the text; the bot among them. The name is empty where it is not known."""
    alias: str = ""
    """What the bot is called in the room, where it is not called by its name."""
    length: int = 0
    """How long the text really was, where only its beginning is here."""


@dataclass(frozen=True, slots=True)
class Moved:
    """People came into a room or left it."""

    room: str
    people: tuple[Mention, ...]
    at: Millis
    came: bool
    by: str = ""
    """Who invited or removed them."""
    title: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A room has another title."""

    room: str
    title: str
    by: str
    at: Millis


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of late as it is remembered, in memory only, so that a quote of it, or a picture
    before it, can be understood."""

    id: str
    talker: str
    name: str
    text: str
    at: Millis
    media: tuple[Media, ...] = ()
    forwarded: Mention | None = None
    """Who said it first, where it was only passed on."""
    claims: bool = False
    """It took the pictures that its sender said just before along: they are no later words'."""


@dataclass(frozen=True, slots=True)
class SayText:
    """`to` is a room or a person; those mentioned stand in the text as @name already."""

    to: str
    text: str
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SayFile:
    to: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SayPicture:
    """A picture that somebody once said here: fetched by its message's id and said again."""

    to: str
    message: str


Request = SayText | SayFile | SayPicture


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody wants the bot in a room."""

    id: str
    by: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Befriended:
    """Somebody asks to be a contact of the bot's: only contacts can be written to in private."""

    id: str
    by: str


News = Said | Moved | Renamed | Invited | Befriended
"""What a gateway tells."""
