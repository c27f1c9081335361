"""Who may talk to the local group: only its own page, opened on this machine.

Any web page may send requests to this machine, and any name may be made to point at it. So the
Host must be one of ours, and what acts or listens must come from our own page (its Origin).
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bots.local.read import BadRequest
from bots.local.room import RoomError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

NAMES = ("127.0.0.1", "localhost", "[::1]")
STREAM = "/local/stream"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets in what is ours and answers every "no" with one line of JSON."""
    if not is_ours(request):
        return refused("only the group's own page may ask this", 403)
    try:
        return await handler(request)
    except BadRequest as error:
        return refused(str(error), 400)
    except RoomError as error:
        return refused(str(error), 503)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return refused(error.reason.lower(), error.status)


async def harden(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-cache")


def refused(reason: str, status: int) -> web.Response:
    return web.json_response({"error": reason}, status=status)


def is_ours(request: web.Request) -> bool:
    host = request.headers.get("Host", "").lower()
    if host not in _hosts(request):
        return False
    is_reading = request.method in ("GET", "HEAD") and request.path != STREAM
    return is_reading or request.headers.get("Origin", "").lower() == f"http://{host}"


def _hosts(request: web.Request) -> set[str]:
    if request.transport is None:  # the connection is already gone
        return set()
    port = request.transport.get_extra_info("sockname")[1]
    hosts = {f"{name}:{port}" for name in NAMES}
    return hosts | set(NAMES) if port == 80 else hosts
