"""The line to a gateway: one connection after another, for as long as carclub runs.

A gateway keeps nothing for who is not there, so the line comes back as soon as it can, and tells
for how long nothing could be heard.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from grpclib.const import Status
from grpclib.exceptions import GRPCError

from bots.contract import PlatformError
from bots.wechat.compat import LoggedInAnew
from bots.wechat.connection import WIRE_ERRORS, Connection
from bots.wechat.nouns import Me, News, Said
from handlers import faults
from storage.model import Millis
from storage.world import World

log = structlog.get_logger()

T = TypeVar("T")

PAUSE_SECONDS = 0.5
PAUSE_MAX_SECONDS = 4.0
"""At least so often another connection is tried."""
STEADY_SECONDS = 20.0
"""A connection that lasted this long was a good one."""
AWAY_SECONDS = 5.0
SEND_TIMEOUT_SECONDS = 20.0
PICTURE_MAX_BYTES = 10 * 1024**2
SENT_MAX_BYTES = 2_900_000
"""A file's Base64 must fit into the 4 MiB of one call."""

_AWAY = frozenset({Status.UNAVAILABLE, Status.UNAUTHENTICATED})
_SAYS = {
    Status.UNAUTHENTICATED: "the gateway does not accept wechat_token",
    # To take it back one would have to log the account out.
    Status.ALREADY_EXISTS: "another program hears the gateway's events",
}
_NEVER = frozenset(
    {Status.RESOURCE_EXHAUSTED, Status.UNIMPLEMENTED, Status.INVALID_ARGUMENT, Status.NOT_FOUND}
)


class Line:
    def __init__(
        self,
        endpoint: str,
        token: str,
        world: World,
        hear: Callable[[News, Me], None],
        back: Callable[[Me, Millis], None],
    ) -> None:
        """`back` is told who we are each time the account can be heard again, and when it was heard
        last; 0 where that is not known."""
        self.connections = 0
        self.unread = 0
        """Events that could not be read."""
        self.trouble = "not connected yet"
        self._endpoint = endpoint
        self._token = token
        self._world = world
        self._hear = hear
        self._back = back
        self._connection: Connection | None = None
        self._alive_at: Millis = 0

    @property
    def me(self) -> Me | None:
        """None while nothing can be heard or said."""
        return self._connection.me if self._connection is not None else None

    @property
    def alive_at(self) -> Millis:
        """When the account was heard last; 0 where it never was."""
        return max(self._alive_at, self._connection.alive_at if self._connection else 0)

    async def run(self) -> None:
        """Until cancelled."""
        clock, pause = asyncio.get_running_loop(), PAUSE_SECONDS
        while True:
            began = clock.time()
            connection = Connection(
                self._endpoint, self._token, self._world, self._hear, self._opened
            )
            self._connection = connection
            self.connections += 1
            try:
                await connection.live()
            except LoggedInAnew:
                self._note("another account was logged in")
            except WIRE_ERRORS as error:
                self._note(_told(error))
            except Exception as error:
                # The SDK may raise anything. Nothing of it may end the other platforms.
                log.error("the wechat connection broke", **faults.told(error))
                self._note("fault")
            finally:
                self._alive_at = self.alive_at
                self.unread += connection.unread
                self._connection = None
            lasted = clock.time() - began
            pause = PAUSE_SECONDS if lasted > STEADY_SECONDS else min(2 * pause, PAUSE_MAX_SECONDS)
            await asyncio.sleep(max(pause - lasted, PAUSE_SECONDS))

    def state(self) -> str:
        """What an operator should know; empty while all is well."""
        connection = self._connection
        if connection is None or (connection.me is None and not connection.waits_for_scan):
            return self.trouble or "the account is not logged in"
        return "the gateway waits for a scan of its code" if connection.waits_for_scan else ""

    # What is asked of the gateway. All raise PlatformError.

    async def say(self, to: str, text: str, mentions: list[str]) -> str:
        """The id of the message, as far as the gateway tells one."""
        return str(await self._ask(lambda c: c.bot.puppet.message_send_text(to, text, mentions)))

    async def send_file(self, to: str, name: str, content: bytes) -> str:
        if len(content) > SENT_MAX_BYTES:
            raise PlatformError("the file is too large", final=True)
        return await self._ask(lambda c: c.bot.puppet.send_file(to, name, content))

    async def picture(self, message: str) -> tuple[str, bytes]:
        """The name and content of a picture that was said before."""
        try:
            return await self._ask(
                lambda c: c.bot.puppet.content(message, PICTURE_MAX_BYTES, picture=True)
            )
        except ValueError as error:
            raise PlatformError(str(error), final=True) from error

    async def accept(self, invitation: str) -> None:
        await self._ask(lambda c: c.bot.puppet.room_invitation_accept(invitation))

    async def befriend(self, friendship: str) -> None:
        await self._ask(lambda c: c.bot.puppet.friendship_accept(friendship))

    async def is_contact(self, account: str) -> bool:
        """Whether they can be written to in private."""

        async def look(connection: Connection) -> bool:
            contact = connection.bot.Contact.load(account)
            await contact.ready(force_sync=True)
            return bool(contact.payload.friend)

        return await self._ask(look)

    async def look_up(self, message: str) -> Said | None:
        """A message of before, as far as the gateway still has it."""
        connection = self._connection
        return await connection.look_up(message) if connection is not None else None

    async def _ask(self, call: Callable[[Connection], Awaitable[T]]) -> T:
        connection = self._connection
        if connection is None or connection.me is None:
            raise PlatformError("wechat is not connected", retry_after_seconds=AWAY_SECONDS)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                return await call(connection)
        except WIRE_ERRORS as error:
            raise _platform_error(error) from None

    def _opened(self, me: Me) -> None:
        self._note("")
        log.info("wechat connected", connections=self.connections)
        self._back(me, self._alive_at)

    def _note(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.warning("wechat has a problem", problem=trouble)
        self.trouble = trouble


def _told(error: BaseException) -> str:
    """Without the gateway's own words: they may hold anything."""
    match error:
        case GRPCError():
            return _SAYS.get(error.status) or f"the gateway said {error.status.name}"
        case TimeoutError():
            return "the gateway does not answer"
        case ConnectionRefusedError():
            return "the gateway is not there"
        case OSError():
            return "the gateway cannot be reached"
        case _:
            return "the gateway has ended the connection"


def _platform_error(error: BaseException) -> PlatformError:
    reason = _told(error)
    if not isinstance(error, GRPCError):
        return PlatformError(reason, delivered_maybe=True)
    if error.status in _AWAY:
        return PlatformError(reason, retry_after_seconds=AWAY_SECONDS)
    return PlatformError(reason, final=error.status in _NEVER)
