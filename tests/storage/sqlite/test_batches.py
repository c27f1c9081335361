"""Many units share a commit, and most of what they change is held back in memory until then.

None of that may show: the same history gives the same file when every unit has its own commit.
"""

import asyncio
import shutil
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import Fault, Refusal
from storage.model import (
    Answer,
    Chat,
    Due,
    Envelope,
    EnvelopeState,
    Event,
    Member,
    Posting,
    Priority,
    Reply,
)
from storage.sqlite.audit import audit
from storage.sqlite.store import UNITS_PER_COMMIT_MAX
from tests.support.stores import CLUB, SqliteShelf, at_once, found, give, move, within
from tests.support.world import START, Clock

TABLES = (
    "club", "chat", "account", "member", "last_club", "counter", "journal", "balance", "envelope",
    "piece", "share", "vehicle", "seen", "due", "outbox", "slot", "meta",
)  # fmt: skip
EVENT = Event("", "pretend", "group", "小王", "小王", "积分", START)


def rows(shelf):
    """Every row of every table."""
    import sqlite3

    connection = sqlite3.connect(f"{shelf.path.as_uri()}?mode=ro", uri=True)
    try:
        found = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        found["meta"] = [row for row in found["meta"] if row[0] != "forgotten"]  # when to wipe
        # Only the order of messages means something: one that takes another's place in a later
        # commit uses up a number, in the same commit it does not.
        found["outbox"] = [(rank, *row[1:]) for rank, row in enumerate(found["outbox"])]
        return found
    finally:
        connection.close()


# Operations: each is a function of the work, gives a plain result, and may say no.


async def pay(work, key, source, target, amount):
    entry = await work.ledger.post(move(key, source, target, amount))
    return entry.seq, entry.hash


async def mint(work, key, amount):
    return (await work.ledger.post(give("member:a", amount, key))).seq


async def hold(work, key, amount):
    asked = Posting(key, "pend", "member:a", "member:b", amount, "a", phase="pending")
    return (await work.ledger.post(asked)).hash


async def settle(work, key, amount, phase):
    kept = await work.ledger.entry(key)
    if kept is None:
        raise Refusal("no such hold")
    asked = replace(kept.posting, key=f"{key}:{phase}", amount=amount, phase=phase, refers_to=key)
    return (await work.ledger.post(asked)).seq


async def balances(work):
    found = [await work.ledger.balance(f"member:{member}") for member in "ab"]
    return [(balance.posted, balance.held) for balance in found]


async def statement(work):
    return [entry.posting.key for entry in await work.ledger.statement("member:a", 3)]


async def put_up(work, amounts):
    number = await work.next_number("envelope")
    opened = Envelope(
        number, "member:a", "a", "lucky", sum(amounts), len(amounts), b"s", "pretend", "group",
        work.now, work.now + 9,
    )  # fmt: skip
    await work.ledger.post(move(f"env:{number}:send", "member:a", f"env:{number}", sum(amounts)))
    await work.envelopes.open(opened, amounts)
    return number


async def take(work, number, member):
    envelope = await work.envelopes.envelope(number)
    if envelope is None or envelope.state != EnvelopeState.OPEN:
        raise Refusal("not open")
    if await work.envelopes.piece_of(number, member) is not None:
        raise Refusal("had")
    piece = await work.envelopes.take(envelope, member)
    key, escrow = f"env:{number}:grab:{member}", f"env:{number}"
    await work.ledger.post(move(key, escrow, f"member:{member}", piece.amount))
    if piece.place + 1 == envelope.pieces:
        await work.envelopes.close(number, EnvelopeState.EMPTY)
    return piece.place, piece.amount


async def expire(work, number):
    envelope = await work.envelopes.envelope(number)
    if envelope is None or envelope.state != EnvelopeState.OPEN:
        raise Refusal("not open")
    left = (await work.ledger.balance(f"env:{number}")).posted
    await work.ledger.post(move(f"env:{number}:refund", f"env:{number}", "member:a", left))
    await work.envelopes.close(number, EnvelopeState.EXPIRED)
    return left


async def pieces(work, number):
    return [(piece.amount, piece.member) for piece in await work.envelopes.pieces(number)]


async def open_ones(work):
    return [each.number for each in await work.envelopes.open_of("pretend", "group")]


async def answer(work, name):
    """As the dispatch does: look whether it was seen, else remember."""
    event = replace(EVENT, id=name)
    seen = (await work.events.arrive(event)).answer
    if seen is None:
        await work.events.remember(event, "a", Answer(tap=name))
    return seen


