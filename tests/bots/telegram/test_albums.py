"""Putting albums together."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bots.telegram import albums, read
from bots.telegram.albums import Albums
from bots.telegram.nouns import Me
from storage.model import Event, Media, Quoted

ME = Me(7, "carclub_bot", reads_all=True)


@pytest.fixture(autouse=True)
def _brisk(monkeypatch):
    monkeypatch.setattr(albums, "QUIET_SECONDS", 0.02)


def part(number, text="", chat="-1001"):
    return Event(
        f"tg:7:{number}",
        "telegram",
        chat,
        "9",
        "小李",
        text,
        0,
        message=str(number),
        media=(Media("picture", f"p{number}"),),
    )


class House:
    def __init__(self, fails=False):
        self.events = []
        self.ended = []
        self.fails = fails

    async def hand_on(self, event):
        self.events.append(event)
        if self.fails:
            raise RuntimeError("no")

    async def end(self, keys):
        self.ended += keys


def gathering(house, *, one_by_one=False):
    return Albums(
        lambda parts, album: read.together(parts, ME, album),
        house.hand_on,
        house.end if one_by_one else None,
    )


async def test_parts_are_held_until_the_whole_is_handed_on():
    house = House()
    mine = gathering(house)
    await asyncio.gather(*(mine.take(part(n, "#口碑 海豹" * (n == 2)), "a") for n in (3, 1, 2)))
    (event,) = house.events
    assert (event.text, event.message) == ("#口碑 海豹", "2")
    assert [each.id for each in event.media] == ["p1", "p2", "p3"]


async def test_two_albums_at_once_stay_apart():
    house = House()
    mine = gathering(house)
    parts = [(part(1), "a"), (part(2), "b"), (part(1, chat="-1002"), "a")]
    await asyncio.gather(*(mine.take(*each) for each in parts))
    assert len(house.events) == 3


async def test_where_none_is_held_each_is_let_go_once_the_whole_was_handed_on():
    house = House()
    mine = gathering(house, one_by_one=True)
    for number in (1, 2):
        await mine.take(part(number), "a")
    assert house.events == []
    await asyncio.sleep(3 * albums.QUIET_SECONDS)
    await mine.finish()
    assert len(house.events) == 1
    assert house.ended == ["tg:7:1", "tg:7:2"]


@pytest.mark.parametrize("one_by_one", [False, True])
async def test_what_is_not_whole_at_the_end_is_left_to_the_next_run(one_by_one):
    house = House()
    mine = gathering(house, one_by_one=one_by_one)
    taking = asyncio.create_task(mine.take(part(1), "a"))
    await asyncio.sleep(0)
    await mine.finish()
    outcomes = await asyncio.gather(taking, return_exceptions=True)
    assert isinstance(outcomes[0], albums.Interrupted) != one_by_one
    assert (house.events, house.ended) == ([], [])


async def test_what_goes_wrong_with_an_album_holds_up_nobody():
    mine = gathering(House(fails=True))
    await asyncio.gather(mine.take(part(1), "a"), mine.take(part(2), "a"))


async def test_who_answers_one_picture_means_the_album():
    mine = gathering(House())
    await asyncio.gather(*(mine.take(part(n, "#口碑 海豹" * (n == 2)), "a") for n in (1, 2)))
    answer = replace(part(9, "收录"), quoted=Quoted("1", "9", "小李"))
    meant = mine.whole(answer).quoted
    assert (meant.message, meant.account, meant.text) == ("2", "9", "#口碑 海豹")
    assert [each.id for each in meant.media] == ["p1", "p2"]
    other = replace(answer, chat="-1002")
    assert mine.whole(other) is other
    assert mine.whole(part(9)).quoted is None


async def test_not_more_albums_are_remembered_than_are_good_for_us(monkeypatch):
    monkeypatch.setattr(albums, "REMEMBERED_MAX", 3)
    mine = gathering(House())
    for number in range(5):
        await mine.take(part(number), f"a{number}")
    assert len(mine._whole) == 3


@asynccontextmanager
async def looking(mine, newest, *, is_full):
    """Look for updates again and again, and find nothing new."""

    async def look():
        while True:
            mine.reached(newest, is_full=is_full)
            await asyncio.sleep(albums.QUIET_SECONDS / 4)

    task = asyncio.create_task(look())
    yield
    task.cancel()


async def test_what_ends_a_full_batch_waits_for_the_next():
    house = House()
    mine = gathering(house)
    async with looking(mine, 2, is_full=True):
        taking = [asyncio.create_task(mine.take(part(n), "a", n)) for n in (1, 2)]
        await asyncio.sleep(3 * albums.QUIET_SECONDS)
        assert house.events == []
    async with looking(mine, 4, is_full=False):
        await asyncio.gather(*taking, *(mine.take(part(n), "a", n) for n in (3, 4)))
    (event,) = house.events
    assert len(event.media) == 4


async def test_what_lies_before_the_end_of_a_full_batch_waits_no_longer():
    house = House()
    mine = gathering(house)
    async with looking(mine, 9, is_full=True):
        await mine.take(part(1), "a", 1)
    assert len(house.events) == 1


async def test_it_is_not_whole_before_telegram_was_asked_once_more():
    house = House()
    mine = gathering(house)
    mine.reached(1, is_full=False)
    taking = asyncio.create_task(mine.take(part(1), "a", 1))
    await asyncio.sleep(3 * albums.QUIET_SECONDS)
    assert house.events == [], "the look for the rest takes its time"
    async with looking(mine, 2, is_full=False):
        await asyncio.gather(taking, mine.take(part(2), "a", 2))
    assert len(house.events[0].media) == 2
