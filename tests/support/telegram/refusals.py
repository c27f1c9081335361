"""How Telegram says no: its codes, and its words to the letter.

Our bot tells some refusals apart by their words, so the words are part of the contract.
"""

from dataclasses import dataclass, field
from typing import Any

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
UPGRADED = "group chat was upgraded to a supergroup chat"
NO_THREAD = "message thread not found"
NO_REPLIED = "message to be replied not found"
NO_CHAT = "chat not found"
NOTHING_TO_EDIT = "message to edit not found"
NOTHING_TO_DELETE = "message to delete not found"
UNDELETABLE = "message can't be deleted"
UNEDITABLE = "message can't be edited"
TOPIC_CLOSED = "TOPIC_CLOSED"
NO_RIGHTS = "not enough rights"
NO_RIGHTS_LINK = "not enough rights to manage chat invite link"
NO_RIGHTS_TEXT = "not enough rights to send text messages to the chat"
NO_RIGHTS_PIN = "not enough rights to manage pinned messages in the chat"
CANNOT_BEGIN = "bot can't initiate conversation with a user"
BLOCKED = "bot was blocked by the user"
DEACTIVATED = "user is deactivated"
OTHER_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook"
    " first"
)

PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
}


@dataclass(eq=False)  # a frozen one could not be raised through a context manager
class Refused(Exception):  # noqa: N818 - it is an answer, not an accident
    """An answer with ok=false; raised by whatever finds the reason."""

    code: int
    reason: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def description(self) -> str:
        prefix = PREFIXES[self.code]
        return f"{prefix}: {self.reason}" if self.reason else prefix

    def body(self) -> dict[str, Any]:
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad(reason: str) -> Refused:
    return Refused(400, reason)


def forbidden(reason: str) -> Refused:
    return Refused(403, reason)


def flooded(retry_after: int) -> Refused:
    return Refused(429, f"retry after {retry_after}", {"retry_after": retry_after})


def upgraded(new_chat_id: int) -> Refused:
    return Refused(400, UPGRADED, {"migrate_to_chat_id": new_chat_id})


def kicked(kind: str) -> Refused:
    return forbidden(f"bot was kicked from the {kind} chat")


def stranger(kind: str) -> Refused:
    return forbidden(f"bot is not a member of the {kind} chat")
