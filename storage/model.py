"""The nouns: the language of the project. Values only; nothing here reads, writes or waits.

Times are whole milliseconds since 1970-01-01T00:00Z (`Millis`), points are whole numbers,
ids are opaque text. What a club counts for its members (shares, envelopes) is numbered from 1.
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

Millis = int

SECOND: Millis = 1000
MINUTE: Millis = 60 * SECOND
HOUR: Millis = 60 * MINUTE
DAY: Millis = 24 * HOUR

POINTS_MAX = 1_000_000_000
"""No single amount may be larger: far above any club's use, far below what 64 bits hold."""


# People and places


class Role(IntEnum):
    """What a member may do in a club; a larger one may do all that a smaller one may."""

    MEMBER = 0
    CO_LEADER = 1
    LEADER = 2


@dataclass(frozen=True, slots=True)
class Club:
    id: str
    name: str
    language: str
    timezone: str
    founded_at: Millis
    quiet_from: int = 23 * 60
    """Minute of the club's day at which the bot stops speaking unasked."""
    quiet_to: int = 8 * 60
    stars: int = 3
    """How many people's ⭐ on a message make the bot ask its author for it; 0: it never asks."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A group or a private conversation on a platform; `club` is empty until it is linked."""

    platform: str
    id: str
    club: str = ""
    title: str = ""
    muted: bool = False
    gone: bool = False
    """The bot is not in it any more: nothing is sent there."""


@dataclass(frozen=True, slots=True)
class Account:
    """How a platform knows a person. A person may have several.

    An id that starts with @ is the public name by which people mention each other where the
    platform does not tell the account behind it: lower case, and only good for looking up.
    """

    platform: str
    id: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person as one club knows them; `id` is the same in every club."""

    id: str
    name: str
    role: Role = Role.MEMBER
    joined_at: Millis = 0
    present: bool = True
    city: str = ""
    """Where they say they live, as far as they want the club to know."""
    labels: tuple[str, ...] = ()
    """What the club's leaders call them by: "老车主", "技师"."""
    car: str = ""
    """The series that a leader of the club has vouched for as theirs."""


# What is said


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, video, voice or file, kept by the id its platform gave it."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Mention:
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message a message answers, as far as the platform tells."""

    message: str
    account: str
    name: str = ""
    text: str = ""
    media: tuple[Media, ...] = ()
    forwarded: Mention | None = None
    """Who said it first, where somebody else passed it on."""


EventKind = Literal[
    "message",
    "edit",
    "tap",
    "starred",
    "nameless",
    "joined",
    "left",
    "added",
    "removed",
    "moved",
    "recalled",
    "titled",
    "blind",
    "spent",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a platform. `id` is unique and the same at every delivery.

    A pressed button is a `tap` whose text is what the choice says, and which quotes what the
    message with the button answers. `starred`: somebody marked the message as worth keeping.
    `nameless`: somebody who leads the chat spoke in its name, and the platform hides who.
    `added` means that the bot itself came into the chat, `removed` that it is not there any more,
    `moved` that the chat was known by another id before, which is the text. `recalled`: the sender
    took a message back. `titled`: the chat has a new title.

    Two are no chat's but the whole platform's. `blind`: nothing could be heard there from the time
    that is the text, in milliseconds, until `at`. `spent`: of what may be said there in a day so
    little is left that answers wait.
    """

    id: str
    platform: str
    chat: str
    account: str
    name: str
    text: str
    at: Millis
    kind: EventKind = "message"
    private: bool = False
    addressed: bool = False
    """The bot was mentioned by name or one of its messages was answered."""
    owner: bool = False
    """The platform says that the sender created or owns the chat."""
    message: str = ""
    """The platform's id of the message (of the message tapped, for a tap that is not aloud)."""
    quoted: Quoted | None = None
    mentions: tuple[Mention, ...] = ()
    """Members mentioned in the text; never the bot itself."""
    media: tuple[Media, ...] = ()
    title: str = ""
    """The chat's title, where the platform tells it."""
    topic: str = ""
    """The part of the chat it happened in, where chats have parts."""
    handle: str = ""
    """The sender's public name at the platform, with its @ and in lower case."""
    forwarded: Mention | None = None
    """Who said it first, where the sender passed on somebody else's words; the account is empty
    where the platform hides it."""
    invitation: str = ""
    """The name of the bot's own invitation by which somebody joined."""
    lacks: tuple[str, ...] = ()
    """What the bot needs in this chat and has not been allowed, as codes: "read", "invite"; or what
    the platform does not have: "links"."""
    aloud: bool = False
    """The platform can show a tap's answer to nobody alone: it is said in the chat."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to press: a button, or a numbered line. Pressing it says `says`."""

    label: str
    says: str
    private: bool = False
    """It opens the private conversation with the bot, and is said there."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small text file that goes along with a reply."""

    name: str
    content: str


