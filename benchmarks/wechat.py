"""WeChat at a real gateway: messages a second, how long an echo takes, how a crowd is told.

The gateway is npm's on loopback, a process of its own, the same for both sides. What the SDK and
the house add to the price of the wire is told by bare stubs beside it (wechat_bare.py), in turn.

python -m benchmarks.wechat FOLDER
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.wechat_bare import Hear, Say, bare
from bots import logs
from bots.app import spare_the_collector
from bots.wechat import order, read
from bots.wechat.line import Line
from bots.wechat.nouns import Me, News, Said
from bots.wechat.recent import Recent
from bots.world import real_world
from storage.model import Millis
from tests.end_to_end.wechat.scene import Scene
from tests.support.wechat.fixtures import missing
from tests.support.wechat.gateway import Gateway
from tests.support.wechat.line import Told
from tests.support.wechat.reports import event_of
from tests.support.wechat.world import ALICE, BOB, CAROL, ROOM, Room, World

PAIRS = 7
MESSAGES = 1_500
SENDERS = (ALICE, BOB, CAROL)
ROOMS = (ROOM, "north@chatroom", "south@chatroom")
ECHOES = 100
HELD_ECHOES = 20
TAKERS = 200
PIECES = 150
POINTS = 1_000
RUSH_SECONDS = 1.0
WITHIN_SECONDS = 20.0
TOLD_WITHIN_SECONDS = 40.0
AIM = 0.7

Side = Callable[[Gateway, Hear], AbstractAsyncContextManager[Say]]


@asynccontextmanager
async def house(gateway: Gateway, hear: Hear) -> AsyncIterator[Say]:
    """carclub as far as its reading: SDK, order, what was heard of late, `read`."""
    ready = asyncio.Event()
    recent, world = Recent(), real_world()

    def heard(news: News, me: Me) -> None:
        if not isinstance(news, Said):
            return
        place = news.room or news.talker
        event = read.said(news, me, recent.heard(place))
        recent.note(place, read.remembered(news, me), world.now())
        if event is not None:
            hear(event.text)

    def back(me: Me, alive_at: Millis) -> None:
        del me, alive_at
        ready.set()

    line = Line(gateway.endpoint, gateway.token, world, heard, back)
    running = asyncio.create_task(line.run())
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            await ready.wait()
        yield lambda room, text: line.say(room, text, [])
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


SIDES: dict[str, Side] = {"bare": bare, "house": house}


async def measure(folder: Path) -> None:
    if (reason := missing()) is not None:
        print(f"WeChat: NOT MEASURED: {reason}\n")
        return
    logs.set_up("error", "json", sys.stderr)
    async with Gateway() as gateway:
        with held(0.0):
            await floods(gateway)
            await echoes(gateway)
        await held_echo(gateway)
        await crowd(gateway, folder)
    print()


@contextmanager
def held(seconds: float) -> Iterator[None]:
    """A message waits for a moment on purpose, for the order of time. That is no speed, so what is
    compared goes without it."""
    usual = order.HOLD_SECONDS
    order.HOLD_SECONDS = seconds
    try:
        yield
    finally:
        order.HOLD_SECONDS = usual


# Many messages at once


@dataclass(frozen=True)
class Flood:
    rate: float
    """Messages a second, from before the first was said until the last was read."""
    cpu: float
    """Seconds a message, of the thread that does all the work; another one moves the gateway."""


async def floods(gateway: Gateway) -> None:
    print(f"WeChat: {MESSAGES} messages at once in {len(ROOMS)} rooms, {PAIRS} pairs of runs")
    found: dict[str, list[Flood]] = {name: [] for name in SIDES}
    for _ in range(PAIRS):
        for name, side in SIDES.items():
            found[name].append(await flood(gateway, side))
    for name, runs in found.items():
        rate, cpu = median(each.rate for each in runs), median(each.cpu for each in runs)
        print(f"{name:8}{rate:8.0f}/s{1e6 * cpu:8.0f} µs of our CPU a message")
    pairs = list(zip(found["house"], found["bare"], strict=True))
    tell("messages a second (wall), house / bare", [ours.rate / base.rate for ours, base in pairs])
    tell("CPU a message, bare / house", [base.cpu / ours.cpu for ours, base in pairs])


async def flood(gateway: Gateway, side: Side) -> Flood:
    await gateway.reset(World(rooms=tuple(Room(each) for each in ROOMS)))
    warm, count = len(ROOMS) * len(SENDERS), 0
    heard, all_heard = asyncio.Event(), asyncio.Event()

    def hear(text: str) -> None:
        nonlocal count
        del text
        count += 1
        if count == warm:
            heard.set()
        if count == warm + MESSAGES:
            all_heard.set()

    async with asyncio.timeout(WITHIN_SECONDS), side(gateway, hear):
        # Everybody says something in each room, so all of them are known from here on.
        for room in ROOMS:
            for who in SENDERS:
                await gateway.say(who, "早", room=room)
        await heard.wait()
        began, cpu_began = time.perf_counter(), time.thread_time()
        saying = asyncio.create_task(asyncio.to_thread(say_all, gateway))
        await all_heard.wait()
        seconds, cpu = time.perf_counter() - began, time.thread_time() - cpu_began
        await saying
    return Flood(MESSAGES / seconds, cpu / MESSAGES)


def say_all(gateway: Gateway) -> None:
    """Without waiting for the gateway's word."""
    for number in range(MESSAGES):
        who, room = SENDERS[number % len(SENDERS)], ROOMS[number % len(ROOMS)]
        told = {"command": "say", "who": who, "room": room, "text": f"周末去水库吗 {number}"}
        gateway.line.tell({"number": -1} | told)


