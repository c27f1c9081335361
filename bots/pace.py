"""How fast a platform may be spoken to, by what it was sent of late. Pure: it is told the time.

A message has its place from when it is begun until a minute after its end is known (for all
conversations together: a second). At which moment between the two the platform counts it, nobody
tells us; so, whichever it is, no minute of the platform's holds too many.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from bots.contract import Limits
from storage.model import MINUTE, SECOND, Millis, Priority

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
        self._places = {
            priority: -(-(limits.per_minute or 0) * percent // 100)
            for priority, percent in SHARE_PERCENT.items()
        }
        self._under_way: dict[Conversation, Millis] = {}
        self._lately: dict[Conversation, Lately] = {}
        self._ends: deque[Millis] = deque()
        self._newest: Millis = 0
        self._ahead: Millis = 0

    def begin(self, conversation: Conversation, now: Millis) -> None:
        """A message is on its way there. Until it ends, no other may be."""
        self._under_way[conversation] = self._steady(now)

    def end(self, conversation: Conversation, now: Millis, messages: int, *, is_edit: bool) -> None:
        """It is done, well or not; so many messages may have been counted by the platform."""
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
        room = self._room(now)
        if room == 0:
            changes += self._frees(now)
        changes_at = min(changes) - self._ahead if changes else None
        is_paced = self._limits != Limits()
        return Opening(room, tuple(closed), only if is_paced else None, changes_at)

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

    def _room(self, now: Millis) -> int | None:
        if self._limits.per_second is None:
            return None
        under_way = sum(since + HANGS_AFTER > now for since in self._under_way.values())
        return max(self._limits.per_second - under_way - len(self._ends), 0)

    def _frees(self, now: Millis) -> Iterable[Millis]:
        """When places of the second become free."""
        hanging = (since + HANGS_AFTER for since in self._under_way.values())
        return [at for at in (*hanging, *(end + SECOND for end in self._ends)) if at > now]

    def _forget(self, now: Millis) -> None:
        drop(self._ends, now - SECOND)
        for conversation, lately in list(self._lately.items()):
            drop(lately.ends, now - MINUTE)
            if not lately.ends and max(lately.open_at, lately.edits_at) <= now:
                del self._lately[conversation]

    def _steady(self, now: Millis) -> Millis:
        """Time as it passes here: a machine's clock that is set back must not make all wait."""
        self._ahead = max(self._ahead, self._newest - now)
        self._newest = now + self._ahead
        return self._newest


def drop(ends: deque[Millis], before: Millis) -> None:
    """Leave out what is as old as that or older."""
    while ends and ends[0] <= before:
        ends.popleft()
