"""Health, metrics, a taken port, and an end that waits for nobody."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from io import BytesIO

import pytest
from aiohttp import ClientSession, web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter

from bots.http.server import BODY_MAX_BYTES, CannotListen, HttpServer


def a_server(port: int = 0, *, well: bool = True, host: str = "127.0.0.1") -> HttpServer:
    def health() -> tuple[Mapping[str, object], bool]:
        return {"store": "keeps" if well else "cannot keep", "units_waiting": 3}, well

    registry = CollectorRegistry()
    Counter("carclub_events", "Events", registry=registry).inc(2)
    return HttpServer(host, port, health, registry)


@asynccontextmanager
async def started(server: HttpServer) -> AsyncIterator[ClientSession]:
    await server.start()
    try:
        async with ClientSession(server.address) as session:
            yield session
    finally:
        await server.stop()


async def test_health_tells_how_things_are():
    async with started(a_server()) as session, session.get("/health") as response:
        assert response.status == HTTPStatus.OK
        assert await response.json() == {"status": "ok", "store": "keeps", "units_waiting": 3}
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Server"] == "carclub"


async def test_poor_health_shows_in_the_status_too():
    async with started(a_server(well=False)) as session, session.get("/health") as response:
        assert response.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert (await response.json())["status"] == "degraded"


async def test_metrics_are_what_prometheus_reads():
    async with started(a_server()) as session, session.get("/metrics") as response:
        assert response.headers["Content-Type"] == CONTENT_TYPE_LATEST
        assert "carclub_events_total 2.0" in await response.text()


async def test_a_taken_port_is_told_in_one_line_that_names_the_setting():
    first = a_server()
    await first.start()
    try:
        with pytest.raises(CannotListen, match="CARCLUB_HTTP_PORT") as caught:
            await a_server(first.port).start()
        assert "\n" not in str(caught.value)
        assert str(first.port) in str(caught.value)
    finally:
        await first.stop()


async def test_an_address_of_another_machine_is_told_too():
    with pytest.raises(CannotListen, match="CARCLUB_HTTP_HOST"):
        await a_server(host="192.0.2.1").start()


async def test_a_port_is_free_again_after_the_end():
    server = a_server()
    async with started(server) as session, session.get("/health"):
        port = server.port
    async with started(a_server(port)) as session, session.get("/health") as response:
        assert response.status == HTTPStatus.OK


async def test_it_stops_at_once_with_streams_and_connections_open():
    server = a_server()

    async def stream(request: web.Request) -> web.WebSocketResponse:
        answer = web.WebSocketResponse()
        await answer.prepare(request)
        async for _ in answer:
            pass
        return answer

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await asyncio.Event().wait()
        return answer

    server.application.router.add_get("/stream", stream)
    server.application.router.add_get("/endless", endless)
    await server.start()
    with socket.create_connection(("127.0.0.1", server.port)):
        async with (
            ClientSession(server.address) as session,
            session.ws_connect("/stream"),
            session.get("/endless"),
        ):
            start = asyncio.get_running_loop().time()
            await server.stop()
            assert asyncio.get_running_loop().time() - start < 2


async def test_a_body_that_is_too_large_is_refused():
    server = a_server()

    async def swallow(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    server.application.router.add_post("/swallow", swallow)
    async with started(server) as session:
        async with session.post("/swallow", data=BytesIO(b"x" * BODY_MAX_BYTES)) as response:
            assert response.status == HTTPStatus.OK
        async with session.post("/swallow", data=BytesIO(b"x" * (BODY_MAX_BYTES + 1))) as response:
            assert response.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def test_stopping_what_never_started_does_nothing():
    await a_server().stop()
