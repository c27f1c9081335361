"""Opening the file: who owns it, how it is written, which version it has."""

import fcntl
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import IO

from storage.errors import Unavailable, WrongStore

SQLITE_OLDEST = (3, 37, 0)  # the first with STRICT tables
BUSY_TIMEOUT_SECONDS = 2.0
CACHED_STATEMENTS = 256
MIGRATIONS = Path(__file__).parent / "migrations"


def own(path: Path) -> IO[str]:
    """Lock the database file for this process; the lock lasts as long as what is returned.

    Two writing processes could corrupt the file: SQLite before 3.51.3 has a bug by which one
    connection's checkpoint during another's commit may lose pages.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("a")
    except OSError as error:
        raise WrongStore(f"{path} cannot be opened: {error}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise WrongStore(f"{path} is in use by another carclub; stop that one first") from None
    return lock


def writer(path: Path, migrations: Path = MIGRATIONS) -> sqlite3.Connection:
    """The one connection that writes, with the file brought to the newest version."""
    if sqlite3.sqlite_version_info < SQLITE_OLDEST:
        raise WrongStore(f"SQLite {sqlite3.sqlite_version} is too old; 3.37 or newer is needed")
    try:
        connection = connect(path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is dropped is overwritten
            migrate(connection, migrations)
        except BaseException:
            connection.close()
            raise
    except sqlite3.DatabaseError as error:
        raise WrongStore(f"{path} cannot be opened: {error}") from error
    return connection


def reader(path: Path) -> sqlite3.Connection:
    """A connection that looks things up. It can neither write nor checkpoint."""
    connection = connect(f"{path.absolute().as_uri()}?mode=ro")
    connection.execute("PRAGMA query_only = 1")
    return connection


def connect(path: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(
        path,
        timeout=BUSY_TIMEOUT_SECONDS,
        isolation_level=None,
        check_same_thread=False,  # opened by the thread that starts the store, used by one other
        cached_statements=CACHED_STATEMENTS,
        uri=isinstance(path, str),
    )


def version_of(connection: sqlite3.Connection) -> int:
    row = connection.execute("PRAGMA user_version").fetchone()
    return int(row[0])


def migrate(connection: sqlite3.Connection, folder: Path) -> None:
    """Run the numbered scripts that the file has not seen, each in a transaction of its own."""
    check_version(connection, folder)
    present = version_of(connection)
    for script in scripts_in(folder):
        number = number_of(script)
        if number > present:
            run_script(connection, script.read_text("utf-8"), number)


def check_version(connection: sqlite3.Connection, folder: Path) -> None:
    """Raises WrongStore when a newer carclub wrote the file."""
    present, known = version_of(connection), newest(folder)
    if present > known:
        raise WrongStore(
            f"the database has version {present}, this carclub knows up to {known}; "
            "use the newer carclub that wrote it"
        )


def newest(folder: Path) -> int:
    return number_of(scripts_in(folder)[-1])


def scripts_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.sql"))


def number_of(script: Path) -> int:
    return int(script.name.partition("_")[0])


def run_script(connection: sqlite3.Connection, text: str, number: int) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;{text}\n;PRAGMA user_version={number};COMMIT;")
    except sqlite3.DatabaseError:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def copy(source: Path, target: Path) -> None:
    """Copy a database that may be in use, as it is at one moment, into a new file."""
    if not source.exists():
        raise WrongStore(f"{source} does not exist")
    try:
        with closing(reader(source)) as original, closing(connect(target)) as duplicate:
            original.backup(duplicate)
            duplicate.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
            check_whole(duplicate)
    except sqlite3.DatabaseError as error:
        raise WrongStore(f"{source} cannot be copied: {error}") from error


def close_log(path: Path) -> bool:
    """Bring all that was committed into the file itself; False when that cannot be done."""
    try:
        with closing(connect(path)) as connection:
            return empty_log(connection)
    except sqlite3.DatabaseError:
        return False


def empty_log(connection: sqlite3.Connection) -> bool:
    """Leave nothing in the log, not even what was overwritten; False while a reader needs it."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_SECONDS * 1000)}")
    return bool(row[0] == 0)


def check_whole(connection: sqlite3.Connection) -> None:
    """Raises WrongStore when SQLite itself finds the file damaged."""
    findings: Sequence[tuple[str]] = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if findings != [("ok",)]:
        raise WrongStore(f"the database is damaged: {findings[0][0]}")


# A unit's own mistake leaves the others of its batch alone; these are the file's or the disk's.
DISTURBANCES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_INTERRUPT,
}


def disturbance(error: BaseException) -> Unavailable | None:
    """The same error as Unavailable, when it says that nothing can be kept just now."""
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in DISTURBANCES:
        return Unavailable(f"{error.sqlite_errorname}: {error}")
    return None
