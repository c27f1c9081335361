"""The rules of the books, on plain values: what may be asked, and what is hashed for ever."""

from dataclasses import fields, replace
from typing import Any

import pytest

from storage.books import FLOORS, GENESIS, OWED_MAX, check, digest_of, floor_of, kind_of, link
from storage.errors import Fault
from storage.model import POINTS_MAX, Posting
from tests.support.world import START

POSTING = Posting(
    "env:1:send", "env.send", "pool", "env:1", 60, "a", "env:1", "single", "ref", "group", 1
)
DIGEST = "b5cc8117e6e413fd48da2a4bf1fc091be4eb6a902039b221514eeb75c5e6d8a9"
LINK = "066422dbce23f7d7b02354194449b76d80324e8929c75ac2299b96c27f3d7c12"


@pytest.mark.parametrize("amount", [1, POINTS_MAX])
def test_an_amount_may_be_anything_from_one_to_the_most(amount):
    check(replace(POSTING, amount=amount))


@pytest.mark.parametrize("amount", [0, -1, POINTS_MAX + 1])
def test_any_other_amount_is_a_fault(amount):
    with pytest.raises(Fault, match="amount out of range"):
        check(replace(POSTING, amount=amount))


def test_an_account_gives_nothing_to_itself():
    with pytest.raises(Fault, match="to itself: pool"):
        check(replace(POSTING, target="pool"))


def test_only_what_mints_has_no_floor_and_only_what_owes_goes_below_nothing():
    assert floor_of("issue:share") is None
    assert floor_of("owed:a") == -OWED_MAX == -10_000
    others = set(FLOORS) - {"issue", "owed"}
    assert {floor_of(f"{kind}:x") for kind in others} == {0}
    assert kind_of("member:a:b") == "member"
    assert kind_of("pool") == "pool"


@pytest.mark.parametrize("account", ["", "nobody:1", "Member:a", ":pool"])
def test_an_account_of_no_known_kind_is_a_fault(account):
    with pytest.raises(Fault, match="no such kind"):
        floor_of(account)


# What is hashed: these must never change, or no old chain would be right any more.


def test_a_postings_digest_is_the_same_for_ever():
    assert digest_of(POSTING).hex() == DIGEST


def test_a_link_is_the_same_for_ever():
    digest = digest_of(POSTING)
    assert GENESIS == b"\0" * 32
    assert link(GENESIS, digest, "club1", 1, START).hex() == LINK


def with_other(field: str, value: Any) -> Posting:
    return replace(POSTING, **{field: value})


@pytest.mark.parametrize("field", fields(Posting), ids=lambda field: field.name)
def test_every_part_of_a_posting_is_in_its_digest(field):
    value = getattr(POSTING, field.name)
    other = value + 1 if isinstance(value, int) else f"{value}x"
    assert digest_of(with_other(field.name, other)) != digest_of(POSTING)


@pytest.mark.parametrize("field", ["key", "kind", "source", "target", "actor", "reason", "group"])
def test_a_separator_inside_a_part_is_a_fault(field):
    """Or two requests could look the same."""
    with pytest.raises(Fault, match="separator"):
        digest_of(with_other(field, "a|b"))


@pytest.mark.parametrize(
    "other",
    [(bytes(31) + b"\1", "club1", 1, START), (GENESIS, "club2", 1, START),
     (GENESIS, "club1", 2, START), (GENESIS, "club1", 1, START + 1)],
)  # fmt: skip
def test_a_link_depends_on_all_it_joins(other):
    before, club, seq, at = other
    digest = digest_of(POSTING)
    assert link(before, digest, club, seq, at) != link(GENESIS, digest, "club1", 1, START)
    assert link(GENESIS, bytes(32), "club1", 1, START) != link(GENESIS, digest, "club1", 1, START)
