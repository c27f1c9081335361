"""One connection to a gateway, from its beginning to its end: the SDK's things become ours here."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from grpclib.exceptions import GRPCError, StreamTerminatedError

from bots.wechat.compat import Bot, Kind
from bots.wechat.nouns import Befriended, Invited, Me, Moved, News, Renamed, Said
from bots.wechat.order import Order
from handlers import faults
from storage.model import SECOND, Mention, Millis
from storage.world import World

log = structlog.get_logger()

IN_HAND_MAX = 256
"""Messages that the SDK may be looking into at a time; more wait in the gateway."""
FULL_LOOK_SECONDS = 0.25
DING_EVERY_SECONDS = 5.0
DING_TIMEOUT_SECONDS = 5.0
"""A gateway that does not answer within this time is frozen."""
ALIASES_MAX = 5_000
SECONDS_UNTIL: int = 10**11
"""Some gateways tell seconds and some milliseconds; no time of either is on the other's side."""

WIRE_ERRORS = (OSError, GRPCError, StreamTerminatedError, TimeoutError)
"""What goes wrong with a gateway: it is away, it says no, it breaks off, it does not answer."""


class Connection:
    """Tells `hear` what happens, in each room's order; `live` ends when the connection does."""

    def __init__(
        self,
        endpoint: str,
        token: str,
        world: World,
        hear: Callable[[News, Me], None],
        open_: Callable[[Me], None],
    ) -> None:
        """`open_` is called when the account is logged in, and again after it was logged out."""
        self.me: Me | None = None
        """None while the account is not logged in."""
        self._account: Me | None = None
        self.waits_for_scan = False
        self.alive_at: Millis = 0
        """When something was heard of the gateway last, with the account logged in."""
        self.unread = 0
        """Events that could not be read."""
        self.bot = Bot(endpoint, token, self)
        self._world = world
        self._hear = hear
        self._open = open_
        self._order: Order[News] = Order()
        self._news = asyncio.Event()
        self._room_for_more = asyncio.Event()
        self._aliases: dict[str, str] = {}
        self._looking: set[asyncio.Task[None]] = set()

    async def live(self) -> None:
        """Raises what ended it."""
        lives = [
            asyncio.create_task(each) for each in (self.bot.start(), self._ding(), self._hand_on())
        ]
        try:
            done, _ = await asyncio.wait(lives, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (*lives, *self._looking):
                each.cancel()
            await asyncio.gather(*lives, *self._looking, return_exceptions=True)
            # It was heard, and nobody will say it again.
            for news in self._order.rest():
                self._pass_on(news)
            await self.bot.stop()
        for each in done:
            each.result()

    async def _ding(self) -> None:
        """A frozen gateway keeps the connection and says nothing."""
        while True:
            await asyncio.sleep(DING_EVERY_SECONDS)
            if self.me is not None:
                async with asyncio.timeout(DING_TIMEOUT_SECONDS):
                    await self.bot.puppet.ding("")
                self._is_alive()

    async def _hand_on(self) -> None:
        """Let go what has waited long enough for its turn."""
        clock = asyncio.get_running_loop()
        while True:
            self._news.clear()
            ready, look_at = self._order.due(clock.time())
            for each in ready:
                self._pass_on(each)
            if len(self._order) < IN_HAND_MAX:
                self._room_for_more.set()
            try:
                async with asyncio.timeout_at(look_at):
                    await self._news.wait()
            except TimeoutError:
                continue

    def _is_alive(self) -> None:
        if self.me is not None:
            self.alive_at = self._world.now()

    # What the SDK tells

    async def arrived(self, message: str) -> None:
        while len(self._order) >= IN_HAND_MAX:
            self._room_for_more.clear()
            self._news.set()
            # Nobody tells of those that are lost: their patience ends.
            with suppress(TimeoutError):
                async with asyncio.timeout(FULL_LOOK_SECONDS):
                    await self._room_for_more.wait()
        self._order.arrived(message, asyncio.get_running_loop().time())
        self._is_alive()

    def placed(self, message: str, room: str) -> None:
        self._order.placed(message, room)

    def lost(self, message: str) -> None:
        self._order.lost(message)
        self._news.set()

    async def said(self, message: Any) -> None:
        said = await self._read(message.message_id, message.payload)
        self._put(said.id, said.room or said.talker, said.at, said)

    async def moved(self, room: Any, people: list[Any], by: Any, at: Any, *, came: bool) -> None:
        known = room.payload
        moved = Moved(
            room.room_id,
            tuple(Mention(each.contact_id, each.payload.name) for each in people),
            _millis(at),
            came,
            by.contact_id,
            known.topic,
            known.owner_id,
        )
        self.bot.forget(room.room_id)
        self._put(f"moved:{id(moved)}", moved.room, moved.at, moved)

    async def renamed(self, room: Any, title: str, by: Any, at: Any) -> None:
        renamed = Renamed(room.room_id, title, by.contact_id, _millis(at))
        self._put(f"renamed:{id(renamed)}", renamed.room, renamed.at, renamed)

    async def logged_in(self, contact: Any) -> None:
        self._enter(Me(contact.contact_id, contact.payload.name))

    def told(self, kind: int, facts: dict[str, Any]) -> None:
        self._is_alive()
        match kind:
            case Kind.EVENT_TYPE_ERROR:
                # Its text may hold anything, members' words among it.
                log.warning("the wechat gateway reports an error")
            case Kind.EVENT_TYPE_SCAN:
                self.waits_for_scan = True
            case Kind.EVENT_TYPE_LOGOUT:
                self.me = None
            case Kind.EVENT_TYPE_LOGIN if self._account is not None:
                self._enter(self._account)
            case Kind.EVENT_TYPE_DIRTY:
                self.bot.forget(str(facts.get("payloadId", "")))
            case Kind.EVENT_TYPE_ROOM_INVITE:
                self._look_into(self._invited(facts["roomInvitationId"]))
            case Kind.EVENT_TYPE_FRIENDSHIP:
                self._look_into(self._befriended(facts["friendshipId"]))

    def failed(self, error: BaseException) -> None:
        self.unread += 1
        log.warning("a wechat event could not be read", **faults.told(error))

    # Theirs into ours

    async def look_up(self, message: str) -> Said | None:
        """A message of before, as far as the gateway still has it."""
        try:
            payload = await self.bot.puppet.message_payload(message)
            if payload.from_id:
                await self.bot.Contact.load(payload.from_id).ready()
            return await self._read(message, payload)
        except (*WIRE_ERRORS, ValueError):
            return None

    async def _read(self, message: str, payload: Any) -> Said:
        talker = self.bot.Contact._pool.get(payload.from_id)
        room = self.bot.Room._pool.get(payload.room_id)
        known = room.payload if room is not None and room.is_ready() else None
        is_known = talker is not None and talker.is_ready()
        return Said(
            id=message,
            type=payload.told_type,
            text=payload.text,
            talker=payload.from_id,
            name=talker.payload.name if is_known else "",
            at=_in_millis(payload.timestamp) or self._world.now(),
            room=payload.room_id,
            title=known.topic if known is not None else "",
            owner=known.owner_id if known is not None else "",
            mentions=tuple(Mention(each, self.name_of(each)) for each in payload.mention_ids),
            alias=await self._alias(payload.room_id) if payload.room_id else "",
            length=payload.told_length,
        )

    def name_of(self, account: str) -> str:
        """As far as it is known without asking."""
        contact = self.bot.Contact._pool.get(account)
        return str(contact.payload.name) if contact is not None and contact.is_ready() else ""

    async def _alias(self, room: str) -> str:
        """What the bot is called in a room; asked for once."""
        if room not in self._aliases and self.me is not None:
            if len(self._aliases) >= ALIASES_MAX:
                self._aliases.clear()
            self._aliases[room] = ""  # whoever comes meanwhile does not ask again
            try:
                member = await self.bot.puppet.room_member_payload(room, self.me.id)
                self._aliases[room] = str(member.room_alias or "")
            except WIRE_ERRORS:
                log.info("the wechat gateway does not tell what we are called in a room")
        return self._aliases.get(room, "")

    async def _invited(self, invitation: str) -> None:
        told = await self.bot.puppet.invitation(invitation)
        self._pass_on(Invited(invitation, told.inviter_id, told.topic))

    async def _befriended(self, friendship: str) -> None:
        account = await self.bot.puppet.friend_request(friendship)
        if account:
            self._pass_on(Befriended(friendship, account))

    def _look_into(self, look: Coroutine[Any, Any, None]) -> None:
        """What must be asked for first, beside the stream."""
        task = asyncio.create_task(look)
        self._looking.add(task)
        task.add_done_callback(self._looked)

    def _looked(self, task: asyncio.Task[None]) -> None:
        self._looking.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failed(error)

    def _enter(self, me: Me) -> None:
        self.me = self._account = me
        self.waits_for_scan = False
        self._is_alive()
        self._open(me)

    def _pass_on(self, news: News) -> None:
        """To the house, as the account that heard it."""
        if self._account is not None:
            self._hear(news, self._account)

    def _put(self, number: str, room: str, at: Millis, news: News) -> None:
        self._order.ready(number, room, at, news, asyncio.get_running_loop().time())
        self._news.set()


def _millis(at: datetime) -> Millis:
    return int(at.timestamp() * SECOND)


def _in_millis(time: int) -> Millis:
    return time if time > SECONDS_UNTIL else time * SECOND
