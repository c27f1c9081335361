"""The process is killed before every statement while two members become one, then told everything
once more: the end is that of a quiet evening, to the row."""

import asyncio
import itertools
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from handlers import codes
from storage.model import DAY, Account, Message
from storage.sqlite.store import SqliteStore
from storage.store import Work
from storage.world import World
from tests.storage.test_crash import STEP, Told, fresh, note_sent, shared_out
from tests.support.platforms import FAR, TwoGroups, wrong_in
from tests.support.processes import Tell, told_by
from tests.support.room import PLATFORM, Room
from tests.support.world import Clock, pretend_world

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]

Where = dict[str, bool]
NEAR: Where = {}
PRIVATE: Where = {"private": True}
AWAY: Where = {"far": True}
ALONE: Where = {"far": True, "private": True}
Rows = list[tuple[object, ...]]
# What is in one step happens at the same moment: (event id, who, what, where).
EVENING: tuple[tuple[tuple[str, str, str, Where], ...], ...] = (
    (
        ("send1", "小王", "红包 60 3 均分 全部群", NEAR),
        ("send2", "小王", "红包 4 2 均分 全部群", NEAR),
    ),
    (("draw", "小王", "红包 10 2 均分 摇号10小时 全部群", NEAR),),
    (
        ("grab1", "小李", "抢 1", NEAR),
        ("grab2", "小李二", "抢 1", AWAY),
        ("enter1", "小李二", "抢 3", AWAY),
        ("enter2", "小李", "抢 3", NEAR),
    ),
    (("spend1", "小李", "捐分 20", NEAR), ("spend2", "小李二", "捐分 20", AWAY)),
    (("car1", "小李", "我的车 海豹", NEAR), ("car2", "小李二", "我的车 轩逸", AWAY)),
    (("share", "小李二", "#油耗 轩逸 百公里6.5升 开了2万公里", AWAY),),
    (("code", "小李", "账号码", PRIVATE),),
    (("ask", "小李二", "合并账号 {code}", ALONE),),
    (
        ("grab3", "小李二", "抢 2", AWAY),
        ("join", "小李二", "确认合并 {code}", ALONE),
        ("grab4", "小李", "抢 2", NEAR),
        ("join", "小李二", "确认合并 {code}", ALONE),
        ("grab5", "老张", "抢 1", NEAR),
    ),
    (("again", "小李二", "确认合并 {code}", ALONE), ("late", "小李二", "抢 1", AWAY)),
    (("gift", "小王", "送分 小李 9", NEAR),),
    (("mine", "小李二", "明细", ALONE),),
)
TABLES = (
    "journal", "balance", "envelope", "piece", "entrant", "due", "joined", "account", "member",
    "last_club", "code", "share", "vehicle", "seen",
)  # fmt: skip


def world_at(clock: Clock) -> World:
    """Its secrets are always the same, and so is a code that is asked for again."""
    return replace(pretend_world(clock=clock), secret=lambda: b"s" * 32)


CODE = codes.fresh(world_at(Clock()))


async def prepare(path: Path) -> None:
    clock = Clock()
    room = Room(SqliteStore(path, world_at(clock)), world_at(clock), clock)
    await room.found()
    club = TwoGroups(room)
    await club.open()
    await club.give("小王", 200)
    await room.join("小李", "老张")
    await club.say("小李二", "积分", far=True)
    await room.store.close()


async def evening(path: Path, tell: Tell, watch: Callable[[str], None] | None) -> None:
    clock = Clock()
    store = SqliteStore(path, world_at(clock), watch=watch)
    club = TwoGroups(Room(store, world_at(clock), clock))
    await store.unit(lambda work: work.outbox.free())
    for step in EVENING:
        await asyncio.gather(*(answered(club, *said, tell) for said in step))
        await send_out(club, tell)
    clock.move(DAY)
    await club.room.sweeper.sweep()
    await send_out(club, tell)
    tell(["swept", ""])
    await store.close()


async def answered(
    club: TwoGroups, event: str, name: str, text: str, where: Where, tell: Tell
) -> None:
    said = text.format(code=CODE)
    answer = await club.answer(name, said, event_id=event, message=event, **where)
    assert answer.kept
    tell([event, "\n".join(reply.text for reply in answer.replies)])


async def send_out(club: TwoGroups, tell: Tell) -> None:
    """Everybody hears a message before the store hears that it was sent."""

    async def lease(work: Work) -> list[Message]:
        return list(await work.outbox.lease((PLATFORM, FAR), (), 100))

    store, dispatch = club.room.store, club.room.dispatch
    while messages := await store.unit(lease):
        for message in messages:
            reply = await dispatch.draw(message) if message.reply.live else message.reply
            tell(["heard", reply.text])
            sent = message.edits or f"bot{message.id}"
            await store.unit(partial(note_sent, message.id, sent))


def killed_before(path: Path, statement: int) -> Told:
    numbers = itertools.count(1)

    def watch(_: str) -> None:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    return told_by(lambda tell: asyncio.run(evening(path, tell, watch)))


def statements(path: Path) -> int:
    seen: list[str] = []

    def run(tell: Tell) -> None:
        asyncio.run(evening(path, lambda _: None, seen.append))
        tell([str(len(seen))])

    return int(told_by(run)[0][0])


def state(path: Path) -> dict[str, Rows]:
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for table in TABLES
        }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("joining") / "club.db"
    asyncio.run(prepare(path))
    return path


@pytest.fixture(scope="module")
def quiet(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    path = fresh(template, tmp_path_factory.mktemp("joining"), "quiet")
    asyncio.run(evening(path, lambda _: None, None))
    return state(path)


def test_a_quiet_evening_is_what_it_should_be(quiet):
    """So that the test below compares with something real."""
    kinds = [row[4] for row in quiet["journal"]]
    assert [kinds.count(kind) for kind in ("join", "reverse", "owe", "repay")] == [1, 1, 1, 1]
    accounts = {Account(*row[:2]): row[2] for row in quiet["account"]}
    assert accounts[Account(FAR, "小李二")] == accounts[Account(PLATFORM, "小李")]
    assert sum(row[-1] for row in quiet["piece"]) == 1
    assert quiet["due"] == []


def test_killed_before_every_statement_it_happens_once(template, quiet, tmp_path):
    count = statements(fresh(template, tmp_path, "counted"))
    assert count > 200
    points = range(1, count + 1, STEP)

    def attempt(nth: int) -> None:
        number = points[nth - 1]
        path = fresh(template, tmp_path, number)
        before = killed_before(path, number)
        assert ["swept", ""] not in before or number > count - 20, "it was not killed"
        assert wrong_in(path) == []
        again: Told = []
        asyncio.run(evening(path, again.append, None))
        answers = dict(again)
        for event, text in before:
            assert event in ("heard", "swept") or answers[event] == text
        assert wrong_in(path) == []
        assert state(path) == quiet
        path.unlink()

    assert shared_out(len(points), attempt) == []
