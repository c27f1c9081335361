"""What came in is answered once, what is due is a row, what goes out keeps its order."""

import asyncio
import random

import pytest

from storage.errors import Refusal
from storage.model import (
    DAY,
    MINUTE,
    Account,
    Answer,
    Attachment,
    Chat,
    Choice,
    Due,
    Event,
    Media,
    Member,
    Priority,
    Reply,
)
from tests.support.stores import CLUB, at_once, found, within
from tests.support.world import START

GROUP = ("pretend", "group", "")
ANSWER = Answer(
    (Reply("好", (Choice("抢", "抢 1"),), "actor", Priority.MONEY, "s", Attachment("a.txt", "…")),),
    "到手",
)


def event(name="e1", private=False, account="小王"):
    return Event(
        name, "pretend", "group", account, account, "积分", START, private=private, addressed=True
    )


def arrive(event):
    return lambda work: work.events.arrive(event)


def remember(event, answer=ANSWER, member="a"):
    async def unit(work):
        await work.events.arrive(event)
        await work.events.remember(event, member, answer)

    return unit


# In


async def test_an_answer_is_given_again(store, shelf):
    await store.unit(remember(event()))
    again = (await store.unit(arrive(event()))).answer
    assert again.repeated
    assert (again.tap, again.replies) == ("到手", ANSWER.replies)
    reopened = await shelf.open()
    assert (await reopened.read(arrive(event()))).answer == again
    assert (await reopened.read(arrive(event("e2")))).answer is None


async def test_an_answer_of_a_unit_that_failed_is_not_given(store):
    async def fails(work):
        await work.events.remember(event(), "a", ANSWER)
        raise Refusal("no")

    results = await at_once(store, (fails, arrive(event())))
    assert results[1].answer is None


async def test_what_was_seen_long_ago_is_dropped(store, clock):
    await store.unit(remember(event("old")))
    clock.move(DAY)
    await store.unit(remember(event("new")))

    async def drop(work):
        old = await work.events.arrive(event("old"))
        dropped = await work.events.forget_before(work.now)
        return old.answer is not None, dropped, (await work.events.arrive(event("old"))).answer

    assert await store.unit(drop) == (True, 1, None)
    assert (await store.read(arrive(event("new")))).answer is not None


async def test_an_event_is_known_by_chat_club_and_member(store):
    async def meet(work):
        await work.people.put_chat(Chat("pretend", "group", CLUB.id, "群", True))
        unknown = await work.events.arrive(event())
        await work.people.bind(Account("pretend", "小王"), "a")
        await work.people.put_member(Member("a", "小王", joined_at=START))
        return unknown

    unknown = await store.unit(within(meet))
    assert (unknown.chat.title, unknown.club, unknown.member) == ("群", CLUB, None)

    async def look(work):
        return await work.events.arrive(event()), work.club

    arrival, club = await store.unit(look)
    assert (arrival.club, arrival.member.name, arrival.home, club) == (CLUB, "小王", "", CLUB.id)
    assert arrival.chat.muted
    assert (await store.read(look))[0] == arrival


async def test_what_a_failed_unit_knew_of_people_is_forgotten(store):
    async def fails(work):
        await work.people.put_chat(Chat("pretend", "group", CLUB.id))
        assert (await work.events.arrive(event())).club is not None
        raise Refusal("no")

    with pytest.raises(Refusal):
        await store.unit(within(fails))
    assert (await store.unit(arrive(event()))).club is None


async def test_in_private_the_club_is_where_one_was_last_active(store):
    await found(store, type(CLUB)("club2", "二", "zh", "Asia/Shanghai", START))

    async def meet(work):
        await work.people.bind(Account("pretend", "小王"), "a")
        for club in ("club1", "club2", "club1"):
            work.enter(club)
            await work.people.put_member(Member("a", f"小王{club}"))
            await work.people.touch("a")

    nobody = await store.unit(arrive(event(private=True)))
    assert (nobody.club, nobody.chat) == (None, Chat("pretend", "group"))
    await store.unit(meet)

    async def look(work):
        return await work.events.arrive(event(private=True)), work.club

    arrival, club = await store.unit(look)
    assert (arrival.member.name, arrival.home, club) == ("小王club1", "club1", "club1")


# Due


def row(key="1", at=START, club=CLUB.id, attempts=0):
    return Due(club, "envelope.expire", key, at, attempts)


