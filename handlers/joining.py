"""Two members turn out to be one person: their points, pieces and invitations put right, once.

Everything happens in the unit that asks for it, club by club; nothing of it can be undone.
"""

from dataclasses import dataclass

from handlers import badges, owed, referral
from handlers.members import wallet_now
from rewards import ledger
from storage.errors import Fault, Refusal
from storage.model import Member, Piece
from storage.store import Work


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of it, in all clubs together."""

    points: int = 0
    returned: int = 0
    """How many pieces were one too many."""
    owes: int = 0


async def join(work: Work, former: str, member: str) -> Joined:
    """Make the former that member. Raises Refusal where their points do not allow it yet."""
    here = work.club
    for club in await work.privacy.clubs(former):
        work.enter(club)
        await _join_points(work, former, member)
        known, other = [await work.people.member(each) for each in (member, former)]
        if known is not None and other is not None:
            await referral.void_later(work, known, other)
    await work.joining.join(former, member)
    joined = Joined()
    for club in await work.privacy.clubs(member):
        work.enter(club)
        joined = await _put_right(work, member, joined)
    work.enter(here)
    return joined


async def _join_points(work: Work, former: str, member: str) -> None:
    has = await work.ledger.balance(ledger.wallet(former))
    owes = await owed.of(work, former)
    if has.held:
        raise Refusal("on_hold", points=has.held)
    if has.posted:
        await owed.pay(work, ledger.join(former, member, has.posted))
    if owes:
        await owed.check(work, member, owes)
        debt = await work.ledger.post(ledger.join_debt(former, member, owes))
        await owed.repay(work, member, debt)


async def _put_right(work: Work, member: str, joined: Joined) -> Joined:
    """One person has one piece of an envelope, one balance, and one tag behind each name."""
    doubles = await work.joining.doubles(member)
    for number, piece in doubles:
        await _give_back(work, member, number, piece)
    await _show_badge(work, member)
    has = await work.ledger.balance(ledger.wallet(member))
    return Joined(
        joined.points + has.posted,
        joined.returned + len(doubles),
        joined.owes + await owed.of(work, member),
    )


async def _give_back(work: Work, member: str, number: int, piece: Piece) -> None:
    """Back through the escrow to the payer at once, whether the envelope is open or over: so the
    escrow holds what it did, nobody's piece changes by it, and no other chance is drawn anew."""
    grabbed = await work.ledger.entry(ledger.grab_key(number, piece.member))
    envelope = await work.envelopes.envelope(number)
    if grabbed is None or envelope is None:
        raise Fault(f"piece {piece.place} of envelope {number} was never paid")
    await owed.take_back(work, grabbed, member)
    await work.envelopes.give_back(number, piece.place)
    payer = await wallet_now(work, envelope.payer)
    await owed.pay(work, ledger.piece_refund(number, piece.place, payer, piece.amount))


async def show_badges(work: Work, member: str) -> None:
    """A member has one more account: the tag stands behind its name, too."""
    here = work.club
    for club in await work.privacy.clubs(member):
        work.enter(club)
        await _show_badge(work, member)
    work.enter(here)


async def _show_badge(work: Work, member: str) -> None:
    known = await work.people.member(member)
    if known is not None and known.car:
        await badges.put(work, await badges.places(work, member), known.car)


async def seen(work: Work, person: str) -> tuple[str, int]:
    """What somebody is called in the first of their clubs, and how many points they have in all."""
    here, names, points = work.club, [], 0
    for club in await work.privacy.clubs(person):
        work.enter(club)
        known: Member | None = await work.people.member(person)
        names += [known.name] if known is not None else []
        points += (await work.ledger.balance(ledger.wallet(person))).posted
    work.enter(here)
    return (names[0] if names else ""), points
