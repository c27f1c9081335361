"""Luck that anybody can recompute: every split and every draw follows from a seed that is secret
while an envelope is open, whose hash is told when it opens, and which is told when it ends.

Nothing here may ever change for an envelope that was sent: docs/luck.md and the checker beside it
say the same in other words.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import count, pairwise
from typing import TypeVar

from storage.model import Entrant, Mode

T = TypeVar("T")

CODE_LENGTH = 12
"""48 bits: no two entrants of one draw share a code."""
NEWCOMER = "*"
"""Behind the code of who counts among the newcomers of a draw."""


def commitment(seed: bytes) -> bytes:
    """What is told when an envelope opens: SHA-256 of its seed, 32 bytes."""
    return sha256(seed).digest()


def split(mode: Mode, total: int, pieces: int, seed: bytes) -> list[int]:
    """`pieces` whole amounts of at least 1 that add up to `total`, in the order they are taken."""
    return SPLITS[mode](total, pieces, seed)


def split_lucky(total: int, pieces: int, seed: bytes) -> list[int]:
    """拼手气, gentle: double mean, then shuffled.

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
    shuffle(amounts, numbers)
    return amounts


def split_wild(total: int, pieces: int, seed: bytes) -> list[int]:
    """拼手气, wild: a line of `total` points cut at `pieces` − 1 different places.

    The places are drawn by Floyd's method, every set of them as likely as any other, so no piece
    of the line is luckier than the next and nothing needs to be shuffled.
    """
    numbers = dice(seed)
    cuts: set[int] = set()
    for place in range(total - pieces + 1, total):
        cut = 1 + below(place, numbers)
        cuts.add(place if cut in cuts else cut)
    line = [0, *sorted(cuts), total]
    return [end - start for start, end in pairwise(line)]


def split_equal(total: int, pieces: int, seed: bytes = b"") -> list[int]:
    """As even as whole points allow: the first pieces carry what does not divide."""
    del seed
    each, more = divmod(total, pieces)
    return [each + 1] * more + [each] * (pieces - more)


SPLITS: dict[Mode, Callable[[int, int, bytes], list[int]]] = {
    "lucky": split_lucky,
    "wild": split_wild,
    "equal": split_equal,
}


def code_of(club: str, envelope: int, member: str) -> str:
    """How an entrant is called in a draw's published list: the same person has another code in
    every draw, and only who knows the member's id can tell whose it is."""
    return sha256(f"{club}|{envelope}|{member}".encode()).hexdigest()[:CODE_LENGTH]


def codes_of(club: str, envelope: int, entrants: Sequence[Entrant]) -> list[str]:
    """A draw's published list, in the order of entry."""
    return [code_of(club, envelope, each.member) + NEWCOMER * each.newcomer for each in entrants]


def digest_of(entries: Sequence[str]) -> bytes:
    """SHA-256 of a draw's published list: it goes into the books with whoever is drawn."""
    return sha256("\n".join(entries).encode()).digest()


def draw(
    entries: Sequence[str], pieces: int, seed: bytes, newcomers: int | None = None
) -> list[int]:
    """Who is drawn, in order: places in `entries`, the first gets the first piece.

    The entries are hashed in with the seed, so that nobody, whoever knows the seed, can tell the
    outcome before the last has entered. They are shuffled; of the codes that end with `NEWCOMER`
    no more than `newcomers` are drawn.
    """
    order = list(range(len(entries)))
    shuffle(order, dice(sha256(seed + "\n".join(entries).encode()).digest()))
    left = len(entries) if newcomers is None else newcomers
    drawn: list[int] = []
    for place in order:
        if len(drawn) == pieces:
            break
        if entries[place].endswith(NEWCOMER):
            if not left:
                continue
            left -= 1
        drawn.append(place)
    return drawn


def shuffle(items: list[T], numbers: Iterator[int]) -> None:
    """Fisher–Yates, from the last place down."""
    for last in range(len(items) - 1, 0, -1):
        other = below(last + 1, numbers)
        items[last], items[other] = items[other], items[last]


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
