"""The store: hands units to the writer thread, look-ups to the readers."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from storage.errors import Busy, Fault, Unavailable, WrongStore
from storage.model import Millis
from storage.sqlite import connection as files
from storage.sqlite.session import Session
from storage.sqlite.wiping import Wiper
from storage.sqlite.work import SqliteWork
from storage.store import Handler
from storage.world import World

T = TypeVar("T")

UNITS_PER_COMMIT_MAX = 256
UNITS_WAITING_MAX = 10_000
READERS = 2


def drive(handler: Coroutine[Any, Any, T]) -> T:
    """Run a handler that awaits only its work to its end.

    Raises what it raises, and Fault when it waits for anything else.
    """
    try:
        handler.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    handler.close()
    raise Fault("a handler awaited something other than its work")


@dataclass(slots=True)
class Job:
    handler: Handler[Any]
    future: asyncio.Future[Any]
    result: object = None
    error: BaseException | None = None


@dataclass(slots=True)
class Counts:
    """What the writer has done since it started, for health and metrics."""

    units: int = 0
    commits: int = 0
    failed_batches: int = 0
    waiting: int = 0
    behind_ms: Millis = 0
    """How far the world's clock lies behind the newest time kept."""
    disturbed: bool = False
    """The last batch that had something to keep could not be kept."""


