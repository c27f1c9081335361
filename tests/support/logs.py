"""Logging is set up for the whole process; a test that does so puts it back."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def fresh_logs() -> Iterator[None]:
    root, access = logging.getLogger(), logging.getLogger("aiohttp.access")
    before = (root.handlers[:], root.level, access.disabled)
    yield
    root.handlers[:], level, access.disabled = before
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
