"""The people and rooms behind a gateway, and what they are unless a test says otherwise."""

from dataclasses import dataclass, field

ROOM = "club@chatroom"
BOT, ALICE, BOB, CAROL, DAVE = "bot", "alice", "bob", "carol", "dave"


@dataclass(frozen=True)
class Contact:
    id: str
    name: str
    friend: bool = True
    alias: str = ""


@dataclass(frozen=True)
class Room:
    """`aliases` are the names that members have in this room only, by contact id."""

    id: str = ROOM
    topic: str = "车友会"
    owner: str = ALICE
    members: tuple[str, ...] = (BOT, ALICE, BOB, CAROL, DAVE)
    aliases: dict[str, str] = field(default_factory=dict)


PEOPLE = (
    Contact(BOT, "小助手"),
    Contact(ALICE, "小王"),
    Contact(BOB, "小李"),
    Contact(CAROL, "小张"),
    Contact(DAVE, "Li Lei"),
)


@dataclass(frozen=True)
class World:
    contacts: tuple[Contact, ...] = PEOPLE
    rooms: tuple[Room, ...] = (Room(),)
    self: str = BOT
