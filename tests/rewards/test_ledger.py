"""Every way points may move: known accounts, and keys that make each deed happen once."""

from itertools import combinations

import pytest

from rewards import ledger
from storage.books import FLOORS, check, digest_of, kind_of
from storage.errors import Conflict
from tests.support.stores import balance, give, post, within

DEEDS = {
    "mint": lambda n: ledger.mint("share", f"2026-W{n}", 9),
    "reward": lambda n: ledger.reward("share", "2026-W1", "member:a", 9, f"share:{n}", "new"),
    "gift": lambda n: ledger.gift(f"event{n}", "a", "b", 9),
    "donation": lambda n: ledger.donation(f"event{n}", "a", 9),
    "grant": lambda n: ledger.grant(f"event{n}", "a", "b", 9),
    "envelope_send": lambda n: ledger.envelope_send(n, "member:a", "a", 9, bytes(32)),
    "envelope_grab": lambda n: ledger.envelope_grab(n, "b", 9),
    "envelope_refund": lambda n: ledger.envelope_refund(n, "member:a", 9),
    "forget": lambda n: ledger.forget(f"a{n}", 9),
    "reverse": lambda n: ledger.reverse(n, ledger.gift("event", "a", "b", 9), "leader"),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_a_posting_is_one_the_books_accept(deed):
    posting = deed(1)
    check(posting)
    digest_of(posting)
    assert kind_of(posting.source) in FLOORS
    assert kind_of(posting.target) in FLOORS
    assert posting.actor


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_the_same_deed_has_the_same_key_and_another_has_another(deed):
    assert deed(1) == deed(1)
    assert deed(1).key != deed(2).key


def test_no_two_kinds_of_deed_share_a_key():
    for one, other in combinations(DEEDS.values(), 2):
        assert one(1).key != other(1).key


def test_wallets_belong_to_members():
    assert ledger.owner(ledger.wallet("a")) == "a"
    assert ledger.owner(ledger.POOL) == ledger.owner(ledger.escrow(1)) == ""


def test_who_is_rewarded_acts_and_for_the_pool_nobody_does():
    rewarded = [ledger.reward("p", "1", to, 9, "a", "b").actor for to in ("member:a", "pool")]
    assert rewarded == ["a", ledger.SYSTEM]


def test_what_a_posting_is_about_has_its_number():
    sent = ledger.envelope_send(12, "pool", "a", 9, bytes(32))
    assert [ledger.number_of(reason) for reason in (sent.reason, "env:12", "club", "")] == [
        "12", "12", "", "",
    ]  # fmt: skip


async def test_a_mistake_is_put_right_once(store):
    gift = ledger.gift("event", "a", "b", 4)
    await post(store, give("member:a", 9), gift)
    entry = await store.read(within(lambda work: work.ledger.entry(gift.key)))
    undo = ledger.reverse(entry.seq, gift, "leader")
    await post(store, undo)
    await post(store, undo)
    assert await balance(store, "member:a") == (9, 0)
    assert await balance(store, "member:b") == (0, 0)
    with pytest.raises(Conflict):
        await post(store, ledger.reverse(entry.seq, gift, "another leader"))
    assert await balance(store, "member:a") == (9, 0)
