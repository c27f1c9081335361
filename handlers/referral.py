"""Newcomers who came by a member's invitation: noted when they come, settled by what they do."""

from dataclasses import dataclass, replace

from handlers import guard
from handlers.context import Context
from handlers.earning import mint
from rewards import ledger, referral
from rewards.earning import REFERRAL
from storage.model import Account, Due, Member, Posting
from storage.store import Work

LOOK = "invite.look"
"""The due row that looks whether a newcomer counts: one each, "{platform}:{member}"."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Points were paid to both."""

    inviter: Member
    invitee: Member
    platform: str
    """Where the newcomer came in."""


async def credit(ctx: Context) -> bool:
    """Call this when somebody has joined: sets points aside for them and for who invited them.

    False, and nothing happens, where nobody invited them, or they are no newcomer, or it was
    enough for this week or month. That is told to nobody: it is no affair of the newcomer's.
    """
    inviter = await _inviter(ctx)
    if inviter is None or not await _is_new(ctx):
        return False
    # Asked last: only then is a month's budget worth a row.
    period = await mint(ctx.work, ctx.club, REFERRAL)
    left = await ctx.work.ledger.balance(ledger.budget(REFERRAL.name, period))
    this_week = await _brought_this_week(ctx, inviter.id)
    if not referral.is_open(this_week, REFERRAL.points, left.available):
        return False
    invitee = ctx.member.id
    for side, member in (("inviter", inviter.id), ("invitee", invitee)):
        await ctx.work.ledger.post(
            ledger.referral(invitee, side, member, period, REFERRAL.points)
        )
    key = f"{ctx.event.platform}:{invitee}"
    await ctx.work.due.schedule(Due(ctx.club.id, LOOK, key, ctx.now + referral.FIRST_LOOK))
    return True


async def settle(ctx: Context, due: Due) -> Settled | None:
    """Pay both or free both, or look again tomorrow; who was paid."""
    work = ctx.work
    platform, _, invitee = due.key.partition(":")
    pending = [
        entry
        for side in ledger.SIDES
        if (entry := await work.ledger.entry(ledger.referral_key(invitee, side))) is not None
    ]
    people = [await work.people.member(ledger.owner(each.posting.target)) for each in pending]
    here = [each for each in people if each is not None and each.present]
    outcome = referral.outcome(
        are_here=len(here) == len(ledger.SIDES),
        has_shared=await work.shares.days_shared(invitee) > 0,
        age=ctx.now - pending[0].at,
    )
    if outcome == "wait":
        await work.due.schedule(replace(due, at=ctx.now + referral.LOOK_EVERY, attempts=0))
        return None
    end = ledger.referral_post if outcome == "post" else ledger.referral_void
    for each in pending:
        await work.ledger.post(end(each.posting))
    return Settled(*here, platform) if outcome == "post" else None
