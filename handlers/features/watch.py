"""Watching platforms: leaders are told when nothing could be heard there, and when little may be
said there any more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from handlers import guard
from handlers.context import Context
from handlers.feature import Feature
from storage.model import HOUR, SECOND, Club, Due, Millis, Priority, Reply

feature = Feature("watch")

SILENT = "watch.silent"
"""After an outage was told, all that follow within `TOGETHER` are told as one. A row stands for
that time, by its platform; and one for each of them, by "{platform}:{since}:{until}"."""
TOGETHER: Millis = HOUR


@dataclass(frozen=True, slots=True)
class Outage:
    """Nothing could be heard on a platform."""

    platform: str
    since: Millis
    until: Millis

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.since}:{self.until}"


@feature.on("blind", clubless=True)
async def blind(ctx: Context) -> None:
    """The first is told at once, to the leader of each club that has a chat there."""
    event = ctx.event
    if not event.text.isdecimal() or int(event.text) >= event.at:
        return
    outage = Outage(event.platform, int(event.text), event.at)
    for club in await ctx.work.people.clubs_on(event.platform):
        _enter(ctx, club)
        waiting = await _waiting(ctx, event.platform)
        if waiting:
            await ctx.work.due.schedule(Due(club.id, SILENT, outage.key, waiting[0].at))
        else:
            await _tell_silent(ctx, [outage])


@feature.when_due(SILENT)
async def sum_up(ctx: Context, due: Due) -> None:
    """Tell what has happened since it was told last; when nothing has, the next is told at once."""
    platform, _, _ = due.key.partition(":")
    rows = [due, *await _waiting(ctx, platform)]
    for row in rows:
        await ctx.work.due.cancel(SILENT, row.key)
    outages = sorted(
        (outage for row in rows if (outage := _read(row.key))), key=lambda outage: outage.since
    )
    if outages:
        await _tell_silent(ctx, outages)


@feature.on("spent", clubless=True)
async def spent(ctx: Context) -> None:
    """Each leader is told once, however many clubs they lead: there is little to say it with."""
    told: set[str] = set()
    for club in await ctx.work.people.clubs_on(ctx.event.platform):
        _enter(ctx, club)
        # It must not wait for room itself, as answers do now.
        reply = Reply(
            ctx.say("spent", platform=ctx.event.platform), to="private", priority=Priority.MONEY
        )
        told.add(await _tell_leader(ctx, ctx.event.platform, reply, told))


async def _tell_silent(ctx: Context, outages: Sequence[Outage]) -> None:
    """Tell it, and wait with the next."""
    platform, since, until = outages[0].platform, outages[0].since, outages[-1].until
    begun, ended = (guard.local_time(ctx.club, at) for at in (since, until))
    day = "" if begun.date() == ended.date() else "%m-%d "
    text = ctx.say(
        "silent",
        club=ctx.club.name,
        platform=platform,
        outages=len(outages),
        since=f"{begun:{day}%H:%M:%S}",
        until=f"{ended:{day}%H:%M:%S}",
        seconds=-(-sum(each.until - each.since for each in outages) // SECOND),
    )
    await _tell_leader(ctx, platform, Reply(text, to="private"))
    await ctx.work.due.schedule(Due(ctx.club.id, SILENT, platform, ctx.now + TOGETHER))


async def _tell_leader(
    ctx: Context, platform: str, reply: Reply, told: Collection[str] = ()
) -> str:
    """Queue it for who leads the club, by their account there or any other; their id."""
    leaders = await ctx.work.people.leaders()
    leader = leaders[0].id if leaders else ""
    accounts = await ctx.work.people.accounts(leader) if leader not in {"", *told} else ()
    for account in sorted(accounts, key=lambda each: each.platform != platform)[:1]:
        await ctx.work.outbox.put(account.platform, "", account.id, reply, member=leader)
    return leader


async def _waiting(ctx: Context, platform: str) -> list[Due]:
    rows = await ctx.work.due.waiting(SILENT)
    return [row for row in rows if row.key.partition(":")[0] == platform]


def _read(key: str) -> Outage | None:
    platform, *times = key.split(":")
    return Outage(platform, int(times[0]), int(times[1])) if len(times) == 2 else None


def _enter(ctx: Context, club: Club) -> None:
    ctx.work.enter(club.id)
    ctx.club = club
