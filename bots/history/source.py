"""A history's file, read bit by bit: however large it is, only a little of it is in memory."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import BinaryIO, Protocol

from handlers.past import Line
from storage.model import SECOND, Millis

RESULT = "result.json"
"""What Telegram Desktop calls an export in its folder."""
PACKED = ".gz"
EXPORTS = (".json",)
TABLES = (".csv", ".jsonl", ".ndjson")


class WrongFile(Exception):  # noqa: N818
    """The file is no history that can be read. The text is the one line the operator reads."""


class OtherChat(WrongFile):
    """It is the history of a chat that was not asked for."""

    def __init__(self, path: Path, chat: str) -> None:
        super().__init__(f"{path} is the history of chat {chat}")
        self.chat = chat


class CutOff(Exception):  # noqa: N818
    """The file cannot be read any further."""


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...
    def readline(self, size: int = -1, /) -> bytes: ...
    def seek(self, position: int, /) -> int: ...


class History(Protocol):
    """What every reader of a kind of file offers."""

    @property
    def ending(self) -> str:
        """Why reading ended before the file's end; empty where it did not."""

    def lines(self) -> Iterator[Line]:
        """The messages in the file's order. Raises WrongFile where it is no history at all."""


@dataclass(frozen=True, slots=True)
class Source:
    """An open file, packed or not."""

    path: Path
    size: int
    _raw: BinaryIO = field(repr=False)
    _content: Readable = field(repr=False)

    @property
    def done(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return min(self._raw.tell() / self.size, 1.0) if self.size else 1.0

    @property
    def kind(self) -> str:
        return kind_of(self.path)

    def beginning(self, size: int) -> bytes:
        """A look at how it starts; reading starts there all the same."""
        with _readable():
            beginning = self._content.read(size)
            self._content.seek(0)
            return beginning

    def read(self, size: int) -> bytes:
        """Raises CutOff where it is damaged."""
        with _readable():
            return self._content.read(size)

    def readline(self, size: int) -> bytes:
        with _readable():
            return self._content.readline(size)

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise CutOff(str(error)) from None


def kind_of(path: Path) -> str:
    """The ending that tells what is in the file, packed or not."""
    return Path(path.name.lower().removesuffix(PACKED)).suffix


def open_source(path: Path) -> Source:
    """Open a file, or the export that a folder holds. Raises WrongFile."""
    if path.is_dir():
        path = _in_folder(path)
    if kind_of(path) not in (*EXPORTS, *TABLES):
        known = ", ".join((*EXPORTS, *TABLES))
        raise WrongFile(f"{path} is none of {known} (or one of these with {PACKED})")
    try:
        raw = path.open("rb")
    except OSError as error:
        raise WrongFile(f"{path} cannot be opened: {error.strerror}") from None
    content: Readable = gzip.GzipFile(fileobj=raw) if path.name.lower().endswith(PACKED) else raw
    return Source(path, path.stat().st_size, raw, content)


def _in_folder(folder: Path) -> Path:
    path = folder / RESULT
    if path.exists():
        return path
    if any(folder.glob("messages*.html")):
        raise WrongFile(f"{folder} is an export as HTML; export it again as JSON")
    raise WrongFile(f"{folder} holds no {RESULT}")


SHOWN_ID_MAX = 64


def shown(message: str) -> str:
    """A message's id as it may be shown: where a file is damaged, words may stand in its place."""
    plain = message.isascii() and message.isprintable() and len(message) <= SHOWN_ID_MAX
    return message if message and plain else "none"


SECONDS_MAX = 100_000_000_000
"""A larger number of a time counts milliseconds."""


def moment(told: object, zone: tzinfo) -> Millis:
    """A time as files tell it: ISO 8601 (by the club's clock where no zone is told), or seconds
    or milliseconds since 1970. 0 for what is none."""
    try:
        number = float(str(told))
        return int(number * SECOND if abs(number) < SECONDS_MAX else number)
    except (ValueError, OverflowError):
        pass  # no number: a date
    try:
        when = datetime.fromisoformat(str(told))
        aware = when if when.tzinfo else when.replace(tzinfo=zone)
        return int(aware.astimezone(UTC).timestamp() * SECOND)
    except (ValueError, OverflowError):
        return 0
