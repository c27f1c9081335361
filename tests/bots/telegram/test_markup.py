"""Texts as Telegram takes them: escaped, measured, divided."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bots.lengths import units
from bots.telegram import markup
from bots.telegram.markup import PARTS_MAX, TEXT_MAX, cut, html, split
from tests.support.telegram.html import parse

HASH = "ab12" * 16
FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇨🇳"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
HEART = "❤\ufe0f\u200d🔥"

WHOLE = st.characters(codec="utf-8")
TEXTS = st.lists(
    st.one_of(
        st.text(WHOLE, max_size=30),
        st.sampled_from(
            [
                "「抢 12」",
                "\n\n",
                "\n",
                "。",
                " ",
                HASH,
                FAMILY,
                FLAG,
                SCOTLAND,
                HEART,
                "👍🏽",
                "字" * 40,
            ]
        ),
    ),
    max_size=60,
).map("".join)


def seen(text: str) -> str:
    """What a member reads of our HTML."""
    return parse(html(text))[0]


def codes(text: str) -> list[str]:
    """What one tap copies."""
    shown, entities = parse(html(text))
    wide = shown.encode("utf-16-le")
    spans = [(2 * each["offset"], 2 * (each["offset"] + each["length"])) for each in entities]
    assert all(each["type"] == "code" for each in entities)
    return [wide[begin:end].decode("utf-16-le") for begin, end in spans]


# Markup


def test_nothing_a_member_wrote_becomes_markup():
    text = "<b>&amp; \"1 < 2\" </code> 'x' 「<i>」"
    assert seen(text) == text


@given(TEXTS)
def test_what_is_read_is_what_was_meant(text):
    assert seen(text) == text


def test_half_a_character_is_replaced():
    assert html("a\ud83db") == "a\ufffdb"


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("说「抢 12」，先到先得。", ["抢 12"]),
        ("「旧分享 可以」「旧分享 计数」", ["旧分享 可以", "旧分享 计数"]),
        ("「没有结束", []),
        ("「」", []),
        ("「两\n行」", []),
        ("「" + "长" * 65 + "」", []),
        ("「外「里」外」", ["里"]),
        ('Say "/grab 12" or "#fuel …".', ["/grab 12", "#fuel …"]),
        ('"/help" shows it', []),
        ('He said "nice car".', []),
        (f"🔓 种子 {HASH}", [HASH]),
        (f"种子{HASH}。", [HASH]),
        ("ab12" * 8, ["ab12" * 8]),
        ("ab12" * 7, []),
        (f"https://example.org/{HASH}", []),
        ("f" * 300, []),
    ],
)
def test_what_is_to_be_said_or_compared_is_copied_with_one_tap(text, copied):
    assert codes(text) == copied


# Division


@settings(deadline=None)
@given(TEXTS, st.integers(20, 200))
@example("字" * 5000, 600)
@example("\n" * 500, 20)
@example("👍" * 300, 33)
def test_pieces_are_the_whole_text_and_none_is_too_long(text, most):
    pieces = split(text, most)
    assert len(pieces) <= PARTS_MAX
    assert all(units(piece) <= most for piece in pieces)
    assert all(pieces) or not text
    whole = "".join(pieces)
    if len(pieces) < PARTS_MAX or not whole.endswith("…"):
        assert whole == text
    else:
        assert text.startswith("".join(pieces[:-1]))


@given(
    st.integers(1, 400),
    st.sampled_from([FAMILY, FLAG, SCOTLAND, HEART, "👍🏽", "é", "1\ufe0f\u20e3"]),
)
def test_what_is_seen_as_one_stays_together(shift, sign):
    pieces = split("字" * shift + sign * 300, 1000)
    for piece in pieces:
        assert (piece.removesuffix("…").lstrip("字")).replace(sign, "") == ""


def test_a_heap_that_only_looks_like_one_sign_is_divided_all_the_same():
    pieces = split("e" + "\u0301" * 9000)
    assert [units(piece) for piece in pieces] == [4096, 4096, 809]


@given(st.integers(0, 300))
def test_what_one_tap_copies_stays_together(shift):
    text = "字" * shift + "「红包 60 5 口令 海豹上山」" + HASH + "。" + "字" * 300
    copied = [code for piece in split(text, 320) for code in codes(piece)]
    assert copied == ["红包 60 5 口令 海豹上山", HASH]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("字" * 60 + "\n\n" + "字" * 20 + "\n" + "字" * 60, "字" * 60 + "\n\n"),
        ("字" * 60 + "\n" + "字" * 20 + "。" + "字" * 60, "字" * 60 + "\n"),
        ("字" * 60 + "。」" + "字" * 10 + "，" + "字" * 60, "字" * 60 + "。」"),
        ("a" * 60 + ". " + "b" * 20 + " " + "c" * 60, "a" * 60 + ". "),
        ("a" * 60 + ".b" + "b" * 19 + " " + "c" * 60, "a" * 60 + "." + "b" * 20 + " "),
        ("字" * 20 + "\n" + "字" * 200, "字" * 20 + "\n" + "字" * 79),
    ],
    ids=["paragraph", "line", "sentence", "full stop", "word", "too early a line"],
)
def test_a_text_is_divided_where_it_reads_best(text, first):
    assert split(text, 100)[0] == first


def test_a_text_that_fits_is_one_piece():
    assert split("好" * TEXT_MAX) == ("好" * TEXT_MAX,)


def test_a_text_without_end_is_cut():
    pieces = split("好" * 100_000)
    assert len(pieces) == PARTS_MAX
    assert pieces[-1] == "好" * (TEXT_MAX - 1) + "…"


def test_what_is_cut_ends_at_a_good_place():
    assert cut("很省油。" * 20 + "后面", 30) == "很省油。" * 7 + "…"
    assert cut("刚好", 2) == "刚好"


@given(TEXTS, st.integers(2, 300))
def test_what_is_cut_fits(text, most):
    assert units(cut(text, most)) <= most


def test_dividing_is_quick():
    text = ("「" * 3 + "ab12" * 30 + "👍🏽\n") * 4000
    assert len(split(text)) == markup.PARTS_MAX
