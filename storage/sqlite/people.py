"""Clubs, chats, members and their accounts: tables of which no row is ever held back."""

import json
from collections.abc import Sequence
from dataclasses import astuple

from storage.errors import Fault
from storage.model import Account, Arrival, Chat, Club, Member, Millis, Role
from storage.sqlite.session import Row, Session

NAMED_MAX = 10
CLUBS_MAX = 1_000
CLUB = "id, name, language, timezone, founded_at, quiet_from, quiet_to, stars"
MEMBER = "id, name, role, joined_at, present, city, labels, car"
CHAT = "platform, id, club, title, muted, gone"
BY_FORMER = (
    f"SELECT {MEMBER} FROM member WHERE club = ?"  # noqa: S608
    " AND id = (SELECT member FROM joined WHERE former = ?)"
)

ARRIVAL = """
SELECT chat.platform, chat.id, chat.club, chat.title, chat.muted, chat.gone,
       club.id, club.name, club.language, club.timezone, club.founded_at,
       club.quiet_from, club.quiet_to, club.stars,
       member.id, member.name, member.role, member.joined_at, member.present, member.city,
       member.labels, member.car, last_club.club, account.handle, account.name
FROM chat JOIN club ON club.id = chat.club
LEFT JOIN account ON account.platform = ?1 AND account.id = ?3
LEFT JOIN member ON member.club = chat.club AND member.id = account.member
LEFT JOIN last_club ON last_club.member = account.member
WHERE chat.platform = ?1 AND chat.id = ?2
"""

# ?1 platform, ?2 the former id, ?3 the new one. Shares stay with the message they were: its number
# means another one in the new chat. So do quotes and what is to be edited.
MOVING = (
    "DELETE FROM chat WHERE platform = ?1 AND id = ?3 AND ?2 <> ?3",
    "UPDATE chat SET id = ?3 WHERE platform = ?1 AND id = ?2",
    "UPDATE envelope SET chat = ?3 WHERE platform = ?1 AND chat = ?2",
    "UPDATE standing_order SET chat = ?3 WHERE platform = ?1 AND chat = ?2",
    "DELETE FROM cue WHERE platform = ?1 AND chat = ?3",
    "UPDATE cue SET chat = ?3 WHERE platform = ?1 AND chat = ?2",
    "DELETE FROM slot WHERE platform = ?1 AND chat IN (?2, ?3)",
    "DELETE FROM star WHERE platform = ?1 AND chat IN (?2, ?3)",
    "DELETE FROM outbox WHERE platform = ?1 AND chat = ?3 AND slot <> '' AND state = 'waiting'",
    "UPDATE outbox SET chat = ?3, quotes = '', message = '', topic = ''"
    " WHERE platform = ?1 AND chat = ?2",
    "UPDATE outbox SET via = ?3, topic = '' WHERE platform = ?1 AND via = ?2",
)


def member_of(row: Row) -> Member:
    labels = tuple(json.loads(row[6]))
    return Member(row[0], row[1], Role(row[2]), row[3], bool(row[4]), row[5], labels, row[7])


def chat_of(row: Row) -> Chat:
    return Chat(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]))


def arrival_of(row: Row) -> Arrival:
    member = member_of(row[14:22]) if row[14] is not None else None
    home, handle, called = (each or "" for each in row[22:25])
    return Arrival(None, chat_of(row), Club(*row[6:14]), member, home, handle, called)