async def drop_seen(work):
    return await work.events.forget_before(work.now + 1)


async def say(work, text, slot, priority, chat, quotes):
    reply = Reply(text, slot=slot, priority=priority)
    await work.outbox.put("pretend", chat, "", reply, quotes=quotes)


async def deliver(work, end):
    """Lease what is ready, and let every message end in a way."""
    messages = await work.outbox.lease(("pretend",), (), 2)
    for message in messages:
        if end == "sent":
            await work.outbox.sent(message.id, f"bot {message.chat} {message.reply.slot}")
        elif end == "retry":
            await work.outbox.retry(message.id, 0, "flood")
        elif end == "bury":
            await work.outbox.bury(message.id, "gone")
    return [(m.reply.text, m.reply.priority, m.quotes, m.edits, m.attempts) for m in messages]


async def free(work):
    return await work.outbox.free()


async def meet(work, name):
    await work.people.put_chat(Chat("pretend", "group", CLUB.id))
    await work.people.put_member(Member("a", name))
    arrival = await work.events.arrive(replace(EVENT, id="never"))
    return arrival.club is not None, await work.people.member("a")


async def plan(work, key, at):
    await work.due.schedule(Due(work.club, "kind", key, at))
    return list(await work.due.ready(5))


async def forget(work):
    await work.privacy.forget("a")


async def head(work):
    return await work.ledger.head()


KEYS = st.sampled_from(["k1", "k2", "k3"])
WALLETS = st.sampled_from(["member:a", "member:b", "pool"])
AMOUNTS = st.integers(1, 9)
NUMBERS = st.integers(1, 2)
SLOTS = st.sampled_from(["", "", "s", "t"])
CHATS = st.sampled_from(["group", "other"])
POINTS = st.one_of(
    st.tuples(st.just(mint), KEYS, AMOUNTS),
    st.tuples(st.just(pay), KEYS, WALLETS, WALLETS, AMOUNTS),
    st.tuples(st.just(hold), st.sampled_from(["h1", "h2"]), AMOUNTS),
    st.tuples(
        st.just(settle), st.sampled_from(["h1", "h2"]), AMOUNTS, st.sampled_from(["post", "void"])
    ),
    st.tuples(st.just(balances)),
    st.tuples(st.just(put_up), st.lists(st.integers(1, 3), min_size=1, max_size=3)),
    st.tuples(st.just(take), NUMBERS, st.sampled_from("abc")),
    st.tuples(st.just(expire), NUMBERS),
)
OPERATIONS = st.one_of(
    POINTS,
    st.tuples(st.just(statement)),
    st.tuples(st.just(pieces), NUMBERS),
    st.tuples(st.just(open_ones)),
    st.tuples(st.just(answer), st.sampled_from(["e1", "e2"])),
    st.tuples(st.just(drop_seen)),
    st.tuples(
        st.just(say),
        st.sampled_from("xyz"),
        SLOTS,
        st.sampled_from(Priority),
        CHATS,
        st.sampled_from(["", "m1"]),
    ),
    st.tuples(st.just(deliver), st.sampled_from(["sent", "retry", "bury", "lost"])),
    st.tuples(st.just(free)),
    st.tuples(st.just(meet), st.sampled_from(["王", "李"])),
    st.tuples(st.just(plan), KEYS, st.integers(START - 1, START + 1)),
    st.tuples(st.just(forget)),
    st.tuples(st.just(head)),
)


@dataclass(frozen=True)
class Unit:
    """Operations, some of whose refusals the handler catches, and whether it fails at its end."""

    operations: tuple[tuple[Any, ...], ...]
    fails: bool = False
    stubborn: bool = False

    async def run(self, work):
        work.enter(CLUB.id)
        results = []
        for operation, *arguments in self.operations:
            try:
                results.append(await operation(work, *arguments))
            except (Refusal, Fault) as no:
                if not self.stubborn:
                    raise
                results.append(repr(no))
        if self.fails:
            raise Refusal("at the end", results=results)
        return results


UNITS = st.builds(
    Unit, st.lists(OPERATIONS, min_size=1, max_size=4).map(tuple), st.booleans(), st.booleans()
)
HISTORIES = st.lists(st.lists(UNITS, min_size=1, max_size=6), min_size=1, max_size=4)


async def run_batches(store, batches):
    """Each batch in one tick of the loop, so in one commit."""
    results = []
    for batch in batches:
        results += await at_once(store, (unit.run for unit in batch))
    return [
        result if isinstance(result, list) else (repr(result), vars(result)) for result in results
    ]


