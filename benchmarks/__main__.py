"""`make bench`: how fast, as a ratio to something honest in the same run."""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import crowd, grabs, history, imports, start, telegram
from bots.app import spare_the_collector


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--grabs", type=int, default=20_000, help="grabs a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the middle one is told")
    parser.add_argument("--postings", type=int, default=1_000_000, help="of the large history")
    parser.add_argument("--messages", type=int, default=200_000, help="of the chat to import")
    parser.add_argument("--folder", type=Path, help="where to write; on the disk to be measured")
    options = parser.parse_args(arguments)
    spare_the_collector()
    with tempfile.TemporaryDirectory(dir=options.folder or Path.cwd()) as name:
        folder = Path(name)
        # First: a child's peak memory counts what its parent had when it was begun.
        imports.measure(folder, options.messages)
        asyncio.run(grabs.measure(folder, options.grabs, options.rounds))
        asyncio.run(crowd.measure(folder, options.rounds))
        asyncio.run(start.measure(folder))
        asyncio.run(telegram.measure(folder, options.rounds))
        # A process of its own: nothing else pays for what WeChat's SDK brings along.
        sys.stdout.flush()
        subprocess.run([sys.executable, "-m", "benchmarks.wechat", str(folder)], check=True)
        asyncio.run(history.measure(folder, options.postings))


if __name__ == "__main__":
    main()
