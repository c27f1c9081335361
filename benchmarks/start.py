"""From nothing to the first answer, and what the idle process keeps in memory."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE
from pathlib import Path

from aiohttp import ClientSession

IDLE_SECONDS = 3.0
TIMEOUT_SECONDS = 30


async def measure(folder: Path) -> None:
    data = folder / "start"
    data.mkdir()
    environment = os.environ | {"CARCLUB_DATA_DIR": str(data), "CARCLUB_HTTP_PORT": "0"}
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bots", env=environment, stdout=PIPE
    )
    try:
        address = await address_of(process)
        async with ClientSession() as session:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while not await has_answered(session, address):  # noqa: ASYNC110  (nothing tells)
                    await asyncio.sleep(0.01)
        print(f"start to first answer: {time.perf_counter() - started:.2f} s (bar 3 s)")
        await asyncio.sleep(IDLE_SECONDS)
        print(f"idle memory: {resident_mib(process.pid)} MiB (bar 150 MiB)")
    finally:
        process.terminate()
        await process.wait()


async def address_of(process: asyncio.subprocess.Process) -> str:
    if process.stdout is None:
        raise LookupError("no output")
    while line := (await process.stdout.readline()).decode().strip():
        if "http://" in line:
            return "http://" + line.partition("http://")[2].rstrip("/")
    raise LookupError("carclub did not start")


async def has_answered(session: ClientSession, address: str) -> bool:
    """Whether the bot has founded the local group's club, which its owner asks for at once."""
    async with session.get(f"{address}/local/history") as response:
        posts = (await response.json())["posts"]
    return any("建好了" in post["text"] for post in posts)


def resident_mib(process: int) -> int:
    """Of the whole process, as the kernel counts it."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024
