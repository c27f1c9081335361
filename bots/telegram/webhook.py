"""The webhook: Telegram brings its updates. Whatever is not answered with a yes comes again."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from bots.telegram.intake import Unreadable
from bots.telegram.line import Raw
from storage.errors import Unavailable

PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
CONNECTIONS_MAX = 40
"""How many updates Telegram may bring at once."""
TAKING_SECONDS = 55.0
"""An update that takes longer is brought again; the house knows what it has seen."""

FINISH_SECONDS = 2.0
"""How long the end of the program waits for updates in work; carclub gives us five in all."""

Take = Callable[[Raw], Awaitable[None]]


class Webhook:
    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._take: Take | None = None
        self._taking: set[asyncio.Future[None]] = set()

    def open(self, take: Take) -> None:
        self._take = take

    async def close(self) -> None:
        """Take no more, and finish what is being taken, if it does not take long."""
        self._take = None
        if self._taking:
            _, late = await asyncio.wait(self._taking, timeout=FINISH_SECONDS)
            for each in late:
                each.cancel()  # it was not acknowledged, so it comes again
            if late:
                await asyncio.wait(late)

    async def page(self, request: web.Request) -> web.Response:
        """Signed or refused, before anything of it is read."""
        said = request.headers.get(HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(said, self._secret):
            return web.Response(status=403)
        if self._take is None:
            return web.Response(status=503)
        try:
            raw = json.loads(await request.read())
        except (ValueError, RecursionError):
            raw = None
        if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
            return web.Response(status=400)
        taking = asyncio.ensure_future(self._take(raw))
        self._taking.add(taking)
        taking.add_done_callback(self._taking.discard)
        try:
            async with asyncio.timeout(TAKING_SECONDS):
                await asyncio.shield(taking)
        except (TimeoutError, Unavailable):
            return web.Response(status=503)
        except Unreadable:
            return web.Response(status=500)
        return web.Response()
