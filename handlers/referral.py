"""Newcomers who came by a member's invitation: noted when they come, settled by what they do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers import guard, owed
from handlers.context import Context
from handlers.earning import mint
from rewards import ledger, referral
from rewards.earning import REFERRAL
from storage.errors import Fault
from storage.model import MINUTE, Account, Due, Entry, Member, Millis
from storage.store import Work

LOOK = "invite.look"
"""Looks whether a newcomer counts; one row each, by "{platform}:{member}"."""


TOLD_TWICE_WITHIN: Millis = MINUTE


@dataclass(frozen=True, slots=True)
class Settled:
    """Both were paid."""

    inviter: Member
    invitee: Member
    platform: str
    """Where the newcomer came in."""


async def credit(ctx: Context) -> bool:
    """Call this when somebody has joined: sets points aside for them and for who invited them.

    False, and nothing happens, where nobody invited them, where they are no newcomer, and where it
    was enough for this week or month. That is told to nobody: it is no affair of the newcomer's.
    """
    inviter = await _inviter(ctx)
    if inviter is None or not await _is_new(ctx):
        return False
    work, invitee = ctx.work, ctx.member.id
    # Asked last: only then is a month's budget worth a row.
    period = await mint(work, ctx.club, REFERRAL)
    left = await work.ledger.balance(ledger.budget(REFERRAL.name, period))
    this_week = await _brought_this_week(ctx, inviter.id)
    if not referral.is_open(this_week, REFERRAL.points, left.available):
        return False
    for side, member in ((ledger.INVITER, inviter.id), (ledger.INVITEE, invitee)):
        await work.ledger.post(ledger.referral(invitee, side, member, period, REFERRAL.points))
    key = f"{ctx.event.platform}:{invitee}"
    await work.due.schedule(Due(ctx.club.id, LOOK, key, ctx.now + referral.FIRST_LOOK))
    return True


async def settle(ctx: Context, due: Due) -> Settled | None:
    """Pay both or free both, or look again tomorrow; who was paid."""
    work = ctx.work
    platform, _, invitee = due.key.partition(":")
    pending = [await _pending(work, invitee, side) for side in (ledger.INVITER, ledger.INVITEE)]
    if await _is_settled(work, invitee):
        return None
    people = [await work.people.member(ledger.owner(each.posting.target)) for each in pending]
    here = [each for each in people if each is not None and each.present]
    outcome = referral.outcome(
        are_here=here == people,
        has_shared=await work.shares.days_shared(await work.joining.survivor(invitee)) > 0,
        age=ctx.now - pending[0].at,
    )
    if outcome == "wait":
        await work.due.schedule(replace(due, at=ctx.now + referral.LOOK_EVERY, attempts=0))
        return None
    if outcome == "void":
        await _void(work, pending)
        return None
    for each, member in zip(pending, here, strict=True):
        await owed.pay(work, ledger.referral_end(each.posting, outcome, member.id))
    return Settled(here[0], here[1], platform)


async def void_later(work: Work, one: Member, other: Member) -> None:
    """Call this before two members become one. Who was not the first to come was no newcomer:
    neither whoever invited them nor they themselves, by another account, are paid for it. What was
    paid stays."""
    for mine, theirs in ((one, other), (other, one)):
        if theirs.joined_at > mine.joined_at:
            continue
        for invitee in (mine.id, *await work.joining.former(mine.id)):
            invited = await work.ledger.entry(ledger.referral_key(invitee, ledger.INVITER))
            if invited is not None and not await _is_settled(work, invitee):
                own = await _pending(work, invitee, ledger.INVITEE)
                await _void(work, [invited, own])


async def _is_settled(work: Work, invitee: str) -> bool:
    key = ledger.referral_key(invitee, ledger.INVITER)
    return any([await work.ledger.entry(f"{key}:{phase}") for phase in ("post", "void")])


async def _void(work: Work, pending: Sequence[Entry]) -> None:
    for each in pending:
        await work.ledger.post(ledger.referral_end(each.posting, "void"))


async def _inviter(ctx: Context) -> Member | None:
    """The present member of the club by whose invitation somebody else came."""
    invitation = ctx.event.invitation
    if invitation in ("", ctx.member.id):
        return None
    inviter = await ctx.work.people.member(invitation)
    if inviter is None or inviter.id == ctx.member.id:
        return None  # their own invitation, by a former account
    return inviter if inviter.present else None


async def _is_new(ctx: Context) -> bool:
    """Nobody the club has ever known, in whatever way: not as a member, nor as one it had to
    forget, nor by what they wrote before the bot came."""
    work, account = ctx.work, Account(ctx.event.platform, ctx.event.account)
    return (
        _has_just_come(ctx)
        and not await work.privacy.is_forgotten(account)
        and not await work.shares.of_author(ctx.member.id, 1)
    )


def _has_just_come(ctx: Context) -> bool:
    """A platform may tell of one coming twice, and only the second time by which invitation."""
    before = ctx.before
    return before is None or (before.present and before.joined_at > ctx.now - TOLD_TWICE_WITHIN)


async def _brought_this_week(ctx: Context, inviter: str) -> int:
    """How many newcomers came by them; their own coming, which looks the same, is none."""
    work, since = ctx.work, guard.week_start(ctx.club, ctx.now)
    count, _ = await work.ledger.moved(since, kind="ref.pend", target=ledger.wallet(inviter))
    own = await work.ledger.entry(ledger.referral_key(inviter, ledger.INVITEE))
    return count - (own is not None and own.at >= since)


async def _pending(work: Work, invitee: str, side: ledger.Side) -> Entry:
    found = await work.ledger.entry(ledger.referral_key(invitee, side))
    if found is None:
        raise Fault(f"nothing was set aside for the {side}")
    return found
