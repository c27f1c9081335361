"""The promises every store keeps: domain operations inside one unit of work.

A unit is a coroutine that awaits only the `Work` it is given. It is kept whole or not at all,
it sees exactly what the units before it left, and its result comes back only when it is durable.
"""

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from storage.model import (
    Account,
    Answer,
    Arrival,
    Balance,
    Chat,
    Club,
    Consent,
    Cue,
    Due,
    Entrant,
    Entry,
    Envelope,
    EnvelopeState,
    Event,
    Member,
    Message,
    Millis,
    Offer,
    Personal,
    Piece,
    Posting,
    Priority,
    Reply,
    Share,
    StandingOrder,
    Vehicle,
)

T = TypeVar("T")


class Events(Protocol):
    """What was seen already, and what was answered."""

    async def arrive(self, event: Event) -> Arrival:
        """Look up the event's answer, chat, club and member; make that club the work's own.

        In a private chat the club is the one the sender was last active in.
        """

    async def answered(self, event: Event) -> Answer | None:
        """What it was answered, when it was seen before."""

    async def remember(self, event: Event, member: str, answer: Answer) -> None:
        """Keep the answer as the one any repeat of the event gets."""

    async def begin(self, platform: str, key: str, update: str) -> None:
        """Keep a platform's own note under a key of its own: an update that is acknowledged before
        it can be acted on, or when it was heard last."""

    async def begun(self, platform: str) -> Sequence[tuple[str, str]]:
        """Keys and updates that were begun and not ended; at most 1,000."""

    async def end(self, platform: str, keys: Sequence[str]) -> None:
        """They were acted on: nothing of them is left."""

    async def forget_before(self, at: Millis) -> int:
        """Drop what was seen before then; how many rows that was (at most 10,000 a call)."""


class People(Protocol):
    """Clubs, chats, members and their accounts."""

    async def club(self) -> Club | None:
        """The work's own club."""

    async def clubs(self, limit: int) -> Sequence[Club]:
        """All clubs, the oldest first."""

    async def clubs_on(self, platform: str) -> Sequence[Club]:
        """Those with a chat there that the bot is in, the oldest first; at most 1,000."""

    async def found(self, club: Club) -> None:
        """Add a club and make it the work's own."""

    async def change_club(self, club: Club) -> None: ...

    async def chat(self, platform: str, chat: str) -> Chat | None: ...

    async def chats(self) -> Sequence[Chat]:
        """The groups of the club."""

    async def put_chat(self, chat: Chat) -> None:
        """Add a chat, or change its club, title or silence, or whether the bot is there."""

    async def move_chat(self, platform: str, old: str, new: str) -> bool:
        """Let a linked chat, and all that stands or waits there, be known by another id; whether
        there was such a chat. Messages are not known by their ids any more, so what follows an
        event there is said anew."""

    async def person(self, account: Account) -> str | None:
        """The member id behind an account, in whichever club."""

    async def bind(self, account: Account, member: str, name: str = "") -> None:
        """Say whose account this is, and what it is called. A bound account is never bound again
        (Fault)."""

    async def note_handle(self, account: Account, handle: str) -> None:
        """The public name of a bound account; nobody else has it any more."""

    async def note_name(self, account: Account, name: str) -> None:
        """What a bound account is called at its platform."""

    async def accounts(self, member: str) -> Sequence[Account]:
        """All of a person's, also by a former id."""

    async def member(self, member: str) -> Member | None:
        """As the club knows them, also by a former id."""

    async def put_member(self, member: Member) -> None:
        """Add a member to the club, or change name, role, presence."""

    async def named(self, name: str) -> Sequence[Member]:
        """Present members of that exact name; at most 10."""

    async def leaders(self) -> Sequence[Member]:
        """Present leader and co-leaders, the leader first, then by seniority."""

    async def count_members(self) -> int: ...

    async def touch(self, member: str) -> None:
        """This club is where the member was last active."""

    async def put_code(
        self, digest: bytes, purpose: str, expires_at: Millis, *, member: str = ""
    ) -> None:
        """Keep a one-time code's digest for the club (or, unlinked, for nobody), or for a member,
        whose earlier ones of that purpose are worth nothing any more."""

    async def whose_code(self, digest: bytes, purpose: str) -> str | None:
        """The member's or club's whose code it is, without spending it; None as for `use_code`."""

    async def use_code(self, digest: bytes, purpose: str) -> str | None:
        """Spend a code: whose it is, or None when it is unknown, spent or expired."""


