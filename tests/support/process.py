"""carclub as an operator runs it: a process of its own, spoken to over HTTP."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

START_TIMEOUT_SECONDS = 30
STOP_TIMEOUT_SECONDS = 15
ADDRESS = re.compile(r"(http://\S+?)/?$")


@dataclass
class Carclub:
    process: Process
    address: str
    session: ClientSession

    async def post(self, verb: str, **body: object) -> dict[str, Any]:
        headers = {"Origin": self.address}
        async with self.session.post(
            f"{self.address}/local/{verb}", json=body, headers=headers
        ) as response:
            response.raise_for_status()
            answer: dict[str, Any] = await response.json()
            return answer

    async def history(self) -> dict[str, Any]:
        async with self.session.get(f"{self.address}/local/history") as response:
            history: dict[str, Any] = await response.json()
            return history

    async def account(self, name: str) -> str:
        people = (await self.history())["people"]
        return next(str(each["account"]) for each in people if each["name"] == name)

    async def say(self, name: str, text: str) -> None:
        await self.post("say", account=await self.account(name), text=text)

    async def read(self, words: str) -> dict[str, Any]:
        """The newest message with these words, as soon as it is there."""
        async with asyncio.timeout(START_TIMEOUT_SECONDS):
            while True:
                for post in reversed((await self.history())["posts"]):
                    if words in post["text"]:
                        found: dict[str, Any] = post
                        return found
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_TIMEOUT_SECONDS):
            return await self.process.wait()


async def launch(folder: Path, *arguments: str, **settings: str) -> Process:
    environment = {key: value for key, value in os.environ.items() if "CARCLUB" not in key}
    environment |= {"CARCLUB_DATA_DIR": str(folder), "CARCLUB_HTTP_PORT": "0"}
    environment |= {f"CARCLUB_{key.upper()}": value for key, value in settings.items()}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bots", *arguments, env=environment, stdout=PIPE, stderr=PIPE
    )


@asynccontextmanager
async def carclub(folder: Path, **settings: str) -> AsyncIterator[Carclub]:
    process = await launch(folder, **settings)
    try:
        async with ClientSession() as session:
            yield Carclub(process, await address_of(process), session)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def address_of(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(START_TIMEOUT_SECONDS):
        while line := (await process.stdout.readline()).decode():
            if match := ADDRESS.search(line.strip()):
                return match.group(1)
    assert process.stderr is not None
    raise AssertionError((await process.stderr.read()).decode())
