"""Kill carclub again and again while three Telegram groups are busy; tell what came of it.

python -m tests.end_to_end.killed --seconds 300 --seed 7 --way webhook
"""

import asyncio
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

from tests.end_to_end.killed.evening import evening


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.end_to_end.killed", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="of traffic and kills")
    parser.add_argument("--seed", type=int, default=7, help="of the traffic and the kills")
    parser.add_argument("--way", choices=("polling", "webhook"), default="polling")
    parser.add_argument("--paced", action="store_true", help="at Telegram's pace: fewer messages")
    parser.add_argument("--folder", type=Path, help="where to leave data and log; else nowhere")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        passing = evening(
            folder,
            options.way,
            seed=options.seed,
            seconds=options.seconds,
            brisk=not options.paced,
        )
        outcome = asyncio.run(passing)
    seconds = time.monotonic() - started
    pace = "paced" if options.paced else "brisk"
    print(f"{options.way}, {pace}, seed {options.seed}: {options.seconds:.0f} s of {seconds:.0f} s")
    print(outcome)
    return bool(outcome.wrong)


if __name__ == "__main__":
    sys.exit(main())
