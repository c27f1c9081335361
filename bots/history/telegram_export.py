"""What Telegram Desktop exports as JSON: one chat, or a whole account with all of its chats.

Nothing is built but the few fields of one message, each within its limit, so neither a huge file
nor a nested or endless value takes memory.
"""

from collections.abc import Iterator, Set
from datetime import tzinfo
from typing import Any

from bots.history.source import CutOff, OtherChat, Source, WrongFile, moment, shown
from bots.history.tokens import Tokens, members, skipped, tokens_of
from handlers.past import Line, Unread

TEXT_MAX = 20_000
"""What is longer is cut, and nobody's experience anyway."""

GROUPS = {
    "private_group": "-",
    "private_supergroup": "-100",
    "public_supergroup": "-100",
}
"""The kinds of chats that are groups, and what their ids begin with where bots meet them."""
FORWARDED = ("forwarded_from", "forwarded_from_id", "saved_from")
QUOTED = ("blockquote",)
"""Pieces of a text that are somebody else's words."""
BOTS_ONLY = "inline_bot_buttons"
WANTED = {
    "id",
    "type",
    "date",
    "date_unixtime",
    "from_id",
    "text",
    "via_bot",
    BOTS_ONLY,
    *FORWARDED,
}
ABOUT = {"id", "type"}
PERSON = "user"
PERSON_NUMBER_MAX = 2**32
"""Exports before 2021 give numbers; larger ones are not people's."""


class TelegramExport:
    """A reader for one pass; `ending` and `chats` are what they are when it is over."""

    def __init__(self, source: Source, wanted: Set[str] | None, zone: tzinfo) -> None:
        """`wanted` are the ids of the chats to read; None takes the one of a one-chat export."""
        self.ending = ""
        self.chats: set[str] = set()
        """The chats that were read."""
        self._source = source
        self._wanted = wanted
        self._zone = zone
        self._bots: set[str] = set()
        self._last = ""

    def lines(self) -> Iterator[Line]:
        """Raises WrongFile for what is no export, OtherChat for that of another chat."""
        tokens = tokens_of(self._source)
        try:
            first, _ = next(tokens, ("", None))
            if first != "start_map":
                raise WrongFile(f"{self._source.path} is no export of Telegram Desktop")
            yield from self._export(tokens)
        except CutOff as end:
            if not self.chats:
                raise WrongFile(f"{self._source.path} is no whole JSON: {end}") from None
            self.ending = f"{end}, after message {shown(self._last)}"
            return
        if not self.chats:
            wanted = ", ".join(sorted(self._wanted or ())) or "group"
            raise WrongFile(f"{self._source.path} holds no messages of {wanted}")

    def _export(self, tokens: Tokens) -> Iterator[Line]:
        """The outermost object: one chat, or an account's lists of chats."""
        about: dict[str, Any] = {}
        for key, (kind, value) in members(tokens):
            if key == "messages" and kind == "start_array":
                chat = self._chat(about)
                if self._wanted is not None and chat not in self._wanted:
                    raise OtherChat(self._source.path, chat)
                yield from self._messages(tokens, chat)
            elif key in ("chats", "left_chats") and kind == "start_map":
                if self._wanted is None:
                    raise WrongFile(
                        f"{self._source.path} is a whole account; name one chat with --chat"
                    )
                yield from self._account(tokens)
            elif not skipped(tokens, kind) and key in ABOUT:
                about[key] = value

    def _account(self, tokens: Tokens) -> Iterator[Line]:
        for key, (kind, _) in members(tokens):
            if key != "list" or kind != "start_array":
                skipped(tokens, kind)
                continue
            for kind_of_each, _ in tokens:
                if kind_of_each == "end_array":
                    break
                if kind_of_each == "start_map":
                    yield from self._one_of_many(tokens)
                else:
                    skipped(tokens, kind_of_each)

    def _one_of_many(self, tokens: Tokens) -> Iterator[Line]:
        about: dict[str, Any] = {}
        for key, (kind, value) in members(tokens):
            chat = _chat_id(about) if key == "messages" and kind == "start_array" else ""
            if chat and self._wanted is not None and chat in self._wanted:
                yield from self._messages(tokens, chat)
            elif not skipped(tokens, kind) and key in ABOUT:
                about[key] = value

    def _chat(self, about: dict[str, Any]) -> str:
        chat = _chat_id(about)
        if not chat:
            kind = str(about.get("type", "none"))[:40]
            raise WrongFile(f"{self._source.path} is the history of no group (its type: {kind})")
        return chat

    def _messages(self, tokens: Tokens, chat: str) -> Iterator[Line]:
        self.chats.add(chat)
        for kind, _ in tokens:
            if kind == "end_array":
                return
            if kind == "start_map":
                yield self._line(_message(tokens), chat)
            else:
                skipped(tokens, kind)
                yield Line(chat, unread="damaged")

    def _line(self, message: dict[str, Any], chat: str) -> Line:
        number = message.get("id")
        self._last = str(number) if isinstance(number, int) else ""
        account = _account_id(message.get("from_id"))
        when = message.get("date_unixtime") or message.get("date")
        text = message.get("text")
        return Line(
            chat,
            self._last,
            account,
            moment(when, self._zone),
            text if isinstance(text, str) else "",
            self._unread(message, account),
        )

    def _unread(self, message: dict[str, Any], account: str) -> Unread | None:
        if message.get("type", "message") != "message":
            return "service"
        if BOTS_ONLY in message and "via_bot" not in message:
            self._bots.add(account)
        if "via_bot" in message or account in self._bots:
            return "bot"
        if any(key in message for key in FORWARDED):
            return "forwarded"
        if not account:
            return "nobody"
        text = message.get("text")
        return None if isinstance(text, str) and "\ufffd" not in text else "damaged"


def _chat_id(about: dict[str, Any]) -> str:
    """The chat's id as a bot knows it; empty for what is no group."""
    begins, number = GROUPS.get(str(about.get("type"))), about.get("id")
    return f"{begins}{number}" if begins and isinstance(number, int) else ""


def _account_id(told: object) -> str:
    """The number of a person's account; empty for a channel's."""
    if isinstance(told, int) and 0 < told < PERSON_NUMBER_MAX:
        return str(told)
    account = str(told)
    return account.removeprefix(PERSON) if account.startswith(PERSON) else ""


def _message(tokens: Tokens) -> dict[str, Any]:
    """The few fields of a message that matter, its text as one."""
    message: dict[str, Any] = {}
    for key, (kind, value) in members(tokens):
        if key == "text" and kind == "start_array":
            message[key] = _joined(tokens)
            continue
        # Of what is nested the key alone tells enough.
        nested = skipped(tokens, kind)
        if key in WANTED:
            message[key] = None if nested else value
    return message


def _joined(tokens: Tokens) -> str | None:
    """The words of a text that comes in pieces; None where one is not what it should be."""
    text, sound = "", True
    for kind, value in tokens:
        if kind == "end_array":
            break
        piece = value if kind == "string" else _piece(tokens, kind)
        if isinstance(piece, str):
            text = (text + piece)[:TEXT_MAX]
        else:
            sound = False
    return text if sound else None


def _piece(tokens: Tokens, kind_of_value: str) -> object:
    """The words of a piece that is marked up; None for what is no piece."""
    if kind_of_value != "start_map":
        skipped(tokens, kind_of_value)
        return None
    kind_of_piece, text = None, None
    for key, (kind, value) in members(tokens):
        if skipped(tokens, kind):
            continue
        if key == "type":
            kind_of_piece = value
        elif key == "text":
            text = value
    return "" if kind_of_piece in QUOTED else text
