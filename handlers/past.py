"""An import: what was said in a club's chat before the bot came.

It counts and is not quoted, until its author says otherwise. What is read does not matter here:
a `Line` is a message of whatever history. An import may be broken off at any moment and run
again: what was kept is known again, and the rest follows in the same order.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Literal

from config.catalogue import Catalogue
from handlers import guard, parse
from handlers.knowledge import past
from handlers.knowledge.experience import Experience
from handlers.members import person_of
from storage.model import Account, Club, Consent, Cue, Millis, Share
from storage.store import Store, Work
from storage.world import World

LINES_A_UNIT = 300
EARLIEST: Millis = 946_684_800_000
"""2000-01-01: no chat is older, so an earlier time is a mistake."""
ASK = "history.ask"
"""The cue on which an author is asked what may become of their words."""

Unread = Literal["service", "forwarded", "bot", "nobody", "wordless", "damaged"]
"""Why a message holds nobody's own words, as far as its file tells."""
Skipped = Unread | past.Unfit | Literal["command", "left out", "forgotten"]
Outcome = Skipped | Literal["new", "known"]
"""What became of a message; `known` is one that was kept before."""
NO_PERSONS: frozenset[Outcome] = frozenset({"service", "bot", "nobody", "damaged", "left out"})


@dataclass(frozen=True, slots=True)
class Line:
    """A message of a chat's history, with the platform's own ids."""

    chat: str
    message: str = ""
    account: str = ""
    at: Millis = 0
    text: str = ""
    unread: Unread | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A line that tells an experience."""

    line: Line
    told: Experience


@dataclass(slots=True)
class Tally:
    """What came of an import so far: numbers only, nobody's words."""

    read: int = 0
    people: set[str] = field(default_factory=set)
    since: Millis = 0
    until: Millis = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    cars: Counter[str] = field(default_factory=Counter)

    def note(self, line: Line, outcome: Outcome) -> None:
        self.read += 1
        self.outcomes[outcome] += 1
        if outcome not in NO_PERSONS:
            self.people.add(line.account)
        if outcome != "damaged":
            self.since = min(self.since or line.at, line.at)
            self.until = max(self.until, line.at)

    def note_share(self, told: Experience) -> None:
        self.tags[told.tag.name] += 1
        if told.facts.car:
            self.cars[told.facts.car] += 1


@dataclass(frozen=True, slots=True)
class Import:
    """Into which club, from which platform, by which means."""

    store: Store
    world: World
    catalogue: Catalogue
    club: Club
    platform: str
    left_out: frozenset[str] = frozenset()
    """Accounts whose words are not to be taken, such as other bots."""

    async def run(
        self, lines: Iterable[Line], tally: Tally, kept: Callable[[], None] = lambda: None
    ) -> None:
        """Keep what the lines tell, a unit of work for every few hundred; `kept` after each."""
        for some in _parts(lines, LINES_A_UNIT):
            judged = [self._judge(line) for line in some]
            found = [each for each in judged if isinstance(each, Found)]
            came = iter(await self.store.unit(partial(self._keep, found)))
            for line, each in zip(some, judged, strict=True):
                if not isinstance(each, Found):
                    tally.note(line, each)
                    continue
                outcome = next(came)
                tally.note(line, outcome)
                if outcome in ("new", "known"):
                    tally.note_share(each.told)
            kept()

    def _judge(self, line: Line) -> Found | Skipped:
        if line.unread is not None:
            return line.unread
        if not self._is_sound(line):
            return "damaged"
        if line.account in self.left_out:
            return "left out"
        text = parse.clean_text(line.text).strip()
        if not text:
            return "wordless"
        if text[0] in "/／":
            return "command"
        today = guard.local_time(self.club, line.at).date()
        told = past.told(text, catalogue=self.catalogue, today=today)
        return Found(line, told) if isinstance(told, Experience) else told

    def _is_sound(self, line: Line) -> bool:
        ids = (line.message, line.account, line.chat)
        printable = all(0 < len(each) <= parse.ID_MAX and each.isprintable() for each in ids)
        return printable and EARLIEST <= line.at <= self.world.now()

    async def _keep(self, found: list[Found], work: Work) -> list[Outcome]:
        """What became of each. Of an author nothing is kept but a member id for the account."""
        work.enter(self.club.id)
        came: list[Outcome] = []
        waiting: dict[str, Cue] = {}
        for each in found:
            account = Account(self.platform, each.line.account)
            fingerprint = await work.shares.fingerprint(each.told.words)
            if await work.privacy.is_forgotten(account):
                came.append("forgotten")
            elif await self._is_known(work, each.line, fingerprint):
                came.append("known")
            else:
                author = await person_of(work, self.world, account)
                number = await work.next_number("share")
                await work.shares.add(self._share(number, author, each, fingerprint))
                cue = Cue(self.club.id, ASK, author, self.platform, account=account.id)
                waiting[account.id] = cue
                came.append("new")
        for cue in waiting.values():
            await work.cues.put(cue)
        return came

    async def _is_known(self, work: Work, line: Line, fingerprint: bytes) -> bool:
        """The message or its words came here before, whatever became of them."""
        if await work.shares.is_known(self.platform, line.chat, line.message):
            return True
        return await work.shares.same(fingerprint) is not None

    def _share(self, number: int, author: str, found: Found, fingerprint: bytes) -> Share:
        line, told = found.line, found.told
        return Share(
            number=number,
            author=author,
            tag=told.tag.name,
            text=told.text,
            facts=told.facts,
            fingerprint=fingerprint,
            platform=self.platform,
            chat=line.chat,
            message=line.message,
            at=line.at,
            consent=Consent.NONE,
        )


def _parts(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    source = iter(lines)
    while some := list(islice(source, size)):
        yield some
