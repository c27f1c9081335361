"""Telling: the one message of an envelope that follows its life, its statement, its proof."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from handlers import guard
from handlers.context import Context
from handlers.feature import Said
from handlers.parse import numbers as whole_numbers
from rewards import ledger, luck
from rewards.published import published, told_by, wrong
from storage.errors import Fault, Refusal
from storage.model import (
    Attachment,
    Choice,
    Envelope,
    EnvelopeState,
    Piece,
    Priority,
    Reply,
    Terms,
)
from storage.store import Work

TAKERS_SHOWN_MAX = 20
NEWEST_SHOWN_MAX = 8
"""How many takers the message of an open envelope names."""
LISTED_MAX = 10
LIVE_REMEMBERED_MAX = 64
STEP_LEAST = 5
STEPS_MAX = 4
"""Where messages cannot be changed, an open one is said anew at most so many times."""
OVER = "over"
Place = tuple[str, str]
"""A platform and a chat on it."""

COMMITMENT_SHOWN = 32
"""Hexadecimal digits, 128 bits: nobody finds a second seed for them; 验证 tells them all."""


@lru_cache(LIVE_REMEMBERED_MAX)
def live(number: int) -> Reply:
    """An envelope has one message in a chat, which follows its life."""
    return Reply("", priority=Priority.MONEY, slot=f"envelope:{number}", live=True)


async def show(ctx: Context, envelope: Envelope) -> tuple[Reply, ...]:
    """Let the envelope's message be drawn anew in every chat where it stands; the one for the
    event's own chat is returned."""
    here: tuple[Reply, ...] = ()
    for place in await stands_in(ctx.work, envelope):
        if place == (ctx.event.platform, ctx.event.chat):
            here = (live(envelope.number),)
        else:
            await put(ctx.work, envelope, place, live(envelope.number))
    return here


async def put(work: Work, envelope: Envelope, place: Place, reply: Reply) -> None:
    """Queue a reply about an envelope for a chat, in the part of it where the envelope stands."""
    at_home = place == (envelope.platform, envelope.chat)
    await work.outbox.put(*place, "", reply, topic=envelope.topic if at_home else "")


async def stands_in(work: Work, envelope: Envelope) -> list[Place]:
    return await places_of(work, envelope.platform, envelope.chat, everywhere=envelope.everywhere)


async def places_of(work: Work, platform: str, chat: str, *, everywhere: bool) -> list[Place]:
    if not everywhere:
        return [(platform, chat)]
    return [(each.platform, each.id) for each in await work.people.chats()]


async def draw(ctx: Context, key: str) -> Reply:
    """The message as it stands now."""
    envelope = await ctx.work.envelopes.envelope(int(key))
    if envelope is None:
        raise Fault(f"no envelope {key}")
    number = envelope.number
    if envelope.state == EnvelopeState.OPEN:
        choices = () if envelope.terms.key else (_grab(ctx, envelope),)
        text, stage = await offer(ctx, envelope), stage_of(envelope)
        return replace(live(number), text=text, choices=choices, stage=stage)
    pieces = await ctx.work.envelopes.pieces(number)
    best = best_of(envelope, pieces)
    choices = ()
    if best is not None and not envelope.relay:
        label = ctx.say("relay_label", points=best.amount, pieces=min(envelope.pieces, best.amount))
        choices = (Choice(label, f"接力 {number}"),)
    text = await ended(ctx, envelope, pieces)
    return replace(live(number), text=text, choices=choices, stage=OVER)


