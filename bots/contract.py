"""What a chat platform does for the rest of the house, and what it can do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from storage.model import Answer, Event, Message, Reply

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
    ) -> None:
        """`final`: trying again will never help. `delivered_maybe`: it may have arrived all the
        same, so only what may be said twice is tried again."""
        super().__init__(reason)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds
        self.final = final
        self.delivered_maybe = delivered_maybe


@dataclass(frozen=True, slots=True)
class Traits:
    """How platforms differ, as far as the house must know."""

    pace_seconds: float
    """The least time between two messages to one conversation."""


class Platform(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def traits(self) -> Traits: ...

    async def run(self, receive: Receive) -> None:
        """Connect, hand events on, and return when `stop` was called. Reconnecting is its own."""

    async def send(self, message: Message) -> str:
        """Send, or change when `message.edits` says which; the platform's id of the message.

        Raises PlatformError.
        """

    async def say(self, event: Event, reply: Reply) -> None:
        """Answer an event at once, without the outbox: used when nothing can be kept.

        Best effort: swallows its own PlatformError.
        """

    async def stop(self) -> None: ...
