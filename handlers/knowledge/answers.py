"""Questions and shares → an answer made only of what owners said: how many, since when, in whose
words, and who disagrees. Shares without consent count; they are never among those to quote."""

import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from config.catalogue import Catalogue
from handlers.knowledge import tags, wording
from handlers.knowledge.quotes import bigrams
from handlers.knowledge.stance import stance
from handlers.knowledge.tags import Tag
from storage.model import Consent, Share

CARS_MAX = 2
QUOTES_MAX = 3
FIGURE_OWNERS = 3
"""Fewer owners give no figure."""
LOW_SAMPLE = 10
ALIKE_LEAST = 0.5
"""How much of a question without car or topic a share must speak of."""
FAR_OFF = 0.25
"""An owner whose figure is this far from the middle disagrees."""
DISSENT_SHARE, DISSENT_OWNERS = 0.15, 2

_FIGURED = ("油耗", "续航", "电耗", "保养")
_PRICED = ("提车", "卖车")
_COLD_MATTERS = ("续航", "电耗")
_FILLER = re.compile(
    r"怎么样|怎么办|怎么|怎样|什么|多少钱?|请问|大概|一般|现在|有没有|有人|哪个|哪家|哪里|哪儿|如何|是不是|可以|"
    r"能不能|想问|问一?下|问问|大家|各位|车友|车主|谁|知道|会不会|正常|厉害|严重|吗|呢|吧|啊|呀|的|了|我|你|几|是|和|"
    r"跟|比|还是|真实|实际|平均|到底|高不高|大不大|好不好|车|"
    r"\b(?:how|what|is|the|of|my|any|are|does|do|about|much|many|a|an|for|on|in|it|to|and|or|with)\b"
)

Gap = Literal["figures", "few", "temperature", "km", "trim"]
MonthOf = Callable[[Share], str]
"""The month a share speaks of: as told, else when it was said."""


@dataclass(frozen=True, slots=True)
class Question:
    cars: tuple[str, ...]
    topic: Tag | None
    rest: frozenset[str]
    """What else it asks for."""
    danger: bool = False
    brands: tuple[str, ...] = ()
    """Named where no car is."""

    @property
    def wanted(self) -> frozenset[str]:
        words = self.topic.words if self.topic else ()
        return self.rest.union(*(bigrams(word) for word in words))


@dataclass(frozen=True, slots=True)
class Middle:
    """The median and the middle half of one figure an owner."""

    median: float
    low: float
    high: float
    unit: str
    owners: int


@dataclass(frozen=True, slots=True)
class Finding:
    """All that is known of a question; `shares` are the ones to quote, newest first."""

    car: str
    topic: str
    owners: int
    silent: int
    """How many of them only count: none of their words may be quoted."""
    since: str
    until: str
    middle: Middle | None
    shares: tuple[Share, ...]
    against: Share | None
    """The newest share that says otherwise and may be quoted."""
    disagreeing: int
    gap: Gap


def understand(text: str, catalogue: Catalogue) -> Question:
    cars = catalogue.find(text)[:CARS_MAX]
    rest = tags.words(catalogue.rest(text))
    meant = tags.find(text) or tags.meant(rest)
    topic = meant[0] if meant and meant[0].name != tags.GENERAL else None
    for word in (topic.words if topic else ()) + tags.named(tags.GENERAL).words:
        rest = rest.replace(word, " ")
    words = bigrams(_FILLER.sub(" ", rest))
    brands = () if cars else catalogue.brands(text)
    return Question(cars, topic, words, wording.endangers(text), brands)


def narrow(question: Question, own: Sequence[str]) -> Question:
    """A bare question for a figure ("油耗多少") is about the asker's only car."""
    topic = question.topic
    bare = not question.cars and not question.rest and topic is not None
    if bare and topic and topic.name in _FIGURED and len(set(own)) == 1:
        return replace(question, cars=(own[0],))
    return question


