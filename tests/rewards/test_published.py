"""What is told of an envelope, and whether it fits its seed and the books."""

import json
from dataclasses import replace
from random import Random

import pytest

from rewards import ledger, luck
from rewards.published import published, told_by, unbooked, wrong
from storage.model import EnvelopeState, Posting
from tests.rewards.told import CLUB, HONEST, LIES, changed, draw_of, envelope

# What is told, and when


def test_of_an_open_envelope_only_its_hash_is_told():
    over, pieces, entrants = envelope(Random(1), drawn=True)
    told = published(CLUB, replace(over, state=EnvelopeState.OPEN), pieces, entrants)
    assert set(told) == {"envelope", "mode", "total", "pieces", "hash"}
    assert told["hash"] == luck.commitment(over.seed).hex()
    assert wrong(told) == ""


@pytest.mark.parametrize("state", [each for each in EnvelopeState if each != EnvelopeState.OPEN])
def test_of_one_that_is_over_all_is_told(state):
    over, pieces, _ = envelope(Random(1))
    told = published(CLUB, replace(over, state=state), pieces, [])
    assert told["seed"] == over.seed.hex()
    assert told["amounts"] == [piece.amount for piece in pieces]
    assert "draw" not in told


@pytest.mark.parametrize("state", [EnvelopeState.CANCELLED, EnvelopeState.GONE])
def test_a_draw_that_was_never_held_is_not_told(state):
    over, pieces, _ = envelope(Random(1), drawn=True)
    none = [replace(piece, member="") for piece in pieces]
    told = published(CLUB, replace(over, state=state, taken=0, paid=0), none, [])
    assert "draw" not in told
    assert wrong(told) == ""


def test_a_draw_nobody_entered_draws_nobody():
    over, pieces, _ = envelope(Random(1), drawn=True)
    none = [replace(piece, member="") for piece in pieces]
    over = replace(over, state=EnvelopeState.EXPIRED, taken=0, paid=0)
    told = published(CLUB, over, none, [])
    assert told["draw"] == {"entries": [], "newcomers": over.terms.newcomers, "drawn": []}
    assert wrong(told) == ""


def test_a_draw_is_told_by_codes_and_never_by_members():
    over, pieces, entrants = draw_of(8, 3)
    told = published(CLUB, over, pieces, entrants)
    assert told["draw"]["entries"] == luck.codes_of(CLUB, 1, entrants)
    assert len(told["draw"]["drawn"]) == 3
    assert set(told["draw"]["drawn"]) <= set(told["draw"]["entries"])
    assert "member" not in json.dumps(told)


# What does not fit


@pytest.mark.parametrize("lie", LIES)
def test_any_change_is_found(lie):
    path, to = LIES[lie]
    told = changed(HONEST, *path, to=to)
    assert told != HONEST
    assert wrong(HONEST) == ""
    assert wrong(told)


def test_what_is_wrong_is_named():
    assert wrong(changed(HONEST, "hash", to="0" * 64)) == "hash"
    assert wrong(changed(HONEST, "amounts", 0, to=99)) == "amounts"
    assert wrong(changed(HONEST, "draw", "drawn", 0, to="x")) == "draw"


def test_the_hash_that_was_told_counts_and_not_the_one_of_the_seed():
    over, pieces, entrants = draw_of(12, 5)
    told = published(CLUB, over, pieces, entrants, told="0" * 64)
    assert told["hash"] == "0" * 64
    assert wrong(told) == "hash"


def test_pieces_of_one_point_each_are_as_right_as_any():
    told = changed(HONEST, "total", to=5)
    del told["draw"]
    told["amounts"] = [1] * 5
    assert wrong(told) == ""
    assert wrong(changed(changed(told, "mode", to="equal"), "pieces", to=0)) == "amounts"


# The books


def test_the_hash_is_found_in_the_books():
    commitment = bytes(range(32))
    sent = ledger.envelope_send(12, "pool", "a", 60, commitment)
    assert told_by([ledger.envelope_grab(12, "b", 3), sent]) == commitment.hex()
    assert told_by([replace(sent, reason="env:12")]) == ""  # sent before hashes were told
    assert told_by([]) == ""


