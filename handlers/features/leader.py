"""会长: founding a club, who leads it, what its pool pays, and how it is set up."""

import re
from dataclasses import replace
from zoneinfo import available_timezones

from handlers import codes
from handlers.context import Context
from handlers.earning import fill_pool
from handlers.feature import Feature
from handlers.members import meet
from handlers.parse import clean_name, fold
from storage.errors import Refusal
from storage.model import Arrival, Club, Member, Reply, Role

feature = Feature("leader")

GRANTS_A_DAY_MAX = 500
CO_LEADERS_MAX = 10
STARS_MAX = 50
STATEMENT_ROWS = 5
SOMEBODY = r"(?:@\S+(?:\s+@\S+)*)?"
CODE = re.compile(r"(?:^|\s)(\S{5}[-－]?\S{5})$")
HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-~到至]\s*(\d{1,2}):(\d{2})")
LANGUAGES = {"中文": "zh", "zh": "zh", "english": "en", "英文": "en", "en": "en"}
OFF = ("关", "关闭", "off")


@feature.command(
    "车友会",
    "club",
    examples=(("车友会", "车友会：3 位车友，1 条分享。会长 小王。"),),
)
async def club(ctx: Context) -> Reply:
    leaders = await ctx.work.people.leaders()
    counted = await ctx.work.shares.counted(0, 1_000)
    return Reply(
        ctx.say(
            "club",
            club=ctx.club.name,
            members=await ctx.work.people.count_members(),
            shares=sum(count for _, count in counted),
            leader="".join(each.name for each in leaders if each.role == Role.LEADER),
            co_leaders=[each.name for each in leaders if each.role == Role.CO_LEADER],
        ),
        to="actor",
    )


# Founding


@feature.command(
    "建会",
    "found",
    examples=(("建会 周末车友会", "这个群已经是「车友会」了。"),),
    arguments=r".{0,80}",
    where="group",
    clubless=True,
)
async def found(ctx: Context) -> Reply | None:
    """By the chat's owner, or with a code that carclub prints at its start. Without a name the
    club takes the group's."""
    if ctx.club.id and not ctx.argument:
        return None
    if ctx.club.id:
        raise Refusal("founded_already", club=ctx.club.name)
    spent = await may(ctx)
    name = clean_name(ctx.argument.removesuffix(spent)) or clean_name(ctx.event.title) or spent
    ctx.club = replace(ctx.club, id=ctx.world.new_id(), name=name, founded_at=ctx.now)
    await ctx.work.people.found(ctx.club)
    await link_here(ctx)
    ctx.member = replace(ctx.member, role=Role.LEADER)
    await ctx.work.people.put_member(ctx.member)
    await fill_pool(ctx.work, ctx.club)
    return Reply(ctx.say("founded", club=name, leader=ctx.member.name))


async def may(ctx: Context) -> str:
    """Let the chat's owner pass, and whoever has a founding code; the code that was spent."""
    code = await spend_code(ctx)
    if not code and not await owns(ctx):
        raise Refusal("owner_or_code")
    return code  # none: ten letters at the end of a name are no code


async def owns(ctx: Context) -> bool:
    """Whether the chat is theirs, and with it the club. A club of several groups is none of their
    owners': lending it a group gives nobody the lead."""
    return ctx.event.owner and len(await ctx.work.people.chats()) <= 1


async def spend_code(ctx: Context) -> str:
    """The founding code that an argument ends with, spent now; empty where it does not."""
    match = CODE.search(ctx.argument)
    code = match.group(1) if match else ""
    if code and await ctx.work.people.use_code(codes.digest(fold(code)), codes.FOUND) is not None:
        return code
    return ""


async def link_here(ctx: Context) -> None:
    """Make this chat the club's, and the one who asked a member."""
    ctx.chat = replace(ctx.chat, club=ctx.club.id, title=ctx.event.title or ctx.chat.title)
    await ctx.work.people.put_chat(ctx.chat)
    known = await ctx.work.events.arrive(ctx.event)
    ctx.member = await meet(ctx.work, ctx.world, ctx.event, Arrival(member=known.member))


