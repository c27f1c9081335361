"""Everything odd about the wechaty SDK, so that nothing outside this file needs to know of it.

The SDK is at its end: its last release is of 2022, and as published it neither imports on Python
3.11 nor survives the first error a gateway reports. Each part here names what it mends; the tests
of this file fail where a part is no longer needed, and then it can go.

Only `line` imports this, and only when WeChat is switched on.
"""

import asyncio
import atexit
import base64
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn, Protocol

import pyee
import pyee.asyncio
import urllib3
import urllib3.util

# The SDK makes a folder for caches where the program was started, at import already.
_CACHE = tempfile.mkdtemp(prefix="carclub-wechaty-")
atexit.register(shutil.rmtree, _CACHE, ignore_errors=True)
os.environ["CACHE_DIR"] = _CACHE
# Its log, a stream of its own to the terminal, holds what members say. It has its levels the wrong
# way round: "silly" is the quietest, and "silent" logs everything.
os.environ["WECHATY_LOG"] = "silly"
# Both would be taken for the gateway's where ours is not given, and warned of where it is.
for _name in ("WECHATY_PUPPET_SERVICE_TOKEN", "WECHATY_PUPPET_SERVICE_ENDPOINT"):
    os.environ.pop(_name, None)


def mend_pyee() -> None:
    """pyee 12 moved the class to `pyee.asyncio`."""
    pyee.AsyncIOEventEmitter = pyee.asyncio.AsyncIOEventEmitter


def mend_urllib3() -> None:
    """urllib3 2 took it out. Only a parser of links uses it, which we never call."""

    def get_host(url: str) -> tuple[str, str | None, int | None]:
        parsed = urllib3.util.parse_url(url)
        return parsed.scheme or "http", parsed.hostname, parsed.port

    urllib3.get_host = get_host  # type: ignore[attr-defined]


def mend_options() -> None:
    """A default of a dataclass must be hashable since Python 3.11, and this one's class is not."""
    from wechaty_puppet import PuppetOptions

    PuppetOptions.__hash__ = object.__hash__


mend_pyee()
mend_urllib3()
mend_options()

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: E402
from grpclib.client import Channel  # noqa: E402
from grpclib.exceptions import StreamTerminatedError  # noqa: E402
from wechaty import Wechaty, WechatyOptions  # noqa: E402
from wechaty.utils.async_helper import SingleIdContainer  # noqa: E402
from wechaty_grpc.wechaty import PuppetStub  # noqa: E402
from wechaty_grpc.wechaty import puppet as wire  # noqa: E402
from wechaty_puppet import FileBox, PuppetOptions  # noqa: E402
from wechaty_puppet_service.puppet import PuppetService, _map_message_type  # noqa: E402

TEXT_KEPT_MAX = 20_001
"""A gateway may bring a text of any length. Nobody reads more than 20,000 letters; one more tells
that there was more."""
TYPES_KNOWN = 16
"""Message types from here on the SDK cannot map, and loses the message."""
START_TIMEOUT_SECONDS = 20.0
CONNECT_TIMEOUT_SECONDS = 3.0

Kind = wire.EventType
_TO_THE_SDK = frozenset(
    {
        Kind.EVENT_TYPE_MESSAGE,
        Kind.EVENT_TYPE_ROOM_JOIN,
        Kind.EVENT_TYPE_ROOM_LEAVE,
        Kind.EVENT_TYPE_ROOM_TOPIC,
        Kind.EVENT_TYPE_LOGIN,
    }
)
"""What the SDK may handle. All else it would print, forget, or die of."""
_NAMES = {
    Kind.EVENT_TYPE_MESSAGE: "messageId",
    Kind.EVENT_TYPE_LOGIN: "contactId",
    Kind.EVENT_TYPE_ROOM_JOIN: "roomId",
    Kind.EVENT_TYPE_ROOM_LEAVE: "roomId",
    Kind.EVENT_TYPE_ROOM_TOPIC: "roomId",
    Kind.EVENT_TYPE_ROOM_INVITE: "roomInvitationId",
    Kind.EVENT_TYPE_FRIENDSHIP: "friendshipId",
}
"""Without this an event of its kind is none."""


