"""Clubs, chats, members and their accounts: tables of which no row is ever held back."""

import json
from collections.abc import Sequence
from dataclasses import astuple

from storage.errors import Fault
from storage.model import Account, Arrival, Chat, Club, Member, Millis, Role
from storage.sqlite.session import Row, Session

NAMED_MAX = 10
CLUB = "id, name, language, timezone, founded_at, quiet_from, quiet_to"
MEMBER = "id, name, role, joined_at, present, city, labels"

ARRIVAL = """
SELECT chat.platform, chat.id, chat.club, chat.title, chat.muted,
       club.id, club.name, club.language, club.timezone, club.founded_at,
       club.quiet_from, club.quiet_to,
       member.id, member.name, member.role, member.joined_at, member.present, member.city,
       member.labels, last_club.club
FROM chat JOIN club ON club.id = chat.club
LEFT JOIN account ON account.platform = ?1 AND account.id = ?3
LEFT JOIN member ON member.club = chat.club AND member.id = account.member
LEFT JOIN last_club ON last_club.member = account.member
WHERE chat.platform = ?1 AND chat.id = ?2
"""


def member_of(row: Row) -> Member:
    labels = tuple(json.loads(row[6]))
    return Member(row[0], row[1], Role(row[2]), row[3], bool(row[4]), row[5], labels)


def chat_of(row: Row) -> Chat:
    return Chat(row[0], row[1], row[2], row[3], bool(row[4]))


def arrival_of(row: Row) -> Arrival:
    member = member_of(row[12:19]) if row[12] is not None else None
    return Arrival(None, chat_of(row), Club(*row[5:12]), member, row[19] or "")


class SqlitePeople:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._arrivals: dict[tuple[str, str, str], Arrival] = {}
        session.memory.append(self._arrivals)

    def arrival(self, platform: str, chat: str, account: str) -> Arrival:
        """All that is known of a group's event, in one look-up; remembered until people change."""
        key = (platform, chat, account)
        known = self._arrivals.get(key)
        if known is None:
            row = self._session.peek(ARRIVAL, key)
            known = arrival_of(row) if row else Arrival()
            self._arrivals[key] = known
        return known

    def _write(self, sql: str, values: Sequence[object]) -> None:
        self._session.write(sql, values)
        self._arrivals.clear()

    async def club(self) -> Club | None:
        sql = f"SELECT {CLUB} FROM club WHERE id = ?"  # noqa: S608
        row = self._session.peek(sql, (self._session.club,))
        return Club(*row) if row else None

    async def clubs(self, limit: int) -> Sequence[Club]:
        sql = f"SELECT {CLUB} FROM club ORDER BY founded_at, id LIMIT ?"  # noqa: S608
        return [Club(*row) for row in self._session.peek_all(sql, (limit,))]

    async def found(self, club: Club) -> None:
        sql = f"INSERT INTO club ({CLUB}) VALUES (?,?,?,?,?,?,?)"  # noqa: S608
        self._write(sql, astuple(club))
        self._session.club = club.id

    async def change_club(self, club: Club) -> None:
        self._write(
            "UPDATE club SET name = ?, language = ?, timezone = ?, quiet_from = ?, quiet_to = ?"
            " WHERE id = ?",
            (club.name, club.language, club.timezone, club.quiet_from, club.quiet_to, club.id),
        )

    async def chat(self, platform: str, chat: str) -> Chat | None:
        row = self._session.peek(
            "SELECT platform, id, club, title, muted FROM chat WHERE platform = ? AND id = ?",
            (platform, chat),
        )
        return chat_of(row) if row else None

    async def chats(self) -> Sequence[Chat]:
        rows = self._session.peek_all(
            "SELECT platform, id, club, title, muted FROM chat WHERE club = ?",
            (self._session.club,),
        )
        return [chat_of(row) for row in rows]

    async def put_chat(self, chat: Chat) -> None:
        self._write(
            "INSERT INTO chat (platform, id, club, title, muted) VALUES (?,?,?,?,?)"
            " ON CONFLICT DO UPDATE SET club = excluded.club, title = excluded.title,"
            " muted = excluded.muted",
            astuple(chat),
        )

    async def person(self, account: Account) -> str | None:
        row = self._session.peek(
            "SELECT member FROM account WHERE platform = ? AND id = ?",
            (account.platform, account.id),
        )
        return row[0] if row else None

    async def bind(self, account: Account, member: str) -> None:
        if await self.person(account) is not None:
            raise Fault("the account is bound already")
        self._write(
            "INSERT INTO account (platform, id, member) VALUES (?,?,?)",
            (account.platform, account.id, member),
        )

    async def accounts(self, member: str) -> Sequence[Account]:
        rows = self._session.peek_all(
            "SELECT platform, id FROM account WHERE member = ?", (member,)
        )
        return [Account(*row) for row in rows]

    async def member(self, member: str) -> Member | None:
        sql = f"SELECT {MEMBER} FROM member WHERE club = ? AND id = ?"  # noqa: S608
        row = self._session.peek(sql, (self._session.club, member))
        return member_of(row) if row else None

    async def put_member(self, member: Member) -> None:
        sql = (
            f"INSERT INTO member (club, {MEMBER}) VALUES (?,?,?,?,?,?,?,?)"  # noqa: S608
            " ON CONFLICT DO UPDATE SET name = excluded.name, role = excluded.role,"
            " present = excluded.present, city = excluded.city, labels = excluded.labels"
        )
        m = member
        labels = json.dumps(m.labels, ensure_ascii=False)
        values = (m.id, m.name, int(m.role), m.joined_at, m.present, m.city, labels)
        self._write(sql, (self._session.club, *values))

    async def named(self, name: str) -> Sequence[Member]:
        sql = (
            f"SELECT {MEMBER} FROM member WHERE club = ? AND name = ? AND present = 1"  # noqa: S608
            " LIMIT ?"
        )
        rows = self._session.peek_all(sql, (self._session.club, name, NAMED_MAX))
        return [member_of(row) for row in rows]

    async def leaders(self) -> Sequence[Member]:
        sql = (
            f"SELECT {MEMBER} FROM member WHERE club = ? AND role > 0 AND present = 1"  # noqa: S608
            " ORDER BY role DESC, joined_at, id"
        )
        return [member_of(row) for row in self._session.peek_all(sql, (self._session.club,))]

    async def count_members(self) -> int:
        row = self._session.peek(
            "SELECT count(*) FROM member WHERE club = ? AND present = 1", (self._session.club,)
        )
        return int(row[0]) if row else 0

    async def touch(self, member: str) -> None:
        self._write(
            "INSERT INTO last_club (member, club) VALUES (?,?)"
            " ON CONFLICT DO UPDATE SET club = excluded.club",
            (member, self._session.club),
        )

    async def put_code(self, digest: bytes, purpose: str, expires_at: Millis) -> None:
        self._session.write("DELETE FROM code WHERE expires_at <= ?", (self._session.now,))
        self._session.write(
            "INSERT INTO code (digest, purpose, club, expires_at, spent) VALUES (?,?,?,?,0)"
            " ON CONFLICT DO NOTHING",
            (digest, purpose, self._session.club, expires_at),
        )

    async def use_code(self, digest: bytes, purpose: str) -> str | None:
        row = self._session.write_one(
            "UPDATE code SET spent = 1 WHERE digest = ? AND purpose = ? AND spent = 0"
            " AND expires_at > ? RETURNING club",
            (digest, purpose, self._session.now),
        )
        return row[0] if row else None
