"""Splitting and drawing: nothing lost, nobody without, and the same from the same seed for ever."""

from collections import Counter
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.envelope import PIECES_MAX
from rewards.luck import (
    CODE_LENGTH,
    NEWCOMER,
    SPLITS,
    below,
    code_of,
    codes_of,
    commitment,
    dice,
    draw,
    shuffle,
    split,
    split_equal,
    split_wild,
)
from storage.model import POINTS_MAX, Entrant

SEED = b"s" * 32
SEEDS = [bytes([number]) * 32 for number in range(8)]
NAMES = [code_of("club1", 1, f"member{number}") for number in range(8)]
ENTRIES = [name + NEWCOMER * (place in (1, 2, 5, 6)) for place, name in enumerate(NAMES)]


@st.composite
def asked(draw):
    pieces = draw(st.integers(1, PIECES_MAX))
    return draw(st.integers(pieces, POINTS_MAX)), pieces


def whole(total, pieces, amounts):
    assert len(amounts) == pieces
    assert sum(amounts) == total
    assert min(amounts) >= 1
    assert max(amounts) <= total - (pieces - 1)


# Splitting


@given(st.sampled_from(list(SPLITS)), asked(), st.binary(min_size=32, max_size=32))
def test_pieces_add_up_and_nobody_gets_nothing(mode, asked, seed):
    total, pieces = asked
    whole(total, pieces, split(mode, total, pieces, seed))


@pytest.mark.parametrize("mode", SPLITS)
@pytest.mark.parametrize("pieces", range(1, 31))
def test_every_small_sum_is_split_whole(mode, pieces):
    for total in range(pieces, 61):
        for seed in SEEDS:
            whole(total, pieces, split(mode, total, pieces, seed))


@pytest.mark.parametrize("pieces", [1, 2, 3, 4, 5])
def test_a_wild_split_reaches_its_bounds_and_all_between(pieces):
    """One point for each but one is as possible as anything else."""
    total = 8
    seen = {
        amount
        for n in range(3_000)
        for amount in split_wild(total, pieces, Random(n).randbytes(32))
    }
    most = total - (pieces - 1)
    assert seen == ({total} if pieces == 1 else set(range(1, most + 1)))


@given(asked())
def test_equal_pieces_differ_by_one_point_at_most_the_larger_first(asked):
    total, pieces = asked
    amounts = split_equal(total, pieces)
    whole(total, pieces, amounts)
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[0] - amounts[-1] <= 1


@pytest.mark.parametrize(("mode", "least"), [("lucky", 20), ("wild", 25)])
def test_luck_is_worth_having(mode, least):
    """Were all pieces alike, nobody would call it luck; wild is wilder."""
    amounts = [max(split(mode, 100, 10, Random(n).randbytes(32))) for n in range(200)]
    assert sum(amounts) / len(amounts) > least


# What must never change: anybody may recompute the luck of an old envelope.


@pytest.mark.parametrize(
    ("mode", "total", "pieces", "amounts"),
    [
        ("lucky", 60, 5, [11, 5, 20, 5, 19]),
        ("lucky", 20, 10, [3, 1, 2, 1, 3, 1, 2, 4, 2, 1]),
        ("lucky", POINTS_MAX, 3, [388_265_041, 602_599_301, 9_135_658]),
        ("wild", 60, 5, [5, 2, 8, 8, 37]),
        ("wild", 20, 10, [1, 2, 1, 2, 5, 2, 2, 3, 1, 1]),
        ("wild", POINTS_MAX, 3, [11_520_863, 118_863_578, 869_615_559]),
        ("equal", 60, 5, [12, 12, 12, 12, 12]),
        ("equal", 8, 3, [3, 3, 2]),
        *((mode, 7, 1, [7]) for mode in SPLITS),
    ],
)
def test_the_same_seed_gives_the_same_split_for_ever(mode, total, pieces, amounts):
    assert split(mode, total, pieces, SEED) == amounts


def test_another_seed_gives_another_split():
    for mode in ("lucky", "wild"):
        assert split(mode, 60, 5, SEED) != split(mode, 60, 5, b"t" * 32)


