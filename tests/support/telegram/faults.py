"""What goes wrong between a bot and Telegram, on demand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.telegram.chats import Chat
from tests.support.telegram.refusals import Refused

BAD_GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body></body></html>"


class NoAnswer(Exception):  # noqa: N818 - what the client sees is a broken or silent connection
    """The connection breaks, or stays silent when `silent`."""

    def __init__(self, *, silent: bool) -> None:
        super().__init__("silence" if silent else "reset")
        self.silent = silent


class Page(Exception):  # noqa: N818
    """Something that is not the Bot API answers: a page, with this code."""


@dataclass(frozen=True)
class Refuse:
    """Telegram refuses, though nothing is wrong with the request."""

    refusal: Refused


@dataclass(frozen=True)
class BadGateway:
    """A page of HTML in place of an answer; nothing was done."""


@dataclass(frozen=True)
class Reset:
    """The connection breaks before anything is done."""


@dataclass(frozen=True)
class LoseAnswer:
    """Everything is done, and the answer never comes, or comes so many seconds late."""

    late_seconds: float | None = None


@dataclass(frozen=True)
class Slow:
    """Everything is done, only later."""

    seconds: float


Fault = Refuse | BadGateway | Reset | LoseAnswer | Slow


@dataclass(eq=False)
class Planted:
    fault: Fault
    times: int
    methods: tuple[str, ...]
    chat: Chat | None

    def fits(self, method: str, parameters: dict[str, Any]) -> bool:
        named = method in self.methods if self.methods else method != "getUpdates"
        return named and (self.chat is None or parameters.get("chat_id") == self.chat.id)


@dataclass
class Faults:
    """Planted faults strike in the order they were planted; polling only when it is named."""

    planted: list[Planted] = field(default_factory=list)

    def plant(self, fault: Fault, *methods: str, times: int = 1, chat: Chat | None = None) -> None:
        self.planted.append(Planted(fault, times, methods, chat))

    @contextmanager
    def all_along(self, fault: Fault, *methods: str, chat: Chat | None = None) -> Iterator[None]:
        """For as long as this lasts."""
        planted = Planted(fault, 10**9, methods, chat)
        self.planted.append(planted)
        try:
            yield
        finally:
            if planted in self.planted:
                self.planted.remove(planted)

    def strike(self, method: str, parameters: dict[str, Any]) -> Fault | None:
        for each in self.planted:
            if each.fits(method, parameters):
                each.times -= 1
                if not each.times:
                    self.planted.remove(each)
                return each.fault
        return None
