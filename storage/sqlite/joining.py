"""Two members who turn out to be one, in every club at once.

What tells how things are now bears the one id that stays. What tells how they were (the journal,
who sent, paid and took envelopes, who took part in draws that are over) keeps the former one, as
it is hashed and published; who looks there finds the member behind it by `survivor`.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

from storage import joining
from storage.errors import Fault
from storage.model import Piece, Vehicle
from storage.packing import pack_terms, unpack_terms
from storage.sqlite import draws
from storage.sqlite.people import MEMBER, member_of
from storage.sqlite.session import Row, Session

# ?1 the former, ?2 who they are. What both have once is theirs once.
MOVING = (
    "UPDATE joined SET member = ?2 WHERE member = ?1",
    "UPDATE account SET member = ?2 WHERE member = ?1",
    "INSERT INTO last_club (member, club) SELECT ?2, club FROM last_club WHERE member = ?1"
    " ON CONFLICT DO NOTHING",
    "UPDATE share SET author = ?2 WHERE author = ?1",
    "UPDATE OR IGNORE star SET member = ?2 WHERE member = ?1",
    "UPDATE outbox SET member = ?2 WHERE member = ?1",
    "UPDATE standing_order SET leader = ?2 WHERE leader = ?1",
)
LEFT_OVER = (
    "DELETE FROM last_club WHERE member = ?",
    "DELETE FROM star WHERE member = ?",
    "DELETE FROM code WHERE owner = ?",
    "DELETE FROM vehicle WHERE member = ?",
    "DELETE FROM member WHERE id = ?",
)
# The journal paid each piece and is found by account; pieces are not found by who has them.
DOUBLES = """
WITH own (member) AS (SELECT ?2 UNION ALL SELECT former FROM joined WHERE member = ?2),
     grabbed (number, member) AS (
         SELECT CAST(substr(source, 5) AS INTEGER), own.member FROM own
         JOIN journal ON club = ?1 AND target = 'member:' || own.member AND kind = 'env.grab')
SELECT piece.number, place, amount, piece.member, taken_at
FROM grabbed JOIN piece ON piece.club = ?1 AND piece.number = grabbed.number
     AND piece.member = grabbed.member
WHERE returned = 0
ORDER BY piece.number, place
"""


class SqliteJoining:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def join(self, former: str, member: str) -> None:
        both = (former, member)
        if former == member or [await self.survivor(each) for each in both] != list(both):
            raise Fault("only two who are somebody today can become one")
        self._session.forget_rows()
        self._note_names(former, member)
        self._join_members(former, member)
        self._join_draws(former, member)
        self._join_named(former, member)
        new = joining.added(self._vehicles(member), self._vehicles(former))
        self._session.write_many(
            "INSERT INTO vehicle (member, number, series, added_at) VALUES (?,?,?,?)",
            [(member, vehicle.number, vehicle.series, vehicle.added_at) for vehicle in new],
        )
        for sql in MOVING:
            self._session.write(sql, both)
        for sql in LEFT_OVER:
            self._session.write(sql, (former,))

    def _note_names(self, former: str, member: str) -> None:
        rows = self._session.all("SELECT DISTINCT name FROM member WHERE id = ?", (former,))
        names = json.dumps([name for (name,) in rows], ensure_ascii=False)
        self._session.write(
            "INSERT INTO joined (former, member, names, at) VALUES (?,?,?,?)",
            (former, member, names, self._session.now),
        )

    def _join_members(self, former: str, member: str) -> None:
        sql = f"SELECT club, {MEMBER} FROM member WHERE id = ?"  # noqa: S608
        rows: list[Row] = self._session.all(sql, (member,))
        kept = {row[0]: member_of(row[1:]) for row in rows}
        for club, *row in self._session.all(sql, (former,)):
            if club not in kept:
                self._session.write(
                    "UPDATE member SET id = ? WHERE club = ? AND id = ?", (member, club, former)
                )
                continue
            one = joining.one_of(kept[club], member_of(tuple(row)))
            labels = json.dumps(one.labels, ensure_ascii=False)
            self._session.write(
                "UPDATE member SET role = ?, joined_at = ?, present = ?, city = ?, labels = ?,"
                " car = ? WHERE club = ? AND id = ?",
                (int(one.role), one.joined_at, one.present, one.city, labels, one.car, club,
                 member),
            )  # fmt: skip

    def _join_draws(self, former: str, member: str) -> None:
        """Of two places in an open draw the earlier one stays, as somebody's who is not new if
        either was not."""
        session = self._session
        own = {row[:2]: row[2] for row in session.all(draws.OPEN, (member,))}
        for club, number, place in session.all(draws.OPEN, (former,)):
            other = own.get((club, number))
            if other is not None:
                first, later = sorted((place, other))
                session.write(
                    "UPDATE entrant SET newcomer = (SELECT min(newcomer) FROM entrant"
                    " WHERE club = ?1 AND number = ?2 AND place IN (?3, ?4))"
                    " WHERE club = ?1 AND number = ?2 AND place = ?3",
                    (club, number, first, later),
                )
                draws.leave(session, club, number, later)
            session.write(
                "UPDATE entrant SET member = ? WHERE club = ? AND number = ? AND member = ?",
                (member, club, number, former),
            )

    def _join_named(self, former: str, member: str) -> None:
        """What is yet to be had by name, or to be sent to."""
        for club, number, text in self._session.all(
            "SELECT club, number, terms FROM envelope WHERE state = 'open' AND instr(terms, ?) > 0",
            (former,),
        ):
            terms = unpack_terms(text)
            named = replace(terms, members=joining.renamed(terms.members, former, member))
            self._session.write(
                "UPDATE envelope SET terms = ? WHERE club = ? AND number = ?",
                (pack_terms(named), club, number),
            )
        for club, number, text in self._session.all(
            "SELECT club, number, members FROM standing_order WHERE instr(members, ?) > 0",
            (former,),
        ):
            members = joining.renamed(json.loads(text), former, member)
            self._session.write(
                "UPDATE standing_order SET members = ? WHERE club = ? AND number = ?",
                (json.dumps(members), club, number),
            )

    def _vehicles(self, member: str) -> list[Vehicle]:
        sql = "SELECT number, series, added_at FROM vehicle WHERE member = ? ORDER BY number"
        return [Vehicle(*row) for row in self._session.all(sql, (member,))]

    async def survivor(self, member: str) -> str:
        row = self._session.peek("SELECT member FROM joined WHERE former = ?", (member,))
        return row[0] if row else member

    async def former(self, member: str) -> Sequence[str]:
        sql = "SELECT former FROM joined WHERE member = ? ORDER BY at, former"
        return [former for (former,) in self._session.peek_all(sql, (member,))]

    async def doubles(self, member: str) -> Sequence[tuple[int, Piece]]:
        found: list[tuple[int, Piece]] = []
        before = 0
        for number, *piece in self._session.all(DOUBLES, (self._session.club, member)):
            if number == before:
                found.append((number, Piece(*piece)))
            before = number
        return found
