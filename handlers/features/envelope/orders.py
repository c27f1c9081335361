"""定时红包: envelopes that the club's pool sends at set times, ordered by its leaders."""

from dataclasses import replace
from datetime import datetime

from handlers import guard
from handlers.context import Context
from handlers.feature import Said
from handlers.features.envelope import times
from handlers.features.envelope.asked import Asked, without_names
from handlers.features.envelope.send import (
    POOL_A_DAY_MAX,
    Payer,
    check_key_free,
    check_pool,
    opened,
    understood,
)
from handlers.features.envelope.tell import name_of, show
from handlers.parse import fold, numbers
from rewards import ledger
from storage.errors import Refusal
from storage.model import HOUR, SECOND, Due, Millis, Priority, Reply, Role, StandingOrder

SEND = "envelope.send"
ORDERS_MAX = 20
LATE_MAX: Millis = HOUR
"""One that is later than this, because nobody ran, is left out: its hour has passed."""


async def order(ctx: Context) -> Said:
    """定时红包 每周五 20:00 100 10: from then on the pool sends it."""
    if not ctx.argument:
        return await listed(ctx)
    now = guard.local_time(ctx.club, ctx.now)
    when = times.read(fold(ctx.argument), now)
    asked = await understood(ctx, when.rest)
    if asked.total > POOL_A_DAY_MAX:
        raise Refusal("pool_a_day", most=POOL_A_DAY_MAX, left=POOL_A_DAY_MAX)
    if len(await ctx.work.orders.all()) >= ORDERS_MAX:
        raise Refusal("enough_orders", most=ORDERS_MAX)
    number = await ctx.work.next_number("order")
    put = StandingOrder(
        number,
        ctx.member.id,
        ctx.event.platform,
        ctx.event.chat,
        without_names(when.rest),
        asked.terms.members,
        _millis(when.first),
        when.every,
        ctx.event.topic,
    )
    await ctx.work.orders.put(put)
    await ctx.work.due.schedule(Due(ctx.club.id, SEND, str(number), put.at))
    return Reply(ctx.say("ordered", **await _shown(ctx, put)))


async def listed(ctx: Context) -> Reply:
    rows = [
        {**await _shown(ctx, each), "name": await name_of(ctx, each.leader)}
        for each in await ctx.work.orders.all()
    ]
    return Reply(ctx.say("orders", rows=rows), to="actor")


async def cancel(ctx: Context) -> Reply:
    number = numbers(ctx.argument)[0]
    if await ctx.work.orders.order(number) is None:
        raise Refusal("no_such_order", number=number)
    await drop(ctx, number)
    return Reply(ctx.say("order_cancelled", number=number))


async def drop(ctx: Context, number: int) -> None:
    await ctx.work.orders.drop(number)
    await ctx.work.due.cancel(SEND, str(number))


async def send(ctx: Context, due: Due) -> None:
    """The time has come. What cannot be sent is told in the chat and left out, not made up for."""
    put = await ctx.work.orders.order(int(due.key))
    if put is None:
        return
    leader = await ctx.work.people.member(put.leader)
    if leader is None or not leader.present or leader.role < Role.CO_LEADER:
        await drop(ctx, put.number)
        await _tell(ctx, put, ctx.say("order_stopped", number=put.number))
        return
    chat = await ctx.work.people.chat(put.platform, put.chat)
    is_there = chat is not None and not chat.gone
    if is_there and ctx.now - put.at <= LATE_MAX:
        await _send(ctx, put)
    await _next(ctx, put)


async def _send(ctx: Context, put: StandingOrder) -> None:
    try:
        asked = await _payable(ctx, put)
    except Refusal as no:
        why = ctx.say(no.message, **no.facts)
        await _tell(ctx, put, ctx.say("order_unsent", number=put.number, why=why))
        return
    payer = Payer(ledger.POOL, put.leader)
    envelope = await opened(ctx, asked, payer, put.platform, put.chat, topic=put.topic)
    await show(ctx, envelope)


async def _payable(ctx: Context, put: StandingOrder) -> Asked:
    """All that may be in the way is asked here, before anything is written but the pool's own
    points of the month. Raises Refusal."""
    asked = await understood(ctx, put.words, mentioned=len(put.members))
    asked = replace(asked, terms=replace(asked.terms, members=put.members))
    await check_pool(ctx, asked.total)
    pool = await ctx.work.ledger.balance(ledger.POOL)
    if pool.available < asked.total:
        raise Refusal("pool_too_poor", points=pool.available)
    await check_key_free(ctx.work, asked, put.platform, put.chat)
    return asked


async def _next(ctx: Context, put: StandingOrder) -> None:
    at, now = (guard.local_time(ctx.club, each) for each in (put.at, ctx.now))
    following = times.following(at, put.every, now)
    if following is None:
        await drop(ctx, put.number)
        return
    later = replace(put, at=_millis(following))
    await ctx.work.orders.put(later)
    await ctx.work.due.schedule(Due(ctx.club.id, SEND, str(put.number), later.at))


async def _tell(ctx: Context, put: StandingOrder, text: str) -> None:
    reply = Reply(text, priority=Priority.ANSWER)
    await ctx.work.outbox.put(put.platform, put.chat, "", reply, topic=put.topic)


async def _shown(ctx: Context, put: StandingOrder) -> dict[str, object]:
    at = guard.local_time(ctx.club, put.at)
    return {
        "number": put.number,
        "at": f"{at:%Y-%m-%d %H:%M}",
        "every": put.every,
        "words": put.words,
        "names": [await name_of(ctx, member) for member in put.members],
    }


def _millis(at: datetime) -> Millis:
    return int(at.timestamp()) * SECOND
