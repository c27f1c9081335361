"""A few of the author's own words, never changed, only cut."""

import re

from handlers.knowledge import tags

QUOTE_MAX = 40

_PIECE = re.compile(r"[^，。！？；!?;\n]+[，。！？；!?;\n]?")
_ELLIPSIS = "…"


def quote(text: str, wanted: frozenset[str] = frozenset(), longest: int = QUOTE_MAX) -> str:
    """The part that speaks most of what is wanted, with … where something was left out."""
    words = " ".join(tags.words(text).split())
    if len(words) <= longest:
        return words
    pieces = [match[0] for match in _PIECE.finditer(words)] or [words]
    best = max(range(len(pieces)), key=lambda place: len(wanted & bigrams(pieces[place])))
    first = last = best
    size = len(pieces[best])
    room = longest - 2 * len(_ELLIPSIS)
    while last + 1 < len(pieces) and size + len(pieces[last + 1]) <= room:
        last += 1
        size += len(pieces[last])
    while first and size + len(pieces[first - 1]) <= room:
        first -= 1
        size += len(pieces[first])
    cut = "".join(pieces[first : last + 1]).strip()
    before = _ELLIPSIS if first else ""
    after = _ELLIPSIS if last + 1 < len(pieces) or len(cut) > room else ""
    return before + cut[:room].rstrip("，；,; ") + after


def bigrams(text: str) -> frozenset[str]:
    """What texts are compared by: pairs of Chinese characters, and whole Latin words."""
    found: set[str] = set()
    for run in re.findall(r"[一-鿿]+|[a-z0-9]{2,}", text.casefold()):
        if run[0].isascii():
            found.add(run)
        elif len(run) > 1:
            found.update(run[at : at + 2] for at in range(len(run) - 1))
    return frozenset(found)
