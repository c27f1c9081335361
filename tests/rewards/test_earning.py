"""What a deed pays: the full rate or nothing, within a day's cap and a period's budget."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.earning import PROGRAMMES, REFERRAL, SHARE, Programme, payable, period_of


@pytest.mark.parametrize(
    ("earned", "left", "paid"),
    [(0, 10, 10), (20, 10, 10), (21, 10, 0), (30, 3000, 0), (0, 9, 0), (0, 0, 0)],
)
def test_a_deed_pays_the_full_rate_or_nothing(earned, left, paid):
    assert payable(SHARE, earned, left) == paid


@given(st.sampled_from(list(PROGRAMMES.values())), st.integers(1, 400))
def test_neither_cap_is_ever_exceeded(programme, deeds):
    """One member who never rests, on one day."""
    earned, left = 0, programme.budget
    for _ in range(deeds):
        paid = payable(programme, earned, left)
        earned, left = earned + paid, left - paid
    assert 0 <= left <= programme.budget
    assert earned <= programme.daily_max


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 5, 1), "2026-W18"),
        (date(2026, 5, 4), "2026-W19"),
        (date(2027, 1, 1), "2026-W53"),  # the week belongs to the year of its Thursday
        (date(2024, 12, 30), "2025-W01"),
    ],
)
def test_a_week_has_one_name(day, week):
    assert period_of(SHARE, day) == week
    monday = day - timedelta(days=day.weekday())
    assert {period_of(SHARE, monday + timedelta(days=each)) for each in range(7)} == {week}


def test_a_month_has_one_name():
    monthly = Programme("m", points=1, budget=1, period="month", daily_max=1)
    assert period_of(monthly, date(2026, 5, 31)) == "2026-05"
    assert period_of(monthly, date(2026, 6, 1)) == "2026-06"


def test_every_programme_can_pay_at_least_one_deed():
    for name, programme in PROGRAMMES.items():
        assert programme.name == name
        assert payable(programme, 0, programme.budget) == programme.points


def test_a_months_referrals_are_paid_whole_on_both_sides():
    assert REFERRAL.budget % (2 * REFERRAL.points) == 0
