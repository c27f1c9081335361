"""The books of a club: journal, balances, chain."""

from collections.abc import Sequence

from storage.books import GENESIS, check, digest_of, floor_of, link
from storage.errors import Conflict, Fault, Refusal
from storage.model import Balance, Entry, Millis, Posting
from storage.sqlite.session import Row, Session, Table

COLUMNS = (
    "club, seq, at, key, kind, source, target, amount, actor, reason, phase, refers_to,"
    " group_key, policy, digest, hash"
)
LOAD_ENTRY = f"SELECT {COLUMNS} FROM journal WHERE club = ? AND key = ?"  # noqa: S608
SAVE_ENTRY = f"INSERT INTO journal ({COLUMNS}) VALUES ({','.join('?' * 16)})"  # noqa: S608
LOAD_BALANCE = "SELECT club, account, posted, held FROM balance WHERE club = ? AND account = ?"
SAVE_BALANCE = (
    "INSERT INTO balance (club, account, posted, held) VALUES (?,?,?,?)"
    " ON CONFLICT DO UPDATE SET posted = excluded.posted, held = excluded.held"
)
HEAD = "SELECT seq, hash FROM journal WHERE club = ? ORDER BY seq DESC LIMIT 1"


def entry_of(row: Row) -> Entry:
    club, seq, at, key, kind, source, target, amount, actor, reason, phase, refers_to = row[:12]
    posting = Posting(
        key, kind, source, target, amount, actor, reason, phase, refers_to, row[12], row[13]
    )
    return Entry(club, seq, at, posting, row[14], row[15])


class SqliteLedger:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._journal = Table(session, LOAD_ENTRY, SAVE_ENTRY, lasting=False)
        self._balances = Table(session, LOAD_BALANCE, SAVE_BALANCE, lasting=True)
        self._heads: dict[str, tuple[int, bytes]] = {}
        session.memory.append(self._heads)

    async def post(self, posting: Posting) -> Entry:
        p, session = posting, self._session
        check(p)
        digest = digest_of(p)
        club, now = session.club, session.now
        before = self._journal.get((club, p.key))
        if before is not None:
            if before[14] != digest:
                raise Conflict(f"key {p.key} came with another content")
            return entry_of(before)
        self._move(p)
        seq, chain = self._heads.get(club) or self._read_head()
        seq += 1
        chain = link(chain, digest, club, seq, now)
        row: Row = (club, seq, now, p.key, p.kind, p.source, p.target, p.amount, p.actor, p.reason)
        row += (p.phase, p.refers_to, p.group, p.policy, digest, chain)
        self._journal.set((club, p.key), row)
        session.set(self._heads, club, (seq, chain))
        return Entry(club, seq, now, p, digest, chain)

    def _move(self, posting: Posting) -> None:
        p = posting
        floor_of(p.target)  # refuses an unknown kind
        if p.phase == "single":
            self._spend(p.source, p.amount, 0)
            self._change(p.target, p.amount, 0)
        elif p.phase == "pending":
            self._spend(p.source, 0, p.amount)
        else:
            self._resolve(p)

    def _spend(self, account: str, amount: int, held: int) -> None:
        """Take or hold points, as far as the account's floor allows."""
        floor = floor_of(account)
        balance = self._balance(account)
        if floor is not None and balance.available - amount - held < floor:
            raise Refusal("too_poor", points=max(balance.available, 0))
        self._change(account, -amount, held)

    def _resolve(self, posting: Posting) -> None:
        pending = self._entry(posting.refers_to)
        if pending is None or pending.posting.phase != "pending":
            raise Fault(f"{posting.key} resolves nothing that is pending")
        asked = pending.posting
        if posting.source != asked.source or posting.amount > asked.amount:
            raise Fault(f"{posting.key} does not fit what it resolves")
        resolved = self._session.one(
            "SELECT 1 FROM journal WHERE club = ? AND refers_to = ? AND phase IN ('post', 'void')",
            (self._session.club, posting.refers_to),
        )
        if resolved is not None:
            raise Refusal("resolved")
        moved = posting.amount if posting.phase == "post" else 0
        self._change(posting.source, -moved, -asked.amount)
        if moved:
            self._change(posting.target, moved, 0)

    def _change(self, account: str, posted: int, held: int) -> None:
        key = (self._session.club, account)
        row = self._balances.get(key)
        if row is not None:
            posted += row[2]
            held += row[3]
        self._balances.set(key, (*key, posted, held))

    def _read_head(self) -> tuple[int, bytes]:
        row = self._session.peek(HEAD, (self._session.club,))
        return (row[0], row[1]) if row else (0, GENESIS)

    def _entry(self, key: str) -> Entry | None:
        row = self._journal.get((self._session.club, key))
        return entry_of(row) if row else None

    def _balance(self, account: str) -> Balance:
        row = self._balances.get((self._session.club, account))
        return Balance(row[2], row[3]) if row else Balance()

    async def balance(self, account: str) -> Balance:
        return self._balance(account)

    async def entry(self, key: str) -> Entry | None:
        return self._entry(key)

    async def statement(self, account: str, limit: int) -> Sequence[Entry]:
        club = self._session.club
        # Each side from its own index; one OR over both would walk the whole journal.
        newest = "SELECT seq FROM journal WHERE club = ?1 AND {} = ?2 ORDER BY at DESC, seq DESC"
        sql = (
            f"SELECT {COLUMNS} FROM journal WHERE club = ?1 AND seq IN ("  # noqa: S608
            f" SELECT * FROM ({newest.format('source')} LIMIT ?3)"
            f" UNION SELECT * FROM ({newest.format('target')} LIMIT ?3))"
            " ORDER BY seq DESC LIMIT ?3"
        )
        rows = self._session.all(sql, (club, account, limit))
        return [entry_of(row) for row in rows]

    async def moved(
        self, since: Millis, *, kind: str, source: str = "", target: str = ""
    ) -> tuple[int, int]:
        side, account = ("source", source) if source else ("target", target)
        sql = (
            f"SELECT count(*), coalesce(sum(amount), 0) FROM journal WHERE club = ? AND {side} = ?"  # noqa: S608
            " AND at >= ? AND kind = ?"
        )
        values: list[object] = [self._session.club, account, since, kind]
        if source and target:
            sql += " AND target = ?"
            values.append(target)
        row = self._session.one(sql, values) or (0, 0)
        return (row[0], row[1])

    async def head(self) -> tuple[int, bytes]:
        return self._heads.get(self._session.club) or self._read_head()
