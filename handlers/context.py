"""What one call may touch."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from config.catalogue import Catalogue
from config.words import Words
from handlers.parse import named
from storage.errors import Refusal
from storage.model import Account, Chat, Club, Event, Member, Millis
from storage.store import Store, Work
from storage.world import World

if TYPE_CHECKING:
    from handlers.registry import Registry

DEED_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Asking:
    """An event on its way to a feature, before its unit of work: all that `prepare` may use."""

    event: Event
    argument: str
    """What follows the command word; the whole text where there is none."""
    club: str
    """The club's id, empty where none is known."""
    store: Store
    catalogue: Catalogue


@dataclass(slots=True)
class Context:
    """An event inside its unit of work. Handlers await `work` and nothing else."""

    feature: str
    event: Event
    argument: str
    club: Club
    chat: Chat
    member: Member
    work: Work
    world: World
    words: Words
    catalogue: Catalogue
    registry: "Registry"
    prepared: object = None
    before: Member | None = None
    """The member as the club knew them before this event; None: not at all."""

    @property
    def now(self) -> Millis:
        return self.work.now

    @property
    def meant(self) -> bool:
        """Whether it was surely said to the bot: in private, by name or with a slash."""
        event = self.event
        return event.addressed or event.private or event.text.lstrip().startswith(("/", "／"))

    @property
    def deed(self) -> str:
        """A short name for what the event asked, for keys that stay in the books for ever."""
        return sha256(self.event.id.encode()).hexdigest()[:DEED_LENGTH]

    def say(self, message: str, **facts: object) -> str:
        """The text of that name in the club's language."""
        return self.words.say(self.club.language, self.feature, message, **facts)

    @property
    def mentioned(self) -> int:
        """How many are mentioned, by the platform's word or by their names alone."""
        return len(self.event.mentions) or len(self._mentions())

    async def other(self) -> Member:
        """The member a command is about: mentioned, else the quoted message's author, else named.

        Refuses when there is none or more than one, or when the club does not know them.
        """
        event, by_text = self.event, self._mentions()
        if event.mentions:
            return await self.known(event.mentions[0].account)
        if by_text:
            return await self._at(by_text[0])
        if event.quoted is not None and event.quoted.account:
            return await self.known(event.quoted.account)
        return await self._named()

    async def known(self, account: str) -> Member:
        """Whose account that is on the event's platform."""
        member_id = await self.work.people.person(Account(self.event.platform, account))
        member = await self.work.people.member(member_id) if member_id else None
        if member is None:
            raise Refusal("unknown_member")
        return member

    async def called(self, name: str) -> Member:
        """The only present member of that name."""
        found = await self.work.people.named(name)
        if not found:
            raise Refusal("nobody_named", name=name)
        if len(found) > 1:
            raise Refusal("which_one", name=name)
        return found[0]

    def _mentions(self) -> list[str]:
        """The mentions in the argument, as they are written."""
        return [word for word in self.argument.split() if word[0] == "@" and len(word) > 1]

    async def _at(self, mention: str) -> Member:
        """Who is mentioned by text, where the platform did not tell: by public name, else by name.

        What was said in the chat's name and is pressed now comes so, too.
        """
        public = mention.lower()
        if await self.work.people.person(Account(self.event.platform, public)):
            return await self.known(public)
        return await self.called(named(mention))

    async def _named(self) -> Member:
        """Somebody whose plain name stands first in the argument."""
        name, _, _ = self.argument.partition(" ")
        if not name or name[0] == "@" or not any(letter.isalpha() for letter in name):
            raise Refusal("who")
        return await self.called(name)
