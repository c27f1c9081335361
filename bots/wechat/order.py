"""The order of what was said in a room. The SDK keeps none: it looks up the sender of each message
on its own, and who is known already comes first.

A message waits for a moment, and for those of its room that arrived before that was over and are
not there yet; then all go out in the order of their time. Pure: it is told the time.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

HOLD_SECONDS = 0.15
"""Gateways tell of messages a little out of order; people do not notice a wait of this length."""
PATIENCE_SECONDS = 3.0
"""What is not there after that is lost, as far as the others are concerned."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    number: int
    """In the order of the stream."""
    at: float


@dataclass(slots=True)
class _Room(Generic[T]):
    coming: dict[str, _Arrival] = field(default_factory=dict)
    """Messages that are known to be of this room and are not there yet."""
    ready: list[tuple[int, int, float, T]] = field(default_factory=list)
    """A heap: time, number, when it may go, the message."""


class Order(Generic[T]):
    def __init__(self) -> None:
        self._numbers = 0
        self._unplaced: dict[str, _Arrival] = {}
        self._places: dict[str, str] = {}
        self._rooms: dict[str, _Room[T]] = {}

    def __len__(self) -> int:
        """How many messages have arrived and are not there yet."""
        return len(self._unplaced) + len(self._places)

    def arrived(self, message: str, now: float) -> None:
        """Once for each, in the order of the stream."""
        self._numbers += 1
        self._unplaced[message] = _Arrival(self._numbers, now)

    def lost(self, message: str) -> None:
        """It will not come."""
        self._unplaced.pop(message, None)
        room = self._places.pop(message, None)
        if room is not None:
            self._rooms[room].coming.pop(message, None)

    def placed(self, message: str, room: str) -> None:
        """Which room it is of: from here on it holds up no other."""
        arrival = self._unplaced.pop(message, None)
        if arrival is not None:
            self._rooms.setdefault(room, _Room()).coming[message] = arrival
            self._places[message] = room

    def ready(self, message: str, room: str, time: int, item: T, now: float) -> None:
        """It is there. `time` is when it was said, as the gateway tells."""
        self.placed(message, room)
        place = self._places.pop(message, None)
        if place is None:  # nobody told of its arrival, or patience has ended
            self._numbers += 1
            arrival = _Arrival(self._numbers, now)
        else:
            arrival = self._rooms[place].coming.pop(message)
        known = self._rooms.setdefault(room, _Room())
        heapq.heappush(known.ready, (time, arrival.number, arrival.at + HOLD_SECONDS, item))

    def due(self, now: float) -> tuple[Sequence[T], float | None]:
        """What may go out now, and when to look again; None when nothing waits."""
        self._give_up(now)
        out: list[T] = []
        looks: list[float] = []
        for name, room in list(self._rooms.items()):
            out += self._of(room, now, looks)
            if not room.ready and not room.coming:
                del self._rooms[name]
        return out, min(looks, default=None)

    def rest(self) -> Sequence[T]:
        """All that is there, at the end: nobody waits any longer."""
        return [
            item for room in self._rooms.values() for _, _, _, item in sorted(room.ready, key=_turn)
        ]

    def _of(self, room: _Room[T], now: float, looks: list[float]) -> list[T]:
        coming = [*self._unplaced.values(), *room.coming.values()] if room.ready else []
        first_at = min((each.at for each in coming), default=now)
        out: list[T] = []
        while room.ready:
            _, _, may_go_at, item = room.ready[0]
            opens_at = first_at + PATIENCE_SECONDS if first_at < may_go_at <= now else may_go_at
            if opens_at > now:
                # What was said before others, and keeps coming, must not hold one up for ever.
                latest_at = min(each[2] for each in room.ready) + PATIENCE_SECONDS
                if latest_at > now:
                    looks.append(min(opens_at, latest_at))
                    break
            heapq.heappop(room.ready)
            out.append(item)
        return out

    def _give_up(self, now: float) -> None:
        """Whoever waited for what is lost waits no longer."""
        for message, arrival in list(self._unplaced.items()):
            if arrival.at + PATIENCE_SECONDS > now:
                break  # they stand in the order in which they came
            del self._unplaced[message]
        for message, name in list(self._places.items()):
            if self._rooms[name].coming[message].at + PATIENCE_SECONDS <= now:
                del self._rooms[name].coming[message], self._places[message]


def _turn(ready: tuple[int, int, float, object]) -> tuple[int, int]:
    return ready[:2]
