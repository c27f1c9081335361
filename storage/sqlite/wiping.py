"""What was forgotten is to be in no byte of the file, nor of its log.

SQLite overwrites what is deleted (`secure_delete`), but its log keeps older pages until it is
emptied, and a row that once moved to another page may have left a copy in the unused part of its
first one. So the log is emptied after every forgetting, and the file is written anew: that takes
some four seconds a gigabyte, during which no unit runs, and is done once an hour at most.
"""

import sqlite3

from storage.model import HOUR, Millis
from storage.sqlite import connection as files

REWRITE_EVERY: Millis = HOUR
NOTE = "INSERT INTO meta (name, value) VALUES ('forgotten', 1) ON CONFLICT DO NOTHING"
"""Says that the file is to be written anew, also after a crash."""


class Wiper:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        note = connection.execute("SELECT 1 FROM meta WHERE name = 'forgotten'").fetchone()
        self._file_waits = note is not None
        self._log_waits = not files.empty_log(connection)
        self._rewrite_at: Millis = 0

    def note(self) -> None:
        """Something was forgotten, and that is kept."""
        self._file_waits = self._log_waits = True

    def wipe(self, now: Millis) -> None:
        """Do what can be done now. Raises sqlite3.Error; the next call tries again."""
        if self._file_waits and now >= self._rewrite_at:
            self._rewrite_at = now + REWRITE_EVERY
            self._connection.execute("VACUUM")
            self._connection.execute("DELETE FROM meta WHERE name = 'forgotten'")
            self._file_waits, self._log_waits = False, True
        if self._log_waits:
            self._log_waits = not files.empty_log(self._connection)
