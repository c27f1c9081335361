"""Thousands of histories, several processes at once."""

import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.simulation.judge import Violation
from tests.simulation.lives import Totals, live, shelf

CHUNK = 50
BROKEN_MAX = 20
BEGIN, END = "<!-- last result -->", "<!-- end of last result -->"
RESULT = Path(__file__).parents[2] / "docs" / "simulation.md"


def run(first: int, histories: int, operations: int, jobs: int) -> Totals:
    """Live them all, and tell on the way how far it is."""
    totals, started = Totals(), time.monotonic()
    seeds = range(first, first + histories)
    chunks = [seeds[start : start + CHUNK] for start in range(0, histories, CHUNK)]
    with ProcessPoolExecutor(jobs) as pool:
        futures = [pool.submit(part, chunk, operations) for chunk in chunks]
        for future in as_completed(futures):
            totals.merge(future.result())
            totals.seconds = round(time.monotonic() - started)
            far = f"{totals.histories} lived, {len(totals.broken)} broken, {totals.seconds} s"
            print(f"\r{far}", end="", file=sys.stderr, flush=True)
            if len(totals.broken) >= BROKEN_MAX:
                pool.shutdown(cancel_futures=True)
                break
    print(file=sys.stderr)
    return totals


def part(seeds: Iterable[int], operations: int) -> Totals:
    totals = Totals()
    with shelf() as files:
        for seed in seeds:
            try:
                totals.add(live(seed, files, operations))
            except Violation as violation:
                totals.histories += 1
                totals.broken[seed] = str(violation)
    return totals


def told(totals: Totals, first: int, operations: int) -> str:
    """The result as a table."""
    n = totals.numbers
    rows = {
        "histories × operations": f"{totals.histories:,} × {operations:,}",
        "seeds": f"{first:,} … {first + totals.histories - 1:,}",
        "operations in all": f"{n['operations']:,}",
        "events delivered": f"{n['delivered']:,}, of them {n['duplicated']:,} once more",
        "dropped, and delivered later": f"{n['dropped']:,}",
        "delivered out of order": f"{n['reordered']:,}",
        "several at the same moment": f"{n['bursts']:,} times",
        "process ended without warning": f"{n['crashes']:,} times",
        "orderly restarts": f"{n['restarts']:,}",
        "clock set wrong, stopped, or a day slept through": f"{n['jumps']:,} times",
        "units lost with the store or the process": f"{n['units lost']:,}",
        "units that failed in their middle": f"{n['units undone']:,}",
        "units kept of which nobody heard": f"{n['units kept']:,}",
        "envelopes": f"{sum(n[name] for name in n if name.startswith('envelopes')):,}",
        "answers compared": f"{n['replies']:,}",
        "messages compared": f"{n['messages']:,}",
        "rows of the books compared": f"{n['rows']:,}",
        "violations": f"{len(totals.broken)}",
    }
    return "\n".join(f"| {name} | {value} |" for name, value in rows.items())


def write(table: str, seconds: int, jobs: int) -> None:
    """Put the last result into its page, between the two marks."""
    page = RESULT.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    took = f"It took {seconds:,} seconds, {jobs} at a time."
    RESULT.write_text(
        f"{before}{BEGIN}\n| | |\n|---|---|\n{table}\n\n{took}\n{END}{after}", "utf-8"
    )