async def ready(store):
    return list(await store.read(lambda work: work.due.ready(10)))


async def test_a_row_is_ready_when_its_time_has_come(store, clock):
    for due in (row("b", START + 2000), row("a", START + 1000), row("c", START + 3000)):
        await store.unit(lambda work, due=due: work.due.schedule(due))
    assert await ready(store) == []
    assert await store.read(lambda work: work.due.next_at()) == START + 1000
    clock.move(2000)
    assert await ready(store) == [row("a", START + 1000), row("b", START + 2000)]
    assert len(await store.read(lambda work: work.due.ready(1))) == 1


async def test_a_row_is_moved_and_taken_away(store, clock):
    await store.unit(lambda work: work.due.schedule(row()))
    await store.unit(lambda work: work.due.schedule(row(at=START + 5, attempts=2)))
    assert await ready(store) == []
    clock.move(5)
    assert await ready(store) == [row(at=START + 5, attempts=2)]
    await store.unit(within(lambda work: work.due.cancel("envelope.expire", "1")))
    await store.unit(within(lambda work: work.due.cancel("envelope.expire", "1")))
    assert await ready(store) == []
    assert await store.read(lambda work: work.due.next_at()) is None


async def test_the_rows_of_a_kind_are_a_clubs_own(store):
    rows = [row("b", START + 2), row("a", START + 2), row("c", START + 1)]
    others = [row("d", club="another"), Due(CLUB.id, "envelope.draw", "e", START)]
    for due in (*rows, *others):
        await store.unit(lambda work, due=due: work.due.schedule(due))
    waiting = await store.read(within(lambda work: work.due.waiting("envelope.expire")))
    assert waiting == [rows[2], rows[1], rows[0]]


async def test_a_row_is_done_by_one(store):
    await store.unit(lambda work: work.due.schedule(row()))

    async def do(work):
        if not await work.due.enter(row()):
            return False
        await work.due.cancel("envelope.expire", "1")
        return work.club == CLUB.id

    assert await at_once(store, (do for _ in range(3))) == [True, False, False]


async def test_a_row_that_was_put_off_is_not_entered(store):
    await store.unit(lambda work: work.due.schedule(row(at=START + 1)))
    assert not await store.unit(lambda work: work.due.enter(row()))


# Out


def put(text, *, chat="group", account="", priority=Priority.ANSWER, slot="", **more):
    reply = Reply(text, priority=priority, slot=slot)
    return lambda work: work.outbox.put("pretend", chat, account, reply, **more)


def lease(*busy, platforms=("pretend",), limit=100, only=None, **more):
    return lambda work: work.outbox.lease(platforms, busy, limit, only, **more)


async def texts(store, *busy, **more):
    return [message.reply.text for message in await store.unit(lease(*busy, **more))]


async def send(store, text, **more):
    """Put it, and let it be out at once."""
    await store.unit(put(text, **more))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.sent(message.id, f"bot{message.id}"))


async def read_out(store, only=None):
    """Send all that may go out now; what it says, in order."""
    said = []
    while messages := await store.unit(lease(only=only)):
        for message in messages:
            said.append(message.reply.text)
            await store.unit(lambda work, n=message.id: work.outbox.sent(n, f"bot{n}"))
    return said


async def counts(store):
    return await store.read(lambda work: work.outbox.counts())


async def test_a_conversation_gets_its_messages_in_order_one_at_a_time(store):
    for text in "abc":
        await store.unit(put(text))
    await store.unit(put("x", chat="other"))
    first = await store.unit(lease())
    assert sorted(message.reply.text for message in first) == ["a", "x"]
    assert await texts(store, GROUP, ("pretend", "other", "")) == []
    for message in first:
        await store.unit(lambda work, n=message.id: work.outbox.sent(n, ""))
    assert await read_out(store) == ["b", "c"]
    assert await counts(store) == {"waiting": 0, "leased": 0, "sent": 4, "dead": 0, "held": 0}


async def test_messages_of_one_moment_keep_their_order_when_units_between_them_fail(store):
    async def fails(work):
        await put("never", slot="s")(work)
        raise Refusal("no")

    units = [fails, put("a"), put("b", slot="s"), fails, put("c")]
    await at_once(store, units)
    assert await read_out(store) == ["a", "b", "c"]