class Priority(IntEnum):
    """What goes first when a chat can take only one message."""

    DANGER = 0
    MONEY = 1
    ANSWER = 2
    CHATTER = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot wants to say.

    `to`: "chat" is for everybody there; "actor" is for the one who acted, shown as the answer to
    a tap where there was one and in the chat otherwise; "private" never appears in a group.
    A "badge" is no message: it stands behind a member's name in the chat, where the platform has
    such a thing; an empty one is taken away.
    `slot` names a message that may change: a later reply with the same slot edits it. A `live`
    one has no text of its own: the feature in front of the slot's colon draws it when it is sent,
    so a hundred changes in a second are one message that shows the last of them.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    to: Literal["chat", "actor", "private", "badge"] = "chat"
    priority: Priority = Priority.ANSWER
    slot: str = ""
    attachment: Attachment | None = None
    live: bool = False
    invitation: str = ""
    """The platform puts a way into the chat behind the text; who takes it comes with this name."""
    quotes: str = ""
    """The message it is about, by the platform's id, where that is not the one that asked."""
    stage: str = ""
    """How far the life of a slot's message has come. Where messages cannot be changed it is said
    anew when this is another than it was when it was last said, and not at each change."""
    pictures: tuple[Media, ...] = ()
    """Shown along with it, by the ids that the platform it is said on gave them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an event. `tap` is what the one who pressed sees at once."""

    replies: tuple[Reply, ...] = ()
    tap: str = ""
    repeated: bool = False
    kept: bool = True
    """False when nothing could be kept: then the replies were not kept either."""


# Messages on their way out


class MessageState(StrEnum):
    WAITING = "waiting"
    LEASED = "leased"
    HELD = "held"
    """Private, and its addressee has to open the conversation first."""
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Message:
    """A reply on its way to a chat: what the outbox keeps."""

    id: int
    platform: str
    chat: str
    account: str
    """Whom it is for when it is private; then `chat` is empty. With a chat: whose badge it is."""
    reply: Reply
    quotes: str = ""
    """The message this one answers, by the platform's id."""
    edits: str = ""
    """The platform's id of the message to change, where there is one."""
    attempts: int = 0
    created_at: Millis = 0
    not_before: Millis = 0
    topic: str = ""
    """The part of the chat it goes to; of a private one, the part of `via`."""
    via: str = ""
    """The group in which a private one was asked for."""
    asker: str = ""
    """Whose message it quotes, by account; filled in by a platform that can only mention."""
    stage: str = ""
    """The stage at which the message to change was said."""
    also: tuple["Message", ...] = ()
    """Short answers that waited behind it, to be said together with it in one message."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice that was shown as a numbered line: who says the number says what it says.

    `number` is what stands before it, `head` a hash of how its message begins, by which a quote of
    that message is known where the platform tells no id.
    """

    platform: str
    chat: str
    """In private: the account it was shown to."""
    number: int
    says: str
    label: str
    at: Millis
    origin: int = 0
    """The outbox's number of its message."""
    head: str = ""
    quotes: str = ""
    """What its message is about, by the platform's id."""
    message: str = ""
    """The platform's id of its message, once that is known."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something to do later: a row, not a timer. One per (club, kind, key)."""

    club: str
    kind: str
    key: str
    at: Millis
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to do when it is heard: what a Due is for time.

    It is heard in a message of the club that is nothing else: said by that `account`, or in that
    `chat` with just those `words` (as `parse.heard` writes them). Empty means any.
    """

    club: str
    kind: str
    key: str
    platform: str
    chat: str = ""
    account: str = ""
    words: str = ""


# Points

Phase = Literal["single", "pending", "post", "void"]


@dataclass(frozen=True, slots=True)
class Posting:
    """Points on their way from one ledger account to another.

    `key` makes it happen once: the same key with the same content is the same posting, with
    another content it is a conflict. Everything here is hashed and kept for ever, so it holds
    pseudonymous ids and codes, never words or names.
    """

    key: str
    kind: str
    source: str
    target: str
    amount: int
    actor: str
    reason: str = ""
    """What it is about, as a code: "env:12", "share:7"."""
    phase: Phase = "single"
    refers_to: str = ""
    """The key of the pending posting that a "post" or "void" resolves, or of the one reversed."""
    group: str = ""
    """Postings that belong to one deed share it."""
    policy: int = 1
    """Version of the rules that allowed it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A posting as the journal holds it."""

    club: str
    seq: int
    at: Millis
    posting: Posting
    digest: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Balance:
    """`available` is what may be spent: what is posted less what is held."""

    posted: int = 0
    held: int = 0

    @property
    def available(self) -> int:
        return self.posted - self.held


# Red envelopes


Mode = Literal["lucky", "wild", "equal"]
"""How a sum is split: 拼手气 gentle or wild, 均分."""


class EnvelopeState(StrEnum):
    OPEN = "open"
    EMPTY = "empty"
    """Every piece was taken."""
    EXPIRED = "expired"
    """Its time was over, or its draw had fewer entrants than pieces."""
    CANCELLED = "cancelled"
    GONE = "gone"
    """Its chat is not there any more."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Who may have a piece of an envelope, and how. As it stands here: anybody, who taps first."""

    key: str = ""
    """口令: what must be said, as the sender wrote it."""
    members: tuple[str, ...] = ()
    """专属: the ids of those it is for."""
    level: int = 0
    label: str = ""
    car: str = ""
    """The series one must drive."""
    city: str = ""
    joined_before: Millis = 0
    newcomers: int | None = None
    """How many pieces all newcomers together may have; None: as many as they get."""
    draw_after: Millis = 0
    """摇号: for how long one may enter before luck alone decides; 0 where the first are served."""


