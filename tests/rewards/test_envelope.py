"""What may be an envelope, and who may have a piece of one."""

from dataclasses import replace

import pytest

from rewards.envelope import (
    DRAW_AFTER,
    DRAW_AFTER_LEAST,
    DRAW_AFTER_MAX,
    LIFETIME,
    NEWCOMER_FOR,
    PIECES_MAX,
    Taker,
    admit,
    check,
    is_newcomer,
)
from storage.errors import Refusal
from storage.model import ANYBODY, DAY, HOUR, MINUTE, POINTS_MAX, SECOND, Terms
from tests.support.world import START


@pytest.mark.parametrize(
    ("total", "pieces", "message"),
    [
        (0, 1, "not_positive"),
        (-5, 1, "not_positive"),
        (5, 0, "not_positive"),
        (5, -1, "not_positive"),
        (10**12, PIECES_MAX + 1, "too_many_pieces"),
        (POINTS_MAX + 1, 1, "too_large"),
        (4, 5, "pieces_too_small"),
    ],
)
def test_what_cannot_be_an_envelope_is_refused(total, pieces, message):
    with pytest.raises(Refusal) as caught:
        check(total, pieces)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("total", "pieces"), [(1, 1), (5, 5), (POINTS_MAX, 1), (PIECES_MAX, PIECES_MAX)]
)
def test_the_limits_themselves_are_allowed(total, pieces):
    check(total, pieces)


# Who may have a piece

TAKER = Taker("a", START, 3, ("老车主", "技师"), frozenset({"byd-seal"}), "深圳")
MET = {
    "members": Terms(members=("b", "a")),
    "level": Terms(level=3),
    "label": Terms(label="技师"),
    "car": Terms(car="byd-seal"),
    "city": Terms(city="深圳"),
    "joined_before": Terms(joined_before=START + 1),
    "key": Terms(key="端午安康", newcomers=0, draw_after=1),  # not for these to judge
}
NOT_MET = [
    (Terms(members=("b", "c")), "only_named", {}),
    (Terms(level=4), "only_level", {"level": 4, "yours": 3}),
    (Terms(label="车模"), "only_label", {"label": "车模"}),
    (Terms(car="byd-han"), "only_car", {"car": "byd-han"}),
    (Terms(city="广州"), "only_city", {"city": "广州"}),
    (Terms(joined_before=START), "only_joined", {}),
]


def test_the_figures_members_were_told_hold():
    assert PIECES_MAX == 500
    assert LIFETIME == DAY
    assert NEWCOMER_FOR == 7 * DAY
    assert (DRAW_AFTER_LEAST, DRAW_AFTER, DRAW_AFTER_MAX) == (10 * SECOND, MINUTE, 12 * HOUR)


def test_of_whom_nothing_is_known_nothing_is_assumed():
    assert Taker("x") == Taker("x", 0, 0, (), frozenset(), "")


def test_anybody_is_admitted_where_nothing_is_asked():
    admit(ANYBODY, Taker("x"))


@pytest.mark.parametrize("terms", MET.values(), ids=MET)
def test_who_meets_what_is_asked_is_admitted(terms):
    admit(terms, TAKER)


@pytest.mark.parametrize(("terms", "message", "facts"), NOT_MET, ids=lambda value: str(value)[:20])
def test_who_does_not_meet_what_is_asked_is_told_which(terms, message, facts):
    with pytest.raises(Refusal) as caught:
        admit(terms, TAKER)
    assert (caught.value.message, caught.value.facts) == (message, facts)


def test_who_lacks_many_things_is_told_the_first():
    hard = replace(NOT_MET[1][0], label="车模", car="byd-han")
    with pytest.raises(Refusal, match="only_level"):
        admit(hard, TAKER)


def test_a_newcomer_is_one_for_a_week():
    assert is_newcomer(START, START)
    assert is_newcomer(START, START + NEWCOMER_FOR - 1)
    assert not is_newcomer(START, START + NEWCOMER_FOR)
