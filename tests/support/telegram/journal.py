"""Every request that came, with its answer."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.telegram.spec import Upload


@dataclass(eq=False)
class Request:
    """`parameters` are decoded; `code` is 0 until there is an answer, or where there is none."""

    method: str
    parameters: dict[str, Any]
    at: int
    files: dict[str, Upload] = field(default_factory=dict)
    code: int = 0
    answer: dict[str, Any] | None = None
    took: float = 0.0
    # Set where a fault answered in the server's place.
    fault: str = ""

    @property
    def ok(self) -> bool:
        return self.code == 200

    @property
    def description(self) -> str:
        return str((self.answer or {}).get("description", ""))

    def __repr__(self) -> str:
        return f"<{self.method} {self.parameters} → {self.code or '…'} {self.description}>"


@dataclass
class Journal:
    requests: list[Request] = field(default_factory=list)

    def of(self, *methods: str) -> list[Request]:
        """The requests of these methods; of all but polling, when none is named."""
        return [
            each
            for each in self.requests
            if (each.method in methods if methods else each.method != "getUpdates")
        ]

    def clear(self) -> None:
        self.requests.clear()
