"""How far an import is: a bar on a terminal, elsewhere a line every tenth."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from bots.history.source import Source
from handlers.past import Tally

Show = Callable[[], None]
STEPS = 10


@contextmanager
def progress(source: Source, tally: Tally, stream: TextIO) -> Iterator[Show]:
    """What is given is to be called whenever something was kept."""
    if not stream.isatty():
        yield _lines(source, tally, stream)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda: bar.update(task, completed=source.done, description=_told(source, tally))


def _lines(source: Source, tally: Tally, stream: TextIO) -> Show:
    shown = 0

    def show() -> None:
        nonlocal shown
        step = int(source.done * STEPS)
        if step > shown:
            shown = step
            stream.write(f"{_told(source, tally)}\n")
            stream.flush()

    return show


def _told(source: Source, tally: Tally) -> str:
    return f"{source.done:4.0%}  {tally.read:,} messages, {tally.outcomes['new']:,} new shares"
