"""WeChat as a platform: one account at a Wechaty gateway, in groups and in private."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass

import structlog

from bots import numbered, typed
from bots.contract import Limits, PlatformError, Receive, Sent, Traits
from bots.wechat import read
from bots.wechat.line import Line
from bots.wechat.memory import Memory
from bots.wechat.nouns import PLATFORM, Befriended, Invited, Kind, Me, Moved, News, Renamed, Said
from bots.wechat.recent import Recent
from bots.wechat.sending import Sending, Texts
from handlers import faults
from storage.errors import Unavailable
from storage.model import DAY, SECOND, Event, Message, Millis, Reply
from storage.store import Store
from storage.world import World

log = structlog.get_logger()

PAUSE: Millis = SECOND
JOINED_MAX = 30
BLIND_MIN: Millis = 2 * SECOND
"""What is shorter is not worth a leader's attention."""
NOTE_ALIVE_EVERY_SECONDS = 60.0
IN_WORK_MAX = 200
"""Events that the house may be answering at a time; more wait in their rooms."""
WAITING_MAX = 5_000
"""News that may wait for that; more are turned away."""
FRIENDS_A_DAY_MAX = 20
"""A person would not say yes to more."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where the account is run, and what it may."""

    endpoint: str
    token: str
    inviters: tuple[str, ...] = ()
    messages_per_day: int = 800


