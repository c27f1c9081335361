"""认证: a leader says in front of the group that a member drives a car."""

from dataclasses import replace

from handlers import badges
from handlers.amounts import SHORT
from handlers.context import Context
from handlers.feature import Feature
from handlers.knowledge import wording
from handlers.parse import fold
from storage.errors import Refusal
from storage.model import Member, Reply, Role

feature = Feature("vouch")

SUGGESTIONS_MAX = 3
SPARE_WORDS_MAX = 8
"""More words than these beside the car's name are talk, not a name."""
WHOSE = r"@\S+(?:\s+@\S+)*"
WORDS = r"[^@,!?;:、。…\n]{1,40}"
"""A name or a car; a sentence with its marks is talk."""


@feature.command(
    "认证",
    "vouch",
    examples=(
        ("认证 @小李 海豹", "认证了：小李 开 海豹。"),
        ("认证", "小王 还没有认证的车。请会长或副会长回复 TA 的消息说「认证 车型」。"),
    ),
    arguments=rf"{SHORT}(?:{WHOSE}\s*)?(?:{WORDS})?(?:{WHOSE})?",
)
async def vouch(ctx: Context) -> Reply | None:
    """Anybody sees it, a leader gives it. It is the leader's word, so it stays when the member
    changes what 我的车 lists."""
    if not _named(ctx):
        return Reply(_state(ctx, await _whose(ctx)), to="actor")
    series = _car(ctx)
    if not series and not ctx.meant and not ctx.event.mentions:
        return None
    if ctx.member.role < Role.CO_LEADER:
        if _is_about_another(ctx):
            raise Refusal("not_a_leader")
        return Reply(_state(ctx, ctx.member), to="actor")
    if ctx.event.private:
        raise Refusal("only_in_a_group")
    other = await _other(ctx)
    if other.id == ctx.member.id:
        raise Refusal("not_yourself")
    if not other.present:
        raise Refusal("has_left", name=other.name)
    if not series:
        said = _named(ctx)
        raise Refusal("unknown_car", said=said, near=ctx.catalogue.near(said, SUGGESTIONS_MAX))
    await _change(ctx, other, series)
    return Reply(ctx.say("vouched", name=other.name, series=series))


@feature.command(
    "取消认证",
    "unvouch",
    examples=(("取消认证 @小李", "小李 没有认证的车。"),),
    arguments=rf"{SHORT}(?:{WHOSE}|[^\s@]{{1,24}})?",
)
async def unvouch(ctx: Context) -> Reply:
    """By a leader, or by the member whose car it is: it is said of them."""
    other = await _whose(ctx)
    if other.id != ctx.member.id:
        if ctx.member.role < Role.CO_LEADER:
            raise Refusal("not_a_leader")
        if ctx.event.private:
            raise Refusal("only_in_a_group")
    if not other.car:
        raise Refusal("not_vouched", name=other.name)
    await _change(ctx, other, "")
    return Reply(ctx.say("unvouched", name=other.name))


async def _change(ctx: Context, member: Member, series: str) -> None:
    await ctx.work.people.put_member(replace(member, car=series))
    await badges.put(ctx.work, await badges.places(ctx.work, member.id), series)


def _state(ctx: Context, member: Member) -> str:
    return ctx.say("state", name=member.name, series=member.car)


async def _whose(ctx: Context) -> Member:
    """The one mentioned, answered or named; without any, oneself."""
    return await _other(ctx) if ctx.argument or ctx.event.quoted else ctx.member


async def _other(ctx: Context) -> Member:
    if ctx.mentioned > 1:
        raise Refusal("one_at_a_time")
    return await ctx.other()


def _is_about_another(ctx: Context) -> bool:
    return bool(ctx.event.mentions or ctx.event.quoted or "@" in ctx.argument)


def _named(ctx: Context) -> str:
    """The words for the car: all but who is meant."""
    words = [word for word in fold(ctx.argument).split() if not word.startswith("@")]
    if not _is_about_another(ctx) and len(words) > 1 and not ctx.catalogue.find(words[0]):
        words = words[1:]  # the member's plain name
    return " ".join(words)


def _car(ctx: Context) -> str:
    """The car that was named; empty when it is none, several or part of other talk."""
    named = _named(ctx)
    cars = ctx.catalogue.find(named)
    if len(cars) != 1 or wording.length(ctx.catalogue.rest(named)) > SPARE_WORDS_MAX:
        return ""
    return cars[0]