async def both(batches):
    """The results and files of a history, with many units a commit and with one."""
    told = []
    for history in (batches, [[unit] for batch in batches for unit in batch]):
        folder = Path(tempfile.mkdtemp(prefix="carclub-batches-"))
        shelf = SqliteShelf(folder, Clock())
        try:
            store = await shelf.open()
            await found(store)
            results = await run_batches(store, history)
            reports = list(audit(shelf.path))
            assert [report.wrong for report in reports] == [""]
            commits = store.counts.commits
            told.append((results, rows(shelf), commits))
        finally:
            await shelf.close()
            shutil.rmtree(folder)
    return told


def same(batches):
    together, apart = asyncio.run(both(batches))
    assert together[0] == apart[0]
    assert together[1] == apart[1]
    return together


@settings(max_examples=150, deadline=None)
@given(HISTORIES)
def test_a_history_is_the_same_however_its_units_share_commits(batches):
    same(batches)


# Planted: A changes what is held back, B writes beside it and fails, C looks.

A = Unit(((mint, "m", 9), (put_up, (2, 3)), (take, 1, "b"), (answer, "e1"),
          (say, "a", "s", Priority.MONEY, "group", "m1")))  # fmt: skip
B = Unit(((meet, "王"), (pay, "p", "member:a", "pool", 1), (take, 1, "c"), (answer, "e2"),
          (deliver, "sent"), (say, "b", "s", Priority.CHATTER, "group", ""), (forget,),
          (answer, "e1"), (pieces, 1), (plan, "k", START)), fails=True)  # fmt: skip
C = Unit(((balances,), (pieces, 1), (answer, "e1"), (answer, "e2"), (take, 1, "c"),
          (say, "c", "s", Priority.ANSWER, "group", "m3"), (deliver, "lost"), (head,)),
         stubborn=True)  # fmt: skip
D = Unit(((pay, "d", "member:a", "member:b", 1), (open_ones,), (say, "d", "", Priority.MONEY,
          "group", "")), stubborn=True)  # fmt: skip


@pytest.mark.parametrize("order", [*permutations("ABCD")], ids="".join)
def test_a_unit_that_fails_beside_others_leaves_them_whole(order):
    units = {"A": A, "B": B, "C": C, "D": D}
    same([[units[name] for name in order]])


@pytest.mark.parametrize("fails", [(n, m) for n in range(3) for m in range(3)], ids=str)
def test_whichever_units_fail_the_others_are_whole(fails):
    units = [replace(unit, fails=n in fails) for n, unit in enumerate((A, replace(B), C))]
    _, _, commits = same([units])
    assert commits == 2  # founding, and the batch


def test_an_envelope_taken_by_a_unit_that_was_undone_after_a_look_is_as_before():
    looks = Unit(((take, 1, "c"), (forget,), (pieces, 1), (take, 1, "a")), fails=True)
    same([[A, looks, C], [looks, C]])


# The same in memory: no file, no batches, every unit on a copy.


