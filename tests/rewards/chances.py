"""Is it chance? Pearson's χ² with its critical values, and what an envelope's places are worth."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import comb
from random import Random
from typing import Any

CRITICAL = {3: 16.27, 5: 20.52, 9: 27.88, 19: 43.82}
"""What χ² exceeds by chance once in a thousand times, by its degrees of freedom."""

Split = Callable[[int, int, bytes], list[int]]


def chi_squared(observed: Iterable[float], expected: Iterable[float]) -> float:
    pairs = zip(observed, expected, strict=True)
    return sum((seen - due) ** 2 / due for seen, due in pairs)


def unevenness(counts: Mapping[Any, int], kinds: int) -> float:
    """χ² of counts of so many kinds that should all be equally frequent."""
    missing = kinds - len(counts)
    each = sum(counts.values()) / kinds
    return chi_squared([*counts.values(), *[0] * missing], [each] * kinds)


@dataclass(frozen=True, slots=True)
class Places:
    """How unevenly luck fell on an envelope's places: each is χ² of one less than the places."""

    sums: float
    """Of what each place got. Were the places of each envelope exchanged at random, their sums
    would have the covariance Σ s² · (I − J/n), s² being each envelope's own variance; so
    Σ (sum − mean)² / Σ s² is χ² (it is Friedman's statistic, with points for ranks)."""
    best: float
    """Of who had the largest piece, a tie broken by lot."""
    earliest: float
    """The same with the earlier place winning a tie, against what that is worth: see `first_of`."""
    advantage: float
    """How much likelier the first place is the best than 1/n, because it wins ties."""


@cache  # several tests look at different sides of the same many envelopes
def places_of(split: Split, total: int, pieces: int, rounds: int) -> Places:
    dice, worth = (
        Random(f"{total}/{pieces}"),
        [first_of(pieces, ties) for ties in range(pieces + 1)],
    )
    sums, within = [0] * pieces, 0.0
    best: Counter[int] = Counter()
    earliest, due = [0] * pieces, [0.0] * pieces
    for _ in range(rounds):
        amounts = split(total, pieces, dice.randbytes(32))
        sums = [before + amount for before, amount in zip(sums, amounts, strict=True)]
        within += sum((amount - total / pieces) ** 2 for amount in amounts) / (pieces - 1)
        winners = [place for place, amount in enumerate(amounts) if amount == max(amounts)]
        best[dice.choice(winners)] += 1
        earliest[winners[0]] += 1
        due = [before + more for before, more in zip(due, worth[len(winners)], strict=True)]
    mean = rounds * total / pieces
    possible = [place for place in range(pieces) if due[place]]
    return Places(
        sum((each - mean) ** 2 for each in sums) / within if within else 0.0,
        unevenness(best, pieces),
        chi_squared([earliest[place] for place in possible], [due[place] for place in possible]),
        earliest[0] / rounds * pieces,
    )


def first_of(pieces: int, ties: int) -> Sequence[float]:
    """How likely each place is the first of `ties` places that were chosen at random."""
    if not ties:
        return [0.0] * pieces
    return [comb(pieces - 1 - place, ties - 1) / comb(pieces, ties) for place in range(pieces)]