class SqlitePeople:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._arrivals: dict[tuple[str, str, str], Arrival] = {}
        self._gone: dict[tuple[str, str], bool] = {}
        session.memory += (self._arrivals, self._gone)

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
        self._gone.clear()

    async def club(self) -> Club | None:
        sql = f"SELECT {CLUB} FROM club WHERE id = ?"  # noqa: S608
        row = self._session.peek(sql, (self._session.club,))
        return Club(*row) if row else None

    async def clubs(self, limit: int) -> Sequence[Club]:
        sql = f"SELECT {CLUB} FROM club ORDER BY founded_at, id LIMIT ?"  # noqa: S608
        return [Club(*row) for row in self._session.peek_all(sql, (limit,))]

    async def clubs_on(self, platform: str) -> Sequence[Club]:
        sql = (
            f"SELECT {CLUB} FROM club WHERE id IN"  # noqa: S608
            " (SELECT club FROM chat WHERE platform = ? AND gone = 0)"
            " ORDER BY founded_at, id LIMIT ?"
        )
        return [Club(*row) for row in self._session.peek_all(sql, (platform, CLUBS_MAX))]

    async def found(self, club: Club) -> None:
        sql = f"INSERT INTO club ({CLUB}) VALUES (?,?,?,?,?,?,?,?)"  # noqa: S608
        self._write(sql, astuple(club))
        self._session.club = club.id

    async def change_club(self, club: Club) -> None:
        self._write(
            "UPDATE club SET name = ?, language = ?, timezone = ?, quiet_from = ?, quiet_to = ?,"
            " stars = ? WHERE id = ?",
            (*astuple(club)[1:4], club.quiet_from, club.quiet_to, club.stars, club.id),
        )

    async def chat(self, platform: str, chat: str) -> Chat | None:
        sql = f"SELECT {CHAT} FROM chat WHERE platform = ? AND id = ?"  # noqa: S608
        row = self._session.peek(sql, (platform, chat))
        return chat_of(row) if row else None

    def is_gone(self, platform: str, chat: str) -> bool:
        """Whether the bot is known not to be in the chat; remembered until people change."""
        key = (platform, chat)
        gone = self._gone.get(key)
        if gone is None:
            sql = "SELECT gone FROM chat WHERE platform = ? AND id = ?"
            row = self._session.peek(sql, key)
            gone = self._gone[key] = bool(row and row[0])
        return gone

    async def chats(self) -> Sequence[Chat]:
        sql = f"SELECT {CHAT} FROM chat WHERE club = ?"  # noqa: S608
        return [chat_of(row) for row in self._session.peek_all(sql, (self._session.club,))]

    async def put_chat(self, chat: Chat) -> None:
        self._write(
            f"INSERT INTO chat ({CHAT}) VALUES (?,?,?,?,?,?)"  # noqa: S608
            " ON CONFLICT DO UPDATE SET club = excluded.club, title = excluded.title,"
            " muted = excluded.muted, gone = excluded.gone",
            astuple(chat),
        )

    async def move_chat(self, platform: str, old: str, new: str) -> bool:
        if await self.chat(platform, old) is None:
            return False
        self._session.forget_rows()
        for sql in MOVING:
            self._write(sql, (platform, old, new))
        return True

    async def person(self, account: Account) -> str | None:
        by = "handle" if account.id.startswith("@") else "id"
        row = self._session.peek(
            f"SELECT member FROM account WHERE platform = ? AND {by} = ?",  # noqa: S608
            (account.platform, account.id),
        )
        return row[0] if row else None

    async def bind(self, account: Account, member: str, name: str = "") -> None:
        if await self.person(account) is not None:
            raise Fault("the account is bound already")
        self._write(
            "INSERT INTO account (platform, id, member, name) VALUES (?,?,?,?)",
            (account.platform, account.id, member, name),
        )

    async def note_handle(self, account: Account, handle: str) -> None:
        self._write(
            "UPDATE account SET handle = '' WHERE platform = ? AND handle = ? AND handle <> ''",
            (account.platform, handle),
        )
        self._write(
            "UPDATE account SET handle = ? WHERE platform = ? AND id = ?",
            (handle, account.platform, account.id),
        )

    async def note_name(self, account: Account, name: str) -> None:
        self._write(
            "UPDATE account SET name = ? WHERE platform = ? AND id = ?",
            (name, account.platform, account.id),
        )

    async def called(self, account: Account) -> str:
        row = self._session.peek(
            "SELECT name FROM account WHERE platform = ? AND id = ?", (account.platform, account.id)
        )
        return row[0] if row else ""

    async def accounts(self, member: str) -> Sequence[Account]:
        rows = self._session.peek_all(
            "SELECT platform, id FROM account WHERE member ="
            " coalesce((SELECT member FROM joined WHERE former = ?1), ?1)",
            (member,),
        )
        return [Account(*row) for row in rows]

    async def member(self, member: str) -> Member | None:
        sql = f"SELECT {MEMBER} FROM member WHERE club = ? AND id = ?"  # noqa: S608
        row = self._session.peek(sql, (self._session.club, member))
        if row is None:
            row = self._session.peek(BY_FORMER, (self._session.club, member))
        return member_of(row) if row else None

    async def put_member(self, member: Member) -> None:
        sql = (
            f"INSERT INTO member (club, {MEMBER}) VALUES (?,?,?,?,?,?,?,?,?)"  # noqa: S608
            " ON CONFLICT DO UPDATE SET name = excluded.name, role = excluded.role,"
            " present = excluded.present, city = excluded.city, labels = excluded.labels,"
            " car = excluded.car"
        )
        m = member
        labels = json.dumps(m.labels, ensure_ascii=False)
        values = (m.id, m.name, int(m.role), m.joined_at, m.present, m.city, labels, m.car)
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

    async def put_code(
        self, digest: bytes, purpose: str, expires_at: Millis, *, member: str = ""
    ) -> None:
        self._session.write("DELETE FROM code WHERE expires_at <= ?", (self._session.now,))
        if member:
            self._session.write(
                "DELETE FROM code WHERE owner = ? AND purpose = ?", (member, purpose)
            )
        self._session.write(
            "INSERT INTO code (digest, purpose, owner, expires_at, spent) VALUES (?,?,?,?,0)"
            " ON CONFLICT DO NOTHING",
            (digest, purpose, member or self._session.club, expires_at),
        )

    async def whose_code(self, digest: bytes, purpose: str) -> str | None:
        row = self._session.peek(
            "SELECT owner FROM code WHERE digest = ? AND purpose = ? AND spent = 0"
            " AND expires_at > ?",
            (digest, purpose, self._session.now),
        )
        return row[0] if row else None

    async def use_code(self, digest: bytes, purpose: str) -> str | None:
        row = self._session.write_one(
            "UPDATE code SET spent = 1 WHERE digest = ? AND purpose = ? AND spent = 0"
            " AND expires_at > ? RETURNING owner",
            (digest, purpose, self._session.now),
        )
        return row[0] if row else None
