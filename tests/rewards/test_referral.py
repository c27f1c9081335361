"""When somebody who was invited counts, and that no points come of it but those of the budget."""

from collections import Counter
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards import ledger
from rewards.earning import REFERRAL
from rewards.referral import A_WEEK_MAX, FIRST_LOOK, GIVE_UP, LOOK_EVERY, is_open, outcome
from storage.audit import Books
from storage.books import digest_of, link
from storage.model import DAY, Balance, Entry, Posting
from tests.support.world import START

SIDES = (ledger.INVITER, ledger.INVITEE)
BUDGET = ledger.budget(REFERRAL.name, "2026-05")


@pytest.mark.parametrize(
    ("this_week", "left", "may"),
    [
        (0, 40, True),
        (A_WEEK_MAX - 1, 1_000, True),
        (A_WEEK_MAX, 1_000, False),
        (0, 39, False),
        (0, 20, False),  # one side is not enough
        (0, 0, False),
    ],
)
def test_both_sides_are_set_aside_or_neither(this_week, left, may):
    assert is_open(this_week, 20, left) is may


@pytest.mark.parametrize(
    ("here", "shared", "age", "what"),
    [
        (True, True, FIRST_LOOK, "post"),
        (True, False, FIRST_LOOK, "wait"),
        (True, False, GIVE_UP - 1, "wait"),
        (True, False, GIVE_UP, "void"),
        (True, True, GIVE_UP, "post"),
        (False, True, FIRST_LOOK, "void"),
        (False, False, FIRST_LOOK, "void"),
    ],
)
def test_what_counts_is_staying_and_sharing(here, shared, age, what):
    assert outcome(are_here=here, has_shared=shared, age=age) == what


def test_a_month_is_looked_at_day_by_day():
    assert (FIRST_LOOK, LOOK_EVERY, GIVE_UP) == (3 * DAY, DAY, 30 * DAY)


# Whatever happens


class Club:
    """Books alone, kept as a store keeps them: a key that was is not written again."""

    def __init__(self, budget: int) -> None:
        self.books = Books("club")
        self.known: dict[str, Posting] = {}
        self.post(ledger.mint(REFERRAL.name, "2026-05", budget))

    def post(self, posting: Posting) -> None:
        """The audit raises Unsound where the budget would be overdrawn or something paid twice."""
        if self.known.setdefault(posting.key, posting) is posting:
            seq, digest = self.books.seq + 1, digest_of(posting)
            head = link(self.books.head, digest, "club", seq, START)
            self.books.add(Entry("club", seq, START, posting, digest, head))

    def pending(self, invitee: str) -> list[Posting]:
        keys = [ledger.referral_key(invitee, side) for side in SIDES]
        return [self.known[key] for key in keys if key in self.known]

    def brought(self, inviter: str) -> int:
        rows = [each for each in self.known.values() if each.key.endswith(f":{ledger.INVITER}")]
        return sum(each.target == ledger.wallet(inviter) for each in rows)

    def come(self, invitee: str, inviter: str) -> None:
        left = self.books.balance(BUDGET).available
        is_new = invitee != inviter and not self.pending(invitee)
        if is_new and is_open(self.brought(inviter), REFERRAL.points, left):
            for side, who in zip(SIDES, (inviter, invitee), strict=True):
                self.post(ledger.referral(invitee, side, who, "2026-05", REFERRAL.points))

    def end(self, invitee: str, phase: Literal["post", "void"]) -> None:
        if f"rf:{invitee}" not in self.ended:
            for each in self.pending(invitee):
                self.post(ledger.referral_end(each, phase))

    @property
    def ended(self) -> set[str]:
        return {each.group for each in self.known.values() if each.refers_to}


PEOPLE = st.integers(0, 30).map("m{}".format)
DEEDS = st.one_of(
    st.tuples(st.just("come"), PEOPLE, PEOPLE),
    st.tuples(st.just("end"), PEOPLE, st.sampled_from(["post", "void"])),
)


@given(st.integers(1, 400), st.lists(DEEDS, max_size=120))
def test_points_come_out_of_the_budget_once_and_on_both_sides(budget, deeds):
    club = Club(budget)
    for name, invitee, other in deeds:
        getattr(club, name)(invitee, other)
        left = club.books.balance(BUDGET)
        assert 0 <= left.held <= left.posted <= budget
        assert sum(balance.posted for balance in club.books.balances.values()) == 0
    paid = Counter(each.group for each in club.known.values() if each.phase == "post")
    assert set(paid.values()) <= {2}
    assert max(club.brought(f"m{number}") for number in range(31)) <= A_WEEK_MAX
    assert club.books.balance(BUDGET).posted == budget - REFERRAL.points * 2 * len(paid)


@given(st.lists(DEEDS, max_size=60))
def test_once_all_is_settled_nothing_is_held(deeds):
    club = Club(REFERRAL.budget)
    for name, invitee, other in deeds:
        getattr(club, name)(invitee, other)
    for number in range(31):
        club.end(f"m{number}", "void")
    assert club.books.balance(BUDGET).held == 0
    assert {balance.held for balance in club.books.balances.values()} <= {0}
    assert club.books.balance("issue:referral") == Balance(-REFERRAL.budget)
