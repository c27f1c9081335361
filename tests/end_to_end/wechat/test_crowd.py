"""Many people at once, on an account that may say little."""

import asyncio
from contextlib import suppress
from itertools import pairwise

import pytest

from bots.wechat import bot
from storage.model import SECOND
from tests.end_to_end.wechat.scene import Scene, shown
from tests.support.wechat.world import ALICE, BOB, ROOM

PEOPLE, PIECES = 100, 20


async def test_a_crowd_is_answered_in_few_messages_and_everybody_is_told(
    club: Scene, monkeypatch: pytest.MonkeyPatch
):
    people = await club.gateway.crowd(PEOPLE)
    await club.give(ALICE, 1_000)
    await club.asks(ALICE, f"红包 600 {PIECES}", "1. 抢红包")
    before = len(club.gateway.sends)
    for each in people:
        await club.gateway.say(each, "1")
    await club.hears("抢完了", before, within=30)
    await club.quiet()
    said = club.gateway.sends[before:]
    told = "\n".join(shown(each) for each in said)
    paid = [each for each in people if await club.member(each) and await club.points(each)]
    assert len(paid) == PIECES
    assert sum([await club.points(each) for each in paid]) == 600
    for number, each in enumerate(people, 1):
        assert each not in paid or f"车友{number}" in told
    # Some hear of it together, and what changes is said once a stage.
    assert len([each for each in said if "🧧" in each.text]) <= 6
    assert len(said) < PEOPLE


async def test_the_account_speaks_once_at_a_time_and_not_like_clockwork(
    club: Scene, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bot, "PAUSE", SECOND // 5)
    await club.restart()
    before = len(club.gateway.sends)
    rooms = [ROOM, BOB, ALICE]
    for _ in range(2):
        await club.gateway.say(BOB, "积分")
        await club.gateway.whisper(BOB, "积分")
        await club.gateway.whisper(ALICE, "积分")
        await asyncio.sleep(0.3)
    await club.quiet()
    times = [each.time_ms for each in club.gateway.sends[before:]]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert len(times) >= len(rooms)
    assert min(gaps) >= SECOND // 5 - 5
    assert len(set(gaps)) > 1


async def test_a_day_s_messages_are_kept_for_what_matters(club: Scene):
    await club.stop()
    club._settings = {"wechat_messages_per_day": 20}
    await club.start()
    await club.give(ALICE, 100)
    before = len(club.gateway.sends)
    # One after the other, or several would be answered together; on a slow machine some are.
    for _ in range(40):
        with suppress(AssertionError):
            await club.asks(BOB, "等级", "级", within=1.0)
        if any("今天" in shown(each) for each in club.gateway.sends[before:]):
            break
    told = await club.hears("今天", before)
    assert told.to == ALICE
    counts = await club.outbox()
    assert counts["waiting"] > 0
    await club.asks(ALICE, "红包 60 1", "🧧")
    club.leap(25 * 3_600 * SECOND)
    await club.quiet()
    assert (await club.outbox())["waiting"] == 0