class Ledger(Protocol):
    """The club's books."""

    async def post(self, posting: Posting) -> Entry:
        """Move points once. The same key and content again gives the first entry.

        A "pending" posting holds its amount at the source; a "post" of the whole or a part, or a
        "void", resolves it once. Raises Refusal("too_poor", points=available) when the source's
        floor would break, Refusal("resolved") for a second resolution, Conflict when the key came
        with another content.
        """

    async def balance(self, account: str) -> Balance: ...

    async def entry(self, key: str) -> Entry | None: ...

    async def statement(self, account: str, limit: int) -> Sequence[Entry]:
        """The newest entries of an account."""

    async def moved(
        self, since: Millis, *, kind: str, source: str = "", target: str = ""
    ) -> tuple[int, int]:
        """How many postings of a kind since then, and of how many points in all.

        At least one of source and target is given.
        """

    async def head(self) -> tuple[int, bytes]:
        """Sequence number and hash of the newest row."""


class Envelopes(Protocol):
    async def open(self, envelope: Envelope, amounts: Sequence[int]) -> None: ...

    async def envelope(self, number: int) -> Envelope | None: ...

    async def piece_of(self, number: int, member: str) -> Piece | None:
        """The piece a member has, by whichever of their accounts they took it."""

    async def take(self, envelope: Envelope, member: str, *, newcomer: bool = False) -> Piece:
        """The next piece, now the member's. Fault when there is none left, Conflict when the
        member has one."""

    async def enter(self, envelope: Envelope, member: str, *, newcomer: bool = False) -> int:
        """Put a member into its draw; how many take part now. Conflict when they do already."""

    async def has_entered(self, number: int, member: str) -> bool: ...

    async def entrants(self, number: int) -> Sequence[Entrant]:
        """All of them, in the order they entered."""

    async def pass_on(self, number: int, relay: int) -> None:
        """Note the envelope by which its luck was passed on. Conflict when it was already."""

    async def close(self, number: int, state: EnvelopeState) -> None: ...

    async def give_back(self, number: int, place: int) -> None:
        """Its taker has it no more. It stays among the pieces that are gone: nobody else gets it.
        Fault when nobody has it."""

    async def pieces(self, number: int) -> Sequence[Piece]:
        """All of them, in the order they are taken."""

    async def given(self, since: Millis, limit: int) -> Sequence[tuple[str, int]]:
        """(member, points others took from envelopes they sent since then and paid), most first."""

    async def open_of(self, platform: str, chat: str, *, alone: bool = False) -> Sequence[Envelope]:
        """The open envelopes that stand in a chat (`alone`: and in no other), newest first; at
        most 20."""

    async def latest(self, platform: str, chat: str, limit: int) -> Sequence[Envelope]:
        """The newest envelopes that stand or stood in a chat."""


class Orders(Protocol):
    """Envelopes that the club's pool sends at set times."""

    async def put(self, order: StandingOrder) -> None:
        """Add a standing order, or change when it is sent next."""

    async def order(self, number: int) -> StandingOrder | None: ...

    async def all(self) -> Sequence[StandingOrder]:
        """In the order of their numbers; at most 20."""

    async def drop(self, number: int) -> None: ...


class Shares(Protocol):
    async def add(self, share: Share) -> None: ...

    async def share(self, number: int) -> Share | None:
        """Also a deleted one, without its words."""

    async def of_message(self, platform: str, chat: str, message: str) -> Share | None: ...

    async def is_known(self, platform: str, chat: str, message: str) -> bool:
        """Whether a message became a share, though its author may have taken it back since."""

    async def of_author(self, author: str, limit: int) -> Sequence[Share]:
        """The author's live shares, the newest first, after them those that only count."""

    async def only_counted(self, author: str, limit: int) -> Sequence[Share]:
        """The author's live shares that only count (`Consent.NONE`), in order."""

    async def same(self, fingerprint: bytes) -> Share | None:
        """The earliest share of the same words, deleted ones included."""

    async def change(self, share: Share) -> None:
        """Put a newer version in place; the words before are dropped.

        Of a deleted one's message a salted hash is kept, so that no import brings it back.
        """

    async def find(
        self, *, car: str = "", tag: str = "", consent: Consent, limit: int
    ) -> Sequence[Share]:
        """The live shares of at least that consent that were said last."""

    async def days_shared(self, author: str) -> int:
        """On how many different days (of UTC) the author's live, consented shares were said."""

    async def counted(self, since: Millis, limit: int) -> Sequence[tuple[str, int]]:
        """(author, live, consented shares since then), most first."""

    async def fingerprint(self, text: str) -> bytes:
        """The salted hash of the words; white space, case, width and marks do not count."""