def stage_of(envelope: Envelope) -> str:
    """How far an open envelope has come, in steps of a quarter of its pieces."""
    step = max(STEP_LEAST, -(-envelope.pieces // STEPS_MAX))
    come = envelope.entered if envelope.terms.draw_after else envelope.taken
    return str(come // step)


def _grab(ctx: Context, envelope: Envelope) -> Choice:
    label = ctx.say("enter_label" if envelope.terms.draw_after else "grab_label")
    return Choice(label, f"抢 {envelope.number}")


async def offer(ctx: Context, envelope: Envelope) -> str:
    """An envelope that is open: whose it is, for whom, how it is had, and who has a piece."""
    terms = envelope.terms
    newest: list[tuple[str, int]] = []
    if envelope.taken:
        taken = held(await ctx.work.envelopes.pieces(envelope.number))
        newest = [
            (await name_of(ctx, piece.member), piece.amount) for piece in taken[-NEWEST_SHOWN_MAX:]
        ]
    return ctx.say(
        "offer",
        number=envelope.number,
        name=await name_of(ctx, envelope.sender),
        total=envelope.total,
        pieces=envelope.pieces,
        mode=envelope.mode,
        pool=envelope.payer == ledger.POOL,
        names=[await name_of(ctx, member) for member in terms.members],
        asks=asks_of(ctx, terms),
        key=terms.key,
        drawn_at=_clock(ctx, envelope) if terms.draw_after else "",
        entered=envelope.entered,
        taken=envelope.taken,
        paid=envelope.paid,
        newest=newest,
        promise=promise_of(envelope)[:COMMITMENT_SHOWN],
    )


def asks_of(ctx: Context, terms: Terms) -> list[str]:
    """What the terms ask of a taker, a few words each."""
    asks = []
    if terms.level:
        asks.append(ctx.say("asks_level", level=terms.level))
    for message, value in (
        ("asks_label", terms.label), ("asks_car", terms.car), ("asks_city", terms.city),
    ):  # fmt: skip
        if value:
            asks.append(ctx.say(message, value=value))
    if terms.joined_before:
        day = guard.local_time(ctx.club, terms.joined_before)
        asks.append(ctx.say("asks_joined", day=f"{day:%Y-%m-%d}"))
    if terms.newcomers is not None:
        asks.append(ctx.say("asks_newcomers", most=terms.newcomers))
    return asks


def _clock(ctx: Context, envelope: Envelope) -> str:
    at = guard.local_time(ctx.club, envelope.created_at + envelope.terms.draw_after)
    return f"{at:%H:%M:%S}"


def promise_of(envelope: Envelope) -> str:
    """The hash of the seed; empty where nothing was left to luck."""
    if envelope.mode == "equal" and not envelope.terms.draw_after:
        return ""
    return luck.commitment(envelope.seed).hex()


def held(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.is_held]


def best_of(envelope: Envelope, pieces: Sequence[Piece]) -> Piece | None:
    """手气最佳: the largest piece, the earlier one of two; nobody where there was no luck."""
    taken = held(pieces)
    if envelope.mode == "equal" or len(taken) < 2:
        return None
    return max(taken, key=lambda piece: piece.amount)


async def ended(ctx: Context, envelope: Envelope, pieces: Sequence[Piece]) -> str:
    """The end of an envelope: who got what, who was luckiest, what went back, and the seed."""
    taken = held(pieces)
    best = best_of(envelope, pieces)
    shown = taken[:TAKERS_SHOWN_MAX]
    if best is not None and best not in shown:
        shown.append(best)
    rows = [(await name_of(ctx, piece.member), piece.amount, piece is best) for piece in shown]
    return ctx.say(
        "ended",
        number=envelope.number,
        how=envelope.state.value,
        entered=envelope.entered if envelope.terms.draw_after else None,
        rows=rows,
        more=len(taken) - len(rows),
        taken=len(taken),
        pieces=envelope.pieces,
        back=envelope.total - sum(piece.amount for piece in taken),
        pool=envelope.payer == ledger.POOL,
        relay=envelope.relay,
        seed=envelope.seed.hex() if taken and promise_of(envelope) else "",
    )


async def name_of(ctx: Context, member: str) -> str:
    """Empty for who is not known any more."""
    known = await ctx.work.people.member(member)
    return known.name if known else ""


async def statement(ctx: Context) -> Said:
    """红包记录: the chat's latest ones, or all of one."""
    if not ctx.argument:
        return await _list(ctx)
    envelope = await numbered(ctx)
    pieces = await ctx.work.envelopes.pieces(envelope.number)
    if envelope.state == EnvelopeState.OPEN:
        return Reply(await offer(ctx, envelope), to="actor")
    lines = [
        f"{piece.place + 1}. {await name_of(ctx, piece.member) or ctx.say('gone_name')} "
        f"{piece.amount}"
        for piece in held(pieces)
    ]
    file = None
    if len(lines) > TAKERS_SHOWN_MAX:
        file = Attachment(f"envelope-{envelope.number}.txt", "\n".join(lines))
    return Reply(await ended(ctx, envelope, pieces), to="actor", attachment=file)


async def _list(ctx: Context) -> Reply:
    latest = await ctx.work.envelopes.latest(ctx.event.platform, ctx.event.chat, LISTED_MAX)
    rows = [
        {
            "number": each.number,
            "day": f"{guard.local_time(ctx.club, each.created_at):%m-%d %H:%M}",
            "name": await name_of(ctx, each.sender),
            "total": each.total,
            "pieces": each.pieces,
            "taken": each.taken,
            "how": each.state.value,
        }
        for each in latest
    ]
    return Reply(ctx.say("list", rows=rows), to="actor")


async def verify(ctx: Context) -> Said:
    """验证: the numbers of an envelope, checked here and ready to be checked by anybody."""
    envelope = await numbered(ctx)
    number = envelope.number
    pieces = await ctx.work.envelopes.pieces(number)
    entrants = await ctx.work.envelopes.entrants(number)
    sent = await ctx.work.ledger.entry(f"env:{number}:send")
    told = told_by([sent.posting]) if sent else ""
    numbers = published(ctx.club.id, envelope, pieces, entrants, told)
    if envelope.state == EnvelopeState.OPEN:
        return Reply(ctx.say("verify_later", number=number, hash=numbers["hash"]), to="actor")
    text = ctx.say(
        "verified",
        number=number,
        hash=numbers["hash"],
        seed=envelope.seed.hex(),
        amounts=[piece.amount for piece in pieces],
        wrong=wrong(numbers),
    )
    file = Attachment(f"envelope-{number}.json", json.dumps(numbers))
    return Reply(text, to="actor", attachment=file)


async def numbered(ctx: Context) -> Envelope:
    """The envelope a command names. Raises Refusal where there is none."""
    number = whole_numbers(ctx.argument)[0]
    envelope = await ctx.work.envelopes.envelope(number)
    if envelope is None:
        raise Refusal("no_such", number=number)
    return envelope