class Listener(Protocol):
    """Who is told what happens on the connection, in the order of the stream."""

    async def arrived(self, message: str) -> None:
        """A message is on its way: `placed` and `said` follow, unless it is lost, and those of
        several messages in any order. No more of the stream is read until this returns."""

    def placed(self, message: str, room: str) -> None:
        """Where it was said."""

    def lost(self, message: str) -> None:
        """It cannot be had: nobody has to wait for it."""

    async def said(self, message: Any) -> None:
        """The SDK's Message."""

    async def moved(self, room: Any, people: list[Any], by: Any, at: Any, *, came: bool) -> None:
        """The SDK's Room, Contacts and date."""

    async def renamed(self, room: Any, title: str, by: Any, at: Any) -> None: ...

    async def logged_in(self, contact: Any) -> None: ...

    def told(self, kind: int, facts: dict[str, Any]) -> None:
        """Anything else, as the gateway wrote it."""

    def failed(self, error: BaseException) -> None:
        """The SDK could not handle an event: it is lost."""


class LoggedInAnew(Exception):  # noqa: N818
    """Another account is logged in at the gateway: nothing known of the former one holds."""


class Puppet(PuppetService):  # type: ignore[misc]
    """The gateway's client, without what blocks, logs the account out, or ends at an error."""

    def __init__(self, endpoint: str, token: str, listener: Listener) -> None:
        super().__init__(PuppetOptions(token=token, end_point=endpoint))
        host, _, port = endpoint.rpartition(":")
        self._listener = listener
        # The SDK's own looks for the gateway with a blocking telnet, or in the public internet.
        self.channel = Channel(host=host.strip("[]"), port=int(port))
        self.channel._authority = token
        self._puppet_stub = PuppetStub(self.channel)

    async def start(self) -> None:
        """Until the connection ends. The SDK's own sends Stop first, which logs the account out."""
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            await self.channel.__connect__()
        async with asyncio.timeout(START_TIMEOUT_SECONDS):
            await self.puppet_stub.start()
        self.puppet_stub.event = self._events(self.puppet_stub.event)
        self._event_stream.remove_all_listeners("error")
        self._event_stream.on("error", self._listener.failed)
        await self._listen_for_event()

    async def stop(self) -> None:
        """Nor does this send Stop."""
        self._event_stream.remove_all_listeners()
        # What is still being looked up fails now, and pyee raises what nobody listens for.
        self._event_stream.on("error", lambda _: None)
        self._event_stream.cancel()
        self.channel.close()

    def _events(self, stream: Callable[[], AsyncIterator[Any]]) -> Callable[[], AsyncIterator[Any]]:
        """What the SDK may see of the stream. It ends without a word when the stream does."""

        async def events() -> AsyncIterator[Any]:
            async for event in stream():
                facts = self._for_the_sdk(event)
                if facts is None:
                    continue
                if event.type == Kind.EVENT_TYPE_MESSAGE:
                    await self._listener.arrived(facts["messageId"])
                yield event
            raise StreamTerminatedError("the gateway ended the stream of events")

        return events

    def _for_the_sdk(self, event: Any) -> dict[str, Any] | None:
        try:
            facts = json.loads(event.payload or "{}")
            kind = Kind(int(event.type))
            name = _NAMES.get(kind)
            if not isinstance(facts, dict) or (name and not isinstance(facts.get(name), str)):
                raise ValueError("no event of its kind")
        except ValueError as error:
            self._listener.failed(error)
            return None
        if kind not in _TO_THE_SDK:
            self._listener.told(kind, facts)
            return None
        if kind == Kind.EVENT_TYPE_LOGIN and self.login_user_id is not None:
            if facts["contactId"] != self.login_user_id:
                raise LoggedInAnew
            self._listener.told(kind, facts)  # the SDK hears of one login a connection
            return None
        return facts

    async def message_payload(self, message_id: str) -> Any:
        """As the SDK wants it; what the gateway said stays in `told_type` and `told_length`."""
        try:
            payload = await self.puppet_stub.message_payload(id=message_id)
        except Exception:
            self._listener.lost(message_id)
            raise
        payload.told_type, payload.told_length = int(payload.type), len(payload.text)
        payload.text = payload.text[:TEXT_KEPT_MAX]
        payload.type = payload.told_type if payload.told_type < TYPES_KNOWN else 0
        self._listener.placed(message_id, payload.room_id or payload.from_id)
        return _map_message_type(payload)

    async def content(self, message_id: str, most: int, *, picture: bool) -> tuple[str, bytes]:
        """The name and content of a message's file; more than `most` bytes are not taken.

        Raises ValueError then. The SDK's own calls bring nothing above 20 KB.
        """
        stub = self.puppet_stub
        chunks = (
            stub.message_image_stream(id=message_id, type=wire.ImageType.IMAGE_TYPE_HD)
            if picture
            else stub.message_file_stream(id=message_id)
        )
        name, content = "", bytearray()
        async for chunk in chunks:
            part = chunk.file_box_chunk
            name = part.name or name
            content += part.data
            if len(content) > most:
                raise ValueError("the file is too large")
        return name, bytes(content)

    async def send_file(self, to: str, name: str, content: bytes) -> str:
        """The SDK's way from bytes is broken, the one from Base64 is not."""
        box = FileBox.from_base64(base64.b64encode(content), name)
        return str(await self.message_send_file(to, box))

    async def invitation(self, invitation_id: str) -> Any:
        """The SDK's own asks for fields that its answer does not have."""
        return await self.puppet_stub.room_invitation_payload(id=invitation_id)

    async def friend_request(self, friendship: str) -> str:
        """Who asks to be a contact; empty where it is no request. The SDK's own question reads as
        an order to change it."""
        asked = await self.puppet_stub.friendship_payload(id=friendship)
        is_request = asked.type == wire.FriendshipType.FRIENDSHIP_TYPE_RECEIVE
        return str(asked.contact_id) if is_request else ""


