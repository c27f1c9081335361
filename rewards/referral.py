"""When somebody who came by a member's invitation counts: by what they do, not by their coming.

One level only: whoever invited gets nothing for whom the newcomer invites.
"""

from typing import Literal

from storage.model import DAY, Millis

A_WEEK_MAX = 5
"""How many newcomers may count for one member in a week of the club."""
FIRST_LOOK: Millis = 3 * DAY
LOOK_EVERY: Millis = DAY
GIVE_UP: Millis = 30 * DAY

Outcome = Literal["post", "void", "wait"]


def is_open(this_week: int, points: int, left: int) -> bool:
    """Whether one more newcomer may count: both sides' points must be there, or neither's are
    set aside. `this_week` are those the same member brought before, whatever became of them."""
    return this_week < A_WEEK_MAX and 2 * points <= left


def outcome(*, are_here: bool, has_shared: bool, age: Millis) -> Outcome:
    """What becomes of the points set aside so long ago. `are_here`: both of them."""
    if not are_here:
        return "void"
    if has_shared:
        return "post"
    return "void" if age >= GIVE_UP else "wait"
