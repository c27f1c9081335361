"""Numbers as people type them in a chat. Pure.

Two questions: is this message a number and nothing more, so that it may choose something? And
which numbers does ordinary talk give a meaning to (「来的扣1」, 「1. 周六 2. 周日」), so that who
says them next answers that?
"""

import re

from handlers.parse import UNSEEN, fold

CHOOSING_MAX = 16
"""Letters of a message that only chooses."""
READ_FIRST = 10_000
READ_LAST = 1_000
"""Of a longer text only its beginning and its end are looked at: lists begin there, and what is to
be answered is asked at the end."""

_ENCLOSED = re.compile("[\u2460-\u249b]")
"""①, ⑴ and ⒈: each is a number of its own, ①② is not 12."""
_DRESS = re.compile("[\ufe0e\ufe0f\u20e3]")
"""What makes 1️⃣ of a 1."""
_CHOOSING = re.compile(r"(?:我?选择?|回复)?\s*[(【\[]?\s*(\S{1,3}?)\s*[)】\]]?\s*[.,、。!]?")
_DIGITS = re.compile("[1-9][0-9]?")
_NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九十", 1)}

# Part of a larger figure is what has more digits, a decimal, a time, a date, a model's name, or a
# unit behind it. A doubtful one counts as named: then who means the offer quotes it.
_UNITS = "公里|千米|米|km|kw|[万千百亿元块毛分升度℃年月日天次岁秒]|小时|钟头"
_NAMED = re.compile(
    r"(?<![0-9A-Za-z第])(?<![0-9][.:/])([1-9][0-9]?)"
    rf"(?![0-9A-Za-z%])(?![.:/][0-9])(?!,[0-9]{{3}})(?!\s?(?:{_UNITS}))"
)
_ASKED_FOR = re.compile(r"[扣打回敲按选刷发报复]\s?([一二三四五六七八九十])")
_ANSWER = re.compile(r"\s*[1-9][0-9]?(?![0-9]|\s*[.、:=)>\-是代为])")


def number(text: str, *, quoting: bool = False) -> int:
    """The number that a message is and nothing more; 0 for any other.

    Bare or dressed (`1`, `１`, `①`, `1️⃣`, `1.`, `1、`, `(1)`), or said to be chosen (`选1`,
    `回复1`). Chinese numerals only where the message quotes another: 一 alone is too often a word.
    """
    if len(text) > CHOOSING_MAX:
        return 0
    found = _CHOOSING.fullmatch(_plain(text).strip())
    if found is None:
        return 0
    if _DIGITS.fullmatch(found[1]):
        return int(found[1])
    return _NUMERALS.get(found[1], 0) if quoting else 0


def named(text: str) -> frozenset[int]:
    """The numbers that ordinary talk gives a meaning to; none where it is a number itself, or
    answers with one (「1 谢谢」).

    For talk only: what is asked of the bot (「红包 60 5」) names nothing, as its caller knows.
    """
    if number(text, quoting=True):
        return frozenset()
    if len(text) > READ_FIRST + READ_LAST:
        text = f"{text[:READ_FIRST]}\n{text[-READ_LAST:]}"
    text = _plain(text)
    digits = [int(found) for found in _NAMED.findall(text)]
    if len(digits) == 1 and _ANSWER.match(text):
        digits = []
    return frozenset([*digits, *(_NUMERALS[found] for found in _ASKED_FOR.findall(text))])


def _plain(text: str) -> str:
    return _DRESS.sub("", UNSEEN.sub("", fold(_ENCLOSED.sub(r" \g<0> ", text))))
