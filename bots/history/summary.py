"""What came of an import, in a few lines for the operator: numbers, tags and cars."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from handlers.past import Skipped, Tally
from storage.model import SECOND, Millis

SHOWN_MAX = 8
"""Of many cars the first are shown."""
REASONS: dict[Skipped, str] = {
    "talk": "ordinary talk",
    "wordless": "without words",
    "service": "service messages",
    "forwarded": "forwarded",
    "command": "commands",
    "bot": "of bots",
    "nobody": "of channels",
    "left out": "left out",
    "forgotten": "of people who were forgotten",
    "too_long": "too long",
    "too_short": "too short",
    "a_question": "questions",
    "wording": "insulting",
    "damaged": "damaged",
}


def summary(tally: Tally, took: Millis) -> Iterator[str]:
    span = f", {_day(tally.since)} to {_day(tally.until)}" if tally.until else ""
    yield f"{tally.read:,} messages of {len(tally.people):,} people{span}"
    new, known = tally.outcomes["new"], tally.outcomes["known"]
    yield f"{new + known:,} shares: {new:,} new, {known:,} known before"
    if tally.tags:
        yield f"about: {_first(tally.tags)}"
    if tally.cars:
        yield f"cars: {_first(tally.cars)}"
    skipped = [
        f"{tally.outcomes[reason]:,} {words}"
        for reason, words in REASONS.items()
        if tally.outcomes[reason]
    ]
    if skipped:
        yield f"skipped: {', '.join(skipped)}"
    seconds = max(took, 1) / SECOND
    yield f"{seconds:.1f} s, {tally.read / seconds:,.0f} messages a second"


def _first(counted: Counter[str]) -> str:
    shown = ", ".join(f"{name} {count:,}" for name, count in counted.most_common(SHOWN_MAX))
    more = len(counted) - SHOWN_MAX
    return f"{shown}, {more} more" if more > 0 else shown


def _day(at: Millis) -> str:
    return f"{datetime.fromtimestamp(at / SECOND, UTC):%Y-%m-%d}"
