"""Check the luck of a red envelope: python3 verify_envelope.py FILE (or the numbers on stdin).

What docs/luck.md says, a second time: it needs Python 3.9, and nothing of carclub.
"""

import json
import sys
from hashlib import sha256


def dice(seed):
    """Numbers of 64 bits: the quarters of SHA-256(seed + counter), counter 8 bytes from 0."""
    counter = 0
    while True:
        block = sha256(seed + counter.to_bytes(8, "big")).digest()
        yield from (int.from_bytes(block[start : start + 8], "big") for start in (0, 8, 16, 24))
        counter += 1


def below(limit, numbers):
    """One of 0 ... limit - 1. What lies past the last whole multiple of the limit is thrown away,
    so that none of them is likelier than another."""
    number = next(numbers)
    while number >= 2**64 // limit * limit:
        number = next(numbers)
    return number % limit


def shuffle(items, numbers):
    for last in range(len(items) - 1, 0, -1):
        other = below(last + 1, numbers)
        items[last], items[other] = items[other], items[last]


def amounts(mode, total, pieces, seed):
    """What each piece is worth, in the order they are taken."""
    numbers = dice(seed)
    if mode == "equal":
        return [total // pieces + (place < total % pieces) for place in range(pieces)]
    if mode == "wild":
        cuts = set()
        for place in range(total - pieces + 1, total):
            cut = 1 + below(place, numbers)
            cuts.add(place if cut in cuts else cut)
        line = sorted([0, *cuts, total])
        return [line[place + 1] - line[place] for place in range(pieces)]
    split = []
    for left in range(pieces, 1, -1):
        split.append(1 + below((total - sum(split)) * 2 // left - 1, numbers))
    split.append(total - sum(split))
    shuffle(split, numbers)
    return split


def drawn(entries, pieces, seed, newcomers=None):
    """Whose codes are drawn, the first piece first; at most so many newcomers, if that is said."""
    order = list(entries)
    shuffle(order, dice(sha256(seed + "\n".join(entries).encode()).digest()))
    chosen, new = [], 0
    for code in order:
        if newcomers is None or not code.endswith("*") or new < newcomers:
            chosen.append(code)
            new += code.endswith("*")
    return chosen[:pieces]


def check(published):
    """The first thing that does not fit, "" when all does."""
    if "seed" not in published:
        return "no seed yet: the envelope is still open"
    seed, mode, draw = bytes.fromhex(published["seed"]), published["mode"], published.get("draw")
    total, pieces = published["total"], published["pieces"]
    if sha256(seed).hexdigest() != published["hash"]:
        return "the seed is not the one whose hash was told"
    if mode not in ("lucky", "wild", "equal") or not 0 < pieces <= total:
        return "there can be no such envelope"
    split = amounts(mode, total, pieces, seed)
    if split != published["amounts"]:
        return f"the seed gives other amounts: {split}"
    return check_draw(draw["entries"], pieces, seed, draw) if draw else ""


def check_draw(entries, pieces, seed, draw):
    if len({code.rstrip("*") for code in entries}) != len(entries):
        return "somebody is in the draw twice"
    chosen = drawn(entries, pieces, seed, draw["newcomers"])
    return "" if chosen == draw["drawn"] else f"the seed draws others: {chosen}"


def main(arguments):
    try:
        with open(arguments[0], encoding="utf-8") if arguments else sys.stdin as file:
            wrong = check(json.load(file))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        wrong = f"these are not an envelope's numbers: {error!r}"
    print(wrong or "ok")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
