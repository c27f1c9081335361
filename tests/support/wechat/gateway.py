"""A WeChat gateway of the real kind, and the people and rooms behind it that tests move.

What runs is npm's wechaty-puppet-service over a pretend account (gateway/account.mjs). Every method
awaits the gateway's word that it is done; what a client does meanwhile is collected.
"""

import asyncio
import base64
import os
import random
import secrets
import signal
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.wechat.client import Client
from tests.support.wechat.line import Line, Look, Told
from tests.support.wechat.reports import Query, Report, Sent, event_of
from tests.support.wechat.world import ALICE, ROOM, Contact, Room, World

FOLDER = Path(__file__).with_name("gateway")
START_TIMEOUT_SECONDS = 20
ANSWER_TIMEOUT_SECONDS = 20
WAIT_TIMEOUT_SECONDS = 10
# Below the ports that the kernel hands out, so nobody is given ours while the gateway is down.
PORTS = range(20_000, 32_000)
EVERYBODY = ("*",)


class GatewayError(Exception):
    """The gateway could not do what a test told it to, or did not start."""


class Gateway:
    """`async with Gateway() as gateway`, or a fixture; clients need its `endpoint` and `token`."""

    def __init__(self) -> None:
        self.port = free_port()
        self.token = secrets.token_hex(8)
        self._generation = 0
        self._numbers = count(1)
        self._line: Line | None = None
        self._earlier: list[Told] = []

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    # Its life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_running(self) -> bool:
        return self._line is not None and self._line.is_running

    @property
    def line(self) -> Line:
        assert self._line is not None, "not started"
        return self._line

    async def start(self) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "GATEWAY_ENDPOINT": self.endpoint,
            "GATEWAY_TOKEN": self.token,
            "GATEWAY_GENERATION": str(self._generation),
            "WECHATY_LOG": "error",  # anything less would be told among the answers
        }
        self._line = Line(["node", "gateway.mjs"], FOLDER, environment)
        try:
            told = await self.until(
                lambda told: event_of(told) in {"ready", "ended"}, START_TIMEOUT_SECONDS
            )
        except TimeoutError:
            told = {"event": "late"}
        if told["event"] != "ready":
            complaints = self._line.complaints
            self.close()
            raise GatewayError(f"the gateway did not start ({told['event']}):\n{complaints}")

    def close(self) -> None:
        """The end, for good."""
        if self._line is not None:
            self.thaw()
            self._line.close()
            self._line = None

    def kill(self) -> None:
        """As a crash or a power cut ends it: nobody is told."""
        self.line.kill()

    async def restart(self) -> None:
        """Up again on the same port, with the same token, people and rooms.

        As with a real one, messages and invitations from before are gone; new ids do not repeat
        old ones. What was refused or hindered is so no longer.
        """
        world = self._latest_world()
        self._earlier = self.told
        if self._line is not None:
            if self._line.is_running:
                self.kill()
            self.close()
        self._generation += 1
        await self.start()
        await self._order("reset", world=world)

    def freeze(self) -> None:
        """It hangs: its port is open, and nobody is there, until `thaw`, `kill` or `restart`."""
        self.line.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.line.signal(signal.SIGCONT)

    # The world

    async def reset(self, world: World | None = None) -> None:
        """A new account, nobody asked for or sent anything yet; clients are cut off."""
        await self._order("reset", world=asdict(world or World()))
        self._earlier = []
        # Clients of the test before may have done something until the very last moment.
        self.line.forget(lambda told: event_of(told) == "reset")

    async def contact(self, *contacts: Contact) -> None:
        """New people, or known ones under a new name."""
        await self._order("contacts", contacts=[asdict(each) for each in contacts])

    async def crowd(self, members: int, room: str = ROOM) -> tuple[str, ...]:
        """Many people at once in a room, and nobody is told; their ids."""
        people = tuple(
            Contact(f"member-{n}", f"车友{n}", friend=False) for n in range(1, members + 1)
        )
        await self.contact(*people)
        known = next(each for each in self._latest_world()["rooms"] if each["id"] == room)
        ids = tuple(each.id for each in people)
        await self._order("room", room=known | {"members": [*known["members"], *ids]})
        return ids

    async def room(self, room: Room) -> None:
        """A new room, or a known one as it is now; nobody is told."""
        await self._order("room", room=asdict(room))

    async def join(self, *who: str, by: str = ALICE, room: str = ROOM) -> None:
        """The bot's own id, too: it is pulled into the room."""
        await self._order("join", who=who, by=by, room=room)

    async def leave(self, *who: str, by: str | None = None, room: str = ROOM) -> None:
        """By themselves, or thrown out by somebody."""
        await self._order("leave", who=who, by=by or who[0], room=room)

    async def topic(self, topic: str, by: str = ALICE, room: str = ROOM) -> None:
        await self._order("topic", topic=topic, by=by, room=room)

    async def invite(
        self, inviter: str = ALICE, topic: str = "车友会", room: str | None = None
    ) -> str:
        """The bot is asked into a room; its yes is told as "accepted", and brings it into `room`
        if that is given. The invitation's id."""
        told = await self._order("invite", inviter=inviter, topic=topic, room=room)
        return str(told["id"])

    async def befriend(self, who: str, hello: str = "你好") -> str:
        """Somebody asks to be a contact; a yes is told as "called". The request's id."""
        told = await self._order("befriend", who=who, hello=hello)
        return str(told["id"])

    # What people say

    async def say(
        self,
        who: str,
        text: str = "",
        *,
        room: str | None = ROOM,
        to: str | None = None,
        at: Sequence[str] = (),
        kind: str | int = "Text",
        message_id: str | None = None,
        time_ms: int | None = None,
        repeat: int = 1,
        **attached: object,
    ) -> str:
        """A message, in the room unless `to` names a contact; its id.

        `kind` is a name of PUPPET.types.Message or any number at all, `repeat` makes a text long.
        `attached` is what a client may fetch: url=, mini=, card=, location=.
        """
        told = await self._say(
            who=who, text=text, room=None if to else room, to=to, at=at, type=kind, id=message_id,
            timestamp=time_ms, repeat=repeat, attached=attached,
        )  # fmt: skip
        return str(told["id"])

    async def whisper(self, who: str, text: str = "", **more: Any) -> str:
        """To the bot in private."""
        return await self.say(who, text, to=self._latest_world()["self"], **more)

    async def speak(self, text: str, **more: Any) -> str:
        """The bot's own account, from the phone it is logged in on; `to` or in the room."""
        return await self.say(self._latest_world()["self"], text, **more)

    async def bring(
        self,
        who: str,
        name: str,
        content: bytes | int,
        *,
        kind: str | int = "Attachment",
        room: str | None = ROOM,
        to: str | None = None,
        text: str = "",
    ) -> tuple[str, str]:
        """A file, or Image, Audio, Video: its bytes, or how many; the message's id and SHA-256."""
        file: Told = {"name": name}
        if isinstance(content, int):
            file["bytes"] = content
        else:
            file["base64"] = base64.b64encode(content).decode()
        told = await self._say(
            who=who, text=text, type=kind, room=None if to else room, to=to, attached={"file": file}
        )
        return str(told["id"]), str(told["sha256"])

    # What goes wrong

    async def login(self, who: str | None = None) -> None:
        """Logged in anew, with a logout before if need be: as before, or as somebody else."""
        await self._order("login", who=who)

    async def logout(self, why: str = "logged out on the phone") -> None:
        """Out, until `login` or a Stop and Start of the client."""
        await self._order("logout", why=why)

    async def emit(self, name: str, payload: object) -> None:
        """Any event of a puppet, such as "error", "scan" or "heartbeat", with any payload."""
        await self._order("emit", name=name, payload=payload)

    async def behave(
        self,
        *,
        login: bool | None = None,
        echo: bool | None = None,
        ids: bool | None = None,
        dong: bool | None = None,
        before: int | None = None,
        after: int | None = None,
    ) -> None:
        """Other manners from now on; what they are stands in account.mjs."""
        switches = {"login": login, "echo": echo, "ids": ids, "dong": dong}
        pauses = {"before": before, "after": after}
        await self._order("behave", manner=known(switches) | known(pauses))

    async def refuse(
        self, error: str = "rate limited", *, times: int | None = 1, to: str | None = None
    ) -> None:
        """The next sends fail; with `times=None` all do. `to` one contact or room, or to any."""
        await self._order("refuse", error=error, times=times, to=to)

    async def hinder(
        self,
        query: Query,
        ids: Iterable[str] = EVERYBODY,
        *,
        milliseconds: int = 0,
        error: str | None = None,
    ) -> None:
        """A query for these ids is answered late, or with an error, from now on."""
        await self._order(
            "hinder", query=query, ids=list(ids), milliseconds=milliseconds, error=error
        )

    async def unhinder(self) -> None:
        """Nothing is refused or hindered any more."""
        await self._order("unhinder")

    # What clients did

    @property
    def told(self) -> list[Told]:
        """All that the gateway told since the last reset, before and after a restart."""
        return self._earlier + (list(self._line.told) if self._line else [])

    def events(self, name: str) -> list[Told]:
        """started, stopped, attached, detached, login, logout, sent, refused, accepted, called."""
        return [each for each in self.told if event_of(each) == name]

    async def event(self, name: str, nth: int = 1) -> Told:
        """The first of that name since the last reset or restart, or the nth; waits for it."""
        seen = 0

        def look(told: Told) -> bool:
            nonlocal seen
            seen += event_of(told) == name
            return event_of(told) == name and seen == nth

        return await self.until(look)

    @property
    def sends(self) -> list[Sent]:
        return [Sent.read(each) for each in self.events("sent")]

    async def sent(self, words: str, *, to: str | None = None, after: Sent | None = None) -> Sent:
        """The first thing sent with these words (or of this file name); waits for it."""
        passed = after is None

        def look(told: Told) -> bool:
            nonlocal passed
            if event_of(told) != "sent":
                return False
            if not passed:
                passed = after is not None and told["id"] == after.id
                return False
            return words in (told["text"] or str(told.get("name", ""))) and to in {None, told["to"]}

        return Sent.read(await self.until(look))

    async def report(self) -> Report:
        """Also a moment to wait for: all that happened before it has been told."""
        told = await self._order("report")
        return Report(told["counts"], told["starts"], told["stops"])

    async def until(self, look: Look, timeout_seconds: float = WAIT_TIMEOUT_SECONDS) -> Told:
        """The first thing told that looks like this, since the last reset or restart."""
        return await self.line.until(look, timeout_seconds)

    async def _say(self, **details: object) -> Told:
        return await self._order("say", **details)

    async def _order(self, command: str, **details: object) -> Told:
        number = next(self._numbers)
        line = self.line
        # In a thread, because a long line may have to wait until the gateway has read it.
        await asyncio.to_thread(line.tell, {"number": number, "command": command} | known(details))
        answer = await line.until(
            lambda told: told.get("answer") == number or event_of(told) == "ended",
            ANSWER_TIMEOUT_SECONDS,
        )
        if "answer" not in answer or "error" in answer:
            raise GatewayError(f"{command}: {answer.get('error', 'the gateway has ended')}")
        return answer

    def _latest_world(self) -> Told:
        world: Told = self.events("world")[-1]["world"]
        return world


class Rival(Client):
    """A second client with the same token, that takes the event stream away from the first.

    The real server refuses a second stream (ALREADY_EXISTS) while the first one is open. A `Stop`
    ends the first one's stream without an error and logs the account out; whoever then comes with
    `Start` and `Event` has it.
    """

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(gateway.port, gateway.token)

    async def take_over(self) -> None:
        await self.stop()
        await self.start()
        await self.listen()


def known(values: Mapping[str, object]) -> Told:
    """What is not given is left to the gateway."""
    return {key: value for key, value in values.items() if value is not None}


def free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as found:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
