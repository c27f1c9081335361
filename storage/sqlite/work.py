"""One unit of work on one connection: the parts of the store put together."""

from storage.model import Millis
from storage.sqlite.cues import SqliteCues
from storage.sqlite.delivery import SqliteDueRows, SqliteEvents, SqliteOutbox
from storage.sqlite.envelopes import SqliteEnvelopes
from storage.sqlite.joining import SqliteJoining
from storage.sqlite.ledger import SqliteLedger
from storage.sqlite.offers import SqliteOffers
from storage.sqlite.orders import SqliteOrders
from storage.sqlite.people import SqlitePeople
from storage.sqlite.privacy import SqlitePrivacy
from storage.sqlite.session import Session
from storage.sqlite.shares import SqliteGarage, SqliteShares
from storage.sqlite.stars import SqliteStars


class SqliteWork:
    """Its methods never suspend, so a thread can drive a handler that awaits only them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.people = SqlitePeople(session)
        self.events = SqliteEvents(session, self.people)
        self.ledger = SqliteLedger(session)
        self.envelopes = SqliteEnvelopes(session)
        self.orders = SqliteOrders(session)
        self.shares = SqliteShares(session)
        self.garage = SqliteGarage(session)
        self.due = SqliteDueRows(session)
        self.cues = SqliteCues(session)
        self.outbox = SqliteOutbox(session, self.people)
        self.offers = SqliteOffers(session)
        self.stars = SqliteStars(session)
        self.joining = SqliteJoining(session)
        self.privacy = SqlitePrivacy(session)

    @property
    def now(self) -> Millis:
        return self.session.now

    @property
    def club(self) -> str:
        return self.session.club

    def enter(self, club: str) -> None:
        self.session.club = club

    async def next_number(self, kind: str) -> int:
        row = self.session.write_one(
            "INSERT INTO counter (club, kind, last) VALUES (?,?,1)"
            " ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
            (self.session.club, kind),
        )
        return int(row[0]) if row else 0
