"""Choices as buttons: what they carry, and how they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.telegram import keyboard as boards
from bots.telegram.keyboard import (
    KEY_LENGTH,
    KEY_MARK,
    columns,
    key_of,
    key_of_link,
    keyboard,
    keys,
)
from bots.telegram.nouns import Button
from storage.model import Choice, Reply
from tests.bots.telegram.updates import ME

LONG = "设置 名称 " + "很长的名字" * 10
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)


def buttons(*choices: Choice, private: bool = False) -> list[Button]:
    rows = keyboard(Reply("好", choices), ME, private=private)
    return [button for row in rows for button in row]


def labels(*shown: str) -> list[list[str]]:
    rows = keyboard(Reply("好", tuple(Choice(each, "抢 1") for each in shown)), ME)
    return [[button.label for button in row] for row in rows]


def test_a_button_carries_what_it_says():
    assert buttons(Choice("抢红包", "抢 1")) == [Button("抢红包", data="抢 1")]
    assert keys(Reply("好", (Choice("抢红包", "抢 1"),))) == {}


def test_what_is_too_long_to_carry_is_kept_under_a_key():
    (button,) = buttons(Choice("改名", LONG))
    assert button.data == KEY_MARK + key_of(LONG)
    assert keys(Reply("好", (Choice("改名", LONG),))) == {key_of(LONG): LONG}


def test_what_looks_like_a_key_is_kept_under_one():
    says = KEY_MARK + "x"
    assert buttons(Choice("?", says)) == [Button("?", data=KEY_MARK + key_of(says))]
    assert keys(Reply("好", (Choice("?", says),))) == {key_of(says): says}


def test_chinese_takes_three_bytes_a_letter():
    fits, too_long = "抢" * 21, "抢" * 22
    assert [each.data for each in buttons(Choice("a", fits), Choice("b", too_long))] == [
        fits,
        KEY_MARK + key_of(too_long),
    ]


def test_what_opens_the_private_conversation_is_an_address_with_a_key():
    (button,) = buttons(Choice("私聊", "帮助", private=True))
    assert button == Button("私聊", url=f"https://t.me/carclub_bot?start={key_of_link('帮助')}")
    assert keys(Reply("好", (Choice("私聊", "帮助", private=True),))) == {
        key_of_link("帮助"): "帮助"
    }


def test_in_private_it_is_a_button_like_any_other():
    choice = Choice("帮助", "帮助", private=True)
    assert buttons(choice, private=True) == [Button("帮助", data="帮助")]


def test_a_key_is_the_same_tomorrow():
    assert key_of("帮助") == "pXz8uEKNpAheod4EywlNLM"
    assert key_of("帮助") != key_of("帮助 ")
    assert len(key_of("")) == KEY_LENGTH


@given(st.lists(st.tuples(ANYTHING, ANYTHING, st.booleans()), max_size=120))
def test_no_keyboard_is_refused_for_its_form(told):
    reply = Reply("好", tuple(Choice(*each) for each in told))
    rows = keyboard(reply, ME)
    known = keys(reply)
    assert sum(map(len, rows)) <= boards.BUTTONS_MAX
    for row in rows:
        assert 1 <= len(row) <= boards.ROW_MAX
        for button in row:
            assert button.label.strip()
            assert columns(button.label) <= boards.LABEL_COLUMNS_MAX
            assert bool(button.data) != bool(button.url)
            assert len(button.data.encode()) <= boards.DATA_MAX_BYTES
            if button.url:
                assert button.url.partition("=")[2] in known
            elif button.data.startswith(KEY_MARK):
                assert button.data.removeprefix(KEY_MARK) in known


def test_short_labels_stand_side_by_side():
    assert labels("可以引用", "只计数", "都删掉") == [["可以引用", "只计数", "都删掉"]]


def test_long_labels_have_a_row_of_their_own():
    relay = "接力：手气最佳发 100 分 10 个"
    assert labels("抢红包", relay, "验证") == [["抢红包"], [relay], ["验证"]]


def test_a_row_has_eight_buttons_at_most():
    assert [len(row) for row in labels(*"123456789")] == [8, 1]


def test_a_label_is_one_line_that_a_phone_can_show():
    assert labels("第一\n行") == [["第一 行"]]
    assert labels("很" * 40) == [["很" * 23 + "…"]]


def test_a_label_of_nothing_is_what_the_button_says():
    assert labels(" ", "\u2800") == [["抢 1", "抢 1"]]


@pytest.mark.parametrize(("text", "wide"), [("ab", 2), ("抢 1", 4), ("🧧", 2), ("e\u0301", 1)])
def test_chinese_is_twice_as_wide(text, wide):
    assert columns(text) == wide


def test_a_choice_that_says_nothing_is_no_button():
    assert buttons(Choice("空", "")) == []
    assert keys(Reply("好", (Choice("空", "", private=True),))) == {}
