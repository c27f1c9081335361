"""Event → answer: the one way every message goes, in one unit of work."""

import asyncio
from collections.abc import Callable
from functools import lru_cache, partial

import structlog

from config.catalogue import Catalogue
from config.words import COMMON, Words
from handlers import faults, guard, parse, spoken
from handlers.context import Asking, Context
from handlers.feature import Listener, Said, anything
from handlers.inside import Call, Inside
from handlers.lanes import Lanes
from handlers.registry import Registry
from storage.errors import Busy, Refusal, Unavailable
from storage.model import (
    MINUTE,
    Answer,
    Club,
    Cue,
    Due,
    Event,
    Message,
    Millis,
    Reply,
)
from storage.store import Store, Work
from storage.world import World

log = structlog.get_logger()

PREPARING_MAX = 20_000
"""Events that may be looked into before their unit, or wait behind one that is."""
REMEMBERED_MAX = 1024
REMEMBERED_LENGTH_MAX = 64
SAID = ("message", "tap", "nameless")
"""The kinds of events that hold words which may ask for something."""
TOLD = ("recalled", "titled", "blind", "spent")
"""Nobody asks for anything with these, and no other comes in their place: never too many."""
UNFOUNDED = Club("", "", language="zh", timezone="Asia/Shanghai", founded_at=0)


async def _say_too_long(_: Context) -> Said:
    raise Refusal("far_too_long", most=parse.TEXT_MAX)


TOO_LONG = Call(Listener(COMMON, "message", anything, _say_too_long, clubless=True), "")


