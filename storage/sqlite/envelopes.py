"""Red envelopes and their pieces."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.errors import Conflict, Fault
from storage.model import Entrant, Envelope, EnvelopeState, Millis, Piece
from storage.packing import pack_terms, unpack_terms
from storage.sqlite.session import Row, Session, Table

OPEN_MAX = 20
COLUMNS = (
    "club, number, payer, sender, mode, total, pieces, seed, platform, chat, created_at,"
    " expires_at, taken, paid, state, terms, everywhere, entered, newcomers, relay, topic"
)
LOAD = f"SELECT {COLUMNS} FROM envelope WHERE club = ? AND number = ?"  # noqa: S608
SAVE = (
    f"INSERT INTO envelope ({COLUMNS}) VALUES ({','.join('?' * 21)}) ON CONFLICT DO UPDATE"  # noqa: S608
    " SET taken = excluded.taken, paid = excluded.paid, state = excluded.state,"
    " entered = excluded.entered, newcomers = excluded.newcomers, relay = excluded.relay"
)
GIVEN = """
SELECT coalesce(giver.member, sender), sum(amount) AS points
FROM envelope JOIN piece USING (club, number)
LEFT JOIN joined AS giver ON giver.former = sender
LEFT JOIN joined AS taker ON taker.former = piece.member
WHERE club = ? AND created_at >= ? AND payer = 'member:' || sender
  AND piece.member <> '' AND returned = 0
  AND coalesce(taker.member, piece.member) <> coalesce(giver.member, sender)
GROUP BY 1 ORDER BY points DESC, min(number) LIMIT ?
"""
PIECES = (
    "SELECT place, amount, member, taken_at, returned FROM piece WHERE club = ? AND number = ?"
    " ORDER BY place"
)
# Whoever has a piece by a former id has it.
TAKERS = """
SELECT coalesce(joined.member, piece.member), place, amount, piece.member, taken_at, returned
FROM piece LEFT JOIN joined ON joined.former = piece.member
WHERE club = ? AND number = ? ORDER BY place
"""
ENTRANTS = (
    "SELECT place, member, newcomer FROM entrant WHERE club = ? AND number = ? ORDER BY place"
)
STANDS_IN = "((platform = ?2 AND chat = ?3) OR everywhere = 1)"
TAKEN = "UPDATE piece SET member = ?4, taken_at = ?5 WHERE club = ?1 AND number = ?2 AND place = ?3"


STATES = {state.value: state for state in EnvelopeState}


def envelope_of(row: Row) -> Envelope:
    """Raises ValueError for what is no envelope's row."""
    state = STATES.get(row[14]) or EnvelopeState(row[14])  # which names what is none
    values: Row = (*row[1:14], state, unpack_terms(row[15]), row[16] == 1, *row[17:])
    return Envelope(*values)


def piece_of(row: Row) -> Piece:
    return Piece(row[0], row[1], row[2], row[3], row[4] == 1)


@dataclass(slots=True)
class Pieces:
    """An envelope's pieces: what each is worth, and who has one, by the id they bear today."""

    amounts: tuple[int, ...]
    takers: dict[str, Piece]


