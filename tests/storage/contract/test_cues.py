"""What the bot waits to hear: found by its words or by who speaks, in the club's own chats."""

import pytest

from storage.errors import Conflict
from storage.model import Chat, Club, Cue, Event
from tests.support.stores import CLUB, found, within
from tests.support.world import START

KEY = Cue(CLUB.id, "envelope.key", "1", "pretend", "group", words="海豹上山")
AUTHOR = Cue(CLUB.id, "history.ask", "m1", "pretend", account="a")


def said(account="a", chat="group", platform="pretend"):
    return Event("e", platform, chat, account, account, "", START)


async def wait_for(store, *cues):
    async def unit(work):
        await work.people.put_chat(Chat("pretend", "group", CLUB.id))
        for cue in cues:
            await work.cues.put(cue)

    await store.unit(within(unit))


async def heard(store, words, **more):
    return await store.read(lambda work: work.cues.heard(said(**more), words))


async def test_a_cue_is_heard_by_its_words_in_its_chat(store):
    await wait_for(store, KEY)
    assert await heard(store, "海豹上山") == KEY
    assert await heard(store, "海豹") is None
    assert await heard(store, "") is None
    assert await heard(store, "海豹上山", chat="other") is None
    assert await heard(store, "海豹上山", platform="other") is None


async def test_a_cue_is_heard_from_its_account_whatever_is_said(store):
    await wait_for(store, AUTHOR)
    assert await heard(store, "anything") == AUTHOR
    assert await heard(store, "") == AUTHOR
    assert await heard(store, "anything", account="b") is None


async def test_words_come_before_the_account(store):
    await wait_for(store, AUTHOR, KEY)
    assert await heard(store, "海豹上山") == KEY
    assert await heard(store, "something else") == AUTHOR


async def test_a_muted_chat_still_hears_words_but_nobody_in_particular(store):
    await wait_for(store, AUTHOR, KEY)
    muted = Chat("pretend", "group", CLUB.id, muted=True)
    await store.unit(within(lambda work: work.people.put_chat(muted)))
    assert await heard(store, "海豹上山") == KEY
    assert await heard(store, "something else") is None


async def test_another_clubs_cue_is_not_heard(store):
    await wait_for(store, KEY)
    await found(store, Club("club2", "二会", "zh", "Asia/Shanghai", START))
    other = Chat("pretend", "elsewhere", "club2")
    await store.unit(within(lambda work: work.people.put_chat(other), "club2"))
    assert await heard(store, "海豹上山", chat="elsewhere") is None


async def test_hearing_makes_the_club_the_works_own(store):
    await wait_for(store, KEY)

    async def look(work):
        await work.cues.heard(said(), "海豹上山")
        return work.club

    assert await store.read(look) == CLUB.id


async def test_the_same_words_are_waited_for_once(store):
    await wait_for(store, KEY)
    other = Cue(CLUB.id, "envelope.key", "2", "pretend", "group", words="海豹上山")
    with pytest.raises(Conflict):
        await wait_for(store, other)
    clashes = await store.read(within(lambda work: work.cues.clashes(other)))
    assert clashes
    assert not await store.read(within(lambda work: work.cues.clashes(KEY)))


async def test_a_cue_that_is_dropped_is_heard_no_more(store):
    await wait_for(store, KEY, AUTHOR)
    await store.unit(within(lambda work: work.cues.drop("envelope.key", "1")))
    assert await heard(store, "海豹上山") == AUTHOR
    await store.unit(within(lambda work: work.cues.drop("history.ask", "m1")))
    assert await heard(store, "海豹上山") is None


async def test_putting_a_cue_again_changes_nothing(store):
    await wait_for(store, KEY, KEY)
    await wait_for(store, KEY)
    assert await heard(store, "海豹上山") == KEY
