"""From the journal alone: balances, statements and the ranking are told anew, and are the same."""

import sqlite3
from collections import defaultdict
from contextlib import closing
from random import Random

import pytest

from rewards.envelope import LIFETIME
from storage.audit import Books, fold
from storage.model import MINUTE, Entry, Role
from storage.sqlite.ledger import COLUMNS, entry_of
from tests.support.room import Room

NAMES = ("小王", "小李", "老张", "阿明", "小陈")
DEEDS = 150
LIMITS = (1, 7, 10_000)


async def evening(room: Room, seed: int) -> None:
    """Everybody does this and that; half of it is refused."""
    dice = Random(seed)
    await room.join(*NAMES)
    await room.promote("小李", Role.CO_LEADER)
    for name in NAMES:
        await room.give(name, 300)
    for _ in range(DEEDS):
        who, other, points = dice.choice(NAMES), dice.choice(NAMES), dice.randint(1, 60)
        pieces, number = dice.randint(1, 6), dice.randint(1, 20)
        what = (
            f"送分 @{other} {points}", f"捐分 {points}", f"奖励 @{other} {points}",
            f"红包 {points} {pieces}", f"红包 {points} {pieces} 均分",
            f"红包 {points} {pieces} 刺激", f"公费红包 {points} {pieces}",
            *[f"抢 {number}"] * 8, f"撤回红包 {number}",
        )  # fmt: skip
        await room.answer(who, dice.choice(what))
        room.clock.move(dice.choice((0, 0, MINUTE, LIFETIME // 40)))
        await room.sweep()


def journal(room) -> list[Entry]:
    with closing(sqlite3.connect(room.store.path)) as connection:
        return [
            entry_of(r) for r in connection.execute(f"SELECT {COLUMNS} FROM journal ORDER BY seq")
        ]


def statement(entries: list[Entry], account: str, limit: int) -> list[Entry]:
    of_it = [each for each in entries if account in (each.posting.source, each.posting.target)]
    return of_it[::-1][:limit]


def given(entries: list[Entry], since: int) -> list[tuple[str, int]]:
    """Who gave how much in envelopes they paid themselves, to others than themselves."""
    points: dict[str, int] = defaultdict(int)
    first: dict[str, int] = {}
    sent = {each.posting.target: each for each in entries if each.posting.kind == "env.send"}
    for each in entries:
        if each.posting.kind != "env.grab":
            continue
        sending = sent[each.posting.source]
        sender = sending.posting.actor
        if sending.at < since or sending.posting.source != f"member:{sender}":
            continue
        if each.posting.target != f"member:{sender}":
            number = int(sending.posting.target.removeprefix("env:"))
            points[sender] += each.posting.amount
            first[sender] = min(first.get(sender, number), number)
    return sorted(points.items(), key=lambda pair: (-pair[1], first[pair[0]]))


@pytest.mark.parametrize("seed", range(3))
async def test_all_that_is_shown_of_points_follows_from_the_journal(room, seed):
    await evening(room, seed)
    entries = journal(room)
    books, since = fold(Books(entries[0].club), entries), entries[len(entries) // 2].at
    accounts = sorted(
        {account for each in entries for account in (each.posting.source, each.posting.target)}
    )
    assert len(entries) > 70

    async def told(work):
        await room._enter(work)
        return (
            [await work.ledger.balance(account) for account in accounts],
            [list(await work.ledger.statement(each, n)) for each in accounts for n in LIMITS],
            [list(await work.envelopes.given(start, 10)) for start in (0, since)],
            await work.ledger.head(),
        )

    balances, statements, rankings, head = await room.store.read(told)
    assert balances == [books.balance(account) for account in accounts]
    assert statements == [statement(entries, each, n) for each in accounts for n in LIMITS]
    assert rankings == [given(entries, start) for start in (0, since)]
    assert rankings[0]
    assert head == (books.seq, books.head)
