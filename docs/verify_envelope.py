"""Check the luck of a red envelope: python3 verify_envelope.py FILE (or the numbers on stdin).

What docs/luck.md says, in Python 3.9 or newer; it needs nothing of carclub.
"""

import fileinput
import json
import sys
from hashlib import sha256


def dice(seed):
    for counter in range(2**64):
        block = sha256(seed + counter.to_bytes(8, "big")).digest()
        yield from (int.from_bytes(block[start : start + 8], "big") for start in (0, 8, 16, 24))


def below(limit, numbers):
    return next(number for number in numbers if number < 2**64 // limit * limit) % limit


def shuffled(items, numbers):
    items = list(items)
    for last in range(len(items) - 1, 0, -1):
        other = below(last + 1, numbers)
        items[last], items[other] = items[other], items[last]
    return items


def amounts(mode, total, pieces, seed):
    numbers, split = dice(seed), []
    if mode == "equal":
        return [total // pieces + (place < total % pieces) for place in range(pieces)]
    if mode == "wild":
        cuts = {0, total}
        for place in range(total - pieces + 1, total):
            cut = 1 + below(place, numbers)
            cuts.add(place if cut in cuts else cut)
        line = sorted(cuts)
        return [line[piece + 1] - line[piece] for piece in range(pieces)]
    for left in range(pieces, 1, -1):
        split.append(1 + below(2 * (total - sum(split)) // left - 1, numbers))
    return shuffled([*split, total - sum(split)], numbers)


def drawn(entries, pieces, seed, newcomers=None):
    order = shuffled(entries, dice(sha256(seed + "\n".join(entries).encode()).digest()))
    new = [code for code in order if code.endswith("*")]
    passed_over = set() if newcomers is None else set(new[newcomers:])
    return [code for code in order if code not in passed_over][:pieces]


def check(told):
    """The first thing that does not fit, "" when all does."""
    if "seed" not in told:
        return "no seed yet: the envelope is still open"
    seed, pieces, draw = bytes.fromhex(told["seed"]), told["pieces"], told.get("draw")
    if sha256(seed).hexdigest() != told["hash"]:
        return "the seed is not the one whose hash was told"
    if told["mode"] not in ("lucky", "wild", "equal") or not 0 < pieces <= told["total"]:
        return "there can be no such envelope"
    if amounts(told["mode"], told["total"], pieces, seed) != told["amounts"]:
        return "the seed gives other amounts"
    if draw and len({code.rstrip("*") for code in draw["entries"]}) != len(draw["entries"]):
        return "somebody is in the draw twice"
    if draw and drawn(draw["entries"], pieces, seed, draw["newcomers"]) != draw["drawn"]:
        return "the seed draws others"
    return ""


if __name__ == "__main__":
    try:
        wrong = check(json.loads("".join(fileinput.input())))
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        wrong = f"these are not an envelope's numbers: {error!r}"
    print(wrong or "ok")
    sys.exit(1 if wrong else 0)
