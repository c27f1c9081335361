"""A club's WeChat group to act in. After each scenario the books are audited, the account was never
logged out by us, and nothing that was said, nor who said it, stands in the log."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bots import app, logs
from bots.wechat import bot, sending
from handlers import due
from storage.sqlite import DATABASE
from storage.sqlite.audit import audit
from tests.end_to_end.wechat.scene import Scene
from tests.support.room import WORDS
from tests.support.wechat.gateway import Gateway
from tests.support.wechat.world import World


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the pace here; `tests/bots` has its own."""
    monkeypatch.setattr(bot, "PAUSE", 10)
    monkeypatch.setattr(sending, "NEXT_PART_SECONDS", 0.01)
    monkeypatch.setattr(due, "LOOK_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(app, "Words", lambda: WORDS)


@pytest.fixture
async def scene(
    gateway: Gateway, tmp_path: Path, fresh_logs: Iterator[None]
) -> AsyncIterator[Scene]:
    """It runs, and is connected."""
    async for each in lived(gateway, tmp_path):
        await each.start()
        yield each


@pytest.fixture
async def own_scene(
    own_gateway: Gateway, tmp_path: Path, fresh_logs: Iterator[None]
) -> AsyncIterator[Scene]:
    """At a gateway that may be killed. Nothing runs yet."""
    async for each in lived(own_gateway, tmp_path):
        yield each


async def lived(gateway: Gateway, folder: Path) -> AsyncIterator[Scene]:
    scene = Scene(gateway, folder / "data")
    logs.set_up("info", "json", scene.log)
    yield scene
    await scene.stop()
    database = scene.folder / DATABASE
    assert not [each.wrong for each in audit(database) if each.wrong]
    check_log(scene)
    if gateway.is_running:
        stops = (await gateway.report()).stops
        assert stops == scene.stops, "Stop logs the account out"


def check_log(scene: Scene) -> None:
    """No secret, no word, no name; and no error."""
    told = scene.log.getvalue()
    world = World()
    hidden = {each.text for each in scene.gateway.sends} | {each.name for each in world.contacts}
    hidden |= {room.topic for room in world.rooms} | {scene.gateway.token}
    for each in hidden:
        assert len(each) < 2 or each not in told, f"{each!r} is in the log"
    lines = [json.loads(line) for line in told.splitlines()]
    assert not [each for each in lines if each["level"] in ("error", "critical")]


@pytest.fixture
async def club(scene: Scene) -> Scene:
    """小王, who owns the group, has founded a club in it."""
    await scene.found()
    return scene
