"""A file's books, read beside whoever writes them, for audit and before a copy is called good."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from storage.audit import Books, Report, Unsound, check_envelopes, compare, fold
from storage.errors import WrongStore
from storage.model import Balance, Entry, Envelope, Piece
from storage.sqlite import connection as files
from storage.sqlite import envelopes, ledger

CLUBS = """
SELECT id FROM club UNION SELECT club FROM journal UNION SELECT club FROM balance
UNION SELECT club FROM envelope
"""


def audit(path: Path) -> Iterator[Report]:
    """What is to be said of each club's books, at one moment. Raises WrongStore."""
    with reading(path) as connection:
        connection.execute("BEGIN")
        for (club,) in connection.execute(CLUBS).fetchall():
            yield _report(connection, club)


def verify(path: Path) -> None:
    """Raises WrongStore unless a file is whole and all its books are right."""
    with reading(path) as connection:
        files.check_whole(connection)
    for report in audit(path):
        if report.wrong:
            raise WrongStore(f"{path}: the books of club {report.club} are wrong: {report.wrong}")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to an existing file of a version we know. Raises WrongStore."""
    if not path.exists():
        raise WrongStore(f"{path} does not exist")
    try:
        with closing(files.reader(path)) as connection:
            files.check_version(connection, files.MIGRATIONS)
            if not files.version_of(connection):
                raise WrongStore(f"{path} holds no club")
            yield connection
    except sqlite3.DatabaseError as error:
        raise WrongStore(f"{path} cannot be read: {error}") from error


def _report(connection: sqlite3.Connection, club: str) -> Report:
    books, wrong, seq = Books(club), "", 0
    try:
        fold(books, _entries(connection, club))
        compare(books, _balances(connection, club))
        check_envelopes(books, _envelopes(connection, club))
    except Unsound as unsound:
        wrong, seq = str(unsound), unsound.seq
    return Report(club, books.seq, books.head, books.points_out, wrong, seq)


def _entries(connection: sqlite3.Connection, club: str) -> Iterator[Entry]:
    sql = f"SELECT {ledger.COLUMNS} FROM journal WHERE club = ? ORDER BY seq"  # noqa: S608
    return map(ledger.entry_of, connection.execute(sql, (club,)))


def _balances(connection: sqlite3.Connection, club: str) -> Iterator[tuple[str, Balance]]:
    sql = "SELECT account, posted, held FROM balance WHERE club = ? ORDER BY account"
    for account, posted, held in connection.execute(sql, (club,)):
        yield account, Balance(posted, held)


def _envelopes(
    connection: sqlite3.Connection, club: str
) -> Iterator[tuple[Envelope, Sequence[Piece]]]:
    sql = f"SELECT {envelopes.COLUMNS} FROM envelope WHERE club = ? ORDER BY number"  # noqa: S608
    for row in connection.execute(sql, (club,)):
        try:
            envelope = envelopes.envelope_of(row)
        except ValueError as error:
            raise Unsound(f"envelope {row[1]}: {error}") from None
        pieces = connection.execute(envelopes.PIECES, (club, envelope.number))
        yield envelope, [Piece(*piece) for piece in pieces]
