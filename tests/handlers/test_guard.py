"""Quiet hours, the club's days and weeks, and how often somebody may speak."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import guard
from handlers.guard import BURST, REFILL, Rate
from storage.model import DAY, SECOND, Club, Event, Millis, Priority, Reply

CLUB = Club("c", "车友会", "zh", "Asia/Shanghai", 0)
CHATTER = Reply("你好", priority=Priority.CHATTER)


def at(text: str, zone: str = "Asia/Shanghai") -> Millis:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp()) * SECOND


def club(**more: object) -> Club:
    facts: dict[str, object] = {"language": "zh", "timezone": "Asia/Shanghai", "founded_at": 0}
    return Club("c", "车友会", **{**facts, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "speaks"),
    [
        ("2026-05-01T22:59:59", None),
        ("2026-05-01T23:00:00", "2026-05-02T08:00"),
        ("2026-05-01T23:59:59", "2026-05-02T08:00"),
        ("2026-05-02T00:00:00", "2026-05-02T08:00"),
        ("2026-05-02T07:59:59", "2026-05-02T08:00"),
        ("2026-05-02T08:00:00", None),
    ],
)
def test_chatter_waits_for_the_end_of_the_quiet_hours(now, speaks):
    assert guard.speaks_at(CHATTER, CLUB, at(now)) == (at(speaks) if speaks else 0)


def test_quiet_hours_may_lie_within_a_day():
    lunch = club(quiet_from=12 * 60, quiet_to=14 * 60)
    assert guard.speaks_at(CHATTER, lunch, at("2026-05-01T13:30")) == at("2026-05-01T14:00")
    assert guard.speaks_at(CHATTER, lunch, at("2026-05-01T23:30")) == 0


def test_quiet_hours_may_be_off():
    off = club(quiet_from=0, quiet_to=0)
    assert guard.speaks_at(CHATTER, off, at("2026-05-01T00:00")) == 0


@pytest.mark.parametrize("priority", [Priority.DANGER, Priority.MONEY, Priority.ANSWER])
def test_nothing_but_chatter_waits(priority):
    assert guard.speaks_at(Reply("!", priority=priority), CLUB, at("2026-05-02T03:00")) == 0


@given(st.integers(0, 4_000_000_000_000), st.integers(0, 24 * 60 - 1), st.integers(0, 24 * 60 - 1))
def test_what_waits_is_said_within_a_day_and_not_in_quiet_hours(now, quiet_from, quiet_to):
    quiet = club(quiet_from=quiet_from, quiet_to=quiet_to)
    speaks = guard.speaks_at(CHATTER, quiet, now)
    if speaks:
        assert now < speaks <= now + DAY
        assert guard.speaks_at(CHATTER, quiet, speaks) == 0


@pytest.mark.parametrize(
    ("zone", "now", "day", "week"),
    [
        ("Asia/Shanghai", "2026-05-01T12:00", "2026-05-01T00:00", "2026-04-27T00:00"),
        ("Asia/Shanghai", "2026-04-27T00:00", "2026-04-27T00:00", "2026-04-27T00:00"),
        ("Asia/Shanghai", "2026-05-03T23:59:59", "2026-05-03T00:00", "2026-04-27T00:00"),
        ("Europe/Berlin", "2026-03-29T12:00", "2026-03-29T00:00", "2026-03-23T00:00"),
        ("Europe/Berlin", "2026-10-25T12:00", "2026-10-25T00:00", "2026-10-19T00:00"),
    ],
)
def test_days_and_weeks_begin_on_the_clubs_own_clock(zone, now, day, week):
    there = club(timezone=zone)
    assert guard.day_start(there, at(now, zone)) == at(day, zone)
    assert guard.week_start(there, at(now, zone)) == at(week, zone)


def said(account: str = "a") -> Event:
    return Event("e", "pretend", "g", account, "", "积分", 0)


def test_a_burst_is_allowed_and_then_one_every_other_second():
    rate = Rate()
    assert [rate.allows(said(), 0) for _ in range(BURST + 2)] == [True] * BURST + [False] * 2
    assert not rate.allows(said(), REFILL - 1)
    assert rate.allows(said(), REFILL)
    assert not rate.allows(said(), REFILL)


def test_who_rests_may_give_a_whole_burst_again():
    rate = Rate()
    for _ in range(BURST):
        rate.allows(said(), 0)
    assert all(rate.allows(said(), BURST * REFILL) for _ in range(BURST))


def test_accounts_of_different_platforms_are_counted_apart():
    rate = Rate(burst=1)
    assert rate.allows(said(), 0)
    assert rate.allows(Event("e", "other", "g", "a", "", "积分", 0), 0)
    assert not rate.allows(said(), 0)


def test_a_clock_that_is_set_back_silences_nobody():
    rate = Rate()
    for _ in range(BURST):
        assert rate.allows(said(), 30 * DAY)
    assert rate.allows(said(), 0)


def test_a_crowd_silences_nobody_and_the_book_of_accounts_is_bounded(monkeypatch):
    """Who has been quiet longest is forgotten: who floods has not been quiet."""
    monkeypatch.setattr(guard, "ACCOUNTS_MAX", 100)
    rate = Rate(burst=3)
    assert rate.allows(said("quiet"), 0)
    for n in range(200):
        assert rate.allows(said(f"{n}"), n)
        assert rate.allows(said("floods"), n) == (n < 3)
    assert len(rate._full_at) == 100


def test_a_full_book_is_emptied_when_the_clock_is_set_back(monkeypatch):
    monkeypatch.setattr(guard, "ACCOUNTS_MAX", 100)
    rate = Rate()
    assert all(rate.allows(said(f"{n}"), DAY) for n in range(100))
    assert rate.allows(said("one more"), 0)
