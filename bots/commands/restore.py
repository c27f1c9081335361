"""Put a backup in the place of the database; what was there is kept beside it."""

import os
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from pathlib import Path

from bots.commands import CommandError
from bots.commands.backup import PARTIAL, back_up, flush, stamp
from config.settings import Settings
from storage.sqlite import DATABASE

STAGED = ".restoring"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="what `carclub backup` wrote")


def run(options: Namespace, settings: Settings) -> int:
    from bots.world import real_world
    from storage.sqlite.audit import verify
    from storage.sqlite.connection import own

    target: Path = settings.data_dir / DATABASE
    source: Path = options.file
    verify(source)
    with own(target):
        if target.exists() and source.samefile(target):
            raise CommandError(f"{source} is the database itself")
        staged = target.with_name(target.name + STAGED)
        for left in (staged, staged.with_name(staged.name + PARTIAL)):
            left.unlink(missing_ok=True)  # by a restore that was interrupted: we hold the lock
        back_up(source, staged)
        if target.exists():
            take_owner(staged, target)
        former = set_aside(target, f"{target.name}.before-{stamp(real_world().now())}")
        staged.replace(target)
        flush(target.parent)
    print(f"{target} is now what {source} was")
    if former is not None:
        print(f"what was there before is kept as {former}")
    return 0


def take_owner(path: Path, other: Path) -> None:
    """Let a file belong to whom another belongs: who restores need not be who runs carclub."""
    known = other.stat()
    path.chmod(known.st_mode & 0o777)
    with suppress(PermissionError):  # only the superuser may give a file away
        os.chown(path, known.st_uid, known.st_gid)


def set_aside(target: Path, name: str) -> Path | None:
    """Give the present database another name as well, with all that was committed.

    Its log must not be left behind: SQLite would play it into the file that comes next.
    """
    from storage.sqlite.connection import close_log

    former = target.with_name(name)
    logs = [target.with_name(target.name + end) for end in ("-wal", "-shm")]
    if target.exists():
        if former.exists():
            raise CommandError(f"{former} exists")
        closed = close_log(target)
        try:
            former.hardlink_to(target)
        except OSError as error:
            raise CommandError(f"{former} cannot be written: {error.strerror}") from None
        if not closed and logs[0].exists():  # a damaged file: its log stays beside it
            logs[0].replace(former.with_name(former.name + "-wal"))
    for log in logs:
        log.unlink(missing_ok=True)
    return former if former.exists() else None
