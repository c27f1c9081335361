"""Full, locked, read-only, damaged: nothing is kept by halves, and it ends when the cause ends."""

import asyncio
import resource
import shutil
import signal
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import Fault, Refusal, Unavailable, WrongStore
from storage.model import Answer, Event, Member
from storage.sqlite.audit import audit
from storage.sqlite.connection import MIGRATIONS
from storage.sqlite.store import SqliteStore
from tests.support.processes import told_by, without_rights
from tests.support.room import WORDS
from tests.support.stores import at_once, balance, found, give, post, within
from tests.support.world import START, pretend_world

CANNOT_KEEP = WORDS.say("zh", "common", "cannot_keep")


def pragma(text):
    """Run in the writer's own connection."""

    async def unit(work):
        return work.session.connection.execute(f"PRAGMA {text}").fetchall()

    return unit


async def fill_disk(store):
    ((pages,),) = await store.unit(pragma("page_count"))
    await store.unit(pragma(f"max_page_count = {pages}"))


async def empty_disk(store):
    await store.unit(pragma("max_page_count = 1000000"))


def large(number):
    """A unit that needs room."""

    async def unit(work):
        await work.people.put_member(Member(f"m{number}", "名" * 3000))
        await work.ledger.post(give("pool", 1, key=f"give:{number}"))

    return within(unit)


async def all_unavailable(store, units):
    results = await at_once(store, units)
    assert [type(result) for result in results] == [Unavailable] * len(results)
    return str(results[0])


async def works_again(store, shelf, key="after"):
    before = (await balance(store, "pool"))[0]
    await post(store, give("pool", 1, key=key))
    assert await balance(store, "pool") == (before + 1, 0)
    assert [report.wrong for report in audit(shelf.path)] == [""]


async def test_a_full_disk_fails_all_units_of_the_batch_and_keeps_none(store, shelf):
    await fill_disk(store)
    small = within(lambda work: work.ledger.post(give("pool", 7, key="small")))
    said = await all_unavailable(store, [small, *map(large, range(9)), small])
    assert "SQLITE_FULL" in said
    assert await balance(store, "pool") == (0, 0)
    assert store.counts.disturbed
    await empty_disk(store)
    await works_again(store, shelf)
    assert not store.counts.disturbed


