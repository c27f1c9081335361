"""What the bot says when it or somebody new comes into the group, and when somebody goes."""

from dataclasses import replace

from handlers import badges, guard
from handlers.context import Context
from handlers.feature import Feature
from handlers.referral import credit
from handlers.succession import succeed
from storage.model import MINUTE, Choice, Priority, Reply, Role

feature = Feature("welcome")

ALLOWED = {
    "read": "lack_read",
    "admin": "lack_admin",
    "invite": "lack_invite",
    "badge": "lack_badge",
    "topic": "lack_topic",
}
"""What a leader can allow, and the message that asks for it."""
TOGETHER = 10 * MINUTE
"""Who comes within this time is greeted with one message."""


@feature.on("added", clubless=True)
async def added(ctx: Context) -> Reply:
    """One message: who I am, and what I still need here."""
    lacks = lacking(ctx)
    if ctx.club.id:
        return Reply(ctx.say("back", club=ctx.club.name, lacks=lacks))
    return Reply(ctx.say("hello", lacks=lacks))


@feature.command(
    "自检",
    "check",
    examples=(("自检", "都好了，我在这里该有的都有。"),),
    role=Role.CO_LEADER,
    where="group",
)
async def check(ctx: Context) -> Reply:
    """What the bot needs in this chat and has not been allowed."""
    return Reply(ctx.say("checked", lacks=lacking(ctx)), to="actor")


def lacking(ctx: Context) -> list[str]:
    """What a leader can do something about."""
    return [ctx.say(ALLOWED[code]) for code in ctx.event.lacks if code in ALLOWED]


@feature.on("joined")
async def joined(ctx: Context) -> Reply | None:
    """Welcome; several at once share one message, and so do all who come in the quiet hours.

    A platform may tell twice that somebody came: who is there already is not greeted again.
    """
    await credit(ctx)
    await badges.show_badge(ctx)
    if ctx.before is not None and ctx.before.present:
        return None
    text = ctx.say("welcome", club=ctx.club.name)
    choice = Choice(ctx.say("help_label"), "帮助")
    reply = Reply(text, (choice,), priority=Priority.CHATTER)
    heard_at = guard.speaks_at(reply, ctx.club, ctx.now) or ctx.now
    return replace(reply, slot=f"welcome:{heard_at // TOGETHER}")


@feature.on("left")
async def left(ctx: Context) -> Reply | None:
    """Nobody is talked about for leaving; who follows a leader that left is told.

    Of a club with several groups somebody may still be in another: leaving one changes nothing.
    """
    await badges.clear(ctx)
    if len(await ctx.work.people.chats()) > 1 or await _is_here_otherwise(ctx):
        return None
    heir = await succeed(ctx.work, ctx.member.id)
    gone = await ctx.work.people.member(ctx.member.id)
    if gone is not None:
        # Who is not there any more leads nothing.
        await ctx.work.people.put_member(replace(gone, present=False, role=Role.MEMBER))
    return Reply(ctx.say("heir", name=heir.name)) if heir else None


async def _is_here_otherwise(ctx: Context) -> bool:
    """They have another account on the platform, which may be the one they use now."""
    accounts = await ctx.work.people.accounts(ctx.member.id)
    return any(
        each.platform == ctx.event.platform and each.id != ctx.event.account for each in accounts
    )
