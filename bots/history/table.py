"""A table of messages: CSV with a heading, or a JSON object a line. Columns: id, time, account,
text; what else there is, such as names, is not read."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import tzinfo

from bots.history.source import CutOff, Source, WrongFile, moment, shown
from handlers.past import Line, Unread

COLUMNS = ("id", "time", "account", "text")
LINE_MAX = 256 * 1024
"""In bytes; a longer line is no message."""
LOOKED_AT = 64 * 1024
"""So much of a file tells how its letters are written."""
DELIMITERS = (",", ";", "\t")
ENCODINGS = ("utf-8-sig", "gb18030")
"""What tables are written in; the former where both would do."""
UNREADABLE = "\ufffd"

Row = Mapping[str, object] | None
"""None for what is none."""


class Table:
    """A reader for one pass; `ending` is what it is when the pass is over."""

    def __init__(self, source: Source, chat: str, zone: tzinfo) -> None:
        self.ending = ""
        self._source = source
        self._chat = chat
        self._zone = zone
        self._last = ""
        self._open_end = False
        """The last line has no line end."""

    def lines(self) -> Iterator[Line]:
        """Raises WrongFile for a table without the columns."""
        row: Row = {}
        try:
            for row in self._rows():
                yield self._line(row)
        except CutOff as end:
            self.ending = f"the file ends in the middle ({end}), after message {shown(self._last)}"
        if row is None and self._open_end:
            self.ending = f"the file ends in the middle, after message {shown(self._last)}"

    def _rows(self) -> Iterator[Row]:
        texts = self._texts(_encoding(self._source))
        return self._csv(texts) if self._source.kind == ".csv" else map(_object, texts)

    def _line(self, row: Row) -> Line:
        told = [row.get(name) for name in COLUMNS] if row else [None]
        if not all(isinstance(each, str | int | float) for each in told):
            return Line(self._chat, unread="damaged")
        self._last, when, account, text = map(str, told)
        unread: Unread | None = "damaged" if UNREADABLE in text else None
        return Line(self._chat, self._last, account, moment(when, self._zone), text, unread)

    def _csv(self, texts: Iterator[str]) -> Iterator[Row]:
        heading = next(texts, "")
        delimiter = max(DELIMITERS, key=heading.count)
        names = [name.strip(' \r\n"').casefold() for name in heading.split(delimiter)]
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise WrongFile(f"{self._source.path} has no column {', '.join(missing)}")
        rows = csv.reader(texts, delimiter=delimiter, strict=True)
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:  # a text that never ends, or goes on behind its end
                yield None
                continue
            if row:
                yield dict(zip(names, row, strict=True)) if len(row) == len(names) else None

    def _texts(self, encoding: str) -> Iterator[str]:
        """The lines; one that is too long is passed over, and comes as what is no message."""
        while line := self._source.readline(LINE_MAX):
            too_long = len(line) == LINE_MAX
            while line and not line.endswith(b"\n") and len(line) == LINE_MAX:
                line = self._source.readline(LINE_MAX)
            self._open_end = not line.endswith(b"\n")
            text = f"{UNREADABLE}\n" if too_long else line.decode(encoding, "replace")
            if text.strip():
                yield text


def _encoding(source: Source) -> str:
    beginning = source.beginning(LOOKED_AT)
    return min(
        ENCODINGS, key=lambda encoding: beginning.decode(encoding, "replace").count(UNREADABLE)
    )


def _object(text: str) -> Row:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