async def test_the_most_urgent_goes_first(store):
    for priority in (Priority.CHATTER, Priority.MONEY, Priority.ANSWER, Priority.DANGER):
        await store.unit(put(priority.name, priority=priority))
        await store.unit(put(priority.name.lower(), priority=priority))
    assert await read_out(store) == [
        "DANGER", "danger", "MONEY", "money", "ANSWER", "answer", "CHATTER", "chatter",
    ]  # fmt: skip


async def test_a_lease_takes_the_most_urgent_of_all_conversations(store):
    for number in range(5):
        await store.unit(put(f"answer{number}", chat=f"chat{number}"))
    await store.unit(put("danger", chat="late", priority=Priority.DANGER))
    messages = await store.unit(lease(limit=2))
    assert [message.reply.text for message in messages] == ["danger", "answer0"]


async def test_of_two_as_urgent_the_older_goes_first_whatever_its_conversation(store):
    for number, chat in enumerate(("z", "b", "", "a")):
        account = "" if chat else "小王"
        await store.unit(put(f"{number}", chat=chat, account=account, priority=Priority.MONEY))
    assert await texts(store) == ["0", "1", "2", "3"]


async def test_where_not_everything_may_go_only_what_is_urgent_does(store):
    for priority in reversed(Priority):
        for chat in ("group", "other"):
            await store.unit(put(f"{priority.name} {chat}", priority=priority, chat=chat))
    only = {GROUP: Priority.MONEY}
    await store.unit(put("more", priority=Priority.DANGER, chat="other"))
    said = []
    while messages := await store.unit(lease(only=only)):
        said += [message.reply.text for message in messages]
        for message in messages:
            await store.unit(lambda work, n=message.id: work.outbox.sent(n, ""))
    assert [text for text in said if "group" in text] == ["DANGER group", "MONEY group"]
    assert len(said) == 7
    assert await texts(store, only={GROUP: Priority.CHATTER}) == ["ANSWER group"]


async def test_a_conversation_is_more_than_its_chat(store):
    """A group, somebody's badge in it, and their private conversation wait for themselves."""
    await store.unit(put("group"))
    await store.unit(put("badge", account="小王"))
    await store.unit(put("private", chat="", account="小王"))
    assert await texts(store, GROUP) == ["badge", "private"]
    assert await texts(store, only={GROUP: Priority.DANGER}) == []
    assert await texts(store) == ["group"]


@pytest.mark.parametrize(
    ("only", "said"),
    [({}, ["a", "b", "two", "chatter"]), (None, ["two", "a", "b", "chatter"])],
)
async def test_where_there_is_a_pace_an_edit_is_less_urgent_than_any_answer(store, only, said):
    await send(store, "one", slot="s", priority=Priority.DANGER)
    await store.unit(put("two", slot="s", priority=Priority.DANGER))
    for text in ("a", "b"):
        await store.unit(put(text))
    await store.unit(put("chatter", priority=Priority.CHATTER))
    assert await read_out(store, only) == said


async def test_where_not_everything_may_go_nothing_is_edited(store):
    await send(store, "one", slot="s", priority=Priority.MONEY)
    await store.unit(put("two", slot="s", priority=Priority.MONEY))
    await store.unit(put("chatter", priority=Priority.CHATTER))
    assert await texts(store, only={GROUP: Priority.CHATTER}) == ["chatter"]
    assert await texts(store, GROUP) == []
    assert await texts(store, only={GROUP: Priority.CHATTER}) == []
    assert await texts(store) == ["two"]


async def test_an_edit_that_must_wait_holds_nothing_back(store, clock):
    """Neither one that waits for its retry, nor one that may not go now."""
    for slot in ("s", "t"):
        await send(store, "old", slot=slot)
    for slot in ("s", "t"):
        await store.unit(put(f"new {slot}", slot=slot))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.retry(message.id, START + 1000, "no"))
    await store.unit(put("answer"))
    assert await texts(store, only={GROUP: Priority.CHATTER}) == ["answer"]
    assert await texts(store, only={}) == ["new t"]
    clock.move(1000)
    assert await texts(store, only={}) == ["new s"]


