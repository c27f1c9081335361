"""The local group as a platform: no account, no network, everything a real one would do."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import structlog
from aiohttp import web

from bots.contract import PlatformError, Receive, Sent, Traits
from bots.local import read, show
from bots.local.api import Api
from bots.local.nouns import GROUP, PLATFORM, PRIVATE_PREFIX, Line, Post, private_chat
from bots.local.pictures import Pictures
from bots.local.room import Room, RoomError
from handlers import faults
from storage.model import Answer, Event, Message, Reply
from storage.world import World

GREETING_TIMEOUT_SECONDS = 1.0
ATTACHMENT_MAX_CHARACTERS = 1024**2

log = structlog.get_logger()


class LocalGroup:
    name = PLATFORM
    traits = Traits()

    def __init__(
        self,
        folder: Path,
        members: int,
        world: World,
        *,
        title: str = "本地车友会",
        opening: str = "建会 本地车友会",
    ) -> None:
        """`opening` is what the owner says when the group is new, so the club is ready at once."""
        self._room = Room(folder / "local-group.jsonl", title, members, world.now)
        self._api = Api(self._room, Pictures(folder / "local-media"), self.act)
        self._opening = opening
        self._receive: Receive | None = None
        self.is_open = asyncio.Event()
        """Set once what was owed is told, so that nothing overtakes it; and at the end."""
        self._stopped = asyncio.Event()

    def add_routes(self, application: web.Application) -> None:
        application.add_subapp("/local", self._api.application())
        for path in ("/", "/local"):
            application.router.add_get(path, _to_the_page)

    async def run(self, receive: Receive) -> None:
        self._receive = receive
        if self._room.broken_lines:
            log.warning("local group had broken lines", lines=self._room.broken_lines)
        if self._room.is_new:
            self._room.write(read.arrival(self._room.owner, self._room.scene()))
        is_answered = await self._tell_owed(receive)
        if not self._room.has_spoken:
            if is_answered:
                await self._hear_greeting()
            self._room.write(self._opening_line())
            await self._tell_owed(receive)
        self.is_open.set()
        await self._stopped.wait()

    async def act(self, verb: str, body: bytes) -> Answer:
        """A member does something. Raises BadRequest, or RoomError when it cannot be kept."""
        line = read.change(verb, body, self._room.scene())
        if self._stopped.is_set():
            raise RoomError("the group is closing")
        self._room.write(line)
        await self.is_open.wait()
        if line.event is None or self._receive is None or self._stopped.is_set():
            raise RoomError("the group is closing; this will be told when it opens again")
        return await self._deliver(line.event, self._receive)

    async def send(self, message: Message) -> Sent:
        if message.reply.to == "badge":
            return self._wear(message)
        if message.edits:
            return Sent(self._edit(message))
        scene = self._room.scene()
        post = show.post(message, str(scene.number), scene.at)
        self._put(post)
        return Sent(post.id)

    async def say(self, event: Event, reply: Reply) -> None:
        is_private = event.private or reply.to == "private"
        message = Message(
            id=0,
            platform=PLATFORM,
            chat="" if is_private else GROUP,
            account=event.account if is_private else "",
            reply=reply,
            quotes=event.message if event.private == is_private else "",
        )
        try:
            await self.send(message)
        except PlatformError as error:
            log.warning("local group said nothing", event_id=event.id, reason=error.reason)

    def health(self) -> tuple[Mapping[str, object], bool]:
        return {"state": "open" if self.is_open.is_set() else "opening"}, True

    async def stop(self) -> None:
        self._stopped.set()
        self.is_open.set()
        self._room.feed.close()

    def _opening_line(self) -> Line:
        words = {"account": self._room.owner.account, "text": self._opening}
        return read.change("say", json.dumps(words).encode(), self._room.scene())

    async def _tell_owed(self, receive: Receive) -> bool:
        """Whether the house has something to say to it."""
        answers = [
            await self._redeliver(event, receive)
            for event in list(self._room.owed.values())
            if not self._stopped.is_set()
        ]
        return any(answer.replies for answer in answers)

    async def _hear_greeting(self) -> None:
        """The greeting goes through the outbox; let it come before the owner answers it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GREETING_TIMEOUT_SECONDS):
                while not self._room.feed.is_closed and not any(self._room.posts()):
                    await self._room.feed.wait()

    async def _deliver(self, event: Event, receive: Receive) -> Answer:
        answer = await receive(event)
        self._room.settle(event, answer)
        return answer

    async def _redeliver(self, event: Event, receive: Receive) -> Answer:
        try:
            return await self._deliver(event, receive)
        except Exception as error:
            # It stays owed. One event the house fails on must not keep the group closed.
            log.error("event was not taken over", event_id=event.id, **faults.told(error))
            return Answer()

    def _edit(self, message: Message) -> str:
        former = self._room.post(message.edits)
        if former is None:
            raise PlatformError(f"no message {message.edits} to change", final=True)
        self._put(show.edited(message, former))
        return former.id

    def _wear(self, message: Message) -> Sent:
        person = self._room.people.get(message.account)
        if person is None:
            raise PlatformError(f"no member {message.account}", final=True)
        line = Line(
            self._room.scene().number, person=replace(person, badge=show.badge(message.reply))
        )
        self._write(line)
        return Sent("", messages=0)

    def _put(self, post: Post) -> None:
        account = post.chat.removeprefix(PRIVATE_PREFIX)
        if post.chat != GROUP and post.chat != private_chat(account):
            raise PlatformError(f"no chat {post.chat}", final=True)
        if post.chat != GROUP and account not in self._room.people:
            raise PlatformError(f"no member {account}", final=True)
        if post.attachment and len(post.attachment.content) > ATTACHMENT_MAX_CHARACTERS:
            raise PlatformError("the attachment is too large", final=True)
        self._write(Line(self._room.scene().number, post=post))

    def _write(self, line: Line) -> None:
        try:
            self._room.write(line)
        except RoomError as error:
            raise PlatformError(str(error)) from error


async def _to_the_page(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/local/")
