"""A chat of 200,000 messages, imported as an operator does it: how fast, how large, killed and
run again."""

import asyncio
import os
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

from benchmarks import history_file
from bots.world import real_world
from storage.model import Chat, Club
from storage.sqlite import DATABASE
from storage.sqlite.store import SqliteStore
from storage.store import Work

FEW = 2_000
CLUB = Club("bench", "车友会", "zh", "Asia/Shanghai", 0)
KILLED_AT = " 5"
"""How the line begins that tells of half the file."""
ROWS = """
SELECT number, account.id, tag, text, car, km, price_yuan, figure, unit, date, at, consent, message
FROM share JOIN account ON account.member = share.author ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Ran:
    seconds: float
    peak_mib: int
    said: str


def measure(folder: Path, messages: int) -> None:
    print(f"An import of {messages:,} messages")
    few, many = folder / "few.json", folder / "many.json"
    history_file.write(few, FEW)
    history_file.write(many, messages)
    small = run(club(folder / "small"), few)
    whole = club(folder / "whole")
    large = run(whole, many)
    again = run(whole, many)
    print(f"{many.stat().st_size >> 20} MiB, {large.seconds:.1f} s:"
          f" {messages / large.seconds:,.0f} messages/s")  # fmt: skip
    print(f"peak memory {large.peak_mib} MiB; of {FEW:,} messages {small.peak_mib} MiB")
    print(f"a second run: {second_line(again)}, {again.seconds:.1f} s")
    broken = club(folder / "broken")
    kill_on_the_way(broken, many)
    had = len(rows(broken))
    run(broken, many)
    same = rows(broken) == rows(whole)
    print(f"killed with {had:,} of {len(rows(whole)):,} shares kept, run again: "
          f"{'the same shares' if same else 'DIFFERENT SHARES'}")  # fmt: skip
    if not same or " 0 new" not in second_line(again):
        raise ValueError("an import is not what it was when run again")


def club(data: Path) -> Path:
    """A data folder with a club in it that the history is of."""
    data.mkdir()

    async def found() -> None:
        store = SqliteStore(data / DATABASE, real_world())

        async def unit(work: Work) -> None:
            await work.people.found(CLUB)
            await work.people.put_chat(Chat("telegram", history_file.CHAT_ID, CLUB.id, "群"))

        await store.unit(unit)
        await store.close()

    asyncio.run(found())
    return data


def command(data: Path, file: Path) -> tuple[list[str], dict[str, str]]:
    environment = os.environ | {"CARCLUB_DATA_DIR": str(data)}
    return [sys.executable, "-m", "bots", "import", str(file)], environment


def run(data: Path, file: Path) -> Ran:
    """To its end, with the most memory it ever had, as the kernel counts it."""
    arguments, environment = command(data, file)
    said = data / "said"
    started = time.perf_counter()
    with said.open("w") as stdout, (data / "told").open("w") as stderr:
        process = Popen(arguments, env=environment, stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise ValueError((data / "told").read_text())
    return Ran(seconds, usage.ru_maxrss // 1024, said.read_text())


def kill_on_the_way(data: Path, file: Path) -> None:
    arguments, environment = command(data, file)
    with Popen(arguments, env=environment, stdout=DEVNULL, stderr=PIPE, text=True) as process:
        for line in process.stderr or ():
            if line.startswith(KILLED_AT):
                process.kill()


def second_line(ran: Ran) -> str:
    return ran.said.splitlines()[1]


def rows(data: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        return connection.execute(ROWS).fetchall()
