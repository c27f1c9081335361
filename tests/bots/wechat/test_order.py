"""What is said in a room is heard in the order of its time, and nobody waits for long."""

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.wechat.order import HOLD_SECONDS, PATIENCE_SECONDS, Order

ROOM, OTHER = "room@chatroom", "other@chatroom"


@pytest.fixture
def order() -> Order[str]:
    return Order()


def there(order: Order[str], message: str, time: int, now: float, room: str = ROOM) -> None:
    order.ready(message, room, time, message, now)


def out(order: Order[str], now: float) -> list[str]:
    return list(order.due(now)[0])


# A short hold


def test_a_message_waits_for_a_moment_and_no_longer(order):
    order.arrived("a", 0.0)
    there(order, "a", 1000, 0.01)
    assert order.due(0.01) == ([], HOLD_SECONDS)
    assert order.due(HOLD_SECONDS - 0.001) == ([], HOLD_SECONDS)
    assert order.due(HOLD_SECONDS) == (["a"], None)
    assert order.due(HOLD_SECONDS) == ([], None)


def test_who_took_long_to_be_looked_up_has_waited_already(order):
    order.arrived("a", 0.0)
    there(order, "a", 1000, HOLD_SECONDS)
    assert out(order, HOLD_SECONDS) == ["a"]


def test_what_was_said_before_is_heard_before_though_it_was_told_later(order):
    for now, (message, time) in enumerate([("b", 2000), ("c", 3000), ("a", 1000)]):
        order.arrived(message, now / 100)
        there(order, message, time, now / 100)
    assert out(order, 1.0) == ["a", "b", "c"]


@pytest.mark.parametrize("placed", [False, True])
def test_nobody_waits_for_what_is_known_to_be_lost(order, placed):
    order.arrived("a", 0.0)
    if placed:
        order.placed("a", ROOM)
    order.arrived("b", 0.0)
    there(order, "b", 2000, 0.0)
    assert out(order, 1.0) == []
    order.lost("a")
    assert len(order) == 0
    assert out(order, 1.0) == ["b"]
    order.lost("never heard of")


def test_of_two_said_in_one_moment_the_first_told_is_the_first_heard(order):
    for message in ("b", "a", "c"):
        order.arrived(message, 0.0)
    for message in ("c", "a", "b"):
        there(order, message, 1000, 0.0)
    assert out(order, 1.0) == ["b", "a", "c"]


def test_two_messages_that_cannot_be_compared_are_no_trouble():
    order: Order[object] = Order()
    items = [object() for _ in range(3)]
    for number, item in enumerate(items):
        order.ready(f"{number}", ROOM, 1000, item, 0.0)
    assert order.due(1.0) == (items, None)


# Those who are looked up


def test_who_is_known_already_waits_for_who_is_looked_up(order):
    for message in ("stranger", "friend"):
        order.arrived(message, 0.0)
    for message in ("stranger", "friend"):
        order.placed(message, ROOM)
    there(order, "friend", 2000, 0.01)
    assert order.due(1.0) == ([], PATIENCE_SECONDS)
    there(order, "stranger", 1000, 1.5)
    assert out(order, 1.5) == ["stranger", "friend"]


def test_nobody_waits_for_who_was_told_of_later_than_a_moment(order):
    order.arrived("a", 0.0)
    order.arrived("b", HOLD_SECONDS)
    order.placed("b", ROOM)
    there(order, "a", 2000, 0.02)
    assert out(order, HOLD_SECONDS) == ["a"]


def test_who_is_told_of_a_moment_later_may_have_spoken_before(order):
    for number, message in enumerate(("friend", "stranger")):
        order.arrived(message, number / 10)
        order.placed(message, ROOM)
    there(order, "friend", 2000, 0.1)
    assert order.due(1.0) == ([], 0.1 + PATIENCE_SECONDS)
    there(order, "stranger", 1000, 1.5)
    assert out(order, 1.5) == ["stranger", "friend"]


def test_while_it_is_not_known_where_something_was_said_it_holds_up_every_room(order):
    for message in ("a", "b"):
        order.arrived(message, 0.0)
    there(order, "b", 2000, 0.0)
    assert out(order, 1.0) == []
    order.placed("a", OTHER)
    assert out(order, 1.0) == ["b"]


def test_rooms_do_not_wait_for_each_other(order):
    for message, room in (("a", OTHER), ("b", ROOM)):
        order.arrived(message, 0.0)
        order.placed(message, room)
    there(order, "b", 2000, 0.0)
    assert out(order, HOLD_SECONDS) == ["b"]
    there(order, "a", 1000, 1.0, OTHER)
    assert out(order, 1.0) == ["a"]


def test_it_counts_who_has_arrived_and_is_not_there(order):
    order.arrived("a", 0.0)
    order.arrived("b", 0.0)
    order.placed("b", ROOM)
    assert len(order) == 2
    there(order, "b", 1000, 0.0)
    assert len(order) == 1
    there(order, "a", 1000, 0.0)
    assert len(order) == 0


# What goes wrong