ANYBODY = Terms()


@dataclass(frozen=True, slots=True)
class Envelope:
    number: int
    payer: str
    """The ledger account that paid and gets back what is left."""
    sender: str
    """The member who sent it."""
    mode: Mode
    total: int
    pieces: int
    seed: bytes
    platform: str
    chat: str
    created_at: Millis
    expires_at: Millis
    taken: int = 0
    """How many pieces are gone."""
    paid: int = 0
    """How many points are gone."""
    state: EnvelopeState = EnvelopeState.OPEN
    terms: Terms = ANYBODY
    everywhere: bool = False
    """It stands in all chats of the club; one piece a person over all of them."""
    entered: int = 0
    """How many take part in its draw."""
    newcomers: int = 0
    """How many of its pieces newcomers have."""
    relay: int = 0
    """The envelope by which its luckiest taker passed the luck on."""
    topic: str = ""
    """The part of its chat it stands in."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of an envelope; `member` is empty while nobody has it."""

    place: int
    amount: int
    member: str = ""
    taken_at: Millis = 0
    returned: bool = False
    """Its taker had another one, by another account: the points went back to the payer."""

    @property
    def is_held(self) -> bool:
        """Somebody has it."""
        return bool(self.member) and not self.returned


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who takes part in an envelope's draw."""

    place: int
    member: str
    newcomer: bool = False


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """An envelope that the club's pool sends at a set time, once or again and again."""

    number: int
    leader: str
    """The member who asked for it."""
    platform: str
    chat: str
    words: str
    """How it is to be, as the leader said it; read anew each time."""
    members: tuple[str, ...]
    """The ids of those who were mentioned."""
    at: Millis
    """When it is sent next."""
    every: Literal["", "day", "week", "month"] = ""
    topic: str = ""
    """The part of the chat it goes to."""


# Experience


class Stage(StrEnum):
    """A car's life with its owner: 购车 用车 修车 卖车 玩车."""

    BUY = "buy"
    USE = "use"
    REPAIR = "repair"
    SELL = "sell"
    PLAY = "play"


class Consent(IntEnum):
    """How far a share may travel; each step needs its author's own yes.

    NONE: kept from an imported history; it counts without a name in its own club's figures and is
    never quoted, nor shown to anybody but its author. What the bot merely hears is not kept at
    all. CLUB: answers in its own club. PUBLIC: other clubs, reports, the open API. COMMERCIAL:
    paid uses, asked one by one.
    """

    NONE = 0
    CLUB = 1
    PUBLIC = 2
    COMMERCIAL = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What a share says of a car in figures. Unknown is None or empty."""

    stage: Stage = Stage.USE
    car: str = ""
    km: int | None = None
    price_yuan: int | None = None
    place: str = ""
    date: str = ""
    """ISO 8601, as exact as told: "2026", "2026-05" or "2026-05-04"."""
    figure: float | None = None
    unit: str = ""
    """Of the figure: "L/100km", "kWh/100km", "km" or "yuan"."""


@dataclass(frozen=True, slots=True)
class Share:
    number: int
    author: str
    tag: str
    text: str
    facts: Facts
    fingerprint: bytes
    """A salted hash of the words, by which the same text is known again."""
    platform: str
    chat: str
    message: str
    at: Millis
    media: tuple[Media, ...] = ()
    consent: Consent = Consent.CLUB
    version: int = 1
    asked: bool = False
    """Its author was asked for what is missing: that happens once."""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Vehicle:
    number: int
    series: str
    added_at: Millis


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the store knows of an event's sender and place when it comes in."""

    answer: Answer | None = None
    """The first run's answer, when this event was seen before."""
    chat: Chat | None = None
    club: Club | None = None
    member: Member | None = None
    home: str = ""
    """The club the sender was last active in."""
    handle: str = ""
    """The sender's public name as it was noted."""
    called: str = ""
    """What this account of theirs was called when it was last noted: another one may be called
    otherwise."""


@dataclass(frozen=True, slots=True)
class Personal:
    """All that is kept of one person, for 我的数据 and 导出我的."""

    member: str
    accounts: tuple[Account, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    """Name by club."""
    vehicles: tuple[Vehicle, ...] = ()
    shares: tuple[tuple[str, Share], ...] = ()
    """With the club each was shared in."""
    balances: dict[str, int] = field(default_factory=dict)
    cities: dict[str, str] = field(default_factory=dict)
    """City by club, where one was told."""
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cars: dict[str, str] = field(default_factory=dict)
    """The car somebody vouched for, by club."""
    former_names: tuple[str, ...] = ()
    """What accounts were called that were joined to theirs."""
