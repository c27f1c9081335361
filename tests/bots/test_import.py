"""carclub import, as an operator types it, and killed in the middle."""

import asyncio
import io
import itertools
import json
import os
import re
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from random import Random

import pytest

from benchmarks import history_file
from bots.__main__ import main
from bots.history.progress import progress
from bots.history.source import open_source
from bots.history.telegram_export import TelegramExport
from bots.world import real_world
from config import catalogue
from handlers.past import Import, Tally
from storage.model import Chat
from storage.sqlite.store import SqliteStore
from tests.support.processes import told_by
from tests.support.stores import CLUB

pytestmark = pytest.mark.usefixtures("fresh_logs")

MESSAGES = 3_000
GROUP = history_file.CHAT_ID
WORLD = replace(real_world(), secret=lambda: b"s" * 32)
OTHER = replace(CLUB, id="club2", name="第二会")


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "result.json"
    history_file.write(path, MESSAGES)
    return path


@pytest.fixture(autouse=True)
def club(database):
    """A club with one chat, and a second one without any."""
    asyncio.run(found(database, CLUB))
    return CLUB


async def found(database, *clubs):
    store = SqliteStore(database, WORLD)

    async def unit(work):
        for club in clubs:
            await work.people.found(club)
        if CLUB in clubs:
            await work.people.put_chat(Chat("telegram", GROUP, CLUB.id, "群"))

    await store.unit(unit)
    await store.close()


def rows(database):
    """All shares in order, each with its author's account in place of the random id."""
    columns = "number, account.id, tag, text, car, km, figure, at, consent, message, fingerprint"
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            f"SELECT {columns} FROM share JOIN account ON account.member = share.author"
            " ORDER BY number"
        ).fetchall()
        cues = connection.execute("SELECT account FROM cue ORDER BY account").fetchall()
    return found, cues


def table(path, *said):
    lines = [f"{n},2021-05-01 12:00:00,{account},小李,{text}" for n, account, text in said]
    path.write_text("\n".join(["id,time,account,name,text", *lines, ""]), "utf-8")
    return path


def fuel(figure):
    return f"#油耗 轩逸 百公里{figure}升"


# What it does


def test_an_export_is_imported_and_summed_up(do, database, export):
    code, out, err = do("import", export, "--club", CLUB.name)
    assert code == 0
    read, kept, about, cars, skipped, rate = out.splitlines()
    assert read.startswith(f"{MESSAGES:,} messages of ")
    assert read.endswith(", 2019-01-01 to 2019-02-01")
    count = len(rows(database)[0])
    assert count > 300
    assert kept.startswith(f"{count} shares: {count} new, 0 known")
    assert about.startswith("about: 油耗 ")
    assert cars.startswith("cars: ")
    for reason in ("ordinary talk", "service messages", "forwarded", "of bots", "without words"):
        assert reason in skipped
    assert rate.endswith(" messages a second")
    assert [line.split("%")[0].strip() for line in err.splitlines()][-1] == "100"
    assert len(err.splitlines()) <= 10


def test_a_second_run_adds_nothing(do, database, export):
    do("import", export)
    before = rows(database)
    code, out, _ = do("import", export.parent, "--club", CLUB.id)
    assert code == 0
    assert ": 0 new, " in out
    assert rows(database) == before


def test_nobodys_words_names_or_accounts_are_shown(do, tmp_path):
    file = table(tmp_path / "h.csv", (1, "acc77", fuel(6)), (2, "acc88", "秘密的话"))
    shown = "".join(map(str, do("import", file)))
    for secret in ("小李", "acc77", "acc88", "秘密", "百公里"):
        assert secret not in shown


def test_a_table_of_another_platform(do, database, tmp_path):
    file = table(tmp_path / "h.csv", (1, "u1", fuel(6)))
    chat = ("--platform", "wechat", "--chat", "room1")
    assert "say with --chat" in do("import", file, "--platform", "wechat")[2]
    assert "chat room1 is not linked to 车友会 (linked: none)" in do("import", file, *chat)[2]
    assert do("import", file, *chat, "--other-chat")[0] == 0
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT platform, chat, author FROM share").fetchall()
        accounts = connection.execute("SELECT platform, id, member FROM account").fetchall()
    assert [row[:2] for row in found] == [("wechat", "room1")]
    assert accounts == [("wechat", "u1", found[0][2])]


def test_a_table_is_of_the_clubs_only_chat(do, database, tmp_path):
    file = table(tmp_path / "h.csv", (1, "7", fuel(6)), (2, "bot", fuel(7)))
    _, out, _ = do("import", file, "--leave-out", "bot")
    assert "skipped: 1 left out" in out
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT chat FROM share").fetchall() == [(GROUP,)]


# Which club, which chat


def test_a_club_that_is_not_there_is_one_line_with_those_that_are(do, export):
    code, out, err = do("import", export, "--club", "别的会")
    assert (code, out) == (2, "")
    assert err == f"no club is called 别的会; there are: {CLUB.name} ({CLUB.id})"


def test_of_several_clubs_one_must_be_named(do, database, export):
    asyncio.run(found(database, OTHER, replace(CLUB, id="club3")))
    assert "say which club with --club: 车友会 (club1)" in do("import", export)[2]
    assert "more than one club is called 车友会" in do("import", export, "--club", "车友会")[2]
    assert do("import", export, "--club", "club1")[0] == 0


