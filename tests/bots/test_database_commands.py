"""audit, backup, restore and deadletters, as an operator types them."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bots.commands import CommandError, backup
from storage.books import digest_of
from storage.model import Priority, Reply
from storage.sqlite import connection as files
from storage.sqlite.store import SqliteStore
from tests.support.processes import told_by, without_rights
from tests.support.stores import CLUB, balance, found, give, post
from tests.support.world import START, pretend_world

pytestmark = pytest.mark.usefixtures("fresh_logs")


def fill(database, *postings):
    """As a former run left it."""
    asyncio.run(_fill(database, postings))


async def _fill(database, postings):
    store = SqliteStore(database, pretend_world())
    if await _club(store) is None:
        await found(store)
    await post(store, *postings)
    await store.close()


async def _club(store):
    async def look(work):
        work.enter(CLUB.id)
        return await work.people.club()

    return await store.read(look)


def points(database):
    async def look():
        store = SqliteStore(database, pretend_world())
        try:
            return (await balance(store, "pool"))[0]
        finally:
            await store.close()

    return asyncio.run(look())


def spoil(database):
    """A row of the journal is not what it was."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_is_never_changed")
        connection.execute("UPDATE journal SET amount = amount + 1 WHERE seq = 2")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# audit


def test_audit_prints_a_line_a_club(do, database):
    fill(database, give("pool", 5), give("pool", 7))
    code, out, _ = do("audit")
    assert code == 0
    (line,) = out.splitlines()
    club, rows, head, said, verdict = line.split("  ")
    assert (club, rows, said, verdict) == (CLUB.id, "2 rows", "12 points out", "ok")
    assert len(head.removeprefix("head ")) == 64


def test_audit_names_the_first_wrong_row(do, database):
    fill(database, give("pool", 5), give("pool", 7))
    spoil(database)
    code, out, _ = do("audit")
    assert code == 1
    assert "row 2: its digest is not that of its content" in out


def test_audit_of_another_file(do, database, tmp_path):
    fill(tmp_path / "other.db", give("pool", 5))
    assert do("audit", "other.db")[0] == 0
    assert not database.exists()


def test_audit_of_an_empty_database(do, database):
    asyncio.run(SqliteStore(database, pretend_world()).close())
    assert do("audit") == (0, "no club yet\n", "")


async def test_audit_and_backup_work_beside_a_running_carclub(do, database, data):
    store = SqliteStore(database, pretend_world())
    await found(store)
    await post(store, give("pool", 5))
    assert do("audit")[0] == 0
    assert do("backup", "copy.db")[0] == 0
    await post(store, give("pool", 6))
    await store.close()
    assert do("audit")[1].split("  ")[1] == "2 rows"
    assert do("audit", "copy.db")[1].split("  ")[1] == "1 rows"


def newer(path):
    fill(path, give("pool", 5))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")


WRONG_FILES = {
    "missing": (lambda path: None, "does not exist"),
    "no database": (lambda path: path.write_bytes(b"GIF89a" * 1000), "cannot be read"),
    "of another program": (
        lambda path: sqlite3.connect(path).execute("CREATE TABLE a (b)").connection.close(),
        "holds no club",
    ),
    "newer": (newer, "use the newer carclub that wrote it"),
}


def test_a_backup_of_an_older_carclub_is_audited_and_restored(do, database):
    """As it was before envelopes of all kinds: the first script alone."""
    first = sorted(files.MIGRATIONS.glob("*.sql"))[0]
    with closing(sqlite3.connect("old.db")) as connection:
        connection.executescript(first.read_text("utf-8"))
        connection.execute("PRAGMA user_version = 1")
        connection.execute("INSERT INTO club VALUES ('c', '老会', 'zh', 'Asia/Shanghai', 0, 0, 0)")
        connection.commit()
    before = Path("old.db").read_bytes()
    code, out, _ = do("audit", "old.db")
    assert (code, out.split()[0], out.split()[-1]) == (0, "c", "ok")
    assert Path("old.db").read_bytes() == before
    assert do("restore", "old.db")[0] == 0
    assert do("audit")[0] == 0


@pytest.mark.parametrize(("make", "why"), WRONG_FILES.values(), ids=WRONG_FILES)
@pytest.mark.parametrize("verb", ["audit", "restore"])
def test_a_file_that_will_not_do_is_one_line(do, database, verb, make, why):
    fill(database, give("pool", 5))
    make(Path("wrong.db"))
    code, out, err = do(verb, "wrong.db")
    assert (code, out) == (2, "")
    assert why in err
    assert "\n" not in err
    assert points(database) == 5


# backup


def test_a_backup_has_its_time_for_a_name_and_is_for_its_owner_only(do, database, data):
    fill(database, give("pool", 5))
    assert do("backup")[0] == 0
    (copy,) = (data / "backups").iterdir()
    assert copy.match("carclub-2*T*Z.db")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert points(copy) == 5


def test_a_stamp_sorts_by_time():
    assert backup.stamp(START) == "20260501T040000Z"
    assert backup.stamp(START) < backup.stamp(START + 1000)