class NoPlugins:
    """In place of the SDK's plugins, which open a port for everybody and lose the login when
    another program listens nearby."""

    async def start(self) -> None: ...

    async def emit_events(self, *event: object) -> None: ...


class Bot(Wechaty):  # type: ignore[misc]
    """One connection to a gateway, from `start` to its end. It is not used again: a former one's
    rooms and people answer through the connection they came from."""

    def __init__(self, endpoint: str, token: str, listener: Listener) -> None:
        puppet = Puppet(endpoint, token, listener)
        super().__init__(
            WechatyOptions(
                puppet=puppet,
                puppet_options=puppet.options,
                host="127.0.0.1",
                scheduler=AsyncIOScheduler(),  # or it would keep a database of its own
            )
        )
        self._plugin_manager = NoPlugins()
        self._listener = listener

    async def start(self) -> NoReturn:
        """Raises what ends the connection, where the SDK's own prints it, or stops the loop of the
        whole process."""
        await self.init_puppet()
        for kind in (self.Room, self.Contact, self.ContactSelf, self.Tag):
            kind._pool = {}  # else it is the class's, shared with all connections before
        # It keeps 100,000 ids over all connections. The store knows better what was seen.
        SingleIdContainer._instance = None
        await self.init_puppet_event_bridge(self.puppet)
        await self.puppet.start()
        raise StreamTerminatedError("the connection has ended")

    async def stop(self) -> None:
        await self.puppet.stop()

    def forget(self, contact_or_room: str) -> None:
        """What was known of it has changed: it is asked for again. The SDK's own way does not."""
        for kind in (self.Room, self.Contact):
            known = kind._pool.get(contact_or_room)
            if known is not None:
                known._payload = None

    # What the SDK calls

    async def on_message(self, msg: Any) -> None:
        await self._listener.said(msg)

    async def on_room_join(self, room: Any, invitees: Any, inviter: Any, date: Any) -> None:
        await self._listener.moved(room, invitees, inviter, date, came=True)

    async def on_room_leave(self, room: Any, leavers: Any, remover: Any, date: Any) -> None:
        await self._listener.moved(room, leavers, remover, date, came=False)

    async def on_room_topic(
        self, room: Any, new_topic: str, old_topic: str, changer: Any, date: Any
    ) -> None:
        self.forget(room.room_id)
        await self._listener.renamed(room, new_topic, changer, date)

    async def on_login(self, contact: Any) -> None:
        await self._listener.logged_in(contact)
