"""The process is killed, at every statement and at random: nothing acknowledged is ever lost.

Each victim is a real process (a fork of this one, warm), ended by SIGKILL. What it had
acknowledged was read from a pipe before. Then the file is audited as it lies there, opened again,
and told everything once more under the same event ids: the end must be that of a quiet evening.
"""

import asyncio
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from storage.model import DAY, Message
from storage.sqlite.audit import audit
from storage.sqlite.store import SqliteStore
from storage.store import Work
from tests.support.processes import Tell, child, told_by
from tests.support.room import PLATFORM, Room
from tests.support.world import Clock, pretend_world

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]

WORKERS = 2
TABLES = ("journal", "balance", "envelope", "piece", "entrant", "cue", "due", "seen")
MEMBERS = ("小王", "小李", "老张", "阿明", "小陈")
CROWD = tuple(f"车友{number}" for number in range(24))

# Steps happen one after the other, what is in one step at the same moment: (event id, who, what).
EVENING = (
    (("send1", "小王", "红包 60 4"),),
    (
        ("grab1", "小李", "抢 1"),
        ("grab2", "老张", "抢 1"),
        ("grab1", "小李", "抢 1"),
        ("again", "小李", "抢 1"),
    ),
    (("send2", "小王", "红包 7 3 均分"), ("poor", "小陈", "红包 99 1"), ("grab3", "阿明", "抢 2")),
    (("grab4", "小陈", "抢 2"), ("grab5", "小李", "抢 2"), ("late", "老张", "抢 2")),
    (("grab2", "老张", "抢 1"), ("gone", "小王", "抢 9")),
    (("send3", "小王", "红包 20 2 刺激 摇号 口令 海豹上山"), ("send4", "小王", "红包 5 5")),
    (
        ("enter1", "小李", "海豹上山"),
        ("enter2", "老张", "海豹上山"),
        ("enter1", "小李", "海豹上山"),
    ),
    (("enter3", "阿明", "海豹上山"), ("back", "小王", "撤回红包 4")),
)
BIG_EVENING = tuple(
    itertools.chain.from_iterable(
        (
            ((f"send{number}", "小王", f"红包 {40 + number} 20"),),
            tuple((f"g{number}:{name}", name, f"抢 {number}") for name in CROWD),
            tuple((f"h{number}:{name}", name, f"抢 {number}") for name in CROWD[::2]),
        )
        for number in range(1, 7)
    )
)
Steps = tuple[tuple[tuple[str, str, str], ...], ...]
Told = list[list[str]]


async def evening(
    path: Path, steps: Steps, tell: Tell, watch: Callable[[str], None] | None
) -> None:
    """A whole evening, and the day after it; `tell` hears each answer and each message sent."""
    clock = Clock()
    world = replace(pretend_world(clock=clock), secret=lambda: b"s" * 32)
    store = SqliteStore(path, world, watch=watch)
    room = Room(store, world, clock)
    await store.unit(lambda work: work.outbox.free())
    for step in steps:
        await asyncio.gather(*(answered(room, *said, tell) for said in step))
        await send_out(room, tell)
    clock.move(DAY)
    await room.sweeper.sweep()
    await send_out(room, tell)
    tell(["swept", ""])
    await store.close()


async def send_out(room: Room, tell: Tell) -> None:
    """Everybody hears a message before the store hears that it was sent."""

    async def lease(work: Work) -> list[Message]:
        return list(await work.outbox.lease((PLATFORM,), (), 100))

    while messages := await room.store.unit(lease):
        for message in messages:
            reply = await room.dispatch.draw(message) if message.reply.live else message.reply
            tell(["heard", reply.text])
            sent = message.edits or f"bot{message.id}"
            await room.store.unit(partial(note_sent, message.id, sent))


async def note_sent(message: int, platform_id: str, work: Work) -> None:
    await work.outbox.sent(message, platform_id)


async def answered(room: Room, event: str, name: str, text: str, tell: Tell) -> None:
    answer = await room.answer(name, text, event_id=event, message=event)
    assert answer.kept
    tell([event, "\n".join(reply.text for reply in answer.replies)])


async def prepare(path: Path, members: tuple[str, ...]) -> None:
    clock = Clock()
    world = replace(pretend_world(clock=clock), secret=lambda: b"s" * 32)
    store = SqliteStore(path, world)
    room = Room(store, world, clock)
    await room.found()
    await room.give("小王", 300)
    await room.join(*members)
    await store.close()


# Processes


def killed_before(path: Path, steps: Steps, statement: int) -> Told:
    """What an evening told before it was killed at that statement."""
    numbers = itertools.count(1)

    def watch(_: str) -> None:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    return told_by(lambda tell: asyncio.run(evening(path, steps, tell, watch)))


def statements(path: Path, steps: Steps) -> int:
    """How many statements the whole evening takes."""
    seen: list[str] = []

    def run(tell: Tell) -> None:
        asyncio.run(evening(path, steps, lambda _: None, seen.append))
        tell([str(len(seen))])

    return int(told_by(run)[0][0])


def shared_out(count: int, attempt: Callable[[int], None]) -> list[list[str]]:
    """Attempts 1 … count, by several processes; what went wrong with which."""

    def work(first: int) -> Callable[[Tell], None]:
        def run(tell: Tell) -> None:
            for number in range(first, count + 1, WORKERS):
                try:
                    attempt(number)
                except Exception:
                    tell([str(number), traceback.format_exc()])
                else:
                    tell([str(number), ""])

        return run

    pipes = [child(work(first)) for first in range(1, WORKERS + 1)]
    opened = [pipe.__enter__() for pipe in pipes]
    told = [json.loads(line) for _, lines in opened for line in lines]
    for pipe in pipes:
        pipe.__exit__(None, None, None)
    assert len(told) == count, "a worker died"
    return [line for line in told if line[1]]


