"""Every way points may move: known accounts, and keys that make each deed happen once."""

from itertools import combinations

import pytest

from rewards import ledger
from storage.books import FLOORS, check, digest_of, kind_of
from storage.errors import Conflict, Refusal
from tests.support.stores import balance, give, post, within


def set_aside(n, side=ledger.INVITER):
    return ledger.referral(f"new{n}", side, "a", "2026-05", 9)


DEEDS = {
    "mint": lambda n: ledger.mint("share", f"2026-W{n}", 9),
    "reward": lambda n: ledger.reward("share", "2026-W1", "member:a", 9, f"share:{n}", "new"),
    "gift": lambda n: ledger.gift(f"event{n}", "a", "b", 9),
    "donation": lambda n: ledger.donation(f"event{n}", "a", 9),
    "grant": lambda n: ledger.grant(f"event{n}", "a", "b", 9),
    "envelope_send": lambda n: ledger.envelope_send(n, "member:a", "a", 9, bytes(32)),
    "envelope_grab": lambda n: ledger.envelope_grab(n, "b", 9),
    "envelope_refund": lambda n: ledger.envelope_refund(n, "member:a", 9),
    "referral of the inviter": set_aside,
    "referral of the invitee": lambda n: set_aside(n, ledger.INVITEE),
    "referral_end by paying": lambda n: ledger.referral_end(set_aside(n), "post"),
    "referral_end by freeing": lambda n: ledger.referral_end(set_aside(n), "void"),
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


def test_a_newcomer_counts_once_whoever_invites_them_in_whichever_month():
    other = ledger.referral("new1", ledger.INVITER, "b", "2026-06", 9)
    assert other.key == set_aside(1).key
    assert other != set_aside(1)


def test_no_row_of_a_referral_tells_one_side_who_the_other_is():
    """What it is about is exported to the member; the key is not."""
    assert set_aside(1).reason == "referral"


async def test_what_was_set_aside_is_paid_or_freed_and_only_once(store):
    first, second = set_aside(1), set_aside(2)
    await post(store, give(first.source, 20), first, second)
    assert await balance(store, first.source) == (20, 18)
    await post(store, ledger.referral_end(first, "post"), ledger.referral_end(second, "void"))
    assert await balance(store, first.source) == (11, 0)
    assert await balance(store, "member:a") == (9, 0)
    for again in (ledger.referral_end(first, "void"), ledger.referral_end(second, "post")):
        with pytest.raises(Refusal, match="resolved"):
            await post(store, again)
    assert await balance(store, "member:a") == (9, 0)


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
