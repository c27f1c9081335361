"""Check the books: every posting, balance and envelope of every club."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from config.settings import Settings
from storage.sqlite import DATABASE

if TYPE_CHECKING:
    from storage.audit import Report

EXIT_WRONG = 1


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, help="another database, such as a backup; else carclub's own"
    )


def run(options: Namespace, settings: Settings) -> int:
    from storage.sqlite.audit import audit

    clubs = wrong = 0
    for report in audit(options.file or settings.data_dir / DATABASE):
        clubs += 1
        wrong += bool(report.wrong)
        print(line(report))
    if not clubs:
        print("no club yet")
    return EXIT_WRONG if wrong else 0


def line(report: "Report") -> str:
    told = f"{report.rows} rows  head {report.head.hex()}  {report.points_out} points out"
    return f"{report.club}  {told}  {report.wrong or 'ok'}"