@pytest.mark.parametrize("seed", range(20))
async def test_what_is_leased_is_what_the_rules_say(store, seed):
    """Against all that waits, looked through one by one."""
    dice = random.Random(seed)
    places = [GROUP, *(("pretend", chat, name) for chat in ("", "other") for name in ("a", "b"))]
    edited = places[::2]
    for _, chat, account in edited:
        await send(store, "old", chat=chat, account=account, slot="s")
    waiting: list[tuple[Priority, int, tuple[str, str, str], str, bool, int]] = []
    for number in range(dice.choice([3, 30, 90])):
        place, priority = dice.choice(places), dice.choice(list(Priority))
        slot, not_before = dice.choice(["", "", f"s{number}", "s"]), dice.choice([0, 0, START + 9])
        if slot == "s" and any((place, "s") == row[2:4] for row in waiting):
            continue
        _, chat, account = place
        more = {"chat": chat, "account": account, "slot": slot, "not_before": not_before}
        await store.unit(put(f"{number}", priority=priority, **more))
        is_edit = slot == "s" and place in edited
        rank = Priority.CHATTER if is_edit else priority
        waiting.append((rank, number, place, slot, is_edit, not_before))
    busy = [place for place in places if dice.random() < 0.2]
    only = {place: dice.choice(list(Priority)) for place in places if dice.random() < 0.4}
    limit = dice.choice([1, 3, 100])

    expected: dict[tuple[str, str, str], str] = {}
    held_back = set()
    for rank, number, place, _, is_edit, not_before in sorted(waiting):
        if is_edit or (place, rank) not in held_back:
            may_go = place not in only or (not is_edit and rank <= only[place])
            if not_before and not is_edit:
                held_back.add((place, rank))
            elif not not_before and may_go and place not in (*busy, *expected):
                expected[place] = f"{number}"
    leased = await texts(store, *busy, limit=limit, only=only)
    assert leased == list(expected.values())[:limit]


@pytest.mark.parametrize("least", Priority)
async def test_nothing_less_urgent_than_asked_for_is_leased_from_anywhere(store, least):
    for priority in Priority:
        await store.unit(put(priority.name, chat=priority.name, priority=priority))
    leased = await texts(store, least=least)
    assert leased == [priority.name for priority in Priority if priority <= least]
    rest = [priority.name for priority in Priority if priority > least]
    assert await texts(store) == rest


async def test_an_edit_waits_with_the_chatter_and_where_there_are_none_with_its_like(store):
    """What cannot be changed is said anew: as urgent as any message that tells the same."""
    await send(store, "one", slot="s", priority=Priority.MONEY)
    await store.unit(put("two", slot="s", priority=Priority.MONEY))
    await store.unit(put("answer"))
    assert await texts(store, only={}, least=Priority.MONEY) == []
    assert await texts(store, only={GROUP: Priority.CHATTER}, edits=False, limit=1) == ["two"]
    assert await texts(store, only={GROUP: Priority.MONEY}, edits=False) == []
    assert await texts(store, only={}, edits=False) == ["answer"]


async def test_only_what_the_platforms_asked_for_is_leased(store):
    await store.unit(put("a"))
    assert await store.unit(lease(platforms=("other",))) == []
    assert await store.unit(lease(platforms=())) == []


async def test_a_message_comes_with_all_that_sending_needs(store):
    reply = ANSWER.replies[0]
    await store.unit(
        lambda work: work.outbox.put("pretend", "", "小王", reply, quotes="m7", member="a")
    )
    (message,) = await store.unit(lease())
    assert (message.platform, message.chat, message.account) == ("pretend", "", "小王")
    assert (message.reply, message.quotes, message.edits) == (reply, "m7", "")
    assert (message.attempts, message.created_at) == (1, START)


async def test_a_retry_holds_back_its_own_priority_only(store, clock):
    await store.unit(put("money", priority=Priority.MONEY))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.retry(message.id, START + 1000, "flood"))
    await store.unit(put("money2", priority=Priority.MONEY))
    await store.unit(put("danger", priority=Priority.DANGER))
    assert await read_out(store) == ["danger"]
    assert await store.read(lambda work: work.outbox.next_at()) == 0  # money2, once money is out
    clock.move(1000)
    (again,) = await store.unit(lease())
    assert (again.reply.text, again.attempts) == ("money", 2)


