"""Living histories one after the other: each on a fresh file, in memory where the machine can."""

import asyncio
import logging
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from storage.sqlite.store import SqliteStore
from tests.simulation.history import History
from tests.simulation.judge import Violation
from tests.simulation.world import Machine

IN_MEMORY = Path("/dev/shm")
KEPT = Path(__file__).with_name("kept_seeds.txt")
OPERATIONS = 300


@dataclass(slots=True)
class Totals:
    """What many histories were like together."""

    histories: int = 0
    numbers: Counter[str] = field(default_factory=Counter)
    broken: dict[int, str] = field(default_factory=dict)
    """What was wrong, by seed."""
    seconds: int = 0

    def add(self, history: History) -> None:
        self.histories += 1
        happened, counts, judge = history.happened, history.transport.counts, history.judge
        self.numbers.update(
            {
                "operations": happened.operations,
                "deeds": happened.deeds,
                "bursts": happened.bursts,
                "delivered": counts.delivered,
                "dropped": counts.dropped,
                "reordered": counts.reordered,
                "duplicated": counts.duplicated,
                "crashes": happened.crashes,
                "restarts": happened.restarts,
                "jumps": happened.jumps,
                "replies": judge.replies,
                "messages": judge.messages,
                "rows": len(judge.model.rows),
            }
        )
        self.numbers.update({f"units {end}": n for end, n in happened.failures.items()})
        envelopes = judge.model.envelopes.values()
        self.numbers.update(Counter(f"envelopes {each.state}" for each in envelopes))

    def merge(self, other: "Totals") -> None:
        self.histories += other.histories
        self.numbers += other.numbers
        self.broken |= other.broken


class Shelf:
    """A folder for one file at a time, and an empty database to begin each with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._empty = folder / "empty.db"
        asyncio.run(SqliteStore(self._empty, Machine(0).world()).close())

    def fresh(self) -> Path:
        path = self._folder / "club.db"
        for file in self._folder.glob(f"{path.name}*"):
            file.unlink()
        shutil.copy(self._empty, path)
        return path


@contextmanager
def shelf() -> Iterator[Shelf]:
    """Logs are silenced meanwhile: thousands of faults are wanted here."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        with TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
            yield Shelf(Path(folder))
    finally:
        structlog.configure(**before)


def live(seed: int, shelf: Shelf, operations: int = OPERATIONS) -> History:
    """Raises Violation with all that is needed to see it again."""
    history = History(seed, shelf.fresh())
    again = f"python -m tests.simulation --seed {seed} --operations {operations}"
    try:
        asyncio.run(history.live(operations=operations))
    except Violation as violation:
        where = f"seed {seed}, operation {history.happened.operations}"
        lines = "\n".join(history.lines)
        raise Violation(f"{violation}\n{where}; again: {again}\n{lines}") from violation
    return history


def kept() -> list[tuple[int, int]]:
    """Seeds that once failed, with how many operations they need."""
    lines = [line.partition("#")[0].split() for line in KEPT.read_text("utf-8").splitlines()]
    return [(int(line[0]), int(line[1])) for line in lines if line]