@dataclass
class Model:
    """Points, holds and envelopes as plain dictionaries."""

    posted: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    keys: dict[str, Any] = field(default_factory=dict)
    holds: dict[str, Any] = field(default_factory=dict)
    envelopes: dict[int, Any] = field(default_factory=dict)

    def post(self, key, source, target, amount):
        content = (source, target, amount)
        if key in self.keys:
            if self.keys[key] != content:
                raise Fault("conflict")
            return
        if source == target:
            raise Fault("itself")
        if not source.startswith("issue") and self.spendable(source) < amount:
            raise Refusal("too_poor")
        self.keys[key] = content
        self.posted[source] -= amount
        self.posted[target] += amount

    def spendable(self, account):
        return self.posted[account] - self.held[account]

    def mint(self, key, amount):
        self.post(key, "issue:test", "member:a", amount)

    pay = post

    def hold(self, key, amount):
        if key in self.holds:
            if self.holds[key][0] != amount:
                raise Fault("conflict")
            return
        if self.spendable("member:a") < amount:
            raise Refusal("too_poor")
        self.holds[key] = (amount, None)
        self.held["member:a"] += amount

    def settle(self, key, amount, phase):
        if key not in self.holds:
            raise Refusal("no such hold")
        asked, done = self.holds[key]
        if done == (amount, phase):
            return
        if done is not None and done[1] == phase:
            raise Fault("conflict")
        if amount > asked:
            raise Fault("does not fit")
        if done is not None:
            raise Refusal("resolved")
        self.holds[key] = (asked, (amount, phase))
        self.held["member:a"] -= asked
        if phase == "post":
            self.posted["member:a"] -= amount
            self.posted["member:b"] += amount

    def balances(self):
        return [(self.posted[f"member:{m}"], self.held[f"member:{m}"]) for m in "ab"]

    def put_up(self, amounts):
        number = len(self.envelopes) + 1
        self.post(f"env:{number}:send", "member:a", f"env:{number}", sum(amounts))
        self.envelopes[number] = {"left": list(amounts), "takers": [], "open": True}

    def take(self, number, member):
        envelope = self._open(number)
        if member in envelope["takers"]:
            raise Refusal("had")
        envelope["takers"] = [*envelope["takers"], member]
        amount, *envelope["left"] = envelope["left"]
        envelope["open"] = bool(envelope["left"])
        self.post(f"env:{number}:grab:{member}", f"env:{number}", f"member:{member}", amount)

    def expire(self, number):
        envelope = self._open(number)
        left = sum(envelope["left"])
        self.post(f"env:{number}:refund", f"env:{number}", "member:a", left)
        envelope["open"] = False

    def _open(self, number):
        if number not in self.envelopes or not self.envelopes[number]["open"]:
            raise Refusal("not open")
        return self.envelopes[number]

    def run(self, unit):
        """The model after a unit, and the balances it saw."""
        from copy import deepcopy

        after, seen = deepcopy(self), []
        for operation, *arguments in unit.operations:
            before = deepcopy(after)
            try:
                result = getattr(after, operation.__name__)(*arguments)
            except (Refusal, Fault) as no:
                if not unit.stubborn:
                    return self, type(no)
                after = before
            else:
                if operation is balances:
                    seen.append(result)
        return (self, Refusal) if unit.fails else (after, seen)


# A stubborn unit would go on after half an operation of its own (take, then post).
POINT_UNITS = st.builds(Unit, st.lists(POINTS, min_size=1, max_size=4).map(tuple), st.booleans())
POINT_HISTORIES = st.lists(st.lists(POINT_UNITS, min_size=1, max_size=8), min_size=1, max_size=5)


async def kept(batches):
    folder = Path(tempfile.mkdtemp(prefix="carclub-model-"))
    shelf = SqliteShelf(folder, Clock())
    try:
        store = await shelf.open()
        await found(store)
        results = []
        for batch in batches:
            results += await at_once(store, (unit.run for unit in batch))
        return results, rows(shelf)
    finally:
        await shelf.close()
        shutil.rmtree(folder)


@settings(max_examples=150, deadline=None)
@given(POINT_HISTORIES)
def test_points_move_as_in_a_model_without_a_file(batches):
    results, tables = asyncio.run(kept(batches))
    model = Model()
    for unit, result in zip([u for batch in batches for u in batch], results, strict=True):
        model, told = model.run(unit)
        if isinstance(told, list):
            seen = [
                r for (op, *_), r in zip(unit.operations, result, strict=True) if op is balances
            ]
            assert seen == told
        else:
            assert isinstance(result, told)
    stored = {row[1]: (row[2], row[3]) for row in tables["balance"] if any(row[2:])}
    accounts = {*model.posted, *model.held}
    said = {name: (model.posted[name], model.held[name]) for name in accounts}
    assert stored == {name: both for name, both in said.items() if any(both)}
    assert len(tables["envelope"]) == len(model.envelopes)


async def test_what_is_too_much_for_one_commit_shares_the_next_with_what_came_meanwhile(store):
    """A crowd of a few more than a commit holds would otherwise cost every second commit."""
    begun, let_go = threading.Event(), threading.Event()

    async def hold(work):
        begun.set()
        let_go.wait(10)

    async def get(work, key):
        await work.ledger.post(give("pool", 1, key))

    def hand_over(keys):
        units = (store.unit(within(partial(get, key=key))) for key in keys)
        return [asyncio.ensure_future(unit) for unit in units]

    held = asyncio.ensure_future(store.unit(hold))
    await asyncio.to_thread(begun.wait, 10)
    before = store.counts.commits
    units = hand_over(f"first{n}" for n in range(UNITS_PER_COMMIT_MAX + 44))
    await asyncio.sleep(0.01)
    units += hand_over(f"second{n}" for n in range(UNITS_PER_COMMIT_MAX - 56))
    await asyncio.sleep(0.01)
    let_go.set()
    await asyncio.gather(held, *units)
    assert store.counts.commits == before + 2
