"""Choices that stand in chats as numbered lines."""

from collections.abc import Sequence

from storage.model import Offer
from storage.sqlite.session import Session

COLUMNS = "platform, chat, number, says, label, at, origin, head, quotes"


class SqliteOffers:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, offers: Sequence[Offer]) -> None:
        self._session.write_many(
            f"INSERT INTO offer ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)"  # noqa: S608
            " ON CONFLICT DO UPDATE SET says = excluded.says, label = excluded.label,"
            " at = excluded.at, head = excluded.head, quotes = excluded.quotes",
            [
                (o.platform, o.chat, o.number, o.says, o.label, o.at, o.origin, o.head, o.quotes)
                for o in offers
            ],
        )

    async def of_chat(self, platform: str, chat: str, limit: int) -> Sequence[Offer]:
        rows = self._session.all(
            "SELECT o.platform, o.chat, o.number, o.says, o.label, o.at, o.origin, o.head,"
            " o.quotes, coalesce(m.message, '')"
            " FROM offer AS o LEFT JOIN outbox AS m ON m.id = o.origin"
            " WHERE o.platform = ? AND o.chat = ?"
            " ORDER BY o.at DESC, o.origin DESC, o.number LIMIT ?",
            (platform, chat, limit),
        )
        return [Offer(*row) for row in rows]
