"""What the bot says when it or somebody new comes into the group, and when somebody goes."""

from dataclasses import replace

from handlers import guard
from handlers.context import Context
from handlers.feature import Feature
from handlers.succession import succeed
from storage.model import MINUTE, Choice, Priority, Reply, Role

feature = Feature("welcome")

TOGETHER = 10 * MINUTE
"""Who comes within this time is greeted with one message."""


@feature.on("added", clubless=True)
async def added(ctx: Context) -> Reply:
    if ctx.club.id:
        return Reply(ctx.say("back", club=ctx.club.name))
    return Reply(ctx.say("hello"))


@feature.on("joined")
async def joined(ctx: Context) -> Reply:
    """Welcome; several at once share one message, and so do all who come in the quiet hours."""
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
    if len(await ctx.work.people.chats()) > 1:
        return None
    heir = await succeed(ctx.work, ctx.member.id)
    gone = await ctx.work.people.member(ctx.member.id)
    if gone is not None:
        # Who is not there any more leads nothing.
        await ctx.work.people.put_member(replace(gone, present=False, role=Role.MEMBER))
    return Reply(ctx.say("heir", name=heir.name)) if heir else None
