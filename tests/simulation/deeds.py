"""What members do: in words for the bot, in figures for the model."""

from dataclasses import dataclass
from typing import Literal

from storage.model import Event, EventKind, Mention, Millis

PLATFORM = "pretend"
CHATS = ("group", "second")

Verb = Literal[
    "found",
    "talk",
    "balance",
    "statement",
    "gift",
    "donate",
    "pool",
    "grant",
    "share",
    "label",
    "city",
    "add_car",
    "forget",
    "send",
    "grab",
    "relay",
    "recall",
    "record",
    "verify",
    "order",
    "drop_order",
    "removed",
]


@dataclass(frozen=True, slots=True)
class Wish:
    """How an envelope is to be had."""

    key: str = ""
    named: tuple[str, ...] = ()
    level: int = 0
    label: str = ""
    car: str = ""
    city: str = ""
    joined_days: int = 0
    newcomers: int | None = None
    draw_after: Millis = 0
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody does, once; it may be delivered several times."""

    verb: Verb
    text: str
    number: int = 0
    who: str = ""
    """The account, which is also the name."""
    at: Millis = 0
    chat: str = CHATS[0]
    tap: bool = False
    amount: int = 0
    pieces: int = 0
    """0 when their number was not said."""
    mode: str = "lucky"
    public: bool = False
    """Out of the pool."""
    wish: Wish = Wish()
    envelope: int = 0
    """Or the number of an order; 0 when no number was said."""
    other: str = ""
    word: str = ""
    """A label, city or car; of an order, what is to be sent."""
    every: str = ""
    clock: tuple[int, int] = (0, 0)
    """Hour and minute at which an order is sent."""
    told: tuple[str, int, float] = ("", 0, 0.0)
    """What a share tells: car, kilometres, litres a hundred kilometres."""

    @property
    def id(self) -> str:
        return f"{PLATFORM}:{self.number}"

    @property
    def kind(self) -> EventKind:
        return "removed" if self.verb == "removed" else "tap" if self.tap else "message"

    def event(self) -> Event:
        mentioned = self.wish.named or ((self.other,) if self.other else ())
        return Event(
            self.id,
            PLATFORM,
            self.chat,
            self.who,
            self.who,
            self.text,
            self.at,
            self.kind,
            owner=self.verb == "found",
            message=f"m{self.number}",
            mentions=tuple(Mention(name, name) for name in mentioned),
            title="群",
        )
