"""What members owe: too much came to them once. It is repaid first, out of whatever comes next."""

from rewards import ledger
from storage.books import OWED_MAX
from storage.errors import Refusal
from storage.model import Entry, Posting
from storage.store import Work


async def of(work: Work, member: str) -> int:
    """How many points a member owes in the club."""
    return -(await work.ledger.balance(ledger.owed(member))).posted


async def pay(work: Work, posting: Posting) -> None:
    """Whatever may come into a member's wallet is posted by this."""
    entry = await work.ledger.post(posting)
    member = ledger.owner(posting.target)
    if member and await of(work, member):
        await repay(work, member, entry)


async def repay(work: Work, member: str, entry: Entry) -> None:
    """As far as they can, by occasion of an entry."""
    has = await work.ledger.balance(ledger.wallet(member))
    amount = min(await of(work, member), has.available)
    if amount > 0:
        await work.ledger.post(ledger.repay(entry.seq, member, amount))


async def take_back(work: Work, entry: Entry, member: str) -> None:
    """Reverse what came to a member by mistake; what they have spent of it since, they owe.

    Raises Refusal when that would be more than anybody may owe.
    """
    amount = entry.posting.amount
    has = await work.ledger.balance(ledger.wallet(member))
    lacks = amount - has.available
    if lacks > 0:
        await check(work, member, lacks)
        await work.ledger.post(ledger.owe(entry.seq, member, lacks, entry.posting.reason))
    await work.ledger.post(ledger.take_back(entry.seq, entry.posting, member))


async def check(work: Work, member: str, more: int) -> None:
    """Raises Refusal when a member would owe too much."""
    owes = await of(work, member) + more
    if owes > OWED_MAX:
        raise Refusal("owes_too_much", points=owes, most=OWED_MAX)
