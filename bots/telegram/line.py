"""The line to Telegram: python-telegram-bot's connections, and updates as they come over the wire.

Updates are asked for here and not with `Bot.get_updates`, which reads a whole batch at once: one
that it cannot read would keep all others from us, and be asked for again without a pause.
"""

import json
import logging
import warnings
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from telegram import Bot, Update
from telegram.request import BaseRequest, HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from bots.telegram.nouns import Me

CONNECTIONS_MAX = 64
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 20.0
UPLOAD_SECONDS = 60.0
POOL_SECONDS = 30.0
"""How long a request may wait for one of our own connections."""
LONG_POLL_SECONDS = 50
"""Telegram's longest."""
UPDATES_AT_ONCE = 100

WANTED = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "message_reaction",
)
"""The last two do not come unless they are named."""

Raw = dict[str, Any]
"""An update as JSON."""


class Line:
    def __init__(
        self,
        token: str,
        api_url: str,
        *,
        request: BaseRequest | None = None,
        polling: BaseRequest | None = None,
    ) -> None:
        """The requests are for tests that do without a network."""
        # Its own log copies what comes over the wire. What it has to say, it raises as well.
        logging.getLogger("telegram").setLevel(logging.CRITICAL)
        # It warns at every 429 that seconds will be a timedelta some day; `errors` reads both.
        warnings.simplefilter("ignore", PTBDeprecationWarning)
        self._polling = polling or HTTPXRequest(
            connection_pool_size=2,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            pool_timeout=POOL_SECONDS,
        )
        self.bot = Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=request
            or HTTPXRequest(
                connection_pool_size=CONNECTIONS_MAX,
                connect_timeout=CONNECT_SECONDS,
                read_timeout=ANSWER_SECONDS,
                write_timeout=ANSWER_SECONDS,
                media_write_timeout=UPLOAD_SECONDS,
                pool_timeout=POOL_SECONDS,
            ),
            get_updates_request=self._polling,
        )

    async def open(self) -> Me:
        """Raises telegram's errors, InvalidToken among them."""
        await self.bot.initialize()
        return await self.me()

    async def me(self) -> Me:
        user = await self.bot.get_me()
        return Me(user.id, user.username or "", bool(user.can_read_all_group_messages))

    async def close(self) -> None:
        await self.bot.shutdown()

    async def updates(
        self, offset: int, wait_seconds: int, limit: int = UPDATES_AT_ONCE
    ) -> Sequence[Raw]:
        """What has come since, and by asking, that all before `offset` is done with."""
        asked = {
            "offset": offset,
            "limit": limit,
            "timeout": wait_seconds,
            "allowed_updates": json.dumps(WANTED),
        }
        found = await self._polling.post(
            f"{self.bot.base_url}/getUpdates?{urlencode(asked)}",
            read_timeout=wait_seconds + ANSWER_SECONDS,
        )
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    def update(self, raw: Raw) -> Update:
        """Raises whatever comes of an update that is not as python-telegram-bot knows it."""
        return Update.de_json(raw, self.bot)
