"""How long texts are, and where they are divided."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.lengths import cut, is_blank, split, units

FAMILY = "👨‍👩‍👧‍👦"
PARTS_MAX = 5
TEXTS = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8"), max_size=30),
        st.sampled_from(["「抢 12」", "\n\n", "\n", "。", " ", FAMILY, "🇨🇳", "字" * 40]),
    ),
    max_size=60,
).map("".join)


def test_emoji_count_twice():
    assert units("好👍") == 3


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u2060", "\u2800", "\u3164"])
def test_what_nobody_sees_is_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["好", ".", "👍", " a "])
def test_what_anybody_sees_is_not(text):
    assert not is_blank(text)


@settings(deadline=None)
@given(TEXTS, st.integers(20, 200))
def test_nothing_is_lost_at_a_division_and_no_piece_is_too_long(text, most):
    pieces = split(text, most, PARTS_MAX)
    assert len(pieces) <= PARTS_MAX
    assert all(units(piece) <= most for piece in pieces)
    whole = "".join(pieces)
    if len(pieces) < PARTS_MAX or not whole.endswith("…"):
        assert whole == text
    else:
        assert text.startswith("".join(pieces[:-1]))


@given(TEXTS, st.integers(2, 300))
def test_what_is_cut_fits(text, most):
    assert units(cut(text, most)) <= most


@given(st.integers(1, 60), st.sampled_from([FAMILY, "🇨🇳", "👍🏽", "1\ufe0f\u20e3"]))
def test_what_is_seen_as_one_stays_together(shift, sign):
    for piece in split("字" * shift + sign * 40, 100, 20):
        assert piece.lstrip("字").replace(sign, "") == ""


@given(st.integers(0, 120))
def test_what_is_to_stay_whole_does_with_its_quotation_marks(shift):
    whole = re.compile(r"(?<=「)[^」]{1,20}(?=」)")
    pieces = split("字" * shift + "「红包 60 5」" + "字" * 80, 90, PARTS_MAX, whole)
    assert any("「红包 60 5」" in piece for piece in pieces)


def test_without_such_a_wish_the_place_that_reads_best_decides():
    assert split("字" * 8 + " " + "「红包 60 5」", 15, PARTS_MAX)[0] == "字" * 8 + " 「红包 "