class Dispatch:
    def __init__(
        self,
        store: Store,
        registry: Registry,
        words: Words,
        catalogue: Catalogue,
        world: World,
        *,
        newborn: Club = UNFOUNDED,
        rate: guard.Rate | None = None,
        kept: Callable[[], None] = lambda: None,
    ) -> None:
        """`newborn` is what a club starts with; `kept` is called when replies wait to go out."""
        self._store = store
        self._registry = registry
        self._words = words
        self._catalogue = catalogue
        self._world = world
        self._newborn = newborn
        self._inside = Inside(registry, words, catalogue, world, newborn)
        self._rate = rate or guard.Rate()
        self._kept = kept
        self._read = partial(spoken.spoken, words=registry.words)
        # What is said by many at once, such as a tap on an envelope, is read once.
        self._read_again = lru_cache(REMEMBERED_MAX)(self._read)
        self._turns: dict[tuple[str, str], asyncio.Future[None]] = {}
        self._preparing = 0
        self._lanes = Lanes()
        self._told_to_wait: dict[tuple[str, str], Millis] = {}

    async def answer(self, event: Event) -> Answer:
        """Answer an event once; a repeat of it gets the first answer and changes nothing.

        Never raises for what a member can say, nor for what a store can suffer.
        """
        if not parse.well_formed(event):
            return Answer()
        is_cut, event = len(event.text) > parse.TEXT_MAX, parse.clean(event)
        try:
            return await self._answer(event, is_cut=is_cut)
        except Busy:
            return self._excuse("busy")
        except Unavailable as error:
            log.error("nothing can be kept", event_id=event.id, error=str(error))
            return self._excuse("cannot_keep")
        except Exception as error:
            log.error("fault", event_id=event.id, **faults.told(error))
            return self._excuse("fault")

    async def _answer(self, event: Event, *, is_cut: bool) -> Answer:
        """`is_cut`: it said more than is read."""
        if event.forwarded is not None:
            return Answer()  # somebody else's words: they ask for nothing here
        call = self._find(event)
        if is_cut and event.kind in SAID:
            if call is None and not to_the_bot(event):
                return Answer()
            call = TOO_LONG
        if call is None and (event.kind != "message" or event.private):
            return Answer()
        asks = call is not None and event.kind not in TOLD
        if asks and not self._rate.allows(event, self._world.now()):
            return self._wait(event)
        return await self._in_turn(event, call)

    def _find(self, event: Event) -> Call | None:
        """What the event asks for, if anything: most talk is none of our business."""
        if event.kind in SAID:
            text = parse.said(event)
            read = self._read_again if len(text) <= REMEMBERED_LENGTH_MAX else self._read
            found = read(text, addressed=to_the_bot(event) or event.kind == "tap")
            if found is not None and (found.fits or found.explicit):
                if event.kind == "nameless":
                    return Call(self._registry.listeners["nameless"][0], event.text)
                return Call(found.command, found.argument, found.fits, found.explicit)
        if event.kind in ("tap", "nameless"):
            return None
        asking = Asking(event, event.text, "", self._store, self._catalogue)
        for listener in self._registry.listeners.get(event.kind, ()):
            if listener.wants(asking):
                return Call(listener, event.text, explicit=to_the_bot(event))
        return None

    async def _in_turn(self, event: Event, call: Call | None) -> Answer:
        """Hand units over in the order of their chat's events, however long some prepare."""
        chat = (event.platform, event.chat)
        before = self._turns.get(chat)
        if call is not None and call.what.prepare is None and before is None:
            return await self._keep(event, call, None)
        if self._preparing >= PREPARING_MAX:
            if call is None:
                return Answer()  # nobody asked us anything
            raise Busy(f"{self._preparing} events are prepared")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns[chat] = turn
        self._preparing += 1
        try:
            if call is None:
                heard = await self._heard(event)
                if isinstance(heard, Answer):
                    return heard
                call = heard
            prepared = await self._prepare(event, call)
            if before is not None:
                await asyncio.wait([before])  # unlike a bare await, it cancels nothing but itself
            keeping = asyncio.ensure_future(self._keep(event, call, prepared))
            await asyncio.sleep(0)  # the unit is handed over now: the next may follow
        finally:
            self._preparing -= 1
            self._end_turn(chat, turn, before)
        return await keeping

    async def _heard(self, event: Event) -> Call | Answer:
        """What ordinary talk is a cue for; its first answer where it was one already. One look, on
        a reader."""
        words = parse.heard(event.text)

        async def look(work: Work) -> Answer | Cue | None:
            answer = await work.events.answered(event)
            return answer or await work.cues.heard(event, words)

        try:
            found = await self._store.read(look)
        except Unavailable:
            return Answer()  # nobody asked us anything
        if isinstance(found, Answer):
            return found
        known = self._registry.cues.get(found.kind) if found else None
        if found is None or known is None or not self._rate.allows(event, self._world.now()):
            return Answer()
        cue, (feature, run) = found, known

        async def act(ctx: Context) -> Said:
            return await run(ctx, cue)

        return Call(Listener(feature, "message", anything, act), cue.key)

    def _end_turn(
        self,
        chat: tuple[str, str],
        turn: asyncio.Future[None],
        before: asyncio.Future[None] | None,
    ) -> None:
        """Let the next follow, but not past those before: this one may have been given up."""
        if before is not None and not before.done():
            before.add_done_callback(lambda _: self._end_turn(chat, turn, before))
            return
        turn.set_result(None)
        if self._turns.get(chat) is turn:
            del self._turns[chat]

    async def _prepare(self, event: Event, call: Call) -> object:
        """What the feature wants to know before its unit, or the Refusal it met there."""
        if call.what.prepare is None or not call.fits:
            return None

        async def where(work: Work) -> str:
            await work.events.arrive(event)
            return work.club

        club = await self._store.read(where)
        asking = Asking(event, call.argument, club, self._store, self._catalogue)
        try:
            return await call.what.prepare(asking)
        except Refusal as refusal:
            return refusal

    async def _keep(self, event: Event, call: Call, prepared: object) -> Answer:
        chat = (event.platform, event.chat)
        if not self._lanes.enter(chat):
            await self._lanes.wait(chat)
        try:
            answer = await self._store.unit(
                lambda work: self._inside.run(work, event, call, prepared)
            )
        except Refusal as refusal:
            no = refusal  # the name `refusal` ends with this clause
            answer = await self._store.unit(lambda work: self._inside.refuse(work, event, call, no))
        finally:
            self._lanes.leave(chat)
        if not answer.repeated:
            self._kept()
        return answer

    # What falls due, and what shows how things stand

    async def run_due(self, due: Due) -> None:
        """Do what has fallen due, once. What fails stays due and is tried again later."""
        await self._store.unit(lambda work: self._inside.run_due(work, due))
        self._kept()

    async def draw(self, message: Message) -> Reply:
        """A live message as it stands now. Raises Fault when nobody can draw it."""
        return await self._store.read(lambda work: self._inside.draw(work, message))

    # When nothing was kept

    def _excuse(self, message: str) -> Answer:
        text = self._words.say(self._newborn.language, "common", message)
        return Answer((Reply(text),), text, kept=False)

    def _wait(self, event: Event) -> Answer:
        """Say once a minute that it was too much; the rest of a flood is not answered."""
        key, now = (event.platform, event.account), self._world.now()
        if now - self._told_to_wait.get(key, -MINUTE) < MINUTE:
            return Answer(kept=False)
        if len(self._told_to_wait) >= guard.ACCOUNTS_MAX:
            self._told_to_wait.clear()
        self._told_to_wait[key] = now
        return self._excuse("too_fast")


def to_the_bot(event: Event) -> bool:
    """Whether it was surely meant for the bot; in private there is nobody else."""
    return event.addressed or event.private
