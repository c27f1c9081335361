"""A gateway that is late, killed, frozen, taken away or wrong: the line comes back, the account is
never logged out, the leader is told once, and the group beside it is served all the while."""

import asyncio
import re
import time

import pytest

from bots.wechat import bot
from tests.end_to_end.wechat.scene import Scene
from tests.support.wechat.gateway import Rival
from tests.support.wechat.world import ALICE, BOB, CAROL, ROOM

BACK_WITHIN_SECONDS = 5.0
PULSE_SECONDS = 0.2
GAP_MAX_SECONDS = 2.0
"""What nobody would call an interruption."""


BLIND_MIN = 500
"""A time without hearing that leaders are told of is shorter here."""
BLIND_SECONDS = 0.7


class Pulse:
    """Somebody in the local group asks again and again; how long an answer took at the longest."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.asked = 0
        self.longest = 0.0
        self._is_over = False

    async def run(self) -> None:
        while not self._is_over:
            began = time.monotonic()
            await self._scene.say_locally("m2", "积分")
            self.asked += 1
            self.longest = max(self.longest, time.monotonic() - began)
            await asyncio.sleep(PULSE_SECONDS)

    async def __aenter__(self) -> "Pulse":
        self._task = asyncio.create_task(self.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        # Not cancelled: in the middle of a connection, that leaves it open behind.
        self._is_over = True
        await self._task
        assert self.asked > 2
        assert self.longest < GAP_MAX_SECONDS


@pytest.fixture
async def club(own_scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(bot, "BLIND_MIN", BLIND_MIN)
    await own_scene.start()
    await own_scene.found()
    # Who leads it can be told in private.
    await own_scene.whispers(ALICE, "积分", "分")
    return own_scene


async def still_serves(scene: Scene) -> None:
    """Somebody asks, and is answered; nothing is said twice."""
    before = len(scene.gateway.sends)
    await scene.asks(BOB, "积分", "分")
    await scene.quiet()
    told = [each.text for each in scene.gateway.sends[before:] if each.to == ROOM]
    assert len(told) == 1


def told_of_blindness(scene: Scene) -> list[str]:
    return [text for text in scene.said(ALICE) if "断过线" in text]


async def test_a_gateway_that_comes_late_is_waited_for(own_scene: Scene):
    own_scene.gateway.kill()
    await own_scene.start(connected=False)
    async with Pulse(own_scene):
        await asyncio.sleep(1)
        status, health = await own_scene.get("/health")
        assert (status, health["wechat"]["state"]) == (503, "the gateway is not there")
        await own_scene.gateway.restart()
        assert await own_scene.connected() < BACK_WITHIN_SECONDS
    await own_scene.found()
    await still_serves(own_scene)


async def test_a_killed_gateway(club: Scene):
    async with Pulse(club):
        club.gateway.kill()
        await club.disconnected()
        await asyncio.sleep(BLIND_SECONDS)
        before = len(club.gateway.sends)
        await club.gateway.restart()
        assert await club.connected() < BACK_WITHIN_SECONDS
        told = await club.hears("断过线", before)
    assert told.to == ALICE
    seconds = re.search(r"（(\d+) 秒）", told.text)
    assert seconds is not None
    assert 1 <= int(seconds[1]) <= 10
    await still_serves(club)
    await club.quiet()
    assert len(told_of_blindness(club)) == 1


async def test_a_frozen_gateway(club: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bots.wechat.connection.DING_EVERY_SECONDS", 0.5)
    monkeypatch.setattr("bots.wechat.connection.DING_TIMEOUT_SECONDS", 1.0)
    await club.restart()  # it dings at that pace from the beginning of a connection
    async with Pulse(club):
        club.gateway.freeze()
        assert await club.disconnected() < BACK_WITHIN_SECONDS
        await asyncio.sleep(BLIND_SECONDS)
        before = len(club.gateway.sends)
        club.gateway.thaw()
        assert await club.connected() < BACK_WITHIN_SECONDS
        assert (await club.hears("断过线", before)).to == ALICE
    await still_serves(club)


async def test_an_error_of_the_gateway_is_no_end(club: Scene):
    connections = club.wechat.line.connections
    for payload in ({"gerror": "小李 说的话"}, {}, {"data": 7}):
        await club.gateway.emit("error", payload)
    for name in ("ready", "heartbeat", "message", "room-join", "room-invite", "friendship"):
        await club.gateway.emit(name, {})
    await club.gateway.emit("scan", {"status": 9, "qrcode": "x"})
    await still_serves(club)
    assert club.wechat.line.connections == connections
    assert "说的话" not in club.log.getvalue()


async def test_a_second_client_is_never_logged_out_and_when_it_goes_we_are_back(club: Scene):
    async with Pulse(club):
        club.stops = 1  # the rival's
        async with Rival(club.gateway) as rival:
            await rival.take_over()
            await club.disconnected()
            await asyncio.sleep(BLIND_SECONDS)
            _, health = await club.get("/health")
            assert health["wechat"]["state"] == "another program hears the gateway's events"
        before = len(club.gateway.sends)
        assert await club.connected() < BACK_WITHIN_SECONDS
        assert (await club.hears("断过线", before)).to == ALICE
    await still_serves(club)


async def test_an_account_that_is_logged_out_and_in_again(club: Scene):
    await club.gateway.logout()
    await club.disconnected()
    _, health = await club.get("/health")
    assert "not logged in" in health["wechat"]["state"]
    await club.gateway.login()
    assert await club.connected() < BACK_WITHIN_SECONDS
    await still_serves(club)


async def test_another_account_at_the_same_gateway_is_somebody_else(club: Scene):
    await club.gateway.login(CAROL)
    await club.eventually(lambda: account_is(club, CAROL))
    before = len(club.gateway.sends)
    await club.gateway.say(BOB, "积分")
    assert (await club.hears("分", before)).to == ROOM
    await club.gateway.login("bot")
    await club.eventually(lambda: account_is(club, "bot"))


async def account_is(scene: Scene, account: str) -> bool:
    me = scene.wechat.line.me
    return me is not None and me.id == account


async def test_after_a_crash_the_leader_is_told_since_when_nothing_was_heard(club: Scene):
    await club.stop()
    club.clock.move(10 * 60_000)
    before = len(club.gateway.sends)
    await club.start()
    told = await club.hears("断过线", before)
    assert told.to == ALICE
    assert "（10 分" in told.text
    await club.quiet()
    await club.restart()
    await club.quiet()
    assert len([text for text in club.said(ALICE) if "（10 分" in text]) == 1


async def test_what_could_not_be_said_meanwhile_is_said_afterwards(club: Scene):
    await club.gateway.refuse(times=2)
    before = len(club.gateway.sends)
    await club.gateway.say(BOB, "积分")
    assert (await club.hears("分", before)).to == ROOM


async def test_a_blink_is_not_worth_a_word(club: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bot, "BLIND_MIN", 60_000)
    club.gateway.kill()
    await club.gateway.restart()
    await club.connected()
    await still_serves(club)
    assert told_of_blindness(club) == []