def test_a_backup_goes_into_a_folder_that_is_named(do, database, tmp_path):
    fill(database, give("pool", 5))
    (tmp_path / "disk").mkdir()
    assert do("backup", "disk")[0] == 0
    assert len(names(tmp_path / "disk")) == 1


def test_a_backup_replaces_nothing(do, database, tmp_path):
    fill(database, give("pool", 5))
    (tmp_path / "mine").write_text("precious")
    code, _, err = do("backup", "mine")
    assert (code, err) == (2, "mine exists; a backup never replaces anything")
    assert (tmp_path / "mine").read_text() == "precious"
    (tmp_path / "half.partial").touch()
    assert "half.partial exists" in do("backup", "half")[2]
    assert names(tmp_path) == ["data", "half.partial", "mine"]


def test_books_that_are_wrong_are_not_called_a_backup(do, database, tmp_path):
    fill(database, give("pool", 5), give("pool", 7))
    spoil(database)
    code, _, err = do("backup", "copy.db")
    assert code == 2
    assert "row 2: its digest" in err
    assert names(tmp_path) == ["data"]


def test_a_damaged_database_is_not_called_a_backup(do, database, tmp_path):
    fill(database, *(give("pool", 5, key=f"give:{number}") for number in range(200)))
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.seek(size // 4096 * 2048)
        file.write(b"\xff" * 8192)
    assert do("backup", "copy.db")[0] == 2
    assert names(tmp_path) == ["data"]


def test_nothing_to_back_up_is_one_line_and_makes_nothing(do, data, tmp_path):
    code, _, err = do("backup")
    assert (code, err) == (2, f"{data / 'carclub.db'} does not exist")
    assert names(tmp_path) == []


def test_a_folder_that_is_not_there_or_may_not_be_written_is_one_line(do, database, data):
    fill(database, give("pool", 5))
    assert "No such file or directory" in do("backup", "nowhere/copy.db")[2]
    (data / "backups").write_text("a file")
    assert "backups" in do("backup")[2]


def test_a_folder_that_may_not_be_made_is_one_line(tmp_path):
    tmp_path.chmod(0o500)

    def run(tell):
        without_rights()
        try:
            backup.make_folder(tmp_path / "backups")
        except CommandError as error:
            tell([str(error)])

    try:
        assert told_by(run) == [[f"{tmp_path / 'backups'} cannot be made: Permission denied"]]
    finally:
        tmp_path.chmod(0o700)


# restore


def test_a_backup_is_put_back_and_what_was_there_is_kept(do, database, data):
    fill(database, give("pool", 5))
    do("backup", "copy.db")
    fill(database, give("pool", 6))
    database.chmod(0o640)
    code, out, _ = do("restore", "copy.db")
    assert code == 0
    assert points(database) == 5
    assert database.stat().st_mode & 0o777 == 0o640
    (former,) = data.glob("carclub.db.before-*")
    assert str(former) in out
    assert points(former) == 11
    assert [name for name in names(data) if name.endswith(("-wal", "-shm", ".partial"))] == []


def test_a_backup_is_put_where_there_was_nothing(do, database, data):
    fill(Path("copy.db"), give("pool", 5))
    assert do("restore", "copy.db")[0] == 0
    assert points(database) == 5
    assert list(data.glob("carclub.db.before-*")) == []


def test_what_a_crash_left_in_the_log_is_kept_with_the_former_file(do, database, data):
    """And it is not played into the file that comes in its place."""
    fill(Path("copy.db"), give("pool", 5))
    crash(database)
    assert do("restore", "copy.db")[0] == 0
    assert points(database) == 5
    (former,) = data.glob("carclub.db.before-*")
    assert points(former) == 7


def crash(database):
    """A process ends in the middle, with all it committed still in the log."""

    async def run():
        store = SqliteStore(database, pretend_world())
        await found(store)
        await post(store, give("pool", 7))
        os._exit(0)

    told_by(lambda tell: asyncio.run(run()))
    assert database.with_name("carclub.db-wal").stat().st_size


def test_a_log_without_its_file_is_taken_away(do, database, data):
    fill(Path("copy.db"), give("pool", 5))
    crash(database)
    database.unlink()
    assert do("restore", "copy.db")[0] == 0
    assert points(database) == 5


def test_a_damaged_database_is_kept_with_its_log(do, database, data):
    fill(Path("copy.db"), give("pool", 5))
    crash(database)
    log = database.with_name("carclub.db-wal").read_bytes()
    database.write_bytes(b"\xff" * 100)
    assert do("restore", "copy.db")[0] == 0
    assert points(database) == 5
    (former,) = data.glob("carclub.db.before-*[Z]")
    assert former.read_bytes() == b"\xff" * 100
    assert former.with_name(former.name + "-wal").read_bytes() == log


async def test_a_running_carclub_is_not_replaced(do, database):
    shutil.rmtree(database.parent, ignore_errors=True)
    store = SqliteStore(database, pretend_world())
    await found(store)
    await post(store, give("pool", 5))
    do("backup", "copy.db")
    code, _, err = do("restore", "copy.db")
    assert code == 2
    assert "is in use by another carclub" in err
    assert await balance(store, "pool") == (5, 0)
    await store.close()


def test_a_wrong_backup_changes_nothing(do, database, data):
    fill(database, give("pool", 5))
    fill(Path("copy.db"), give("pool", 6), give("pool", 7))
    spoil(Path("copy.db"))
    before = names(data)
    code, _, err = do("restore", "copy.db")
    assert code == 2
    assert "row 2: its digest" in err
    assert points(database) == 5
    assert names(data) == before


def test_the_database_is_no_backup_of_itself(do, database):
    fill(database, give("pool", 5))
    assert "is the database itself" in do("restore", database)[2]
    assert points(database) == 5


def test_what_an_interrupted_restore_left_is_no_hindrance(do, database, data):
    fill(database, give("pool", 5))
    do("backup", "copy.db")
    for left in ("carclub.db.restoring", "carclub.db.restoring.partial"):
        (data / left).write_text("half")
    assert do("restore", "copy.db")[0] == 0
    assert points(database) == 5


def test_a_former_file_is_not_replaced(do, database, data, monkeypatch):
    fill(database, give("pool", 5))
    do("backup", "copy.db")
    monkeypatch.setattr("bots.commands.restore.stamp", lambda now: "then")
    (data / "carclub.db.before-then").write_text("precious")
    assert do("restore", "copy.db")[2].endswith("before-then exists")
    assert points(database) == 5


# deadletters


def bury(database, *texts, slot=""):
    """Messages a former run gave up."""

    async def run():
        store = SqliteStore(database, pretend_world())
        for text in texts:
            reply = Reply(text, priority=Priority.MONEY, slot=slot)
            await store.unit(partial(put, reply))
            await store.unit(give_up)
        await store.close()

    asyncio.run(run())


async def put(reply, work):
    await work.outbox.put("pretend", "group", "", reply)


async def give_up(work):
    for message in await work.outbox.lease(("pretend",), (), 9):
        await work.outbox.bury(message.id, "blocked by the member")


def waiting(database):
    async def run():
        store = SqliteStore(database, pretend_world())
        try:
            leased = await store.unit(lambda work: work.outbox.lease(("pretend",), (), 9))
            return [(message.reply.text, message.attempts) for message in leased]
        finally:
            await store.close()

    return asyncio.run(run())


def test_messages_given_up_are_listed_without_their_words(do, database):
    bury(database, "小王 的秘密", "小李 的秘密")
    code, out, _ = do("deadletters")
    assert code == 0
    heading, *rows = out.splitlines()
    assert heading.split() == ["id", "platform", "priority", "attempts", "created", "error"]
    assert [row.split()[0] for row in rows] == ["2", "1"]
    assert rows[0].split(maxsplit=6)[1:] == [
        "pretend",
        "money",
        "1",
        "2026-05-01",
        "04:00:00Z",
        "blocked by the member",
    ]
    assert "秘密" not in out


def test_no_message_given_up_is_said_so(do, database):
    asyncio.run(SqliteStore(database, pretend_world()).close())
    assert do("deadletters") == (0, "no message was given up\n", "")
    assert do("deadletters", "--retry", "all")[1] == "0 will be sent when carclub runs\n"


def test_one_message_is_tried_again(do, database):
    bury(database, "one", "two")
    assert do("deadletters", "--retry", 2)[:2] == (0, "1 will be sent when carclub runs\n")
    assert waiting(database) == [("two", 1)]
    assert len(do("deadletters")[1].splitlines()) == 2


def test_all_messages_are_tried_again_in_their_order(do, database):
    bury(database, "one", "two")
    assert do("deadletters", "--retry", "all")[1].startswith("2 ")
    assert waiting(database) == [("one", 1)]


def test_of_one_slot_only_the_newest_is_tried_again(do, database):
    bury(database, "one", "two", slot="s")
    assert do("deadletters", "--retry", "all")[1].startswith("1 ")
    assert waiting(database) == [("two", 1)]


@pytest.mark.parametrize(
    ("which", "why"), [("7", "no message 7 was given up"), ("x", 'a number or "all", not x')]
)
def test_a_message_that_was_not_given_up_is_one_line(do, database, which, why):
    bury(database, "one")
    code, _, err = do("deadletters", "--retry", which)
    assert code == 2
    assert why in err


async def test_nothing_is_tried_again_beside_a_running_carclub(do, database):
    store = SqliteStore(database, pretend_world())
    assert "is in use by another carclub" in do("deadletters", "--retry", "all")[2]
    assert do("deadletters")[0] == 0
    await store.close()


@pytest.mark.parametrize("arguments", [(), ("--retry", "all")])
def test_no_database_is_one_line_and_makes_none(do, database, arguments):
    assert do("deadletters", *arguments)[2] == f"{database} does not exist"
    assert not database.exists()


def test_a_posting_is_what_its_digest_says():
    """So that `spoil` above spoils something."""
    assert digest_of(give("pool", 7)) != digest_of(replace(give("pool", 7), amount=8))