@feature.on("titled")
async def titled(ctx: Context) -> None:
    """What the chat is called now. The club keeps its own name."""
    if ctx.event.title not in ("", ctx.chat.title):
        await ctx.work.people.put_chat(replace(ctx.chat, title=ctx.event.title))


@feature.command(
    "关联码",
    "linkcode",
    examples=(
        ("关联码", "关联码：VPNY6-HG45S，一天内有效，只能用一次。在新群里说「关联 VPNY6-HG45S」。"),
    ),
    role=Role.CO_LEADER,
)
async def link_code(ctx: Context) -> Reply:
    code = codes.fresh(ctx.world)
    expires_at = ctx.now + codes.LIFETIME[codes.LINK]
    await ctx.work.people.put_code(codes.digest(code), codes.LINK, expires_at)
    return Reply(ctx.say("link_code", code=code), to="private")


@feature.command(
    "关联",
    "link",
    examples=(("关联 7KQ4M-X2PZA", "这个群已经是「车友会」了。"),),
    arguments=r"[0-9A-Za-z-]{10,11}",
    where="group",
    clubless=True,
)
async def link(ctx: Context) -> Reply:
    """Another chat of a club that has one already."""
    if ctx.club.id:
        raise Refusal("founded_already", club=ctx.club.name)
    club_id = await ctx.work.people.use_code(codes.digest(fold(ctx.argument)), codes.LINK)
    if not club_id:
        raise Refusal("wrong_code")
    ctx.work.enter(club_id)
    ctx.club = await ctx.work.people.club() or ctx.club
    await link_here(ctx)
    return Reply(ctx.say("linked", club=ctx.club.name))


# Who leads


@feature.command(
    "任命",
    "appoint",
    examples=(("任命 @小李", "小李 现在是副会长。"),),
    arguments=SOMEBODY,
    role=Role.LEADER,
)
async def appoint(ctx: Context) -> Reply:
    other = await present(ctx)
    if other.role != Role.MEMBER:
        raise Refusal("leads_already", name=other.name)
    if len(await ctx.work.people.leaders()) > CO_LEADERS_MAX:
        raise Refusal("enough_leaders", most=CO_LEADERS_MAX)
    await ctx.work.people.put_member(replace(other, role=Role.CO_LEADER))
    return Reply(ctx.say("appointed", name=other.name))


@feature.command(
    "免去",
    "dismiss",
    examples=(("免去 @小李", "小李 不是副会长。"),),
    arguments=SOMEBODY,
    role=Role.LEADER,
)
async def dismiss(ctx: Context) -> Reply:
    other = await ctx.other()
    if other.role != Role.CO_LEADER:
        raise Refusal("no_co_leader", name=other.name)
    await ctx.work.people.put_member(replace(other, role=Role.MEMBER))
    return Reply(ctx.say("dismissed", name=other.name))


@feature.command(
    "让位",
    "handover",
    examples=(("让位 @小李", "小李 现在是会长，小王 是副会长。"),),
    arguments=SOMEBODY,
    role=Role.LEADER,
)
async def hand_over(ctx: Context) -> Reply:
    other = await present(ctx)
    if other.id == ctx.member.id:
        raise Refusal("leads_already", name=other.name)
    await ctx.work.people.put_member(replace(other, role=Role.LEADER))
    await ctx.work.people.put_member(replace(ctx.member, role=Role.CO_LEADER))
    return Reply(ctx.say("handed_over", name=other.name, former=ctx.member.name))


@feature.command(
    "接任",
    "succeed",
    examples=(("接任", "会长是 小王，还在群里。"),),
    arguments=r"([0-9A-Za-z-]{10,11})?",
    where="group",
)
async def take_over(ctx: Context) -> Reply:
    """By a co-leader where nobody leads any more; at any time by the owner of the club's only chat
    or with a code, since not every platform tells that a leader has gone."""
    leaders = await ctx.work.people.leaders()
    former = leaders[0] if leaders and leaders[0].role == Role.LEADER else None
    if former is not None:
        if former.id == ctx.member.id or not (await owns(ctx) or await spend_code(ctx)):
            raise Refusal("led_already", name=former.name)
        await ctx.work.people.put_member(replace(former, role=Role.CO_LEADER))
    elif ctx.member.role < Role.CO_LEADER:
        await may(ctx)
    await ctx.work.people.put_member(replace(ctx.member, role=Role.LEADER))
    return Reply(ctx.say("heir", name=ctx.member.name))


