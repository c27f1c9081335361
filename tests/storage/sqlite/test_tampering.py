"""Somebody changes the file behind our back: the audit names the first row that is wrong."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from storage.errors import WrongStore
from storage.model import Club, Envelope, EnvelopeState, Posting
from storage.sqlite.audit import audit, verify
from storage.sqlite.ledger import COLUMNS
from tests.support.stores import CLUB, SqliteShelf, found, give, move, post, within
from tests.support.world import START, Clock

ROWS = 9
HOLD = Posting("hold", "pend", "merchant:m", "member:a", 7, "a", phase="pending", group="g")
OTHER = Club("club2", "另一个", "zh", "Asia/Shanghai", START)


async def fill(folder):
    shelf = SqliteShelf(folder, Clock())
    store = await shelf.open()
    await found(store)
    await found(store, OTHER)
    await post(store, give("pool", 50), give("member:a", 30), give("merchant:m", 20), HOLD)
    await post(store, replace(HOLD, key="hold:post", phase="post", refers_to="hold", amount=4))
    for number, state in ((1, EnvelopeState.OPEN), (2, EnvelopeState.EXPIRED)):
        await put_up(store, number)
        if state == EnvelopeState.EXPIRED:
            await post(store, move("env:2:refund", "env:2", "member:a", 6))
            await store.unit(within(lambda work: work.envelopes.close(2, EnvelopeState.EXPIRED)))
    await post(store, move("gift", "member:a", "member:b", 1))
    await store.unit(within(lambda work: work.ledger.post(give("pool", 1)), OTHER.id))
    await shelf.close()
    return shelf.path


async def put_up(store, number):
    envelope = Envelope(
        number, "member:a", "a", "lucky", 6, 3, b"s" * 32, "pretend", "group", START, START + 9
    )
    await post(store, move(f"env:{number}:send", "member:a", f"env:{number}", 6))
    await store.unit(within(lambda work: work.envelopes.open(envelope, (1, 2, 3))))


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    return asyncio.run(fill(tmp_path_factory.mktemp("honest")))


@pytest.fixture
def path(honest, tmp_path):
    return shutil.copy(honest, tmp_path / "club.db")


def tamper(path, *statements):
    """Through a connection that may write, with what guards the journal taken away."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_is_never_changed")
        connection.execute("DROP TRIGGER journal_is_never_deleted")
        for sql, *values in statements:
            connection.execute(sql, values)


def report(path):
    return next(report for report in audit(path) if report.club == CLUB.id)


def test_an_honest_file_passes(path):
    reports = list(audit(path))
    assert [(each.club, each.rows, each.wrong) for each in reports] == [
        (CLUB.id, ROWS, ""),
        (OTHER.id, 1, ""),
    ]
    assert [each.points_out for each in reports] == [100, 1]
    verify(path)


@pytest.mark.parametrize("sql", ["UPDATE journal SET amount = amount + 1", "DELETE FROM journal"])
@pytest.mark.parametrize("which", ["", " WHERE seq = 3"])
def test_the_journal_itself_refuses_changes(path, sql, which):
    never = pytest.raises(sqlite3.IntegrityError, match="never")
    with closing(sqlite3.connect(path)) as connection, never:
        connection.execute(sql + which)
    assert report(path).wrong == ""


CHANGES = {
    "at": "at + 1",
    "key": "key || 'x'",
    "kind": "kind || 'x'",
    "source": "source || 'x'",
    "target": "target || 'x'",
    "amount": "amount + 1",
    "actor": "actor || 'x'",
    "reason": "reason || 'x'",
    "phase": "CASE phase WHEN 'single' THEN 'pending' ELSE 'single' END",
    "refers_to": "refers_to || 'x'",
    "group_key": "group_key || 'x'",
    "policy": "policy + 1",
    "club": "'club3'",
    "seq": "seq + 100",
}


def test_every_column_is_tried():
    assert set(CHANGES) | {"digest", "hash"} == {name.strip() for name in COLUMNS.split(",")}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_row_is_named_whichever_column_it_is(path, tmp_path, column):
    for seq in range(1, ROWS + 1):
        copy = shutil.copy(path, tmp_path / f"{column}{seq}.db")
        sql = f"UPDATE journal SET {column} = {CHANGES[column]} WHERE club = ? AND seq = ?"
        tamper(copy, (sql, CLUB.id, seq))
        told = report(copy)
        assert told.wrong
        if column == "club" and seq == ROWS:
            assert told.seq == 0  # as if the journal ended before: the balances say otherwise
        else:
            assert told.seq == seq
        assert told.rows == seq - 1