class Garage(Protocol):
    """A person's cars, the same in every club."""

    async def vehicles(self, member: str) -> Sequence[Vehicle]: ...

    async def put(self, member: str, vehicle: Vehicle) -> None: ...

    async def remove(self, member: str, number: int) -> bool: ...


class DueRows(Protocol):
    async def schedule(self, due: Due) -> None:
        """Put a row; one of the same club, kind and key is moved to the new time."""

    async def cancel(self, kind: str, key: str) -> None: ...

    async def waiting(self, kind: str) -> Sequence[Due]:
        """The club's rows of a kind, the soonest first; at most 1,000."""

    async def ready(self, limit: int) -> Sequence[Due]:
        """Rows whose time has come, of all clubs, the longest waiting first."""

    async def next_at(self) -> Millis | None:
        """When the next row is due, of all clubs."""

    async def enter(self, due: Due) -> bool:
        """Make the row's club the work's own; False when the row is gone."""


class Cues(Protocol):
    async def put(self, cue: Cue) -> None:
        """Wait for a cue. Conflict when another one of the club waits for the same to be heard;
        one of the same kind and key is replaced."""

    async def clashes(self, cue: Cue) -> bool:
        """Whether another cue of the club waits for the same words in that chat."""

    async def drop(self, kind: str, key: str) -> None: ...

    async def heard(self, event: Event, words: str) -> Cue | None:
        """What waits for an event of a linked chat, first by its words, then by its account.

        Makes that chat's club the work's own.
        """


class Outbox(Protocol):
    """Messages on their way out, of all clubs."""

    async def put(
        self,
        platform: str,
        chat: str,
        account: str,
        reply: Reply,
        *,
        quotes: str = "",
        not_before: Millis = 0,
        member: str = "",
        topic: str = "",
        via: str = "",
    ) -> None:
        """Queue a reply; one that waits with the same slot in the same chat is replaced by it.

        Nothing is queued for a chat the bot is not in.
        """

    async def lease(
        self,
        platforms: Sequence[str],
        busy: Collection[tuple[str, str, str]],
        limit: int,
        only: Mapping[tuple[str, str, str], Priority] | None = None,
        least: Priority = Priority.CHATTER,
        *,
        edits: bool = True,
    ) -> Sequence[Message]:
        """Take ready messages, at most one a conversation and none of the busy ones.

        The most urgent goes first, over all conversations, then the oldest; one that waits for its
        retry holds back what comes after it at its own priority, not what is more urgent. What
        edits a message holds nothing back.

        `only` is for platforms with a pace: then an edit is as urgent as chatter, whatever it
        tells, and from a conversation named there come no edits, and nothing that is less urgent
        than is said; from anywhere nothing that is less urgent than `least`. Without `edits` what
        would be one is a message like any other.
        """

    async def join(self, message: Message, limit: int) -> Sequence[Message]:
        """Take what may be said together with a leased message: what waits right behind it there at
        its priority, as long as it is short answers to who acted, with nothing to press."""

    async def sent(
        self, message: int, platform_id: str, *, stage: str = "", counted: int = 0
    ) -> None:
        """It is done, and its platform may have counted so many messages. Without an id nothing was
        said that could be changed."""

    async def sent_since(self, platform: str, since: Millis) -> Sequence[Millis]:
        """When each message that was counted was sent there since then, in order."""

    async def is_ours(self, platform: str, chat: str, message: str) -> bool:
        """Whether the bot has said that, as far as it still knows."""

    async def retry(
        self, message: int, not_before: Millis, error: str, *, is_attempt: bool = True
    ) -> None:
        """It waits again. What was `is_attempt`=False is not counted among its attempts."""

    async def bury(self, message: int, error: str) -> None:
        """Give up: to the dead-letter list."""

    async def hold(self, message: int) -> None:
        """Its addressee cannot be written to yet."""

    async def release(self, platform: str, account: str) -> None:
        """The addressee has opened the conversation: what was held for them waits again."""

    async def drop_chat(self, platform: str, chat: str) -> None:
        """The bot is not there any more: nothing waits for that chat."""

    async def put_says(self, key: str, says: str) -> None:
        """Keep what a choice says under a short key, for buttons that cannot hold it."""

    async def says(self, key: str) -> str:
        """Empty where it was not kept, or too long ago."""

    async def next_at(self) -> Millis | None:
        """When the next message or expired lease could go out; None when nothing waits."""

    async def free(self) -> int:
        """After a start: give back what a former run had leased. Chatter is not sent again."""

    async def counts(self) -> dict[str, int]:
        """How many messages are in each state."""

    async def prune(self, before: Millis) -> int:
        """Drop what was sent or given up before then (at most 10,000 a call)."""


