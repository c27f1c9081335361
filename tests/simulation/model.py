"""What must happen: every reply and every row of the books, told by other rules than the bot's.

Nothing here is taken from the code it judges; the figures of the rules stand here a second time on
purpose. This file holds the club and who is in it; `books` keeps the ledger, `envelopes`, `orders`
and `pictures` know red envelopes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from storage.model import DAY, HOUR, MINUTE, Millis
from tests.simulation import endings, envelopes, everyday, orders, pictures
from tests.simulation.books import POINTS_MAX, Books, No, Said
from tests.simulation.deeds import Deed
from tests.simulation.world import Drawn

Lines = Iterator[Said]
LEVELS = ((1, 0), (3, 7), (7, 30), (15, 90), (30, 180))
"""On how many days one shared, and for how many one has been there."""


@dataclass(slots=True)
class Member:
    name: str
    joined_at: Millis
    labels: list[str] = field(default_factory=list)
    cars: list[str] = field(default_factory=list)
    city: str = ""
    days_shared: set[int] = field(default_factory=set)


class Model(Books):
    def __init__(self) -> None:
        super().__init__()
        self.leader = ""
        self.ids: dict[str, str] = {}
        """The member id behind each account."""
        self.members: dict[str, Member] = {}
        self.shares: dict[str, tuple[int, str]] = {}
        """Number and author of the share that holds those words."""
        self.envelopes: dict[int, envelopes.Envelope] = {}
        self.orders: dict[int, orders.Order] = {}
        self.ordered = 0
        self.seen: dict[str, list[Said]] = {}
        self.due: dict[str, Millis] = {}
        """When what is to be done, by kind and key."""
        self.tried: dict[str, int] = {}
        self.secret = b""
        self.gone: set[str] = set()
        """The chats the bot is not in; whatever happens there shows that it is."""

    # Events

    def do(self, deed: Deed, at: Millis, drawn: Drawn, key_of: int) -> list[Said]:
        """What a deed is answered that is done now. Raises No and has changed nothing.

        `key_of` is the envelope whose 口令 was heard in it.
        """
        if deed.id in self.seen:
            return self.seen[deed.id]
        rows, stranger, gone = len(self.rows), deed.who not in self.ids, set(self.gone)
        self._begin(deed, at, drawn)
        try:
            if key_of:
                said = [*envelopes.say_key(self, deed, key_of)]
            else:
                said = [*DEEDS[deed.verb][1](self, deed)]
        except No:
            self.undo_after(rows)
            self.gone = gone
            if stranger:
                del self.members[self.ids.pop(deed.who)]
            raise
        self.seen[deed.id] = said
        return said

    def refuse(self, deed: Deed, no: No, at: Millis, drawn: Drawn) -> list[Said]:
        """What is kept of a deed that was refused: who asked, and the polite no."""
        if deed.id not in self.seen:
            self._begin(deed, at, drawn)
            self.seen[deed.id] = [Said(DEEDS[deed.verb][0], no.message, no.facts)]
        return self.seen[deed.id]

    def _begin(self, deed: Deed, at: Millis, drawn: Drawn) -> None:
        self.at = at
        self.secret = drawn.secrets[0] if drawn.secrets else b""
        if deed.verb == "found":
            self.club, self.leader = drawn.ids[0], deed.who
        if deed.verb == "removed":
            self.gone.add(deed.chat)
            return
        self.gone.discard(deed.chat)
        if deed.who not in self.ids:
            self.ids[deed.who] = drawn.ids[-1]
            self.members[drawn.ids[-1]] = Member(deed.who, at)

    def run_due(self, name: str, at: Millis, drawn: Drawn) -> list[Said]:
        """What was to be done later is done now, and once."""
        self.at, self.secret = at, drawn.secrets[0] if drawn.secrets else b""
        if self.due.pop(name) > at:
            raise ValueError(f"{name} is done before its time")
        self.tried.pop(name, None)
        kind, _, number = name.partition(":")
        return [*DUE[kind](self, int(number))]

    def postpone(self, name: str, at: Millis) -> None:
        """It went wrong: one minute later it is tried again, then two, then four."""
        tries = self.tried.get(name, 0)
        self.tried[name] = tries + 1
        self.due[name] = at + min(MINUTE << tries, HOUR)

    # Looking around

    def wallet(self, who: str) -> str:
        return f"member:{self.ids[who]}"

    def name(self, member: str) -> str:
        return self.members[member].name if member in self.members else ""

    def key_of(self, deed: Deed) -> int:
        """The envelope whose 口令 that is."""
        return envelopes.waits_for(self, deed.text, deed.chat) if deed.verb == "talk" else 0

    def admit(self, member: str, envelope: envelopes.Envelope) -> None:
        wish, known = envelope.wish, self.members[member]
        level = self._level(known)
        if envelope.named and member not in envelope.named:
            raise No("only_named")
        if level < wish.level:
            raise No("only_level", level=wish.level, yours=level)
        if wish.label and wish.label not in known.labels:
            raise No("only_label", label=wish.label)
        if wish.car and wish.car not in known.cars:
            raise No("only_car", car=wish.car)
        if wish.city and wish.city != known.city:
            raise No("only_city", city=wish.city)
        if wish.joined_days and known.joined_at > envelope.sent_at - wish.joined_days * DAY:
            raise No("only_joined")

    def _level(self, member: Member) -> int:
        met, here = 0, self.at - member.joined_at
        for shared, days in LEVELS:
            if len(member.days_shared) < shared or here < days * DAY:
                break
            met += 1
        return met

    def check_leader(self, deed: Deed) -> None:
        if deed.who != self.leader:
            raise No("not_a_leader")

    def check_amount(self, deed: Deed) -> None:
        if deed.amount <= 0:
            raise No("not_positive")
        if deed.amount > POINTS_MAX:
            raise No("too_large", most=POINTS_MAX)

    def other(self, deed: Deed) -> str:
        if deed.other not in self.ids:
            raise No("unknown_member")
        return self.wallet(deed.other)


DEEDS: dict[str, tuple[str, Callable[[Model, Deed], Lines]]] = {
    "found": ("leader", everyday.found),
    "talk": ("envelope", everyday.talk),
    "balance": ("points", everyday.balance),
    "statement": ("points", everyday.statement),
    "gift": ("points", everyday.gift),
    "donate": ("points", everyday.donate),
    "pool": ("pool", everyday.pool),
    "grant": ("pool", everyday.grant),
    "share": ("share", everyday.share),
    "label": ("standing", everyday.label),
    "city": ("standing", everyday.city),
    "add_car": ("garage", everyday.add_car),
    "forget": ("privacy", everyday.forget),
    "send": ("envelope", envelopes.send),
    "grab": ("envelope", envelopes.grab),
    "relay": ("envelope", envelopes.relay),
    "recall": ("envelope", endings.recall),
    "record": ("envelope", pictures.record),
    "verify": ("envelope", pictures.verify),
    "order": ("envelope", orders.order),
    "drop_order": ("envelope", orders.drop_order),
    "removed": ("envelope", endings.removed),
}
"""Whose texts say what comes of a deed, and what that is."""
DUE: dict[str, Callable[[Model, int], Lines]] = {
    "envelope.expire": endings.expire,
    "envelope.draw": endings.draw,
    "envelope.send": orders.send,
}
