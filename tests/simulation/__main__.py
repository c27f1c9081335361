"""Live one history again, or thousands of new ones.

python -m tests.simulation --seed 17 --operations 300
python -m tests.simulation --histories 10000 --operations 300 --jobs 2 --first-seed 1
"""

import sys
from argparse import ArgumentParser, Namespace

from tests.simulation import suite
from tests.simulation.judge import Violation
from tests.simulation.lives import KEPT, OPERATIONS, live, shelf

KEPT_MAX = 3
"""Of one run: many fail of the same thing."""


def main() -> int:
    parser = ArgumentParser("python -m tests.simulation")
    parser.add_argument("--seed", type=int, help="live this one history")
    parser.add_argument("--histories", type=int, default=1_000)
    parser.add_argument("--operations", type=int, default=OPERATIONS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put it into docs/simulation.md")
    options = parser.parse_args()
    return many(options) if options.seed is None else one(options)


def one(options: Namespace) -> int:
    with shelf() as files:
        try:
            history = live(options.seed, files, options.operations)
        except Violation as violation:
            print(violation)
            return 1
    print(f"seed {options.seed}: {history.happened}")
    print(f"digest {history.digest}")
    return 0


def many(options: Namespace) -> int:
    totals = suite.run(options.first_seed, options.histories, options.operations, options.jobs)
    for violation in totals.broken.values():
        print(violation, end="\n\n")
    table = suite.told(totals, options.first_seed, options.operations)
    print(table)
    if options.write:
        suite.write(table, totals.seconds, options.jobs)
    keep(totals.broken, options.operations)
    return 1 if totals.broken else 0


def keep(broken: dict[int, str], operations: int) -> None:
    """Note the seeds that failed, for the tests to live them again."""
    with KEPT.open("a", encoding="utf-8") as file:
        for seed, why in list(broken.items())[:KEPT_MAX]:
            file.write(f"{seed} {operations}  # {why.partition(chr(10))[0]}\n")


if __name__ == "__main__":
    sys.exit(main())
