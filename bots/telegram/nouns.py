"""What exists only on Telegram: who we are there, and what we ask of it."""

from dataclasses import dataclass

PLATFORM = "telegram"

ANONYMOUS_ADMIN = 1087968824
"""Who speaks in the name of a group: one of its administrators, and Telegram hides which."""
CHANNEL_SENDER = 136817688
"""Who speaks in a group in the name of a channel."""
LINKED_CHANNEL = 777000
"""Who passes a channel's posts on into its group."""
PSEUDO_SENDERS = frozenset({ANONYMOUS_ADMIN, CHANNEL_SENDER, LINKED_CHANNEL})
"""Senders that are nobody: they have no points, and nothing is theirs."""

GENERAL = "1"
"""The topic that is none: Telegram refuses what is sent to it by this number."""


@dataclass(frozen=True, slots=True)
class Me:
    """The bot as Telegram knows it."""

    id: int
    username: str
    reads_all: bool
    """Privacy mode is off: it hears ordinary talk in groups where it is no administrator."""


@dataclass(frozen=True, slots=True)
class Button:
    """With `data` pressing it is a callback query, with `url` it opens that address."""

    label: str
    data: str = ""
    url: str = ""


Keyboard = tuple[tuple[Button, ...], ...]
"""Rows of buttons; empty for none."""


@dataclass(frozen=True, slots=True)
class SendText:
    """`sendMessage`: HTML, without link previews.

    `quotes` goes into reply parameters that allow sending without it: it may have been deleted.
    With an `invitation`, a link of that name is made first, and `show.with_link` puts it behind.
    """

    chat: int
    text: str
    topic: int | None = None
    quotes: int | None = None
    keyboard: Keyboard = ()
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class EditText:
    """`editMessageText`: HTML, without link previews; no keyboard takes away the one there was."""

    chat: int
    message: int
    text: str
    keyboard: Keyboard = ()
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class SendFile:
    """`sendDocument`; the caption is HTML and may be empty."""

    chat: int
    name: str
    content: bytes
    caption: str = ""
    topic: int | None = None
    quotes: int | None = None
    keyboard: Keyboard = ()


@dataclass(frozen=True, slots=True)
class SendPictures:
    """Pictures that Telegram has, by their ids: `sendPhoto` for one, `sendMediaGroup` for an album.

    `as_file`: `sendDocument`, for one that came as a file: its id is good for nothing else.
    """

    chat: int
    files: tuple[str, ...]
    topic: int | None = None
    as_file: bool = False


@dataclass(frozen=True, slots=True)
class SetBadge:
    """`setChatMemberTag`; an empty tag takes it away."""

    chat: int
    user: int
    tag: str


Request = SendText | EditText | SendFile | SendPictures | SetBadge
