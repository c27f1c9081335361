"""The books as docs/ledger.md tells them: rows, balances and the chain, kept a second time."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from storage.model import DAY, HOUR, SECOND, Millis

EAST: Millis = 8 * HOUR
"""The club lives in Shanghai."""
POINTS_MAX = 1_000_000_000


class Said(NamedTuple):
    """A reply by its name. `to` is as in a Reply, or "aside" for what goes elsewhere than into
    the answer: to the chat or account that is the place. One without a message is an envelope's,
    which is drawn when it is read."""

    feature: str
    message: str
    facts: dict[str, object]
    to: str = "actor"
    place: str = ""


class No(Exception):  # noqa: N818
    """A rule says no, with a message's name and facts."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message, self.facts = message, facts


class Row(NamedTuple):
    at: Millis
    key: str
    kind: str
    source: str
    target: str
    amount: int
    reason: str


class Books:
    """A club's ledger, in as few words as it can be told."""

    def __init__(self) -> None:
        self.club = ""
        self.at: Millis = 0
        """When what is done now is done."""
        self.rows: list[Row] = []
        self.keys: set[str] = set()
        self.heads = [bytes(32)]
        self.balances: Counter[str] = Counter()

    def post(
        self,
        key: str,
        kind: str,
        source: str,
        target: str,
        amount: int,
        actor: str = "system",
        reason: str = "",
    ) -> None:
        """Add a row. Raises No when the source has too little."""
        if self.balances[source] < amount and not source.startswith("issue:"):
            raise No("too_poor", points=self.balances[source])
        if key in self.keys:
            raise ValueError(f"the model says {key} twice")
        asked = f"{key}|{kind}|{source}|{target}|{amount}|{actor}|{reason}|single|||1"
        place = f"{self.club}|{len(self.rows) + 1}|{self.at}"
        digest = sha256(asked.encode()).digest()
        self.heads.append(sha256(self.heads[-1] + digest + place.encode()).digest())
        self.rows.append(Row(self.at, key, kind, source, target, amount, reason))
        self.keys.add(key)
        self.balances[source] -= amount
        self.balances[target] += amount

    def undo_after(self, rows: int) -> None:
        """Leave nothing of what came after so many rows."""
        while len(self.rows) > rows:
            row = self.rows.pop()
            self.heads.pop()
            self.keys.remove(row.key)
            self.balances[row.source] += row.amount
            self.balances[row.target] -= row.amount

    # Looking back

    def today(self, kind: str, source: str = "", target: str = "") -> int:
        """How many points moved so, this day of the club."""
        return sum(
            row.amount
            for row in self._since((self.at + EAST) // DAY * DAY - EAST)
            if row.kind == kind and source in ("", row.source) and target in ("", row.target)
        )

    def newest(self, account: str, most: int) -> list[Row]:
        found: list[Row] = []
        for row in reversed(self.rows):
            if account in (row.source, row.target):
                found.append(row)
            if len(found) == most:
                break
        return found

    def _since(self, at: Millis) -> Iterator[Row]:
        for row in reversed(self.rows):
            if row.at < at:
                return
            yield row

    # Where points come from

    def mint(self, programme: str, budget: int, period: str) -> str:
        """The account of a programme's budget, filled once a period."""
        account = f"budget:{programme}:{period}"
        if f"mint:{programme}:{period}" not in self.keys:
            key = f"mint:{programme}:{period}"
            self.post(key, "mint", f"issue:{programme}", account, budget, reason=programme)
        return account

    def fill_pool(self) -> None:
        """2,000 points a month."""
        month = f"{local(self.at):%Y-%m}"
        budget, key = self.mint("pool", 2_000, month), f"rw:pool:club:{month}"
        if key not in self.keys:
            self.post(key, "reward.pool", budget, "pool", 2_000, reason="club")

    def reward_share(self, number: int, wallet: str, member: str) -> int:
        """10 points a share, 30 a day, 3,000 a week in all; how many it was."""
        budget = self.mint("share", 3_000, f"{local(self.at):%G-W%V}")
        if self.today("reward.share", target=wallet) > 20 or self.balances[budget] < 10:
            return 0
        about = f"share:{number}"
        self.post(f"rw:share:{about}:new", "reward.share", budget, wallet, 10, member, about)
        return 10


def local(at: Millis) -> datetime:
    return datetime.fromtimestamp(at / SECOND, UTC) + timedelta(hours=8)
