"""What was said in each conversation of late: in memory only, and for a day at most.

A quote tells little of what it quotes, and a picture comes without words; both are understood by
what was said before. Nothing of it is ever written down.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bots.numbered import NUMBER_MAX
from bots.wechat.nouns import Heard
from storage.model import DAY, HOUR, Millis

CONVERSATIONS_MAX = 2_000
HEARD_MAX = 100
"""Of one conversation."""
SWEPT_EVERY: Millis = HOUR
"""What is a day old where nothing is said any more goes with what is said elsewhere."""


@dataclass(slots=True)
class _Conversation:
    heard: deque[Heard] = field(default_factory=lambda: deque(maxlen=HEARD_MAX))
    named: dict[int, Millis] = field(default_factory=dict)

    def drop(self, before: Millis) -> None:
        while self.heard and self.heard[0].at < before:
            self.heard.popleft()
        self.named = {number: at for number, at in self.named.items() if at >= before}


class Recent:
    def __init__(self) -> None:
        self._conversations: OrderedDict[str, _Conversation] = OrderedDict()
        self._deaf_until: Millis = 0
        self._swept_at: Millis = 0

    def note(self, conversation: str, heard: Heard | None, now: Millis) -> None:
        """What was just said there."""
        if now - self._swept_at >= SWEPT_EVERY:
            self._sweep(now)
        known = self._of(conversation)
        known.drop(now - DAY)
        if heard is not None:
            known.heard.append(heard)

    def heard(self, conversation: str) -> Sequence[Heard]:
        """The oldest first."""
        known = self._conversations.get(conversation)
        return tuple(known.heard) if known is not None else ()

    def name(self, conversation: str, numbers: Iterable[int], now: Millis) -> None:
        """Somebody gave these numbers a meaning of their own."""
        known = self._of(conversation)
        for number in numbers:
            known.named[number] = now

    def named(self, conversation: str) -> dict[int, Millis]:
        """When each number was last named, as far as anybody can know: while nothing was heard, any
        may have been."""
        known = self._conversations.get(conversation)
        named = known.named if known is not None else {}
        return {
            number: max(named.get(number, 0), self._deaf_until)
            for number in range(1, NUMBER_MAX + 1)
        }

    def deaf(self, until: Millis) -> None:
        """Until then nothing was heard."""
        self._deaf_until = until

    def find(self, conversation: str, message: str) -> Heard | None:
        return next((each for each in self.heard(conversation) if each.id == message), None)

    def forget(self, conversation: str, message: str) -> None:
        """It was taken back."""
        known = self._conversations.get(conversation)
        if known is not None:
            kept = [each for each in known.heard if each.id != message]
            known.heard = deque(kept, HEARD_MAX)

    def _of(self, conversation: str) -> _Conversation:
        known = self._conversations.setdefault(conversation, _Conversation())
        self._conversations.move_to_end(conversation)
        if len(self._conversations) > CONVERSATIONS_MAX:
            self._conversations.popitem(last=False)
        return known

    def _sweep(self, now: Millis) -> None:
        self._swept_at = now
        for name, known in list(self._conversations.items()):
            known.drop(now - DAY)
            if not known.heard and not known.named:
                del self._conversations[name]
