"""The command line: `carclub VERB`, or `carclub` alone to start the bots."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from bots import commands, logs
from bots.commands import CommandError, Verb
from config import settings
from config.settings import SettingsError
from storage.errors import WrongStore

VERB_DEFAULT = "run"

PRIVATE = 0o077
"""What a club knows is for nobody else on the machine: no file is made for others to read."""

EXIT_WRONG_USE = 2  # as argparse does
EXIT_INTERRUPTED = 130  # as a shell does


def main(arguments: Sequence[str] | None = None, package: ModuleType = commands) -> int:
    os.umask(PRIVATE)
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(commands.find(package)).parse_args(given or [VERB_DEFAULT])
    verb: Verb = options.verb
    try:
        loaded = settings.load(os.environ, Path.cwd())
        logs.set_up(loaded.log_level, loaded.log_format, sys.stderr)
        return verb.run(options, loaded)
    except (SettingsError, CommandError, WrongStore) as error:
        print(f"carclub: {error}", file=sys.stderr)
        return EXIT_WRONG_USE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _parser(verbs: Sequence[Verb]) -> ArgumentParser:
    parser = ArgumentParser(prog="carclub", description=f"Without a verb: {VERB_DEFAULT}.")
    parser.add_argument("--version", action="version", version=f"carclub {version('carclub')}")
    subparsers = parser.add_subparsers(metavar="VERB", required=True)
    for verb in verbs:
        subparser = subparsers.add_parser(verb.name, help=verb.summary, description=verb.summary)
        subparser.set_defaults(verb=verb)
        verb.add_arguments(subparser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
