"""资金池: what the club has, and what its leaders grant out of it."""

from handlers import guard, owed
from handlers.amounts import TO_SOMEBODY, whole
from handlers.context import Context
from handlers.earning import fill_pool
from handlers.feature import Feature
from rewards import ledger
from storage.errors import Refusal
from storage.model import Priority, Reply, Role

feature = Feature("pool")

GRANTS_A_DAY_MAX = 500
STATEMENT_ROWS = 5
HEAD_SHOWN = 12


@feature.command(
    "资金池",
    "pool",
    examples=(
        (
            "资金池",
            "资金池还有 1900 分。最近的变动：\n05-01 -100\n05-01 +2000\n"
            "账本 5 行，校验码 973e0f30aacf",
        ),
    ),
)
async def pool(ctx: Context) -> Reply:
    """Open to every member: the pool is theirs."""
    await fill_pool(ctx.work, ctx.club)
    balance = await ctx.work.ledger.balance(ledger.POOL)
    entries = await ctx.work.ledger.statement(ledger.POOL, STATEMENT_ROWS)
    rows = [
        (
            f"{guard.local_time(ctx.club, entry.at):%m-%d}",
            entry.posting.amount * (1 if entry.posting.target == ledger.POOL else -1),
        )
        for entry in entries
    ]
    seq, head = await ctx.work.ledger.head()
    # Told in the group, the head is a witness that nobody has cut off the journal since.
    text = ctx.say("pool", points=balance.posted, rows=rows, seq=seq, head=head.hex()[:HEAD_SHOWN])
    return Reply(text, to="actor")


@feature.command(
    "奖励",
    "grant",
    examples=(("奖励 @小李 50", "资金池奖励 小李 50 分。"),),
    arguments=TO_SOMEBODY,
    role=Role.CO_LEADER,
)
async def grant(ctx: Context) -> Reply:
    amount = whole(ctx.argument)
    other = await ctx.other()
    if other.id == ctx.member.id:
        raise Refusal("grant_to_yourself")
    await fill_pool(ctx.work, ctx.club)
    today = guard.day_start(ctx.club, ctx.now)
    _, spent = await ctx.work.ledger.moved(today, kind="pool.grant", source=ledger.POOL)
    if spent + amount > GRANTS_A_DAY_MAX:
        raise Refusal("grants_a_day", most=GRANTS_A_DAY_MAX, left=max(GRANTS_A_DAY_MAX - spent, 0))
    await owed.pay(ctx.work, ledger.grant(ctx.deed, ctx.member.id, other.id, amount))
    return Reply(ctx.say("granted", name=other.name, points=amount), priority=Priority.MONEY)
