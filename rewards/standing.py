"""Standing: levels from what somebody did for the club. Nothing that points can buy counts."""

from storage.model import DAY, Millis

LEVELS = ((1, 0), (3, 7), (7, 30), (15, 90), (30, 180))
"""For level 1, 2, …: on how many days something was shared, and how many days one has been in."""
LEVEL_MAX = len(LEVELS)


def level(days_shared: int, member_for: Millis) -> int:
    """0 … LEVEL_MAX. Ten shares of one day count as one, so that no burst lifts anybody."""
    met = 0
    for shared, days in LEVELS:
        if days_shared < shared or member_for < days * DAY:
            break
        met += 1
    return met


def next_level(now: int) -> tuple[int, int] | None:
    """What the level after this one asks for: days shared, days in; None above the last."""
    return LEVELS[now] if now < LEVEL_MAX else None
