"""What the bot waits to hear."""

import sqlite3

from storage.errors import Conflict
from storage.model import Cue, Event
from storage.sqlite.session import Session

COLUMNS = "club, kind, key, platform, chat, account, words"
HEARD = f"""
SELECT {", ".join(f"cue.{each}" for each in COLUMNS.split(", "))}
FROM chat JOIN cue ON cue.club = chat.club AND cue.platform = chat.platform
WHERE chat.platform = ?1 AND chat.id = ?2
"""  # noqa: S608
BY_WORDS = f"{HEARD} AND cue.chat = ?2 AND cue.words = ?3 AND ?3 <> ''"
BY_ACCOUNT = f"{HEARD} AND cue.account = ?3 AND chat.muted = 0 ORDER BY cue.kind LIMIT 1"


class SqliteCues:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, cue: Cue) -> None:
        c = cue
        try:
            self._session.write(
                f"INSERT INTO cue ({COLUMNS}) VALUES (?,?,?,?,?,?,?)"  # noqa: S608
                " ON CONFLICT (club, kind, key, platform, chat, account)"
                " DO UPDATE SET words = excluded.words",
                (c.club, c.kind, c.key, c.platform, c.chat, c.account, c.words),
            )
        except sqlite3.IntegrityError:
            raise Conflict("another cue waits for these words") from None

    async def clashes(self, cue: Cue) -> bool:
        row = self._session.peek(
            "SELECT 1 FROM cue WHERE club = ? AND platform = ? AND chat = ? AND words = ?"
            " AND (kind, key) <> (?, ?)",
            (cue.club, cue.platform, cue.chat, cue.words, cue.kind, cue.key),
        )
        return row is not None

    async def drop(self, kind: str, key: str) -> None:
        self._session.write(
            "DELETE FROM cue WHERE club = ? AND kind = ? AND key = ?",
            (self._session.club, kind, key),
        )

    async def heard(self, event: Event, words: str) -> Cue | None:
        row = self._session.peek(BY_WORDS, (event.platform, event.chat, words))
        if row is None:
            row = self._session.peek(BY_ACCOUNT, (event.platform, event.chat, event.account))
        if row is None:
            return None
        self._session.club = row[0]
        return Cue(*row)