def test_the_same_dice_fall_for_ever():
    first = [0x87699CB9D40CC4A6, 0xEA56914170EC1CE2, 0x067AA6E332DBF52A, 0x17536A3937DA190C]
    assert list(islice(dice(SEED), 5)) == [*first, 0x91477A33E8F4FD46]
    assert commitment(SEED).hex() == (
        "8fd6a6a78f5857d7ba1cfe9033bffeec86da2ba6a4bd60a6f833209d9d3e390d"
    )


@pytest.mark.parametrize(
    ("pieces", "newcomers", "places"),
    [
        (3, None, [4, 3, 1]),
        (3, 1, [4, 3, 1]),
        (3, 0, [4, 3, 7]),
        (8, None, [4, 3, 1, 2, 7, 5, 6, 0]),
        (8, 2, [4, 3, 1, 2, 7, 0]),
        (9, None, [4, 3, 1, 2, 7, 5, 6, 0]),
        (1, None, [4]),
    ],
)
def test_the_same_seed_and_entrants_give_the_same_draw_for_ever(pieces, newcomers, places):
    assert draw(ENTRIES, pieces, SEED, newcomers) == places


def test_an_entrant_has_the_same_code_for_ever_and_another_in_every_draw():
    assert NAMES[:2] == ["a901f36d7e50", "652bf33ad293"]
    others = [("club2", 1, "member0"), ("club1", 2, "member0"), ("club1", 1, "member9")]
    codes = {code_of(*each) for each in others} | {NAMES[0]}
    assert len(codes) == 4
    assert {len(code) for code in codes} == {CODE_LENGTH}


# Draws


def test_entrants_are_listed_by_their_codes_in_the_order_of_entry():
    entrants = [
        Entrant(place, f"member{place}", newcomer=NEWCOMER in code)
        for place, code in enumerate(ENTRIES)
    ]
    assert codes_of("club1", 1, entrants) == ENTRIES


@given(
    st.lists(st.booleans(), max_size=30),
    st.integers(1, 40),
    st.none() | st.integers(0, 30),
    st.binary(min_size=32, max_size=32),
)
def test_as_many_are_drawn_as_can_be_and_nobody_twice(newcomers, pieces, most, seed):
    listed = [f"{place:012d}{NEWCOMER * new}" for place, new in enumerate(newcomers)]
    places = draw(listed, pieces, seed, most)
    new = sum(newcomers)
    may = len(listed) if most is None else len(listed) - new + min(new, most)
    assert len(places) == len(set(places)) == min(pieces, may)
    assert most is None or sum(newcomers[place] for place in places) <= most


def test_whoever_enters_last_may_change_it_for_everybody():
    """So nobody, though they know the seed, knows the outcome before."""
    outcomes = {tuple(draw([*NAMES, f"late{n}"], 3, SEED)) for n in range(40)}
    assert len(outcomes) > 30
    assert len({tuple(draw([*NAMES[:n], "x", *NAMES[n:]], 3, SEED)) for n in range(9)}) > 1


# Dice


def test_dice_are_uniform_below_any_limit():
    assert below(3, iter([2**64 - 1, 5])) == 2  # the first is past the last whole multiple
    assert below(3, iter([2**64 - 2])) == 2  # the last one that is not
    assert below(1, iter([7])) == 0
    assert below(2**63, iter([2**63 + 5])) == 5
    assert below(2**64, iter([2**64 - 1])) == 2**64 - 1
    thrown = Counter(below(6, dice(bytes([n]))) for n in range(256))
    assert set(thrown) == set(range(6))


def test_dice_go_on_past_the_first_block():
    numbers = list(islice(dice(b"s"), 12))
    assert len(set(numbers)) == 12
    assert all(0 <= number < 2**64 for number in numbers)


def test_a_shuffle_exchanges_each_place_with_one_that_is_left():
    items, numbers = list("abcd"), iter([0, 0, 0, 7])
    shuffle(items, numbers)
    assert items == list("bcda")
    assert next(numbers) == 7  # the last is not exchanged with itself
