"""`bot_api`: a pretend Telegram for one test, whose judges look at everything in the end."""

from collections.abc import AsyncIterator

import pytest

from tests.support.telegram.judges import judge_all
from tests.support.telegram.server import BotApi

RETRY_SECONDS = 0.01


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApi]:
    """Requests that the judges find faulty fail the test, unless it sets `judged = False`."""
    async with BotApi(webhook_retry_seconds=RETRY_SECONDS) as server:
        yield server
    if server.judged:
        judge_all(server.journal.requests)
