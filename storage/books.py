"""How the ledger's books are kept, whatever the store: floors, digests, the hash chain.

Balance = credits − debits of whole points; over all accounts of a club the sum is 0. Each account
kind has a floor that posted − held may not break. Each journal row carries a digest of what was
asked and hash = SHA-256(hash before ‖ digest ‖ club ‖ seq ‖ time), so a changed, missing or
swapped row shows.
"""

from hashlib import sha256

from storage.errors import Fault
from storage.model import POINTS_MAX, Millis, Posting

GENESIS = bytes(32)
"""The hash before a club's first row."""

OWED_MAX = 10_000

FLOORS: dict[str, int | None] = {
    "issue": None,  # where points come from: its balance, negated, is all that was ever minted
    "budget": 0,  # minted once a period; every faucet pays out of it
    "burn": 0,
    "member": 0,
    "owed": -OWED_MAX,  # claw-back shortfall, repaid first by later earnings
    "pool": 0,  # the club's own points, spent by its leaders
    "env": 0,  # escrows end at exactly 0
    "bounty": 0,
    "case": 0,
    "merchant": 0,
}
"""Account kinds, the part of an account's name before the colon, and how low each may go."""


def kind_of(account: str) -> str:
    return account.partition(":")[0]


def floor_of(account: str) -> int | None:
    """The least that posted − held may be; None when there is no such limit.

    Raises Fault for an account of an unknown kind.
    """
    kind = kind_of(account)
    if kind not in FLOORS:
        raise Fault(f"no such kind of account: {kind}")
    return FLOORS[kind]


def check(posting: Posting) -> None:
    """Refuse a posting that no rule may ever ask for."""
    if not 0 < posting.amount <= POINTS_MAX:
        raise Fault(f"amount out of range: {posting.amount}")
    if posting.source == posting.target:
        raise Fault(f"from an account to itself: {posting.source}")


def digest_of(posting: Posting) -> bytes:
    """What was asked, as 32 bytes: the same request gives the same digest."""
    p = posting
    row = (
        f"{p.key}|{p.kind}|{p.source}|{p.target}|{p.amount}|{p.actor}|{p.reason}|{p.phase}"
        f"|{p.refers_to}|{p.group}|{p.policy}"
    )
    if row.count("|") != 10:  # a separator inside a field would let two requests look the same
        raise Fault(f"a field of posting {p.kind} holds a separator")
    return sha256(row.encode()).digest()


def link(before: bytes, digest: bytes, club: str, seq: int, at: Millis) -> bytes:
    """The chain's next hash."""
    return sha256(b"%b%b%b|%d|%d" % (before, digest, club.encode(), seq, at)).digest()
