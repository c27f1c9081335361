"""我的数据: what is kept of me, give it to me, forget me."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

from handlers import badges
from handlers.context import Context
from handlers.feature import Feature
from handlers.members import gained, movements, wallets_of
from handlers.succession import succeed
from rewards import ledger
from storage.errors import Refusal
from storage.model import SECOND, Attachment, Choice, Consent, Millis, Personal, Reply, Share

feature = Feature("privacy")

CONFIRM = "确认忘记"
ENTRIES_MAX = 1_000
"""Newest movements of points that an export lists for each club."""


@feature.command(
    "我的数据",
    "mydata",
    examples=(
        (
            "我的数据",
            "小王，我记着你的：\n"
            "账号 1 个 · 车 1 辆：海豹\n"
            "车友会：车友会（小王），100 分\n"
            "分享 0 条\n"
            "全部拿走说「导出我的」，全部删掉说「忘记我」。",
        ),
    ),
)
async def data(ctx: Context) -> Reply:
    mine = await ctx.work.privacy.personal(ctx.member.id)
    clubs = [
        {
            "club": await _club_name(ctx, club),
            "name": name,
            "points": mine.balances.get(club, 0),
            "city": mine.cities.get(club, ""),
            "labels": (*mine.labels.get(club, ()), *_vouched(ctx, mine.cars.get(club, ""))),
        }
        for club, name in mine.names.items()
    ]
    text = ctx.say(
        "data",
        name=ctx.member.name,
        accounts=len(mine.accounts),
        cars=[vehicle.series for vehicle in mine.vehicles],
        clubs=clubs,
        shares=len(mine.shares),
        counted=sum(share.consent == Consent.NONE for _, share in mine.shares),
    )
    return Reply(text, to="private")


@feature.command(
    "导出我的", "export", examples=(("导出我的", "你的全部数据在附件里，只有你收得到。"),)
)
async def export(ctx: Context) -> Reply:
    mine = await ctx.work.privacy.personal(ctx.member.id)
    points = {club: await _movements(ctx, club) for club in mine.names}
    content = json.dumps(_plain(mine, points), ensure_ascii=False, indent=1)
    attachment = Attachment("carclub.json", content)
    return Reply(ctx.say("exported"), to="private", attachment=attachment)


@feature.command(
    "忘记我",
    "forget",
    examples=(
        (
            "忘记我",
            "小王，确认后：你的名字、账号、车和分享原文都会删掉，剩下的 100 分归车友会，找不回来。"
            "确定就说「确认忘记」；想先留一份，说「导出我的」。",
        ),
    ),
)
async def explain(ctx: Context) -> Reply:
    mine = await ctx.work.privacy.personal(ctx.member.id)
    points = sum(mine.balances.values())
    text = ctx.say("explain", name=ctx.member.name, points=points)
    # Others see it, too: it names whom it is for, so that nobody else is gone by a press.
    choice = Choice(ctx.say("confirm"), f"{CONFIRM} {ctx.member.id}")
    return Reply(text, (choice,), to="actor")


@feature.command(
    CONFIRM,
    "forgetme",
    examples=((CONFIRM, "都删掉了。祝一路平安，想回来随时再打招呼。"),),
    arguments=r"(\w{1,64})?",
)
async def forget(ctx: Context) -> Reply:
    """Points left go to each club's pool; then nothing leads back to the person."""
    work, member = ctx.work, ctx.member.id
    if ctx.argument not in ("", member):
        raise Refusal("not_yours")
    here = work.club
    badges_at: list[badges.Place] = []
    for club in await work.privacy.clubs(member):
        work.enter(club)
        known = await work.people.member(member)
        badges_at += await badges.places(work, member) if known and known.car else []
        left = await work.ledger.balance(ledger.wallet(member))
        if left.available > 0:
            await work.ledger.post(ledger.forget(member, left.available))
        await succeed(work, member)
    work.enter(here)
    await work.privacy.forget(member)
    await badges.put(work, badges_at, "")
    return Reply(ctx.say("forgotten"), to="actor")


def _vouched(ctx: Context, series: str) -> tuple[str, ...]:
    """Beside the labels: it is the leaders' word as well."""
    return (ctx.say("vouched", series=series),) if series else ()


async def _club_name(ctx: Context, club: str) -> str:
    """Looks into another club and comes back."""
    here = ctx.work.club
    ctx.work.enter(club)
    found = await ctx.work.people.club()
    ctx.work.enter(here)
    return found.name if found else ""


async def _movements(ctx: Context, club: str) -> list[dict[str, object]]:
    """A member's points in a club: when, what for, how many. Nobody else's ids go along."""
    here, wallets = ctx.work.club, await wallets_of(ctx.work, ctx.member.id)
    ctx.work.enter(club)
    entries = await movements(ctx.work, wallets, ENTRIES_MAX)
    ctx.work.enter(here)
    return [
        {
            "at": _time(entry.at),
            "kind": entry.posting.kind,
            "reason": entry.posting.reason,
            "phase": entry.posting.phase,
            "points": gained(entry, wallets),
        }
        for entry in entries
    ]


def _plain(mine: Personal, points: dict[str, list[dict[str, object]]]) -> dict[str, object]:
    return {
        "member": mine.member,
        "accounts": [asdict(account) for account in mine.accounts],
        "former_names": mine.former_names,
        "clubs": {
            club: {
                "name": name,
                "city": mine.cities.get(club, ""),
                "labels": mine.labels.get(club, ()),
                "vouched_car": mine.cars.get(club, ""),
                "balance": mine.balances.get(club, 0),
                "points": points[club],
            }
            for club, name in mine.names.items()
        },
        "vehicles": [
            {"number": v.number, "series": v.series, "added_at": _time(v.added_at)}
            for v in mine.vehicles
        ],
        "shares": [_plain_share(club, share) for club, share in mine.shares],
    }


def _plain_share(club: str, share: Share) -> dict[str, object]:
    return {
        "club": club,
        "number": share.number,
        "at": _time(share.at),
        "tag": share.tag,
        "text": share.text,
        "facts": asdict(share.facts),
        "media": [asdict(media) for media in share.media],
        "platform": share.platform,
        "chat": share.chat,
        "message": share.message,
        "consent": share.consent.name.lower(),
        "version": share.version,
    }


def _time(at: Millis) -> str:
    return datetime.fromtimestamp(at / SECOND, UTC).isoformat()