class SqliteStore:
    """Opens the file at once, in the caller's thread. Raises WrongStore."""

    def __init__(
        self,
        path: Path,
        world: World,
        *,
        waiting_max: int = UNITS_WAITING_MAX,
        migrations: Path = files.MIGRATIONS,
        watch: Callable[[str], None] | None = None,
    ) -> None:
        """`watch` is called with every statement before it runs: that is how tests kill us."""
        self.path = path
        self.counts = Counts()
        self._world = world
        self._waiting_max = waiting_max
        self._lock = files.own(path)
        try:
            self._connection = files.writer(path, migrations)
            if watch is not None:
                self._connection.set_trace_callback(watch)
            try:
                self._prepare_file()
            except sqlite3.Error as error:
                self._connection.close()
                raise WrongStore(f"{path} cannot be written: {error}") from error
        except BaseException:
            self._lock.close()
            raise
        self._work = SqliteWork(Session(self._connection, writes=True))
        self._jobs: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._handing: list[Job] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)
        self._thread.start()
        self._local = threading.local()
        self._reading: list[SqliteWork] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    def _prepare_file(self) -> None:
        self._connection.execute(
            "INSERT INTO meta (name, value) VALUES ('salt', ?) ON CONFLICT DO NOTHING",
            (self._world.secret(),),
        )
        row = self._connection.execute("SELECT value FROM meta WHERE name = 'clock'").fetchone()
        self._clock: Millis = row[0] if row else 0
        self._kept_clock = self._clock
        self._wiper = Wiper(self._connection)

    # The loop's side

    async def unit(self, handler: Handler[T]) -> T:
        if self._closed:
            raise Unavailable("the store is closed")
        if self.counts.waiting >= self._waiting_max:
            raise Busy(f"{self.counts.waiting} units are waiting")
        loop = asyncio.get_running_loop()
        self._loop = loop
        future: asyncio.Future[T] = loop.create_future()
        if not self._handing:
            # All units of one loop tick wake the writer once.
            loop.call_soon(self._hand_over)
        self._handing.append(Job(handler, future))
        self.counts.waiting += 1
        return await future

    def _hand_over(self) -> None:
        self._jobs.put(self._handing)
        self._handing = []

    def _resolve(self, jobs: list[Job]) -> None:
        self.counts.waiting -= len(jobs)
        for job in jobs:
            if job.future.done():  # whoever waited has given up; what was kept is kept
                continue
            if job.error is None:
                job.future.set_result(job.result)
            else:
                job.future.set_exception(job.error)

    async def read(self, handler: Handler[T]) -> T:
        if self._closed:
            raise Unavailable("the store is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, handler)

    async def close(self) -> None:
        """Finish what is waiting, then let the file go. Closing twice does no harm."""
        if self._closed:
            return
        self._closed = True
        if self._handing:
            self._hand_over()
        self._jobs.put(None)
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        # Readers close before the writer: the last one to close would checkpoint.
        self._readers.shutdown()
        for work in self._reading:
            work.session.connection.close()
        self._thread.join()
        self._connection.close()
        self._lock.close()

    # The writer's thread

    def _write(self) -> None:
        jobs: list[Job] = []
        ended = False
        while jobs or not ended:
            ended = self._collect(jobs) or ended
            batch = jobs[:UNITS_PER_COMMIT_MAX]
            del jobs[:UNITS_PER_COMMIT_MAX]
            if batch:
                self._run_batch(batch)

    def _collect(self, jobs: list[Job]) -> bool:
        """Add what has arrived, up to a whole batch; wait only if there is nothing to do. What was
        too much for the last batch goes first. True when nothing more will come."""
        while len(jobs) < UNITS_PER_COMMIT_MAX:
            try:
                arrived = self._jobs.get(block=not jobs)
            except queue.Empty:
                return False
            if arrived is None:
                return True
            jobs += arrived
        return False

    def _run_batch(self, batch: list[Job]) -> None:
        try:
            self._keep(batch)
        except Exception as error:  # whatever broke the batch, its units must hear of it
            self.counts.failed_batches += 1
            failure = files.disturbance(error) or error
            with suppress(Exception):  # the connection may be past helping; the next batch tells
                self._work.session.drop_batch()
            if len(batch) > 1 and failure is error:
                # A unit broke what only the batch's end could see: the others are not to suffer.
                for job in batch:
                    self._run_batch([job])
                return
            self.counts.disturbed = failure is not error
            for job in batch:
                job.result, job.error = None, failure
        self.counts.units += len(batch)
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop was closed before us: nobody is waiting
                self._loop.call_soon_threadsafe(self._resolve, batch)

    def _keep(self, batch: list[Job]) -> None:
        """Run the units of a batch and commit them together. Raises when nothing was kept."""
        session = self._work.session
        session.begin_batch()
        session.now = self._tick()
        for job in batch:
            session.club, job.error = "", None
            try:
                job.result = drive(job.handler(self._work))
                session.keep()
            except Exception as error:
                if files.disturbance(error) or session.lost:
                    raise  # the disk's fault or another unit's: the whole batch goes
                session.undo()
                job.error = error
        if session.dirty and self._clock > self._kept_clock:
            session.connection.execute(
                "INSERT INTO meta (name, value) VALUES ('clock', ?)"
                " ON CONFLICT DO UPDATE SET value = excluded.value",
                (self._clock,),
            )
        session.end_batch()
        if session.dirty:
            self.counts.commits += 1
            self.counts.disturbed = False
            self._kept_clock = self._clock
            if session.forgotten:
                self._wiper.note()
        with suppress(sqlite3.Error):  # the units are kept, whatever becomes of this
            self._wiper.wipe(self._clock)

    def _tick(self) -> Millis:
        """The world's time, but never earlier than before, not even over a restart."""
        now = self._world.now()
        self.counts.behind_ms = max(self._clock - now, 0)
        self._clock = max(self._clock, now)
        return self._clock

    # A reader's thread

    def _read(self, handler: Handler[T]) -> T:
        work: SqliteWork | None = getattr(self._local, "work", None)
        try:
            if work is None:
                work = SqliteWork(Session(files.reader(self.path), writes=False))
                self._local.work = work
                self._reading.append(work)
            work.session.club = ""
            work.session.now = max(self._clock, self._world.now())
            work.session.connection.execute("BEGIN")
            try:
                return drive(handler(work))
            finally:
                work.session.end_read()
        except Exception as error:
            failure = files.disturbance(error)
            if failure is None:
                raise
            raise failure from error
