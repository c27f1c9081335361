"""A pretend group to talk in: a real store on disk, the real dispatch, no platform."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from config.catalogue import Catalogue
from config.catalogue import load as load_catalogue
from config.words import Words
from handlers import registry
from handlers.dispatch import Dispatch
from handlers.due import Sweeper
from handlers.guard import Rate
from rewards import ledger
from storage.model import (
    Account,
    Answer,
    Choice,
    Club,
    Event,
    EventKind,
    Media,
    Member,
    Mention,
    Message,
    Priority,
    Quoted,
    Role,
)
from storage.sqlite.store import SqliteStore
from storage.store import Store, Work
from storage.world import World
from tests.support.stores import empty_database
from tests.support.world import Clock, pretend_world

PLATFORM = "pretend"
GROUP = "group"
RATE = Rate(burst=1_000_000)
CATALOGUE = load_catalogue()
WORDS = Words()
REGISTRY = registry.find()


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody reads: in the group, or in private when `to` names them."""

    text: str
    choices: tuple[Choice, ...] = ()
    to: str = ""
    message: str = ""
    attachment: str = ""
    priority: Priority = Priority.ANSWER


class Room:
    """Everybody's name is their account; the first to act in a new room owns the chat."""

    def __init__(self, store: Store, world: World, clock: Clock, rate: Rate = RATE) -> None:
        self.store = store
        self.world = world
        self.clock = clock
        self.owner = "小王"
        self.dispatch = Dispatch(
            store, REGISTRY, WORDS, self.catalogue, world, newborn=self.newborn, rate=rate
        )
        self.sweeper = Sweeper(store, self.dispatch, world)
        self._events = count(1)
        self._messages: dict[str, str] = {}

    @property
    def catalogue(self) -> Catalogue:
        return CATALOGUE

    @property
    def newborn(self) -> Club:
        return Club("", "", "zh", "Asia/Shanghai", 0)

    def event(
        self,
        name: str,
        text: str,
        *,
        event_id: str | None = None,
        kind: EventKind = "message",
        private: bool = False,
        addressed: bool = False,
        message: str = "",
        quote: Quoted | None = None,
        media: tuple[Media, ...] = (),
        mentions: tuple[str, ...] = (),
        chat: str = GROUP,
        **fields: object,
    ) -> Event:
        """Whoever is named with @ in the text is mentioned; `fields` are more of the event's."""
        number = next(self._events)
        said = tuple(word[1:] for word in text[:200].split() if word[0] == "@" and len(word) > 1)
        event = Event(
            event_id or f"{PLATFORM}:{number}",
            PLATFORM,
            f"private:{name}" if private else chat,
            name,
            name,
            text,
            self.clock.now,
            kind,
            private=private,
            addressed=addressed,
            owner=name == self.owner,
            message=message or f"m{number}",
            quoted=quote,
            mentions=tuple(Mention(each, each) for each in (*mentions, *said)),
            media=media,
            title="群",
        )
        return replace(event, **fields)  # type: ignore[arg-type]

    async def say(self, name: str, text: str, **more: object) -> list[Heard]:
        """Say something; what is then read, in the order it goes out."""
        await self.dispatch.answer(self.event(name, text, **more))  # type: ignore[arg-type]
        return await self.read()

    async def answer(self, name: str, text: str, **more: object) -> Answer:
        """Say something; the answer as a platform gets it. Nothing is sent."""
        return await self.dispatch.answer(self.event(name, text, **more))  # type: ignore[arg-type]

    async def tap(self, name: str, says: str, **more: object) -> str:
        """Press a button; what the one who pressed is shown."""
        answer = await self.dispatch.answer(self.event(name, says, kind="tap", **more))  # type: ignore[arg-type]
        return answer.tap

    async def read(self) -> list[Heard]:
        """Send what waits, as a platform without limits would."""
        heard = []
        while messages := await self.store.unit(_lease):
            for message in messages:
                heard.append(await self._send(message))
        return heard

    async def _send(self, message: Message) -> Heard:
        platform_id = message.edits or f"bot{message.id}"
        await self.store.unit(lambda work: work.outbox.sent(message.id, platform_id))
        reply = await self.dispatch.draw(message) if message.reply.live else message.reply
        attachment = reply.attachment.content if reply.attachment else ""
        return Heard(
            reply.text, reply.choices, message.account, platform_id, attachment, reply.priority
        )

    async def found(self, name: str = "车友会") -> list[Heard]:
        return await self.say(self.owner, f"建会 {name}")

    async def sweep(self) -> list[Heard]:
        """Do what is due now; what is then read."""
        await self.sweeper.sweep()
        return await self.read()

    # Looking behind the curtain

    async def member(self, name: str) -> Member:
        async def look(work: Work) -> Member | None:
            await self._enter(work)
            person = await work.people.person(Account(PLATFORM, name))
            return await work.people.member(person) if person else None

        member = await self.store.read(look)
        assert member is not None, f"nobody knows {name}"
        return member

    async def balance(self, name: str) -> int:
        wallet = ledger.wallet((await self.member(name)).id)

        async def look(work: Work) -> int:
            await self._enter(work)
            return (await work.ledger.balance(wallet)).posted

        return await self.store.read(look)

    async def give(self, name: str, points: int) -> None:
        """Points out of the pool, as a leader's grant."""
        await self.answer(name, "积分")
        await self.read()
        member = await self.member(name)

        async def unit(work: Work) -> None:
            await self._enter(work)
            pool = await work.ledger.balance(ledger.POOL)
            if pool.available < points:
                name = f"test{next(self._events)}"
                await work.ledger.post(ledger.mint(name, "0", points))
                await work.ledger.post(ledger.reward(name, "0", ledger.POOL, points, "club", "0"))
            deed = f"test{next(self._events)}"
            await work.ledger.post(ledger.grant(deed, "system", member.id, points))

        await self.store.unit(unit)

    async def join(self, *names: str) -> None:
        """Let people be known to the club without a word."""
        for name in names:
            await self.answer(name, "积分")
        await self.read()

    async def promote(self, name: str, role: Role) -> None:
        await self.join(name)

        async def unit(work: Work) -> None:
            await self._enter(work)
            person = await work.people.person(Account(PLATFORM, name))
            member = await work.people.member(person or "")
            assert member is not None
            await work.people.put_member(
                Member(member.id, member.name, role, member.joined_at, member.present)
            )

        await self.store.unit(unit)

    async def _enter(self, work: Work) -> None:
        chat = await work.people.chat(PLATFORM, GROUP)
        assert chat is not None, "no club was founded"
        work.enter(chat.club)


async def _lease(work: Work) -> list[Message]:
    return list(await work.outbox.lease((PLATFORM,), (), 100))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def empty_room(tmp_path: Path, clock: Clock) -> AsyncIterator[Room]:
    """A group whose bot has just arrived: no club yet."""
    world = pretend_world(clock=clock)
    path = tmp_path / "club.db"
    path.write_bytes(empty_database())
    store = SqliteStore(path, world)
    yield Room(store, world, clock)
    await store.close()


@pytest.fixture
async def room(empty_room: Room) -> Room:
    """A group with a club, which 小王 founded."""
    await empty_room.found()
    return empty_room
