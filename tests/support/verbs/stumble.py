"""Fail in the way that is asked for.

Only the first line of this is help.
"""

from argparse import ArgumentParser, Namespace

import structlog

from bots.commands import CommandError
from config.settings import Settings
from storage.errors import WrongStore

WAYS = {
    "interrupted": KeyboardInterrupt(),
    "mistaken": ValueError("a mistake of ours"),
    "refused": CommandError("there is no such backup"),
    "wrong-store": WrongStore("the file is from a newer carclub"),
}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("way", choices=WAYS)


def run(options: Namespace, settings: Settings) -> int:
    structlog.get_logger().info("about to stumble", way=options.way)
    raise WAYS[options.way]