class WeChat:
    name = PLATFORM

    def __init__(
        self,
        gateway: Gateway,
        store: Store,
        world: World,
        texts: Texts,
        kept: Callable[[], None] = lambda: None,
    ) -> None:
        """`kept` is called when something new waits in the outbox."""
        limits = Limits(pause=PAUSE, per_day=gateway.messages_per_day)
        self.traits = Traits(limits, edits=False, joined_max=JOINED_MAX)
        self.line = Line(gateway.endpoint, gateway.token, world, self._hear, self._back)
        self._inviters = frozenset(gateway.inviters)
        self._memory = Memory(store, kept)
        self._recent = Recent()
        self._sending = Sending(self.line, self._memory, self._recent, world, texts)
        self._texts = texts
        self._world = world
        self._receive: Receive | None = None
        self._waiting: dict[str, deque[tuple[News, Me]]] = {}
        self._count = 0
        self._turned_away = 0
        self._money = 0
        self._in_work = asyncio.Semaphore(IN_WORK_MAX)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = asyncio.Event()
        self._friends: deque[Millis] = deque()

    # Life

    async def run(self, receive: Receive) -> None:
        self._receive = receive
        stopping = asyncio.create_task(self._stopped.wait())
        lives = [asyncio.create_task(self.line.run()), asyncio.create_task(self._note_alive())]
        try:
            await asyncio.wait([stopping, *lives], return_when=asyncio.FIRST_COMPLETED)
        finally:
            alive_at = self.line.alive_at
            for each in (stopping, *lives):
                each.cancel()
            await asyncio.gather(stopping, *lives, return_exceptions=True)
            # A gateway has no history: what was heard is finished, as far as there is time for it.
            while self._tasks:
                await asyncio.wait(self._tasks)
            if alive_at:
                await self._memory.note_alive(alive_at)
        for each in lives:
            if not each.cancelled():
                each.result()

    async def stop(self) -> None:
        self._stopped.set()

    async def _note_alive(self) -> None:
        """So that after a crash it is known since when nothing was heard."""
        while True:
            await asyncio.sleep(NOTE_ALIVE_EVERY_SECONDS)
            if self.line.me is not None:
                await self._memory.note_alive(self.line.alive_at)

    def health(self) -> tuple[Mapping[str, object], bool]:
        state, me = self.line.state(), self.line.me
        facts = {
            "state": state or "connected",
            "account": me.id if me is not None else "",
            "connections": self.line.connections,
            "events_lost": self.line.unread,
            "events_waiting": self._count,
            "events_turned_away": self._turned_away,
            "red_packets_and_transfers": self._money,
        }
        return facts, not state

    # In

    def _hear(self, news: News, me: Me) -> None:
        """What happens in one conversation is told to the house in its order."""
        if self._count >= WAITING_MAX:
            self._turned_away += 1
            log.warning("wechat has more to tell than can be heard")
            return
        conversation = _conversation(news)
        waiting = self._waiting.get(conversation)
        self._count += 1
        if waiting is not None:
            waiting.append((news, me))
            return
        self._waiting[conversation] = deque([(news, me)])
        self._begin(self._tell_all(conversation))

    async def _tell_all(self, conversation: str) -> None:
        waiting = self._waiting[conversation]
        while waiting:
            news, me = waiting.popleft()
            await self._in_work.acquire()
            try:
                events = await self._read(news, me)
            except Exception as error:
                log.error("wechat news could not be read", **faults.told(error))
                events = ()
            self._count -= 1
            # Not waited for: the house keeps the order of what it is given.
            self._begin(self._tell(events))
            await asyncio.sleep(0)
        del self._waiting[conversation]

    async def _tell(self, events: tuple[Event, ...]) -> None:
        try:
            for event in events:
                is_talk = not await self._hand_on(event)
                if is_talk and event.kind == "message":
                    self._recent.name(event.chat, typed.named(event.text), self._world.now())
        finally:
            self._in_work.release()

    async def _hand_on(self, event: Event) -> bool:
        """Whether it asked for something."""
        if self._receive is None:
            return False
        answer = await self._receive(event)
        return bool(answer.replies) or event.kind == "tap"

    async def _read(self, news: News, me: Me) -> tuple[Event, ...]:
        match news:
            case Said():
                return await self._said(news, me)
            case Moved():
                return read.moved(news, me)
            case Renamed():
                return (read.renamed(news, me),)
            case Invited():
                await self._invited(news)
            case Befriended():
                await self._befriended(news)
        return ()

    async def _said(self, said: Said, me: Me) -> tuple[Event, ...]:
        conversation, now = _conversation(said), self._world.now()
        self._money += said.type in (Kind.RED_PACKET, Kind.TRANSFER)  # seen, and left alone
        event = read.said(said, me, self._recent.heard(conversation))
        self._recent.note(conversation, read.remembered(said, me), now)
        if event is None:
            return ()
        if event.private:
            self._sending.is_open(event.account)
        if event.kind == "recalled":
            self._recent.forget(conversation, event.message)
        if event.kind == "message" and typed.number(event.text, quoting=event.quoted is not None):
            event = await self._chosen(event, me, now)
        return (event,)

    async def _chosen(self, event: Event, me: Me, now: Millis) -> Event:
        """A number may stand for what the bot has offered."""
        offer = numbered.chosen(
            event.text,
            await self._memory.offers(event.chat),
            at=now,  # the clock that the offers' time was taken from
            quoted=event.quoted,
            named=None if event.private else self._recent.named(event.chat),
            me=me.id,
            private=event.private,
        )
        if offer is None:
            return event
        about = await self._sending.quoted(event.chat, offer.quotes) if offer.quotes else None
        return read.pressed(event, offer, about)

    async def _invited(self, invited: Invited) -> None:
        """Into groups only leaders may bring the bot: whoever has it in a group has its points."""
        try:
            if invited.by in self._inviters or await self._memory.leads(invited.by):
                await self.line.accept(invited.id)
                log.info("wechat invitation accepted")
                return
            log.info("wechat invitation declined")
            text = self._texts.only_leaders_invite(invited.by)
            slot = f"invited:{self._world.now() // DAY}"
            await self._memory.tell(invited.by, Reply(text, to="private", slot=slot))
        except (PlatformError, Unavailable) as error:
            log.warning("a wechat invitation was not answered", reason=str(error))

    async def _befriended(self, asked: Befriended) -> None:
        """Members may write in private; whom no club knows is left to the account's owner."""
        now = self._world.now()
        while self._friends and self._friends[0] < now - DAY:
            self._friends.popleft()
        try:
            if await self._memory.knows(asked.by) and len(self._friends) < FRIENDS_A_DAY_MAX:
                self._friends.append(now)
                await self.line.befriend(asked.id)
        except (PlatformError, Unavailable) as error:
            log.warning("a wechat contact was not accepted", reason=str(error))

    # Out

    async def send(self, message: Message) -> Sent:
        return await self._sending.send(message)

    async def say(self, event: Event, reply: Reply) -> None:
        to_one = event.private or reply.to == "private"
        message = Message(
            id=0,
            platform=PLATFORM,
            chat="" if to_one else event.chat,
            account=event.account if to_one else "",
            reply=reply,
            quotes="" if to_one else event.message,
        )
        try:
            await self.send(message)
        except PlatformError as error:
            log.warning("wechat said nothing", event_id=event.id, reason=error.reason)

    # Whether we are there

    def _back(self, me: Me, alive_at: Millis) -> None:
        self._recent.deaf(self._world.now())
        self._begin(self._tell_of_blindness(me, alive_at, self._world.now()))

    async def _tell_of_blindness(self, me: Me, since: Millis, until: Millis) -> None:
        """The house is told once for each time that nothing could be heard, over restarts, too."""
        try:
            since = since or await self._memory.alive_at()
            if since and until - since >= BLIND_MIN and self._receive is not None:
                log.info("wechat was not heard", seconds=(until - since) / SECOND)
                name = f"wx:{me.id}:blind:{since}"
                await self._receive(
                    Event(name, PLATFORM, me.id, me.id, "", str(since), until, kind="blind")
                )
            await self._memory.note_alive(until)
        except Unavailable as error:
            log.warning("it was not told how long wechat was not heard", error=str(error))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _conversation(news: News) -> str:
    match news:
        case Said():
            return news.room or news.talker
        case Moved() | Renamed():
            return news.room
        case Invited() | Befriended():
            return news.by
