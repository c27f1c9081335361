"""Delivery by webhook: several at a time, but what belongs together in order, until it is taken.

Telegram keeps updates of one chat in order, and callback queries of one person; other things go in
parallel. Whatever is not answered with 2xx comes again, later and later, until it expires.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.support.telegram.refusals import bad
from tests.support.telegram.updates import Pending, Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
PORTS = (80, 88, 443, 8443)
CONNECTIONS_DEFAULT, CONNECTIONS_MOST = 40, 100
RETRY_SECONDS, RETRY_SECONDS_MOST = 1.0, 60.0
ANSWER_SECONDS = 60.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def check_url(url: str) -> None:
    """On this machine every address will do, as with Telegram's own local server."""
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


@dataclass
class Webhook:
    updates: Updates
    now: Callable[[], int]
    retry_seconds: float = RETRY_SECONDS
    url: str = ""
    secret: str = ""
    connections: int = CONNECTIONS_DEFAULT
    last_error: tuple[int, str] | None = None
    _task: asyncio.Task[None] | None = None
    _sending: dict[asyncio.Task[None], Pending] = field(default_factory=dict)

    async def set(self, parameters: dict[str, Any]) -> bool:
        """An empty address takes it away."""
        url = parameters.get("url", "")
        if url:
            check_url(url)
        if not SECRET.fullmatch(parameters.get("secret_token", "")):
            raise bad("secret token contains unallowed characters")
        connections = parameters.get("max_connections", CONNECTIONS_DEFAULT)
        await self.stop()
        self.url, self.secret, self.connections = (
            url,
            parameters.get("secret_token", ""),
            connections,
        )
        self.last_error = None
        if "allowed_updates" in parameters:
            self.updates.allow(parameters["allowed_updates"])
        if parameters.get("drop_pending_updates"):
            self.updates.drop()
        if url:
            self._task = asyncio.create_task(self._deliver())
        return True

    def info(self) -> dict[str, Any]:
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.waiting()),
        }
        if self.url:
            info |= {"max_connections": self.connections, "ip_address": "127.0.0.1"}
        if self.last_error:
            at, text = self.last_error
            info |= {"last_error_date": at // 1000, "last_error_message": text}
        if self.updates.allowed:
            info["allowed_updates"] = self.updates.allowed
        return info

    async def stop(self) -> None:
        tasks = [task for task in (self._task, *self._sending) if task]
        self._task = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._sending.clear()

    async def _deliver(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                for update in self._due():
                    task = asyncio.create_task(self._send(session, update))
                    self._sending[task] = update
                    task.add_done_callback(self._sent)
                await self.updates.signal.rung()

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.pop(task, None)
        self.updates.signal.ring()

    def _due(self) -> list[Pending]:
        """What can go now: the oldest of each order, as many as there are connections."""
        busy = {each.order for each in self._sending.values()}
        due: list[Pending] = []
        for update in self.updates.waiting():
            if len(due) + len(self._sending) >= self.connections:
                break
            if update.order not in busy:
                busy.add(update.order)
                due.append(update)
        return due

    async def _send(self, session: aiohttp.ClientSession, update: Pending) -> None:
        delay = self.retry_seconds
        while update in self.updates.waiting():
            update.tries += 1
            error = await self._post(session, update.shown())
            if not error:
                self.updates.confirm(update)
                return
            self.last_error = (self.now(), error)
            self.updates.signal.ring()
            await asyncio.sleep(delay)
            delay = min(delay * 2, RETRY_SECONDS_MOST)

    async def _post(self, session: aiohttp.ClientSession, body: dict[str, Any]) -> str:
        """What went wrong, in Telegram's words; nothing when it was taken."""
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        try:
            async with session.post(self.url, json=body, headers=headers) as answer:
                if 200 <= answer.status < 300:
                    return ""
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientError:
            return "Connection refused"