def test_an_empty_or_missing_database_is_one_line(do, database, export):
    for path in database.parent.glob("carclub.db*"):
        path.unlink()
    assert do("import", export)[2] == f"{database} does not exist: there is no club to import into"
    assert not database.exists()
    asyncio.run(SqliteStore(database, WORLD).close())
    assert do("import", export)[2] == "there is no club yet; found one in its chat first"


def test_another_chat_is_refused_by_its_id_unless_it_is_meant(do, database, export):
    asyncio.run(found(database, OTHER))
    code, _, err = do("import", export, "--club", OTHER.id)
    assert code == 2
    assert err == (
        f"chat {GROUP} is not linked to 第二会 (linked: none); --other-chat takes it all the same"
    )
    assert rows(database) == ([], [])
    assert do("import", export, "--club", OTHER.id, "--other-chat")[0] == 0
    again = do("import", export, "--chat", "-5", "--other-chat", "--club", OTHER.id)
    assert again[2] == f"{export} is the history of chat {GROUP}, not of -5"


def test_of_a_whole_account_the_clubs_chats_are_taken(do, database, tmp_path, export):
    chat = json.loads(export.read_text("utf-8"))
    chat["messages"] = chat["messages"][:100]
    strange = chat | {"id": 5}
    file = tmp_path / "all.json"
    file.write_text(json.dumps({"chats": {"list": [strange, chat]}}), "utf-8")
    assert do("import", file)[1].startswith("100 messages")
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT DISTINCT chat FROM share").fetchall() == [(GROUP,)]
    assert "name one chat with --chat" in do("import", file, "--other-chat")[2]
    file.write_text(json.dumps({"chats": {"list": [strange]}}), "utf-8")
    assert do("import", file)[2] == f"{file} holds no messages of {GROUP}"


def test_an_export_is_telegrams(do, export):
    assert "is read as an export of Telegram" in do("import", export, "--platform", "wechat")[2]


# What goes wrong


def test_a_file_cut_off_is_imported_as_far_as_it_goes(do, database, tmp_path, export):
    whole = export.read_bytes()
    file = tmp_path / "result.json"
    file.write_bytes(whole[: len(whole) // 2])
    code, out, err = do("import", file)
    assert code == 1
    last = err.splitlines()[-1]
    assert last.startswith("carclub: the file ends in the middle, after message 1")
    assert last.endswith("; all before it is imported")
    half = rows(database)[0]
    assert f"{len(half)} new" in out
    assert do("import", export)[0] == 0
    assert rows(database)[0][: len(half)] == half


@pytest.mark.parametrize("content", [b"", b"hello", b"{}", b'{"messages": []}'])
def test_a_wrong_file_is_one_line_and_changes_nothing(do, database, tmp_path, content):
    file = tmp_path / "result.json"
    file.write_bytes(content)
    code, out, err = do("import", file)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert rows(database) == ([], [])


async def test_nothing_is_imported_beside_a_running_carclub(do, database, export):
    store = SqliteStore(database, WORLD)
    code, _, err = await asyncio.to_thread(do, "import", export)
    assert code == 2
    assert "is in use by another carclub" in err
    await store.close()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_a_bar_shows_how_far_it_is(export):
    terminal, tally = Terminal(), Tally()
    with open_source(export) as source, progress(source, tally, terminal) as show:
        source.read(export.stat().st_size // 2)
        tally.read = 1_234
        show()
    assert "50%  1,234 messages, 0 new shares" in terminal.getvalue()


# Killed


def import_into(database, export, watch=None):
    """An import in this process, with ids as random as they really are."""

    async def run():
        store = SqliteStore(database, WORLD, watch=watch)
        with open_source(export) as source:
            lines = TelegramExport(source, {GROUP}, UTC).lines()
            await Import(store, WORLD, catalogue.load(), CLUB, "telegram").run(lines, Tally())
        await store.close()

    asyncio.run(run())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again_it_comes_to_the_same_end(database, tmp_path, export, seed):
    quiet = tmp_path / "quiet.db"
    asyncio.run(found(quiet, CLUB))
    numbers = itertools.count(1)
    import_into(quiet, export, lambda statement: next(numbers))
    statements, dice = next(numbers), Random(seed)
    end = 0

    def victim(tell):
        left = itertools.count(end, -1)

        def watch(statement):
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        import_into(database, export, watch)
        tell(["it lived"])

    ends = []
    for end in (dice.randrange(20, statements // 2) for _ in range(4)):  # noqa: B007
        ends.append(told_by(victim))
    assert [] in ends, "none was killed"
    import_into(database, export)
    assert rows(database) == rows(quiet)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_interrupted_it_says_how_to_go_on(database, export):
    class Impatient(io.StringIO):
        def write(self, text):
            if "messages" in text:
                os.kill(os.getpid(), signal.SIGINT)
            return len(text)

    def victim(tell):
        sys.stderr, sys.stdout = Impatient(), io.StringIO()
        # A shell lets what it starts in the background ignore it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = main(["import", str(export)])
        tell([str(code), sys.stdout.getvalue()])

    ((code, out),) = told_by(victim)
    assert code == "130"
    assert re.fullmatch(r"stopped after \d+ messages; the same command goes on from there\n", out)
    assert 0 < len(rows(database)[0]) < 200
    quiet = database.with_name("quiet.db")
    asyncio.run(found(quiet, CLUB))
    import_into(quiet, export)
    import_into(database, export)
    assert rows(database) == rows(quiet)
