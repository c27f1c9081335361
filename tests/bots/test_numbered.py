"""Choices as numbered lines: a number means one thing, and only where that is sure."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots import numbered, typed
from bots.numbered import NUMBER_MAX, REUSED_AFTER, SOON
from storage.model import HOUR, MINUTE, SECOND, Choice, Millis, Offer, Quoted

NOON: Millis = 1_700_000_000_000
TAKE, PASS_ON = Choice("抢红包", "抢 12"), Choice("接力", "接力 12")
OPENING = "小李发了一个红包：60 分，5 份，先到先得。"


def give(
    choices: Sequence[Choice], known: Sequence[Offer] = (), at: Millis = NOON, **more
) -> tuple[Offer, ...]:
    more = {"origin": 1, "head": numbered.head(OPENING), **more}
    return numbered.give(choices, known, platform="wechat", chat="room", at=at, **more)


def numbers(offers: Sequence[Offer]) -> list[int]:
    return [each.number for each in offers]


def quote(text: str, *, message: str = "", account: str = "") -> Quoted:
    return Quoted(message, account, "", text)


def as_said(choices: Sequence[Choice], offers: Sequence[Offer], opening: str = OPENING) -> str:
    return f"{opening}\n\n{numbered.lines(choices, offers)}\n引用这条消息，回复数字。"


OFFERS = give((TAKE, PASS_ON))
SAID = as_said((TAKE, PASS_ON), OFFERS)


# Giving numbers


def test_choices_are_numbered_lines():
    assert numbered.lines((TAKE, PASS_ON), OFFERS) == "1. 抢红包\n2. 接力"


def test_another_message_takes_the_next_free_numbers():
    assert numbers(give((Choice("抢红包", "抢 13"),), OFFERS, NOON + MINUTE)) == [3]


def test_what_is_offered_again_keeps_its_number():
    again = give((PASS_ON, Choice("新", "新")), OFFERS, NOON + 30 * MINUTE)
    assert [(each.says, each.number) for each in again] == [("接力 12", 2), ("新", 3)]


def test_a_number_is_free_again_after_an_hour():
    other = (Choice("抢红包", "抢 13"),)
    assert numbers(give(other, OFFERS, NOON + REUSED_AFTER - 1)) == [3]
    assert numbers(give(other, OFFERS, NOON + REUSED_AFTER)) == [1]


def test_the_same_words_about_two_messages_are_two_things():
    collect = (Choice("收下我这条", "收录"),)
    first = give(collect, quotes="m1")
    second = give(collect, first, NOON + SECOND, quotes="m2")
    assert numbers(first + second) == [1, 2]
    assert numbers(give(collect, second + first, NOON + MINUTE, quotes="m1")) == [1]


def test_what_says_nothing_or_the_same_again_is_left_out():
    choices = (TAKE, Choice("空", " "), Choice("也抢", TAKE.says))
    assert [each.label for each in give(choices)] == ["抢红包"]


def test_a_message_offers_twenty_at_most():
    assert numbers(give([Choice(str(n), f"说 {n}") for n in range(30)])) == list(range(1, 21))


def test_what_is_said_in_private_is_words_in_a_group_and_a_number_in_private():
    choices = (Choice("打开私聊", "帮助", private=True), TAKE)
    offers = give(choices)
    assert numbered.lines(choices, offers) == "1. 抢红包\n打开私聊：「帮助」"
    assert numbered.lines(choices, give(choices, private=True)) == "1. 打开私聊\n2. 抢红包"


def test_where_all_numbers_are_taken_a_line_says_what_to_say():
    known = [replace(OFFERS[0], number=n, says=f"说 {n}") for n in range(1, NUMBER_MAX + 1)]
    assert give((TAKE,), known, NOON + 1) == ()
    assert numbered.lines((TAKE, Choice("长", "长" * 50)), ()) == "抢红包：「抢 12」"


def test_a_label_is_one_short_line():
    (offer,) = give((Choice("很\n长" * 30, "长"),))
    assert "\n" not in offer.label
    assert len(offer.label) <= numbered.LABEL_MAX
    assert numbered.label(Choice(" \u200b", "抢 12")) == "抢 12"


SAYS = st.sampled_from([f"抢 {n}" for n in range(30)])
MESSAGES = st.lists(
    st.tuples(st.lists(SAYS, min_size=1, max_size=25), st.integers(1, 40 * MINUTE)), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_a_number_never_stands_for_two_things_at_a_time(messages):
    known: tuple[Offer, ...] = ()
    at = NOON
    for origin, (says, later) in enumerate(messages, 1):
        at += later
        offers = give([Choice(each, each) for each in says], known, at, origin=origin)
        assert len(set(numbers(offers))) == len(offers)
        known = offers + known
        meanings: dict[int, set[str]] = {}
        for each in known:
            if each.at > at - HOUR:
                meanings.setdefault(each.number, set()).add(each.says)
        assert all(len(each) == 1 for each in meanings.values())


LABELS = st.one_of(
    st.text(max_size=50), st.sampled_from(["抢红包", "1. 抢", "👍", "2. 2. 2.", "- - - -", "…"])
)


@settings(max_examples=100, deadline=None)
@given(st.lists(LABELS, min_size=1, max_size=8), st.text(max_size=60), st.booleans())
def test_what_lines_show_is_what_is_understood(labels, opening, in_one_line):
    choices = [Choice(label, f"说 {number}") for number, label in enumerate(labels)]
    offers = give(choices, head=numbered.head(opening))
    said = as_said(choices, offers, opening)
    if in_one_line:
        said = " ".join(said.split())
    for offer in offers:
        text = str(offer.number)
        assert numbered.chosen(text, offers, at=NOON + SECOND) == offer
        assert numbered.chosen(text, offers, at=NOON + HOUR, quoted=quote(said)) == offer


# Choosing without a quote


def chosen(text: str, known: Sequence[Offer] = OFFERS, *, at: Millis = NOON + SECOND, **more):
    found = numbered.chosen(text, known, at=at, **more)
    return found.says if found is not None else None


def test_a_number_right_behind_the_offer_chooses():
    assert chosen("1") == "抢 12"
    assert chosen("2") == "接力 12"
    assert chosen("3") is None


def test_after_two_minutes_a_number_is_ordinary_speech():
    assert chosen("1", at=NOON + SOON) == "抢 12"
    assert chosen("1", at=NOON + SOON + 1) is None


def test_a_clock_that_is_a_little_behind_does_not_matter():
    assert chosen("1", at=NOON - numbered.SKEW) == "抢 12"
    assert chosen("1", at=NOON - numbered.SKEW - 1) is None


@pytest.mark.parametrize("text", ["1 谢谢", "1号线", "+1", "11", "01", "一", "1 2", "", "抢 1"])
def test_a_number_with_more_words_is_ordinary_talk(text):
    assert chosen(text) is None


def test_somebodys_own_question_takes_the_number_over():
    named = {1: NOON + 10 * SECOND}
    assert chosen("1", at=NOON + 20 * SECOND, named=named) is None
    assert chosen("2", at=NOON + 20 * SECOND, named=named) == "接力 12"


def test_what_was_asked_before_the_offer_does_not():
    assert chosen("1", named={1: NOON - 1}) == "抢 12"


def test_a_summary_said_anew_does_not_win_the_number_back_at_once():
    known = give((TAKE,), OFFERS, NOON + MINUTE, origin=2) + OFFERS
    named = {1: NOON + 30 * SECOND}
    assert chosen("1", known, at=NOON + MINUTE + SECOND, named=named) is None
    again = give((TAKE,), known, NOON + 5 * MINUTE, origin=3) + known
    assert chosen("1", again, at=NOON + 5 * MINUTE + SECOND, named=named) == "抢 12"


def test_a_number_that_could_mean_two_things_means_none():
    clash = replace(OFFERS[0], says="抢 13", origin=2)
    assert chosen("1", (clash, *OFFERS)) is None


def test_in_private_the_latest_message_may_be_answered_later():
    old = give((Choice("旧", "旧"),), at=NOON - 30 * MINUTE, origin=7)
    known = give((TAKE,), old, NOON, origin=8) + old
    assert chosen("2", known, at=NOON + 30 * MINUTE, private=True) == "抢 12"
    assert chosen("2", known, at=NOON + 30 * MINUTE) is None
    assert chosen("1", known, at=NOON + 3 * MINUTE, private=True) is None
    assert chosen("2", known, at=NOON + HOUR, private=True) is None


# Choosing by quoting


LATER = NOON + 5 * HOUR


def test_a_quote_by_its_id_chooses_however_old_it_is():
    known = [replace(each, message="m9") for each in OFFERS]
    assert chosen("2", known, at=LATER, quoted=quote("", message="m9")) == "接力 12"
    assert chosen("3", known, at=NOON, quoted=quote("", message="m9")) is None


def test_a_quote_by_its_words_chooses_however_old_it_is():
    assert chosen("1", at=LATER, quoted=quote(SAID)) == "抢 12"
    assert chosen("3", at=NOON, quoted=quote(SAID)) is None


@pytest.mark.parametrize("text", ["一", "选一", "回复 1", "①", "1️⃣"])
def test_with_a_quote_more_ways_to_say_it_are_understood(text):
    assert chosen(text, at=LATER, quoted=quote(SAID)) == "抢 12"


def test_a_quote_of_anything_else_chooses_nothing():
    assert chosen("1", quoted=quote("1. 周六\n2. 周日")) is None
    assert chosen("1", quoted=quote("")) is None


def test_a_quote_of_somebody_else_chooses_nothing():
    assert chosen("1", quoted=quote(SAID, account="li"), me="bot") is None
    assert chosen("1", quoted=quote(SAID, account="bot"), me="bot") == "抢 12"


def test_the_same_beginning_with_another_line_is_another_message():
    other = as_said((Choice("抢大红包", "抢 13"),), give((Choice("抢大红包", "抢 13"),)))
    assert chosen("1", at=LATER, quoted=quote(other)) is None


def test_a_cut_quote_needs_the_beginning_of_its_line():
    assert chosen("1", at=LATER, quoted=quote(f"{OPENING}\n\n1. 抢…")) == "抢 12"
    assert chosen("2", at=LATER, quoted=quote(f"{OPENING}\n\n1. 抢…")) is None
    assert chosen("1", at=LATER, quoted=quote(OPENING)) is None


def test_two_messages_that_look_the_same_are_not_told_apart():
    later = give((Choice("抢红包", "抢 20"),), (), NOON + 2 * HOUR, origin=2)
    assert chosen("1", later + OFFERS, at=LATER, quoted=quote(SAID)) is None


def test_a_quote_says_what_was_offered_even_when_the_number_means_something_else_by_now():
    other = give((Choice("别的", "别的"),), (), LATER, origin=2, head=numbered.head("别的事"))
    assert chosen("1", other + OFFERS, at=LATER, quoted=quote(SAID)) == "抢 12"
    assert chosen("1", other + OFFERS, at=LATER) == "别的"


@pytest.mark.parametrize("changed", [SAID.replace("\n", " "), f"  {SAID}", SAID.replace("：", ":")])
def test_how_a_quote_is_set_does_not_matter(changed):
    assert numbered.head(changed) == numbered.head(OPENING)


@given(st.text(), st.text(), st.sampled_from(OFFERS[:1]))
def test_nothing_that_is_said_makes_it_fail(text, words, offer):
    numbered.chosen(text, (offer,), at=NOON, quoted=quote(words))
    numbered.head(words)


# Numbers as they are typed


@pytest.mark.parametrize(
    "text",
    ["1", "１", "1.", "1、", "1。", "①", "⑴", "⒈", "1️⃣", " 1 ", "\u200b1", "(1)", "选1", "回复1"],
)
def test_a_bare_or_dressed_number_is_one(text):
    assert typed.number(text) == 1
    assert typed.named(text) == frozenset()


def test_numbers_have_two_digits_at_most():
    assert [typed.number(each) for each in ("20", "⑳", "十", "100", "0", "①②")] == [
        20,
        20,
        0,
        0,
        0,
        0,
    ]
    assert typed.number("十", quoting=True) == 10


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("来的扣1", {1}),
        ("同意的回复 1，不同意的回复 2", {1, 2}),
        ("去的扣一", {1}),
        ("1. 周六 2. 周日", {1, 2}),
        ("①周六②周日", {1, 2}),
        ("1️⃣周六 2️⃣周日", {1, 2}),
        ("1周六\n2周日", {1, 2}),
        ("#接龙\n周六出发\n\n1. 小李\n2. 小王\n3.", {1, 2, 3}),
        ("12. 老张", {12}),
        ("1是去，不去不用回", {1}),
        ("+1", {1}),
        ("周六还是周日", set()),
        ("油耗 5.2，开了 100公里", set()),
        ("2026 年 12:30 到", set()),
        ("5月1日走 20 km", set()),
        ("1,000 块", set()),
        ("我抢到1分，手气第2", set()),
        ("Q5 和 X3", set()),
        ("1 谢谢老板", set()),
        ("1号线", set()),
        ("", set()),
    ],
)
def test_which_numbers_ordinary_talk_names(text, named):
    assert typed.named(text) == named


def test_a_text_without_end_is_looked_at_where_it_matters():
    text = "1. 周六\n" + "好" * 20_000_000 + "\n都不去的扣3"
    assert typed.named(text) == {1, 3}
    assert typed.number(text) == 0


@given(st.text(), st.booleans())
def test_anything_can_be_read(text, quoting):
    assert 0 <= typed.number(text, quoting=quoting) <= NUMBER_MAX
    assert all(1 <= each <= NUMBER_MAX for each in typed.named(text))
