"""Telegram over real HTTP: a crowd that taps, talk that is nobody's business, start and memory.

Telegram itself is a pretend one, in a process of its own. What the house adds to the price of the
wire is told by a bare loop beside it: python-telegram-bot's own `Bot`, which answers every tap
with the same words and does nothing else.
"""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from aiohttp import ClientSession

from benchmarks.start import resident_mib
from tests.support.telegram_club import Program, Way, free_port

TAPPERS = 200
PIECES = 10
GROUPS = 3
CROWDS_A_ROUND = 3
POINTS = 50
BAR_MS = 1_000
TALK_GROUPS = 20
TALK = 1_000
IDLE_SECONDS = 3.0
WITHIN_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.005
WAYS: tuple[Way, ...] = ("polling", "webhook")
JSON = dict[str, Any]


class Bot(Protocol):
    """What is measured: the house or the bare loop, as a process."""

    async def start(self) -> None: ...

    async def kill(self) -> None: ...


class Bare:
    """The bare loop (benchmarks/telegram_bare.py)."""

    def __init__(self, api: "Api", way: Way) -> None:
        self._arguments = [api.url, api.token, str(free_port() if way == "webhook" else 0)]
        self._process: Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.telegram_bare", *self._arguments
        )

    async def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()


@dataclass
class Api:
    """The pretend Telegram, from outside."""

    url: str
    token: str
    session: ClientSession

    async def tell(self, what: str, **wish: object) -> Any:
        """Raises LookupError when it cannot be done."""
        async with self.session.post(f"{self.url}/control/{what}", json=wish) as response:
            answer = await response.json()
        if isinstance(answer, dict) and "error" in answer:
            raise LookupError(f"{what}: {answer['error']}")
        return answer

    async def unconfirmed(self) -> int:
        """How many updates the bot has still to confirm."""
        async with self.session.post(f"{self.url}/bot{self.token}/getWebhookInfo") as response:
            return int((await response.json())["result"]["pending_update_count"])


@asynccontextmanager
async def telegram() -> AsyncIterator[Api]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.telegram", "--port", "0", "--unjudged", stdout=PIPE
    )
    try:
        assert process.stdout is not None
        told = json.loads(await process.stdout.readline())
        async with ClientSession() as session:
            yield Api(told["url"], told["token"], session)
    finally:
        process.terminate()
        await process.wait()


def programs(api: Api, folder: Path, way: Way) -> dict[str, Bot]:
    return {"bare": Bare(api, way), "house": Program(api.url, folder / way, way)}


async def measure(folder: Path, rounds: int) -> None:
    place = folder / "telegram"
    place.mkdir()
    await crowds(place, CROWDS_A_ROUND * rounds)
    await talks(place / "talk", rounds)
    await begin(place / "start", rounds)
    print()


# A crowd


