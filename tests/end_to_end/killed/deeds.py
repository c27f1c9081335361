"""What the members did, as they themselves would remember it."""

from dataclasses import dataclass, field

from tests.support.telegram import Chat, Message, Tap, User


@dataclass(eq=False)
class Group:
    """A group that has founded a club, and who is in it."""

    chat: Chat
    members: list[User]
    topics: list[int | None] = field(default_factory=lambda: [None])


@dataclass(eq=False)
class Share:
    who: User
    group: Group
    said: tuple[Message, ...]
    words: str
    pictures: int = 0
    edits: int = 0


@dataclass(eq=False)
class Offer:
    """An envelope; no other of its group has the same sum, by which it is known."""

    who: User
    group: Group
    said: Message
    total: int
    pieces: int
    from_pool: bool
    number: int = 0
    """As soon as its message was seen."""
    shown: Message | None = None
    over: bool = False
    """Somebody was told so."""

    @property
    def words(self) -> str:
        """How its message begins, until it is over."""
        how = "用资金池发了" if self.from_pool else "发了"
        return f"🧧 {self.who.name} {how} {self.total} 分的"


@dataclass(eq=False)
class Grab:
    """By a tap or by words."""

    who: User
    offer: Offer
    tap: Tap | None = None
    said: Message | None = None


@dataclass(eq=False)
class Recall:
    who: User
    offer: Offer
    said: Message


@dataclass(eq=False)
class Gift:
    """So many points were never given by the one to the other before."""

    who: User
    to: User
    group: Group
    said: Message
    points: int

    @property
    def words(self) -> str:
        return f"{self.who.name} 送给 {self.to.name} {self.points} 分。"


@dataclass(eq=False)
class Arrival:
    who: User
    group: Group
    at: int


@dataclass
class Deeds:
    founded: list[Group] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    grabs: list[Grab] = field(default_factory=list)
    recalls: list[Recall] = field(default_factory=list)
    gifts: list[Gift] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    talk: list[Message] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(len(each) for each in vars(self).values())

    @property
    def people(self) -> list[User]:
        found = [who for group in self.founded for who in group.members]
        return list(dict.fromkeys(found))
