"""Here the only store is the one on SQLite."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.stores import SqliteShelf
from tests.support.world import Clock


@pytest.fixture
async def shelf(tmp_path: Path, clock: Clock) -> AsyncIterator[SqliteShelf]:
    shelf = SqliteShelf(tmp_path, clock)
    yield shelf
    await shelf.close()
