"""积分: how many points do I have, where did they come from, and giving some away."""

from collections.abc import Sequence

from handlers import guard, owed
from handlers.amounts import AMOUNT, TO_SOMEBODY, whole
from handlers.context import Context
from handlers.feature import Feature
from handlers.members import gained, movements, wallets_of
from rewards import ledger
from storage.errors import Refusal
from storage.model import Entry, Priority, Reply

feature = Feature("points")

STATEMENT_ROWS = 10
LOOKED_AT = 4 * STATEMENT_ROWS
GIFTS_A_DAY_MAX = 500
GIFTS_TO_ONE_A_DAY_MAX = 200


@feature.command("积分", "points", examples=(("积分", "小王，你有 100 分。"),))
async def balance(ctx: Context) -> Reply:
    mine = await ctx.work.ledger.balance(ledger.wallet(ctx.member.id))
    text = ctx.say(
        "balance",
        name=ctx.member.name,
        points=mine.posted,
        held=mine.held,
        owed=await owed.of(ctx.work, ctx.member.id),
    )
    return Reply(text, to="actor")


@feature.command(
    "明细",
    "账单",
    "statement",
    examples=(("明细", "小王，现有 100 分。最近的变动：\n05-01 +100 资金池发放"),),
)
async def statement(ctx: Context) -> Reply:
    mine = await ctx.work.ledger.balance(ledger.wallet(ctx.member.id))
    wallets = await wallets_of(ctx.work, ctx.member.id)
    entries = await movements(ctx.work, wallets, LOOKED_AT)
    # What is only set aside has not moved.
    moved = [entry for entry in entries if entry.posting.phase in ("single", "post")]
    rows = [await describe(ctx, entry, wallets) for entry in moved[:STATEMENT_ROWS]]
    text = ctx.say(
        "statement",
        name=ctx.member.name,
        points=mine.posted,
        owed=await owed.of(ctx.work, ctx.member.id),
        rows=rows,
    )
    return Reply(text, to="actor")


async def describe(ctx: Context, entry: Entry, wallets: Sequence[str]) -> str:
    p, amount = entry.posting, gained(entry, wallets)
    other = ledger.owner(p.source if amount > 0 else p.target)
    known = await ctx.work.people.member(other) if other else None
    return ctx.say(
        "row",
        day=f"{guard.local_time(ctx.club, entry.at):%m-%d}",
        amount=amount,
        kind=p.kind,
        number=ledger.number_of(p.reason),
        other=known.name if known else "",
    )


@feature.command(
    "送分",
    "送积分",
    "give",
    examples=(("送分 @小李 20", "小王 送给 小李 20 分。"),),
    arguments=TO_SOMEBODY,
)
async def gift(ctx: Context) -> Reply:
    amount = whole(ctx.argument)
    receiver = await ctx.other()
    if receiver.id == ctx.member.id:
        raise Refusal("to_yourself")
    wallet = ledger.wallet(ctx.member.id)
    today = guard.day_start(ctx.club, ctx.now)
    _, given = await ctx.work.ledger.moved(today, kind="gift", source=wallet)
    _, paired = await ctx.work.ledger.moved(
        today, kind="gift", source=wallet, target=ledger.wallet(receiver.id)
    )
    if given + amount > GIFTS_A_DAY_MAX:
        raise Refusal("gifts_a_day", most=GIFTS_A_DAY_MAX, left=GIFTS_A_DAY_MAX - given)
    if paired + amount > GIFTS_TO_ONE_A_DAY_MAX:
        left = GIFTS_TO_ONE_A_DAY_MAX - paired
        raise Refusal("gifts_to_one", most=GIFTS_TO_ONE_A_DAY_MAX, left=left)
    await owed.pay(ctx.work, ledger.gift(ctx.deed, ctx.member.id, receiver.id, amount))
    text = ctx.say("gift", giver=ctx.member.name, receiver=receiver.name, points=amount)
    return Reply(text, priority=Priority.MONEY)


@feature.command(
    "捐分",
    "donate",
    examples=(("捐分 20", "小王 给资金池捐了 20 分。谢谢！"),),
    arguments=AMOUNT,
)
async def donate(ctx: Context) -> Reply:
    amount = whole(ctx.argument)
    await ctx.work.ledger.post(ledger.donation(ctx.deed, ctx.member.id, amount))
    return Reply(ctx.say("donation", name=ctx.member.name, points=amount), priority=Priority.MONEY)
