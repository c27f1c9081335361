"""Red envelopes: how a sum is split, so that luck depends on nothing but the secret seed.

The split is made when the envelope is opened: lucky pieces by the double-mean rule, then shuffled,
so that every place has the same chances even when points are few (figures: docs/ledger.md).
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import count

from storage.errors import Refusal
from storage.model import HOUR, POINTS_MAX, Millis

PIECES_MAX = 500
LIFETIME: Millis = 24 * HOUR


def check(total: int, pieces: int) -> None:
    """Raises Refusal for what cannot be an envelope."""
    if total <= 0 or pieces <= 0:
        raise Refusal("not_positive")
    if pieces > PIECES_MAX:
        raise Refusal("too_many_pieces", most=PIECES_MAX)
    if total > POINTS_MAX:
        raise Refusal("too_large", most=POINTS_MAX)
    if pieces > total:
        raise Refusal("pieces_too_small", total=total, pieces=pieces)


def split_lucky(total: int, pieces: int, seed: bytes) -> list[int]:
    """`pieces` whole amounts of at least 1 that add up to `total`.

    Each but the last is uniform in 1 … 2·rest/left − 1, which leaves at least 1 a piece for the
    others and gives each the same mean; Fisher–Yates then takes away what the order still shows.
    """
    numbers = dice(seed)
    amounts = []
    rest = total
    for left in range(pieces, 1, -1):
        amount = 1 + below(2 * rest // left - 1, numbers)
        amounts.append(amount)
        rest -= amount
    amounts.append(rest)
    for last in range(pieces - 1, 0, -1):
        other = below(last + 1, numbers)
        amounts[last], amounts[other] = amounts[other], amounts[last]
    return amounts


def split_equal(total: int, pieces: int) -> list[int]:
    """As even as whole points allow: the first pieces carry what does not divide."""
    each, more = divmod(total, pieces)
    return [each + 1] * more + [each] * (pieces - more)


def dice(seed: bytes) -> Iterator[int]:
    """64-bit numbers from a seed: the quarters of SHA-256(seed ‖ counter), counter 8 bytes."""
    for block in count():
        digest = sha256(seed + block.to_bytes(8)).digest()
        for start in range(0, 32, 8):
            yield int.from_bytes(digest[start : start + 8])


def below(limit: int, numbers: Iterator[int]) -> int:
    """Uniform in 0 … limit − 1: numbers past the last whole multiple are thrown away."""
    end = (1 << 64) - (1 << 64) % limit
    return next(number for number in numbers if number < end) % limit