# An echo


async def echoes(gateway: Gateway) -> None:
    found: dict[str, list[list[float]]] = {name: [] for name in SIDES}
    for _ in range(PAIRS):
        for name, side in SIDES.items():
            found[name].append(await echo(gateway, side, ECHOES))
    print(f"an echo, said in the gateway until it is said back there, {PAIRS} pairs of {ECHOES}")
    for name, runs in found.items():
        tell_echo(name, [each for run in runs for each in run])
    pairs = zip(found["bare"], found["house"], strict=True)
    tell("echo at p50, bare / house", [at(50, base) / at(50, ours) for base, ours in pairs])
    base, ours = (at(95, [each for run in found[name] for each in run]) for name in SIDES)
    print(f"echo at p95 of all together, bare / house: {base / ours:.2f}, aim {AIM}")


async def held_echo(gateway: Gateway) -> None:
    print(f"with the hold of {1e3 * order.HOLD_SECONDS:.0f} ms, which all above is without:")
    tell_echo("house", await echo(gateway, house, HELD_ECHOES))


def tell_echo(name: str, seconds: list[float]) -> None:
    print(f"{name:8}p50{1e3 * at(50, seconds):6.1f} ms  p95{1e3 * at(95, seconds):6.1f} ms")


async def echo(gateway: Gateway, side: Side, times: int) -> list[float]:
    await gateway.reset()

    async def answer(text: str) -> None:
        await say(ROOM, f"回{text}")

    def hear(text: str) -> None:
        answers.create_task(answer(text))

    async with side(gateway, hear) as say, asyncio.TaskGroup() as answers:
        await echo_once(gateway, "0")  # who is there is asked for once
        return [await echo_once(gateway, str(number)) for number in range(1, times + 1)]


async def echo_once(gateway: Gateway, text: str) -> float:
    ended = 0.0

    def look(told: Told) -> bool:
        nonlocal ended
        found = event_of(told) == "sent" and told["text"] == f"回{text}"
        ended = time.perf_counter() if found else ended  # in the thread that reads it
        return found

    waiting = asyncio.create_task(gateway.until(look))
    await asyncio.sleep(0)
    started = time.perf_counter()
    gateway.line.tell({"number": -1, "command": "say", "who": BOB, "room": ROOM, "text": text})
    await waiting
    return ended - started


# A crowd


async def crowd(gateway: Gateway, folder: Path) -> None:
    """No ratio: how fast a person's account may talk is the limit, not the machine."""
    await gateway.reset()
    scene = Scene(gateway, folder / "wechat")
    await scene.start()
    try:
        await scene.found()
        people = await gateway.crowd(TAKERS)
        await scene.give(ALICE, POINTS)
        await scene.asks(ALICE, f"红包 {POINTS} {PIECES}", "1. 抢红包")
        await scene.quiet()
        before, began = len(gateway.sends), time.time()
        for number, who in enumerate(people):
            await asyncio.sleep(began + RUSH_SECONDS * number / TAKERS - time.time())
            await gateway.say(who, "1")
        said_in = time.time() - began
        await scene.eventually(lambda: nothing_waits(scene), TOLD_WITHIN_SECONDS)
        await scene.quiet()
        await check(scene, people)
    finally:
        await scene.stop()
    said = gateway.sends[before:]
    print(
        f"{TAKERS} choose an envelope of {PIECES} pieces by its number within {said_in:.1f} s:"
        f" told in {len(said)} messages, the last {said[-1].time_ms / 1e3 - began:.1f} s after the"
        " first of them"
    )


async def check(scene: Scene, people: Sequence[str]) -> None:
    """Raises LookupError when the wrong number of people were paid, or the wrong sum."""
    paid = [await scene.points(each) for each in people if await scene.member(each)]
    if (sum(map(bool, paid)), sum(paid)) != (PIECES, POINTS):
        raise LookupError(f"{sum(map(bool, paid))} were paid {sum(paid)} points")


async def nothing_waits(scene: Scene) -> bool:
    counts = await scene.outbox()
    return not (counts["waiting"] or counts["leased"])


def at(percent: int, values: list[float]) -> float:
    return sorted(values)[(len(values) - 1) * percent // 100]


def tell(what: str, ratios: list[float]) -> None:
    print(f"{what}: {median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}), aim {AIM}")


if __name__ == "__main__":
    spare_the_collector()
    asyncio.run(measure(Path(sys.argv[1])))