@pytest.mark.parametrize("is_placed", [True, False])
def test_nobody_waits_for_what_is_lost(order, is_placed):
    order.arrived("lost", 0.0)
    if is_placed:
        order.placed("lost", ROOM)
    order.arrived("a", 1.0)
    there(order, "a", 1000, 1.0)
    assert order.due(PATIENCE_SECONDS - 0.001) == ([], PATIENCE_SECONDS)
    assert order.due(PATIENCE_SECONDS) == (["a"], None)
    assert len(order) == 0


def test_what_is_there_after_all_is_heard_late_and_not_lost(order):
    order.arrived("late", 0.0)
    order.placed("late", ROOM)
    assert out(order, PATIENCE_SECONDS) == []
    order.placed("late", ROOM)
    there(order, "late", 1000, 5.0)
    assert order.due(5.0) == ([], 5.0 + HOLD_SECONDS)
    assert out(order, 5.0 + HOLD_SECONDS) == ["late"]


def test_one_that_nobody_told_of_is_held_like_any_other(order):
    there(order, "a", 1000, 5.0)
    assert order.due(5.0) == ([], 5.0 + HOLD_SECONDS)
    assert out(order, 5.0 + HOLD_SECONDS) == ["a"]


def test_one_that_turns_out_to_be_from_elsewhere_holds_up_nobody(order):
    order.arrived("a", 0.0)
    order.placed("a", OTHER)
    there(order, "a", 1000, 0.0, ROOM)
    there(order, "b", 2000, 0.0, OTHER)
    assert sorted(out(order, HOLD_SECONDS)) == ["a", "b"]
    assert len(order) == 0


def test_one_told_of_twice_is_heard_as_often_as_it_is_there(order):
    for _ in range(2):
        order.arrived("a", 0.0)
    order.placed("a", ROOM)
    order.arrived("a", 0.0)
    there(order, "a", 1000, 0.0)
    there(order, "b", 2000, 0.0)
    assert out(order, 1.0) == ["a", "b"]
    assert len(order) == 0


def test_a_room_that_was_silent_for_long_is_as_new(order):
    for hour in range(3):
        now = hour * 3600.0
        order.arrived(f"{hour}", now)
        there(order, f"{hour}", 1000 - hour, now)
        assert out(order, now + HOLD_SECONDS) == [f"{hour}"]


# Whatever is told


def life(
    dice: random.Random, slow: float, lost: float
) -> tuple[list[tuple[float, str]], list[tuple[str, int, float]], float]:
    """A minute of two rooms: when each message was heard; what was told, with room and time; and
    what the longest look took. Looked at only when there is a reason."""
    order: Order[str] = Order()
    deeds: list[tuple[float, int, str, str, int]] = []
    told, longest, now = list[tuple[str, int, float]](), 0.0, 0.0
    for number in range(dice.randint(1, 60)):
        now += dice.choice([0.0, 0.005, 0.05, 1.0])
        room, time = dice.choice([ROOM, OTHER]), int(1000 * now) + dice.randint(0, 100)
        place_at, ready_at = now + dice.random() * slow / 2, now + slow * (0.5 + dice.random() / 2)
        deeds.append((now, 0, f"{number}", room, time))
        told.append((room, time, now))
        if dice.random() >= lost:
            deeds += [
                (place_at, 1, f"{number}", room, time),
                (ready_at, 2, f"{number}", room, time),
            ]
            longest = max(longest, ready_at - now)
    heard: list[tuple[float, str]] = []
    look_at: float | None = None

    def look(now: float) -> float | None:
        items, following = order.due(now)
        heard.extend((now, item) for item in items)
        assert following is None or following > now, "it would look for ever"
        return following

    for at, deed, message, room, time in sorted(deeds):
        while look_at is not None and look_at <= at:
            look_at = look(look_at)
        match deed:
            case 0:
                order.arrived(message, at)
            case 1:
                order.placed(message, room)
            case _:
                order.ready(message, room, time, message, at)
        look_at = look(at)
    while look_at is not None:
        look_at = look(look_at)
    return heard, told, longest


def in_order(heard: Sequence[tuple[float, str]], told: list[tuple[str, int, float]]) -> bool:
    for room in (ROOM, OTHER):
        times = [told[int(message)][1] for _, message in heard if told[int(message)][0] == room]
        if any(later < earlier for earlier, later in pairwise(times)):
            return False
    return True


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.floats(0, 2.0))
def test_a_room_is_heard_in_the_order_of_its_time(dice, slow):
    """As long as nothing is told later than a hold after what was said behind it."""
    heard, told, _ = life(dice, slow, lost=0.0)
    assert len(heard) == len(told)
    assert in_order(heard, told)


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.floats(0, 2.0), st.floats(0, 0.5))
def test_nothing_that_is_there_is_lost_or_waits_for_long(dice, slow, lost):
    heard, told, _ = life(dice, slow, lost)
    messages = [message for _, message in heard]
    assert len(set(messages)) == len(messages)
    for at, message in heard:
        assert at <= told[int(message)][2] + PATIENCE_SECONDS + slow + HOLD_SECONDS + 1e-9
