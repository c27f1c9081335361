"""红包: points for the group, who is quick gets a piece; what is left goes back to the payer."""

from dataclasses import replace
from functools import lru_cache

from handlers import guard
from handlers.amounts import SHORT
from handlers.context import Context
from handlers.earning import fill_pool
from handlers.feature import Feature, Said
from handlers.parse import fold, numbers
from rewards import envelope as rules
from rewards import ledger
from storage.errors import Fault, Refusal
from storage.model import (
    Choice,
    Due,
    Envelope,
    EnvelopeState,
    Priority,
    Reply,
    Role,
)
from storage.store import Work

feature = Feature("envelope")

EXPIRE = "envelope.expire"
POOL_A_DAY_MAX = 1_000
"""How many points of the pool the leaders may put into envelopes in a day."""
TAKERS_SHOWN_MAX = 20
LIVE_REMEMBERED_MAX = 64

NUMBER = r"[+-]?\d[\d,.]*\s*"
EQUAL = ("均分", "普通", "equal")
SUM_AND_PIECES = (
    rf"[+-]?\d+|{SHORT}{NUMBER}(?:分|点)?[\s/,、]*(?:{NUMBER}(?:个|份)?)?\s*"
    r"(?:均分|普通|拼手气|(?i:equal|lucky))?"
)


@feature.command(
    "红包",
    "hongbao",
    examples=(
        ("红包 60 5", "🧧 小王 发了 60 分的拼手气红包，5 个。\n说「抢 1」，先到先得。"),
        ("红包 60 5 均分", "🧧 小王 发了 60 分的均分红包，5 个。\n说「抢 1」，先到先得。"),
    ),
    arguments=SUM_AND_PIECES,
    where="group",
)
async def send(ctx: Context) -> Reply:
    return await put_up(ctx, ledger.wallet(ctx.member.id))


@feature.command(
    "公费红包",
    "poolhongbao",
    examples=(
        ("公费红包 60 5", "🧧 小王 用资金池发了 60 分的拼手气红包，5 个。\n说「抢 1」，先到先得。"),
    ),
    arguments=SUM_AND_PIECES,
    where="group",
    role=Role.CO_LEADER,
)
async def send_from_pool(ctx: Context) -> Reply:
    await fill_pool(ctx.work, ctx.club)
    today = guard.day_start(ctx.club, ctx.now)
    _, spent = await ctx.work.ledger.moved(today, kind="env.send", source=ledger.POOL)
    total, _ = asked(ctx.argument)
    if total > 0 and spent + total > POOL_A_DAY_MAX:
        raise Refusal("pool_a_day", most=POOL_A_DAY_MAX, left=POOL_A_DAY_MAX - spent)
    return await put_up(ctx, ledger.POOL)


async def put_up(ctx: Context, payer: str) -> Reply:
    """Split, pay into escrow, and offer it to the group."""
    total, pieces = asked(ctx.argument)
    rules.check(total, pieces)
    equal = any(word in fold(ctx.argument).lower() for word in EQUAL)
    seed = ctx.world.secret()
    amounts = rules.split_equal(total, pieces) if equal else rules.split_lucky(total, pieces, seed)
    number = await ctx.work.next_number("envelope")
    envelope = Envelope(
        number,
        payer,
        ctx.member.id,
        "equal" if equal else "lucky",
        total,
        pieces,
        seed,
        ctx.event.platform,
        ctx.event.chat,
        ctx.now,
        ctx.now + rules.LIFETIME,
    )
    await ctx.work.ledger.post(ledger.envelope_send(number, payer, ctx.member.id, total))
    await ctx.work.envelopes.open(envelope, amounts)
    expiry = Due(ctx.club.id, EXPIRE, str(number), envelope.expires_at)
    await ctx.work.due.schedule(expiry)
    return live(number)