async def test_what_was_no_attempt_is_not_counted_as_one(store):
    await store.unit(put("money", priority=Priority.MONEY))
    attempts = []
    for is_attempt in (True, False, False, True, False):
        (message,) = await store.unit(lease())
        attempts.append(message.attempts)
        await store.unit(
            lambda work, n=message.id, counts=is_attempt: work.outbox.retry(
                n, START, "flood", is_attempt=counts
            )
        )
    assert attempts == [1, 2, 2, 2, 3]


async def test_what_waits_for_its_time_does_not_go_before(store, clock):
    await store.unit(put("later", not_before=START + 1000))
    assert await texts(store) == []
    assert await store.read(lambda work: work.outbox.next_at()) == START + 1000
    clock.move(1000)
    assert await texts(store) == ["later"]


async def test_a_text_that_waits_is_replaced_in_its_place(store):
    for text, slot in (("one", "s"), ("a", ""), ("two", "s"), ("x", "other"), ("three", "s")):
        await store.unit(put(text, slot=slot))
    assert await read_out(store) == ["three", "a", "x"]


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_replaced_text_keeps_the_rest_of_what_waited(store, clock, at_once):
    """Its place and whom it answers; it is as urgent and as early as either text."""
    units = [
        put("one", slot="s", quotes="m1", not_before=START + 5, priority=Priority.MONEY),
        put("two", slot="s", quotes="m2", not_before=START + 9, priority=Priority.CHATTER),
    ]
    if at_once:
        await asyncio.gather(*map(store.unit, units))
    else:
        for unit in units:
            await store.unit(unit)
    assert await texts(store) == []
    clock.move(5)
    await store.unit(put("money", priority=Priority.MONEY))
    (message,) = await store.unit(lease())
    assert (message.reply.text, message.quotes) == ("two", "m1")
    assert (message.created_at, message.not_before) == (START, START + 5)


async def test_a_text_after_the_one_sent_edits_it(store):
    await store.unit(put("one", slot="s"))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.sent(message.id, "bot7"))
    await store.unit(put("two", slot="s"))
    await store.unit(put("elsewhere", slot="s", chat="other"))
    edits = {m.reply.text: m.edits for m in await store.unit(lease())}
    assert edits == {"two": "bot7", "elsewhere": ""}


async def test_a_text_put_while_the_one_before_is_out_is_a_message_of_its_own(store):
    """In one moment: put, leased, put again."""

    async def look(work):
        return list(await work.outbox.lease(("pretend",), (), 10))

    units = [put("one", slot="s", priority=Priority.MONEY), look, put("two", slot="s"), look]
    results = await asyncio.gather(*map(store.unit, units))
    assert [message.reply.text for message in results[1]] == ["one"]
    assert [(message.reply.text, message.reply.priority) for message in results[3]] == [
        ("two", Priority.ANSWER)
    ]


async def test_a_retry_is_given_up_when_a_newer_text_waits(store):
    await store.unit(put("one", slot="s"))
    (message,) = await store.unit(lease())
    await store.unit(put("two", slot="s"))
    await store.unit(lambda work: work.outbox.retry(message.id, START, "flood"))
    assert await read_out(store) == ["two"]


async def leased_by_a_former_run(store, shelf):
    for priority in Priority:
        await store.unit(put(priority.name, chat=priority.name, priority=priority))
    assert len(await store.unit(lease())) == 4
    return await shelf.open()


async def test_after_a_crash_money_goes_again_and_chatter_does_not(store, shelf):
    reopened = await leased_by_a_former_run(store, shelf)
    assert await texts(reopened) == []
    assert await reopened.unit(lambda work: work.outbox.free()) == 4
    assert await read_out(reopened) == ["DANGER", "MONEY", "ANSWER"]


async def test_a_lease_ends_by_itself(store, shelf, clock):
    reopened = await leased_by_a_former_run(store, shelf)
    next_at = await reopened.read(lambda work: work.outbox.next_at())
    assert START < next_at <= START + 5 * MINUTE
    clock.now = next_at + 1
    assert await read_out(reopened) == ["DANGER", "MONEY", "ANSWER"]


async def test_what_is_given_up_is_kept_aside(store):
    await store.unit(put("a"))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.bury(message.id, "blocked"))
    assert await texts(store) == []
    assert (await counts(store))["dead"] == 1
    assert await store.read(lambda work: work.outbox.next_at()) is None


