"""One aiohttp server: health and metrics stand here, platforms add routes of their own."""

import errno
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

Health = Callable[[], tuple[Mapping[str, object], bool]]
"""What to tell of the program, as plain JSON values, and whether all is well."""

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]

BODY_MAX_BYTES = 1024**2
CONNECTIONS_WAITING_MAX = 256
STOP_TIMEOUT_SECONDS = 0.75
"""How long a request may still take when the program ends, and as long again to give up.

Platforms close their open streams at once, on the application's shutdown signal.
"""


class CannotListen(Exception):  # noqa: N818
    """The address cannot be had. The text is the one line the operator reads."""


class HttpServer:
    """Routes are added to `application` before `start`; after `stop` it is done for good."""

    def __init__(self, host: str, port: int, health: Health, registry: CollectorRegistry) -> None:
        self.application = web.Application(client_max_size=BODY_MAX_BYTES)
        self.application.on_response_prepare.append(_harden)
        self.application.router.add_get("/health", _health_page(health))
        self.application.router.add_get("/metrics", _metrics_page(registry))
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port listened on, also when any free one was asked for."""
        if self._runner is None or not self._runner.addresses:
            return self._port
        return int(self._runner.addresses[0][1])

    @property
    def address(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}"

    async def start(self) -> None:
        """Raises CannotListen."""
        runner = web.AppRunner(
            self.application, access_log=None, shutdown_timeout=STOP_TIMEOUT_SECONDS
        )
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port, backlog=CONNECTIONS_WAITING_MAX)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise CannotListen(_advice(self._host, self._port, error)) from error
        self._runner = runner

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()


def _advice(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is taken by another program; "
            "set CARCLUB_HTTP_PORT to another one, or to 0 for any free one"
        )
    if error.errno == errno.EACCES:
        return f"port {port} on {host} is not allowed; set CARCLUB_HTTP_PORT above 1023"
    return (
        f"cannot listen on {host} port {port} ({error.strerror}); "
        "check CARCLUB_HTTP_HOST and CARCLUB_HTTP_PORT"
    )


def _health_page(health: Health) -> Page:
    async def page(_request: web.Request) -> web.Response:
        facts, is_well = health()
        return web.json_response(
            {"status": "ok" if is_well else "degraded", **facts}, status=200 if is_well else 503
        )

    return page


def _metrics_page(registry: CollectorRegistry) -> Page:
    async def page(_request: web.Request) -> web.Response:
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=generate_latest(registry), headers=headers)

    return page


async def _harden(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Server"] = "carclub"  # and not the version of every library
