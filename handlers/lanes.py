"""Room for everybody: a crowd in one chat waits in a line of its own, and no other chat for it."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from storage.errors import Busy

UNDER_WAY_MAX = 512
"""Units of one chat that the store may have at a time: two commits, so that it is never idle."""
WAITING_MAX = 20_000
"""Events that may wait for that, of all chats together; more are turned away."""

Place = tuple[str, str]
"""A chat, by its platform and id."""


@dataclass(slots=True)
class Line:
    """Who waits in a crowded chat, first come first served."""

    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    called: int = 0
    """How many were called and have not moved yet: nobody may pass them."""


class Lanes:
    def __init__(self) -> None:
        self._waiting = 0
        self._under_way: dict[Place, int] = {}
        self._lines: dict[Place, Line] = {}

    def enter(self, chat: Place) -> bool:
        """Enter at once, if there is room and nobody waits. Whoever has entered leaves."""
        under_way = self._under_way.get(chat, 0)
        if under_way >= UNDER_WAY_MAX or chat in self._lines:
            return False
        self._under_way[chat] = under_way + 1
        return True

    def leave(self, chat: Place) -> None:
        """Make room for who waits longest, if anybody does."""
        under_way = self._under_way[chat] = self._under_way[chat] - 1
        if chat in self._lines:
            under_way = self._call(chat)
        if not under_way:
            del self._under_way[chat]

    async def wait(self, chat: Place) -> None:
        """Enter when there is room; whoever came first goes first. Raises Busy when too many
        wait."""
        if self._waiting >= WAITING_MAX:
            raise Busy(f"{self._waiting} events are waiting")
        line = self._lines.setdefault(chat, Line())
        call: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.waiting.append(call)
        self._waiting += 1
        self._call(chat)
        try:
            if call.done():  # those called before have not moved yet: they go first
                await asyncio.sleep(0)
            await call
        except asyncio.CancelledError:
            if not call.cancelled():
                self.leave(chat)  # called and given up in the same moment
            raise
        finally:
            self._waiting -= 1
            if call.cancelled() and call in line.waiting:
                line.waiting.remove(call)
            else:
                line.called -= 1
            if not line.waiting and not line.called:
                del self._lines[chat]

    def _call(self, chat: Place) -> int:
        """Call as many as there is room for; a place is theirs from then on."""
        line, under_way = self._lines[chat], self._under_way.get(chat, 0)
        while line.waiting and under_way < UNDER_WAY_MAX:
            call = line.waiting.popleft()
            line.called += 1
            if not call.done():  # else whoever waited has given up
                call.set_result(None)
                under_way += 1
        self._under_way[chat] = under_way
        return under_way
