"""What a chat platform's servers would keep: people, posts, buttons, and what is still to tell."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from bots.local import show
from bots.local.feed import Feed
from bots.local.journal import Journal
from bots.local.nouns import BOT, GROUP, Line, Person, Post, Tapped, people
from bots.local.read import Scene
from storage.model import Answer, Event, Millis

POSTS_MAX = 500
"""Kept of the group, and as many of all private conversations together."""
TAPS_MAX = 10_000
OWED_MAX = 2000
LINES_MAX = 20_000
"""A longer file is written anew, with only what is still known."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class RoomError(Exception):
    """The change cannot be kept now; nothing happened."""


class Room:
    """Every change goes through `write`: first the file, then memory, then the open pages."""

    def __init__(
        self, file: Path, title: str, members_count: int, now: Callable[[], Millis]
    ) -> None:
        self.title = title
        self.people: dict[str, Person] = people(members_count)
        self.taps: dict[tuple[str, str], Tapped] = {}
        self.owed: dict[str, Event] = {}
        """Events the house has not yet acknowledged, oldest first."""
        self._group: dict[str, Post] = {}
        self._private: dict[str, Post] = {}
        self._now = now
        self._last = 0
        self._journal = Journal(file)
        lines, self.broken_lines = self._journal.read()
        for line in lines:
            self._apply(line)
        self.is_new = not lines
        self._journal.rewrite(self._lines())
        self.feed = Feed(self._last)

    def scene(self) -> Scene:
        """Numbers follow the clock, so that none comes again even when the file was lost."""
        now = self._now()
        return Scene(self.title, self.people, self.post, max(self._last + 1, now), now)

    def post(self, message: str) -> Post | None:
        return self._group.get(message) or self._private.get(message)

    def posts(self) -> Iterator[Post]:
        yield from self._group.values()
        yield from self._private.values()

    @property
    def has_spoken(self) -> bool:
        """A member has said something; nobody has in a new group."""
        return any(post.account != BOT and post.kind == "said" for post in self.posts())

    @property
    def owner(self) -> Person:
        return next(person for person in self.people.values() if person.owner)

    def write(self, line: Line) -> None:
        """Raises RoomError."""
        if line.event is not None and len(self.owed) >= OWED_MAX:
            raise RoomError("too much is waiting to be answered")
        try:
            if self._journal.lines >= LINES_MAX:
                self._journal.rewrite(self._lines())
            self._journal.add(line)
        except OSError as error:
            raise RoomError(f"the local group cannot be written: {error.strerror}") from error
        self._apply(line)
        change = _drawn(line)
        if change:
            self.feed.add(line.number, {"number": line.number, **change})

    def settle(self, event: Event, answer: Answer) -> None:
        """The house has taken the event over. Raises RoomError."""
        is_tap = event.kind == "tap"
        tapped = Tapped(event.message, event.account, event.text, answer.tap) if is_tap else None
        self.write(Line(self.scene().number, tapped=tapped, done=event.id))

    def _apply(self, line: Line) -> None:
        self._last = max(self._last, line.number)
        if line.post is not None:
            posts = self._group if line.post.chat == GROUP else self._private
            posts[line.post.id] = line.post
            _trim(posts, POSTS_MAX)
        if line.person is not None and line.person.account in self.people:
            self.people[line.person.account] = line.person
        if line.tapped is not None:
            self.taps[line.tapped.message, line.tapped.account] = line.tapped
            _trim(self.taps, TAPS_MAX)
        if line.event is not None:
            self.owed[line.event.id] = line.event
        self.owed.pop(line.done, None)

    def _lines(self) -> Iterator[Line]:
        """All that is known, as the shortest history that leads there."""
        if self._last:
            yield Line(self._last)
        changed = (each for each in self.people.values() if each.badge or not each.present)
        yield from (Line(person=person) for person in changed)
        yield from (Line(post=post) for post in self.posts())
        yield from (Line(tapped=tapped) for tapped in self.taps.values() if self._shows(tapped))
        yield from (Line(event=event) for event in self.owed.values())

    def _shows(self, tapped: Tapped) -> bool:
        return self.post(tapped.message) is not None


def _drawn(line: Line) -> dict[str, object]:
    change: dict[str, object] = {}
    if line.post is not None:
        change["post"] = show.drawn(line.post)
    if line.person is not None:
        change["person"] = show.person(line.person)
    if line.tapped is not None:
        change["tapped"] = show.tapped(line.tapped)
    return change


def _trim(kept: dict[Key, Value], size_max: int) -> None:
    while len(kept) > size_max:
        del kept[next(iter(kept))]
