"""Standing orders: envelopes that the pool sends at set times."""

import json
from collections.abc import Sequence

from storage.model import StandingOrder
from storage.sqlite.session import Row, Session

ORDERS_MAX = 20
COLUMNS = "number, leader, platform, chat, words, members, at, every, topic"
SELECT = f"SELECT {COLUMNS} FROM standing_order WHERE club = ?"  # noqa: S608


def order_of(row: Row) -> StandingOrder:
    number, leader, platform, chat, words, members, at, every, topic = row
    named = tuple(json.loads(members))
    return StandingOrder(number, leader, platform, chat, words, named, at, every, topic)


class SqliteOrders:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, order: StandingOrder) -> None:
        o, members = order, json.dumps(order.members)
        self._session.write(
            f"INSERT INTO standing_order (club, {COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
            " ON CONFLICT DO UPDATE SET at = excluded.at",
            (self._session.club, o.number, o.leader, o.platform, o.chat, o.words, members, o.at,
             o.every, o.topic),
        )  # fmt: skip

    async def order(self, number: int) -> StandingOrder | None:
        row = self._session.peek(f"{SELECT} AND number = ?", (self._session.club, number))
        return order_of(row) if row else None

    async def all(self) -> Sequence[StandingOrder]:
        rows = self._session.peek_all(
            f"{SELECT} ORDER BY number LIMIT ?", (self._session.club, ORDERS_MAX)
        )
        return [order_of(row) for row in rows]

    async def drop(self, number: int) -> None:
        self._session.write(
            "DELETE FROM standing_order WHERE club = ? AND number = ?",
            (self._session.club, number),
        )