async def test_what_was_sent_or_given_up_long_ago_is_dropped(store, clock):
    await store.unit(put("sent", slot="s"))
    await store.unit(put("dead", chat="other"))
    await store.unit(put("waiting", chat="third"))
    messages = {message.reply.text: message.id for message in await store.unit(lease())}
    await store.unit(lambda work: work.outbox.sent(messages["sent"], "bot1"))
    await store.unit(lambda work: work.outbox.bury(messages["dead"], "blocked"))
    clock.move(DAY)
    await store.unit(put("new", slot="s"))
    assert await store.unit(lambda work: work.outbox.prune(START)) == 0
    assert await store.unit(lambda work: work.outbox.prune(START + 1)) == 2
    assert await counts(store) == {"waiting": 1, "leased": 1, "sent": 0, "dead": 0, "held": 0}
    (new,) = await store.unit(lease(("pretend", "third", "")))
    assert (new.reply.text, new.edits) == ("new", "")


# Said together


def answer(text, *, account="", chat="group", priority=Priority.ANSWER, **more):
    reply = Reply(text, to="actor", priority=priority, **more)
    return lambda work: work.outbox.put("pretend", chat, account, reply, quotes=f"of {text}")


def join(limit=10):
    """Lease the first and take whoever may be said with it."""

    async def unit(work):
        (message,) = await work.outbox.lease(("pretend",), (), 1)
        return message, list(await work.outbox.join(message, limit))

    return unit


async def joined(store, limit=10):
    message, also = await store.unit(join(limit))
    return [each.reply.text for each in (message, *also)]


async def test_short_answers_that_wait_behind_one_are_taken_with_it(store):
    for text in "abcd":
        await store.unit(answer(text))
    message, also = await store.unit(join(limit=2))
    assert [(each.reply.text, each.quotes, each.attempts) for each in also] == [
        ("b", "of b", 1),
        ("c", "of c", 1),
    ]
    assert await counts(store) == {"waiting": 1, "leased": 3, "sent": 0, "dead": 0, "held": 0}
    for each in (message, *also):
        await store.unit(lambda work, n=each.id: work.outbox.sent(n, ""))
    assert await joined(store) == ["d"]


async def test_what_is_taken_together_is_taken_back_together(store, shelf):
    for text in "ab":
        await store.unit(answer(text))
    assert await joined(store) == ["a", "b"]
    reopened = await shelf.open()
    assert await reopened.unit(lambda work: work.outbox.free()) == 2
    assert await joined(reopened) == ["a", "b"]


async def test_nobody_is_asked_to_join_where_there_is_no_room(store):
    for text in "ab":
        await store.unit(answer(text))
    assert await joined(store, limit=0) == ["a"]


async def test_only_the_same_conversation_and_priority_is_joined(store):
    await store.unit(answer("a"))
    await store.unit(answer("1", chat="other"))
    await store.unit(answer("2", account="小王"))
    await store.unit(answer("3", priority=Priority.CHATTER))
    await store.unit(answer("b"))
    assert await joined(store) == ["a", "b"]


NOT_JOINED = [
    {"to": "chat"},
    {"to": "private"},
    {"choices": (Choice("抢", "抢 1"),)},
    {"attachment": Attachment("a.txt", "…")},
    {"pictures": (Media("photo", "p1"),)},
    {"live": True},
    {"invitation": "door"},
    {"slot": "s"},
    {"text": "长" * 201},
]


@pytest.mark.parametrize("more", NOT_JOINED, ids=str)
async def test_what_is_no_short_answer_joins_nobody_and_nobody_joins_it(store, more):
    reply = Reply(**{"text": "x", "to": "actor", **more})
    await store.unit(answer("a"))
    await store.unit(lambda work: work.outbox.put("pretend", "group", "", reply))
    await store.unit(answer("b"))
    said = [await joined(store)]
    while said[-1] != ["b"]:
        await store.unit(lambda work: work.outbox.sent(len(said), f"bot{len(said)}"))
        said.append(await joined(store))
    assert said == [["a"], [reply.text], ["b"]]


async def test_an_answer_of_just_the_length_is_still_short(store):
    for text in ("a", "长" * 200):
        await store.unit(answer(text))
    assert await joined(store) == ["a", "长" * 200]


