"""How much a bot may say: Telegram's published limits, kept by the server's own clock.

About one message a second in a chat with short bursts, 20 a minute in a group with edits counted,
30 a second in all. Whoever is refused has not spent anything.
"""

from collections import deque
from dataclasses import dataclass, field
from math import ceil

from tests.support.telegram.refusals import flooded

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS


@dataclass(frozen=True)
class FloodLimits:
    chat_burst: int = 3
    group_per_minute: int = 20
    all_per_second: int = 30


@dataclass
class Spent:
    """Times of what was sent, oldest first."""

    times: deque[int] = field(default_factory=deque)

    def wait(self, now: int, most: int, window_ms: int) -> int:
        """How long until one more fits into the window."""
        while self.times and self.times[0] <= now - window_ms:
            self.times.popleft()
        return 0 if len(self.times) < most else self.times[0] + window_ms - now


@dataclass
class Flood:
    limits: FloodLimits
    everything: Spent = field(default_factory=Spent)
    groups: dict[int, Spent] = field(default_factory=dict)
    # When the chat's bucket, which leaks one message a second, will be empty.
    empty_at: dict[int, int] = field(default_factory=dict)

    def admit(self, method: str, chat_id: object, now: int) -> None:
        """Count this call, or refuse it."""
        if not counts(method) or not isinstance(chat_id, int):
            return
        group = self.groups.setdefault(chat_id, Spent()) if chat_id < 0 else None
        empty_at = max(self.empty_at.get(chat_id, now), now)
        wait = max(
            self.everything.wait(now, self.limits.all_per_second, SECOND_MS),
            group.wait(now, self.limits.group_per_minute, MINUTE_MS) if group else 0,
            empty_at + SECOND_MS - now - self.limits.chat_burst * SECOND_MS,
        )
        if wait > 0:
            raise flooded(ceil(wait / SECOND_MS))
        self.empty_at[chat_id] = empty_at + SECOND_MS
        self.everything.times.append(now)
        if group:
            group.times.append(now)


def counts(method: str) -> bool:
    """Messages and edits; what members do not see costs nothing."""
    return method.startswith(("send", "edit", "forward", "copy")) and method != "sendChatAction"
