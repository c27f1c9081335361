"""What a chat platform does for the rest of the house, and what it can do."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from storage.model import Answer, Event, Message, Millis, Reply

Receive = Callable[[Event], Awaitable[Answer]]
"""Hand an event to the house. The answer comes back once it is durable: a platform shows its `tap`
to whoever pressed; the replies go out through the outbox unless `kept` is false."""


class PlatformError(Exception):
    """The platform says no."""

    def __init__(
        self,
        reason: str,
        *,
        retry_after_seconds: float | None = None,
        final: bool = False,
        delivered_maybe: bool = False,
        unreachable: bool = False,
    ) -> None:
        """`retry_after_seconds`: too much was said there, or the platform is away; nothing may be
        said there for so long, and that it was tried does not count.
        `final`: trying again will never help. `delivered_maybe`: it may have arrived all the
        same, so only what may be said twice is tried again. `unreachable`: the addressee has to
        open the private conversation first."""
        super().__init__(reason)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds
        self.final = final
        self.delivered_maybe = delivered_maybe
        self.unreachable = unreachable


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast a platform may be spoken to. All counts: new messages, edits, parts of a long text.

    As it stands here: as fast as it answers.
    """

    gap: Millis = 0
    """The least time between two messages to one conversation."""
    edit_gap: Millis = 0
    """The least time between two edits in one conversation: what changes often is not shown each
    time it does."""
    per_minute: int | None = None
    """How many messages one group may get in any minute."""
    per_second: int | None = None
    """How many messages all conversations together may get in any second."""
    pause: Millis = 0
    """The least time between two messages of all conversations together, one at a time. Chance adds
    up to half as much again: an account that speaks like clockwork is taken for a machine."""
    per_day: int | None = None
    """How many messages all conversations together may get in any 24 hours."""


@dataclass(frozen=True, slots=True)
class Traits:
    """How platforms differ, as far as the house must know."""

    limits: Limits = Limits()
    edits: bool = True
    """A message can be changed later. Where it cannot, what a slot holds is said anew when its
    stage is another one, and not at each change."""
    joined_max: int = 0
    """How many short answers that wait behind one may be said in the same message: where speaking
    is slow, a crowd is answered together. The platform shows `Message.also`."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message at its platform."""

    id: str
    """By which it can be changed later."""
    messages: int = 1
    """How many messages a long text has become."""


class Platform(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def traits(self) -> Traits: ...

    async def run(self, receive: Receive) -> None:
        """Connect, hand events on, and return when `stop` was called. Reconnecting is its own."""

    async def send(self, message: Message) -> Sent:
        """Send, or change when `message.edits` says which. Raises PlatformError."""

    async def say(self, event: Event, reply: Reply) -> None:
        """Answer an event at once, without the outbox: used when nothing can be kept.

        Best effort: swallows its own PlatformError.
        """

    async def stop(self) -> None: ...

    def health(self) -> tuple[Mapping[str, object], bool]:
        """What to tell an operator of it, as plain JSON values, and whether all is well."""
