"""Texts as Telegram takes them: its HTML, its lengths, and where a long one is divided. Pure.

Lengths are in units of UTF-16, after the markup was read: that is how Telegram counts.
"""

import re
import unicodedata
from itertools import takewhile

TEXT_MAX = 4096
PARTS_MAX = 8
"""No reply becomes more messages than that; what is longer is cut."""
ELLIPSIS = "…"
CODE_MAX = 64
HEX_MAX = 256

_CODE = re.compile(
    # What is to be said stands in 「…」, in English in "…" with its slash or tag. A lone English
    # command stays as it is: Telegram itself makes it something to tap, and one tap says it.
    rf"(?<=「)[^「」\n]{{1,{CODE_MAX}}}(?=」)"
    rf'|(?<=")(?:/[a-z_]+ |#)[^"\n]{{1,{CODE_MAX}}}(?=")'
    # Fingerprints and seeds are there to be compared and copied.
    rf"|(?<![0-9A-Za-z_/=])[0-9a-fA-F]{{32,{HEX_MAX}}}(?![0-9A-Za-z_])"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_INVISIBLE = "\u2800\u3164\ufffc"

# A text is divided best behind a paragraph, then a line, a sentence, a word.
_BREAKS = (
    re.compile(r"\n[ \t]*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile(r"[。！？；…][」』”’）】\"')\]]*\s*|[.!?;][\"')\]]*\s+"),
    re.compile(r"[，、：]\s*|\s+"),
)
_UNBROKEN_MAX = 2 * HEX_MAX
"""How far a division moves to spare what belongs together; a longer heap is no emoji, no code."""
_JOINER = "\u200d"


def units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def is_blank(text: str) -> bool:
    """Nothing that anybody could see: Telegram would call it empty."""
    return all(
        unicodedata.category(character)[0] in "ZC" or character in _INVISIBLE for character in text
    )


def html(text: str) -> str:
    """The same text for Telegram; one tap copies what is to be said or compared."""
    text = _LONE_SURROGATE.sub("\ufffd", text)
    shown: list[str] = []
    done = 0
    for code in _CODE.finditer(text):
        shown += escaped(text[done : code.start()]), f"<code>{escaped(code.group())}</code>"
        done = code.end()
    return "".join((*shown, escaped(text[done:])))


def escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def split(text: str, most: int = TEXT_MAX) -> tuple[str, ...]:
    """Pieces of that length at most, which together are the text: nothing is lost at a division.

    Only a text of more than `PARTS_MAX` pieces is cut.
    """
    pieces: list[str] = []
    while len(pieces) < PARTS_MAX - 1 and units(text) > most:
        end = _end(text, most)
        pieces.append(text[:end])
        text = text[end:]
    return (*pieces, cut(text, most))


def cut(text: str, most: int) -> str:
    """The text, or as much of it as fits, ending at a good place with an ellipsis."""
    if units(text) <= most:
        return text
    return text[: _end(text, most - len(ELLIPSIS))].rstrip() + ELLIPSIS


def _end(text: str, most: int) -> int:
    """Where the first piece of a text that is too long ends: as late and as well as can be."""
    last = min(most, len(text) - 1)
    while units(text[:last]) > most:
        last -= max(1, (units(text[:last]) - most) // 2)
    codes = [_with_quotes(code) for code in _CODE.finditer(text[: last + HEX_MAX + 2])]

    def fits(end: int) -> bool:
        in_code = any(begin < end < code_end for begin, code_end in codes)
        return not in_code and not _belongs(text, end)

    # A division in the first half would leave too little in a piece, and need too many of them.
    for breaks in _BREAKS:
        ends = [found.end() for found in breaks.finditer(text[:last])]
        for end in reversed([end for end in ends if end > last // 2]):
            if fits(end):
                return end
    nearby = range(last, max(0, last - _UNBROKEN_MAX), -1)
    return next((end for end in nearby if fits(end)), last)


def _with_quotes(code: re.Match[str]) -> tuple[int, int]:
    begin, end = code.span()
    quoted = code.string[begin - 1 : begin] in ("「", '"')
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
