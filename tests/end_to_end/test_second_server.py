"""Our Telegram platform against a Bot API server that we did not write: lo-bot-api-emulator.

It was made for another messenger, which shows in what this test has to put right:
- its bot has no public name (`getMe`), so it is given one;
- it reads no parameters in a request's address, where Telegram's are read as well;
- `link_preview_options`, Telegram's own, it refuses as unknown: they are taken off;
- it does not play `getChatAdministrators`, so nobody is known to own the group: the club is founded
  with the founding code, as it would be by somebody who is no owner;
- it knows messages and taps only: no edits by members, joins, reactions or topics come from it.
  (That the bot edits its own messages is seen here.)
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from lo_bot_api_emulator import LoBotApiEmulator  # type: ignore[import-untyped]

from bots.app import App, founding_code
from bots.contract import Limits, Traits
from bots.telegram import bot as telegram
from bots.world import real_world
from config.settings import Settings
from storage.world import World
from tests.support.telegram_club import free_port

TOKEN = "7000000007:a-token-of-nobody-at-all"
SECRET = "a-word-between-the-two-of-them"
USERNAME = "carclub_bot"
BRISK = Limits(gap=10, edit_gap=20)
WITHIN_SECONDS = 5.0
GROUP = {"id": -1002000000001, "type": "supergroup", "title": "车友会"}
OWNER = {"id": 5000000001, "is_bot": False, "first_name": "会长老王"}
MEMBER = {"id": 5000000002, "is_bot": False, "first_name": "小李"}
MARKUP = re.compile("<[^>]+>")
DATE = 1_790_000_000
JSON = dict[str, Any]


class Emulator(LoBotApiEmulator):  # type: ignore[misc]
    """With a name for its bot, and a memory for what it was asked."""

    def __init__(self) -> None:
        super().__init__(allow_insecure_loopback_webhooks=True)
        self.asked: list[tuple[str, JSON]] = []
        self.refused: list[str] = []
        self._numbers = count(1)

    async def read_request(self, request: web.Request) -> tuple[JSON, JSON]:
        fields, uploads = await super().read_request(request)
        return {**request.query, **fields}, uploads

    def validate(self, method: str, fields: JSON, uploads: JSON) -> Any:
        fields.pop("link_preview_options", None)
        try:
            answer = super().validate(method, fields, uploads)
        except Exception:
            self.refused.append(method)
            raise
        if method == "getMe":
            answer["username"] = USERNAME
        told = {"answer": answer} if isinstance(answer, dict) else {}
        self.asked.append((method, dict(fields) | told))
        return answer

    async def says(self, who: JSON, text: str) -> JSON:
        message = {
            "message_id": 1000 + next(self._numbers),
            "date": DATE,
            "chat": GROUP,
            "from": who,
            "text": text,
        }
        await self.enqueue_update({"message": message}, token=TOKEN)
        return message

    async def taps(self, who: JSON, request: JSON) -> str:
        """The first button below a message of the bot; the query's id."""
        query = {
            "id": str(next(self._numbers)),
            "from": who,
            "chat_instance": "1",
            "data": request["answer"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"],
            "message": request["answer"] | {"chat": GROUP},
        }
        await self.enqueue_update({"callback_query": query}, token=TOKEN)
        return str(query["id"])

    async def hears(self, method: str, fits: Callable[[JSON], bool]) -> JSON:
        """The first such request, as soon as it is there."""
        end = time.monotonic() + WITHIN_SECONDS
        while time.monotonic() < end:
            for asked, fields in self.asked:
                if asked == method and fits(fields):
                    return fields
            await asyncio.sleep(0.01)
        raise TimeoutError(f"no such {method}; asked: {self.asked}, refused: {self.refused}")


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram.Telegram, "traits", Traits(BRISK))


@pytest.fixture
async def emulator() -> AsyncIterator[tuple[Emulator, str]]:
    """A running one, and its address."""
    made = Emulator()
    runner = web.AppRunner(made.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield made, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def running(settings: JSON, world: World) -> AsyncIterator[App]:
    app = App(Settings.model_validate(settings), world)
    await app.start()
    living = asyncio.create_task(app.run(asyncio.Event()))
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            while not app.platforms["telegram"].health()[1]:  # noqa: ASYNC110  (nothing tells)
                await asyncio.sleep(0.01)
        yield app
    finally:
        await app.stop()
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)


def holds(words: str, name: str = "text") -> Callable[[JSON], bool]:
    """In what a member would read of it."""
    return lambda fields: words in MARKUP.sub("", str(fields.get(name, "")))


async def an_evening(server: Emulator, address: str, app: App, world: World) -> None:
    code = await founding_code(app.store, world)
    await server.says(OWNER, f"建会 车友会 {code}")
    await server.hears("sendMessage", holds("「车友会」建好了"))

    said = await server.says(MEMBER, "#油耗 海豹DM 百公里5.2升，开了2万公里")
    kept = await server.hears("sendMessage", holds("收好 #1 油耗"))
    assert f'"message_id": {said["message_id"]}' in kept["reply_parameters"]

    await server.says(OWNER, "公费红包 60 1")
    envelope = await server.hears("sendMessage", holds("60 分的"))
    query = await server.taps(MEMBER, envelope)
    toast = await server.hears(
        "answerCallbackQuery", lambda fields: fields["callback_query_id"] == query
    )
    assert toast["text"] == "小李 抢到 60 分 🎉"
    edited = await server.hears("editMessageText", holds("1 号红包抢完了"))
    assert int(edited["message_id"]) == envelope["answer"]["message_id"]

    await server.says(MEMBER, "验证 1")
    file = await server.hears("sendDocument", holds("1 号红包", "caption"))
    path = file["answer"]["document"]["file_id"]
    async with (
        ClientSession() as session,
        session.get(f"{address}/file/bot{TOKEN}/{path}") as found,
    ):
        numbers = await found.json(content_type=None)
    assert numbers["amounts"] == [60]
    assert set(server.refused) <= {"getChatAdministrators"}


async def test_updates_are_asked_for(emulator: tuple[Emulator, str], tmp_path: Path) -> None:
    server, address = emulator
    world = real_world()
    settings = {
        "data_dir": tmp_path,
        "http_port": 0,
        "telegram_token": TOKEN,
        "telegram_api_url": address,
    }
    async with running(settings, world) as app:
        await an_evening(server, address, app, world)


async def test_updates_are_brought(emulator: tuple[Emulator, str], tmp_path: Path) -> None:
    server, address = emulator
    world, port = real_world(), free_port()
    hook = f"http://127.0.0.1:{port}/telegram/webhook"
    settings = {
        "data_dir": tmp_path,
        "http_port": port,
        "telegram_token": TOKEN,
        "telegram_api_url": address,
        "telegram_webhook_url": hook,
        "telegram_webhook_secret": SECRET,
    }
    async with running(settings, world) as app:
        await an_evening(server, address, app, world)
        async with ClientSession() as session, session.post(hook, json={"update_id": 1}) as answer:
            assert answer.status == 403, "nobody but Telegram knows the word"
        assert "getUpdates" not in [method for method, _ in server.asked]