def find(question: Question, shares: Iterable[Share], catalogue: Catalogue) -> tuple[Share, ...]:
    """The shares that answer, newest first. A named car (or brand) must be the share's own."""
    covered = {name for car in question.cars for name in catalogue.variants(car)}
    live = [
        share
        for share in shares
        if not share.deleted
        and (not covered or share.facts.car in covered)
        and (not question.brands or catalogue.brand_of(share.facts.car) in question.brands)
        and (question.topic is None or _speaks_of(share, question.topic))
        and _alike(question, share) >= _least(question)
    ]
    if question.cars or question.topic or question.rest:
        return tuple(sorted(live, key=lambda share: (-share.at, -share.number)))
    return ()


def conclude(question: Question, car: str, shares: Sequence[Share], month: MonthOf) -> Finding:
    """What the shares (not none, newest first) say together."""
    topic = question.topic
    latest = _one_each(shares)
    speaking = _one_each(share for share in shares if share.consent >= Consent.CLUB)
    figures = _figures(topic, shares) if car else {}
    middle = _middle(list(figures.values()), _unit(topic)) if topic else None
    others = _disagreeing(middle, figures, latest)
    loud = len(others) >= DISSENT_OWNERS or len(others) >= DISSENT_SHARE * len(latest)
    if not (others and loud and len(others) < len(latest)):
        others = []
    against = next((share for share in others if share.consent >= Consent.CLUB), None)
    months = sorted(month(share) for share in latest)
    quoted = sorted(
        (share for share in speaking if share is not against),
        key=lambda share: -_alike(question, share),
    )[: QUOTES_MAX - (against is not None)]
    return Finding(
        car=car,
        topic=topic.name if topic else "",
        owners=len(latest),
        silent=len(latest) - len(speaking),
        since=months[0],
        until=months[-1],
        middle=middle,
        shares=tuple(sorted(quoted, key=lambda share: (-share.at, -share.number))),
        against=against,
        disagreeing=len(others),
        gap=_gap(topic, latest, middle),
    )


def _least(question: Question) -> float:
    if not question.rest or (question.cars and question.topic):
        return 0
    return ALIKE_LEAST


def _alike(question: Question, share: Share) -> float:
    """How much of what else is asked the share speaks of, from 0 to 1."""
    if not question.rest:
        return 0
    return len(question.rest & bigrams(share.text)) / len(question.rest)


def _speaks_of(share: Share, topic: Tag) -> bool:
    return share.tag == topic.name or tags.speaks_of(share.text, topic)


def _one_each(shares: Iterable[Share]) -> list[Share]:
    """The newest share of each author."""
    latest: dict[str, Share] = {}
    for share in shares:
        latest.setdefault(share.author, share)
    return list(latest.values())


def _unit(topic: Tag | None) -> str:
    if topic is None:
        return ""
    return "yuan" if topic.name in _PRICED else topic.unit


def _figures(topic: Tag | None, shares: Iterable[Share]) -> dict[str, float]:
    """The newest figure of each author."""
    figures: dict[str, float] = {}
    for share in shares:
        value: float | None = None
        if topic and topic.name in _PRICED:
            value = share.facts.price_yuan
        elif topic and topic.name in _FIGURED and share.facts.unit == topic.unit:
            value = share.facts.figure if share.tag == topic.name else None
        if value is not None:
            figures.setdefault(share.author, float(value))
    return figures


def _middle(values: list[float], unit: str) -> Middle | None:
    if len(values) < FIGURE_OWNERS:
        return None
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Middle(median, low, high, unit, len(values))


def _disagreeing(
    middle: Middle | None, figures: dict[str, float], latest: Sequence[Share]
) -> list[Share]:
    """Those who say otherwise than most: by figures where there are any, else by tone."""
    if middle:
        far = {
            author
            for author, value in figures.items()
            if abs(value - middle.median) > FAR_OFF * middle.median
        }
        return [share for share in latest if share.author in far]
    sides: dict[int, list[Share]] = {1: [], -1: []}
    for share in latest:
        if side := stance(share.text):
            sides[side].append(share)
    few, many = sorted(sides.values(), key=len)
    return few if many else []


def _gap(topic: Tag | None, latest: Sequence[Share], middle: Middle | None) -> Gap:
    if topic and topic.name in (*_FIGURED, *_PRICED) and middle is None:
        return "figures"
    if len(latest) < FIGURE_OWNERS:
        return "few"
    if topic and topic.name in _COLD_MATTERS:
        return "temperature"
    return "km" if any(share.facts.km is None for share in latest) else "trim"
