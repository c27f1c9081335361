"""Ends: drawn, expired, cancelled, its chat gone. Whatever nobody has goes back to the payer."""

from collections.abc import Sequence

from handlers import owed
from handlers.context import Context
from handlers.feature import Said
from handlers.features.envelope.send import KEY
from handlers.features.envelope.tell import live, name_of, numbered, put, show, stands_in
from handlers.members import tell_in_private, wallet_now
from rewards import ledger, luck
from storage.errors import Refusal
from storage.model import (
    Due,
    Envelope,
    EnvelopeState,
    Member,
    Piece,
    Priority,
    Reply,
    Role,
)
from storage.store import Work

WINNERS_SAID_MAX = 10


async def expire(ctx: Context, due: Due) -> None:
    """Give back what is left: once, whatever the clock does afterwards."""
    envelope = await ctx.work.envelopes.envelope(int(due.key))
    if envelope is None or envelope.state != EnvelopeState.OPEN:
        return
    if envelope.terms.draw_after:
        await draw(ctx, due)  # its own due row has failed until now
    else:
        await end(ctx, envelope, EnvelopeState.EXPIRED)


async def draw(ctx: Context, due: Due) -> None:
    """摇号: let the seed and the list of entrants say who gets the pieces, all at once."""
    envelope = await ctx.work.envelopes.envelope(int(due.key))
    if envelope is None or envelope.state != EnvelopeState.OPEN:
        return
    entrants = await ctx.work.envelopes.entrants(envelope.number)
    codes = luck.codes_of(ctx.club.id, envelope.number, entrants)
    places = luck.draw(codes, envelope.pieces, envelope.seed, envelope.terms.newcomers)
    lucky, digest = [entrants[place] for place in places], luck.digest_of(codes)
    pieces = []
    for entrant in lucky:
        piece = await ctx.work.envelopes.take(envelope, entrant.member, newcomer=entrant.newcomer)
        won = ledger.envelope_grab(envelope.number, entrant.member, piece.amount, digest)
        await owed.pay(ctx.work, won)
        pieces.append(piece)
    whole = len(lucky) == envelope.pieces
    await end(ctx, envelope, EnvelopeState.EMPTY if whole else EnvelopeState.EXPIRED)
    if pieces:
        await announce(ctx, envelope, pieces)


async def announce(ctx: Context, envelope: Envelope, pieces: Sequence[Piece]) -> None:
    """Say it anew as well: those who entered are waiting, and a message that changes far above is
    not seen by them."""
    rows = [(await name_of(ctx, each.member), each.amount) for each in pieces[:WINNERS_SAID_MAX]]
    text = ctx.say("drawn", number=envelope.number, rows=rows, more=len(pieces) - len(rows))
    for place in await stands_in(ctx.work, envelope):
        await put(ctx.work, envelope, place, Reply(text, priority=Priority.MONEY))


async def cancel(ctx: Context) -> Said:
    """撤回红包: by who sent it, while nobody has touched it."""
    envelope = await numbered(ctx)
    number = envelope.number
    if not await may_cancel(ctx.work, envelope, ctx.member):
        raise Refusal("not_yours_to_cancel", number=number)
    if envelope.state != EnvelopeState.OPEN:
        return Reply(ctx.say(envelope.state.value, number=number), to="actor")
    if envelope.taken or envelope.entered:
        raise Refusal("touched_already", number=number)
    here = await end(ctx, envelope, EnvelopeState.CANCELLED)
    text = ctx.say("cancelled", number=number)
    return (Reply(text, to="actor", priority=Priority.MONEY), *here)


async def may_cancel(work: Work, envelope: Envelope, member: Member) -> bool:
    """Who sent it; of what the pool paid, any leader."""
    if envelope.payer == ledger.POOL:
        return member.role >= Role.CO_LEADER
    return await work.joining.survivor(envelope.sender) == member.id


async def chat_gone(ctx: Context) -> None:
    """The bot is out of a chat: what stood there alone is over, and its payers are told."""
    here = (ctx.event.platform, ctx.event.chat)
    chats = await ctx.work.people.chats()
    others = [chat for chat in chats if not chat.gone and (chat.platform, chat.id) != here]
    while lost := await ctx.work.envelopes.open_of(*here, alone=bool(others)):
        for envelope in lost:
            await close(ctx.work, envelope, EnvelopeState.GONE)
            await tell_payer(ctx, envelope)


async def chat_moved(ctx: Context) -> Said:
    """The chat has another id now: all that stands there goes along, and what is open is shown
    again, since the messages of the former chat cannot be pressed any more."""
    people = ctx.work.people
    if not await people.move_chat(ctx.event.platform, ctx.event.text, ctx.event.chat):
        return None
    chat = await people.chat(ctx.event.platform, ctx.event.chat)
    ctx.work.enter(chat.club if chat else "")
    ctx.club = await people.club() or ctx.club
    standing = await ctx.work.envelopes.open_of(ctx.event.platform, ctx.event.chat)
    for envelope in reversed(standing):
        await put(ctx.work, envelope, (ctx.event.platform, ctx.event.chat), live(envelope.number))
    return None


async def tell_payer(ctx: Context, envelope: Envelope) -> None:
    back = envelope.total - envelope.paid
    if not ledger.owner(envelope.payer):
        return
    reply = Reply(
        ctx.say("gone_told", number=envelope.number, back=back),
        to="private",
        priority=Priority.MONEY,
    )
    await tell_in_private(ctx.work, envelope.sender, ctx.event.platform, reply)


async def end(ctx: Context, envelope: Envelope, how: EnvelopeState) -> tuple[Reply, ...]:
    """Close it and let its messages say so; the one for the event's own chat is returned."""
    await close(ctx.work, envelope, how)
    return await show(ctx, envelope)


async def close(work: Work, envelope: Envelope, how: EnvelopeState) -> None:
    """What is left goes back to the payer; to the pool when the payer has been forgotten."""
    left = await work.ledger.balance(ledger.escrow(envelope.number))
    payer = await wallet_now(work, envelope.payer)
    if left.posted:
        await owed.pay(work, ledger.envelope_refund(envelope.number, payer, left.posted))
    await work.envelopes.close(envelope.number, how)
    if envelope.terms.key:
        await work.cues.drop(KEY, str(envelope.number))
