"""Copy the database, also while carclub runs, and audit the copy.

A copy is written under another name and gets its own when it is whole, checked and on the disk.
"""

import os
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from bots.commands import CommandError
from config.settings import Settings
from storage.model import SECOND, Millis
from storage.sqlite import DATABASE

FOLDER = "backups"
PARTIAL = ".partial"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "target",
        nargs="?",
        type=Path,
        help=f"a new file or a folder; else {FOLDER}/ beside the database",
    )


def run(options: Namespace, settings: Settings) -> int:
    from bots.world import real_world

    source = settings.data_dir / DATABASE
    target = options.target or source.parent / FOLDER
    if options.target is None and source.exists():
        make_folder(target)
    if target.is_dir():
        target /= f"carclub-{stamp(real_world().now())}.db"
    back_up(source, target)
    print(f"{target}: {target.stat().st_size} bytes, whole and audited")
    return 0


def make_folder(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise CommandError(f"{path} cannot be made: {error.strerror}") from None


def stamp(now: Millis) -> str:
    """A moment as part of a file's name; sorts by time."""
    return f"{datetime.fromtimestamp(now / SECOND, UTC):%Y%m%dT%H%M%S}Z"


def back_up(source: Path, target: Path) -> None:
    """Raises CommandError, also for a target that exists, and WrongStore."""
    from storage.sqlite.audit import verify
    from storage.sqlite.connection import copy

    if not source.exists():
        raise CommandError(f"{source} does not exist")
    refuse_present(target)
    partial = target.with_name(target.name + PARTIAL)
    try:
        # Nobody but the owner may read it, and nobody else writes the same copy.
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise CommandError(f"{partial} exists: remove it if no other backup is running") from None
    except OSError as error:
        raise CommandError(f"{partial} cannot be written: {error.strerror}") from None
    try:
        copy(source, partial)
        verify(partial)
        flush(partial)
        refuse_present(target)
        partial.rename(target)
        flush(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def refuse_present(target: Path) -> None:
    if target.exists():
        raise CommandError(f"{target} exists; a backup never replaces anything")


def flush(path: Path) -> None:
    """Let a file or folder reach the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
