"""Earning programmes: how much, how often, and out of which budget.

A programme mints its whole budget once a period and pays only out of that, so emission is capped
however busy or cunning the members are. No programme looks at whether a share praises or complains.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Programme:
    name: str
    points: int
    budget: int
    period: Literal["week", "month"]
    daily_max: int
    """How many points a member may earn by it in a day of the club."""


SHARE = Programme("share", points=10, budget=3_000, period="week", daily_max=30)
"""For a share that is new."""

POOL = Programme("pool", points=2_000, budget=2_000, period="month", daily_max=2_000)
"""What the club's own pool gets each month, for its leaders' envelopes."""

REFERRAL = Programme("referral", points=20, budget=1_000, period="month", daily_max=1_000)
"""For a newcomer who stays and shares, and as much for the one who invited them. What caps a member
is how many newcomers may count in a week (`rewards/referral.py`)."""

PROGRAMMES = {programme.name: programme for programme in (SHARE, POOL, REFERRAL)}


def period_of(programme: Programme, day: date) -> str:
    """The name of the period a day of the club belongs to: "2026-W18" or "2026-05"."""
    if programme.period == "month":
        return f"{day:%Y-%m}"
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def payable(programme: Programme, earned_today: int, left: int) -> int:
    """What one more deed pays: the full rate, or nothing."""
    if earned_today + programme.points > programme.daily_max or left < programme.points:
        return 0
    return programme.points
