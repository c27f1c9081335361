"""Envelopes as they are told when they are over, honest and otherwise."""

from copy import deepcopy
from dataclasses import replace

from rewards import luck
from rewards.published import published
from storage.model import Entrant, Envelope, EnvelopeState, Piece, Terms
from tests.support.world import START

CLUB = "club1"


def envelope(dice, number=1, *, drawn=False):
    """One that is over, from the dice: with its pieces and its entrants."""
    pieces = dice.choice([1, 2, 3, dice.randint(1, 20), dice.randint(1, 60)])
    total = pieces + dice.choice([0, 1, dice.randint(0, 100), dice.randint(0, 10**6)])
    mode, seed = dice.choice(list(luck.SPLITS)), dice.randbytes(32)
    terms = Terms(draw_after=60_000, newcomers=dice.choice([None, 0, 1, 3])) if drawn else Terms()
    opened = Envelope(
        number, "pool", "a", mode, total, pieces, seed, "pretend", "group", START, START + 9,
        terms=terms,
    )  # fmt: skip
    entrants = [
        Entrant(place, f"member{dice.getrandbits(40)}-{place}", dice.random() < 0.3)
        for place in range(dice.randint(0, 30) if drawn else 0)
    ]
    amounts = luck.split(mode, total, pieces, seed)
    takers = winners(opened, entrants) if drawn else members(dice.randint(0, pieces))
    taken = [
        Piece(place, amount, takers[place] if place < len(takers) else "")
        for place, amount in enumerate(amounts)
    ]
    return ended(opened, taken, len(entrants)), taken, entrants


def members(number):
    return [f"member{place}" for place in range(number)]


def winners(opened, entrants):
    codes = luck.codes_of(CLUB, opened.number, entrants)
    places = luck.draw(codes, opened.pieces, opened.seed, opened.terms.newcomers)
    return [entrants[place].member for place in places]


def ended(opened, pieces, entered):
    taken = [piece.amount for piece in pieces if piece.member]
    whole = len(taken) == opened.pieces
    state = EnvelopeState.EMPTY if whole else EnvelopeState.EXPIRED
    return replace(opened, taken=len(taken), paid=sum(taken), state=state, entered=entered)


def draw_of(number, pieces, newcomers=None):
    seed = b"s" * 32
    terms = Terms(draw_after=60_000, newcomers=newcomers)
    opened = Envelope(
        1, "pool", "a", "lucky", 60, pieces, seed, "pretend", "group", START, START + 9, terms=terms
    )
    entrants = [Entrant(place, f"member{place}", place % 2 == 1) for place in range(number)]
    takers = winners(opened, entrants)
    amounts = luck.split("lucky", 60, pieces, seed)
    taken = [
        Piece(place, amount, takers[place] if place < len(takers) else "")
        for place, amount in enumerate(amounts)
    ]
    return ended(opened, taken, number), taken, entrants


def changed(numbers, *path, to):
    copy = deepcopy(numbers)
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to(inner[path[-1]]) if callable(to) else to
    return copy


HONEST = published(CLUB, *draw_of(12, 5, newcomers=2))
LIES = {
    **{f"piece {place}": (("amounts", place), lambda amount: amount + 1) for place in range(5)},
    "two pieces": (("amounts",), lambda amounts: amounts[::-1]),
    "a piece less": (("amounts",), lambda amounts: amounts[:-1]),
    "the total": (("total",), 61),
    "the number of pieces": (("pieces",), 6),
    "no pieces": (("pieces",), 0),
    "more pieces than points": (("pieces",), 61),
    "the mode": (("mode",), "wild"),
    "no such mode": (("mode",), "lucki"),
    "the seed": (("seed",), lambda seed: seed[:-1] + "0"),
    "the hash": (("hash",), lambda told: told[:-1] + ("0" if told[-1] != "0" else "1")),
    **{f"entrant {n}": (("draw", "entries", n), "f" * 12) for n in range(12)},
    **{f"winner {n}": (("draw", "drawn", n), "f" * 12) for n in range(5)},
    "an entrant more": (("draw", "entries"), lambda codes: [*codes, "f" * 12]),
    "an entrant less": (("draw", "entries"), lambda codes: codes[:-1]),
    "the order of entry": (("draw", "entries"), lambda codes: codes[::-1]),
    "who was new": (("draw", "entries", 0), lambda code: code + "*"),
    "the order of winners": (("draw", "drawn"), lambda codes: codes[::-1]),
    "a winner less": (("draw", "drawn"), lambda codes: codes[:-1]),
    "how many newcomers": (("draw", "newcomers"), 0),
}
