"""carclub as an operator runs it, on a pretend Telegram: a process that is killed and started."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path
from typing import Literal

from aiohttp import ClientError, ClientSession

from tests.support.telegram import TOKEN

Way = Literal["polling", "webhook"]
SECRET = "a-word-between-the-two-of-them"
START_TIMEOUT_SECONDS = 30
STOP_TIMEOUT_SECONDS = 15
LOOK_EVERY_SECONDS = 0.02


class Program:
    """One data folder and its process, which may be another one after each `start`."""

    def __init__(self, api_url: str, folder: Path, way: Way, *, brisk: bool = False) -> None:
        """`brisk`: it need not keep Telegram's pace, which takes minutes to say what a busy minute
        has brought."""
        self.folder = folder
        self._module = "tests.support.telegram_brisk" if brisk else "bots"
        self.way = way
        self.port = free_port()
        self._api_url = api_url
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        assert self._process is not None, "not started"
        return self._process

    @property
    def database(self) -> Path:
        return self.folder / "carclub.db"

    @property
    def log(self) -> Path:
        """All that every process has told, one after the other."""
        return self.folder.with_suffix(".log")

    async def start(self) -> None:
        """It runs, and is not yet connected."""
        self._process = await self._launch()

    async def _launch(self, *arguments: str) -> Process:
        environment = {key: value for key, value in os.environ.items() if "CARCLUB" not in key}
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, *arguments,
                env=environment | self.settings, stdout=DEVNULL, stderr=log,
            )  # fmt: skip

    @property
    def settings(self) -> dict[str, str]:
        hook = {
            "CARCLUB_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{self.port}/telegram/webhook",
            "CARCLUB_TELEGRAM_WEBHOOK_SECRET": SECRET,
        }
        return {
            "CARCLUB_DATA_DIR": str(self.folder),
            "CARCLUB_HTTP_PORT": str(self.port),
            "CARCLUB_LOCAL_GROUP": "off",
            "CARCLUB_LOG_FORMAT": "json",
            "CARCLUB_TELEGRAM_TOKEN": TOKEN,
            "CARCLUB_TELEGRAM_API_URL": self._api_url,
        } | (hook if self.way == "webhook" else {})

    async def connected(self) -> None:
        """Until it takes updates, by its own word."""
        async with ClientSession() as session, asyncio.timeout(START_TIMEOUT_SECONDS):
            while not await self._is_connected(session):  # noqa: ASYNC110  (nothing tells)
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _is_connected(self, session: ClientSession) -> bool:
        if self.process.returncode is not None:
            raise AssertionError(self.log.read_text("utf-8")[-2_000:])
        try:
            async with session.get(f"http://127.0.0.1:{self.port}/health") as answer:
                told = await answer.json()
        except ClientError:
            return False
        return bool(told["telegram"]["state"] == "connected")

    async def kill(self) -> None:
        """No farewell: SIGKILL."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_TIMEOUT_SECONDS):
            return await self.process.wait()

    async def run(self, verb: str) -> int:
        """`carclub verb` on the same data; its exit code."""
        return await (await self._launch(verb)).wait()


def free_port() -> int:
    """A webhook has to be named before anybody listens there."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
