"""Amounts as members type them."""

from handlers.parse import numbers
from storage.errors import Refusal
from storage.model import POINTS_MAX

SHORT = r"(?=.{0,80}\Z)"
"""Nobody types a longer amount, and on so little text no pattern takes long. Possessive patterns
would do without, but Debian 12's Python 3.11.2 matches them wrongly."""

AMOUNT = rf"{SHORT}[+-]?\d[\d,.]*(?:\s*(?:分|点|(?i:points?)))?"
"""A regular expression for one amount behind a command word."""

TO_SOMEBODY = rf"{SHORT}(?:(?:@\S+\s+)+|[^\s@\d+-]\S{{0,23}}\s+)?{AMOUNT}(?:\s+@\S+)*"
"""The same with a name or mentions before it, or mentions after it."""


def whole(argument: str) -> int:
    """The amount of a command. Raises Refusal for none, several, a fraction, or too much."""
    words = argument.split()
    amounts = [word for word in words if word[0] in "+-" or word[0].isdigit()]
    found = [each for word in amounts for each in numbers(word)]
    if len(found) != 1 or found[0] <= 0:
        raise Refusal("not_positive")
    if found[0] > POINTS_MAX:
        raise Refusal("too_large", most=POINTS_MAX)
    return found[0]
