"""A club's group to act in. After each scenario: every request is judged, the books are audited,
and nothing that was said, nor who said it, stands in the log."""

import json
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bots import app, logs
from bots.contract import Limits, Traits
from bots.telegram import bot as telegram
from bots.telegram import sending
from handlers import due
from storage.sqlite import DATABASE
from storage.sqlite.audit import audit
from tests.end_to_end.telegram.scene import SECRET, Clock, Scene, Way
from tests.support.room import WORDS
from tests.support.telegram import BotApi, Chat, User
from tests.support.telegram.judges import judge_all

BRISK = Limits(gap=20, edit_gap=60, per_minute=200)
"""Nobody waits for the pace here; `tests/bots` has its own hour of it."""


NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture(params=["polling", "webhook"])
def way(request: pytest.FixtureRequest) -> Way:
    chosen: Way = request.param
    return chosen


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram.Telegram, "traits", Traits(BRISK))
    monkeypatch.setattr(sending, "NEXT_PART_SECONDS", 0.02)
    monkeypatch.setattr(telegram, "AWAY_SECONDS", 0.05)
    monkeypatch.setattr(due, "LOOK_EVERY_SECONDS", 0.05)
    # What takes long at each start and is always the same: reading all texts, and certificates
    # that plain HTTP does not look at.
    monkeypatch.setattr(app, "Words", lambda: WORDS)
    monkeypatch.setattr("httpx._transports.default.create_ssl_context", lambda **_: NO_CERTIFICATES)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def bot_api(clock: Clock) -> AsyncIterator[BotApi]:
    async with BotApi(now=clock, webhook_retry_seconds=0.01) as server:
        yield server
    if server.judged:
        judge_all(server.journal.requests)


@pytest.fixture
async def scene(
    bot_api: BotApi, clock: Clock, tmp_path: Path, way: Way, fresh_logs: Iterator[None]
) -> AsyncIterator[Scene]:
    """Nothing runs yet."""
    scene = Scene(bot_api, clock, tmp_path / "data", way)
    logs.set_up("info", "json", scene.log)
    yield scene
    await scene.stop()
    database = scene.folder / DATABASE
    if database.exists():
        assert not [each.wrong for each in audit(database) if each.wrong]
    check_log(scene)


def check_log(scene: Scene) -> None:
    """No secret, no word, no name; and no error that the scenario did not ask for."""
    told = scene.log.getvalue()
    people = scene.api.world.users.values()
    said = {each.text for chat in scene.api.world.chats.values() for each in chat.messages}
    hidden = said | {each.name for each in people} | {each.username for each in people}
    hidden |= {chat.title for chat in scene.api.world.chats.values()}
    hidden |= {scene.api.token, SECRET}
    for each in hidden:
        assert len(each) < 2 or each.lower() == "telegram" or each not in told, (
            f"{each!r} is in the log"
        )
    lines = [json.loads(line) for line in told.splitlines()]
    errors = [each for each in lines if each["level"] in ("error", "critical")]
    assert not [each for each in errors if not each["event"].startswith(tuple(scene.excused))]


@pytest.fixture
async def on(scene: Scene) -> Scene:
    """It runs, and is connected."""
    await scene.start()
    return scene


@pytest.fixture
def wang(bot_api: BotApi) -> User:
    return bot_api.user("会长老王", username="laowang")


@pytest.fixture
def li(bot_api: BotApi) -> User:
    return bot_api.user("小李", username="xiaoli")


@pytest.fixture
def zhao(bot_api: BotApi) -> User:
    return bot_api.user("小赵")


@pytest.fixture
async def club(on: Scene, bot_api: BotApi, wang: User, li: User, zhao: User) -> Chat:
    """A group whose owner 会长老王 has founded a club; the bot is in charge there."""
    group = bot_api.group("海豹车友群", owner=wang, members=[li, zhao])
    group.promote_bot()
    await on.found(group)
    return group
