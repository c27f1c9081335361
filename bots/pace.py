"""How fast a platform may be spoken to, by what it was sent of late. Pure: it is told the time.

A message has its place from when it is begun until a minute after its end is known (for all
conversations together: a second). At which moment between the two the platform counts it, nobody
tells us; so, whichever it is, no minute of the platform's holds too many.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from bots.contract import Limits
from storage.model import DAY, MINUTE, SECOND, Millis, Priority

Conversation = tuple[str, str, str]
"""Platform, chat, account; without an account it is a group."""

SHARE_PERCENT = {
    Priority.DANGER: 100,
    Priority.MONEY: 85,
    Priority.ANSWER: 75,
    Priority.CHATTER: 60,
}
"""How much of a group's minute may be used up before a message of this priority must wait: of 20
places chatter and edits find 12, answers 15, money 17, so that three are always left for danger,
however much was said before it."""

HANGS_AFTER: Millis = 5 * SECOND
"""What is under way for longer does not take one of the second's places from the others: a
connection that hangs in thirty conversations must not silence all."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What may go out at a moment."""

    room: int | None
    """How many messages, all conversations together; None: as many as there are."""
    closed: tuple[Conversation, ...]
    """Where nothing may go."""
    only: dict[Conversation, Priority] | None
    """Where not everything may: no edit, and nothing that is less urgent than this. None: there
    is no pace to keep, and an edit is as urgent as what it tells."""
    changes_at: Millis | None
    """When more may go out, if nothing ends before."""
    least: Priority = Priority.CHATTER
    """The least urgent that may go anywhere: what is left of a day is kept for what matters."""


@dataclass(slots=True)
class Lately:
    """What one conversation has had of late."""

    ends: deque[Millis] = field(default_factory=deque)
    """When each message of its last minute was done; only where the minute is limited."""
    open_at: Millis = 0
    edits_at: Millis = 0


