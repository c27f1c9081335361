"""The fold of a journal, on plain rows: what is right passes, and the first wrong row is named."""

from dataclasses import replace

import pytest

from storage.audit import Books, Unsound, check_envelopes, compare, fold
from storage.books import GENESIS, digest_of, link
from storage.model import Balance, Entry, Envelope, EnvelopeState, Piece, Posting
from tests.support.stores import give, move
from tests.support.world import START

CLUB = "club1"
HOLD = Posting("h", "pend", "merchant:m", "member:a", 7, "a", phase="pending")
PAID = replace(HOLD, key="h:post", phase="post", refers_to="h", amount=3)
FREED = replace(HOLD, key="h:void", phase="void", refers_to="h")


def journal(*postings, at=START):
    """Rows as an honest store writes them."""
    rows, chain = [], GENESIS
    for seq, posting in enumerate(postings, 1):
        digest = digest_of(posting)
        chain = link(chain, digest, CLUB, seq, at + seq)
        rows.append(Entry(CLUB, seq, at + seq, posting, digest, chain))
    return rows


def books(*postings):
    return fold(Books(CLUB), journal(*postings))


def wrong(*postings):
    """The row at which an honestly chained journal is found wrong, and why."""
    with pytest.raises(Unsound) as caught:
        books(*postings)
    return caught.value.seq, str(caught.value)


def test_balances_are_what_the_rows_add_up_to():
    told = books(
        give("merchant:m", 10), give("member:a", 5), HOLD, PAID, move("1", "member:a", "pool", 8)
    )
    assert told.balances == {
        "issue:test": Balance(-15),
        "merchant:m": Balance(7),
        "pool": Balance(8),
    }
    assert sum(balance.posted for balance in told.balances.values()) == 0
    assert (told.seq, told.points_out) == (5, 15)
    assert (
        told.head
        == journal(
            give("merchant:m", 10),
            give("member:a", 5),
            HOLD,
            PAID,
            move("1", "member:a", "pool", 8),
        )[-1].hash
    )


def test_an_empty_journal_is_right():
    assert (books().seq, books().head, books().balances) == (0, GENESIS, {})


def test_a_hold_counts_until_it_is_resolved():
    assert books(give("merchant:m", 10), HOLD).balance("merchant:m") == Balance(10, 7)
    assert books(give("merchant:m", 10), HOLD, FREED).balance("merchant:m") == Balance(10)


@pytest.mark.parametrize(
    ("postings", "seq", "why"),
    [
        ([move("1", "member:a", "pool", 1)], 1, "member:a falls below its floor"),
        ([give("member:a", 1), move("1", "member:a", "pool", 2)], 2, "below its floor"),
        ([give("merchant:m", 10), HOLD, replace(HOLD, key="i")], 3, "below its floor"),
        ([give("merchant:m", 10), HOLD, PAID, FREED], 4, "not pending"),
        ([give("merchant:m", 10), HOLD, FREED, PAID], 4, "not pending"),
        ([give("merchant:m", 10), PAID], 2, "not pending"),
        ([give("merchant:m", 10), HOLD, replace(PAID, amount=8)], 3, "does not fit"),
        ([give("merchant:m", 10), give("pool", 9), HOLD, replace(PAID, source="pool")], 4, "fit"),
        ([give("nobody:1", 5)], 1, "no such kind of account"),
        ([give("pool", 0)], 1, "amount out of range"),
        ([give("pool", 1), move("1", "pool", "pool", 1)], 2, "to itself"),
    ],
)
def test_what_no_rule_allows_is_found_though_the_chain_is_right(postings, seq, why):
    found, said = wrong(*postings)
    assert found == seq
    assert why in said
    assert said.startswith(f"row {seq}: ")


def test_rows_may_not_grow_older():
    rows = journal(give("pool", 1))
    digest = digest_of(give("pool", 2))
    older = Entry(
        CLUB, 2, START, give("pool", 2), digest, link(rows[0].hash, digest, CLUB, 2, START)
    )
    with pytest.raises(Unsound, match="row 2: it is older"):
        fold(Books(CLUB), [*rows, older])


