"""Lanes: nobody passes anybody, nobody is forgotten, whoever gives up, and whenever."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import lanes
from handlers.lanes import Lanes
from storage.errors import Busy

CHAT, OTHER = ("pretend", "a"), ("pretend", "b")


class Crowd:
    """People who enter a lane, stay until they are let go, and leave."""

    def __init__(self) -> None:
        self.lanes = Lanes()
        self.entered: list[int] = []
        self.inside: dict[int, asyncio.Event] = {}
        self.tasks: list[asyncio.Task[None]] = []

    def come(self) -> None:
        self.tasks.append(asyncio.ensure_future(self._stay(len(self.tasks))))

    async def _stay(self, number: int) -> None:
        if not self.lanes.enter(CHAT):
            await self.lanes.wait(CHAT)
        self.entered.append(number)
        self.inside[number] = asyncio.Event()
        try:
            await self.inside[number].wait()
        finally:
            del self.inside[number]
            self.lanes.leave(CHAT)

    def let_go(self) -> None:
        for number in list(self.inside)[:1]:
            self.inside[number].set()

    async def empty(self) -> None:
        """Let everybody go, one after another, for as long as that brings somebody in."""
        for _ in range(4 * len(self.tasks) + 4):
            self.let_go()
            await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setattr(lanes, "UNDER_WAY_MAX", 2)
    monkeypatch.setattr(lanes, "WAITING_MAX", 3)


DEEDS = st.lists(st.sampled_from(["come", "let go", "give up", "wait"]), max_size=40)


@settings(deadline=None)
@given(DEEDS, st.randoms(use_true_random=False))
def test_everybody_enters_in_turn_or_gives_up_and_the_lane_is_empty_again(deeds, dice):
    async def evening():
        crowd = Crowd()
        for deed in deeds:
            if deed == "come":
                crowd.come()
            elif deed == "let go":
                crowd.let_go()
            elif deed == "give up" and crowd.tasks:
                dice.choice(crowd.tasks).cancel()
            else:
                await asyncio.sleep(0)
            assert len(crowd.inside) <= 2
        await crowd.empty()
        ended = await asyncio.gather(*crowd.tasks, return_exceptions=True)
        gone = [n for n, each in enumerate(ended) if each is not None]
        assert crowd.entered == sorted(crowd.entered)
        assert {*crowd.entered, *gone} == set(range(len(crowd.tasks)))
        assert (crowd.lanes._waiting, crowd.lanes._under_way, crowd.lanes._lines) == (0, {}, {})

    asyncio.run(evening())


async def test_who_comes_when_too_many_wait_is_told_so_and_other_chats_are_not():
    crowd = Crowd()
    for _ in range(2 + 3):
        crowd.come()
    await asyncio.sleep(0)
    assert not crowd.lanes.enter(CHAT)
    with pytest.raises(Busy):
        await crowd.lanes.wait(CHAT)
    assert crowd.lanes.enter(OTHER)
    await crowd.empty()
    assert crowd.entered == list(range(5))


async def test_who_comes_while_the_last_of_a_line_gives_up_is_not_forgotten():
    crowd = Crowd()
    for _ in range(3):
        crowd.come()
    await asyncio.sleep(0)
    crowd.let_go()
    crowd.let_go()
    crowd.tasks[2].cancel()
    crowd.come()
    await crowd.empty()
    assert crowd.entered == [0, 1, 3]


async def test_who_finds_room_does_not_pass_who_was_just_called():
    crowd = Crowd()
    for _ in range(3):
        crowd.come()
    await asyncio.sleep(0)
    crowd.let_go()
    crowd.tasks[1].cancel()
    crowd.come()
    await crowd.empty()
    assert crowd.entered == [0, 1, 2, 3]