class Pace:
    """The memory of one platform's pace: only what still holds something back is remembered."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._places = places(limits.per_minute or 0)
        self._day_places = places(limits.per_day or 0)
        self._under_way: dict[Conversation, Millis] = {}
        self._lately: dict[Conversation, Lately] = {}
        self._ends: deque[Millis] = deque()
        self._day: deque[Millis] = deque()
        self._paused_until: Millis = 0
        self._newest: Millis = 0
        self._ahead: Millis = 0

    def begin(self, conversation: Conversation, now: Millis) -> None:
        """A message is on its way there. Until it ends, no other may be."""
        self._under_way[conversation] = self._steady(now)

    def recall(self, ages: Iterable[Millis], now: Millis) -> None:
        """How long ago a former run sent each message of its last day, the oldest first. Not when:
        the clock may have been set back since."""
        now = self._steady(now)
        self._day.extend(now - age for age in ages)

    def end(
        self,
        conversation: Conversation,
        now: Millis,
        messages: int,
        *,
        is_edit: bool,
        heard: bool = True,
        luck: float = 0.0,
    ) -> None:
        """It is done, well or not; so many messages may have been counted by the platform. What
        surely nobody `heard` takes no place of the day: else a platform that is away for an hour
        would be silent until the next. `luck`, from 0 to 1, is how much longer than it must the
        next one waits."""
        now = self._steady(now)
        begun = self._under_way.pop(conversation, now)
        if not messages:
            return
        limits, lately = self._limits, self._of(conversation)
        # Parts of a long text may have come one by one or all at once: then the rest is due now.
        rest = max(now + limits.gap, begun + limits.gap * messages)
        lately.open_at = max(lately.open_at, rest)
        if is_edit:
            lately.edits_at = now + limits.edit_gap
        if self._counts_minutes(conversation):
            lately.ends.extend([now] * messages)
        if limits.per_second is not None:
            self._ends.extend([now] * messages)
        if limits.per_day is not None and heard:
            self._day.extend([now] * messages)
        self._paused_until = now + limits.pause + int(limits.pause * luck / 2)

    def hold(self, conversation: Conversation, now: Millis, wait: Millis) -> None:
        """The platform wants to hear nothing from there for so long."""
        lately = self._of(conversation)
        lately.open_at = max(lately.open_at, self._steady(now) + wait)

    def opening(self, now: Millis) -> Opening:
        now = self._steady(now)
        self._forget(now)
        closed, changes = list(self._under_way), list[Millis]()
        only: dict[Conversation, Priority] = {}
        for conversation, lately in self._lately.items():
            if conversation in self._under_way:
                continue
            least = self._least(conversation, lately)
            if lately.open_at > now or least is None:
                closed.append(conversation)
            elif least < Priority.CHATTER or lately.edits_at > now:
                only[conversation] = least
            changes += self._changes(lately, least, now)
        room, least = self._room(now), self._least_of_day()
        if room == 0:
            changes += self._frees(now)
        if self._limits.per_day is not None:
            # So many that, whichever they are, none takes a place of what is more urgent.
            left = self._day_places[least] - self._used_of_day() if least is not None else 0
            room = left if room is None else min(room, left)
            changes += self._changes_of_day(least)
        changes_at = min(changes) - self._ahead if changes else None
        is_paced = self._limits != Limits()
        return Opening(
            room,
            tuple(closed),
            only if is_paced else None,
            changes_at,
            Priority.DANGER if least is None else least,
        )

    def __len__(self) -> int:
        """How many conversations are remembered."""
        return len(self._lately)

    def _of(self, conversation: Conversation) -> Lately:
        return self._lately.setdefault(conversation, Lately())

    def _counts_minutes(self, conversation: Conversation) -> bool:
        _, chat, account = conversation
        return self._limits.per_minute is not None and bool(chat) and not account

    def _least(self, conversation: Conversation, lately: Lately) -> Priority | None:
        """The least urgent that still finds a place in the conversation's minute."""
        if not self._counts_minutes(conversation):
            return Priority.CHATTER
        used = len(lately.ends)
        return max((each for each in Priority if used < self._places[each]), default=None)

    def _changes(self, lately: Lately, least: Priority | None, now: Millis) -> Iterable[Millis]:
        """When more may go to a conversation than may go now."""
        if lately.open_at > now:
            return [lately.open_at]
        if least == Priority.CHATTER:
            return [lately.edits_at] if lately.edits_at > now else []
        following = Priority.DANGER if least is None else Priority(least + 1)
        return [lately.ends[len(lately.ends) - self._places[following]] + MINUTE]

    def _least_of_day(self) -> Priority | None:
        """The least urgent that still finds a place in the day."""
        if self._limits.per_day is None:
            return Priority.CHATTER
        used = self._used_of_day()
        return max((each for each in Priority if used < self._day_places[each]), default=None)

    def _used_of_day(self) -> int:
        return len(self._day) + len(self._under_way)

    def _changes_of_day(self, least: Priority | None) -> Iterable[Millis]:
        """When less urgent messages than now find a place in the day."""
        if least == Priority.CHATTER:
            return
        following = Priority.DANGER if least is None else Priority(least + 1)
        place = self._used_of_day() - self._day_places[following]
        if place < len(self._day):  # else it is the end of what is under way
            yield self._day[place] + DAY

    def _room(self, now: Millis) -> int | None:
        limits = self._limits
        under_way = sum(since + HANGS_AFTER > now for since in self._under_way.values())
        if limits.pause:
            return int(not under_way and self._paused_until <= now)
        if limits.per_second is None:
            return None
        return max(limits.per_second - under_way - len(self._ends), 0)

    def _frees(self, now: Millis) -> Iterable[Millis]:
        """When places of the second become free."""
        hanging = (since + HANGS_AFTER for since in self._under_way.values())
        ends = (end + SECOND for end in self._ends)
        return [at for at in (*hanging, *ends, self._paused_until) if at > now]

    def _forget(self, now: Millis) -> None:
        drop(self._ends, now - SECOND)
        drop(self._day, now - DAY)
        for conversation, lately in list(self._lately.items()):
            drop(lately.ends, now - MINUTE)
            if not lately.ends and max(lately.open_at, lately.edits_at) <= now:
                del self._lately[conversation]

    def _steady(self, now: Millis) -> Millis:
        """Time as it passes here: a machine's clock that is set back must not make all wait."""
        self._ahead = max(self._ahead, self._newest - now)
        self._newest = now + self._ahead
        return self._newest


def places(most: int) -> dict[Priority, int]:
    """How much may be used up before a message of each priority must wait."""
    return {priority: -(-most * percent // 100) for priority, percent in SHARE_PERCENT.items()}


def drop(ends: deque[Millis], before: Millis) -> None:
    """Leave out what is as old as that or older."""
    while ends and ends[0] <= before:
        ends.popleft()