def booked(over, pieces, entrants):
    digest = luck.digest_of(luck.codes_of(CLUB, 1, entrants))
    postings = [ledger.envelope_send(1, over.payer, over.sender, over.total, b"c" * 32)]
    postings += [ledger.envelope_grab(1, p.member, p.amount, digest) for p in pieces if p.member]
    return [*postings, ledger.envelope_refund(1, over.payer, 1)]


def test_books_that_agree_have_nothing_to_say():
    over, pieces, entrants = draw_of(12, 5)
    assert unbooked(CLUB, over, pieces, entrants, booked(over, pieces, entrants)) == ""


@pytest.mark.parametrize(
    ("place", "change", "why"),
    [
        (0, {"amount": 61}, "sent like this"),
        (0, {"actor": "x"}, "sent like this"),
        (0, {"source": "member:x"}, "sent like this"),
        (0, {"kind": "gift"}, "sent like this"),
        (1, {"amount": 99}, "piece 1"),
        (3, {"target": "member:x"}, "piece 3"),
        (5, {"kind": "gift"}, "piece 5"),
    ],
)
def test_books_that_say_otherwise_are_named(place, change, why):
    over, pieces, entrants = draw_of(12, 5)
    postings = booked(over, pieces, entrants)
    postings[place] = replace(postings[place], **change)
    assert why in unbooked(CLUB, over, pieces, entrants, postings)


def test_a_payment_without_a_piece_and_an_entrant_too_few_are_named():
    over, pieces, entrants = draw_of(12, 5)
    more = Posting("k", "env.grab", "env:1", "member:x", 3, "x")
    assert "no piece" in unbooked(
        CLUB, over, pieces, entrants, [*booked(over, pieces, entrants), more]
    )
    told = unbooked(CLUB, over, pieces, entrants[:-1], booked(over, pieces, entrants))
    assert told == "of 12 entrants 11 are there"


def test_an_entrant_who_was_changed_later_shows_even_if_nobody_else_would_have_been_drawn():
    over, pieces, entrants = draw_of(12, 5)
    postings = booked(over, pieces, entrants)
    loser = next(each for each in entrants if each.member not in {p.member for p in pieces})
    entrants[loser.place] = replace(loser, member="x")
    assert "list of entrants" in unbooked(CLUB, over, pieces, entrants, postings)


def taken_back(postings, place, amount=None):
    """The books after somebody had a piece too many."""
    grab = postings[1 + place]
    back = ledger.take_back(9, grab, "who-they-are")
    refund = ledger.piece_refund(1, place, postings[0].source, grab.amount)
    return [*postings, replace(back, amount=amount or back.amount), refund]


def test_a_piece_that_went_back_is_in_the_books_as_that():
    over, pieces, entrants = draw_of(12, 5)
    postings = taken_back(booked(over, pieces, entrants), 2)
    returned = [replace(each, returned=each.place == 2) for each in pieces]
    assert unbooked(CLUB, over, returned, entrants, postings) == ""
    told = published(CLUB, over, returned, entrants)
    assert told == published(CLUB, over, pieces, entrants)  # what luck gave stays told
    assert wrong(told) == ""


def test_a_piece_that_went_back_in_one_place_only_is_named():
    over, pieces, entrants = draw_of(12, 5)
    postings = booked(over, pieces, entrants)
    returned = [replace(each, returned=each.place == 2) for each in pieces]
    told = unbooked(CLUB, over, returned, entrants, postings)
    assert told == "the journal did not take piece 3 back like this"
    told = unbooked(CLUB, over, returned, entrants, taken_back(postings, 2, 1_000))
    assert told == "the journal did not take piece 3 back like this"
    told = unbooked(CLUB, over, pieces, entrants, taken_back(postings, 2))
    assert told == "the journal took a piece back that somebody has"
