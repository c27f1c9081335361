"""Whose ⭐ a chat's messages have."""

from storage.sqlite.session import Session


class SqliteStars:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, platform: str, chat: str, message: str, member: str) -> int:
        self._session.write(
            "INSERT INTO star (platform, chat, message, member, at) VALUES (?,?,?,?,?)"
            " ON CONFLICT DO NOTHING",
            (platform, chat, message, member, self._session.now),
        )
        row = self._session.one(
            "SELECT count(*) FROM star WHERE platform = ? AND chat = ? AND message = ?",
            (platform, chat, message),
        )
        return int(row[0]) if row else 0

    async def drop(self, platform: str, chat: str, message: str, member: str) -> None:
        self._session.write(
            "DELETE FROM star WHERE platform = ? AND chat = ? AND message = ? AND member = ?",
            (platform, chat, message, member),
        )
