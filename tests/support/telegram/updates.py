"""What the bot has not confirmed yet, in the order it happened.

Kept for 24 hours, callback queries for 150 seconds. Which kinds are wanted is decided when an
update is made, not when it is fetched: a bot that changes its mind still gets the old ones.
"""

import random
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from tests.support.telegram import spec
from tests.support.telegram.signals import Signal

DAY_MS = 24 * 60 * 60 * 1000
CALLBACK_MS = 150 * 1000
FIRST_ID = 700_000_001
BATCH_MOST = 100
# Only sent to a bot that asks for them by name.
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(eq=False)
class Pending:
    """`again` counts deliveries that are still to come although it has been confirmed."""

    id: int
    kind: str
    body: Any
    expires: int
    order: Hashable
    again: int = 0
    confirmed: bool = False
    tries: int = 0

    def shown(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.body}


@dataclass
class Updates:
    now: Callable[[], int]
    signal: Signal
    judge: Callable[[dict[str, Any]], None] | None = None
    allowed: list[str] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    next_id: int = FIRST_ID
    # Faults: every update comes so many times more; batches come in another order.
    repeats: int = 0
    shuffled: random.Random | None = None

    def wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in UNASKED

    def add(self, kind: str, body: dict[str, Any], order: Hashable = None) -> Pending | None:
        """None when the bot did not ask for this kind. `order` names what stays in order."""
        if not self.wanted(kind):
            return None
        lasts = CALLBACK_MS if kind == "callback_query" else DAY_MS
        return self._put(kind, body, lasts, order, judged=True)

    def poison(self, kind: str = "message", body: Any = None) -> Pending:
        """Well-formed JSON that no client can read; nobody judges it."""
        return self._put(kind, {"message_id": 1} if body is None else body, DAY_MS, "poison")

    def _put(
        self, kind: str, body: Any, lasts: int, order: Hashable, *, judged: bool = False
    ) -> Pending:
        update = Pending(self.next_id, kind, body, self.now() + lasts, order, self.repeats)
        if judged and self.judge:
            self.judge(update.shown())
        self.next_id += 1
        self.pending.append(update)
        self.signal.ring()
        return update

    def waiting(self) -> list[Pending]:
        """What would be delivered now; the outdated is forgotten here."""
        now = self.now()
        self.pending = [each for each in self.pending if each.expires > now]
        return self.pending

    def fetch(self, offset: int, limit: int) -> list[Pending]:
        """As getUpdates does: whatever is below the offset is confirmed by it."""
        if offset < 0:
            for each in self.waiting()[:offset]:
                self.confirm(each)
        elif offset > 0:
            for each in [each for each in self.waiting() if each.id < offset]:
                self.confirm(each)
        batch = self.waiting()[: max(1, min(limit or BATCH_MOST, BATCH_MOST))]
        for each in batch:
            each.tries += 1
        if self.shuffled:
            batch = self.shuffled.sample(batch, len(batch))
        return batch

    def confirm(self, update: Pending) -> None:
        """Done with, unless a repetition is due; then one delivery fewer remains."""
        if update.again:
            if update.tries:
                update.again -= 1
                update.tries = 0
            return
        if update in self.pending:
            self.pending.remove(update)
            self.signal.ring()

    def drop(self) -> None:
        self.pending.clear()
        self.signal.ring()

    def take(self) -> list[dict[str, Any]]:
        """Everything at once, confirmed: for tests that hand updates to a bot themselves."""
        taken = [each.shown() for each in self.waiting()]
        self.drop()
        return taken

    def allow(self, kinds: list[str]) -> None:
        self.allowed = [kind for kind in kinds if kind in spec.fields("Update")]
