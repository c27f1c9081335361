"""Audit: a club's books told anew from its journal, and whether what else is kept agrees.

Plain values in, plain values out, so that every store can be audited. Only accounts that are not
empty and holds that are open are kept in mind: a journal of any length needs little memory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.books import GENESIS, check, digest_of, floor_of, kind_of, link
from storage.errors import Fault
from storage.model import Balance, Entry, Envelope, EnvelopeState, Millis, Piece, Posting


class Unsound(Exception):  # noqa: N818
    """The first thing that is wrong with a club's books."""

    def __init__(self, what: str, seq: int = 0) -> None:
        super().__init__(f"row {seq}: {what}" if seq else what)
        self.seq = seq
        """The journal's row, 0 when no single row is to blame."""


@dataclass(frozen=True, slots=True)
class Report:
    club: str
    rows: int
    """How many rows of the journal are right, from the first on."""
    head: bytes
    points_out: int
    """All that was ever minted."""
    wrong: str = ""
    seq: int = 0


class Books:
    """A club's journal, folded row by row."""

    def __init__(self, club: str) -> None:
        self.club = club
        self.seq = 0
        self.head = GENESIS
        self.balances: dict[str, Balance] = {}
        self._at: Millis = 0
        self._pending: dict[str, Posting] = {}

    def add(self, entry: Entry) -> None:
        """Raises Unsound, and then counts the row as not there."""
        seq, posting = self.seq + 1, entry.posting
        if entry.seq != seq:
            raise Unsound(f"is missing, row {entry.seq} follows", seq)
        head = link(self.head, entry.digest, self.club, seq, entry.at)
        try:
            if entry.digest != digest_of(posting):
                raise Fault("its digest is not that of its content")
            if entry.hash != head:
                raise Fault("its hash does not follow from the row before")
            if entry.at < self._at:
                raise Fault("it is older than the row before")
            check(posting)
            moves = self._moves(posting)
            for account, posted, held in moves:
                self._may(account, posted, held)
        except Fault as fault:
            raise Unsound(str(fault), seq) from None
        for account, posted, held in moves:
            self._change(account, posted, held)
        self._note(posting)
        self.seq, self.head, self._at = seq, head, entry.at

    def _moves(self, posting: Posting) -> list[tuple[str, int, int]]:
        """What a posting does: (account, change of what is posted, change of what is held)."""
        p = posting
        if p.phase == "pending":
            return [(p.source, 0, p.amount)]
        if p.phase == "single":
            return [(p.source, -p.amount, 0), (p.target, p.amount, 0)]
        asked = self._pending.get(p.refers_to)
        if asked is None:
            raise Fault("it resolves what is not pending, or not any more")
        if p.source != asked.source or p.amount > asked.amount:
            raise Fault("it does not fit what it resolves")
        if p.phase == "void":
            return [(p.source, 0, -asked.amount)]
        return [(p.source, -p.amount, -asked.amount), (p.target, p.amount, 0)]

    def _may(self, account: str, posted: int, held: int) -> None:
        floor, balance = floor_of(account), self.balance(account)
        if floor is not None and balance.available + posted - held < floor:
            raise Fault(f"{account} falls below its floor")

    def _change(self, account: str, posted: int, held: int) -> None:
        balance = self.balance(account)
        balance = Balance(balance.posted + posted, balance.held + held)
        if balance == Balance():
            self.balances.pop(account, None)
        else:
            self.balances[account] = balance

    def _note(self, posting: Posting) -> None:
        if posting.phase == "pending":
            self._pending[posting.key] = posting
        elif posting.phase != "single":
            del self._pending[posting.refers_to]

    def balance(self, account: str) -> Balance:
        return self.balances.get(account, Balance())

    @property
    def points_out(self) -> int:
        return -sum(b.posted for name, b in self.balances.items() if kind_of(name) == "issue")


def fold(books: Books, entries: Iterable[Entry]) -> Books:
    """Raises Unsound at the first row that is wrong; `books` then holds what is before it."""
    for entry in entries:
        books.add(entry)
    return books


def compare(books: Books, kept: Iterable[tuple[str, Balance]]) -> None:
    """Raises Unsound unless what a store keeps as balances is what the journal adds up to.

    As every row takes from one account what it gives to another, all together are then 0.
    """
    missing = dict(books.balances)
    for account, balance in kept:
        told = missing.pop(account, Balance())
        if balance != told:
            raise Unsound(f"{account} has {shown(balance)}, the journal says {shown(told)}")
    if missing:
        account, told = min(missing.items())
        raise Unsound(f"{account} has no balance, the journal says {shown(told)}")


def shown(balance: Balance) -> str:
    return f"{balance.posted} ({balance.held} held)" if balance.held else f"{balance.posted}"


def check_envelopes(books: Books, envelopes: Iterable[tuple[Envelope, Sequence[Piece]]]) -> None:
    """Raises Unsound unless every envelope's pieces and escrow are what its state says."""
    escrows = {name for name in books.balances if kind_of(name) == "env"}
    for envelope, pieces in envelopes:
        escrow = f"env:{envelope.number}"
        wrong = wrong_pieces(envelope, pieces)
        if wrong:
            raise Unsound(f"envelope {envelope.number}: {wrong}")
        left = envelope.total - envelope.paid if envelope.state == EnvelopeState.OPEN else 0
        if books.balance(escrow) != Balance(left):
            held = shown(books.balance(escrow))
            raise Unsound(f"{escrow} is {envelope.state} and holds {held} instead of {left}")
        escrows.discard(escrow)
    if escrows:
        raise Unsound(f"{min(escrows)} holds points, but there is no such envelope")


def wrong_pieces(envelope: Envelope, pieces: Sequence[Piece]) -> str:
    """What is wrong with an envelope's pieces; empty when nothing is."""
    e = envelope
    taken = [piece for piece in pieces if piece.member]
    if [piece.place for piece in pieces] != list(range(e.pieces)):
        return f"{len(pieces)} pieces instead of {e.pieces}"
    if sum(piece.amount for piece in pieces) != e.total:
        return f"its pieces do not add up to {e.total}"
    if taken != list(pieces[: e.taken]):
        return f"not its first {e.taken} pieces are taken"
    if sum(piece.amount for piece in taken) != e.paid:
        return f"the pieces taken do not add up to {e.paid}"
    if (e.taken == e.pieces) != (e.state == EnvelopeState.EMPTY):
        return f"{e.taken} of {e.pieces} pieces are taken and it is {e.state}"
    return ""
