"""The file that a chat service's memory is kept in: one line a change, only ever added to."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bots.local.nouns import Line

_LINE = TypeAdapter(Line)


class Journal:
    """Written without waiting for the disk: what a power cut takes was only a pretend chat.

    Adding a line takes some microseconds, so it is done on the event loop.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.lines = 0

    def read(self) -> tuple[list[Line], int]:
        """All whole lines, and how many were broken: a crash may leave the last one torn."""
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return [], 0
        lines: list[Line] = []
        broken = 0
        for row in content.split(b"\n"):
            try:
                if row:
                    lines.append(_LINE.validate_json(row))
            except ValidationError:
                broken += 1
        return lines, broken

    def rewrite(self, lines: Iterable[Line]) -> None:
        """Put these in the place of all there was; a crash leaves the one or the other."""
        rows = [_row(line) for line in lines]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".new")
        with draft.open("wb") as out:
            out.writelines(rows)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self._file)
        self.lines = len(rows)

    def add(self, line: Line) -> None:
        """Raises OSError, and then nothing was added."""
        row = _row(line)
        with self._file.open("ab", buffering=0) as out:
            size = out.tell()
            try:
                if out.write(row) != len(row):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            except OSError:
                # Half a line would spoil the next one too.
                out.truncate(size)
                raise
        self.lines += 1


def _row(line: Line) -> bytes:
    return _LINE.dump_json(line, exclude_defaults=True) + b"\n"
