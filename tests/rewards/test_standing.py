"""Levels: what somebody did on many days, over a long time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.standing import LEVEL_MAX, LEVELS, level, next_level
from storage.model import DAY

DAYS = st.integers(0, 400)


@pytest.mark.parametrize(
    ("shared", "days", "reached"),
    [
        (0, 0, 0),
        (0, 400, 0),  # time alone lifts nobody
        (1, 0, 1),
        (400, 6, 1),  # nor does zeal alone
        (3, 7, 2),
        (7, 30, 3),
        (15, 89, 3),
        (15, 90, 4),
        (30, 180, 5),
        (400, 400, 5),
    ],
)
def test_a_level_asks_for_both_shares_and_time(shared, days, reached):
    assert level(shared, days * DAY) == reached


def test_a_day_is_a_whole_day():
    assert level(3, 7 * DAY - 1) == 1


@given(DAYS, DAYS)
def test_what_the_next_level_asks_for_is_what_lifts_one_to_it(shared, days):
    now = level(shared, days * DAY)
    asked = next_level(now)
    assert (asked is None) == (now == LEVEL_MAX)
    if asked is not None:
        assert level(max(shared, asked[0]), max(days, asked[1]) * DAY) == now + 1


@given(DAYS, DAYS, DAYS, DAYS)
def test_more_never_lowers(shared, days, more_shared, more_days):
    higher = level(shared + more_shared, (days + more_days) * DAY)
    assert higher >= level(shared, days * DAY)


def test_each_level_asks_for_more_than_the_one_before():
    assert list(LEVELS) == sorted(LEVELS)
    assert len(LEVELS) == LEVEL_MAX
