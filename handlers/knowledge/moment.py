"""When something happened, as far as the text tells."""

import re
from datetime import date, timedelta

YEARS_MAX = 30

_FULL = re.compile(
    r"(?<!\d)(20\d\d|[0-3]\d)[年./\-](1[0-2]|0?[1-9])(?!\d)(?:[月./\-]([0-3]?\d)(?!\d))?"
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)年(?!款)")
_MONTH = re.compile(
    r"(?:(今年|去年|前年)|(?<![\d.年]))(1[0-2]|0?[1-9])月(?:([0-3]?\d)[日号])?(?!的?保)"
)
_DAYS = (("大前天", 3), ("前天", 2), ("昨天", 1), ("昨晚", 1), ("今天", 0), ("刚刚", 0))
_YEARS = (("前年", 2), ("去年", 1), ("今年", 0))


def told(text: str, today: date) -> str:
    """ISO 8601, as exact as told and never after today; empty when nothing is told."""
    return _full(text, today) or _month(text, today) or _relative(text, today)


def _full(text: str, today: date) -> str:
    for match in _FULL.finditer(text):
        separated = match[0][len(match[1])]
        if separated != "年" and len(match[1]) == 2:
            continue  # "3.5" and "12-1" are other things
        if separated == "." and not match[3] and text[match.end() :][:1] not in ("月", ""):
            continue
        year = int(match[1]) + (2000 if len(match[1]) == 2 else 0)
        iso = _iso(year, int(match[2]), int(match[3]) if match[3] else 0, today)
        if iso:
            return iso
    return ""


def _month(text: str, today: date) -> str:
    for match in _MONTH.finditer(text):
        back = dict(_YEARS).get(match[1], 0)
        month, day = int(match[2]), int(match[3]) if match[3] else 0
        if not match[1] and month > today.month:
            back = 1  # the last such month
        iso = _iso(today.year - back, month, day, today)
        if iso:
            return iso
    return ""


def _relative(text: str, today: date) -> str:
    for word, days in _DAYS:
        if word in text:
            return (today - timedelta(days=days)).isoformat()
    if "上个月" in text or "上月" in text:
        return (today.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    if "这个月" in text or "本月" in text:
        return today.isoformat()[:7]
    year = _YEAR.search(text)
    if year and today.year - YEARS_MAX <= int(year[1]) <= today.year:
        return year[1]
    for word, back in _YEARS:
        if word in text:
            return str(today.year - back)
    return ""


def _iso(year: int, month: int, day: int, today: date) -> str:
    try:
        when = date(year, month, day or 1)
    except ValueError:
        return ""
    if when > today or year < today.year - YEARS_MAX:
        return ""
    return when.isoformat() if day else when.isoformat()[:7]