class Offers(Protocol):
    """Choices that stand in a chat as numbered lines."""

    async def put(self, offers: Sequence[Offer]) -> None:
        """One of the same chat, message and number is replaced."""

    async def of_chat(self, platform: str, chat: str, limit: int) -> Sequence[Offer]:
        """The newest first."""


class Stars(Protocol):
    """Whose ⭐ a chat's messages have."""

    async def put(self, platform: str, chat: str, message: str, member: str) -> int:
        """How many people's it has now."""

    async def drop(self, platform: str, chat: str, message: str, member: str) -> None: ...


class Joining(Protocol):
    """Members who turn out to be one person.

    The books, and who sent and took envelopes that are there, keep a former id for ever.
    """

    async def join(self, former: str, member: str) -> None:
        """From now on the former is that member, in every club: accounts, standing, shares, cars
        and whatever else tells how things are; what both have once they have once. In an open draw
        the earlier of their places stays. Fault where one of them is a former already."""

    async def survivor(self, member: str) -> str:
        """Who a former id is today; anybody else is themselves."""

    async def former(self, member: str) -> Sequence[str]:
        """The ids that became this member, in the order in which they did."""

    async def doubles(self, member: str) -> Sequence[tuple[int, Piece]]:
        """The club's envelopes of which a member has more than one piece, by several ids, with each
        piece but the earliest."""


class Privacy(Protocol):
    async def personal(self, member: str) -> Personal: ...

    async def forget(self, member: str) -> None:
        """Drop names, accounts, cars, words, kept answers, offers, cues and places in open draws.

        The journal keeps the bare ids. Of the accounts a salted hash is kept, so that no import
        brings their words back.
        """

    async def is_forgotten(self, account: Account) -> bool: ...

    async def clubs(self, member: str) -> Sequence[str]:
        """The ids of the clubs that know the member."""


class Work(Protocol):
    """One unit of work in one club. Inside a unit, a handler awaits these and nothing else."""

    @property
    def now(self) -> Millis:
        """The unit's time: the world's clock, but never earlier than any unit before."""

    @property
    def club(self) -> str:
        """The id of the club the work is in; empty before it is known."""

    def enter(self, club: str) -> None:
        """Make a club the work's own."""

    async def next_number(self, kind: str) -> int:
        """1, 2, 3, … for each kind of thing the club counts."""

    @property
    def events(self) -> Events: ...
    @property
    def people(self) -> People: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def envelopes(self) -> Envelopes: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def shares(self) -> Shares: ...
    @property
    def garage(self) -> Garage: ...
    @property
    def due(self) -> DueRows: ...
    @property
    def cues(self) -> Cues: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def offers(self) -> Offers: ...
    @property
    def stars(self) -> Stars: ...
    @property
    def joining(self) -> Joining: ...
    @property
    def privacy(self) -> Privacy: ...


Handler = Callable[[Work], Coroutine[Any, Any, T]]


class Store(Protocol):
    async def unit(self, handler: Handler[T]) -> T:
        """Run a unit of work and return its result once it is durable.

        What the handler raises comes out here and leaves nothing behind. Raises Busy when too
        many are waiting and Unavailable when nothing can be kept now.
        """

    async def read(self, handler: Handler[T]) -> T:
        """Look things up beside the writer, never waiting for it. Writing is refused."""

    async def close(self) -> None: ...
