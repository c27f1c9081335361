"""How the model's envelopes end: drawn, expired, recalled, their chat gone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation import luck
from tests.simulation.books import No, Said
from tests.simulation.deeds import Deed
from tests.simulation.envelopes import Envelope, numbered, open_in, say, show, take

if TYPE_CHECKING:
    from tests.simulation.model import Model

Lines = Iterator[Said]


def expire(model: "Model", number: int) -> Lines:
    envelope = model.envelopes[number]
    if envelope.wish.draw_after:
        yield from draw(model, number)
    elif envelope.state == "open":
        yield from end(model, envelope, "expired")


def draw(model: "Model", number: int) -> Lines:
    envelope = model.envelopes[number]
    if envelope.state != "open":
        return
    entrants = list(envelope.entrants)
    codes = [
        luck.code_of(model.club, number, member, newcomer=newcomer)
        for member, newcomer in envelope.entrants.items()
    ]
    pieces = len(envelope.amounts)
    for place in luck.drawn(codes, pieces, envelope.seed, envelope.wish.newcomers):
        take(model, envelope, entrants[place], f":{luck.digest_of(codes)}")
    yield from end(model, envelope, "empty" if len(envelope.takers) == pieces else "expired")
    yield from announce(model, envelope)


def announce(model: "Model", envelope: Envelope) -> Lines:
    """A draw's outcome is said anew as well, in every chat where it stood."""
    names = [model.name(member) for member in envelope.takers]
    rows = list(zip(names, envelope.amounts, strict=False))
    facts: dict[str, object] = {"number": envelope.number, "rows": rows[:10]}
    for chat in envelope.chats if rows else ():
        yield Said("envelope", "drawn", {**facts, "more": len(rows[10:])}, "aside", chat)


def recall(model: "Model", deed: Deed) -> Lines:
    envelope = numbered(model, deed)
    allowed = model.ids[model.leader] if envelope.payer == "pool" else envelope.sender
    if model.ids[deed.who] != allowed:
        raise No("not_yours_to_cancel", number=envelope.number)
    if envelope.state != "open":
        yield say(envelope.state, number=envelope.number)
        return
    if envelope.takers or envelope.entrants:
        raise No("touched_already", number=envelope.number)
    yield say("cancelled", number=envelope.number)
    yield from end(model, envelope, "cancelled")


def removed(model: "Model", deed: Deed) -> Lines:
    """The bot is out of a chat: what stood there alone is over, and its payers are told."""
    for envelope in open_in(model, deed.chat):
        if model.gone.issuperset(envelope.chats):
            back = sum(envelope.amounts[len(envelope.takers) :])
            yield from end(model, envelope, "gone")
            payer = model.name(envelope.sender) if envelope.payer != "pool" else ""
            if payer:
                facts: dict[str, object] = {"number": envelope.number, "back": back}
                yield Said("envelope", "gone_told", facts, "aside", payer)


def end(model: "Model", envelope: Envelope, state: str) -> Lines:
    left = model.balances[envelope.account]
    if left:
        key, account = f"env:{envelope.number}:refund", envelope.account
        there = envelope.payer == "pool" or envelope.sender in model.members
        payer = envelope.payer if there else "pool"
        model.post(key, "env.refund", account, payer, left, reason=account)
    envelope.state = state
    if state != "gone":
        yield from show(envelope)
