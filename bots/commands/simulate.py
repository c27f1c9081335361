"""Live a month of a club in a few seconds, with everything going wrong, and check all of it."""

from argparse import ArgumentParser, Namespace
from importlib import import_module

from bots.commands import CommandError
from config.settings import Settings

MONTH = "tests.simulation.month"
DAYS = 30
DAYS_MAX = 3_650
EXIT_WRONG = 1


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=DAYS, help=f"how long; {DAYS} if not told")
    parser.add_argument("--seed", type=int, default=1, help="the same seed is the same month")


def run(options: Namespace, settings: Settings) -> int:
    """Nothing of carclub's own data is touched."""
    if not 0 < options.days <= DAYS_MAX:
        raise CommandError(f"--days must be from 1 to {DAYS_MAX}")
    try:
        month = import_module(MONTH)
    except ModuleNotFoundError as error:
        if not MONTH.startswith(error.name or "-"):
            raise
        raise CommandError(
            "the simulation is not installed with carclub; run this where its source is"
        ) from None
    lines, right = month.run(options.days, options.seed)
    print("\n".join(lines))
    return 0 if right else EXIT_WRONG
