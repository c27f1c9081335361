"""Every way points may move: who pays whom, and the key that makes it happen once.

One function a kind; nothing else in the house makes a Posting. Keys and kinds follow the table in
docs/ledger.md.
"""

from dataclasses import replace
from typing import Literal

from storage.model import Posting

POOL = "pool"
SYSTEM = "system"
"""The actor of what happens by itself."""

Side = Literal["inviter", "invitee"]
INVITER: Side = "inviter"
INVITEE: Side = "invitee"


def wallet(member: str) -> str:
    """The ledger account of a member's own points."""
    return f"member:{member}"


def owner(account: str) -> str:
    """The member behind a wallet, empty for any other account."""
    kind, _, member = account.partition(":")
    return member if kind == "member" else ""


def escrow(envelope: int) -> str:
    return f"env:{envelope}"


def number_of(reason: str) -> str:
    """The number of what a posting is about: "12" of "env:12", also with more behind it."""
    return reason.partition(":")[2].partition(":")[0]


def budget(programme: str, period: str) -> str:
    return f"budget:{programme}:{period}"


def mint(programme: str, period: str, amount: int) -> Posting:
    """A period's whole budget, minted once: emission is capped by construction."""
    return Posting(
        key=f"mint:{programme}:{period}",
        kind="mint",
        source=f"issue:{programme}",
        target=budget(programme, period),
        amount=amount,
        actor=SYSTEM,
        reason=programme,
    )


def reward(
    programme: str, period: str, target: str, amount: int, about: str, milestone: str
) -> Posting:
    return Posting(
        key=f"rw:{programme}:{about}:{milestone}",
        kind=f"reward.{programme}",
        source=budget(programme, period),
        target=target,
        amount=amount,
        actor=owner(target) or SYSTEM,
        reason=about,
    )


def gift(event: str, giver: str, receiver: str, amount: int) -> Posting:
    """`event` is the id of the message that asked for it."""
    return Posting(
        key=f"gift:{event}",
        kind="gift",
        source=wallet(giver),
        target=wallet(receiver),
        amount=amount,
        actor=giver,
    )


def donation(event: str, giver: str, amount: int) -> Posting:
    return Posting(
        key=f"pool:{event}",
        kind="gift.pool",
        source=wallet(giver),
        target=POOL,
        amount=amount,
        actor=giver,
    )


def grant(event: str, leader: str, member: str, amount: int) -> Posting:
    """A leader gives points of the pool to a member."""
    return Posting(
        key=f"grant:{event}",
        kind="pool.grant",
        source=POOL,
        target=wallet(member),
        amount=amount,
        actor=leader,
    )


def envelope_send(number: int, payer: str, sender: str, total: int, commitment: bytes) -> Posting:
    """The hash of the envelope's seed goes into the books, where nobody can change it later."""
    return Posting(
        key=f"env:{number}:send",
        kind="env.send",
        source=payer,
        target=escrow(number),
        amount=total,
        actor=sender,
        reason=f"{escrow(number)}:{commitment.hex()}",
    )


def envelope_grab(number: int, member: str, amount: int, entries: bytes = b"") -> Posting:
    return Posting(
        f"env:{number}:grab:{member}",
        "env.grab",
        f"env:{number}",
        f"member:{member}",
        amount,
        member,
        grabbed_from(number, entries),
    )


def grabbed_from(number: int, entries: bytes = b"") -> str:
    """The reason of a grab: the envelope, and of a draw the digest of its list of entrants, which
    so cannot be changed later."""
    return f"env:{number}:{entries.hex()}" if entries else f"env:{number}"


def envelope_refund(number: int, payer: str, amount: int) -> Posting:
    return Posting(
        key=f"env:{number}:refund",
        kind="env.refund",
        source=escrow(number),
        target=payer,
        amount=amount,
        actor=SYSTEM,
        reason=escrow(number),
    )


def referral(invitee: str, side: Side, member: str, period: str, amount: int) -> Posting:
    """Set aside for one side of an invitation, until it shows whether the newcomer stays."""
    return Posting(
        key=referral_key(invitee, side),
        kind="ref.pend",
        source=budget("referral", period),
        target=wallet(member),
        amount=amount,
        actor=invitee,
        reason="referral",
        phase="pending",
        group=f"rf:{invitee}",
    )


def referral_key(invitee: str, side: Side) -> str:
    """It names the newcomer alone, who so counts once, whoever else invites them."""
    return f"rf:{invitee}:{side}"


def referral_end(pending: Posting, phase: Literal["post", "void"]) -> Posting:
    """Pay what was set aside, or let the budget have it again."""
    return replace(
        pending,
        key=f"{pending.key}:{phase}",
        kind=f"ref.{phase}",
        actor=SYSTEM,
        phase=phase,
        refers_to=pending.key,
    )


def forget(member: str, amount: int) -> Posting:
    """What somebody who wants to be forgotten leaves behind goes to the club."""
    return Posting(
        key=f"forget:{member}",
        kind="forget",
        source=wallet(member),
        target=POOL,
        amount=amount,
        actor=member,
    )


def reverse(seq: int, posting: Posting, actor: str) -> Posting:
    """Put a mistake right. A posting can be reversed once."""
    return Posting(
        key=f"rv:{seq}",
        kind="reverse",
        source=posting.target,
        target=posting.source,
        amount=posting.amount,
        actor=actor,
        reason=posting.reason,
        refers_to=posting.key,
    )
