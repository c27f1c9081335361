"""Red envelopes: what may be one, and who may have a piece of it. How luck falls is luck.py."""

from dataclasses import dataclass, field

from storage.errors import Refusal
from storage.model import DAY, HOUR, POINTS_MAX, SECOND, Millis, Terms

PIECES_MAX = 500
LIFETIME: Millis = 24 * HOUR
NEWCOMER_FOR: Millis = 7 * DAY
"""Who has been in the club for less is a newcomer."""

DRAW_AFTER: Millis = 60 * SECOND
DRAW_AFTER_LEAST: Millis = 10 * SECOND
DRAW_AFTER_MAX: Millis = 12 * HOUR
"""An envelope that is drawn ends by its draw, long before it would expire."""


@dataclass(frozen=True, slots=True)
class Taker:
    """What an envelope may ask of who wants a piece. What it does not ask need not be known."""

    member: str
    joined_at: Millis = 0
    level: int = 0
    labels: tuple[str, ...] = ()
    cars: frozenset[str] = field(default_factory=frozenset)
    city: str = ""


def check(total: int, pieces: int) -> None:
    """Raises Refusal for what cannot be an envelope."""
    if total <= 0 or pieces <= 0:
        raise Refusal("not_positive")
    if pieces > PIECES_MAX:
        raise Refusal("too_many_pieces", most=PIECES_MAX)
    if total > POINTS_MAX:
        raise Refusal("too_large", most=POINTS_MAX)
    if pieces > total:
        raise Refusal("pieces_too_small", total=total, pieces=pieces)


def admit(terms: Terms, taker: Taker) -> None:
    """Raises Refusal for the first of the terms that the taker does not meet."""
    if terms.members and taker.member not in terms.members:
        raise Refusal("only_named")
    if taker.level < terms.level:
        raise Refusal("only_level", level=terms.level, yours=taker.level)
    if terms.label and terms.label.casefold() not in map(str.casefold, taker.labels):
        raise Refusal("only_label", label=terms.label)
    if terms.car and terms.car not in taker.cars:
        raise Refusal("only_car", car=terms.car)
    if terms.city and terms.city != taker.city:
        raise Refusal("only_city", city=terms.city)
    if terms.joined_before and taker.joined_at >= terms.joined_before:
        raise Refusal("only_joined")


def is_newcomer(joined_at: Millis, sent_at: Millis) -> bool:
    """Whether a member was a newcomer when an envelope was sent."""
    return sent_at - joined_at < NEWCOMER_FOR
