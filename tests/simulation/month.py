"""A month of a club in a few seconds, with everything going wrong, and what became of it."""

import asyncio
import time
from collections import Counter

from tests.simulation.history import History
from tests.simulation.judge import Violation
from tests.simulation.lives import shelf

MEMBERS = 20


def run(days: int, seed: int) -> tuple[list[str], bool]:
    """What to tell of it, line by line, and whether all was as it must be."""
    started = time.monotonic()
    with shelf() as files:
        history = History(seed, files.fresh(), members=MEMBERS)
        try:
            asyncio.run(history.live(days=days))
            violation = ""
        except Violation as found:
            violation = str(found)
    lines = told(history, days)
    seconds = f"{time.monotonic() - started:.1f} seconds"
    if violation:
        return [*lines, f"violation    {violation}", f"took         {seconds}"], False
    return [*lines, "violations   0", f"took         {seconds}"], True


def told(history: History, days: int) -> list[str]:
    happened, counts = history.happened, history.transport.counts
    judge, failures = history.judge, history.happened.failures
    return [
        f"a club of {MEMBERS} over {days} days, seed {history.seed}",
        f"deeds        {happened.deeds:,}, delivered {counts.delivered:,} times: "
        f"{counts.dropped:,} dropped at first, {counts.reordered:,} out of order, "
        f"{counts.duplicated:,} once more, {happened.bursts:,} bursts",
        f"troubles     {happened.crashes:,} crashes, {happened.restarts:,} restarts, "
        f"{failures['lost']:,} units lost, {failures['undone']:,} undone, "
        f"{failures['kept']:,} kept without a word, {happened.jumps:,} clock jumps",
        f"envelopes    {envelopes(history)}",
        f"points       {points(history)}",
        f"compared     {judge.replies:,} answers, {judge.messages:,} messages, "
        f"{len(judge.model.rows):,} rows of the books",
        f"history      {history.digest[:16]}",
    ]


def envelopes(history: History) -> str:
    states = Counter(each.state for each in history.judge.model.envelopes.values())
    by_state = ", ".join(f"{count:,} {state}" for state, count in states.most_common())
    return f"{states.total():,}: {by_state}"


def points(history: History) -> str:
    model = history.judge.model
    minted = -sum(model.balances[each] for each in model.balances if each.startswith("issue:"))
    moved = sum(row.amount for row in model.rows if row.kind != "mint")
    owned = sorted((model.balances[f"member:{id_}"], who) for who, id_ in model.ids.items())
    (least, poorest), (most, richest) = owned[0], owned[-1]
    return (
        f"{minted:,} minted, {moved:,} moved, pool {model.balances['pool']:,}; "
        f"{richest} has {most:,}, {poorest} {least:,}; Gini {gini([each for each, _ in owned]):.2f}"
    )


def gini(amounts: list[int]) -> float:
    """0 when all have the same, near 1 when one has all. The amounts come in their order."""
    if not any(amounts):
        return 0.0
    weighed = sum((place + 1) * amount for place, amount in enumerate(amounts))
    return 2 * weighed / (len(amounts) * sum(amounts)) - (len(amounts) + 1) / len(amounts)
