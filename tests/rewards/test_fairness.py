"""Every place of an envelope and every entrant of a draw is as lucky as any other.

All from fixed seeds, so that these tests say the same every time. A claim is refuted where χ² is
larger than chance makes it once in a thousand times; that they can refute is tried as well.
"""

from collections import Counter
from itertools import permutations
from random import Random

import pytest

from rewards import luck
from tests.rewards.chances import CRITICAL, first_of, places_of, unevenness

ROUNDS = 10_000
SIZES = [(20, 10), (11, 10), (100, 20), (10_000, 10)]
MODES = {"lucky": luck.split_lucky, "wild": luck.split_wild}


@pytest.mark.parametrize(("total", "pieces"), SIZES)
@pytest.mark.parametrize("mode", MODES)
def test_no_place_is_luckier_than_another(mode, total, pieces):
    """Who comes first gains nothing: not in points, and not in who has the most."""
    places = places_of(MODES[mode], total, pieces, ROUNDS)
    critical = CRITICAL[pieces - 1]
    assert places.sums < critical
    assert places.best < critical
    assert places.earliest < critical


@pytest.mark.parametrize(
    ("mode", "total", "pieces", "times"),
    [
        ("lucky", 20, 10, 2.2),
        ("lucky", 100, 20, 1.5),
        ("lucky", 10_000, 10, 1.0),
        ("wild", 20, 10, 1.4),
        ("wild", 100, 20, 1.2),
    ],
)
def test_winning_ties_makes_the_first_the_luckiest_oftener(mode, total, pieces, times):
    """No more points, but the name: as often as docs/luck.md says."""
    assert places_of(MODES[mode], total, pieces, ROUNDS).advantage == pytest.approx(times, abs=0.06)


def test_the_first_of_all_ties_is_the_first_and_of_one_any():
    assert first_of(4, 4) == [1, 0, 0, 0]
    assert first_of(4, 1) == [0.25] * 4
    assert sum(first_of(9, 3)) == pytest.approx(1)


# The same measure refutes what is not fair.


def double_mean(total, pieces, seed, more=-1):
    """拼手气 without its shuffle; with `more` = 0 the common mistake that the limit is included."""
    numbers = luck.dice(seed)
    amounts: list[int] = []
    for left in range(pieces, 1, -1):
        amounts.append(1 + luck.below(2 * (total - sum(amounts)) // left + more, numbers))
    return [*amounts, total - sum(amounts)]


def inclusive(total, pieces, seed):
    return double_mean(total, pieces, seed, more=0)


def greedy(total, pieces, seed):
    """Each takes any part of the rest."""
    numbers = luck.dice(seed)
    amounts: list[int] = []
    for left in range(pieces, 1, -1):
        amounts.append(1 + luck.below(total - sum(amounts) - left + 1, numbers))
    return [*amounts, total - sum(amounts)]


@pytest.mark.parametrize(("total", "pieces"), SIZES)
@pytest.mark.parametrize("split", [double_mean, inclusive, greedy])
def test_a_split_that_is_not_fair_is_found_out(split, total, pieces):
    places = places_of(split, total, pieces, ROUNDS)
    assert places.best > 2 * CRITICAL[pieces - 1]


@pytest.mark.parametrize("split", [double_mean, inclusive, greedy])
@pytest.mark.parametrize(("total", "pieces"), SIZES[:3])
def test_places_that_get_more_points_are_found_out(split, total, pieces):
    """The double mean gives large sums with equal means; small ones show that it must be shuffled,
    and so does at any size who gets the most (above)."""
    assert places_of(split, total, pieces, ROUNDS).sums > 2 * CRITICAL[pieces - 1]


# Wild: any way to cut is as likely as any other.


def ways(split, total, pieces):
    dice = Random(6)
    return Counter(tuple(split(total, pieces, dice.randbytes(32))) for _ in range(ROUNDS))


@pytest.mark.parametrize(("total", "pieces", "number"), [(6, 3, 10), (6, 4, 10), (7, 4, 20)])
def test_every_way_to_cut_is_as_likely_as_any_other(total, pieces, number):
    found = ways(luck.split_wild, total, pieces)
    assert len(found) == number
    assert unevenness(found, number) < CRITICAL[number - 1]


def test_a_gentle_split_prefers_the_middle():
    """And the test above sees it."""
    assert unevenness(ways(luck.split_lucky, 6, 3), 10) > 2 * CRITICAL[9]


# Draws


def entries(number, newcomers=()):
    return [f"{place:012d}" + luck.NEWCOMER * (place in newcomers) for place in range(number)]


def drawn(listed, pieces, newcomers=None):
    """The outcomes of many draws, as codes."""
    dice = Random(8)
    for _ in range(ROUNDS):
        places = luck.draw(listed, pieces, dice.randbytes(32), newcomers)
        yield tuple(listed[place] for place in places)


def test_any_two_are_as_likely_to_be_drawn_in_any_order():
    found = Counter(drawn(entries(5), 2))
    assert set(found) == set(permutations(entries(5), 2))
    assert unevenness(found, 20) < CRITICAL[19]


@pytest.mark.parametrize("order", ["as they came", "reversed", "shuffled", "anew each time"])
def test_whoever_enters_first_or_last_is_as_likely_to_win(order):
    """Ten take part, three are drawn; whoever it is has the same chance in any order of entry."""
    dice = Random(9)
    found: Counter[str] = Counter()
    listed = entries(10)
    if order == "reversed":
        listed.reverse()
    elif order == "shuffled":
        dice.shuffle(listed)
    for _ in range(ROUNDS):
        if order == "anew each time":
            dice.shuffle(listed)
        found.update(listed[place] for place in luck.draw(listed, 3, dice.randbytes(32)))
    # Of each draw three are different: the counts vary less than those of independent ones.
    assert unevenness(found, 10) * 9 / 7 < CRITICAL[9]


def test_within_their_share_newcomers_are_as_likely_as_each_other():
    """Of six newcomers among ten no more than two are drawn; the other places go to the others."""
    found: Counter[str] = Counter()
    firsts: Counter[str] = Counter()
    listed = entries(10, newcomers=range(6))
    for codes in drawn(listed, 4, newcomers=2):
        new = [code for code in codes if code.endswith(luck.NEWCOMER)]
        assert len(codes) == 4
        assert len(new) <= 2
        found.update(codes)
        firsts[codes[0]] += 1
    assert unevenness({code: found[code] for code in listed[:6]}, 6) < CRITICAL[5]
    assert unevenness({code: found[code] for code in listed[6:]}, 4) < CRITICAL[3]
    assert unevenness(firsts, 10) < CRITICAL[9]  # the first drawn may be anybody


def test_a_draw_whose_shuffle_is_not_fair_is_found_out():
    """The common mistake: every place is exchanged with any, not with one that is still left."""
    dice = Random(10)
    found: Counter[int] = Counter()
    for _ in range(ROUNDS):
        order = list(range(10))
        for place in range(10):
            other = dice.randrange(10)
            order[place], order[other] = order[other], order[place]
        found.update(order[:3])
    assert unevenness(found, 10) > 2 * CRITICAL[9]
