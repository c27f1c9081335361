"""List the messages that were given up, or try them again. Their text is not shown."""

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime

from bots.commands import CommandError
from config.settings import Settings
from storage.model import SECOND
from storage.sqlite import DATABASE

ALL = "all"
HEADINGS = ("id", "platform", "priority", "attempts", "created", "error")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--retry", metavar="ID", help=f'send this one again, or "{ALL}"; carclub must not run'
    )


def run(options: Namespace, settings: Settings) -> int:
    if options.retry:
        return retry(options.retry, settings)
    from storage.sqlite.deadletters import listed

    rows = [
        (
            str(letter.id),
            letter.platform,
            letter.priority.name.lower(),
            str(letter.attempts),
            f"{datetime.fromtimestamp(letter.created_at / SECOND, UTC):%Y-%m-%d %H:%M:%SZ}",
            letter.error,
        )
        for letter in listed(settings.data_dir / DATABASE)
    ]
    if not rows:
        print("no message was given up")
        return 0
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    for row in (HEADINGS, *rows):
        print("  ".join(map(str.ljust, row, widths)).rstrip())
    return 0


def retry(which: str, settings: Settings) -> int:
    from storage.sqlite.deadletters import revive

    if which != ALL and not which.isdecimal():
        raise CommandError(f'--retry takes a number or "{ALL}", not {which}')
    revived = revive(settings.data_dir / DATABASE, None if which == ALL else int(which))
    if not revived and which != ALL:
        raise CommandError(f"no message {which} was given up")
    print(f"{revived} will be sent when carclub runs")
    return 0
