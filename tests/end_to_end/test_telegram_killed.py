"""The program is killed while three groups are busy: nothing is lost, nothing happens twice.

Five minutes of it: `python -m tests.end_to_end.killed --seconds 300 --seed 7`.
"""

import os
from pathlib import Path

import pytest

from tests.end_to_end.killed.books import Books
from tests.end_to_end.killed.evening import evening
from tests.support.telegram import BotApi, LoseAnswer
from tests.support.telegram.updates import BATCH_MOST
from tests.support.telegram_club import START_TIMEOUT_SECONDS, Program, Way

pytestmark = pytest.mark.timeout(180)

KILLS = 4 if os.environ.get("CI") else 2


@pytest.mark.parametrize(("way", "seed"), [("polling", 7), ("webhook", 11)])
async def test_killed_again_and_again_nothing_is_lost_or_done_twice(
    tmp_path: Path, way: Way, seed: int
) -> None:
    outcome = await evening(tmp_path, way, seed=seed, seconds=0, kills_least=KILLS)
    assert not outcome.wrong, str(outcome)
    assert outcome.kills >= KILLS
    for kind in ("shares", "envelopes", "grabs"):
        assert outcome.checked[kind] > 5, "too little happened to say anything"


async def test_an_album_at_the_end_of_a_full_batch_is_whole(tmp_path: Path) -> None:
    """A hundred updates are all that Telegram gives at once. The rest comes with the next batch,
    which waits for what is held back in this one: another album is enough."""
    async with BotApi() as api:
        program = Program(api.url, tmp_path / "data", "polling", brisk=True)
        li = api.user("小李")
        group = api.group("海豹群", members=[li])
        group.promote_bot()
        try:
            await program.start()
            await group.owner.says(group, "建会 海豹群")
            await group.hears("建好了", within=START_TIMEOUT_SECONDS)
            await program.kill()
            await li.posts_album(group, 2)
            for number in range(BATCH_MOST - 4):
                await li.says(group, f"闲聊{number}")
            await li.posts_album(group, 4, "#提车 海豹 落地21万 颜色很好看")
            await program.start()
            await group.hears("收好 #1", within=START_TIMEOUT_SECONDS)
            await api.settled(START_TIMEOUT_SECONDS)
            await program.stop()
        finally:
            await program.kill()
    [[share]] = Books(program.database).shares.values()
    assert share.pictures == 4


async def test_what_waits_goes_out_as_soon_as_it_is_connected(tmp_path: Path) -> None:
    async with BotApi() as api:
        program = Program(api.url, tmp_path / "data", "polling", brisk=True)
        group = api.group("海豹群")
        group.promote_bot()
        try:
            await program.start()
            said = await group.owner.says(group, "建会 海豹群")
            await group.hears("建好了", after=said, within=START_TIMEOUT_SECONDS)
            api.fail(LoseAnswer(), "sendMessage")
            asked = await group.owner.says(group, "积分")
            await group.hears("你有", after=asked)
            await program.kill()
            again = group.last
            await program.start()
            await group.hears("你有", after=again, within=START_TIMEOUT_SECONDS)
            await program.stop()
        finally:
            await program.kill()
    assert "a conversation waits" not in program.log.read_text("utf-8")