# What must hold


def state(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        found = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        found["outbox"] = connection.execute(
            "SELECT priority, slot, state FROM outbox WHERE slot = '' ORDER BY id"
        ).fetchall()
        return found


def sound(path: Path) -> None:
    reports = list(audit(path))
    assert [report.wrong for report in reports] == [""]


def check_acknowledged(path: Path, told: Told) -> None:
    """What was answered is kept, to the letter; who was told of a piece has it."""
    with closing(sqlite3.connect(path)) as connection:
        kept = dict(connection.execute("SELECT event, answer FROM seen").fetchall())
        taken = connection.execute("SELECT count(*) FROM piece WHERE member <> ''").fetchone()[0]
    for event, text in told:
        if event not in ("heard", "swept"):
            assert all(line in kept[event] for line in text.split("\n")), event
    won = {event for event, text in told if event not in ("heard", "swept") and "抢到" in text}
    assert len(won - {"again"}) <= taken


def finish(
    path: Path, steps: Steps, told: Told, quiet: dict[str, list[tuple[object, ...]]]
) -> Told:
    """Tell everything again: the same answers, the same end."""
    sound(path)
    check_acknowledged(path, told)
    again: Told = []
    asyncio.run(evening(path, steps, again.append, None))
    sound(path)
    answers = {event: text for event, text in again}
    for event, text in told:
        if event not in ("heard", "swept"):
            assert answers[event] == text
    assert state(path) == quiet
    return again


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crash") / "club.db"
    asyncio.run(prepare(path, MEMBERS))
    return path


@pytest.fixture(scope="module")
def big_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crash") / "club.db"
    asyncio.run(prepare(path, CROWD))
    return path


def fresh(template: Path, folder: Path, name: object) -> Path:
    path = folder / f"{name}.db"
    shutil.copy(template, path)
    return path


def copied(source: Path, target: Path) -> None:
    """The file with the log beside it, which holds most of what a victim left."""
    for end in ("", "-wal"):
        shutil.copy(f"{source}{end}", f"{target}{end}")


def quiet_evening(
    template: Path, folder: Path, steps: Steps
) -> tuple[dict[str, list[tuple[object, ...]]], Told]:
    path = fresh(template, folder, "quiet")
    told: Told = []
    asyncio.run(evening(path, steps, told.append, None))
    sound(path)
    return state(path), told


def test_a_quiet_evening_is_what_it_should_be(template, tmp_path):
    """So that the tests below compare with something real."""
    quiet, told = quiet_evening(template, tmp_path, EVENING)
    kinds = [row[4] for row in quiet["journal"]]
    assert kinds.count("env.send") == 4
    assert kinds.count("env.grab") == 7
    assert kinds.count("env.refund") == 2
    assert quiet["due"] == []
    assert ["swept", ""] in told
    assert sum(line[0] == "heard" for line in told) >= 8


STEP = 1 if os.environ.get("CI") else 5
"""Of all the statements every fifth, unless there is time for each."""


def test_killed_before_every_statement_nothing_is_lost_or_done_twice(template, tmp_path):
    quiet, told = quiet_evening(template, tmp_path, EVENING)
    gains = {text for event, text in told if event != "heard" and "抢到" in text}
    count = statements(fresh(template, tmp_path, "counted"), EVENING)
    assert count > 100

    points = range(1, count + 1, STEP)

    def attempt(nth: int) -> None:
        number = points[nth - 1]
        path = fresh(template, tmp_path, number)
        before = killed_before(path, EVENING, number)
        assert ["swept", ""] not in before or number > count - 20, "it was not killed"
        after = finish(path, EVENING, before, quiet)
        heard = {text for what, text in (*before, *after) if what == "heard"}
        assert {line for text in gains for line in text.split("\n") if line} <= heard
        path.unlink()

    assert shared_out(len(points), attempt) == []


def test_killed_again_while_it_recovers(template, tmp_path):
    quiet, _ = quiet_evening(template, tmp_path, EVENING)
    count = statements(fresh(template, tmp_path, "counted"), EVENING)
    points = range(5, count, 23 * STEP)

    def attempt(nth: int) -> None:
        """One is killed, and what it left is taken up by several, who are killed in turn."""
        left = fresh(template, tmp_path, f"once{nth}")
        before = killed_before(left, EVENING, points[nth - 1])
        for again in (1, 2, 4, 9, 30):
            path = tmp_path / f"twice{nth}.{again}.db"
            copied(left, path)
            told = before + killed_before(path, EVENING, again)
            finish(path, EVENING, told, quiet)
            path.unlink()
        left.unlink()

    assert shared_out(len(points), attempt) == []


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_random_in_a_busy_evening_again_and_again(big_template, tmp_path, seed):
    """Each victim takes up where the one before was killed; the moment comes from the pipe."""
    quiet, told = quiet_evening(big_template, tmp_path, BIG_EVENING)
    path = fresh(big_template, tmp_path, "busy")
    dice, acknowledged = random.Random(seed), []
    for _ in range(8):
        lines_left = dice.randrange(len(told))
        with child(lambda tell: asyncio.run(evening(path, BIG_EVENING, tell, None))) as (
            number,
            lines,
        ):
            for line in lines:
                acknowledged.append(json.loads(line))
                lines_left -= 1
                if not lines_left:
                    os.kill(number, signal.SIGKILL)
        sound(path)
        check_acknowledged(path, acknowledged)
    finish(path, BIG_EVENING, acknowledged, quiet)