@dataclass
class Waits:
    """Of each round: how long a tap waited for its answer, in milliseconds."""

    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)

    def add(self, seconds: list[float]) -> None:
        ms = sorted(1000 * each for each in seconds)
        self.p50.append(ms[len(ms) // 2])
        self.p95.append(ms[len(ms) * 95 // 100])
        self.worst.append(ms[-1])

    def __str__(self) -> str:
        return f"{median(self.p50):10.0f}{median(self.p95):9.0f}{median(self.worst):9.0f}"


async def crowds(folder: Path, times: int) -> None:
    print(f"Telegram: {TAPPERS} tap an envelope of {PIECES} pieces at once, {times} times")
    print(f"{'':18}{'p50 ms':>10}{'p95 ms':>9}{'worst':>9}")
    for way in WAYS:
        found = await crowds_by(way, folder, times)
        for name, waits in found.items():
            print(f"{way:9} {name:8}{waits}")
        each = sorted(a / b for a, b in zip(found["house"].p95, found["bare"].p95, strict=True))
        print(
            f"{way}: house / bare at p95 {median(each):.2f} ({each[0]:.2f}-{each[-1]:.2f}); "
            f"p95 {median(found['house'].p95):.0f} ms (bar {BAR_MS} ms)"
        )


async def crowds_by(way: Way, folder: Path, times: int) -> dict[str, Waits]:
    """The bare loop and the house in turn, so that a busy machine slows both."""
    found = {"bare": Waits(), "house": Waits()}
    async with AsyncExitStack() as stack:
        sides = []
        for name in found:
            api = await stack.enter_async_context(telegram())
            bot = programs(api, folder, way)[name]
            stack.push_async_callback(bot.kill)
            sides.append((name, api, await gathered(api, bot, name)))
        # What the first crowd of a group needs, such as knowing everybody, the next ones find.
        for number in range(-GROUPS, times):
            for name, api, groups in sides:
                answers = await rush(api, groups[number % GROUPS])
                check(answers, paid=PIECES if name == "house" else TAPPERS)
                if number >= 0:
                    found[name].add([each["answer"]["took"] for each in answers])
    return found


async def gathered(api: Api, bot: Bot, name: str) -> list[JSON]:
    """Several groups, as one is told no more than twenty things a minute."""
    groups = [await api.tell("group", members=TAPPERS) for _ in range(GROUPS)]
    await bot.start()
    if name == "house":
        for each in groups:
            await asks(api, each, "建会 车友会", "建好了")
    return groups


async def rush(api: Api, group: JSON) -> list[JSON]:
    """An envelope, and everybody at it at once."""
    shown = await asks(api, group, f"公费红包 {POINTS} {PIECES}", f"{POINTS} 分的")
    taps: list[JSON] = await api.tell(
        "taps",
        chat=group["chat"],
        message=shown["message_id"],
        users=group["members"],
        button="抢红包",
        within=WITHIN_SECONDS,
    )
    return taps


async def asks(api: Api, group: JSON, text: str, part: str) -> JSON:
    """What the bot answers to the group's owner."""
    said = await api.tell("says", chat=group["chat"], user=group["owner"], text=text)
    heard: JSON = await api.tell(
        "hears", chat=group["chat"], part=part, after=said["message"], within=WITHIN_SECONDS
    )
    return heard


def check(answers: list[JSON], paid: int) -> None:
    """Raises LookupError when somebody had no answer, or the wrong number of people were paid."""
    silent = sum(each["answer"] is None for each in answers)
    won = sum("抢到" in each["answer"]["text"] for each in answers if each["answer"])
    if (len(answers), silent, won) != (TAPPERS, 0, paid):
        raise LookupError(f"{len(answers)} taps, {silent} not answered, {won} paid")


# Talk


async def talks(folder: Path, rounds: int) -> None:
    print(f"{TALK} messages of plain talk in {TALK_GROUPS} groups, {rounds} rounds")
    for way in WAYS:
        rates: dict[str, list[float]] = {"bare": [], "house": []}
        for number in range(rounds):
            for name, found in rates.items():
                async with telegram() as api:
                    place = folder / f"{name}{number}"
                    place.mkdir(parents=True, exist_ok=True)
                    found.append(await talk(api, programs(api, place, way)[name]))
        each = [a / b for a, b in zip(rates["house"], rates["bare"], strict=True)]
        print(
            f"{way:9} house {median(rates['house']):.0f}/s, bare {median(rates['bare']):.0f}/s: "
            f"{median(each):.2f} ({min(each):.2f}-{max(each):.2f})"
        )


async def talk(api: Api, bot: Bot) -> float:
    """Updates per second, from the first that was confirmed to the last: all wait from before."""
    groups = [await api.tell("group", members=1) for _ in range(TALK_GROUPS)]
    for number in range(TALK):
        group = groups[number % TALK_GROUPS]
        await api.tell("says", chat=group["chat"], user=group["owner"], text=f"闲聊{number}")
    await bot.start()
    try:
        all_of_them = await api.unconfirmed()
        left = await when(api, lambda left: left < all_of_them)
        started = time.perf_counter()
        await when(api, lambda left: left == 0)
        return left / (time.perf_counter() - started)
    finally:
        await bot.kill()


async def when(api: Api, fits: Callable[[int], bool]) -> int:
    async with asyncio.timeout(WITHIN_SECONDS):
        while not fits(left := await api.unconfirmed()):  # noqa: ASYNC110  (nothing tells)
            await asyncio.sleep(LOOK_EVERY_SECONDS)
    return left


# Start and memory


async def begin(folder: Path, rounds: int) -> None:
    starts, sizes = [], []
    for number in range(rounds):
        async with telegram() as api:
            place = folder / str(number)
            place.mkdir(parents=True)
            program = Program(api.url, place / "data", "polling")
            try:
                starts.append(await first_answer(api, program))
                await asyncio.sleep(IDLE_SECONDS)
                sizes.append(resident_mib(program.process.pid))
            finally:
                await program.kill()
    print(f"start to first answer in Telegram: {median(starts):.2f} s (bar 3 s)")
    print(f"idle memory with Telegram: {median(sizes):.0f} MiB (bar 150 MiB)")


async def first_answer(api: Api, program: Program) -> float:
    group = await api.tell("group", members=1)
    started = time.perf_counter()
    await program.start()
    await asks(api, group, "建会 车友会", "建好了")
    return time.perf_counter() - started
