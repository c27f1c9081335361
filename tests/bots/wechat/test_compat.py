"""What is mended in the wechaty SDK is still broken in it: where one of these tests fails, a newer
version has mended it itself, and our part in bots/wechat/compat.py can go."""

import asyncio
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.wechat.gateway import Gateway

pytest.importorskip("wechaty_grpc", reason="carclub[wechat] is not installed")

MENDED_ELSEWHERE = """
import asyncio, contextlib, io, json, sys
def tell(**facts): print(json.dumps(facts, default=str), file=sys.__stdout__, flush=True)
def error_of(run):
    try: run()
    except BaseException as error: return f"{type(error).__name__}: {error}"
    return ""
import pyee, pyee.asyncio, urllib3
tell(pyee=hasattr(pyee, "AsyncIOEventEmitter"), urllib3=hasattr(urllib3, "get_host"))
pyee.AsyncIOEventEmitter = pyee.asyncio.AsyncIOEventEmitter
urllib3.get_host = None
tell(options=error_of(lambda: __import__("wechaty")))
for name in [name for name in sys.modules if name.startswith("wechaty.")]: del sys.modules[name]
from wechaty_puppet import FileBox, PuppetOptions
PuppetOptions.__hash__ = object.__hash__
"""
"""The SDK as it is published, but that it can be imported."""

BY_ITSELF = """
import inspect, os
from wechaty import Contact, Message, Room, Wechaty
from wechaty.utils.async_helper import SingleIdContainer
from wechaty_puppet_service.puppet import PuppetService, _map_message_type
from types import SimpleNamespace
tell(folder=os.path.isdir(".wechaty"))
tell(type_16=error_of(lambda: _map_message_type(SimpleNamespace(type=16))))
tell(from_bytes=error_of(lambda: FileBox.from_buffer(bytes([255]) * 9, "a.bin").to_json_str()))
first, second = type("Room", (Room,), {}), type("Room", (Room,), {})
tell(shared_pool=first._pool is second._pool)
tell(one_memory=SingleIdContainer.instance() is SingleIdContainer.instance())
from wechaty_puppet.logger import get_logger
os.environ["WECHATY_LOG"] = "silly"
tell(silly=get_logger("silly").level)
os.environ["WECHATY_LOG"] = "silent"
tell(silent=get_logger("silent").level)
tell(heartbeat="heart-beat" in inspect.getsource(Wechaty.init_puppet_event_bridge))
"""

AT_A_GATEWAY = """
from wechaty import Wechaty, WechatyOptions
from wechaty_puppet_service import PuppetService
from apscheduler.schedulers.asyncio import AsyncIOScheduler
endpoint, token = sys.argv[1:]
class Bot(Wechaty):
    async def on_login(self, contact): tell(logged_in=True)
    async def on_message(self, message):
        tell(heard=message.text())
        room = message.room()
        with contextlib.redirect_stderr(io.StringIO()):
            try: await self.puppet.message_image(message.message_id)
            except BaseException as error: tell(image=f"{type(error).__name__}: {error}")
            try: await self.puppet.room_invitation_payload("nothing")
            except BaseException as error: tell(invitation=type(error).__name__)
async def main():
    options = PuppetOptions(token=token, end_point=endpoint)
    bot = Bot(WechatyOptions(puppet=PuppetService(options), puppet_options=options,
                             host="127.0.0.1", port=1, scheduler=AsyncIOScheduler()))
    with contextlib.redirect_stdout(io.StringIO()):
        tell(started=await bot.start())
asyncio.run(main())
"""


def environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "CACHE_DIR"}
    return kept | {"WECHATY_LOG": "error"}


def facts_of(output: str) -> dict[str, object]:
    facts: dict[str, object] = {}
    for line in output.splitlines():
        facts |= json.loads(line)
    return facts


@pytest.fixture(scope="module")
def as_published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("as-published")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MENDED_ELSEWHERE + BY_ITSELF],
        cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=25, check=True,
    )  # fmt: skip
    return facts_of(done.stdout)


def test_pyee_has_its_class_elsewhere(as_published):
    assert as_published["pyee"] is False


def test_urllib3_has_no_get_host(as_published):
    assert as_published["urllib3"] is False


def test_options_cannot_be_a_default(as_published):
    assert "mutable default" in str(as_published["options"])


def test_a_folder_is_made_where_the_program_was_started(as_published):
    assert as_published["folder"] is True


def test_the_levels_of_its_log_are_the_wrong_way_round(as_published):
    assert (as_published["silly"], as_published["silent"]) == (logging.CRITICAL, logging.NOTSET)


def test_a_message_of_a_newer_type_is_lost(as_published):
    assert str(as_published["type_16"]).startswith("IndexError")


def test_bytes_cannot_be_sent_as_they_are(as_published):
    assert str(as_published["from_bytes"]).startswith("UnicodeDecodeError")


def test_what_one_connection_knows_all_know(as_published):
    assert as_published["shared_pool"] is True
    assert as_published["one_memory"] is True


async def test_at_a_gateway_it_logs_the_account_out_and_ends_at_the_first_error(
    own_gateway: Gateway, tmp_path: Path
):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-c", MENDED_ELSEWHERE + AT_A_GATEWAY,
        own_gateway.endpoint, own_gateway.token,
        cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    told: dict[str, object] = {}

    async def until(name: str) -> None:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            while name not in told:
                told.update(facts_of((await process.stdout.readline()).decode()))

    try:
        await until("logged_in")
        await own_gateway.bring("alice", "photo.jpg", 30_000, kind="Image")
        await until("image")
        await own_gateway.emit("error", {"gerror": "something"})
        await until("started")
    finally:
        process.kill()
        await process.wait()
    assert (await own_gateway.report()).stops >= 1, "it does not send Stop at its start any more"
    assert told["image"], "it brings pictures above 20 KB now"
    assert told["started"] is None, "an error of the gateway does not end it any more"
