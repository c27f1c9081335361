"""Clubs are lived from their seeds, and nothing goes wrong in them that the bot could help."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

import pytest

from bots import __main__ as command_line
from bots.commands import simulate
from rewards import ledger, luck
from storage.errors import Refusal
from storage.model import Posting
from storage.sqlite.delivery import SqliteEvents, SqliteOutbox
from storage.sqlite.envelopes import SqliteEnvelopes
from storage.sqlite.ledger import SqliteLedger
from storage.sqlite.session import Session
from storage.sqlite.store import SqliteStore
from tests.simulation import month
from tests.simulation.judge import Violation
from tests.simulation.lives import kept, live, shelf

pytestmark = [pytest.mark.timeout(180), pytest.mark.usefixtures("fresh_logs")]

ROOT = Path(__file__).parents[2]
SECONDS = 60.0 if os.environ.get("CI") else 8.0
FIRST_FRESH = 1_000_001
PLANTED_TRIES = 60


@pytest.mark.parametrize(("seed", "operations"), kept())
def test_a_seed_that_once_failed_is_lived_well(seed, operations):
    with shelf() as files:
        live(seed, files, operations)


def test_the_same_seed_is_the_same_history_to_the_byte():
    with shelf() as files:
        one, again, other = (live(seed, files, 200) for seed in (7, 7, 8))
    assert one.digest == again.digest != other.digest
    assert one.happened == again.happened


def test_another_process_lives_the_same_history():
    """With other hashes of its words, so that no order of a set is told."""
    asked = [sys.executable, "-m", "tests.simulation", "--seed", "7", "--operations", "200"]
    environment = {**os.environ, "PYTHONHASHSEED": "17"}
    told = subprocess.run(
        asked, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    with shelf() as files:
        assert f"digest {live(7, files, 200).digest}" in told.stdout, told.stderr


def test_fresh_histories_are_lived_as_long_as_there_is_time(capsys):
    end = time.monotonic() + SECONDS
    with shelf() as files:
        for seed in count(FIRST_FRESH):
            live(seed, files)
            if time.monotonic() > end:
                break
    with capsys.disabled():
        print(f"\nseeds {FIRST_FRESH} … {seed} lived well")


def test_everything_that_may_go_wrong_goes_wrong():
    """So that the tests here are worth something: no kind of trouble has been left out."""
    ends, kinds = set[str](), set[str]()
    with shelf() as files:
        for seed in range(1, 11):
            history = live(seed, files)
            counts, happened = history.transport.counts, history.happened
            assert min(counts.dropped, counts.reordered, counts.duplicated) > 0
            assert min(happened.bursts, happened.crashes) > 0
            ends |= set(happened.failures)
            kinds |= {each.state for each in history.judge.model.envelopes.values()}
    assert ends == {"lost", "undone", "kept"}
    assert kinds >= {"empty", "expired", "cancelled"}


# Bugs that are planted must be found


def pay_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    grab = ledger.envelope_grab
    monkeypatch.setattr(
        ledger, "envelope_grab", lambda n, m, amount, *more: grab(n, m, amount + 1, *more)
    )


def forget_refunds(monkeypatch: pytest.MonkeyPatch) -> None:
    post = SqliteLedger.post

    async def without(self: SqliteLedger, posting: Posting) -> object:
        return posting.kind == "env.refund" or await post(self, posting)

    monkeypatch.setattr(SqliteLedger, "post", without)


def forget_what_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> None:
        pass

    monkeypatch.setattr(SqliteEvents, "remember", nothing)


def leave_what_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "undo", Session.keep)


def lose_what_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> int:
        return 0

    monkeypatch.setattr(SqliteOutbox, "free", nothing)
    monkeypatch.setattr(SqliteOutbox, "_take_back", nothing)


def let_time_run_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SqliteStore, "_tick", lambda self: self._world.now())


def split_unfairly(monkeypatch: pytest.MonkeyPatch) -> None:
    split = luck.split
    monkeypatch.setattr(luck, "split", lambda *asked: sorted(split(*asked), reverse=True))


def let_everybody_overdraw(monkeypatch: pytest.MonkeyPatch) -> None:
    def spend(self: SqliteLedger, account: str, amount: int, held: int) -> None:
        if self._balance(account).available + 5 < amount:
            raise Refusal("too_poor", points=0)
        self._change(account, -amount, held)

    monkeypatch.setattr(SqliteLedger, "_spend", spend)


def forget_that_an_envelope_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> None:
        pass

    monkeypatch.setattr(SqliteEnvelopes, "close", nothing)


def keep_half_of_a_failed_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    def drop(self: Session) -> None:
        self._savepoint = self.held_back = self._broken = False
        self._undo.clear()
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")

    monkeypatch.setattr(Session, "drop_batch", drop)


def remember_a_batch_that_was_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "_forget", lambda self: None)


PLANTED = (
    pay_one_more,
    forget_refunds,
    forget_what_was_seen,
    leave_what_was_refused,
    lose_what_was_not_sent,
    let_time_run_backwards,
    split_unfairly,
    let_everybody_overdraw,
    forget_that_an_envelope_is_over,
    keep_half_of_a_failed_batch,
    remember_a_batch_that_was_dropped,
)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[pytest.MonkeyPatch], None], monkeypatch):
    plant(monkeypatch)
    with pytest.raises(Violation, match=r"again: python -m tests\.simulation --seed"):
        live_many(range(1, PLANTED_TRIES + 1))


def live_many(seeds: Iterable[int]) -> None:
    with shelf() as files:
        for seed in seeds:
            live(seed, files, 200)


# carclub simulate


def test_a_month_is_lived_and_told(capsys):
    assert command_line.main(["simulate", "--days", "3", "--seed", "5"]) == 0
    told = capsys.readouterr().out
    assert "a club of 20 over 3 days, seed 5" in told
    assert "violations   0" in told


def test_the_same_month_is_told_again():
    first, again = month.run(2, seed=3)[0], month.run(2, seed=3)[0]
    assert first[:-1] == again[:-1]  # all but the seconds it took


def test_a_violation_is_told_and_is_a_failure(monkeypatch):
    pay_one_more(monkeypatch)
    lines, right = month.run(10, seed=1)
    assert not right
    assert any(line.startswith("violation ") for line in lines)


def test_a_month_too_long_is_refused(capsys):
    assert command_line.main(["simulate", "--days", "0"]) == 2
    assert "--days" in capsys.readouterr().err


def test_where_the_tests_are_not_it_says_so_in_a_line(capsys, monkeypatch):
    monkeypatch.setattr(simulate, "MONTH", "tests.simulation.not_shipped")
    assert command_line.main(["simulate"]) == 2
    assert "not installed with carclub" in capsys.readouterr().err