async def test_a_file_that_may_not_grow_fails_the_commit_itself(tmp_path):
    """The log is written when a batch is committed; that it cannot be is only seen then."""

    async def starve(tell):
        store = SqliteStore(tmp_path / "club.db", pretend_world())
        await found(store)
        await post(store, give("pool", 3))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = (tmp_path / "club.db-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 5000, hard))
        results = await at_once(store, map(large, range(9)))
        tell([type(result).__name__ for result in results])
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        tell([str(await balance(store, "pool"))])
        await store.unit(large(1))
        tell([str(await balance(store, "pool"))])
        await store.close()

    told = told_by(lambda tell: asyncio.run(starve(tell)))
    assert told == [["Unavailable"] * 9, ["(3, 0)"], ["(4, 0)"]]
    assert [report.wrong for report in audit(tmp_path / "club.db")] == [""]


async def test_a_locked_file_fails_the_batch_until_it_is_free(store, shelf):
    await store.unit(pragma("busy_timeout = 0"))
    with closing(sqlite3.connect(shelf.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "SQLITE_BUSY" in await all_unavailable(store, map(large, range(3)))
        assert await balance(store, "pool") == (0, 0)  # looking things up still works
        other.execute("ROLLBACK")
    await works_again(store, shelf)


async def test_an_interrupted_statement_fails_the_whole_batch(store, shelf):
    async def interrupted(work):
        work.session.connection.set_progress_handler(lambda: 1, 1)
        try:
            await work.people.put_member(Member("a", "小王"))
        finally:
            work.session.connection.set_progress_handler(None, 1)

    await all_unavailable(store, [large(1), within(interrupted), large(2)])
    assert await balance(store, "pool") == (0, 0)
    await works_again(store, shelf)


async def test_a_handler_that_hides_a_disturbance_takes_nobody_with_it(store, shelf):
    """The disk's error ended the transaction; without a look at that, the rest would be kept."""

    async def hides(work):
        await work.ledger.post(give("pool", 100, key="hidden"))
        work.session.connection.execute("ROLLBACK")

    units = [large(1), within(hides), large(2)]
    results = await at_once(store, units)
    assert results[0] is results[2] is None
    assert isinstance(results[1], Fault)
    assert await balance(store, "pool") == (2, 0)
    await works_again(store, shelf)


@pytest.mark.parametrize("looks", [True, False], ids=["seen early", "seen at the end"])
async def test_a_row_that_cannot_be_written_is_its_own_units_fault(store, shelf, looks):
    """What is held back may be found wrong while another unit runs, or when the batch ends."""
    event = Event("e1", "pretend", "group", "小王", "小王", "积分", START)

    async def remember(work):
        await work.events.remember(event, "a", Answer())

    async def twice(work):
        await work.ledger.post(give("pool", 100, key="twice"))
        await remember(work)

    async def look(work):
        return len(await work.ledger.statement("pool", 9))

    await store.unit(remember)
    units = [large(1), within(twice), within(look) if looks else large(3), large(2)]
    results = await at_once(store, units)
    assert isinstance(results[1], sqlite3.IntegrityError)
    assert [results[0], results[2], results[3]] == [None, 1 if looks else None, None]
    assert await balance(store, "pool") == (2 if looks else 3, 0)
    await works_again(store, shelf)


async def test_a_handler_that_hides_an_unwritable_row_is_a_fault(store, shelf):
    event = Event("e1", "pretend", "group", "小王", "小王", "积分", START)

    async def remember(work):
        await work.events.remember(event, "a", Answer())

    async def hides(work):
        await remember(work)
        try:
            await work.ledger.statement("pool", 9)
        except sqlite3.IntegrityError:
            return "hidden"

    await store.unit(remember)
    with pytest.raises(Fault):
        await store.unit(within(hides))
    await works_again(store, shelf)


async def test_a_refusal_in_a_batch_that_fails_is_unavailable_too(store):
    """Nothing was kept, so nobody may be told what was refused on the ground of it."""
    await fill_disk(store)

    async def refused(work):
        raise Refusal("too_poor")

    await all_unavailable(store, [refused, *map(large, range(9))])


async def test_the_bot_says_that_nothing_can_be_kept_and_goes_on_later(room):
    await room.give("小王", 100)
    await fill_disk(room.store)
    said = []
    for number in range(200):  # the last page may have room for some
        answer = await room.answer("小王", "红包 1 1", event_id=f"e{number}")
        if not answer.kept:
            said.append(answer)
            break
    assert said[0].tap == said[0].replies[0].text == CANNOT_KEEP
    before = await room.balance("小王")
    await empty_disk(room.store)
    assert await room.balance("小王") == before
    assert (await room.answer("小王", "红包 1 1", event_id=f"e{number}")).kept
    assert await room.balance("小王") == before - 1


# Files


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
async def test_the_writer_keeps_what_it_says_even_over_a_power_cut(store, name, value):
    """A killed process does not show it: only the setting can be looked at."""
    assert await store.unit(pragma(name)) == [(value,)]


def refused(path, **more):
    with pytest.raises(WrongStore) as caught:
        SqliteStore(path, pretend_world(), **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path):
    path = tmp_path / "club.db"
    path.write_bytes(b"GIF89a" * 1000)
    assert "not a database" in refused(path)
    path.unlink()
    path.mkdir()
    assert str(path) in refused(path)


def test_a_folder_that_is_none_is_refused_in_one_line(tmp_path):
    (tmp_path / "data").write_text("a file")
    assert str(tmp_path / "data") in refused(tmp_path / "data" / "club.db")


async def test_a_second_carclub_is_refused_in_one_line_whichever_process_it_is(store, shelf):
    said = refused(shelf.path)
    assert said == f"{shelf.path} is in use by another carclub; stop that one first"
    assert told_by(lambda tell: tell([refused(shelf.path)])) == [[said]]
    await works_again(store, shelf)


def test_the_lock_goes_when_opening_fails(tmp_path):
    path = tmp_path / "club.db"
    path.write_bytes(b"GIF89a" * 1000)
    refused(path)
    path.unlink()
    asyncio.run(SqliteStore(path, pretend_world()).close())


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_written_is_refused_in_one_line(what):
    folder = Path(tempfile.mkdtemp(prefix="carclub-read-only-"))
    path = folder / "club.db"
    # The project itself may lie where somebody without rights cannot look.
    scripts = Path(shutil.copytree(MIGRATIONS, folder / "migrations"))
    try:
        asyncio.run(SqliteStore(path, pretend_world()).close())
        if what == "file":
            folder.chmod(0o777)
            path.with_name("club.db.lock").chmod(0o666)
            path.chmod(0o444)
        else:
            folder.chmod(0o555)
            path.with_name("club.db.lock").unlink()

        def run(tell):
            without_rights()
            tell([refused(path, migrations=scripts)])

        ((said,),) = told_by(run)
        assert str(path) in said
    finally:
        folder.chmod(0o777)
        shutil.rmtree(folder)


async def test_a_damaged_page_harms_only_what_lies_on_it(store, shelf):
    await post(store, give("pool", 5))
    await shelf.close()
    with closing(sqlite3.connect(shelf.path)) as connection:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'balance'"
        ((page,),) = connection.execute(sql).fetchall()
        ((size,),) = connection.execute("PRAGMA page_size").fetchall()
    whole = shelf.path.read_bytes()
    with shelf.path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    store = await shelf.open()
    await all_unavailable(store, [large(1), large(2)])
    with pytest.raises(Unavailable):
        await balance(store, "pool")
    with pytest.raises(WrongStore):
        list(audit(shelf.path))
    assert (await store.read(within(lambda work: work.people.club()))).name == "车友会"
    await shelf.close()
    shelf.path.write_bytes(whole)
    await works_again(await shelf.open(), shelf)


async def test_a_log_cut_off_anywhere_leaves_whole_commits(store, shelf, tmp_path):
    for number in range(1, 9):
        await post(store, give("pool", 1, key=f"give:{number}"))
    log = shelf.path.with_name("club.db-wal").read_bytes()
    assert len(log) > 20_000
    kept = set()
    for length in (0, 1, 31, 32, 33, *range(100, len(log), 1777), len(log)):
        path = tmp_path / f"cut{length}.db"
        shutil.copy(shelf.path, path)
        path.with_name(path.name + "-wal").write_bytes(log[:length])
        cut = SqliteStore(path, pretend_world())
        try:
            assert [report.wrong for report in audit(path)] in ([""], [])
            points, rows = (await balance(cut, "pool"))[0], await cut.read(within(head))
            assert points == rows
            kept.add(points)
            await cut.unit(within(lambda work: work.ledger.post(give("pool", 1, key="after"))))
        finally:
            await cut.close()
    assert kept == set(range(9))


async def head(work):
    return (await work.ledger.head())[0]


# Versions


@pytest.fixture
def migrations(tmp_path):
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    return folder


def version(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


NEWEST = max(int(script.name[:4]) for script in MIGRATIONS.glob("*.sql"))


def plant(migrations, text):
    (migrations / f"{NEWEST + 1:04d}_next.sql").write_text(text, "utf-8")


async def test_an_older_file_is_brought_up_to_date(store, shelf, migrations):
    await post(store, give("pool", 5))
    await shelf.close()
    plant(migrations, "CREATE TABLE planted (a TEXT) STRICT; -- a comment, and no new line")
    for _ in range(2):  # the second time there is nothing to do
        newer = SqliteStore(shelf.path, pretend_world(), migrations=migrations)
        assert await balance(newer, "pool") == (5, 0)
        await newer.unit(pragma("table_info(planted)"))
        await newer.close()
    assert version(shelf.path) == NEWEST + 1


async def test_a_newer_file_is_refused_in_one_line(store, shelf, migrations):
    await shelf.close()
    plant(migrations, "CREATE TABLE planted (a TEXT) STRICT;")
    await SqliteStore(shelf.path, pretend_world(), migrations=migrations).close()
    said = refused(shelf.path)
    assert f"version {NEWEST + 1}" in said
    assert "newer carclub" in said


@pytest.mark.parametrize(
    "text",
    ["CREATE TABLE planted (a TEXT); CREATE TABLE club (a TEXT);", "CREATE TABLE planted (a"],
    ids=["half-way", "at once"],
)
async def test_a_migration_that_fails_leaves_the_old_version(store, shelf, migrations, text):
    await shelf.close()
    plant(migrations, text)
    assert str(shelf.path) in refused(shelf.path, migrations=migrations)
    assert version(shelf.path) == NEWEST
    with closing(sqlite3.connect(shelf.path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE name = 'planted'")
        assert names.fetchall() == []
    await works_again(await shelf.open(), shelf)


def test_too_old_an_sqlite_is_refused_by_its_version(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    assert "too old" in refused(tmp_path / "club.db")