async def test_nothing_is_joined_past_what_waits_for_its_time(store, clock):
    await store.unit(answer("a"))
    await store.unit(put("later", not_before=START + 1000))
    await store.unit(answer("b"))
    message, also = await store.unit(join())
    assert also == []
    await store.unit(lambda work: work.outbox.sent(message.id, ""))
    assert await texts(store) == []
    clock.move(1000)
    assert await read_out(store) == ["later", "b"]


async def test_a_change_that_waits_is_no_hindrance(store):
    await send(store, "old", slot="s")
    await store.unit(answer("a"))
    await store.unit(put("new", slot="s"))
    await store.unit(answer("b"))

    async def unit(work):
        (message,) = await work.outbox.lease(("pretend",), (), 1, {})
        return message, *await work.outbox.join(message, 10)

    assert [each.reply.text for each in await store.unit(unit)] == ["a", "b"]


# Stages and days


async def said_at(store, stage, text="s"):
    await store.unit(put(text, slot="s"))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.sent(message.id, f"bot{message.id}", stage=stage))
    return message


async def test_a_slot_knows_the_stage_at_which_it_was_said_last(store, shelf):
    first = await said_at(store, "1")
    second = await said_at(store, "2")
    assert [(each.edits, each.stage) for each in (first, second)] == [("", ""), ("bot1", "1")]
    reopened = await shelf.open()
    await reopened.unit(put("new", slot="s"))
    (message,) = await reopened.unit(lease())
    assert (message.edits, message.stage) == ("bot2", "2")


async def test_what_was_not_said_leaves_the_slot_as_it_was(store):
    await said_at(store, "1")
    await store.unit(put("unsaid", slot="s"))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.sent(message.id, "", stage="2"))
    await store.unit(put("new", slot="s"))
    (message,) = await store.unit(lease())
    assert (message.edits, message.stage) == ("bot1", "1")


async def test_a_reply_that_waits_keeps_its_stage(store):
    reply = Reply("x", slot="s", stage="3")
    await store.unit(lambda work: work.outbox.put("pretend", "group", "", reply))
    (message,) = await store.unit(lease())
    assert message.reply == reply


def since(at, platform="pretend"):
    return lambda work: work.outbox.sent_since(platform, at)


async def test_it_is_known_when_what_counts_was_sent(store, shelf, clock):
    for counted in (1, 0, 3):
        await store.unit(put(f"{counted}"))
        (message,) = await store.unit(lease())
        await store.unit(
            lambda work, n=message.id, c=counted: work.outbox.sent(n, f"bot{n}", counted=c)
        )
        clock.move(1000)
    assert list(await store.read(since(START))) == [START, *[START + 2000] * 3]
    assert list(await store.read(since(START + 1))) == [START + 2000] * 3
    assert list(await store.read(since(START, "other"))) == []
    reopened = await shelf.open()
    assert len(await reopened.read(since(START))) == 4


async def test_what_may_have_arrived_counts_though_it_has_no_id(store):
    await store.unit(put("a", slot="s"))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.sent(message.id, "", counted=1))
    assert list(await store.read(since(START))) == [START]
    await store.unit(put("b", slot="s"))
    assert [each.edits for each in await store.unit(lease())] == [""]


async def test_what_waits_or_is_given_up_was_not_sent(store):
    for number in range(3):
        await store.unit(put(f"{number}", chat=f"{number}"))
    _, retried, buried = await store.unit(lease())
    await store.unit(lambda work: work.outbox.retry(retried.id, 0, "no"))
    await store.unit(lambda work: work.outbox.bury(buried.id, "no"))
    assert list(await store.read(since(0))) == []


# Later


async def test_the_number_of_a_message_is_never_given_again(store):
    """Or a late word about the old message would be taken as one about the new."""
    await store.unit(put("old", account="小王", member="a"))
    (old,) = await store.unit(lease())

    async def forget(work):
        await work.privacy.forget("a")
        await put("forgotten")(work)

    await store.unit(forget)
    await store.unit(lambda work: work.outbox.sent(old.id, "bot1"))
    assert await read_out(store) == ["forgotten"]


async def test_what_must_go_out_now_does_not_wait_for_the_small_talk_it_replaces(store):
    night = START + 60_000
    await store.unit(put("欢迎", slot="s", priority=Priority.CHATTER, not_before=night))
    await store.unit(put("退回 5 分", slot="s", priority=Priority.MONEY))
    (message,) = await store.unit(lease())
    assert (message.reply.text, message.not_before) == ("退回 5 分", 0)
