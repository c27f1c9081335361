"""The chats that clubs live in, for the operator."""

from collections.abc import Sequence
from pathlib import Path

from storage.model import Chat
from storage.sqlite.audit import reading
from storage.sqlite.people import CHAT, chat_of

LISTED_MAX = 1_000


def listed(path: Path, platform: str) -> Sequence[Chat]:
    """By title; also while carclub runs. Raises WrongStore."""
    sql = f"SELECT {CHAT} FROM chat WHERE platform = ? ORDER BY title, id LIMIT ?"  # noqa: S608
    with reading(path) as connection:
        return [chat_of(row) for row in connection.execute(sql, (platform, LISTED_MAX))]
