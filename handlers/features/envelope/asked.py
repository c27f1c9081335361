"""What somebody wants an envelope to be, read from their words; nobody is looked up yet."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.catalogue import Catalogue
from handlers.feature import Command
from handlers.guard import local_time
from handlers.knowledge import everyday, places
from handlers.parse import HEARD_MAX, fold, heard, named, numbers
from handlers.spoken import spoken
from rewards import envelope as rules
from rewards.standing import LEVEL_MAX
from storage.errors import Refusal
from storage.model import ANYBODY, DAY, HOUR, MINUTE, SECOND, Club, Millis, Mode, Terms

TEXT_MAX = 200
KEY_LEAST = 4
"""A shorter 口令 would be said by chance."""
NAMED_MAX = 20
DAYS_MAX = 3_650
SHOWN_MAX = 12

MODES: dict[str, Mode] = {
    "拼手气": "lucky", "温和": "lucky", "lucky": "lucky", "gentle": "lucky",
    "刺激": "wild", "wild": "wild",
    "均分": "equal", "普通": "equal", "equal": "equal",
}  # fmt: skip
EVERYWHERE = ("全部群", "所有群", "everywhere")
FOR = ("给", "专属", "for")
UNITS: dict[str, Millis] = {
    "": SECOND, "秒": SECOND, "s": SECOND, "sec": SECOND,
    "分": MINUTE, "分钟": MINUTE, "m": MINUTE, "min": MINUTE,
    "小时": HOUR, "h": HOUR,
}  # fmt: skip

_NUMBER = r"[+-]?\d[\d,.]{0,39}"
_HEAD = (
    rf"{_NUMBER}\s{{0,4}}(?:分|点)?(?:[\s/,、]{{0,8}}{_NUMBER}\s{{0,4}}(?:个|份)?(?![\d级天秒]))?"
)
_TERM = (
    r"等级|标签|车型|城市|入会|新人|摇号|"
    r"(?i:level|label|car|city|joined|newcomers|draw)"
)
_START = "|".join((*MODES, *EVERYWHERE, *FOR, "@", "口令", "key", _TERM))
ARGUMENTS = (
    rf"[+-]?\d+|(?=.{{0,{TEXT_MAX}}}\Z)"
    rf"(?:{_HEAD}\s{{0,8}}(?i:{_START}).*"
    rf"|{_NUMBER}[\s/,、分点]{{1,8}}{_NUMBER}\s{{0,4}}(?:个|份)?(?:\s.*)?|{_HEAD}\s*)"
)
"""What may follow 红包: a sum, the number of pieces, and how the envelope is to be."""

_HEADS = re.compile(_HEAD.replace(_NUMBER, r"[+-]?\d[\d,.]*"))  # a sum of any length is a sum
_KEY = re.compile(r"(?:^|(?<=[\s\d个份分]))(?:口令|(?i:key))[\s:]*(.*)$", re.DOTALL)
_ASKED = re.compile(rf"({_TERM})[:=]?(.*)")
_LEVEL = re.compile(r"(\d{1,3})级")
_DURATION = re.compile(r"(\d{1,5})(秒|sec|s|分钟|分|min|m|小时|h)?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?前?")
_DAYS = re.compile(r"(\d{1,4})(?:天|days?|d)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """An envelope as it was asked for. `named` are those it is for who are not mentioned."""

    total: int
    pieces: int
    mode: Mode = "lucky"
    terms: Terms = ANYBODY
    everywhere: bool = False
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asker:
    """What reading needs to know of where and when it was asked."""

    club: Club
    now: Millis
    catalogue: Catalogue


def read(argument: str, asker: Asker, mentioned: int = 0, known: Collection[str] = ()) -> Asked:
    """How many were mentioned, and the names they are known by. Raises Refusal for what cannot be
    an envelope and for words that say nothing of one."""
    text = fold(argument)
    head = _HEADS.match(text)
    found = numbers(head.group()) if head else []
    if not head or not found:
        raise Refusal("not_positive")
    words, key = _without_key(text[head.end() :].strip())
    asked = _options(words, Asked(found[0], found[1] if len(found) > 1 else 0), asker)
    asked = replace(asked, named=_by_name(asked.named, mentioned, known))
    meant = len(asked.named) + mentioned
    if meant > NAMED_MAX:
        raise Refusal("too_many_named", most=NAMED_MAX)
    if len(found) < 2:
        rules.check(found[0], 1)
        if not meant:
            raise Refusal("how_many_pieces", total=found[0])
        asked = replace(asked, pieces=meant)
    rules.check(asked.total, asked.pieces)
    return replace(asked, terms=replace(asked.terms, key=key)) if key else asked


def _by_name(said: Sequence[str], mentioned: int, known: Collection[str]) -> tuple[str, ...]:
    """Who is to be looked up by name: also by @ where the platform did not tell who that is."""
    by_at = [name for name in said if name[0] == "@"]
    told = by_at if len(by_at) <= mentioned else [name for name in by_at if name[1:] in known]
    return tuple(named(name) for name in said if name not in told)


def _without_key(text: str) -> tuple[str, str]:
    """The rest of the words, and the 口令, which is all that follows that word."""
    match = _KEY.search(text)
    if match is None:
        return text, ""
    key = " ".join(match.group(1).split())
    if not key:
        raise Refusal("key_what")
    return text[: match.start()], key


def _options(text: str, asked: Asked, asker: Asker) -> Asked:
    words = text.split()
    while words:
        word = words.pop(0)
        low = word.lower()
        if low in MODES:
            asked = replace(asked, mode=MODES[low])
        elif low in EVERYWHERE:
            asked = replace(asked, everywhere=True)
        elif low in FOR:
            names = []
            while words and not _begins(words[0]):
                names += _names(words.pop(0))
            if not names:
                raise Refusal("who")
            asked = replace(asked, named=(*asked.named, *names))
        elif word[0] == "@":
            asked = replace(asked, named=(*asked.named, *_names(word)))
        else:
            asked = replace(asked, terms=_term(word, words, asked.terms, asker))
    return asked


def without_names(text: str) -> str:
    """The same words without those it is for: who they are is kept as ids, and may be forgotten."""
    match = _KEY.search(text)
    key = text[match.start() :] if match else ""
    kept, naming = [], False
    for word in text[: match.start() if match else None].split():
        naming = word.lower() in FOR or (naming and not _begins(word))
        if not naming and word[0] != "@":
            kept.append(word)
    return " ".join((*kept, key)).strip()


def _begins(word: str) -> bool:
    """Whether a word begins something else than a name."""
    low = word.lower()
    said = low in MODES or low in EVERYWHERE or low in FOR
    return said or _ASKED.fullmatch(word) is not None or _LEVEL.fullmatch(word) is not None


def _names(word: str) -> list[str]:
    return [name for name in re.split("[、,]", word) if name.strip("@")]


def _term(word: str, rest: list[str], terms: Terms, asker: Asker) -> Terms:
    match = _ASKED.fullmatch(word)
    level = _LEVEL.fullmatch(word)
    if level:
        return _level(terms, level.group(1), asker)
    if match is None:
        raise Refusal("unknown_option", said=word[:SHOWN_MAX])
    name, value = match.group(1).lower(), match.group(2)
    takes = TERMS[name]
    if takes is _draw:
        if not value and rest and _DURATION.fullmatch(rest[0]):
            value = rest.pop(0)
    elif not value:
        value = rest.pop(0) if rest else ""
    return takes(terms, value, asker)


def _level(terms: Terms, value: str, asker: Asker) -> Terms:
    if not value.isdecimal() or not 1 <= int(value[:4]) <= LEVEL_MAX:
        raise Refusal("no_such_level", most=LEVEL_MAX)
    return replace(terms, level=int(value))


def _label(terms: Terms, value: str, asker: Asker) -> Terms:
    if not value:
        raise Refusal("unknown_option", said="标签")
    return replace(terms, label=value[:SHOWN_MAX])


def _car(terms: Terms, value: str, asker: Asker) -> Terms:
    found = asker.catalogue.find(value)
    if not found:
        raise Refusal("no_such_car", said=value[:SHOWN_MAX])
    return replace(terms, car=found[0])


def _city(terms: Terms, value: str, asker: Asker) -> Terms:
    if not value:
        raise Refusal("unknown_option", said="城市")
    return replace(terms, city=places.city(value)[:SHOWN_MAX])


def _joined(terms: Terms, value: str, asker: Asker) -> Terms:
    """入会30天: for so long at least. 入会2026-05-01: before that day."""
    days, date = _DAYS.fullmatch(value), _DATE.fullmatch(value)
    if days and 0 < int(days.group(1)) <= DAYS_MAX:
        return replace(terms, joined_before=asker.now - int(days.group(1)) * DAY + 1)
    if date:
        year, month, day = date.groups(default="1")
        try:
            zone = local_time(asker.club, asker.now).tzinfo
            moment = datetime(int(year), int(month), int(day), tzinfo=zone)
        except ValueError:
            raise Refusal("no_such_day", said=value[:SHOWN_MAX]) from None
        return replace(terms, joined_before=int(moment.timestamp()) * SECOND)
    raise Refusal("no_such_day", said=value[:SHOWN_MAX])


def _newcomers(terms: Terms, value: str, asker: Asker) -> Terms:
    match = re.fullmatch(r"(?:最多)?(\d{1,3})(?:个|份)?", value)
    if match is None:
        raise Refusal("unknown_option", said=f"新人{value}"[:SHOWN_MAX])
    return replace(terms, newcomers=int(match.group(1)))


def _draw(terms: Terms, value: str, asker: Asker) -> Terms:
    match = _DURATION.fullmatch(value.lower())
    if value and match is None:
        raise Refusal("unknown_option", said=f"摇号{value}"[:SHOWN_MAX])
    after = int(match.group(1)) * UNITS[match.group(2) or ""] if match else rules.DRAW_AFTER
    if not rules.DRAW_AFTER_LEAST <= after <= rules.DRAW_AFTER_MAX:
        least, most = rules.DRAW_AFTER_LEAST // SECOND, rules.DRAW_AFTER_MAX // HOUR
        raise Refusal("draw_when", least=least, most=most)
    return replace(terms, draw_after=after)


TERMS: dict[str, Callable[[Terms, str, Asker], Terms]] = {
    "等级": _level, "level": _level,
    "标签": _label, "label": _label,
    "车型": _car, "car": _car,
    "城市": _city, "city": _city,
    "入会": _joined, "joined": _joined,
    "新人": _newcomers, "newcomers": _newcomers,
    "摇号": _draw, "draw": _draw,
}  # fmt: skip


def check_key(key: str, words: Mapping[str, Command]) -> None:
    """Raises Refusal for a 口令 that would be said by chance, or means something else."""
    letters = heard(key)
    if not letters and len(key) > HEARD_MAX:
        raise Refusal("key_too_long", most=HEARD_MAX)
    if len(letters) < KEY_LEAST:
        raise Refusal("key_too_short", least=KEY_LEAST)
    if letters.isdecimal() or len(set(letters)) <= 2 or everyday.is_everyday(letters):
        raise Refusal("key_is_talk", key=key)
    command = spoken(key, words, addressed=False)
    if key[0] in "/@#" or "#" in key or (command is not None and command.fits):
        raise Refusal("key_is_command", key=key)
