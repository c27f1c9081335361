"""Inside a unit of work: an event, or what has fallen due, becomes rows and replies."""

from dataclasses import dataclass, replace

from config.catalogue import Catalogue
from config.words import Words
from handlers import guard
from handlers.context import Context
from handlers.feature import Command, Listener, Said
from handlers.members import meet
from handlers.registry import Registry
from storage.errors import Fault, Refusal
from storage.model import (
    Answer,
    Arrival,
    Chat,
    Club,
    Due,
    Event,
    Member,
    Message,
    Priority,
    Reply,
)
from storage.store import Work
from storage.world import World

REPLIES_MAX = 8
TAP_MAX = 200
"""How long, in UTF-16 units, what is shown to who pressed may be: Telegram's limit is the least."""
NOBODY = Member("", "")
BY_A_MEMBER = ("message", "edit", "tap", "starred", "joined", "left", "recalled")
"""The kinds of events whose sender is somebody of the club."""


@dataclass(frozen=True, slots=True)
class Call:
    """What an event asks for: a command or a listener, and whether its words fit."""

    what: Command | Listener
    argument: str
    fits: bool = True
    explicit: bool = False


def is_shown_at_once(reply: Reply) -> bool:
    """Whether all of it can be shown to who pressed, in the moment of pressing."""
    length = len(reply.text.encode("utf-16-le", "replace")) // 2
    return length <= TAP_MAX and not reply.choices and reply.attachment is None


@dataclass(frozen=True, slots=True)
class Inside:
    registry: Registry
    words: Words
    catalogue: Catalogue
    world: World
    newborn: Club
    """What a club starts with."""

    async def run(self, work: Work, event: Event, call: Call, prepared: object) -> Answer:
        arrival = await work.events.arrive(event)
        if arrival.answer is not None:
            return arrival.answer
        if event.private:
            await work.outbox.release(event.platform, event.account)
        what = call.what
        if arrival.club is None and not what.clubless:
            said: Said = self._unfounded(event) if call.explicit else None
            return await self._close(work, event, self.newborn, arrival, NOBODY, said)
        arrival = await self._note_presence(work, event, arrival)
        club = arrival.club or self.newborn
        member = await self._sender(work, event, arrival)
        ctx = Context(
            what.feature,
            event,
            call.argument,
            club,
            arrival.chat or Chat(event.platform, event.chat, title=event.title),
            member,
            work,
            self.world,
            self.words,
            self.catalogue,
            self.registry,
            prepared,
            arrival.member,
        )
        if isinstance(what, Command):
            if not call.fits:
                example = what.shown(what.examples[0][0], club.language)
                raise Refusal("usage", example=example)
            guard.admit(what, event, member)
        if isinstance(prepared, Refusal):
            raise prepared
        said = await what.run(ctx)
        return await self._close(work, event, ctx.club, arrival, ctx.member, said)

    async def refuse(self, work: Work, event: Event, call: Call, refusal: Refusal) -> Answer:
        """Keep the polite no as the event's answer: a repeat gets it too, whatever has changed."""
        arrival = await work.events.arrive(event)
        if arrival.answer is not None:
            return arrival.answer
        arrival = await self._note_presence(work, event, arrival)
        club = arrival.club or self.newborn
        member = await self._sender(work, event, arrival)
        text = self.words.say(club.language, call.what.feature, refusal.message, **refusal.facts)
        return await self._close(work, event, club, arrival, member, Reply(text, to="actor"))

    async def _sender(self, work: Work, event: Event, arrival: Arrival) -> Member:
        if arrival.club is None:
            return NOBODY
        if event.kind not in BY_A_MEMBER:
            return arrival.member or NOBODY
        return await meet(work, self.world, event, arrival)

    async def _note_presence(self, work: Work, event: Event, arrival: Arrival) -> Arrival:
        """Whether the bot is in the chat: what happens there tells it. What is known now."""
        chat, gone = arrival.chat, event.kind == "removed"
        if chat is None or event.private or chat.gone == gone:
            return arrival
        chat = replace(chat, gone=gone)
        await work.people.put_chat(chat)
        if gone:
            await work.outbox.drop_chat(chat.platform, chat.id)
        return replace(arrival, chat=chat)

    async def _close(
        self,
        work: Work,
        event: Event,
        club: Club,
        arrival: Arrival,
        member: Member,
        said: Said,
    ) -> Answer:
        """Queue what was said and remember it, all in the same unit."""
        replies = () if said is None else said if isinstance(said, tuple) else (said,)
        tap: list[str] = []
        out: list[Reply] = []
        for reply in replies[:REPLIES_MAX]:
            if event.kind != "tap" or reply.to != "actor" or event.aloud:
                out.append(reply)
            elif is_shown_at_once(reply):
                tap.append(reply.text)
            else:
                out.append(replace(reply, to="private"))
                if not event.private:
                    tap.append(self.words.say(club.language, "common", "told_in_private"))
        muted = arrival.chat is not None and arrival.chat.muted
        for reply in out:
            if not (muted and reply.priority == Priority.CHATTER):
                await self._queue(work, event, club, member, reply)
        # What is for one person's eyes goes out once and is not kept a second time; what is live
        # has no words to keep.
        kept = tuple(reply for reply in out if reply.to != "private" and not reply.live)
        answer = Answer(kept, "\n".join(tap))
        await work.events.remember(event, member.id, answer)
        return answer

    async def _queue(
        self, work: Work, event: Event, club: Club, member: Member, reply: Reply
    ) -> None:
        personal = event.private or reply.to == "private"
        to_sender = reply.to == "actor" or event.private
        await work.outbox.put(
            event.platform,
            "" if personal else event.chat,
            event.account if personal else "",
            reply,
            quotes=reply.quotes or (event.message if to_sender else ""),
            not_before=guard.speaks_at(reply, club, work.now) if club.id else 0,
            member=member.id if personal else "",
            topic=event.topic,
            via=event.chat if personal and not event.private else "",
        )

    def _unfounded(self, event: Event) -> Reply:
        message = "no_club_in_private" if event.private else "no_club"
        if event.kind == "tap":
            message = "expired"  # a button of a group that has become another one
        return Reply(self.words.say(self.newborn.language, "common", message), to="actor")

    async def run_due(self, work: Work, due: Due) -> None:
        feature, run = self.registry.due[due.kind]
        event = Event(f"due:{due.kind}:{due.key}", "due", due.club, "due", "", "", due.at)
        if not await work.due.enter(due):
            return
        club = await work.people.club()
        await work.due.cancel(due.kind, due.key)
        if club is not None:
            await run(self._beside(feature, event, "", club, work), due)

    async def draw(self, work: Work, message: Message) -> Reply:
        """A live message as it stands now. Raises Fault when nobody can draw it."""
        feature, _, key = message.reply.slot.partition(":")
        draw = self.registry.draw.get(feature)
        event = Event(f"draw:{message.id}", message.platform, message.chat, "draw", "", "", 0)
        chat = await work.people.chat(message.platform, message.chat)
        work.enter(chat.club if chat else "")
        club = await work.people.club()
        if draw is None or chat is None or club is None:
            raise Fault(f"nobody can draw {feature}")
        return await draw(self._beside(feature, event, key, club, work), key)

    def _beside(self, feature: str, event: Event, argument: str, club: Club, work: Work) -> Context:
        """The context of what nobody of the club has asked for."""
        chat = Chat(event.platform, event.chat)
        rest = (self.world, self.words, self.catalogue, self.registry)
        return Context(feature, event, argument, club, chat, NOBODY, work, *rest)
