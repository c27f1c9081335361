"""排行: who shared and who gave most this week."""

from collections.abc import Sequence

from handlers import guard
from handlers.context import Context
from handlers.feature import Feature
from storage.model import Reply
from storage.store import Work

feature = Feature("ranking")

ROWS = 10


@feature.command(
    "排行",
    "排行榜",
    "ranking",
    examples=(("排行", "本周分享榜\n1. 小李 1 条\n本周大方榜\n还没有人发红包。"),),
)
async def ranking(ctx: Context) -> Reply:
    since = guard.week_start(ctx.club, ctx.now)
    shares = await ctx.work.shares.counted(since, ROWS)
    generous = await ctx.work.envelopes.given(since, ROWS)
    return Reply(
        ctx.say(
            "ranking",
            shares=await named(ctx.work, shares),
            generous=await named(ctx.work, generous),
        )
    )


async def named(work: Work, rows: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The first rows of those the club still knows, by name."""
    known = [(await work.people.member(member), value) for member, value in rows if member]
    return [(member.name, value) for member, value in known if member is not None][:ROWS]
