"""A bare client of a gateway: the stubs of wechaty's protocol, nothing of its SDK and of ours."""

import asyncio
import json
from importlib import import_module
from types import TracebackType
from typing import Any, Self

WAIT_TIMEOUT_SECONDS = 10

# The numbers of the events, as the server sends them.
HEARTBEAT, MESSAGE, DONG, ERROR = 1, 2, 3, 16
INVITE, JOIN, LEAVE, TOPIC, SCAN, READY, LOGIN, LOGOUT = 18, 19, 20, 21, 22, 23, 25, 26

Event = tuple[int, Any]


class Client:
    """`async with Client(port, token) as client`; `client.stub` has every call of the protocol."""

    def __init__(self, port: int, token: str) -> None:
        # Imported here, because tests that need no gateway need not wait for it.
        channel = import_module("grpclib.client").Channel
        self._channel = channel("127.0.0.1", port)
        # A server without TLS takes the token from here.
        self._channel._authority = token
        self.stub: Any = import_module("wechaty_grpc.wechaty").PuppetStub(self._channel)
        self.events: list[Event] = []
        self.ended: asyncio.Future[None] | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.ended is not None:
            self.ended.cancel()
            await asyncio.wait([self.ended])
        self._channel.close()

    async def start(self) -> None:
        """Log the account in, if it is not."""
        await self.stub.start()

    async def stop(self) -> None:
        """Log the account out, and end the event stream of whoever has it."""
        await self.stub.stop()

    async def listen(self) -> None:
        """Returns when the stream is ours; `ended` is done, with a reason, when it is no longer."""
        self.ended = asyncio.ensure_future(self._read())
        first = asyncio.ensure_future(self.event(HEARTBEAT))
        await asyncio.wait({self.ended, first}, return_when=asyncio.FIRST_COMPLETED)
        if self.ended.done():
            first.cancel()
            await self.ended  # raises what the server had to say
        await first

    async def _read(self) -> None:
        async for each in self.stub.event():
            async with self._news:
                self.events.append((int(each.type), json.loads(each.payload or "null")))
                self._news.notify_all()

    async def event(self, kind: int, nth: int = 1) -> Any:
        """The payload of the first event of this kind, or of the nth; waits for it."""
        async with asyncio.timeout(WAIT_TIMEOUT_SECONDS), self._news:
            while len(found := self.seen(kind)) < nth:
                await self._news.wait()
            return found[nth - 1]

    def seen(self, kind: int) -> list[Any]:
        return [payload for each, payload in self.events if each == kind]
