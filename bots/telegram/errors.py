"""Telegram says no: which no it is, and so what can be done about it.

Most of what matters is told apart only by words. The library capitalises some of them
("TOPIC_CLOSED" arrives as "Topic_closed"), so they are compared in lower case.
"""

import re
import warnings
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.warnings import PTBDeprecationWarning


class Kind(StrEnum):
    UNCHANGED = "unchanged"
    """The message stands there already as it should: as good as done."""
    ANSWERED_LATE = "answered late"
    """The tap was answered before, or waited too long."""
    MESSAGE_GONE = "message gone"
    """The message to change cannot be changed any more."""
    TOPIC_GONE = "topic gone"
    """The topic was closed or deleted; the chat is still there."""
    UNREACHABLE = "unreachable"
    """Somebody never wrote to the bot, or does not want to hear from it."""
    REMOVED = "removed"
    """The bot is not in the chat, or the chat is not there any more."""
    MOVED = "moved"
    FLOOD = "flood"
    NO_RIGHT = "no right"
    UNSENT = "unsent"
    """It never left: sending it again does no harm."""
    MAYBE_SENT = "maybe sent"
    """No answer, or no clear one: it may have arrived."""
    REFUSED = "refused"
    """Anything else that Telegram will not do, however often it is asked."""
    TOKEN = "token"  # noqa: S105 - the name of a trouble
    CONFLICT = "conflict"
    """Somebody else receives this bot's updates."""


@dataclass(frozen=True, slots=True)
class Trouble:
    kind: Kind
    retry_after_seconds: float | None = None
    """How long Telegram wants to be left alone in this chat."""
    new_chat: str = ""
    """Where the chat has moved."""


_MESSAGE_GONE = re.compile(
    "message to edit not found|message can't be edited|message_id_invalid"
    "|no text in the message to edit|message to delete not found|message can't be deleted"
)
_TOPIC_GONE = re.compile("topic_closed|topic_deleted|topic_id_invalid|message thread not found")
_UNREACHABLE = re.compile(
    "can't initiate conversation|blocked by the user|user is deactivated|peer_id_invalid"
    "|input_user_deactivated|user_is_blocked|can't send messages to bots"
)
_REMOVED = re.compile(
    "bot was kicked|is not a member of the|chat was deleted|chat was deactivated"
    "|channel_private|chat_id_invalid|chat not found"
)
_NO_RIGHT = re.compile(
    "not enough rights|no rights to send|chat_write_forbidden|chat_admin_required"
    r"|chat_(?:guest_)?send_\w*forbidden|chat_restricted|right_forbidden|administrator rights"
    "|user_banned_in_channel"
)
_NEVER_LEFT = (
    httpx.PoolTimeout,
    httpx.ConnectTimeout,
    httpx.ConnectError,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def trouble(error: TelegramError, *, private: bool = False) -> Trouble:
    """`private`: it was about a conversation with one person, where "chat not found" is about
    that person."""
    if isinstance(error, RetryAfter):
        return Trouble(Kind.FLOOD, retry_after_seconds=_seconds(error))
    if isinstance(error, ChatMigrated):
        return Trouble(Kind.MOVED, new_chat=str(error.new_chat_id))
    return Trouble(_kind(error, private=private))


def _kind(error: TelegramError, *, private: bool) -> Kind:
    match error:
        case BadRequest() | Forbidden():
            return _refusal(error, private=private)
        case Conflict():
            return Kind.CONFLICT
        case InvalidToken():
            # The same code tells of an older server that does not know a method.
            is_older = "method not found" in error.message.lower()
            return Kind.REFUSED if is_older else Kind.TOKEN
        case NetworkError():
            return _on_the_way(error)
        case _:
            return Kind.MAYBE_SENT  # an answer that is none


def _refusal(error: BadRequest | Forbidden, *, private: bool) -> Kind:
    text = error.message.lower()
    if "message is not modified" in text:
        return Kind.UNCHANGED
    if "query is too old" in text or "query_id_invalid" in text:
        return Kind.ANSWERED_LATE
    for kind, words in (
        (Kind.MESSAGE_GONE, _MESSAGE_GONE),
        (Kind.TOPIC_GONE, _TOPIC_GONE),
        (Kind.UNREACHABLE, _UNREACHABLE),
        (Kind.NO_RIGHT, _NO_RIGHT),
    ):
        if words.search(text):
            return kind
    if _REMOVED.search(text):
        return Kind.UNREACHABLE if private else Kind.REMOVED
    if isinstance(error, Forbidden):
        return Kind.UNREACHABLE if private else Kind.NO_RIGHT
    return Kind.REFUSED


def _on_the_way(error: NetworkError) -> Kind:
    if isinstance(error.__cause__, _NEVER_LEFT) or "is not initialized" in error.message:
        return Kind.UNSENT
    if "request entity too large" in error.message.lower():
        return Kind.REFUSED
    return Kind.MAYBE_SENT


def _seconds(error: RetryAfter) -> float:
    """Whole seconds today, a timedelta some day; until then the library warns of it at every look,
    and the catching can go when it stops."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBDeprecationWarning)
        after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
