"""An envelope's numbers as everybody is told them, and whether they fit each other and the books.

The format is for ever: docs/luck.md describes it, and docs/verify_envelope.py reads it.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NotRequired, TypedDict

from rewards import ledger, luck
from storage.model import Entrant, Envelope, EnvelopeState, Mode, Piece, Posting

SEND, GRAB, REVERSE = "env.send", "env.grab", "reverse"


class Draw(TypedDict):
    entries: list[str]
    """The entrants' codes, in the order they entered."""
    newcomers: int | None
    drawn: list[str]
    """Who got the first piece, the second, …"""


class Published(TypedDict):
    envelope: int
    mode: Mode
    total: int
    pieces: int
    hash: str
    seed: NotRequired[str]
    """This and what follows is told when the envelope is over."""
    amounts: NotRequired[list[int]]
    draw: NotRequired[Draw]


Wrong = Literal["", "hash", "amounts", "draw"]
"""The first of the published numbers that does not fit; empty when all do."""


def published(
    club: str,
    envelope: Envelope,
    pieces: Sequence[Piece],
    entrants: Sequence[Entrant],
    told: str = "",
) -> Published:
    """What may be told of an envelope now. `told` is the hash that was told when it was sent."""
    e = envelope
    numbers: Published = {
        "envelope": e.number,
        "mode": e.mode,
        "total": e.total,
        "pieces": e.pieces,
        "hash": told or luck.commitment(e.seed).hex(),
    }
    if e.state == EnvelopeState.OPEN:
        return numbers
    numbers["seed"] = e.seed.hex()
    numbers["amounts"] = [piece.amount for piece in pieces]
    if (e.terms.draw_after or entrants) and (e.taken or e.state == EnvelopeState.EXPIRED):
        numbers["draw"] = _draw(club, e, pieces, entrants)
    return numbers


def _draw(
    club: str, envelope: Envelope, pieces: Sequence[Piece], entrants: Sequence[Entrant]
) -> Draw:
    number = envelope.number
    entries = luck.codes_of(club, number, entrants)
    codes = {each.member: code for each, code in zip(entrants, entries, strict=True)}
    winners = [piece.member for piece in pieces if piece.member]
    return {
        "entries": entries,
        "newcomers": envelope.terms.newcomers,
        "drawn": [codes.get(each) or luck.code_of(club, number, each) for each in winners],
    }


def wrong(numbers: Published) -> Wrong:
    """What does not follow from the seed. Of an open envelope nothing can be said yet."""
    if "seed" not in numbers:
        return ""
    seed, draw = bytes.fromhex(numbers["seed"]), numbers.get("draw")
    mode, total, pieces = numbers["mode"], numbers["total"], numbers["pieces"]
    if luck.commitment(seed).hex() != numbers["hash"]:
        return "hash"
    if mode not in luck.SPLITS or not 0 < pieces <= total:
        return "amounts"
    if luck.split(mode, total, pieces, seed) != numbers["amounts"]:
        return "amounts"
    if draw is not None:
        entries = draw["entries"]
        places = luck.draw(entries, pieces, seed, draw["newcomers"])
        if [entries[place] for place in places] != draw["drawn"]:
            return "draw"
    return ""


def told_by(postings: Iterable[Posting]) -> str:
    """The hash that went into the books when an envelope was sent; empty before 0.1.0 had it."""
    for posting in postings:
        if posting.kind == SEND:
            return posting.reason.removeprefix(posting.target).removeprefix(":")
    return ""


def unbooked(
    club: str,
    envelope: Envelope,
    pieces: Sequence[Piece],
    entrants: Sequence[Entrant],
    postings: Sequence[Posting],
) -> str:
    """What the books say otherwise; empty when they agree. No amount is named.

    `postings` are those to the envelope's escrow and from it.
    """
    e = envelope
    sent = [(p.source, p.actor, p.amount) for p in postings if p.kind == SEND]
    if sent != [(e.payer, e.sender, e.total)]:
        return "the journal does not say that it was sent like this"
    if [each.place for each in entrants] != list(range(e.entered)):
        return f"of {e.entered} entrants {len(entrants)} are there"
    paid = {p.target: p.amount for p in postings if p.kind == GRAB}
    for piece in pieces:
        if piece.member and paid.pop(ledger.wallet(piece.member), None) != piece.amount:
            return f"the journal did not pay piece {piece.place + 1} like this"
    if paid:
        return "the journal paid somebody who has no piece"
    codes = luck.codes_of(club, e.number, entrants)
    reason = ledger.grabbed_from(e.number, luck.digest_of(codes) if codes else b"")
    if any(p.reason != reason for p in postings if p.kind == GRAB):
        return "the journal's list of entrants was another one"
    return _not_taken_back(e.number, pieces, postings)


def _not_taken_back(number: int, pieces: Sequence[Piece], postings: Sequence[Posting]) -> str:
    """What the books say otherwise of pieces that were one too many for their taker."""
    back = {p.refers_to: p.amount for p in postings if p.kind == REVERSE}
    for piece in pieces:
        key = ledger.grab_key(number, piece.member)
        if piece.returned and back.pop(key, None) != piece.amount:
            return f"the journal did not take piece {piece.place + 1} back like this"
    return "the journal took a piece back that somebody has" if back else ""
