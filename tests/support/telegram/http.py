"""The server's doors: methods, files, and /control for other processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.support.telegram import control
from tests.support.telegram.faults import BAD_GATEWAY_PAGE, NoAnswer, Page
from tests.support.telegram.spec import Upload

if TYPE_CHECKING:
    from tests.support.telegram.server import BotApi

BODY_MOST = 60 * 1024 * 1024


def application(server: BotApi) -> web.Application:
    async def method(request: web.Request) -> web.StreamResponse:
        return await answer(server, request)

    async def file(request: web.Request) -> web.Response:
        content = content_of(server, request.match_info["token"], request.match_info["path"])
        return web.Response(status=404) if content is None else web.Response(body=content)

    app = web.Application(client_max_size=BODY_MOST)
    app.router.add_route("*", "/bot{token}/{method}", method)
    app.router.add_get("/file/bot{token}/{path:.+}", file)
    control.add_routes(app, server)
    return app


def content_of(server: BotApi, token: str, path: str) -> bytes | None:
    """The bytes behind a file_path."""
    if token != server.token:
        return None
    files = server.world.files.values()
    return next((each.content for each in files if each.path == path), None)


async def answer(server: BotApi, request: web.Request) -> web.StreamResponse:
    raw, files = await read(request)
    try:
        done = await server.call(
            request.match_info["token"], request.match_info["method"], raw, files
        )
    except Page:
        return web.Response(status=502, body=BAD_GATEWAY_PAGE, content_type="text/html")
    except NoAnswer as lost:
        if lost.silent:
            await server.closing.wait()
        if request.transport:
            request.transport.abort()
        return web.Response(status=500)
    return web.json_response(done.answer, status=done.code)


async def read(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Parameters may come in the address, as a form or as JSON; files only in a form of parts."""
    raw: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json":
        body = await request.text()
        raw |= json.loads(body) if body else {}
        return raw, files
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            with value.file as opened:
                files[name] = Upload(value.filename, opened.read(), value.content_type)
        elif isinstance(value, str):
            raw[name] = value
    return raw, files
