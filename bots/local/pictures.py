"""Pictures members attach, kept by the hash of their content."""

import asyncio
import re
from hashlib import sha256
from pathlib import Path

PICTURE_MAX_BYTES = 2 * 1024**2
PICTURES_MAX = 100
"""Beyond these the oldest goes."""

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
_CONTENT_HASH = re.compile(r"[0-9a-f]{64}")


def content_type(content: bytes) -> str:
    """Told from the content, never from what the sender claims; empty when it is no picture.

    SVG is no picture here: it can carry scripts.
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _STARTS if content.startswith(start)), "")


class Pictures:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, content: bytes) -> str:
        """The picture's content hash."""
        return await asyncio.to_thread(self._keep, content)

    async def find(self, content_hash: str) -> bytes | None:
        return await asyncio.to_thread(self._find, content_hash)

    def _keep(self, content: bytes) -> str:
        content_hash = sha256(content).hexdigest()
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f"{content_hash}.new"
        draft.write_bytes(content)
        draft.replace(self._folder / content_hash)
        kept = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        for file in kept[:-PICTURES_MAX]:
            file.unlink(missing_ok=True)
        return content_hash

    def _find(self, content_hash: str) -> bytes | None:
        if not _CONTENT_HASH.fullmatch(content_hash):
            return None
        try:
            return (self._folder / content_hash).read_bytes()
        except FileNotFoundError:
            return None
