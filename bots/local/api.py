"""What the page may ask for: /local/… The page itself is plain files in `page/`."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from aiohttp import ClientConnectionResetError, WSCloseCode, web

from bots.local import show
from bots.local.guard import guard, harden, refused
from bots.local.nouns import BOT, BOT_NAME
from bots.local.pictures import PICTURE_MAX_BYTES, Pictures, content_type
from bots.local.read import VERBS, BadRequest
from bots.local.room import Room
from storage.model import Answer

Act = Callable[[str, bytes], Awaitable[Answer]]

PAGE = Path(__file__).parent / "page"
STREAMS_MAX = 50
HEARTBEAT_SECONDS = 20.0
GOODBYE_SECONDS = 0.5
"""How long a page may take to say goodbye when the program ends."""


class Api:
    def __init__(self, room: Room, pictures: Pictures, act: Act) -> None:
        self._room = room
        self._pictures = pictures
        self._act = act
        self._streams: set[web.WebSocketResponse] = set()

    def application(self) -> web.Application:
        """To be put under /local."""
        application = web.Application(middlewares=[guard])
        application.on_response_prepare.append(harden)
        application.on_shutdown.append(self._close_streams)
        router = application.router
        router.add_get("/", self._page)
        router.add_static("/page", PAGE)
        router.add_get("/history", self._history)
        router.add_get("/stream", self._stream)
        router.add_get("/attachment/{message}", self._attachment)
        router.add_post("/media", self._keep_picture)
        router.add_get("/media/{content_hash}", self._picture)
        for verb in VERBS:
            router.add_post(f"/{verb}", self._verb(verb))
        return application

    async def _page(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    def _verb(self, verb: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            if request.content_type != "application/json":
                return refused("only JSON", 415)
            answer = await self._act(verb, await request.read())
            return web.json_response({"answer": answer.tap, "kept": answer.kept})

        return handle

    async def _history(self, _request: web.Request) -> web.Response:
        room = self._room
        return web.json_response(
            {
                "number": room.feed.last,
                "title": room.title,
                "bot": {"account": BOT, "name": BOT_NAME},
                "people": [show.person(person) for person in room.people.values()],
                "posts": [show.drawn(post) for post in room.posts()],
                "taps": [show.tapped(tapped) for tapped in room.taps.values()],
            },
            headers={"Cache-Control": "no-store"},
        )

    async def _attachment(self, request: web.Request) -> web.Response:
        post = self._room.post(request.match_info["message"])
        if post is None or post.attachment is None:
            raise web.HTTPNotFound
        name = quote(post.attachment.name, safe="")
        return web.Response(
            text=post.attachment.content,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )

    async def _keep_picture(self, request: web.Request) -> web.Response:
        content = bytearray()
        async for piece in request.content.iter_any():
            content += piece
            if len(content) > PICTURE_MAX_BYTES:
                raise web.HTTPRequestEntityTooLarge(PICTURE_MAX_BYTES, len(content))
        picture = bytes(content)
        if not content_type(picture):
            raise BadRequest("not a picture this group can show")
        return web.json_response({"id": await self._pictures.keep(picture)})

    async def _picture(self, request: web.Request) -> web.Response:
        content = await self._pictures.find(request.match_info["content_hash"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(
            body=content,
            content_type=content_type(content) or "application/octet-stream",
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        after = request.query.get("after", "")
        if not after.isdecimal() or len(after) > 20:
            raise BadRequest("after: not a number")
        if len(self._streams) >= STREAMS_MAX:
            return refused("too many pages are open", 503)
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_SECONDS, timeout=GOODBYE_SECONDS, max_msg_size=1024
        )
        self._streams.add(socket)
        try:
            await socket.prepare(request)
            pushing = asyncio.create_task(self._push(socket, int(after)))
            try:
                async for _ in socket:
                    pass  # The page has nothing to say here; this notices when it goes.
            finally:
                pushing.cancel()
                await asyncio.gather(pushing, return_exceptions=True)
        finally:
            self._streams.discard(socket)
        return socket

    async def _push(self, socket: web.WebSocketResponse, after: int) -> None:
        feed = self._room.feed
        while not feed.is_closed:
            changes = feed.since(after)
            try:
                if changes is None:
                    await socket.send_str(json.dumps({"reset": True}))
                    return
                if changes:
                    after = feed.last
                    await socket.send_str(json.dumps({"changes": changes}))
                else:
                    await feed.wait()
            except ClientConnectionResetError:
                return

    async def _close_streams(self, _application: web.Application) -> None:
        await asyncio.gather(
            *(socket.close(code=WSCloseCode.GOING_AWAY) for socket in list(self._streams)),
            return_exceptions=True,
        )
