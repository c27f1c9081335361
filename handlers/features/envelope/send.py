"""Sending: words → an envelope with its sum in escrow, standing in its chats."""

from dataclasses import dataclass, replace

from handlers import guard
from handlers.context import Context
from handlers.earning import fill_pool
from handlers.feature import Said
from handlers.features.envelope import asked as words
from handlers.features.envelope.asked import Asked, Asker
from handlers.features.envelope.tell import (
    best_of,
    live,
    numbered,
    places_of,
    show,
    stands_in,
)
from handlers.parse import heard
from rewards import envelope as rules
from rewards import ledger, luck
from storage.errors import Refusal
from storage.model import ANYBODY, Cue, Due, Envelope, EnvelopeState, Role
from storage.store import Work

EXPIRE = "envelope.expire"
DRAW = "envelope.draw"
KEY = "envelope.key"
POOL_A_DAY_MAX = 1_000
"""How many points of the pool the leaders may put into envelopes in a day."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays for an envelope and who sends it."""

    account: str
    member: str


async def send(ctx: Context) -> Said:
    asked = await understood(ctx, ctx.argument)
    if asked.everywhere and ctx.member.role < Role.CO_LEADER:
        raise Refusal("everywhere_by_leaders")  # or one point would be a way to speak in all groups
    return await put_up(ctx, asked, Payer(ledger.wallet(ctx.member.id), ctx.member.id))


async def send_from_pool(ctx: Context) -> Said:
    asked = await understood(ctx, ctx.argument)
    await check_pool(ctx, asked.total)
    return await put_up(ctx, asked, Payer(ledger.POOL, ctx.member.id))


async def check_pool(ctx: Context, total: int) -> None:
    """Raises Refusal when the leaders have spent of the pool what a day allows."""
    await fill_pool(ctx.work, ctx.club)
    today = guard.day_start(ctx.club, ctx.now)
    _, spent = await ctx.work.ledger.moved(today, kind="env.send", source=ledger.POOL)
    if spent + total > POOL_A_DAY_MAX:
        raise Refusal("pool_a_day", most=POOL_A_DAY_MAX, left=max(POOL_A_DAY_MAX - spent, 0))


async def understood(ctx: Context, argument: str, *, mentioned: int = 0) -> Asked:
    """What was asked for, with the ids of those it is for.

    `mentioned` are known already, when the words are read again.
    """
    asker = Asker(ctx.club, ctx.now, ctx.catalogue)
    mentions = ctx.event.mentions
    known = {each.name.replace(" ", "_") for each in mentions}  # as `parse.said` writes them
    asked = words.read(argument, asker, mentioned or len(mentions), known)
    if asked.terms.key:
        words.check_key(asked.terms.key, ctx.registry.words)
    members = [(await ctx.known(each.account)).id for each in mentions]
    members += [(await ctx.called(name)).id for name in asked.named]
    if not members:
        return asked
    return replace(asked, terms=replace(asked.terms, members=tuple(dict.fromkeys(members))))


async def put_up(ctx: Context, asked: Asked, payer: Payer) -> Said:
    """Split, pay into escrow, and offer it to the group."""
    here = (ctx.event.platform, ctx.event.chat)
    await check_key_free(ctx.work, asked, *here)
    return await show(ctx, await opened(ctx, asked, payer, *here, topic=ctx.event.topic))


async def opened(
    ctx: Context, asked: Asked, payer: Payer, platform: str, chat: str, *, topic: str = ""
) -> Envelope:
    """Whoever asks for a 口令 sees to it that it is free."""
    work, seed = ctx.work, ctx.world.secret()
    number = await work.next_number("envelope")
    envelope = Envelope(
        number,
        payer.account,
        payer.member,
        asked.mode,
        asked.total,
        asked.pieces,
        seed,
        platform,
        chat,
        ctx.now,
        ctx.now + rules.LIFETIME,
        terms=asked.terms,
        everywhere=asked.everywhere,
        topic=topic,
    )
    promise = luck.commitment(seed)
    sending = ledger.envelope_send(number, payer.account, payer.member, asked.total, promise)
    await work.ledger.post(sending)
    amounts = luck.split(asked.mode, asked.total, asked.pieces, seed)
    await work.envelopes.open(envelope, amounts)
    await work.due.schedule(Due(ctx.club.id, EXPIRE, str(number), envelope.expires_at))
    if asked.terms.draw_after:
        drawn_at = ctx.now + asked.terms.draw_after
        await work.due.schedule(Due(ctx.club.id, DRAW, str(number), drawn_at))
    if asked.terms.key:
        await listen(work, envelope)
    return envelope


async def listen(work: Work, envelope: Envelope) -> None:
    """Wait for the 口令 wherever the envelope stands."""
    for place in await stands_in(work, envelope):
        await work.cues.put(cue_for(work, envelope.terms.key, place, envelope.number))


async def check_key_free(work: Work, asked: Asked, platform: str, chat: str) -> None:
    """Raises Refusal when another envelope waits for the same 口令."""
    places = await places_of(work, platform, chat, everywhere=asked.everywhere)
    cues = [cue_for(work, asked.terms.key, place) for place in places if asked.terms.key]
    if any([await work.cues.clashes(cue) for cue in cues]):
        raise Refusal("key_in_use", key=asked.terms.key)


def cue_for(work: Work, key: str, place: tuple[str, str], number: int = 0) -> Cue:
    return Cue(work.club, KEY, str(number), *place, words=heard(key))


async def relay(ctx: Context) -> Said:
    """接力: the luckiest passes on as much as they got. Of their own will, and once."""
    envelope = await numbered(ctx)
    number = envelope.number
    best = best_of(envelope, await ctx.work.envelopes.pieces(number))
    if envelope.state == EnvelopeState.OPEN or best is None:
        raise Refusal("no_relay_yet", number=number)
    if await ctx.work.joining.survivor(best.member) != ctx.member.id:
        raise Refusal("only_the_luckiest", number=number)
    if envelope.relay:
        raise Refusal("relayed_already", number=envelope.relay)
    pieces = min(envelope.pieces, best.amount)
    asked = Asked(best.amount, pieces, envelope.mode, ANYBODY)
    payer = Payer(ledger.wallet(ctx.member.id), ctx.member.id)
    here = (ctx.event.platform, ctx.event.chat)
    passed = await opened(ctx, asked, payer, *here, topic=ctx.event.topic)
    await ctx.work.envelopes.pass_on(number, passed.number)
    return (live(passed.number), *await show(ctx, envelope))