async def present(ctx: Context) -> Member:
    """The member a command is about. Raises Refusal for who has left: nobody leads from there."""
    other = await ctx.other()
    if not other.present:
        raise Refusal("has_left", name=other.name)
    return other


# Setting up


@feature.command(
    "设置",
    "settings",
    examples=(
        (
            "设置",
            "名称：车友会\n语言：zh\n时区：Asia/Shanghai\n安静：23:00-08:00\n收录：3 个 ⭐ 问作者\n"
            "改的时候说「设置 名称 …」「设置 语言 中文」「设置 时区 Asia/Shanghai」"
            "「设置 安静 23:00-8:00」「设置 收录 3」；不要安静、不问作者，就说「设置 安静 关」"
            "「设置 收录 关」。",
        ),
    ),
    arguments=r"((名称|语言|时区|安静|收录|(?i:name|language|timezone|quiet|stars))\s+.{1,40})?",
    role=Role.CO_LEADER,
)
async def settings(ctx: Context) -> Reply:
    """Shown and answered in private: how a club is set up is not the group's small talk."""
    if ctx.argument:
        key, value = ctx.argument.split(maxsplit=1)
        ctx.club = changed(ctx.club, fold(key).lower(), value)
        await ctx.work.people.change_club(ctx.club)
    return Reply(
        ctx.say(
            "settings",
            club=ctx.club,
            quiet_from=clock(ctx.club.quiet_from),
            quiet_to=clock(ctx.club.quiet_to),
        ),
        to="private",
    )


def changed(club: Club, key: str, value: str) -> Club:
    """The club with one setting changed. Raises Refusal for what the setting cannot be."""
    if key in ("名称", "name"):
        return replace(club, name=clean_name(value))
    value = fold(value)
    if key in ("语言", "language"):
        if value.lower() not in LANGUAGES:
            raise Refusal("no_language")
        return replace(club, language=LANGUAGES[value.lower()])
    if key in ("时区", "timezone"):
        if value not in available_timezones():
            raise Refusal("no_timezone")
        return replace(club, timezone=value)
    if key in ("收录", "stars"):
        return replace(club, stars=_stars(value))
    if value.lower() in OFF:
        return replace(club, quiet_from=0, quiet_to=0)
    match = HOURS.fullmatch(value)
    hours = [int(part) for part in match.groups()] if match else []
    if not hours or max(hours[0::2]) > 23 or max(hours[1::2]) > 59:
        raise Refusal("no_hours")
    return replace(club, quiet_from=hours[0] * 60 + hours[1], quiet_to=hours[2] * 60 + hours[3])


def _stars(value: str) -> int:
    if value.lower() in OFF:
        return 0
    if not value.isdecimal() or not 1 <= int(value[:9]) <= STARS_MAX:
        raise Refusal("no_stars", most=STARS_MAX)
    return int(value)


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@feature.command(
    "静音",
    "mute",
    examples=(("静音", "好的，我不主动说话了；叫我、动积分、车有危险时才出声。"),),
    role=Role.CO_LEADER,
    where="group",
)
async def mute(ctx: Context) -> Reply:
    await ctx.work.people.put_chat(replace(ctx.chat, muted=True))
    return Reply(ctx.say("muted"))


@feature.command(
    "取消静音",
    "unmute",
    examples=(("取消静音", "好的，我又会打招呼了。"),),
    role=Role.CO_LEADER,
    where="group",
)
async def unmute(ctx: Context) -> Reply:
    await ctx.work.people.put_chat(replace(ctx.chat, muted=False))
    return Reply(ctx.say("unmuted"))
