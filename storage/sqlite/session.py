"""One connection inside one unit of work: what the parts of the store share.

Most statements of a busy evening touch the same few rows: the envelope, its escrow, the books. A
`Table` keeps such rows in memory and writes each once when the batch ends, so a unit that needs
nothing else needs no savepoint. All other statements see the file as if every row had been
written at once: before the first of them, what is held back is written.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from storage.errors import Fault
from storage.model import Millis

Row = tuple[Any, ...]
Key = Any
Undo = tuple[dict[Any, Any], Key, Any]

ROWS_MAX = 50_000
MEMORY_MAX = 10_000
MISSING: Any = object()


class Table:
    """Rows by key, read once and written when the batch ends."""

    def __init__(self, session: "Session", load: str, save: str, *, lasting: bool) -> None:
        """`load` takes the key's values, `save` the whole row. `lasting` rows are kept over
        batches: right only when all writes go through here. Others are read anew after each
        statement that writes."""
        self.rows: dict[Key, Row | None] = {}
        self.changed: dict[Key, None] = {}
        self.lasting = lasting
        self._session = session
        self._load = load
        self._save = save
        session.tables.append(self)

    def get(self, key: Sequence[object]) -> Row | None:
        row = self.rows.get(key, MISSING)
        if row is MISSING:
            row = self._session.peek(self._load, key)
            self.rows[key] = row
        found: Row | None = row
        return found

    def set(self, key: Sequence[object], row: Row) -> None:
        if self._session.set(self.rows, key, row) is None:
            self.changed.pop(key, None)  # a unit that failed may have left it: new rows go last
        self.changed[key] = None
        self._session.held_back = True

    def flush(self) -> None:
        rows = [row for key in self.changed if (row := self.rows.get(key)) is not None]
        self.changed.clear()
        if rows:
            self._session.connection.executemany(self._save, rows)

    def trim(self) -> None:
        if not self.lasting or len(self.rows) > ROWS_MAX:
            self.rows.clear()


class Session:
    """The writer's session opens a savepoint where one is needed, a reader's refuses to write."""

    def __init__(self, connection: sqlite3.Connection, *, writes: bool) -> None:
        self.connection = connection
        self.now: Millis = 0
        self.club = ""
        self.dirty = False
        """Whether anything was written since the batch began."""
        self.held_back = False
        """Some table has rows that are not in the file yet."""
        self.tables: list[Table] = []
        self.memory: list[dict[Any, Any]] = []
        """Other things known of the file, to be dropped when a batch fails."""
        self.forgotten = False
        """Somebody was forgotten since the batch began."""
        self._writes = writes
        self._undo: list[Undo] = []
        self._savepoint = False
        self._broken = False
        """Rows that were held back could not be written."""

    # Statements

    def peek(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """Look up what no held-back row can change."""
        row: Row | None = self.connection.execute(sql, values).fetchone()
        return row

    def peek_all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        if self.held_back:
            self._settle()
        row: Row | None = self.connection.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        if self.held_back:
            self._settle()
        return self.connection.execute(sql, values).fetchall()

    def write(self, sql: str, values: Sequence[object] = ()) -> int:
        """How many rows it touched."""
        self._begin()
        return self.connection.execute(sql, values).rowcount

    def write_one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """Write and return what the statement's RETURNING gives, if it touched a row."""
        self._begin()
        # All rows are fetched: a statement left half-stepped would keep its write open.
        rows: list[Row] = self.connection.execute(sql, values).fetchall()
        return rows[0] if rows else None

    def write_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        self._begin()
        self.connection.executemany(sql, rows)

    def set(self, memory: dict[Any, Any], key: Key, value: object) -> object:
        """Change something known, so that undoing the unit puts back what was; that is returned,
        or None where nothing was."""
        if not self._writes:
            raise Fault("a reader may not write")
        before = memory.get(key, MISSING)
        self._undo.append((memory, key, before))
        memory[key] = value
        self.dirty = True
        return None if before is MISSING else before

    def _begin(self) -> None:
        if not self._writes:
            raise Fault("a reader may not write")
        if self.held_back:
            self._settle()
        if not self._savepoint:
            self.connection.execute("SAVEPOINT unit")
            self._savepoint = True
        for table in self.tables:
            if not table.lasting:
                table.rows.clear()
        self.dirty = True

    def _settle(self) -> None:
        """Bring the file up to what the tables hold.

        What earlier units changed is written outside this unit's savepoint, or undoing this unit
        would undo them as well; so this unit's own changes are taken away for that moment.
        """
        if self._undo and not self._savepoint:
            undo, self._undo = self._undo, []
            own = [(memory, key, memory.get(key, MISSING)) for memory, key, _ in undo]
            put_back(undo)
            self._flush()
            self.connection.execute("SAVEPOINT unit")
            self._savepoint = True
            put_back(own)
            self._undo = undo
            for table in self.tables:
                table.changed |= {key: None for memory, key, _ in undo if memory is table.rows}
        self._flush()

    def _flush(self) -> None:
        try:
            for table in self.tables:
                table.flush()
        except BaseException:
            self._broken = True
            raise
        self.held_back = False

    @property
    def lost(self) -> bool:
        """What the batch has done so far is no longer there to be kept."""
        return self._broken or not self.connection.in_transaction

    # Units and batches

    def keep(self) -> None:
        """End a unit that went well. Raises Fault when its handler hid that it did not."""
        if self.lost:
            raise Fault("a handler went on after the store had failed")
        if self._savepoint:
            self.connection.execute("RELEASE unit")
            self._savepoint = False
        self._undo.clear()

    def undo(self) -> None:
        """End a unit that did not: nothing of it is left."""
        if self._savepoint:
            self.connection.execute("ROLLBACK TO unit")
            self.connection.execute("RELEASE unit")
            self._savepoint = False
            # All that was there before is in the file; what was read since may not be.
            self._forget()
        else:
            put_back(self._undo)
        self._undo.clear()

    def begin_batch(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.dirty = self.forgotten = False

    def end_batch(self) -> None:
        self._flush()
        self.connection.execute("COMMIT" if self.dirty else "ROLLBACK")
        for table in self.tables:
            table.trim()
        for memory in self.memory:
            if len(memory) > MEMORY_MAX:
                memory.clear()

    def end_read(self) -> None:
        """End a look-up: the next one sees what has been committed meanwhile."""
        self._forget()
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def forget_rows(self) -> None:
        """Read tables' rows anew: a statement is about to change what they hold."""
        self._begin()
        self._forget()

    def drop_batch(self) -> None:
        """Leave nothing of the whole batch, in the file or in memory."""
        self._savepoint = self.dirty = self.held_back = self._broken = False
        self._undo.clear()
        self._forget()
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def _forget(self) -> None:
        """Let the file be all that is known."""
        for table in self.tables:
            table.rows.clear()
            table.changed.clear()
        for memory in self.memory:
            memory.clear()


def put_back(undo: list[Undo]) -> None:
    for memory, key, value in reversed(undo):
        if value is MISSING:
            memory.pop(key, None)
        else:
            memory[key] = value