@pytest.mark.parametrize("column", ["digest", "hash"])
def test_any_flipped_byte_of_a_hash_is_named(path, tmp_path, column):
    with closing(sqlite3.connect(path)) as connection:
        sql = f"SELECT seq, {column} FROM journal WHERE club = ?"
        kept = connection.execute(sql, (CLUB.id,)).fetchall()
    sql = f"UPDATE journal SET {column} = ? WHERE club = ? AND seq = ?"
    tamper(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for seq, value in kept:
            for place in range(len(value)):
                flipped = bytearray(value)
                flipped[place] ^= 1 << place % 8
                connection.execute(sql, (bytes(flipped), CLUB.id, seq))
                assert report(path).seq == seq
            connection.execute(sql, (value, CLUB.id, seq))
    assert report(path).wrong == ""


@pytest.mark.parametrize("seq", range(1, ROWS))
def test_a_missing_row_is_named(path, seq):
    tamper(path, ("DELETE FROM journal WHERE club = ? AND seq = ?", CLUB.id, seq))
    told = report(path)
    assert (told.seq, told.wrong) == (seq, f"row {seq}: is missing, row {seq + 1} follows")


@pytest.mark.parametrize("length", range(ROWS))
def test_a_journal_cut_short_is_found_by_what_it_no_longer_explains(path, length):
    tamper(path, ("DELETE FROM journal WHERE club = ? AND seq > ?", CLUB.id, length))
    told = report(path)
    assert (told.rows, told.seq) == (length, 0)
    assert "the journal says" in told.wrong


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 7), (8, 9)])
def test_swapped_rows_are_named(path, one, other):
    step = "UPDATE journal SET seq = ? WHERE club = ? AND seq = ?"
    tamper(path, (step, 99, CLUB.id, one), (step, one, CLUB.id, other), (step, other, CLUB.id, 99))
    assert report(path).seq == one


@pytest.mark.parametrize("seq", [1, 5, ROWS + 1])
def test_a_row_put_in_is_named(path, seq):
    """With an honest digest, but nobody can make the hashes that would have to follow."""
    move_on = (
        ("UPDATE journal SET seq = seq + 100 WHERE club = ? AND seq >= ?", CLUB.id, seq),
        ("UPDATE journal SET seq = seq - 99 WHERE club = ? AND seq > 100", CLUB.id),
    )
    copied = COLUMNS.replace("seq", "?", 1).replace(" key", " 'new'", 1)
    put_in = (
        f"INSERT INTO journal ({COLUMNS}) SELECT {copied} FROM journal WHERE club = ? AND key = ?",
        seq,
        CLUB.id,
        "give:pool:50",
    )
    tamper(path, *move_on, put_in)
    assert report(path).seq == seq


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE balance SET posted = posted + 1 WHERE account = 'pool'", "pool has"),
        ("UPDATE balance SET held = 1 WHERE account = 'pool'", "1 held"),
        ("DELETE FROM balance WHERE account = 'pool'", "pool has no balance"),
        ("INSERT INTO balance VALUES ('club1', 'member:x', 5, 0)", "member:x has 5"),
        ("UPDATE envelope SET paid = 1 WHERE number = 1", "envelope 1"),
        ("UPDATE envelope SET taken = 1 WHERE number = 1", "envelope 1"),
        ("UPDATE envelope SET total = 7 WHERE number = 2", "envelope 2"),
        ("UPDATE envelope SET state = 'expired' WHERE number = 1", "env:1 is expired"),
        ("UPDATE envelope SET state = 'open' WHERE number = 2", "env:2 is open"),
        ("UPDATE envelope SET state = 'lost' WHERE number = 2", "'lost' is not a valid"),
        ("DELETE FROM envelope WHERE number = 1", "env:1 holds points"),
        ("UPDATE piece SET amount = 9 WHERE number = 1 AND place = 2", "do not add up"),
        ("UPDATE piece SET member = 'x' WHERE number = 1 AND place = 2", "not its first 0"),
        ("DELETE FROM piece WHERE number = 2 AND place = 2", "2 pieces instead of 3"),
    ],
)
def test_what_the_journal_does_not_explain_is_named(path, sql, why):
    tamper(path, (sql,))
    told = report(path)
    assert why in told.wrong
    assert (told.rows, told.seq) == (ROWS, 0)
    with pytest.raises(WrongStore, match=r"the books of club club1 are wrong"):
        verify(path)


def test_one_clubs_trouble_is_not_anothers(path):
    tamper(path, ("UPDATE journal SET amount = 7 WHERE club = ?", OTHER.id))
    assert [bool(each.wrong) for each in audit(path)] == [False, True]


def test_balances_rebuilt_from_the_journal_are_those_that_were_kept(path):
    from storage.audit import Books, fold
    from storage.sqlite.ledger import entry_of

    with closing(sqlite3.connect(path)) as connection:
        sql = f"SELECT {COLUMNS} FROM journal WHERE club = ? ORDER BY seq"
        books = fold(Books(CLUB.id), map(entry_of, connection.execute(sql, (CLUB.id,))))
        rebuilt = [(name, each.posted, each.held) for name, each in sorted(books.balances.items())]
        sql = "SELECT account, posted, held FROM balance WHERE club = ? AND (posted OR held)"
        assert connection.execute(f"{sql} ORDER BY account", (CLUB.id,)).fetchall() == rebuilt
