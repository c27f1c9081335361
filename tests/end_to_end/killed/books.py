"""What the program has kept, read from its file by hand: no code of the house has a say in it."""

import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLATFORM = "telegram"
UNFINISHED = """
SELECT 'begun', key FROM begun
UNION ALL SELECT state, slot || ' ' || error FROM outbox WHERE state IN ('waiting', 'leased')
"""


@dataclass(frozen=True, slots=True)
class KeptShare:
    author: str
    text: str
    version: int
    pictures: int


@dataclass(frozen=True, slots=True)
class KeptEnvelope:
    number: int
    sender: str
    pieces: int
    state: str
    topic: str


@dataclass(frozen=True, slots=True)
class Move:
    """A row of the journal."""

    kind: str
    source: str
    target: str
    points: int
    reason: str


class Books:
    """Members go by their number at Telegram, clubs by the number of their group."""

    def __init__(self, database: Path) -> None:
        self._people: dict[str, int] = {}
        self._groups: dict[str, int] = {}
        self.shares: dict[tuple[int, int], list[KeptShare]] = defaultdict(list)
        """By chat and message."""
        self.envelopes: dict[tuple[int, bool, int], list[KeptEnvelope]] = defaultdict(list)
        """By group, whether the pool paid, and sum."""
        self.pieces: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        """By group and number: who has it, 0 for nobody, and how much it is."""
        self.moves: dict[int, list[Move]] = defaultdict(list)
        """By group."""
        self.balances: dict[tuple[int, str], int] = {}
        self.clubs = 0
        self.accounts: Counter[int] = Counter()
        self.outbox: dict[str, int] = {}
        with closing(opened(database)) as file:
            self._read(file)

    def wallet(self, who: int) -> str:
        known = {number: member for member, number in self._people.items()}
        return f"member:{known.get(who, '?')}"

    def who(self, account: str) -> int:
        """Whose wallet it is, 0 for none."""
        return self._people.get(account.removeprefix("member:"), 0)

    def _read(self, file: sqlite3.Connection) -> None:
        for number, member in file.execute("SELECT id, member FROM account"):
            self._people[member] = int(number)
            self.accounts[int(number)] += 1
        self._groups = {club: int(chat) for chat, club in file.execute("SELECT id, club FROM chat")}
        [(self.clubs,)] = file.execute("SELECT count(*) FROM club")
        self.outbox = dict(file.execute("SELECT state, count(*) FROM outbox GROUP BY state"))
        self._read_shares(file)
        self._read_envelopes(file)
        self._read_points(file)

    def _read_shares(self, file: sqlite3.Connection) -> None:
        rows = file.execute("SELECT chat, message, author, text, version, media FROM share")
        for chat, message, author, text, version, media in rows:
            share = KeptShare(author, text, version, pictures=len(json.loads(media)))
            self.shares[int(chat), int(message)].append(share)

    def _read_envelopes(self, file: sqlite3.Connection) -> None:
        rows: list[Any] = file.execute(
            "SELECT club, payer = 'pool', total, number, sender, pieces, state, topic FROM envelope"
        ).fetchall()
        for club, from_pool, total, number, sender, pieces, state, topic in rows:
            kept = KeptEnvelope(number, sender, pieces, state, topic)
            self.envelopes[self._groups[club], bool(from_pool), total].append(kept)
        for club, number, member, amount in file.execute(
            "SELECT club, number, member, amount FROM piece ORDER BY club, number, place"
        ):
            self.pieces[self._groups[club], number].append((self._people.get(member, 0), amount))

    def _read_points(self, file: sqlite3.Connection) -> None:
        for club, *rest in file.execute(
            "SELECT club, kind, source, target, amount, reason FROM journal ORDER BY club, seq"
        ):
            self.moves[self._groups[club]].append(Move(*rest))
        for club, account, posted in file.execute("SELECT club, account, posted FROM balance"):
            self.balances[self._groups[club], account] = posted

    def member(self, who: int) -> str:
        """The name by which the house knows somebody."""
        return self.wallet(who).removeprefix("member:")


def opened(database: Path) -> sqlite3.Connection:
    """To be read only."""
    return sqlite3.connect(f"file:{database}?mode=ro", uri=True)


def unfinished(database: Path) -> list[tuple[str, str]]:
    """What was acknowledged and is not done yet, and the messages that have still to go out."""
    with closing(opened(database)) as file:
        return file.execute(UNFINISHED).fetchall()
