"""An import into a club: what is kept, what is not, and that it may be run again and again."""

import pytest

from handlers.past import ASK, LINES_A_UNIT, Import, Line, Tally
from handlers.shares import emptied
from storage.model import DAY, Account, Chat, Cue, Event, Member
from tests.support.room import CATALOGUE
from tests.support.stores import CLUB, within
from tests.support.world import START, Clock, pretend_world

GROUP = "-1007"
PLATFORM = "telegram"
SAID = "#油耗 轩逸 百公里6.5升 开了2万公里"
OLD = START - 700 * DAY


def line(number, text=SAID, account="11", **more):
    return Line(GROUP, str(number), account, OLD + number, text, **more)


def own(number, account="11"):
    """Something nobody said before."""
    return line(number, f"#油耗 轩逸 百公里6.5升 开了{number}万公里 第{number}箱", account)


@pytest.fixture
def bring_in(store):
    """Import lines; the tally that comes of it."""

    async def run(*lines, **more):
        tally = Tally()
        world = pretend_world(clock=Clock())
        await Import(store, world, CATALOGUE, CLUB, PLATFORM, **more).run(lines, tally)
        return tally

    return run


def do(part, method, *arguments):
    return within(lambda work: getattr(getattr(work, part), method)(*arguments))


async def shares(store):
    async def look(work):
        return [await work.shares.share(number) for number in range(1, 400)]

    return [share for share in await store.read(within(look)) if share]


async def test_what_was_said_is_kept_to_count_only(store, bring_in):
    tally = await bring_in(line(1), line(2, "早上好"))
    (share,) = await shares(store)
    assert (share.consent, share.text, share.tag, share.facts.figure) == (0, SAID, "油耗", 6.5)
    assert (share.platform, share.chat, share.message, share.at) == (PLATFORM, GROUP, "1", OLD + 1)
    assert tally.outcomes == {"new": 1, "talk": 1}
    assert (tally.read, tally.people, tally.tags) == (2, {"11"}, {"油耗": 1})
    assert (tally.since, tally.until) == (OLD + 1, OLD + 2)


async def test_of_the_author_only_an_id_for_the_account_is_kept(store, bring_in):
    await bring_in(line(1))
    (share,) = await shares(store)
    person = await store.read(lambda work: work.people.person(Account(PLATFORM, "11")))
    assert share.author == person
    assert await store.read(do("people", "member", person)) is None


async def test_an_author_that_is_known_already_is_the_same_person(store, bring_in):
    await store.unit(do("people", "bind", Account(PLATFORM, "11"), "m1"))
    await store.unit(do("people", "put_member", Member("m1", "小李")))
    await bring_in(line(1))
    assert (await shares(store))[0].author == "m1"


async def test_each_author_is_to_be_asked_once_they_speak(store, bring_in):
    await bring_in(own(1), own(2), own(3, "22"))
    await store.unit(do("people", "put_chat", Chat(PLATFORM, GROUP, CLUB.id, "群")))
    author = (await shares(store))[0].author
    event = Event("e", PLATFORM, GROUP, "11", "小李", "嗯", START)
    cue = await store.read(lambda work: work.cues.heard(event, ""))
    assert cue == Cue(CLUB.id, ASK, author, PLATFORM, account="11")


async def test_a_second_run_adds_nothing(store, bring_in):
    lines = [own(number) for number in range(1, 40)]
    assert (await bring_in(*lines)).outcomes == {"new": 39}
    before = await shares(store)
    again = await bring_in(*lines)
    assert again.outcomes == {"known": 39}
    assert again.tags == {"油耗": 39}
    assert await shares(store) == before


async def test_the_same_words_are_kept_once(store, bring_in):
    again = line(2, "#油耗 轩逸，百公里6.5升，开了2万公里！", "22")
    assert (await bring_in(line(1), again)).outcomes == {"new": 1, "known": 1}


async def test_an_import_broken_off_goes_on_to_the_same_end(store, shelf, bring_in):
    lines = [own(number, str(number % 7)) for number in range(1, 2 * LINES_A_UNIT + 50)]

    def breaking():
        yield from lines[: LINES_A_UNIT + 20]
        raise LookupError

    with pytest.raises(LookupError):
        await bring_in_from(store, breaking())
    assert len(await shares(store)) == LINES_A_UNIT
    tally = await bring_in(*lines)
    assert tally.outcomes == {"known": LINES_A_UNIT, "new": LINES_A_UNIT + 49}
    texts = [share.text for share in await shares(store)]
    assert texts == [each.text for each in lines][:399]


async def bring_in_from(store, lines):
    world = pretend_world(clock=Clock())
    await Import(store, world, CATALOGUE, CLUB, PLATFORM).run(lines, Tally())


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (line(1, unread="forwarded"), "forwarded"),
        (line(1, unread="service"), "service"),
        (line(1, " \u200b\n"), "wordless"),
        (line(1, "/share #油耗 轩逸 百公里6.5升"), "command"),
        (line(1, "／share #油耗 轩逸 百公里6.5升"), "command"),
        (line(1, account="bot"), "left out"),
        (Line(GROUP, "1", "11", START + 1, SAID), "damaged"),
        (Line(GROUP, "1", "11", 0, SAID), "damaged"),
        (Line(GROUP, "", "11", OLD, SAID), "damaged"),
        (Line(GROUP, "1", "", OLD, SAID), "damaged"),
        (Line(GROUP, "1", "1" * 200, OLD, SAID), "damaged"),
        (Line(GROUP, "1\n", "11", OLD, SAID), "damaged"),
    ],
)
async def test_what_is_not_to_be_kept_is_counted_by_its_reason(store, bring_in, more, why):
    tally = await bring_in(more, left_out=frozenset({"bot"}))
    assert tally.outcomes == {why: 1}
    assert await shares(store) == []


async def test_what_was_taken_back_does_not_come_again_not_even_changed(store, bring_in):
    await bring_in(line(1))
    (share,) = await shares(store)
    await store.unit(do("shares", "change", emptied(share)))
    assert (await bring_in(line(1))).outcomes == {"known": 1}
    assert (await bring_in(own(1))).outcomes == {"known": 1}
    assert (await bring_in(line(2))).outcomes == {"known": 1}


async def test_who_was_forgotten_does_not_come_again(store, shelf, bring_in):
    await bring_in(own(1), own(2, "22"))
    author = (await shares(store))[0].author
    await store.unit(lambda work: work.privacy.forget(author))
    tally = await bring_in(own(1), own(2, "22"), own(3), own(4, "22"))
    assert tally.outcomes == {"forgotten": 2, "known": 1, "new": 1}
    reopened = await shelf.open()
    assert await reopened.read(lambda work: work.privacy.is_forgotten(Account(PLATFORM, "11")))
    assert not await reopened.read(lambda work: work.privacy.is_forgotten(Account(PLATFORM, "22")))
    assert await reopened.read(lambda work: work.people.person(Account(PLATFORM, "11"))) is None
