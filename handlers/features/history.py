"""旧分享: what becomes of what I said before the bot came, as an import found it."""

from collections.abc import Callable
from dataclasses import replace

from handlers.context import Context
from handlers.feature import Feature
from handlers.past import ASK
from handlers.shares import emptied
from storage.errors import Refusal
from storage.model import Choice, Consent, Cue, Priority, Reply, Share

feature = Feature("history")

COUNTED_MAX = 5_000
"""More is not counted out to their author."""
AT_ONCE = 500
YES, COUNT, DELETE = ("可以", "yes"), ("计数", "count"), ("删除", "delete")


@feature.when_heard(ASK)
async def ask(ctx: Context, cue: Cue) -> Reply | None:
    """Once, when they next speak: who was asked and let their words count is not asked again."""
    await ctx.work.cues.drop(cue.kind, cue.key)
    shares = await ctx.work.shares.only_counted(ctx.member.id, COUNTED_MAX)
    if not shares or any(share.asked for share in shares):
        return None
    for share in shares:
        await ctx.work.shares.change(replace(share, asked=True))
    text = ctx.say("ask", name=ctx.member.name, count=len(shares))
    return Reply(text, _choices(ctx), to="actor", priority=Priority.CHATTER)


@feature.command(
    "旧分享",
    "history",
    examples=(("旧分享", "小王，旧聊天里没有等你决定的分享。"),),
    arguments=rf"(?:{'|'.join((*YES, *COUNT, *DELETE))})?(?:\s+\w{{1,64}})?",
)
async def decide(ctx: Context) -> Reply:
    """The author's word on all of them at once; one by one they have 删除 and 公开."""
    said, _, whose = ctx.argument.partition(" ")
    if whose.strip() not in ("", ctx.member.id):
        raise Refusal("not_yours")
    shares = await ctx.work.shares.only_counted(ctx.member.id, COUNTED_MAX)
    if not shares:
        raise Refusal("nothing", name=ctx.member.name)
    count = len(shares)
    if said in YES:
        await _each(ctx, lambda share: replace(share, consent=Consent.CLUB))
        text = ctx.say("quoted", count=count)
    elif said in DELETE:
        await _each(ctx, emptied)
        text = ctx.say("deleted", count=count)
    elif said in COUNT:
        text = ctx.say("counted", count=count)
    else:
        return Reply(ctx.say("ask", name=ctx.member.name, count=count), _choices(ctx), to="actor")
    return Reply(text, to="actor")


async def _each(ctx: Context, changed: Callable[[Share], Share]) -> None:
    while shares := await ctx.work.shares.only_counted(ctx.member.id, AT_ONCE):
        for share in shares:
            await ctx.work.shares.change(changed(share))


def _choices(ctx: Context) -> tuple[Choice, ...]:
    """Others see them, too: they name whom they are for."""
    return tuple(
        Choice(ctx.say(label), f"旧分享 {word} {ctx.member.id}")
        for label, word in (
            ("yes_label", YES[0]),
            ("count_label", COUNT[0]),
            ("delete_label", DELETE[0]),
        )
    )
