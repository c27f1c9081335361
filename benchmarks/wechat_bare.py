"""What benchmarks/wechat.py compares with: the stubs of the gateway's protocol and nothing else.

As few calls as anybody can do with, as many at a time as carclub allows itself.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.support.wechat.client import HEARTBEAT, LOGIN, MESSAGE, Client
from tests.support.wechat.gateway import Gateway

IN_HAND_MAX = 256
LOGIN_TIMEOUT_SECONDS = 10.0

Hear = Callable[[str], None]
"""Is told the text of each message."""
Say = Callable[[str, str], Awaitable[object]]


@asynccontextmanager
async def bare(gateway: Gateway, hear: Hear) -> AsyncIterator[Say]:
    """The stream of events, and one question for each message."""
    async with Client(gateway.port, gateway.token) as client:
        stub = client.stub
        room_for_more = asyncio.Semaphore(IN_HAND_MAX)
        ready = asyncio.Event()
        looking: set[asyncio.Task[None]] = set()

        async def look(message: str) -> None:
            try:
                payload = await stub.message_payload(id=message)
                hear(payload.text)
            finally:
                room_for_more.release()

        async def listen() -> None:
            async for event in stub.event():
                if event.type == MESSAGE:
                    await room_for_more.acquire()
                    task = asyncio.create_task(look(json.loads(event.payload)["messageId"]))
                    looking.add(task)
                    task.add_done_callback(looking.discard)
                elif event.type in (HEARTBEAT, LOGIN):
                    ready.set()

        async def say(room: str, text: str) -> object:
            return await stub.message_send_text(conversation_id=room, text=text)

        await stub.start()
        listening = asyncio.create_task(listen())
        try:
            async with asyncio.timeout(LOGIN_TIMEOUT_SECONDS):
                await ready.wait()
            yield say
        finally:
            listening.cancel()
            await asyncio.gather(listening, *looking, return_exceptions=True)
