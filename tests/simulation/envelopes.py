"""The model's red envelopes: who may have a piece, what it is worth, how one ends."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from storage.model import DAY, Millis
from tests.simulation import luck
from tests.simulation.books import POINTS_MAX, No, Said
from tests.simulation.deeds import CHATS, Deed, Wish

if TYPE_CHECKING:
    from tests.simulation.model import Model

Lines = Iterator[Said]


@dataclass(slots=True)
class Envelope:
    """People stand here by their member ids."""

    number: int
    sender: str
    payer: str
    mode: str
    amounts: list[int]
    seed: bytes
    chat: str
    sent_at: Millis
    wish: Wish
    named: tuple[str, ...] = ()
    takers: list[str] = field(default_factory=list)
    entrants: dict[str, bool] = field(default_factory=dict)
    """Who takes part in its draw, and whether they count as newcomers."""
    newcomers: int = 0
    state: str = "open"
    relay: int = 0

    @property
    def account(self) -> str:
        return f"env:{self.number}"

    @property
    def chats(self) -> tuple[str, ...]:
        return CHATS if self.wish.everywhere else (self.chat,)

    @property
    def best(self) -> int:
        """The place of the luckiest: the largest piece, the earlier one of two; or -1."""
        had = self.amounts[: len(self.takers)]
        return -1 if self.mode == "equal" or len(had) < 2 else had.index(max(had))

    def has(self, member: str) -> bool:
        return member in (self.entrants if self.wish.draw_after else self.takers)


# Sending


def send(model: "Model", deed: Deed) -> Lines:
    if deed.public:
        model.check_leader(deed)
    check(deed)
    named = named_in(model, deed)
    if deed.public:
        check_pool(model, deed.amount)
    elif deed.wish.everywhere and deed.who != model.leader:
        raise No("everywhere_by_leaders")
    payer = "pool" if deed.public else model.wallet(deed.who)
    yield from show(put_up(model, deed, payer, named))


def check(deed: Deed) -> None:
    """What cannot be an envelope, whoever asks for it."""
    pieces = deed.pieces or len(deed.wish.named) or 1
    if deed.amount <= 0:
        raise No("not_positive")
    if pieces > 500:
        raise No("too_many_pieces", most=500)
    if deed.amount > POINTS_MAX:
        raise No("too_large", most=POINTS_MAX)
    if pieces > deed.amount:
        raise No("pieces_too_small", total=deed.amount, pieces=pieces)
    if not deed.pieces and not deed.wish.named:
        raise No("how_many_pieces", total=deed.amount)


def named_in(model: "Model", deed: Deed) -> tuple[str, ...]:
    """The ids of those it is for."""
    if any(name not in model.ids for name in deed.wish.named):
        raise No("unknown_member")
    return tuple(dict.fromkeys(model.ids[name] for name in deed.wish.named))


def check_pool(model: "Model", total: int) -> None:
    model.fill_pool()
    spent = model.today("env.send", "pool")
    if spent + total > 1_000:
        raise No("pool_a_day", most=1_000, left=1_000 - spent)


def put_up(model: "Model", deed: Deed, payer: str, named: tuple[str, ...] = ()) -> Envelope:
    chats = CHATS if deed.wish.everywhere else (deed.chat,)
    if deed.wish.key and any(waits_for(model, deed.wish.key, chat) for chat in chats):
        raise No("key_in_use", key=deed.wish.key)
    number, seed = len(model.envelopes) + 1, model.secret
    about, member = f"env:{number}:{sha256(seed).hexdigest()}", model.ids[deed.who]
    model.post(f"env:{number}:send", "env.send", payer, f"env:{number}", deed.amount, member, about)
    amounts = luck.amounts(deed.mode, deed.amount, deed.pieces or len(deed.wish.named), seed)
    envelope = Envelope(
        number, member, payer, deed.mode, amounts, seed, deed.chat, model.at, deed.wish, named
    )
    model.envelopes[number] = envelope
    model.due[f"envelope.expire:{number}"] = model.at + DAY
    if deed.wish.draw_after:
        model.due[f"envelope.draw:{number}"] = model.at + deed.wish.draw_after
    return envelope


def waits_for(model: "Model", key: str, chat: str) -> int:
    """The open envelope whose 口令 that is there, or 0."""
    standing = [each for each in open_in(model, chat) if each.wish.key == key]
    return standing[0].number if standing else 0


def relay(model: "Model", deed: Deed) -> Lines:
    envelope = numbered(model, deed)
    best = envelope.best
    if envelope.state == "open" or best < 0:
        raise No("no_relay_yet", number=envelope.number)
    if envelope.takers[best] != model.ids[deed.who]:
        raise No("only_the_luckiest", number=envelope.number)
    if envelope.relay:
        raise No("relayed_already", number=envelope.relay)
    points = envelope.amounts[best]
    again = Deed(
        "send",
        "",
        who=deed.who,
        chat=deed.chat,
        amount=points,
        pieces=min(len(envelope.amounts), points),
        mode=envelope.mode,
    )
    passed = put_up(model, again, model.wallet(deed.who))
    envelope.relay = passed.number
    yield from show(passed)
    yield from show(envelope)


# Taking


def grab(model: "Model", deed: Deed) -> Lines:
    if deed.envelope:
        yield from take_part(model, numbered(model, deed), deed, said_key=False)
        return
    standing = [each for each in open_in(model, deed.chat) if not each.wish.key]
    free = [each for each in standing if not each.has(model.ids[deed.who])]
    if standing:
        yield from take_part(model, (free or standing)[0], deed, said_key=False)


def say_key(model: "Model", deed: Deed, number: int) -> Lines:
    envelope = model.envelopes[number]
    if envelope.state == "open":
        yield from take_part(model, envelope, deed, said_key=True)


def take_part(model: "Model", envelope: Envelope, deed: Deed, *, said_key: bool) -> Lines:
    number, wish, member = envelope.number, envelope.wish, model.ids[deed.who]
    if member in envelope.takers:
        yield say("had", points=envelope.amounts[envelope.takers.index(member)])
    elif envelope.state != "open":
        yield say(envelope.state, number=number)
        if envelope.state == "gone":
            yield from show(envelope)
    elif envelope.sent_at + DAY <= model.at:
        yield say("expired", number=number)
    elif wish.key and not said_key:
        raise No("say_the_key", key=wish.key)
    else:
        model.admit(member, envelope)
        young = envelope.sent_at - model.members[member].joined_at < 7 * DAY
        newcomer = wish.newcomers is not None and young
        if wish.draw_after:
            yield from enter(model, envelope, deed.who, newcomer)
        elif newcomer and wish.newcomers is not None and envelope.newcomers >= wish.newcomers:
            raise No("newcomers_gone", most=wish.newcomers)
        else:
            envelope.newcomers += newcomer
            points = take(model, envelope, member)
            if len(envelope.takers) == len(envelope.amounts):
                envelope.state = "empty"
            yield say("got", name=deed.who, points=points)
            yield from show(envelope)


def enter(model: "Model", envelope: Envelope, who: str, newcomer: bool) -> Lines:
    number, member = envelope.number, model.ids[who]
    code = luck.code_of(model.club, number, member, newcomer=False)
    if member in envelope.entrants:
        yield say("entered_already", number=number, code=code)
    elif envelope.sent_at + envelope.wish.draw_after <= model.at:
        yield say("drawing", number=number)
    else:
        envelope.entrants[member] = newcomer
        yield say("entered", name=who, number=number, code=code)
        yield from show(envelope)


def take(model: "Model", envelope: Envelope, member: str, list_: str = "") -> int:
    """`list_` is the digest of a draw's entrants, which goes into the books."""
    points = envelope.amounts[len(envelope.takers)]
    envelope.takers.append(member)
    key, account = f"env:{envelope.number}:grab:{member}", envelope.account
    model.post(key, "env.grab", account, f"member:{member}", points, member, account + list_)
    return points


# Helpers


def numbered(model: "Model", deed: Deed) -> Envelope:
    if deed.envelope not in model.envelopes:
        raise No("no_such", number=deed.envelope)
    return model.envelopes[deed.envelope]


def open_in(model: "Model", chat: str) -> list[Envelope]:
    """The newest first."""
    standing = [each for each in model.envelopes.values() if each.state == "open"]
    return [each for each in reversed(standing) if chat in each.chats]


def say(message: str, **facts: object) -> Said:
    return Said("envelope", message, facts)


def show(envelope: Envelope) -> Lines:
    """Its message is drawn anew, in every chat where it stands."""
    for chat in envelope.chats:
        yield Said("envelope", "", {"number": envelope.number}, "aside", chat)
