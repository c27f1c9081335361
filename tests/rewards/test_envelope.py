"""How a sum is split: nothing lost, nobody without, and every place as lucky as the others."""

from collections import Counter
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.envelope import PIECES_MAX, below, check, dice, split_equal, split_lucky
from storage.errors import Refusal
from storage.model import POINTS_MAX

GOLDEN = [11, 5, 20, 5, 19]
SEEDS = [bytes([number]) * 32 for number in range(8)]


@st.composite
def asked(draw):
    pieces = draw(st.integers(1, PIECES_MAX))
    return draw(st.integers(pieces, POINTS_MAX)), pieces


def whole(total, pieces, amounts):
    assert len(amounts) == pieces
    assert sum(amounts) == total
    assert min(amounts) >= 1
    assert max(amounts) <= total - (pieces - 1)


@given(asked(), st.binary(min_size=32, max_size=32))
def test_pieces_add_up_and_nobody_gets_nothing(asked, seed):
    total, pieces = asked
    whole(total, pieces, split_lucky(total, pieces, seed))


@pytest.mark.parametrize("pieces", range(1, 31))
def test_every_small_sum_is_split_whole(pieces):
    for total in range(pieces, 61):
        for seed in SEEDS:
            whole(total, pieces, split_lucky(total, pieces, seed))
        whole(total, pieces, split_equal(total, pieces))


@given(asked())
def test_equal_pieces_differ_by_one_point_at_most_the_larger_first(asked):
    total, pieces = asked
    amounts = split_equal(total, pieces)
    whole(total, pieces, amounts)
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[0] - amounts[-1] <= 1


def test_the_same_seed_gives_the_same_split_for_ever():
    """Anyone may recompute the luck of an old envelope from its seed: this must never change."""
    assert split_lucky(60, 5, b"s" * 32) == GOLDEN
    assert split_lucky(60, 5, b"t" * 32) != GOLDEN


def others_split(total, pieces, seed):
    """The same written by somebody who only read the documents."""
    from hashlib import sha256

    block = 0
    numbers: list[int] = []

    def draw(limit):
        nonlocal block
        while True:
            if not numbers:
                digest = sha256(seed + block.to_bytes(8, "big")).digest()
                numbers.extend(int.from_bytes(digest[i : i + 8], "big") for i in (0, 8, 16, 24))
                block += 1
            number = numbers.pop(0)
            if number < 2**64 - 2**64 % limit:
                return number % limit

    amounts, rest = [], total
    for left in range(pieces, 1, -1):
        amounts.append(1 + draw(2 * rest // left - 1))
        rest -= amounts[-1]
    amounts.append(rest)
    for i in range(pieces - 1, 0, -1):
        j = draw(i + 1)
        amounts[i], amounts[j] = amounts[j], amounts[i]
    return amounts


@given(asked(), st.binary(min_size=32, max_size=32))
def test_anybody_can_recompute_a_split(asked, seed):
    total, pieces = asked
    assert others_split(total, pieces, seed) == split_lucky(total, pieces, seed)


@pytest.mark.parametrize(("total", "pieces"), [(20, 10), (11, 10), (100, 20), (10_000, 10)])
def test_no_place_is_luckier_than_another(total, pieces):
    """Means and chances of the best piece, by place; the bound is five standard errors."""
    random, rounds = Random(1), 6_000
    sums, squares = [0] * pieces, 0
    best: Counter[int] = Counter()
    for _ in range(rounds):
        amounts = split_lucky(total, pieces, random.randbytes(32))
        sums = [so_far + amount for so_far, amount in zip(sums, amounts, strict=True)]
        squares += sum(amount * amount for amount in amounts)
        winners = [place for place, amount in enumerate(amounts) if amount == max(amounts)]
        best[random.choice(winners)] += 1
    mean = total / pieces
    deviation = (squares / (rounds * pieces) - mean**2) ** 0.5
    for total_of_place in sums:
        assert abs(total_of_place / rounds - mean) <= 5 * deviation / rounds**0.5
    chance = 1 / pieces
    for place in range(pieces):
        error = (chance * (1 - chance) / rounds) ** 0.5
        assert abs(best[place] / rounds - chance) <= 5 * error


def test_luck_is_worth_having():
    """Were all pieces alike, nobody would call it luck."""
    amounts = [max(split_lucky(100, 10, Random(n).randbytes(32))) for n in range(200)]
    assert sum(amounts) / len(amounts) > 20


def test_dice_are_uniform_below_any_limit():
    assert below(3, iter([2**64 - 1, 5])) == 2  # the first is past the last whole multiple
    assert below(1, iter([7])) == 0
    assert below(2**63, iter([2**63 + 5])) == 5
    thrown = Counter(below(6, dice(bytes([n]))) for n in range(256))
    assert set(thrown) == set(range(6))


def test_dice_go_on_past_the_first_block():
    numbers = list(islice(dice(b"s"), 12))
    assert len(set(numbers)) == 12
    assert all(0 <= number < 2**64 for number in numbers)


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