def test_what_is_right_before_the_first_wrong_row_is_told():
    told = Books(CLUB)
    rows = journal(give("pool", 1), give("pool", 2), give("pool", 3))
    with pytest.raises(Unsound):
        fold(told, [*rows[:2], replace(rows[2], hash=b"x" * 32)])
    assert (told.seq, told.balance("pool")) == (2, Balance(3))


KEPT = [("issue:test", Balance(-5)), ("member:a", Balance(0)), ("pool", Balance(5))]


def test_balances_that_agree_pass():
    compare(books(give("pool", 5)), KEPT)


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (KEPT[:-1], "pool has no balance, the journal says 5"),
        ([*KEPT[:-1], ("pool", Balance(6))], "pool has 6, the journal says 5"),
        ([*KEPT[:-1], ("pool", Balance(5, 1))], r"pool has 5 \(1 held\), the journal says 5"),
        ([*KEPT, ("member:x", Balance(1))], "member:x has 1, the journal says 0"),
    ],
)
def test_balances_that_do_not_agree_are_named(kept, why):
    with pytest.raises(Unsound, match=why):
        compare(books(give("pool", 5)), kept)


ENVELOPE = Envelope(1, "pool", "a", "lucky", 6, 3, b"s", "pretend", "group", START, START + 9)
PIECES = [Piece(0, 1, "a", START), Piece(1, 2), Piece(2, 3)]
OPEN = replace(ENVELOPE, taken=1, paid=1)
EMPTY = replace(ENVELOPE, taken=3, paid=6, state=EnvelopeState.EMPTY)
EXPIRED = replace(OPEN, state=EnvelopeState.EXPIRED)
ALL_TAKEN = [replace(piece, member=name) for piece, name in zip(PIECES, "abc", strict=True)]


def with_escrow(points):
    return books(give("env:1", points)) if points else books()


@pytest.mark.parametrize(
    ("envelope", "pieces", "escrow"),
    [(OPEN, PIECES, 5), (EMPTY, ALL_TAKEN, 0), (EXPIRED, PIECES, 0)],
)
def test_an_envelope_whose_parts_agree_passes(envelope, pieces, escrow):
    check_envelopes(with_escrow(escrow), [(envelope, pieces)])


@pytest.mark.parametrize(
    ("envelope", "pieces", "escrow", "why"),
    [
        (OPEN, PIECES, 4, "env:1 is open and holds 4 instead of 5"),
        (EXPIRED, PIECES, 5, "env:1 is expired and holds 5 instead of 0"),
        (EMPTY, ALL_TAKEN, 1, "holds 1 instead of 0"),
        (OPEN, PIECES[:2], 5, "envelope 1: 2 pieces instead of 3"),
        (replace(OPEN, total=7), PIECES, 6, "do not add up to 7"),
        (replace(OPEN, paid=2), PIECES, 4, "taken do not add up to 2"),
        (replace(OPEN, taken=2, paid=3), PIECES, 3, "not its first 2 pieces"),
        (OPEN, [PIECES[0], PIECES[2], PIECES[1]], 5, "3 pieces instead of 3"),
        (replace(EMPTY, state=EnvelopeState.OPEN), ALL_TAKEN, 0, "3 of 3 pieces are taken"),
        (replace(OPEN, state=EnvelopeState.EMPTY), PIECES, 0, "1 of 3 pieces are taken"),
    ],
)
def test_an_envelope_whose_parts_do_not_agree_is_named(envelope, pieces, escrow, why):
    with pytest.raises(Unsound, match=why):
        check_envelopes(with_escrow(escrow), [(envelope, pieces)])


def test_points_in_the_escrow_of_no_envelope_are_found():
    with pytest.raises(Unsound, match="env:1 holds points, but there is no such envelope"):
        check_envelopes(with_escrow(5), [])
