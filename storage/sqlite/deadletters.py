"""Messages that were given up, for the operator."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from storage.errors import WrongStore
from storage.model import Millis, Priority
from storage.sqlite import connection as files
from storage.sqlite.audit import reading

LISTED_MAX = 1_000
DEAD = "SELECT id, platform, priority, attempts, created_at, error FROM outbox WHERE state = 'dead'"
REVIVE = """
UPDATE outbox SET state = 'waiting', attempts = 0, not_before = 0, error = '' WHERE id = ?
"""
OUT_OF_DATE = "UPDATE outbox SET state = 'sent', reply = '', error = '' WHERE id = ?"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    id: int
    platform: str
    priority: Priority
    attempts: int
    created_at: Millis
    error: str


def listed(path: Path) -> Sequence[DeadLetter]:
    """The newest first; also while carclub runs."""
    with reading(path) as connection:
        rows = connection.execute(f"{DEAD} ORDER BY id DESC LIMIT ?", (LISTED_MAX,)).fetchall()
    return [DeadLetter(row[0], row[1], Priority(row[2]), *row[3:]) for row in rows]


def revive(path: Path, number: int | None = None) -> int:
    """Let one message, or all, wait again; how many will. Raises WrongStore while carclub runs."""
    if not path.exists():
        raise WrongStore(f"{path} does not exist")
    with files.own(path), closing(files.writer(path)) as connection:
        wanted = [row[0] for row in connection.execute(DEAD) if number in (None, row[0])]
        connection.execute("BEGIN IMMEDIATE")
        # The newest first: of two texts for one slot only that one is still true.
        revived = sum(_revive(connection, each) for each in sorted(wanted, reverse=True))
        connection.execute("COMMIT")
    return revived


def _revive(connection: sqlite3.Connection, number: int) -> bool:
    try:
        connection.execute(REVIVE, (number,))
    except sqlite3.IntegrityError:
        # A newer text for the same slot waits already: this one is out of date.
        connection.execute(OUT_OF_DATE, (number,))
        return False
    return True
