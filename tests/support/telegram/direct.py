"""python-telegram-bot without sockets: its requests go straight to the server.

For simulations of an hour on a clock that is moved by hand. Refusals, lost answers and read
timeouts reach the bot as they would over HTTP.
"""

import asyncio
import json
import re
from typing import Any
from urllib.parse import unquote

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from tests.support.telegram.faults import BAD_GATEWAY_PAGE, NoAnswer, Page
from tests.support.telegram.http import content_of
from tests.support.telegram.server import BotApi
from tests.support.telegram.spec import Upload

METHOD = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>\w+)$")
FILE = re.compile(r"/file/bot(?P<token>[^/]+)/(?P<path>.+)$")
READ_SECONDS = 5.0


class DirectRequest(BaseRequest):
    """`Application.builder().request(DirectRequest(server)).get_updates_request(…)`."""

    def __init__(self, server: BotApi, read_timeout: float = READ_SECONDS) -> None:
        self.server = server
        self._read_timeout = read_timeout

    @property
    def read_timeout(self) -> float:
        return self._read_timeout

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(  # type: ignore[override]
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        **_: Any,
    ) -> tuple[int, bytes]:
        file = FILE.search(unquote(url))
        if file:
            content = content_of(self.server, file["token"], file["path"])
            return (404, b"") if content is None else (200, content)
        patience = self._read_timeout if read_timeout is self.DEFAULT_NONE else read_timeout
        try:
            async with asyncio.timeout(patience):
                return await self._call(url, request_data)
        except TimeoutError:
            raise TimedOut from None

    async def _call(self, url: str, data: RequestData | None) -> tuple[int, bytes]:
        found = METHOD.search(url)
        assert found, url
        raw = dict(data.json_parameters) if data else {}
        files = {}
        if data and data.contains_files:
            for name, (filename, content, mime) in data.multipart_data.items():
                body = content if isinstance(content, bytes) else content.read()
                files[name] = Upload(filename, body, mime)
        try:
            done = await self.server.call(found["token"], found["method"], raw, files)
        except Page:
            return 502, BAD_GATEWAY_PAGE
        except NoAnswer as lost:
            if not lost.silent:
                raise NetworkError("the connection was reset") from None
            await self.server.closing.wait()
            raise TimedOut from None
        return done.code, json.dumps(done.answer).encode()
