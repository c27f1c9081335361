"""Paying members out of the earning programmes."""

from handlers import guard, owed
from handlers.context import Context
from rewards import ledger
from rewards.earning import POOL, PROGRAMMES, Programme, payable, period_of
from storage.model import Club
from storage.store import Work


async def earn(ctx: Context, programme: str, about: str) -> int:
    """Pay the member for a deed, once for each thing it is `about` ("share:17").

    Returns the points paid: 0 when the day's cap or the period's budget is used up.
    """
    rules, work = PROGRAMMES[programme], ctx.work
    period = await mint(work, ctx.club, rules)
    wallet = ledger.wallet(ctx.member.id)
    today = guard.day_start(ctx.club, work.now)
    _, earned = await work.ledger.moved(today, kind=f"reward.{programme}", target=wallet)
    left = await work.ledger.balance(ledger.budget(programme, period))
    points = payable(rules, earned, left.available)
    if points:
        reward = ledger.reward(programme, period, wallet, points, about, milestone="new")
        await owed.pay(work, reward)
    return points


async def fill_pool(work: Work, club: Club) -> None:
    """Give the club's pool its points of the month, if it has not had them."""
    period = await mint(work, club, POOL)
    if await work.ledger.entry(f"rw:pool:club:{period}") is None:
        await work.ledger.post(
            ledger.reward("pool", period, ledger.POOL, POOL.points, "club", period)
        )


async def mint(work: Work, club: Club, programme: Programme) -> str:
    """See to it that the period's budget is there; the period's name."""
    period = period_of(programme, guard.local_time(club, work.now).date())
    # Asked first: where the budget was changed since, the same key would come with another amount.
    minting = ledger.mint(programme.name, period, programme.budget)
    if await work.ledger.entry(minting.key) is None:
        await work.ledger.post(minting)
    return period
