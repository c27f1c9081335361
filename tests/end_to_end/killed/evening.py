"""An evening in which the program is killed again and again, and what came of it."""

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.end_to_end.killed.books import Books, unfinished
from tests.end_to_end.killed.heard import Heard
from tests.end_to_end.killed.reckoning import Reckoning
from tests.end_to_end.killed.tempo import BRISK, PACED
from tests.end_to_end.killed.traffic import Traffic
from tests.support.telegram import BotApi
from tests.support.telegram.judges import judge_all
from tests.support.telegram.updates import FIRST_ID
from tests.support.telegram_club import Program, Way

RETRY_SECONDS = 0.05
LIFE_SECONDS_MAX = 2.0
"""How long the program lives after it has connected, when it is killed at a time."""
REQUESTS_MAX = 25
"""How many requests it has made since, when it is killed at one of them."""
IDLE_SECONDS_MAX = 3.0
START_SECONDS_MAX = 1.0
KILLED_STARTING = 0.15
"""How often it does not even come to connect."""
QUIET_SECONDS_MAX = 120.0
LOOK_EVERY_SECONDS = 0.05


@dataclass
class Outcome:
    updates: int = 0
    kills: int = 0
    killed_while_starting: int = 0
    deeds: int = 0
    checked: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        checked = ", ".join(f"{number} {kind}" for kind, number in self.checked.items())
        refused = ", ".join(f"{number} {kind}" for kind, number in self.refused.items() if number)
        lines = [
            f"{self.updates} updates, {self.deeds} deeds, {self.kills} kills, "
            f"{self.killed_while_starting} more while it was starting",
            f"checked: {checked}",
            f"refused or late: {refused or 'nothing'}",
            f"violations: {len(self.wrong)}",
        ]
        return "\n".join([*lines, *self.wrong[:50]])


class Evening:
    def __init__(self, api: BotApi, program: Program, seed: int, *, brisk: bool) -> None:
        self.outcome = Outcome()
        self._api = api
        self._program = program
        self._dice = random.Random(seed)
        self._heard = Heard(api)
        tempo = BRISK if brisk else PACED
        self._traffic = Traffic(api, self._heard, random.Random(seed + 1), tempo)

    async def pass_by(self, seconds: float, kills_least: int) -> None:
        """Traffic and kills for so long, and until there were so many kills."""
        await self._program.start()
        await self._program.connected()
        await self._traffic.found()
        going_on = asyncio.create_task(self._traffic.go_on())
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        try:
            while loop.time() < end or self.outcome.kills < kills_least:
                await self._kill_some_time(going_on)
        finally:
            going_on.cancel()
            await asyncio.gather(going_on, return_exceptions=True)
        await self._end()

    async def _kill_some_time(self, going_on: "asyncio.Task[None]") -> None:
        """At a random time, or as soon as it has asked for something: then its own note of what
        it did is what the kill comes before."""
        if going_on.done():
            going_on.result()
        if self._dice.random() < 0.5:
            await asyncio.sleep(self._dice.uniform(0.05, LIFE_SECONDS_MAX))
        else:
            await self._requests(self._dice.randint(1, REQUESTS_MAX))
        await self._program.kill()
        self.outcome.kills += 1
        await self._program.start()
        if self._dice.random() < KILLED_STARTING:
            await asyncio.sleep(self._dice.uniform(0.1, START_SECONDS_MAX))
            await self._program.kill()
            self.outcome.killed_while_starting += 1
            await self._program.start()
        await self._program.connected()

    async def _requests(self, number: int) -> None:
        """Until it has asked for so many things, or has nothing to ask for."""
        requests = self._api.journal.requests
        wanted = len(self._api.requests()) + number

        def look() -> bool:
            return requests[-1].method != "getUpdates" and len(self._api.requests()) >= wanted

        try:
            await self._api.until(look, IDLE_SECONDS_MAX)
        except TimeoutError:
            return

    async def _end(self) -> None:
        """It says what it still owes, stops when asked to, and is judged."""
        wrong = self.outcome.wrong
        try:
            await self._quiet()
        except TimeoutError:
            waits = (len(self._api.updates.waiting()), unfinished(self._database))
            wrong.append(f"never quiet; what waits: {waits}")
        code = await self._program.stop()
        if code:
            wrong.append(f"it ended with code {code}")
        wrong += [f"update {each.id} is not confirmed" for each in self._api.updates.waiting()]
        if await self._program.run("audit"):
            wrong.append("the audit found something")
        judge_all(self._api.journal.requests)
        wrong += self._errors()
        self._reckon()

    async def _quiet(self) -> None:
        async with asyncio.timeout(QUIET_SECONDS_MAX):
            await self._api.settled(QUIET_SECONDS_MAX)
            while unfinished(self._database):  # noqa: ASYNC110  (nothing tells)
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    @property
    def _database(self) -> Path:
        return self._program.database

    def _errors(self) -> list[str]:
        lines = self._program.log.read_text("utf-8").splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{")]
        strange = [line for line in lines if not line.startswith("{")]
        return strange + [str(line) for line in told if line["level"] in ("error", "critical")]

    def _reckon(self) -> None:
        deeds = self._traffic.deeds
        reckoning = Reckoning(self._api, deeds, self._heard, Books(self._database))
        reckoning.judge()
        self.outcome.updates = self._api.updates.next_id - FIRST_ID
        self.outcome.deeds = len(deeds)
        self.outcome.checked = reckoning.verdict.checked
        self.outcome.refused = reckoning.verdict.refused
        self.outcome.wrong += reckoning.verdict.wrong


async def evening(
    folder: Path, way: Way, *, seed: int, seconds: float, kills_least: int = 0, brisk: bool = True
) -> Outcome:
    async with BotApi(webhook_retry_seconds=RETRY_SECONDS) as api:
        program = Program(api.url, folder / "data", way, brisk=brisk)
        passing = Evening(api, program, seed, brisk=brisk)
        try:
            await passing.pass_by(seconds, kills_least)
        finally:
            await program.kill()
    return passing.outcome
