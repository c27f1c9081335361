"""What must never be brought back, known by a salted hash only: what was said cannot be read
from it, nor who said it."""

from hashlib import blake2b

from storage.sqlite.session import Session

DIGEST_BYTES = 16


def salted(session: Session, text: str) -> bytes:
    """A hash that means nothing outside this store."""
    row = session.peek("SELECT value FROM meta WHERE name = 'salt'")
    return blake2b(text.encode(), key=row[0] if row else b"", digest_size=DIGEST_BYTES).digest()


def note(session: Session, *what: str) -> None:
    session.write(
        "INSERT INTO gone (digest) VALUES (?) ON CONFLICT DO NOTHING", (_digest(session, what),)
    )


def is_noted(session: Session, *what: str) -> bool:
    row = session.peek("SELECT 1 FROM gone WHERE digest = ?", (_digest(session, what),))
    return row is not None


def _digest(session: Session, what: tuple[str, ...]) -> bytes:
    return salted(session, "\x1f".join(what))
