"""Which no of Telegram's it is, told by what python-telegram-bot really raises."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest, HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from bots.telegram.errors import Kind, Trouble, trouble

# The library warns that flood waits will be of another type, in its own code too.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


class Refusing(BaseRequest):
    """Every request is answered with this."""

    def __init__(self, code: int, payload: bytes) -> None:
        self.answer = code, payload

    read_timeout = 1

    async def initialize(self) -> None: ...
    async def shutdown(self) -> None: ...
    async def do_request(self, *args: Any, **more: Any) -> tuple[int, bytes]:
        return self.answer


def raised(code: int, description: str, **parameters: int) -> TelegramError:
    body = {"ok": False, "error_code": code, "description": description}
    return raw(code, json.dumps(body | ({"parameters": parameters} if parameters else {})).encode())


def raw(code: int, payload: bytes) -> TelegramError:
    return failing(Refusing(code, payload))


def failing(request: BaseRequest) -> TelegramError:
    bot = Bot("1:a", request=request, get_updates_request=Refusing(200, b""))

    async def send() -> None:
        await bot.send_message(1, "好")

    with pytest.raises(TelegramError) as caught:
        asyncio.run(send())
    return caught.value


NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are"
    " exactly the same as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
UNKNOWN = 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0'


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        (400, NOT_MODIFIED, Kind.UNCHANGED),
        (400, TOO_OLD, Kind.ANSWERED_LATE),
        (400, "Bad Request: message to edit not found", Kind.MESSAGE_GONE),
        (400, "Bad Request: message can't be edited", Kind.MESSAGE_GONE),
        (400, "Bad Request: there is no text in the message to edit", Kind.MESSAGE_GONE),
        (400, "Bad Request: message can't be deleted", Kind.MESSAGE_GONE),
        (400, "Bad Request: MESSAGE_ID_INVALID", Kind.MESSAGE_GONE),
        (400, "Bad Request: TOPIC_CLOSED", Kind.TOPIC_GONE),
        (400, "Bad Request: TOPIC_DELETED", Kind.TOPIC_GONE),
        (400, "Bad Request: message thread not found", Kind.TOPIC_GONE),
        (403, "Forbidden: bot was kicked from the supergroup chat", Kind.REMOVED),
        (403, "Forbidden: bot was kicked from the group chat", Kind.REMOVED),
        (403, "Forbidden: bot is not a member of the supergroup chat", Kind.REMOVED),
        (403, "Forbidden: the group chat was deleted", Kind.REMOVED),
        (400, "Bad Request: chat not found", Kind.REMOVED),
        (400, "Bad Request: group chat was deactivated", Kind.REMOVED),
        (400, "Bad Request: CHANNEL_PRIVATE", Kind.REMOVED),
        (400, "Bad Request: not enough rights to manage chat invite link", Kind.NO_RIGHT),
        (400, "Bad Request: have no rights to send a message", Kind.NO_RIGHT),
        (400, "Bad Request: CHAT_ADMIN_REQUIRED", Kind.NO_RIGHT),
        (403, "Forbidden: CHAT_WRITE_FORBIDDEN", Kind.NO_RIGHT),
        (400, "Bad Request: CHAT_SEND_DOCS_FORBIDDEN", Kind.NO_RIGHT),
        (403, "Forbidden: something new", Kind.NO_RIGHT),
        (400, UNKNOWN, Kind.REFUSED),
        (400, "Bad Request: message is too long", Kind.REFUSED),
        (413, "Request Entity Too Large", Kind.REFUSED),
        (401, "Unauthorized", Kind.TOKEN),
        (404, "Not Found", Kind.TOKEN),
        (404, "Not Found: method not found", Kind.REFUSED),
        (409, "Conflict: terminated by other getUpdates request", Kind.CONFLICT),
        (500, "Internal Server Error", Kind.MAYBE_SENT),
        (502, "Bad Gateway", Kind.MAYBE_SENT),
    ],
)
def test_a_no_is_known_by_its_words(code, description, kind):
    assert trouble(raised(code, description)) == Trouble(kind)


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (403, "Forbidden: bot can't initiate conversation with a user"),
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot can't send messages to bots"),
        (400, "Bad Request: PEER_ID_INVALID"),
        (400, "Bad Request: chat not found"),
        (403, "Forbidden: something new"),
    ],
)
def test_somebody_may_be_out_of_reach(code, description):
    assert trouble(raised(code, description), private=True).kind is Kind.UNREACHABLE


def test_what_else_is_refused_in_private_is_refused():
    assert trouble(raised(400, "Bad Request: message is too long"), private=True).kind is (
        Kind.REFUSED
    )


def test_a_flood_says_how_long_to_wait():
    error = raised(429, "Too Many Requests: retry after 17", retry_after=17)
    assert trouble(error) == Trouble(Kind.FLOOD, retry_after_seconds=17.0)


def test_a_flood_is_understood_when_the_library_changes_its_type(monkeypatch):
    error = raised(429, "Too Many Requests: retry after 17", retry_after=17)
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    assert trouble(error).retry_after_seconds == 17.0


@pytest.mark.filterwarnings("error")
def test_reading_how_long_to_wait_warns_nobody():
    with pytest.warns(PTBDeprecationWarning):
        error = raised(429, "Too Many Requests: retry after 17", retry_after=17)
    assert trouble(error).retry_after_seconds == 17.0


def test_a_chat_that_moved_says_where_to():
    description = "Bad Request: group chat was upgraded to a supergroup chat"
    error = raised(400, description, migrate_to_chat_id=-1001)
    assert trouble(error) == Trouble(Kind.MOVED, new_chat="-1001")


def test_an_answer_that_is_none_may_have_been_a_yes():
    assert trouble(raw(200, b"<html>")).kind is Kind.MAYBE_SENT
    assert trouble(raw(502, b"<html>")).kind is Kind.MAYBE_SENT


def over_the_wire(error: Exception) -> Trouble:
    """python-telegram-bot's own transport, where the wire fails like this."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    wire = HTTPXRequest(httpx_kwargs={"transport": httpx.MockTransport(fail)})
    asyncio.run(wire.initialize())
    return trouble(failing(wire))


@pytest.mark.parametrize(
    "error",
    [
        httpx.PoolTimeout("all are busy"),
        httpx.ConnectTimeout("nobody there"),
        httpx.ConnectError("refused"),
        httpx.ProxyError("refused"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_never_left_may_be_sent_again(error):
    assert over_the_wire(error) == Trouble(Kind.UNSENT)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("no answer"),
        httpx.WriteTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("closed without an answer"),
        ValueError("whatever"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_got_no_answer_may_have_arrived(error):
    assert over_the_wire(error) == Trouble(Kind.MAYBE_SENT)


def test_a_line_that_was_closed_sends_nothing():
    wire = HTTPXRequest()
    asyncio.run(wire.shutdown())
    assert trouble(failing(wire)) == Trouble(Kind.UNSENT)