class SqliteEnvelopes:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = Table(session, LOAD, SAVE, lasting=True)
        self._taken = Table(session, "", TAKEN, lasting=False)
        self._pieces: dict[tuple[str, int], Pieces] = {}
        session.memory.append(self._pieces)

    async def open(self, envelope: Envelope, amounts: Sequence[int]) -> None:
        e, club = envelope, self._session.club
        if len(amounts) != e.pieces or sum(amounts) != e.total or e.taken or e.paid:
            raise Fault(f"the pieces of envelope {e.number} do not add up")
        self._session.write_many(
            "INSERT INTO piece (club, number, place, amount, member, taken_at)"
            " VALUES (?,?,?,?,'',0)",
            [(club, e.number, place, amount) for place, amount in enumerate(amounts)],
        )
        row: Row = (club, e.number, e.payer, e.sender, e.mode, e.total, e.pieces, e.seed)
        row += (e.platform, e.chat, e.created_at, e.expires_at, 0, 0, e.state.value)
        row += (pack_terms(e.terms), int(e.everywhere), 0, 0, 0, e.topic)
        self._rows.set((club, e.number), row)

    async def envelope(self, number: int) -> Envelope | None:
        row = self._rows.get((self._session.club, number))
        return envelope_of(row) if row else None

    async def piece_of(self, number: int, member: str) -> Piece | None:
        return self._pieces_of(number).takers.get(member)

    async def take(self, envelope: Envelope, member: str, *, newcomer: bool = False) -> Piece:
        session, number = self._session, envelope.number
        key = (session.club, number)
        row, pieces = self._rows.get(key), self._pieces_of(number)
        if row is None or row[12] >= len(pieces.amounts):
            raise Fault(f"envelope {number} has no piece left to give")
        if member in pieces.takers:
            raise Conflict(f"the member has a piece of envelope {number}")
        place = row[12]
        amount = pieces.amounts[place]
        piece = Piece(place, amount, member, session.now)
        session.set(pieces.takers, member, piece)
        self._taken.set((*key, place), (*key, place, member, session.now))
        changed = (
            *row[:12],
            place + 1,
            row[13] + amount,
            *row[14:18],
            row[18] + newcomer,
            *row[19:],
        )
        self._rows.set(key, changed)
        return piece

    async def enter(self, envelope: Envelope, member: str, *, newcomer: bool = False) -> int:
        key = (self._session.club, envelope.number)
        row = self._rows.get(key)
        if row is None or row[14] != EnvelopeState.OPEN:
            raise Fault(f"envelope {envelope.number} is not open")
        if await self.has_entered(envelope.number, member):
            raise Conflict(f"the member takes part in envelope {envelope.number}")
        self._session.write(
            "INSERT INTO entrant (club, number, place, member, newcomer) VALUES (?,?,?,?,?)",
            (*key, row[17], member, newcomer),
        )
        self._rows.set(key, (*row[:17], row[17] + 1, *row[18:]))
        return int(row[17]) + 1

    async def has_entered(self, number: int, member: str) -> bool:
        key = (self._session.club, number, member)
        sql = "SELECT 1 FROM entrant WHERE club = ? AND number = ? AND member = ?"
        return self._session.peek(sql, key) is not None

    async def entrants(self, number: int) -> Sequence[Entrant]:
        rows = self._session.peek_all(ENTRANTS, (self._session.club, number))
        return [Entrant(place, member, bool(newcomer)) for place, member, newcomer in rows]

    async def pass_on(self, number: int, relay: int) -> None:
        key = (self._session.club, number)
        row = self._rows.get(key)
        if row is None:
            raise Fault(f"no envelope {number}")
        if row[19]:
            raise Conflict(f"the luck of envelope {number} was passed on")
        self._rows.set(key, (*row[:19], relay, *row[20:]))

    async def close(self, number: int, state: EnvelopeState) -> None:
        key = (self._session.club, number)
        row = self._rows.get(key)
        if row is None or row[14] != EnvelopeState.OPEN:
            raise Fault(f"envelope {number} is not open")
        self._rows.set(key, (*row[:14], state.value, *row[15:]))

    def _pieces_of(self, number: int) -> Pieces:
        key = (self._session.club, number)
        pieces = self._pieces.get(key)
        if pieces is None:
            rows = [(row[0], piece_of(row[1:])) for row in self._session.all(TAKERS, key)]
            takers = {who: piece for who, piece in rows if piece.member and not piece.returned}
            pieces = Pieces(tuple(piece.amount for _, piece in rows), takers)
            if pieces.amounts:
                self._pieces[key] = pieces
        return pieces

    def _read(self, number: int) -> list[Piece]:
        rows = self._session.all(PIECES, (self._session.club, number))
        return [piece_of(row) for row in rows]

    async def give_back(self, number: int, place: int) -> None:
        key = (self._session.club, number)
        changed = self._session.write(
            "UPDATE piece SET returned = 1 WHERE club = ? AND number = ? AND place = ?"
            " AND member <> '' AND returned = 0",
            (*key, place),
        )
        if not changed:
            raise Fault(f"nobody has piece {place + 1} of envelope {number}")
        self._pieces.pop(key, None)

    async def pieces(self, number: int) -> Sequence[Piece]:
        return self._read(number)

    async def given(self, since: Millis, limit: int) -> Sequence[tuple[str, int]]:
        rows = self._session.all(GIVEN, (self._session.club, since, limit))
        return [(row[0], row[1]) for row in rows]

    async def open_of(self, platform: str, chat: str, *, alone: bool = False) -> Sequence[Envelope]:
        which = "AND state = 'open'" + " AND everywhere = 0" * alone
        return self._standing(platform, chat, which, OPEN_MAX)

    async def latest(self, platform: str, chat: str, limit: int) -> Sequence[Envelope]:
        return self._standing(platform, chat, "", limit)

    def _standing(self, platform: str, chat: str, which: str, limit: int) -> list[Envelope]:
        rows = self._session.all(
            f"SELECT {COLUMNS} FROM envelope WHERE club = ?1 AND {STANDS_IN} {which}"  # noqa: S608
            " ORDER BY number DESC LIMIT ?4",
            (self._session.club, platform, chat, limit),
        )
        return [envelope_of(row) for row in rows]
