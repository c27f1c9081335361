"""Numbers as people write them: 3.2万, 15万8, 三万二, 6-7, 1,200. Each with where it stands."""

import re
from dataclasses import dataclass
from itertools import islice

VALUE_MAX = 100_000_000
AMOUNTS_MAX = 100
"""Nobody tells more of one car in one message."""

_DIGITS = "零〇一二两三四五六七八九"
_HANZI = rf"(?:[{_DIGITS}][{_DIGITS}十百千]{{0,8}}|十[{_DIGITS}]?)(?:点[{_DIGITS}]{{1,2}})?"
_PLAIN = rf"(?:\d{{1,9}}(?:,\d{{3}}){{0,3}}(?:\.\d{{1,3}})?|{_HANZI})"
_MYRIAD = r"[ ]?(?:万|[wW](?![A-Za-z0-9]))"
_TAIL = rf"(?:\d{{1,4}}|{_HANZI})千?(?![\d.]|[ ]?(?:个|年|月|天|次|号|日|折|公里时))"
_NUMBER = rf"{_PLAIN}(?:{_MYRIAD}(?:{_TAIL})?)?"
# A figure behind a letter belongs to a name (C260L, A4L); 几十 is no number.
_TOKEN = re.compile(
    rf"(?<![A-Za-z\d.几数第])({_NUMBER})(?:[ ]?[-~—到至][ ]?({_NUMBER}))?(?:(?<=[万wW])|(?!\d))"
)
_PARTS = re.compile(rf"({_PLAIN})(?:({_MYRIAD})({_TAIL})?)?")


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` is the middle where a range was given."""

    start: int
    end: int
    value: float
    myriad: bool
    """It was told in 万."""


def find(text: str) -> tuple[Amount, ...]:
    """All numbers of a text of half-width characters, in order."""
    found = []
    for match in islice(_TOKEN.finditer(text), AMOUNTS_MAX):
        low, myriad = _read(match[1])
        high, also = _read(match[2]) if match[2] else (low, myriad)
        if also and not myriad:  # "2-3万"
            low *= 10_000
        if match[2] and not low <= high:  # "5-2" is no range
            high = low
        if high <= VALUE_MAX:
            value = round((low + high) / 2, 3)
            found.append(Amount(match.start(), match.end(), value, also))
    return tuple(found)


def _read(number: str) -> tuple[float, bool]:
    match = _PARTS.fullmatch(number)
    if match is None:
        return 0.0, False
    value = _plain(match[1])
    if not match[2]:
        return value, False
    return value * 10_000 + (_tail(match[3]) if match[3] else 0.0), True


def _tail(tail: str) -> float:
    """What stands behind 万: a lone figure counts thousands (15万8)."""
    thousands = tail.endswith("千") and len(tail) > 1
    value = _plain(tail[:-1] if thousands else tail)
    return value * 1000 if thousands or value < 10 else value


def _plain(number: str) -> float:
    if number[0].isascii():
        return float(number.replace(",", ""))
    whole, _, part = number.partition("点")
    return float(f"{_hanzi(whole)}.{''.join(str(_digit(c)) for c in part) or 0}")


def _hanzi(number: str) -> int:
    """千三百 style with its short form: 三千二 is 3200, 二〇二六 is 2026."""
    if not any(unit in number for unit in "十百千"):
        return int("".join(str(_digit(c)) for c in number))
    total, digit, last = 0, 0, 1
    for character in number:
        unit = {"十": 10, "百": 100, "千": 1000}.get(character)
        if unit:
            total += (digit or 1) * unit
            digit, last = 0, unit
        else:
            digit = _digit(character)
            last = 1 if character in "零〇" else last
    return total + digit * (last // 10 or 1)


def _digit(character: str) -> int:
    return {"〇": 0, "两": 2}.get(
        character, _DIGITS.replace("〇", "").replace("两", "").find(character)
    )
