"""A store that fails: before a unit, inside it at any await, at its commit, or right after it."""

import random
import sqlite3
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from storage.errors import Refusal, Unavailable
from storage.model import Millis
from storage.sqlite.store import SqliteStore
from storage.store import Handler, T, Work
from tests.simulation.world import Drawn, Machine

Kind = Literal["refused", "broken", "full", "unsure", "crash", "killed"]
KINDS: tuple[Kind, ...] = ("refused", "broken", "full", "unsure", "crash", "crash", "killed")
"""refused: the unit is not run. broken: it fails in the middle. full: the disk does, and with it
the whole batch. unsure: it is kept, but its caller hears that nothing was. crash: the process ends
in its middle. killed: the process ends when it has just been kept, and nobody hears of it."""
INSIDE: tuple[Kind, ...] = ("broken", "full", "crash")
STEPS_MAX = 16
"""Few units await more often; in a shorter one, the trouble comes at its end."""

ABOUT: ContextVar[object] = ContextVar("about", default=None)
"""What the units of this task are for."""


class Crash(BaseException):
    """The process ends here: nothing that handles errors may hold it up."""


class Broken(Exception):  # noqa: N818
    """Something goes wrong in the middle of a unit that nobody has thought of."""


@dataclass(slots=True)
class Trouble:
    """Something that goes wrong once."""

    kind: Kind
    step: int
    """At which await of the unit, from 1."""

    @classmethod
    def some(cls, dice: random.Random) -> "Trouble":
        return cls(dice.choice(KINDS), dice.randint(1, STEPS_MAX))

    def tick(self) -> None:
        self.step -= 1
        if not self.step:
            self.strike()

    def strike(self) -> None:
        if self.kind == "crash":
            raise Crash
        if self.kind == "full":
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"
            raise error
        raise Broken


class WatchedPart:
    """A part of a work, each of whose awaits may be the one at which trouble strikes."""

    def __init__(self, part: Any, trouble: Trouble) -> None:
        self._part = part
        self._trouble = trouble

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        method = getattr(self._part, name)

        async def watched(*values: Any, **more: Any) -> Any:
            self._trouble.tick()
            return await method(*values, **more)

        return watched


class WatchedWork:
    def __init__(self, work: Work, trouble: Trouble) -> None:
        self._work = work
        self._trouble = trouble

    @property
    def now(self) -> Millis:
        return self._work.now

    @property
    def club(self) -> str:
        return self._work.club

    def enter(self, club: str) -> None:
        self._work.enter(club)

    async def next_number(self, kind: str) -> int:
        self._trouble.tick()
        return await self._work.next_number(kind)

    def __getattr__(self, name: str) -> WatchedPart:
        return WatchedPart(getattr(self._work, name), self._trouble)


@dataclass(slots=True)
class Ran:
    """What became of a unit."""

    about: object
    at: Millis = 0
    """The time it saw."""
    drawn: Drawn = field(default_factory=Drawn)
    end: Literal["lost", "undone", "refused", "kept"] = "lost"
    told: bool = True
    """Whether its caller heard of that end."""


class OneThreadStore(SqliteStore):
    """The real store, but its threads' work is done in the loop's own: a history is one sequence
    of steps then, whatever else the machine does, and takes half the time."""

    def _hand_over(self) -> None:
        jobs, self._handing = self._handing, []
        self._loop = None  # nobody has to be called from another thread
        try:
            self._run_batch(jobs)
        except Crash as crash:
            for job in jobs:
                job.error = crash
        self._resolve(jobs)

    async def read(self, handler: Handler[T]) -> T:
        return self._read(handler)

    async def close(self) -> None:
        self._closed = True
        self._jobs.put(None)
        self._shut()


class FlakyStore:
    """A Store in which trouble may strike; it notes what became of each unit, in their order."""

    def __init__(self, path: Path, machine: Machine) -> None:
        self.ran: list[Ran] = []
        self.trouble: Trouble | None = None
        """What strikes the next unit that it can strike."""
        self._machine = machine
        self._crashed = False
        self._store = OneThreadStore(path, machine.world())

    async def unit(self, handler: Handler[T]) -> T:
        if self._crashed:
            raise Crash
        ran = Ran(ABOUT.get())
        self.ran.append(ran)
        trouble, self.trouble = self.trouble, None
        if trouble is not None and trouble.kind == "refused":
            raise Unavailable("the store is not there just now")
        try:
            result = await self._store.unit(self._watched(handler, ran, trouble))
            ran.end = "kept"
        except Refusal:
            ran.end = "refused"
            if trouble is not None and trouble.kind not in INSIDE:
                self.trouble = trouble  # nothing was kept yet that could go unsaid
            raise
        except Unavailable:
            raise
        except Crash:
            self._crashed = True
            raise
        except Exception:
            ran.end = "undone"
            raise
        if trouble is not None and trouble.kind == "unsure":
            ran.told = False
            raise Unavailable("nobody knows whether it was kept")
        if trouble is not None and trouble.kind == "killed":
            self._crashed = True
            raise Crash
        return result

    def _watched(self, handler: Handler[T], ran: Ran, trouble: Trouble | None) -> Handler[T]:
        striking = [trouble] if trouble is not None and trouble.kind in INSIDE else []

        async def watched(work: Work) -> T:
            ran.at, ran.drawn = work.now, Drawn()
            self._machine.drawn = ran.drawn
            if not striking:
                return await handler(work)
            # A unit that is run again because its batch failed meets no trouble a second time.
            struck = striking.pop()
            result = await handler(cast(Work, WatchedWork(work, struck)))
            struck.strike()
            return result

        return watched

    async def read(self, handler: Handler[T]) -> T:
        return await self._store.read(handler)

    async def close(self) -> None:
        await self._store.close()
