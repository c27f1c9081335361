"""What was said of late is known for a day, in memory, and within limits."""

from dataclasses import replace

import pytest

from bots.numbered import NUMBER_MAX
from bots.wechat.nouns import Heard
from bots.wechat.recent import CONVERSATIONS_MAX, HEARD_MAX, SWEPT_EVERY, Recent
from storage.model import DAY, HOUR, Millis
from tests.support.world import START

ROOM, OTHER = "room@chatroom", "other@chatroom"


def heard(name: str, at: Millis = START) -> Heard:
    return Heard(name, "wxid_li", "小李", f"{name}说", at)


@pytest.fixture
def recent() -> Recent:
    return Recent()


def said(recent: Recent, room: str = ROOM) -> list[str]:
    return [each.id for each in recent.heard(room)]


def test_what_was_said_is_found_where_it_was_said(recent):
    for name in ("a", "b"):
        recent.note(ROOM, heard(name), START)
    assert said(recent) == ["a", "b"]
    assert recent.find(ROOM, "b") == heard("b")
    assert recent.find(ROOM, "c") is None
    assert (recent.find(OTHER, "b"), said(recent, OTHER)) == (None, [])


def test_what_cannot_be_quoted_leaves_no_trace(recent):
    recent.note(ROOM, None, START)
    assert said(recent) == []


def test_what_was_taken_back_is_forgotten(recent):
    for number in range(HEARD_MAX):
        recent.note(ROOM, heard(f"{number}"), START)
    recent.forget(ROOM, "7")
    recent.forget(ROOM, "never said")
    recent.forget(OTHER, "8")
    assert recent.find(ROOM, "7") is None
    assert len(said(recent)) == HEARD_MAX - 1
    for number in range(HEARD_MAX):
        recent.note(ROOM, heard(f"new{number}"), START)
    assert len(said(recent)) == HEARD_MAX, "and there is as little room as before"


def test_of_a_conversation_so_much_is_known_and_the_oldest_goes(recent):
    for number in range(HEARD_MAX + 5):
        recent.note(ROOM, heard(f"{number}"), START)
    assert said(recent) == [f"{number}" for number in range(5, HEARD_MAX + 5)]


def test_so_many_conversations_are_known_and_the_one_silent_for_longest_goes(recent):
    for number in range(CONVERSATIONS_MAX):
        recent.note(f"{number}", heard("a"), START)
    recent.note("0", heard("b"), START)
    recent.note("one more", heard("c"), START)
    assert said(recent, "0") == ["a", "b"]
    assert said(recent, "1") == []
    assert said(recent, "2") == ["a"]


def test_numbers_make_no_more_conversations_either(recent):
    for number in range(CONVERSATIONS_MAX + 1):
        recent.name(f"{number}", [1], START)
    assert recent.named("0")[1] == 0
    assert recent.named("1")[1] == START


def test_nothing_is_known_for_longer_than_a_day(recent):
    recent.note(ROOM, heard("a"), START)
    recent.note(ROOM, heard("b", START + 1), START + 1)
    recent.note(ROOM, heard("c", START + DAY), START + DAY)
    assert said(recent) == ["a", "b", "c"]
    recent.note(ROOM, heard("d", START + DAY + 1), START + DAY + 1)
    assert said(recent) == ["b", "c", "d"]


def test_a_conversation_that_has_fallen_silent_is_forgotten_too(recent):
    """Whatever is said elsewhere, within the hour."""
    recent.note(ROOM, heard("a"), START)
    recent.name(ROOM, [7], START)
    recent.note(ROOM, heard("b", START + 23 * HOUR), START + 23 * HOUR)
    recent.note(OTHER, heard("c"), START + DAY + SWEPT_EVERY)
    assert said(recent) == ["b"]
    assert recent.named(ROOM)[7] == 0
    recent.note(OTHER, heard("d"), START + 2 * DAY + SWEPT_EVERY)
    assert said(recent) == []


def test_it_is_known_when_a_number_was_named_last(recent):
    recent.name(ROOM, [1, 2], START)
    recent.name(ROOM, [2], START + 5)
    named = recent.named(ROOM)
    assert (named[1], named[2], named[3]) == (START, START + 5, 0)
    assert recent.named(OTHER)[1] == 0


def test_every_number_that_may_be_offered_can_be_asked_for_and_no_other(recent):
    assert list(recent.named(ROOM)) == list(range(1, NUMBER_MAX + 1))


def test_a_number_stays_named_for_a_day(recent):
    """Though nothing that was said there can be quoted, and though others are swept out."""
    recent.note(OTHER, None, START)
    recent.name(ROOM, [1], START)
    recent.name(ROOM, [2], START + 1)
    recent.note(OTHER, None, START + DAY)
    assert (recent.named(ROOM)[1], recent.named(ROOM)[2]) == (START, START + 1)
    recent.note(OTHER, None, START + DAY + SWEPT_EVERY - 1)
    assert recent.named(ROOM)[1] == START, "it is not looked through each time"
    recent.note(OTHER, None, START + DAY + SWEPT_EVERY)
    assert recent.named(ROOM)[2] == 0


def test_while_nothing_was_heard_any_number_may_have_been_named(recent):
    recent.name(ROOM, [1], START)
    recent.deaf(START + 5)
    recent.name(ROOM, [2], START + 9)
    named = recent.named(ROOM)
    assert (named[1], named[2], named[3]) == (START + 5, START + 9, START + 5)
    assert recent.named("never heard of")[1] == START + 5


def test_what_is_handed_out_does_not_change(recent):
    recent.note(ROOM, heard("a"), START)
    before = recent.heard(ROOM)
    recent.note(ROOM, replace(heard("b"), text="新"), START)
    assert [each.id for each in before] == ["a"]
