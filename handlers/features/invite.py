"""邀请: a way into the group of one's own, and what comes of it."""

from handlers import guard, referral
from handlers.context import Context
from handlers.feature import Feature
from handlers.members import tell_in_private
from rewards.earning import REFERRAL
from storage.errors import Refusal
from storage.model import Due, Priority, Reply

feature = Feature("invite")


@feature.command(
    "邀请",
    "invite",
    examples=(("邀请", "小王 的专属入口，新车友从这里进群："),),
    where="group",
    needs="links",
)
async def invite(ctx: Context) -> Reply:
    """The platform puts the link behind it. No word of points: nobody is paid for passing it on."""
    if "links" in ctx.event.lacks:
        raise Refusal("no_links")
    if not {"admin", "invite"}.isdisjoint(ctx.event.lacks):
        raise Refusal("may_not")
    return Reply(ctx.say("way_in", name=ctx.member.name), to="actor", invitation=ctx.member.id)


@feature.when_due(referral.LOOK)
async def look(ctx: Context, due: Due) -> None:
    """Who invited somebody is told when that comes to something, and otherwise nothing."""
    settled = await referral.settle(ctx, due)
    if settled is None:
        return
    text = ctx.say("counted", club=ctx.club.name, name=settled.invitee.name, points=REFERRAL.points)
    reply = Reply(text, to="private", priority=Priority.CHATTER)
    await tell_in_private(
        ctx.work,
        settled.inviter.id,
        settled.platform,
        reply,
        not_before=guard.speaks_at(reply, ctx.club, ctx.now),
    )
