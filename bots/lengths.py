"""How long a text is for chat platforms, and where a long one is divided. Pure.

Lengths are in units of UTF-16, as most platforms count; none counts more.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import takewhile

ELLIPSIS = "…"
KEPT_MAX = 256
"""What is not to be divided is no longer than that."""
NOTHING = re.compile(r"(?!)")
"""No part of the text must stay whole."""

INVISIBLE = re.compile(
    "[\u00ad\u115f\u1160\u180e\u2061-\u2065\u206a-\u206f\u2800\u3164\uffa0\ufff9-\ufffc]"
)
"""Letters and marks that show nothing, beside those that `parse.clean_text` takes away."""

_EMPTY = "\u2800\u3164\ufffc"
_JOINER = "\u200d"
# A text is divided best behind a paragraph, then a line, a sentence, a word.
_BREAKS = (
    re.compile(r"\n[ \t]*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile(r"[。！？；…][」』”’）】\"')\]]*\s*|[.!?;][\"')\]]*\s+"),
    re.compile(r"[，、：]\s*|\s+"),
)
_UNBROKEN_MAX = 2 * KEPT_MAX
"""How far a division moves to spare what belongs together; a longer heap is no emoji, no code."""


def units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def is_blank(text: str) -> bool:
    """Nothing that anybody could see: platforms would call it empty."""
    return all(
        unicodedata.category(character)[0] in "ZC" or character in _EMPTY for character in text
    )


def split(
    text: str, most: int, parts_max: int, whole: re.Pattern[str] = NOTHING
) -> tuple[str, ...]:
    """Pieces of that length at most, which together are the text: nothing is lost at a division.

    Only a text of more than `parts_max` pieces is cut. What `whole` finds stays in one piece, with
    the quotation marks around it.
    """
    pieces: list[str] = []
    while len(pieces) < parts_max - 1 and units(text) > most:
        end = _end(text, most, whole)
        pieces.append(text[:end])
        text = text[end:]
    return (*pieces, cut(text, most, whole))


def cut(text: str, most: int, whole: re.Pattern[str] = NOTHING) -> str:
    """The text, or as much of it as fits, ending at a good place with an ellipsis."""
    if units(text) <= most:
        return text
    return text[: _end(text, most - len(ELLIPSIS), whole)].rstrip() + ELLIPSIS


def _end(text: str, most: int, whole: re.Pattern[str]) -> int:
    """Where the first piece of a text that is too long ends: as late and as well as can be."""
    last = min(most, len(text) - 1)
    while units(text[:last]) > most:
        last -= max(1, (units(text[:last]) - most) // 2)
    kept = [_with_quotes(found) for found in whole.finditer(text[: last + KEPT_MAX + 2])]

    def fits(end: int) -> bool:
        return not _is_inside(end, kept) and not _belongs(text, end)

    # A division in the first half would leave too little in a piece, and need too many of them.
    for breaks in _BREAKS:
        ends = [found.end() for found in breaks.finditer(text[:last])]
        for end in reversed([end for end in ends if end > last // 2]):
            if fits(end):
                return end
    nearby = range(last, max(0, last - _UNBROKEN_MAX), -1)
    return next((end for end in nearby if fits(end)), last)


def _is_inside(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(begin < place < end for begin, end in spans)


def _with_quotes(found: re.Match[str]) -> tuple[int, int]:
    begin, end = found.span()
    quoted = found.string[begin - 1 : begin] in ("「", '"')
    return (begin - 1, end + 1) if quoted else (begin, end)


def _belongs(text: str, at: int) -> bool:
    """Whether the characters before and at this place are seen as one."""
    before, after = text[at - 1], text[at]
    if _is_flag(before) and _is_flag(after):
        run = sum(1 for _ in takewhile(_is_flag, reversed(text[:at])))
        return run % 2 == 1
    return (
        _JOINER in (before, after)
        or unicodedata.category(after)[0] == "M"  # accents, and what makes a sign an emoji
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # the colour of skin
        or "\U000e0020" <= after <= "\U000e007f"  # which part of a country a flag is of
        or (before == "\r" and after == "\n")
    )


def _is_flag(character: str) -> bool:
    """Half of a flag: two of them are one country."""
    return "\U0001f1e6" <= character <= "\U0001f1ff"