@feature.command(
    "抢",
    "抢红包",
    "grab",
    examples=(("抢 1", "没有 1 号红包。"),),
    arguments=r"(#?\d+)?",
    where="group",
)
async def grab(ctx: Context) -> Said:
    """The envelope of that number, or the chat's newest one that the member has no piece of."""
    number = numbers(ctx.argument)[0] if ctx.argument else await newest(ctx)
    if not number and not ctx.argument:
        return None  # nothing to grab: 抢 was ordinary talk
    envelope = await ctx.work.envelopes.envelope(number)
    if envelope is None:
        raise Refusal("no_such", number=number)
    piece = await ctx.work.envelopes.piece_of(number, ctx.member.id)
    if piece is not None:
        return Reply(ctx.say("had", points=piece.amount), to="actor")
    if envelope.state == EnvelopeState.EMPTY:
        return Reply(ctx.say("empty", number=number), to="actor")
    if envelope.state == EnvelopeState.EXPIRED or envelope.expires_at <= ctx.now:
        return Reply(ctx.say("expired", number=number), to="actor")
    piece = await ctx.work.envelopes.take(envelope, ctx.member.id)
    await ctx.work.ledger.post(ledger.envelope_grab(number, ctx.member.id, piece.amount))
    if piece.place + 1 == envelope.pieces:
        # Its due row may stay: an envelope that is over does not expire.
        await ctx.work.envelopes.close(number, EnvelopeState.EMPTY)
    text = ctx.say("got", name=ctx.member.name, points=piece.amount)
    got = Reply(text, to="actor", priority=Priority.MONEY)
    if (envelope.platform, envelope.chat) == (ctx.event.platform, ctx.event.chat):
        return got, live(number)
    # Grabbed from another chat of the club: the envelope's message stands in its own.
    await ctx.work.outbox.put(envelope.platform, envelope.chat, "", live(number))
    return got


async def newest(ctx: Context) -> int:
    envelopes = await ctx.work.envelopes.open_of(ctx.event.platform, ctx.event.chat)
    for envelope in envelopes:
        if await ctx.work.envelopes.piece_of(envelope.number, ctx.member.id) is None:
            return envelope.number
    return envelopes[0].number if envelopes else 0


@lru_cache(LIVE_REMEMBERED_MAX)
def live(number: int) -> Reply:
    """An envelope has one message in its chat, which follows its life."""
    return Reply("", priority=Priority.MONEY, slot=f"envelope:{number}", live=True)


@feature.live
async def draw(ctx: Context, key: str) -> Reply:
    envelope = await ctx.work.envelopes.envelope(int(key))
    if envelope is None:
        raise Fault(f"no envelope {key}")
    if envelope.state != EnvelopeState.OPEN:
        return replace(live(envelope.number), text=await statement(ctx, envelope))
    sender = await ctx.work.people.member(envelope.sender)
    text = ctx.say(
        "offer",
        number=envelope.number,
        name=sender.name if sender else "",
        total=envelope.total,
        pieces=envelope.pieces,
        equal=envelope.mode == "equal",
        pool=envelope.payer == ledger.POOL,
        taken=envelope.taken,
        paid=envelope.paid,
    )
    choice = Choice(ctx.say("grab_label"), f"抢 {envelope.number}")
    return replace(live(envelope.number), text=text, choices=(choice,))


async def statement(ctx: Context, envelope: Envelope) -> str:
    """The end of an envelope: who got what, who was luckiest, what went back."""
    pieces = await ctx.work.envelopes.pieces(envelope.number)
    taken = [piece for piece in pieces if piece.member]
    best = max(taken, key=lambda piece: piece.amount, default=None)
    shown = taken[:TAKERS_SHOWN_MAX]
    if best is not None and best not in shown:
        shown.append(best)
    rows = []
    for piece in shown:
        member = await ctx.work.people.member(piece.member)
        rows.append((member.name if member else "", piece.amount, piece is best))
    return ctx.say(
        "ended",
        number=envelope.number,
        rows=rows,
        more=len(taken) - len(rows),
        lucky=envelope.mode == "lucky" and len(taken) > 1,
        taken=len(taken),
        pieces=envelope.pieces,
        back=envelope.total - envelope.paid,
        pool=envelope.payer == ledger.POOL,
    )


@feature.when_due(EXPIRE)
async def expire(ctx: Context, due: Due) -> None:
    """Give back what is left: once, whatever the clock does afterwards."""
    envelope = await ctx.work.envelopes.envelope(int(due.key))
    if envelope is None or envelope.state != EnvelopeState.OPEN:
        return
    await refund(ctx.work, envelope)
    await ctx.work.envelopes.close(envelope.number, EnvelopeState.EXPIRED)
    await ctx.work.outbox.put(envelope.platform, envelope.chat, "", live(envelope.number))


async def refund(work: Work, envelope: Envelope) -> None:
    """What is left goes back to the payer; to the pool when the payer has been forgotten."""
    left = await work.ledger.balance(ledger.escrow(envelope.number))
    payer = envelope.payer
    if ledger.owner(payer) and await work.people.member(ledger.owner(payer)) is None:
        payer = ledger.POOL
    if left.posted:
        await work.ledger.post(ledger.envelope_refund(envelope.number, payer, left.posted))


def asked(argument: str) -> tuple[int, int]:
    """Sum and number of pieces. Raises Refusal when only one of them is said."""
    found = numbers(argument)
    if len(found) < 2:
        rules.check(found[0], 1)
        raise Refusal("how_many_pieces", total=found[0])
    return found[0], found[1]
