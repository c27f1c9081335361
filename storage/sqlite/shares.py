"""Owners' experience, and the cars they have: tables of which no row is ever held back."""

import json
import unicodedata
from collections.abc import Sequence

from storage.model import DAY, Consent, Facts, Media, Millis, Share, Stage, Vehicle
from storage.sqlite import gone
from storage.sqlite.session import Row, Session

COLUMNS = (
    "number, author, tag, text, stage, car, km, price_yuan, place, date, figure, unit, media,"
    " fingerprint, platform, chat, message, at, consent, version, asked, deleted"
)
INSERT = f"INSERT INTO share (club, {COLUMNS}) VALUES ({','.join('?' * 23)})"  # noqa: S608
UPDATE = (
    "UPDATE share SET "  # noqa: S608
    + ", ".join(f"{column.strip()} = ?" for column in COLUMNS.split(","))
    + " WHERE club = ? AND number = ?"
)
SELECT = f"SELECT {COLUMNS} FROM share WHERE club = ?"  # noqa: S608
# Left to itself, SQLite reads all of a club's shares in order of their numbers for these.
OF_AUTHOR, OF_WORDS = (
    f"SELECT {COLUMNS} FROM share INDEXED BY {index} WHERE club = ?"  # noqa: S608
    for index in ("share_by_author", "share_by_words")
)


def share_of(row: Row) -> Share:
    number, author, tag, text, stage, car, km, price, place, date, figure, unit = row[:12]
    facts = Facts(Stage(stage), car, km, price, place, date, figure, unit)
    media, fingerprint, platform, chat, message, at, consent, version, asked, deleted = row[12:]
    return Share(
        number,
        author,
        tag,
        text,
        facts,
        fingerprint,
        platform,
        chat,
        message,
        at,
        tuple(Media(*item) for item in json.loads(media)),
        Consent(consent),
        version,
        bool(asked),
        bool(deleted),
    )


def row_of(share: Share) -> tuple[object, ...]:
    s, f = share, share.facts
    media = json.dumps([(item.kind, item.id) for item in s.media])
    facts = (f.stage.value, f.car, f.km, f.price_yuan, f.place, f.date, f.figure, f.unit)
    place = (s.platform, s.chat, s.message, s.at)
    state = (int(s.consent), s.version, s.asked, s.deleted)
    return (s.number, s.author, s.tag, s.text, *facts, media, s.fingerprint, *place, *state)


class SqliteShares:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, share: Share) -> None:
        self._session.write(INSERT, (self._session.club, *row_of(share)))

    async def change(self, share: Share) -> None:
        if share.deleted:
            self._note_gone(share.number)
        self._session.write(UPDATE, (*row_of(share), self._session.club, share.number))

    def _note_gone(self, number: int) -> None:
        before = self._session.peek(
            "SELECT platform, chat, message FROM share WHERE club = ? AND number = ?",
            (self._session.club, number),
        )
        if before and before[2]:
            gone.note(self._session, "message", *before)

    async def share(self, number: int) -> Share | None:
        row = self._session.peek(f"{SELECT} AND number = ?", (self._session.club, number))
        return share_of(row) if row else None

    async def of_message(self, platform: str, chat: str, message: str) -> Share | None:
        row = self._session.peek(
            f"{SELECT} AND platform = ? AND chat = ? AND message = ? AND deleted = 0"
            " ORDER BY number LIMIT 1",
            (self._session.club, platform, chat, message),
        )
        return share_of(row) if row else None

    async def is_known(self, platform: str, chat: str, message: str) -> bool:
        if await self.of_message(platform, chat, message) is not None:
            return True
        return gone.is_noted(self._session, "message", platform, chat, message)

    async def of_author(self, author: str, limit: int) -> Sequence[Share]:
        rows = self._session.peek_all(
            f"{OF_AUTHOR} AND author = ? AND deleted = 0"
            " ORDER BY consent > 0 DESC, number DESC LIMIT ?",
            (self._session.club, author, limit),
        )
        return [share_of(row) for row in rows]

    async def only_counted(self, author: str, limit: int) -> Sequence[Share]:
        rows = self._session.peek_all(
            f"{OF_AUTHOR} AND author = ? AND deleted = 0 AND consent = 0 ORDER BY number LIMIT ?",
            (self._session.club, author, limit),
        )
        return [share_of(row) for row in rows]

    async def same(self, fingerprint: bytes) -> Share | None:
        row = self._session.peek(
            f"{OF_WORDS} AND fingerprint = ? ORDER BY number LIMIT 1",
            (self._session.club, fingerprint),
        )
        return share_of(row) if row else None

    async def find(
        self, *, car: str = "", tag: str = "", consent: Consent, limit: int
    ) -> Sequence[Share]:
        sql, values = SELECT, [self._session.club]
        for column, value in (("car", car), ("tag", tag)):
            if value:
                sql += f" AND {column} = ?"
                values.append(value)
        sql += " AND deleted = 0 AND consent >= ? ORDER BY at DESC, number DESC LIMIT ?"
        rows = self._session.peek_all(sql, (*values, int(consent), limit))
        return [share_of(row) for row in rows]

    async def days_shared(self, author: str) -> int:
        row = self._session.peek(
            "SELECT count(DISTINCT at / ?) FROM share WHERE author = ? AND club = ?"
            " AND deleted = 0 AND consent >= ?",
            (DAY, author, self._session.club, int(Consent.CLUB)),
        )
        return row[0] if row else 0

    async def counted(self, since: Millis, limit: int) -> Sequence[tuple[str, int]]:
        rows = self._session.peek_all(
            "SELECT author, count(*) AS shares FROM share WHERE club = ? AND at >= ?"
            " AND deleted = 0 AND consent >= ?"
            " GROUP BY author ORDER BY shares DESC, min(number) LIMIT ?",
            (self._session.club, since, int(Consent.CLUB), limit),
        )
        return [(row[0], row[1]) for row in rows]

    async def fingerprint(self, text: str) -> bytes:
        folded = unicodedata.normalize("NFKC", text).casefold()
        words = "".join(character for character in folded if character.isalnum())
        return gone.salted(self._session, words)


class SqliteGarage:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def vehicles(self, member: str) -> Sequence[Vehicle]:
        rows = self._session.peek_all(
            "SELECT number, series, added_at FROM vehicle WHERE member = ? ORDER BY number",
            (member,),
        )
        return [Vehicle(*row) for row in rows]

    async def put(self, member: str, vehicle: Vehicle) -> None:
        self._session.write(
            "INSERT INTO vehicle (member, number, series, added_at) VALUES (?,?,?,?)"
            " ON CONFLICT DO UPDATE SET series = excluded.series",
            (member, vehicle.number, vehicle.series, vehicle.added_at),
        )

    async def remove(self, member: str, number: int) -> bool:
        return bool(
            self._session.write(
                "DELETE FROM vehicle WHERE member = ? AND number = ?", (member, number)
            )
        )
