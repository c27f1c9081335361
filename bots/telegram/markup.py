"""Texts as Telegram takes them: its HTML and its lengths. Pure.

Lengths are in units of UTF-16, after the markup was read: that is how Telegram counts.
"""

import re

from bots import lengths

TEXT_MAX = 4096
PARTS_MAX = 8
"""No reply becomes more messages than that; what is longer is cut."""
CODE_MAX = 64
HEX_MAX = lengths.KEPT_MAX

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
    """Pieces of that length at most; what one tap copies stays in one of them."""
    return lengths.split(text, most, PARTS_MAX, _CODE)


def cut(text: str, most: int) -> str:
    """The text, or as much of it as fits."""
    return lengths.cut(text, most, _CODE)
