"""What a gateway reports of its clients."""

from dataclasses import dataclass
from typing import Literal, Self

from tests.support.wechat.line import Told

Query = Literal[
    "contactList",
    "contactPayload",
    "messageFile",
    "messageImage",
    "messagePayload",
    "roomList",
    "roomMemberList",
    "roomMemberPayload",
    "roomPayload",
]

SENT_KEYS = {"event", "id", "to", "kind", "text", "mentions", "time"}


@dataclass(frozen=True)
class Sent:
    """What a client sent. `kind` is text, file, url, mini or card; `facts` has what only it has."""

    id: str
    to: str
    kind: str
    text: str
    mentions: tuple[str, ...]
    time_ms: int
    facts: Told

    @classmethod
    def read(cls, told: Told) -> Self:
        rest = {key: value for key, value in told.items() if key not in SENT_KEYS}
        mentions = tuple(told["mentions"])
        return cls(told["id"], told["to"], told["kind"], told["text"], mentions, told["time"], rest)


@dataclass(frozen=True)
class Report:
    """How often clients asked what (query → id → times), and started and stopped the account."""

    counts: dict[str, dict[str, int]]
    starts: int
    stops: int

    def count(self, query: Query, asked: str | None = None) -> int:
        counted = self.counts.get(query, {})
        return sum(counted.values()) if asked is None else counted.get(asked, 0)


def event_of(told: Told) -> str | None:
    return told.get("event")
