"""What is on its way into the bot, and what became of it."""

from dataclasses import dataclass
from typing import NamedTuple

from storage.model import Answer
from tests.simulation.books import No
from tests.simulation.deeds import Deed
from tests.simulation.faults import Ran


class Kept(NamedTuple):
    """What every repeat of an event is answered."""

    member: str
    out: tuple[str, ...]
    tap: str


NOTHING = Kept("", (), "")


@dataclass(slots=True, eq=False)
class Delivery:
    """A deed on its way into the bot, and what became of it."""

    deed: Deed
    key_of: int = 0
    """The envelope whose 口令 it holds, as things stand when it comes."""
    known: bool = False
    """Whether it had been answered when it came."""
    kept: Kept = NOTHING
    """What it is to be answered."""
    answer: Answer | None = None
    """None when the process ended before it was given."""
    last: Ran | None = None
    no: No | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Todo:
    """A due row on its way, by its kind and key."""

    name: str
