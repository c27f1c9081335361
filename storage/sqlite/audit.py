"""A file's books, read beside whoever writes them, for audit and before a copy is called good."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.audit import Books, Report, Unsound, check_envelopes, compare, fold
from storage.errors import WrongStore
from storage.model import Balance, Entrant, Entry, Envelope, Piece, Posting
from storage.sqlite import connection as files
from storage.sqlite import envelopes, ledger
from storage.sqlite.envelopes import piece_of

CLUBS = """
SELECT id FROM club UNION SELECT club FROM journal UNION SELECT club FROM balance
UNION SELECT club FROM envelope
"""
NAMES = f"SELECT id, coalesce(name, '') FROM ({CLUBS}) LEFT JOIN club USING (id)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Kept:
    """All that a file keeps of an envelope."""

    club: str
    name: str
    """Of the club."""
    envelope: Envelope
    pieces: Sequence[Piece]
    entrants: Sequence[Entrant]
    postings: Sequence[Posting]
    """To its escrow and from it."""


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


def kept_envelopes(path: Path, club: str = "", number: int = 0) -> Iterator[Kept]:
    """The envelopes of a club, by its name or id, or of all; one of them or all, at one moment.

    Raises WrongStore, and Unsound for a row that is no envelope.
    """
    with reading(path) as connection:
        connection.execute("BEGIN")
        for each, name in connection.execute(NAMES).fetchall():
            if club in ("", each, name):
                yield from _kept(connection, each, name, number)


def _kept(connection: sqlite3.Connection, club: str, name: str, number: int) -> Iterator[Kept]:
    for envelope, pieces in _envelopes(connection, club, number):
        rows = connection.execute(envelopes.ENTRANTS, (club, envelope.number))
        entrants = [Entrant(place, member, bool(newcomer)) for place, member, newcomer in rows]
        postings = _of_account(connection, club, f"env:{envelope.number}")
        yield Kept(club, name, envelope, pieces, entrants, postings)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to an existing file of a version we know. Raises WrongStore.

    A file of an older version, such as an old backup, stays as it is: a copy of it is read.
    """
    if not path.exists():
        raise WrongStore(f"{path} does not exist")
    try:
        with closing(files.reader(path)) as connection:
            files.check_version(connection, files.MIGRATIONS)
            version = files.version_of(connection)
            if not version:
                raise WrongStore(f"{path} holds no club")
            if version == files.newest(files.MIGRATIONS):
                yield connection
                return
        with TemporaryDirectory(prefix="carclub-") as folder:
            newer = Path(folder) / path.name
            files.copy(path, newer)
            files.writer(newer).close()
            with closing(files.reader(newer)) as connection:
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


def _of_account(connection: sqlite3.Connection, club: str, account: str) -> list[Posting]:
    """Each side from its own index, as in a statement."""
    rows = [
        row
        for side in ("target", "source")
        for row in connection.execute(
            f"SELECT {ledger.COLUMNS} FROM journal WHERE club = ? AND {side} = ? ORDER BY at, seq",  # noqa: S608
            (club, account),
        )
    ]
    return [ledger.entry_of(row).posting for row in rows]


def _envelopes(
    connection: sqlite3.Connection, club: str, number: int = 0
) -> Iterator[tuple[Envelope, Sequence[Piece]]]:
    """All of a club's, or one."""
    sql = f"SELECT {envelopes.COLUMNS} FROM envelope WHERE club = ?1"  # noqa: S608
    sql += " AND number = ?2" if number else " ORDER BY number"
    for row in connection.execute(sql, (club, number) if number else (club,)):
        try:
            envelope = envelopes.envelope_of(row)
        except ValueError as error:
            raise Unsound(f"envelope {row[1]}: {error}") from None
        pieces = connection.execute(envelopes.PIECES, (club, envelope.number))
        yield envelope, [piece_of(piece) for piece in pieces]
