"""When a standing order is sent: pure arithmetic on the club's own clock."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from storage.errors import Refusal

Every = Literal["", "day", "week", "month"]

MONTH_DAY_MAX = 28
"""Every month has that day."""
AHEAD_MAX = timedelta(days=366)

WEEKDAYS = {name: number for number, name in enumerate("一二三四五六日")} | {
    "天": 6, "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
_WEEK = (
    r"(?:每周|每星期|every )(?P<weekday>[一二三四五六日天]|mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}"
)
_WHEN = (
    rf"(?:(?P<daily>每天|daily)|{_WEEK}|每月(?P<monthday>\d{{1,2}})[日号]"
    r"|monthly (?P<mday>\d{1,2})|(?P<today>今天|today)|(?P<tomorrow>明天|tomorrow)"
    r"|(?:(?P<year>\d{4})-)?(?P<month>\d{1,2})-(?P<day>\d{1,2}))"
)
PATTERN = rf"(?i:{_WHEN})?\s{{0,4}}(?P<hour>\d{{1,2}})[::](?P<minute>\d{{2}})"
_PATTERN = re.compile(PATTERN)


@dataclass(frozen=True, slots=True)
class When:
    first: datetime
    every: Every
    rest: str
    """What follows the time: how the envelope is to be."""


def read(text: str, now: datetime) -> When:
    """`now` is the club's local time. Raises Refusal for a time that is none, or is past."""
    match = _PATTERN.match(text.lower())
    if match is None:
        raise Refusal("when_how")
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 23 or minute > 59:
        raise Refusal("when_how")
    day, every = _day(match, now, time(hour, minute))
    first = datetime.combine(day, time(hour, minute), now.tzinfo)
    if not now < first <= now + AHEAD_MAX:
        raise Refusal("when_past")
    return When(first, every, text[match.end() :].strip())


def _day(match: re.Match[str], now: datetime, at: time) -> tuple[date, Every]:
    today = now.date()
    soonest = today if at > now.time() else today + timedelta(days=1)
    if match["weekday"]:
        ahead = (WEEKDAYS[match["weekday"]] - soonest.weekday()) % 7
        return soonest + timedelta(days=ahead), "week"
    monthday = match["monthday"] or match["mday"]
    if monthday:
        if not 1 <= int(monthday) <= MONTH_DAY_MAX:
            raise Refusal("when_month_day", most=MONTH_DAY_MAX)
        this = soonest.replace(day=int(monthday))
        return (this if this >= soonest else _next_month(this)), "month"
    if match["month"]:
        return _date(match, today), ""
    if match["tomorrow"]:
        return today + timedelta(days=1), ""
    if match["today"]:
        return today, ""
    return soonest, "day" if match["daily"] else ""


def _date(match: re.Match[str], today: date) -> date:
    """A date without a year is the next one."""
    try:
        said = date(int(match["year"] or today.year), int(match["month"]), int(match["day"]))
        if said < today and not match["year"]:
            said = said.replace(year=today.year + 1)
    except ValueError:
        raise Refusal("when_how") from None
    return said


def following(at: datetime, every: Every, now: datetime) -> datetime | None:
    """The first time after now at the same hour of the club's clock; None when once was all."""
    if not every:
        return None
    day = at.date()
    while True:
        if every == "month":
            day = _next_month(day)
        else:
            day += timedelta(days=1 if every == "day" else 7)
        following = datetime.combine(day, at.time(), at.tzinfo)
        if following > now:
            return following


def _next_month(day: date) -> date:
    return day + timedelta(days=calendar.monthrange(day.year, day.month)[1])
