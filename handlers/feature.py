"""How a feature declares what it answers to."""

import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal

from handlers.context import Asking, Context
from storage.model import Cue, Due, EventKind, Reply, Role

Said = Reply | tuple[Reply, ...] | None
Run = Callable[[Context], Coroutine[Any, Any, Said]]
Prepare = Callable[[Asking], Awaitable[object]]
Draw = Callable[[Context, str], Coroutine[Any, Any, Reply]]
RunDue = Callable[[Context, Due], Coroutine[Any, Any, None]]
RunCue = Callable[[Context, Cue], Coroutine[Any, Any, Said]]
Wants = Callable[[Asking], bool]
Example = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Command:
    """Words that a member says to get something."""

    feature: str
    words: tuple[str, ...]
    """The Chinese word first, then its ASCII alias (for /alias); others may stand between."""
    run: Run
    arguments: re.Pattern[str]
    """What may follow the word for it to count as a command; other talk is left alone."""
    examples: tuple[Example, ...]
    role: Role = Role.MEMBER
    where: Literal["any", "group", "private"] = "any"
    clubless: bool = False
    """May be said where no club is known yet."""
    prepare: Prepare | None = None
    """Slow reading before the unit of work; its result is `ctx.prepared`."""
    needs: str = ""
    """What it cannot do without, as a code: where an event lacks that, help does not offer it."""

    @property
    def alias(self) -> str:
        """The ASCII word, for platforms and people that have no other."""
        return next(word for word in self.words if word.isascii())

    def shown(self, example: str, language: str) -> str:
        """An example as it is said in that language: with the Chinese word, or its ASCII alias."""
        if language == "zh":
            return example
        said = max((word for word in self.words if example.startswith(word)), key=len, default="")
        return f"/{self.alias}{example[len(said) :]}"


@dataclass(frozen=True, slots=True)
class Listener:
    """What a feature wants although it is no command: a tag in a message, somebody joining."""

    feature: str
    kind: EventKind
    wants: Wants
    run: Run
    clubless: bool = False
    prepare: Prepare | None = None


def anything(asking: Asking) -> bool:
    del asking
    return True


@dataclass(slots=True)
class Feature:
    """`Feature("points")` stands once at the top of handlers/features/points.py."""

    name: str
    commands: list[Command] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    due: dict[str, RunDue] = field(default_factory=dict)
    cues: dict[str, RunCue] = field(default_factory=dict)
    draw: Draw | None = None

    def command(
        self,
        *words: str,
        examples: tuple[Example, ...],
        arguments: str = "",
        role: Role = Role.MEMBER,
        where: Literal["any", "group", "private"] = "any",
        clubless: bool = False,
        prepare: Prepare | None = None,
        needs: str = "",
    ) -> Callable[[Run], Run]:
        """Answer to these words. `arguments` is a regular expression for what follows the word."""

        def add(run: Run) -> Run:
            pattern = re.compile(arguments, re.DOTALL)
            rest = (role, where, clubless, prepare, needs)
            self.commands.append(Command(self.name, words, run, pattern, examples, *rest))
            return run

        return add

    def on(
        self,
        kind: EventKind,
        *,
        wants: Wants = anything,
        clubless: bool = False,
        prepare: Prepare | None = None,
    ) -> Callable[[Run], Run]:
        """Answer to events of a kind that are no command."""

        def add(run: Run) -> Run:
            self.listeners.append(Listener(self.name, kind, wants, run, clubless, prepare))
            return run

        return add

    def when_due(self, kind: str) -> Callable[[RunDue], RunDue]:
        """Do what has fallen due. Kinds start with the feature's name and a dot."""

        def add(run: RunDue) -> RunDue:
            self.due[kind] = run
            return run

        return add

    def when_heard(self, kind: str) -> Callable[[RunCue], RunCue]:
        """Act on a cue. Kinds start with the feature's name and a dot."""

        def add(run: RunCue) -> RunCue:
            self.cues[kind] = run
            return run

        return add

    def live(self, draw: Draw) -> Draw:
        """Draw this feature's live messages; the key is what follows the colon of their slot."""
        self.draw = draw
        return draw
