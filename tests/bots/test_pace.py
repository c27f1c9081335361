"""No platform is spoken to faster than it bears, and what is urgent finds a place all the same."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.contract import Limits
from bots.pace import HANGS_AFTER, SHARE_PERCENT, Conversation, Opening, Pace
from storage.model import DAY, HOUR, MINUTE, SECOND, Millis, Priority
from tests.support.traffic import most_within
from tests.support.world import START

DANGER, MONEY, ANSWER, CHATTER = Priority
GROUP, OTHER = ("pretend", "group", ""), ("pretend", "other", "")
PRIVATE = ("pretend", "", "小王")
BADGE = ("pretend", "group", "小王")
LIMITS = Limits(gap=SECOND, edit_gap=4 * SECOND, per_minute=20, per_second=30)
PLACES = {DANGER: 20, MONEY: 17, ANSWER: 15, CHATTER: 12}
SLOW = Limits(pause=SECOND, per_day=20)


def said(
    pace: Pace,
    now: Millis,
    times: int = 1,
    *,
    place: Conversation = GROUP,
    messages: int = 1,
    is_edit: bool = False,
) -> None:
    for _ in range(times):
        pace.begin(place, now)
        pace.end(place, now, messages, is_edit=is_edit)


def least(opening: Opening, place: Conversation = GROUP) -> Priority | None:
    """The least urgent that may go there."""
    return None if place in opening.closed else (opening.only or {}).get(place, CHATTER)


# One conversation


def test_where_nothing_was_said_everything_may_go():
    assert Pace(LIMITS).opening(START) == Opening(30, (), {}, None)
    assert Pace(Limits()).opening(START) == Opening(None, (), None, None)


def test_a_conversation_gets_one_message_at_a_time_and_then_a_rest():
    pace = Pace(LIMITS)
    pace.begin(GROUP, START)
    assert pace.opening(START + HOUR).closed == (GROUP,)
    pace.end(GROUP, START + HOUR, 1, is_edit=False)
    closed = pace.opening(START + HOUR)
    assert (closed.closed, closed.changes_at) == ((GROUP,), START + HOUR + SECOND)
    assert pace.opening(START + HOUR + SECOND - 1).closed == (GROUP,)
    assert pace.opening(START + HOUR + SECOND).closed == ()


def test_a_long_text_is_as_many_messages_as_it_became():
    pace = Pace(LIMITS)
    said(pace, START, messages=4)
    assert pace.opening(START).changes_at == START + 4 * SECOND
    said(pace, START, messages=8)
    assert pace.opening(START + 999).room == 18
    assert pace.opening(START + 1000).room == 30
    assert least(pace.opening(START + 8 * SECOND)) == ANSWER


def test_a_long_text_whose_parts_came_one_by_one_needs_no_longer_rest():
    pace = Pace(LIMITS)
    pace.begin(GROUP, START)
    pace.end(GROUP, START + 3 * SECOND, 4, is_edit=False)
    assert pace.opening(START + 3 * SECOND).changes_at == START + 4 * SECOND


def test_what_never_reached_the_platform_takes_no_place():
    pace = Pace(LIMITS)
    said(pace, START, 50, messages=0)
    assert pace.opening(START) == Opening(30, (), {}, None)


def test_after_an_edit_the_next_one_waits_and_nothing_else():
    pace = Pace(LIMITS)
    said(pace, START, is_edit=True)
    between = pace.opening(START + SECOND)
    assert between.only == {GROUP: CHATTER}
    assert (between.closed, between.changes_at) == ((), START + 4 * SECOND)
    assert pace.opening(START + 4 * SECOND).only == {}


@pytest.mark.parametrize("priority", Priority)
def test_of_a_groups_minute_places_are_kept_back_for_what_is_more_urgent(priority):
    pace = Pace(LIMITS)
    for used in range(20):
        found = least(pace.opening(START + used * SECOND))
        assert (found is not None and found >= priority) == (used < PLACES[priority])
        said(pace, START + used * SECOND)
    now = START + 20 * SECOND
    assert pace.opening(now).closed == (GROUP,)
    while pace.opening(now).only or pace.opening(now).closed:
        now = pace.opening(now).changes_at or 0
        found = least(pace.opening(now))
        used = sum(START + number * SECOND + MINUTE > now for number in range(20))
        assert (found is not None and found >= priority) == (used < PLACES[priority])
    assert now == START + 8 * SECOND + MINUTE


def test_only_a_group_has_a_minute():
    pace = Pace(LIMITS)
    for place in (PRIVATE, BADGE):
        said(pace, START, 40, place=place)
    assert pace.opening(START + SECOND) == Opening(30, (), {}, None)


@pytest.mark.parametrize("per_minute", range(1, 30))
def test_however_narrow_the_minute_is_nothing_is_shut_out_of_it(per_minute):
    pace = Pace(Limits(per_minute=per_minute))
    assert least(pace.opening(START)) == CHATTER
    said(pace, START, per_minute)
    assert least(pace.opening(START + MINUTE - 1)) is None
    assert pace.opening(START + MINUTE) == Opening(None, (), {}, None)


def test_shares_leave_something_for_whatever_is_more_urgent():
    shares = [SHARE_PERCENT[priority] for priority in Priority]
    assert shares == sorted(shares, reverse=True)
    assert (shares[0], len(set(shares))) == (100, len(Priority))


# A platform that wants to be left alone


def test_a_platform_that_wants_patience_gets_it_there_and_only_there():
    pace = Pace(LIMITS)
    for place in (GROUP, OTHER):
        pace.begin(place, START)
    pace.hold(GROUP, START, 30 * SECOND)
    for place in (GROUP, OTHER):
        pace.end(place, START, 1, is_edit=False)
    assert pace.opening(START + SECOND).closed == (GROUP,)
    assert pace.opening(START + 30 * SECOND - 1).closed == (GROUP,)
    assert pace.opening(START + 30 * SECOND).closed == ()


# All conversations


def test_all_conversations_together_have_so_many_a_second():
    pace = Pace(LIMITS)
    for number in range(29):
        said(pace, START + number, place=("pretend", "", f"{number}"))
    assert pace.opening(START + 28).room == 1
    pace.begin(PRIVATE, START + 28)
    full = pace.opening(START + 28)
    assert (full.room, full.changes_at) == (0, START + SECOND)
    assert pace.opening(START + 999).room == 0
    assert pace.opening(START + 1000).room == 1
    assert pace.opening(START + 1010).room == 11


def test_a_second_in_which_long_texts_took_more_than_there_is_has_no_room():
    pace = Pace(Limits(per_second=3))
    said(pace, START, messages=2)
    said(pace, START + 100, messages=3)
    full = pace.opening(START + 100)
    assert (full.room, full.changes_at) == (0, START + SECOND)
    assert pace.opening(START + SECOND).room == 0
    assert pace.opening(START + SECOND + 100).room == 3


def test_connections_that_hang_do_not_silence_all_others():
    pace = Pace(LIMITS)
    for number in range(30):
        pace.begin(("pretend", "", f"{number}"), START)
    assert pace.opening(START + SECOND).changes_at == START + HANGS_AFTER
    assert pace.opening(START + HANGS_AFTER - 1).room == 0
    assert pace.opening(START + HANGS_AFTER).room == 30


# One at a time, and so many a day


def test_all_conversations_together_hear_one_message_at_a_time_and_then_nothing_for_a_while():
    pace = Pace(Limits(pause=SECOND))
    pace.begin(GROUP, START)
    assert pace.opening(START).room == 0
    pace.end(GROUP, START + 300, 1, is_edit=False)
    silent = pace.opening(START + 300)
    assert (silent.room, silent.closed, silent.changes_at) == (0, (), START + 1300)
    assert pace.opening(START + 1299).room == 0
    assert pace.opening(START + 1300) == Opening(1, (), {}, None)


@given(st.floats(0, 1), st.integers(1, HOUR))
def test_a_pause_is_never_shorter_than_asked_for_and_at_most_half_as_long_again(luck, pause):
    pace = Pace(Limits(pause=pause))
    pace.begin(GROUP, START)
    pace.end(GROUP, START, 1, is_edit=False, luck=luck)
    changes_at = pace.opening(START).changes_at or 0
    assert pause <= changes_at - START <= 1.5 * pause
    assert (pace.opening(changes_at - 1).room, pace.opening(changes_at).room) == (0, 1)


def test_luck_makes_the_pause_longer():
    pace = Pace(Limits(pause=SECOND))
    pace.end(GROUP, START, 1, is_edit=False, luck=1)
    assert pace.opening(START).changes_at == START + 1500


def test_after_what_was_not_said_there_is_no_pause():
    pace = Pace(SLOW)
    said(pace, START, 50, messages=0)
    assert pace.opening(START) == Opening(1, (), {}, None)


def test_after_what_nobody_heard_there_is_a_pause_and_the_day_is_as_long_as_before():
    pace = Pace(SLOW)
    for _ in range(50):
        pace.end(GROUP, START, 1, is_edit=False, heard=False)
    assert pace.opening(START).changes_at == START + SECOND
    assert pace.opening(START + SECOND) == Opening(1, (), {}, None)


@pytest.mark.parametrize("priority", Priority)
def test_of_a_day_places_are_kept_back_for_what_is_more_urgent(priority):
    pace, apart = Pace(SLOW), 10 * SECOND
    for used in range(20):
        opening = pace.opening(START + used * apart)
        assert (opening.least >= priority) == (used < PLACES[priority])
        assert opening.room == 1
        said(pace, START + used * apart)
    now = START + 20 * apart
    assert pace.opening(now).room == 0
    while pace.opening(now).least != CHATTER:
        now = pace.opening(now).changes_at or 0
        opening = pace.opening(now)
        used = sum(START + number * apart + DAY > now for number in range(20))
        may_go = opening.room == 1 and opening.least >= priority
        assert may_go == (used < PLACES[priority])
    assert now == START + 8 * apart + DAY


def test_a_day_without_a_pause_has_as_much_room_as_places():
    """So that what is leased at once takes no place of what is more urgent."""
    pace = Pace(Limits(per_day=20))
    assert (pace.opening(START).room, pace.opening(START).least) == (12, CHATTER)
    pace.begin(OTHER, START)
    assert pace.opening(START).room == 11
    said(pace, START, 11)
    assert (pace.opening(START).room, pace.opening(START).least) == (3, ANSWER)
    assert pace.opening(START + DAY - 1).room == 3
    assert pace.opening(START + DAY).room == 11


def test_what_hangs_takes_its_place_of_the_day():
    pace = Pace(SLOW)
    said(pace, START, 19)
    pace.begin(GROUP, START + MINUTE)
    full = pace.opening(START + HOUR)
    assert (full.room, full.changes_at) == (0, START + DAY)


def test_where_all_of_a_days_places_are_under_way_only_an_end_can_change_that():
    pace = Pace(Limits(per_day=20))
    for number in range(12):
        pace.begin(("pretend", "", f"{number}"), START)
    waiting = pace.opening(START)
    assert (waiting.room, waiting.least, waiting.changes_at) == (3, ANSWER, None)


@given(st.lists(st.integers(0, 4 * HOUR), max_size=40), st.integers(0, 2 * DAY))
def test_who_recalls_a_day_goes_on_as_who_has_lived_it(gaps, off):
    """Whatever has become of the clock meanwhile."""
    lived, recalling, now, times = Pace(SLOW), Pace(SLOW), START, []
    for gap in gaps:
        now += gap + 1500
        if lived.opening(now).room:
            said(lived, now)
            times.append(now)
    now += 1500
    recalling.recall([now - at for at in times if at >= now - DAY], now - off)
    for later in (0, HOUR, DAY - 1, DAY):
        expected, found = lived.opening(now + later), recalling.opening(now - off + later)
        assert (found.room, found.least) == (expected.room, expected.least)
        if expected.changes_at is not None:
            assert found.changes_at == expected.changes_at - off


# Its memory and its clock


def test_what_holds_nothing_back_is_forgotten():
    pace = Pace(LIMITS)
    for number in range(1000):
        said(pace, START + 10 * number, place=("pretend", f"{number % 2 or number}", ""))
        said(pace, START + 10 * number, place=("pretend", "", f"{number}"))
        pace.opening(START + 10 * number)
        assert len(pace) <= 500 + 101 + 1
    pace.hold(GROUP, START + 10 * SECOND, DAY)
    pace.opening(START + 10 * SECOND + MINUTE)
    assert len(pace) == 1
    pace.opening(START + 10 * SECOND + DAY)
    assert len(pace) == 0


def test_a_clock_that_is_set_back_makes_nobody_wait_longer():
    pace = Pace(LIMITS)
    said(pace, START, 20)
    assert pace.opening(START - HOUR).changes_at == START - HOUR + SECOND
    assert pace.opening(START - HOUR + SECOND).changes_at == START - HOUR + MINUTE
    assert pace.opening(START - 2 * HOUR).closed == (GROUP,)
    assert pace.opening(START - 2 * HOUR + MINUTE).closed == ()


# Whatever is wished for


@dataclass(frozen=True, slots=True)
class Wish:
    at: Millis
    place: Conversation
    priority: Priority
    is_edit: bool
    takes: Millis
    """How long the platform takes over it."""
    counted_after: Millis
    """When within that time the platform counts it."""
    flood: Millis
    """How long it wants to be left alone then."""
    luck: float = 0.0


@dataclass
class Run:
    """What became of some wishes at a platform that is looked at only when there is a reason."""

    limits: Limits
    counted: list[tuple[Millis, Wish]] = field(default_factory=list)
    waited: list[tuple[Millis, Wish]] = field(default_factory=list)
    now: Millis = START

    def serve(self, wishes: list[Wish]) -> None:
        pace, waiting = Pace(self.limits), list[Wish]()
        numbers, ends = count(), list[tuple[Millis, int, Wish]]()
        coming = sorted(wishes, key=lambda wish: wish.at, reverse=True)
        while coming or waiting or ends:
            while coming and coming[-1].at <= self.now:
                waiting.append(coming.pop())
            while ends and ends[0][0] <= self.now:
                _, _, wish = heapq.heappop(ends)
                if wish.flood:
                    pace.hold(wish.place, self.now, wish.flood)
                pace.end(wish.place, self.now, 1, is_edit=wish.is_edit, luck=wish.luck)
            opening = pace.opening(self.now)
            for wish in self.chosen(waiting, opening):
                waiting.remove(wish)
                pace.begin(wish.place, self.now)
                heapq.heappush(ends, (self.now + wish.takes, next(numbers), wish))
                self.counted.append((self.now + wish.counted_after, wish))
                self.waited.append((self.now - wish.at, wish))
            reasons = [opening.changes_at] if waiting and opening.changes_at is not None else []
            reasons += [coming[-1].at] if coming else []
            reasons += [ends[0][0]] if ends else []
            assert reasons or not waiting, "it would wait for ever"
            self.now = max(self.now, min(reasons, default=self.now))

    def chosen(self, waiting: list[Wish], opening: Opening) -> Iterator[Wish]:
        """As the store chooses."""
        taken, room = set(opening.closed), opening.room
        for wish in sorted(waiting, key=urgency):
            if urgency(wish) > opening.least:
                break
            only = (opening.only or {}).get(wish.place)
            withheld = only is not None and (wish.is_edit or wish.priority > only)
            if wish.place not in taken and not withheld and (room is None or room > 0):
                taken.add(wish.place)
                room = None if room is None else room - 1
                yield wish


def urgency(wish: Wish) -> Priority:
    return CHATTER if wish.is_edit else wish.priority


PLACES_OF_CONVERSATIONS = [GROUP, OTHER, PRIVATE, BADGE]


@st.composite
def wishes(
    draw: st.DrawFn,
    takes_max: Millis = 4 * SECOND,
    spans: tuple[Millis, ...] = (1, SECOND, MINUTE, 5 * MINUTE),
) -> list[Wish]:
    """Some hundred, in a few conversations: Hypothesis chooses the shape, dice the rest."""
    dice = draw(st.randoms(use_true_random=False))
    span = draw(st.sampled_from(spans))
    slow = draw(st.integers(0, takes_max))
    floods = draw(st.sampled_from([0, 0.05]))
    made = []
    for _ in range(draw(st.integers(1, 120))):
        takes = dice.randint(0, slow)
        made.append(
            Wish(
                START + dice.randrange(span),
                dice.choice(PLACES_OF_CONVERSATIONS),
                dice.choice(list(Priority)),
                dice.random() < 0.2,
                takes,
                dice.randint(0, takes),
                dice.choice([0, SECOND, 30 * SECOND]) if dice.random() < floods else 0,
                dice.random(),
            )
        )
    return made


def is_group(wish: Wish) -> bool:
    return wish.place in (GROUP, OTHER)


@given(wishes())
def test_no_minute_and_no_second_ever_holds_too_many(wishes):
    run = Run(LIMITS)
    run.serve(wishes)
    assert most_within(SECOND, [at for at, _ in run.counted]) <= 30
    for place in (GROUP, OTHER):
        there = [(at, wish) for at, wish in run.counted if wish.place == place]
        assert most_within(MINUTE, [at for at, _ in there]) <= 20
        for priority in Priority:
            less_urgent = [at for at, wish in there if wish.is_edit or wish.priority >= priority]
            if priority is not DANGER:
                assert most_within(MINUTE, less_urgent) <= PLACES[priority]


@given(wishes())
def test_one_conversation_hears_one_message_a_second_and_an_edit_every_four(wishes):
    run = Run(LIMITS)
    run.serve(wishes)
    for place in PLACES_OF_CONVERSATIONS:
        there = [(at, wish) for at, wish in run.counted if wish.place == place]
        assert most_within(SECOND, [at for at, _ in there]) <= 1
        assert most_within(4 * SECOND, [at for at, wish in there if wish.is_edit]) <= 1


@given(wishes())
def test_everything_goes_out_in_the_end(wishes):
    run = Run(LIMITS)
    run.serve(wishes)
    assert len(run.counted) == len(wishes)
    floods = sum(wish.flood + MINUTE for wish in wishes if wish.flood)
    assert run.now - START <= (len(wishes) // 12 + 2) * (MINUTE + 4 * SECOND) + floods + 5 * MINUTE


@given(wishes(takes_max=SECOND))
def test_danger_waits_for_no_more_than_what_is_being_said(wishes):
    """Whatever else a group has been told: as long as the last minute knew no other danger."""
    danger = [wish for wish in wishes if wish.priority == DANGER and not wish.is_edit]
    rest = [wish for wish in wishes if wish not in danger]
    run = Run(LIMITS)
    run.serve([wish for wish in (*rest, *danger[:3]) if not wish.flood])
    for waited, wish in run.waited:
        if wish in danger:
            ahead = 2 * (LIMITS.gap + SECOND) if len(danger) > 1 else 0
            assert waited <= SECOND + LIMITS.gap + ahead


DAYS = (SECOND, HOUR, DAY, 3 * DAY)


@settings(deadline=None)
@given(wishes(spans=DAYS))
def test_no_day_holds_too_many_and_no_two_messages_are_closer_than_the_pause(wishes):
    """Whenever between its begin and its end the platform counts each."""
    run = Run(SLOW)
    run.serve(wishes)
    assert most_within(SLOW.pause, [at for at, _ in run.counted]) <= 1
    assert most_within(DAY, [at for at, _ in run.counted]) <= 20
    for priority in (MONEY, ANSWER, CHATTER):
        less_urgent = [at for at, wish in run.counted if urgency(wish) >= priority]
        assert most_within(DAY, less_urgent) <= PLACES[priority]


@settings(max_examples=40, deadline=None)
@given(wishes(takes_max=2 * HANGS_AFTER, spans=DAYS))
def test_no_day_holds_too_many_even_where_connections_hang(wishes):
    run = Run(SLOW)
    run.serve(wishes)
    assert most_within(DAY, [at for at, _ in run.counted]) <= 20


@settings(max_examples=40, deadline=None)
@given(wishes(spans=DAYS))
def test_everything_goes_out_after_some_days(wishes):
    run = Run(SLOW)
    run.serve(wishes)
    assert len(run.counted) == len(wishes)
    assert run.now - START <= 3 * DAY + (len(wishes) // 12 + 2) * (DAY + MINUTE)


@settings(max_examples=60, deadline=None)
@given(wishes(takes_max=SECOND, spans=DAYS))
def test_danger_waits_for_one_message_and_a_pause_however_much_waits(wishes):
    """As long as the last day knew no more danger than what is kept back for it."""
    danger = [wish for wish in wishes if wish.priority == DANGER and not wish.is_edit][:3]
    rest = [wish for wish in wishes if wish.priority != DANGER]
    run = Run(SLOW)
    run.serve([wish for wish in (*rest, *danger) if not wish.flood])
    for waited, wish in run.waited:
        if wish in danger:
            assert waited <= len(danger) * (SECOND + 1.5 * SLOW.pause)
