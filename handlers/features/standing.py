"""等级: who am I in the club? A level by deeds, labels by the leaders, a city by oneself."""

from dataclasses import replace

from handlers.amounts import SHORT
from handlers.context import Context
from handlers.feature import Feature
from handlers.knowledge import places
from handlers.parse import fold
from rewards import standing
from storage.errors import Refusal
from storage.model import DAY, Member, Reply, Role

feature = Feature("standing")

LABELS_MAX = 5
LABEL_LENGTH_MAX = 8
NOWHERE = ("无", "none")

LABEL = r"[^\s@,.!?;、。…]{1,12}"
"""What may be meant as a label; longer words and those with a sentence's marks are talk."""
WHOSE = r"@\S+(?:\s+@\S+)*"
CITY = rf"无|(?!.*(?:{places.TALK}))[^\W\d_]{{2,10}}"
CITY_UNASKED_MAX = 3
"""In a group, a longer word behind 城市 is talk, unless it is a city we know."""


@feature.command(
    "等级",
    "我的等级",
    "level",
    examples=(("等级", "小王：0 级。\n升到 1 级：有 1 天分享过经验（现在 0 天）。"),),
)
async def level(ctx: Context) -> Reply:
    member = ctx.member
    shared, here = await ctx.work.shares.days_shared(member.id), ctx.now - member.joined_at
    now = standing.level(shared, here)
    text = ctx.say(
        "level",
        name=member.name,
        level=now,
        labels=member.labels,
        city=member.city,
        goal=standing.next_level(now),
        shared=shared,
        days=here // DAY,
    )
    return Reply(text, to="actor")


# Labels


@feature.command(
    "标签",
    "label",
    examples=(
        ("标签 @小李 老车主", "小李 的标签：老车主。"),
        ("标签 @小李", "小李 还没有标签。"),
    ),
    arguments=rf"{SHORT}(?:{WHOSE}(?:\s+{LABEL})?)?",
)
async def label(ctx: Context) -> Reply:
    """Shown to anybody, given by leaders, and always in front of the group."""
    other, given = await _whose(ctx), _label(ctx)
    if not given:
        return Reply(_labels(ctx, other), to="actor")
    if ctx.member.role < Role.CO_LEADER:
        raise Refusal("not_a_leader")
    if len(given) > LABEL_LENGTH_MAX or not given.isalnum():
        raise Refusal("no_label", most=LABEL_LENGTH_MAX)
    if _find(other, given):
        raise Refusal("has_label", name=other.name, label=given)
    if len(other.labels) >= LABELS_MAX:
        raise Refusal("enough_labels", name=other.name, most=LABELS_MAX)
    return await _change(ctx, other, (*other.labels, given))


@feature.command(
    "去标签",
    "unlabel",
    examples=(("去标签 @小李 老车主", "小李 没有标签「老车主」。"),),
    arguments=rf"{SHORT}{WHOSE}\s+{LABEL}",
    role=Role.CO_LEADER,
)
async def unlabel(ctx: Context) -> Reply:
    other, taken = await _whose(ctx), _label(ctx)
    found = _find(other, taken)
    if not found:
        raise Refusal("no_such_label", name=other.name, label=taken)
    return await _change(ctx, other, tuple(each for each in other.labels if each != found))


async def _whose(ctx: Context) -> Member:
    """The one mentioned or answered; without either, oneself."""
    if ctx.mentioned > 1:
        raise Refusal("one_at_a_time")
    if not ctx.argument and ctx.event.quoted is None:
        return ctx.member
    return await ctx.other()


def _label(ctx: Context) -> str:
    """The word behind the mention, if there is one."""
    word = fold(ctx.argument).split()[-1:]
    return "" if not word or word[0].startswith("@") else word[0]


def _find(member: Member, label: str) -> str:
    """The label as the member has it, whatever its case."""
    same = (each for each in member.labels if each.casefold() == label.casefold())
    return next(same, "")


async def _change(ctx: Context, member: Member, labels: tuple[str, ...]) -> Reply:
    changed = replace(member, labels=labels)
    await ctx.work.people.put_member(changed)
    return Reply(_labels(ctx, changed))


def _labels(ctx: Context, member: Member) -> str:
    return ctx.say("labels", name=member.name, labels=member.labels)


# City


@feature.command(
    "城市",
    "city",
    examples=(
        ("城市 上海", "记下了：小王 在上海。"),
        ("城市", "小王 还没说在哪座城市。说「城市 上海」就行。"),
        ("城市 无", "小王 的城市划掉了。"),
    ),
    arguments=rf"(?i:{CITY})?",
)
async def city(ctx: Context) -> Reply | None:
    """Told by the member, as far as they want the club to know it."""
    name = ctx.member.name
    if not ctx.argument:
        return Reply(ctx.say("city", name=name, city=ctx.member.city), to="actor")
    if fold(ctx.argument).lower() in NOWHERE:
        await ctx.work.people.put_member(replace(ctx.member, city=""))
        return Reply(ctx.say("no_city", name=name), to="actor")
    told = places.city(ctx.argument)
    if not (ctx.meant or places.is_known(told) or len(told) <= CITY_UNASKED_MAX):
        return None
    await ctx.work.people.put_member(replace(ctx.member, city=told))
    return Reply(ctx.say("lives", name=name, city=told), to="actor")
