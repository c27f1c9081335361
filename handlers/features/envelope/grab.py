"""Taking: a tap, a 口令, a place in a draw. Whatever is said, one piece a person."""

from handlers import owed
from handlers.context import Context
from handlers.feature import Said
from handlers.features.envelope.ends import close
from handlers.features.envelope.tell import show
from handlers.parse import numbers
from handlers.standing import taker_of
from rewards import envelope as rules
from rewards import ledger, luck
from storage.errors import Refusal
from storage.model import ANYBODY, Cue, Envelope, EnvelopeState, Priority, Reply

ENTRANTS_MAX = 10_000


async def grab(ctx: Context) -> Said:
    """The envelope of that number, or the chat's newest one that the member has no piece of."""
    number = numbers(ctx.argument)[0] if ctx.argument else await newest(ctx)
    if not number and not ctx.argument:
        return None  # nothing to grab: 抢 was ordinary talk
    envelope = await ctx.work.envelopes.envelope(number)
    if envelope is None:
        raise Refusal("no_such", number=number)
    return await take_part(ctx, envelope, said_key=False)


async def heard(ctx: Context, cue: Cue) -> Said:
    """Somebody said the 口令 of an envelope."""
    envelope = await ctx.work.envelopes.envelope(int(cue.key))
    if envelope is None or envelope.state != EnvelopeState.OPEN:
        return None
    return await take_part(ctx, envelope, said_key=True)


async def newest(ctx: Context) -> int:
    envelopes = [
        each
        for each in await ctx.work.envelopes.open_of(ctx.event.platform, ctx.event.chat)
        if not each.terms.key
    ]
    for envelope in envelopes:
        if not await has_part(ctx, envelope):
            return envelope.number
    return envelopes[0].number if envelopes else 0


async def has_part(ctx: Context, envelope: Envelope) -> bool:
    if envelope.terms.draw_after:
        return await ctx.work.envelopes.has_entered(envelope.number, ctx.member.id)
    return await ctx.work.envelopes.piece_of(envelope.number, ctx.member.id) is not None


async def take_part(ctx: Context, envelope: Envelope, *, said_key: bool) -> Said:
    number, terms = envelope.number, envelope.terms
    piece = await ctx.work.envelopes.piece_of(number, ctx.member.id)
    if piece is not None:
        return Reply(ctx.say("had", points=piece.amount), to="actor")
    if envelope.state != EnvelopeState.OPEN or envelope.expires_at <= ctx.now:
        return await over(ctx, envelope)
    if terms is ANYBODY:
        return await take(ctx, envelope, newcomer=False)
    if terms.key and not said_key:
        raise Refusal("say_the_key", key=terms.key)
    rules.admit(terms, await taker_of(ctx.work, ctx.catalogue, ctx.member, terms))
    newcomer = terms.newcomers is not None and rules.is_newcomer(
        ctx.member.joined_at, envelope.created_at
    )
    if terms.draw_after:
        return await enter(ctx, envelope, newcomer=newcomer)
    if newcomer and terms.newcomers is not None and envelope.newcomers >= terms.newcomers:
        raise Refusal("newcomers_gone", most=terms.newcomers)
    return await take(ctx, envelope, newcomer=newcomer)


async def over(ctx: Context, envelope: Envelope) -> Said:
    how = EnvelopeState.EXPIRED if envelope.state == EnvelopeState.OPEN else envelope.state
    told = Reply(ctx.say(how.value, number=envelope.number), to="actor")
    if how != EnvelopeState.GONE:
        return told
    # The bot was not there to let the message say so.
    return (told, *await show(ctx, envelope))


async def take(ctx: Context, envelope: Envelope, *, newcomer: bool) -> tuple[Reply, ...]:
    number, member = envelope.number, ctx.member
    piece = await ctx.work.envelopes.take(envelope, member.id, newcomer=newcomer)
    await owed.pay(ctx.work, ledger.envelope_grab(number, member.id, piece.amount))
    if piece.place + 1 == envelope.pieces:
        # Its due row may stay: an envelope that is over does not expire.
        await close(ctx.work, envelope, EnvelopeState.EMPTY)
    text = ctx.say("got", name=member.name, points=piece.amount)
    got = Reply(text, to="actor", priority=Priority.MONEY)
    return (got, *await show(ctx, envelope))


async def enter(ctx: Context, envelope: Envelope, *, newcomer: bool) -> tuple[Reply, ...]:
    """摇号: to be in it is all that counts; who comes first gains nothing."""
    number = envelope.number
    # By it they find themselves in the list that is published with the outcome.
    code = luck.code_of(ctx.club.id, number, ctx.member.id)
    if await ctx.work.envelopes.has_entered(number, ctx.member.id):
        return (Reply(ctx.say("entered_already", number=number, code=code), to="actor"),)
    if envelope.created_at + envelope.terms.draw_after <= ctx.now:
        return (Reply(ctx.say("drawing", number=number), to="actor"),)
    if envelope.entered >= ENTRANTS_MAX:
        raise Refusal("too_many_entrants", most=ENTRANTS_MAX)
    await ctx.work.envelopes.enter(envelope, ctx.member.id, newcomer=newcomer)
    text = ctx.say("entered", name=ctx.member.name, number=number, code=code)
    return (Reply(text, to="actor", priority=Priority.MONEY), *await show(ctx, envelope))
