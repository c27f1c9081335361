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


def owed(member: str) -> str:
    """What a member owes: its balance is below 0 by that much."""
    return f"owed:{member}"


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
        grab_key(number, member),
        "env.grab",
        f"env:{number}",
        f"member:{member}",
        amount,
        member,
        grabbed_from(number, entries),
    )


def grab_key(number: int, member: str) -> str:
    return f"env:{number}:grab:{member}"


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


def piece_refund(number: int, place: int, payer: str, amount: int) -> Posting:
    """A piece that was taken back goes to the payer at once, whatever becomes of the others."""
    return replace(envelope_refund(number, payer, amount), key=f"env:{number}:refund:{place}")


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


def referral_end(pending: Posting, phase: Literal["post", "void"], member: str = "") -> Posting:
    """Pay what was set aside, or let the budget have it again. `member`: who the one it was set
    aside for is today."""
    return replace(
        pending,
        key=f"{pending.key}:{phase}",
        kind=f"ref.{phase}",
        target=wallet(member) if member else pending.target,
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


# Two members who turn out to be one


def join(former: str, member: str, amount: int) -> Posting:
    """All that the former has. Once: from then on there is nobody of that id."""
    return Posting(
        key=f"join:{former}",
        kind="join",
        source=wallet(former),
        target=wallet(member),
        amount=amount,
        actor=member,
        group=f"join:{former}",
    )


def join_debt(former: str, member: str, amount: int) -> Posting:
    """What the former owes, the member owes now."""
    return replace(
        join(former, member, amount),
        key=f"join:{former}:owed",
        source=owed(member),
        target=owed(former),
    )


def take_back(seq: int, posting: Posting, member: str) -> Posting:
    """Reverse what came to one of a member's ids, wherever its points are now."""
    return replace(reverse(seq, posting, member), source=wallet(member))


def owe(seq: int, member: str, amount: int, reason: str) -> Posting:
    """What a member lacks for row `seq` to be taken back."""
    return Posting(
        key=f"owe:{seq}",
        kind="owe",
        source=owed(member),
        target=wallet(member),
        amount=amount,
        actor=member,
        reason=reason,
    )


def repay(seq: int, member: str, amount: int) -> Posting:
    """Out of what came in by row `seq`."""
    return Posting(
        key=f"repay:{seq}",
        kind="repay",
        source=wallet(member),
        target=owed(member),
        amount=amount,
        actor=member,
    )
