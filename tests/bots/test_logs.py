"""What a log line may say, whoever writes it."""

import io
import json
import logging
from pathlib import Path

import pytest
import structlog

from bots import logs
from bots.logs import MASK

pytestmark = pytest.mark.usefixtures("fresh_logs")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def written():
    """Sets logging up at info, as JSON, and reads what was written."""
    stream = io.StringIO()
    logs.set_up("info", "json", stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_its_event_level_time_and_facts(written):
    structlog.get_logger().info("红包 opened", pieces=5, club="c1")
    (line,) = written()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "红包 opened", "level": "info", "pieces": 5, "club": "c1"}


def test_json_lines_keep_chinese_readable():
    stream = io.StringIO()
    logs.set_up("info", "json", stream)
    structlog.get_logger().info("红包")
    assert "红包" in stream.getvalue()


SECRET = ["token", "bot_token", "password", "shared_secret", "api_key", "Authorization"]
PERSONAL = ["text", "message", "member_name", "plate", "vin", "place", "phone", "latitude"]


@pytest.mark.parametrize("key", [*SECRET, *PERSONAL])
def test_secret_and_personal_facts_are_masked(written, key):
    structlog.get_logger().warning("something", **{key: "京A12345"})
    assert written()[0][key] == MASK


def test_a_fact_is_masked_inside_another(written):
    structlog.get_logger().info("something", car={"vin": "LSV1", "wheels": [{"place": "door 3"}]})
    assert written()[0]["car"] == {"vin": MASK, "wheels": [{"place": MASK}]}


def test_bound_facts_are_masked_too(written):
    with structlog.contextvars.bound_contextvars(event_id="e1", text="悄悄话"):
        structlog.get_logger().info("something")
    assert written()[0]["event_id"] == "e1"
    assert written()[0]["text"] == MASK


def test_a_whole_object_shows_only_its_kind(written):
    structlog.get_logger().info("something", error=ValueError("悄悄话"), path=Path("data"))
    assert written()[0]["error"] == "<ValueError>"
    assert written()[0]["path"] == "data"


def test_addresses_lose_their_query_and_telegram_its_token(written):
    structlog.get_logger().info(
        "called",
        address="https://example.org/orders?sign=abc&buyer=1 twice",
        other="https://example.org/bot123:AbC-d_e/getMe",
    )
    assert written()[0]["address"] == f"https://example.org/orders?{MASK} twice"
    assert written()[0]["other"] == f"https://example.org/bot{MASK}/getMe"


def test_debug_shows_what_members_say_but_never_a_secret():
    stream = io.StringIO()
    logs.set_up("debug", "json", stream)
    structlog.get_logger().debug("received", text="早上好", token="t-1")
    line = json.loads(stream.getvalue())
    assert line["text"] == "早上好"
    assert line["token"] == MASK


def test_at_debug_an_info_line_still_masks_what_members_say():
    stream = io.StringIO()
    logs.set_up("debug", "json", stream)
    structlog.get_logger().info("received", text="早上好")
    assert json.loads(stream.getvalue())["text"] == MASK


def test_lines_below_the_level_are_not_written(written):
    structlog.get_logger().debug("something")
    assert written() == []


def test_a_library_takes_the_same_shape_and_mask(written):
    logging.getLogger("wire").warning("lost %s", "https://example.org/a?token=t-1")
    (line,) = written()
    assert line["event"] == f"lost https://example.org/a?{MASK}"
    assert (line["level"], line["logger"]) == ("warning", "wire")
    assert "timestamp" in line


def test_a_library_at_info_is_no_news(written):
    logging.getLogger("wire").info("called https://example.org")
    assert written() == []


def test_a_library_is_heard_at_debug():
    stream = io.StringIO()
    logs.set_up("debug", "json", stream)
    logging.getLogger("wire").debug("connected")
    assert json.loads(stream.getvalue())["event"] == "connected"


def test_requests_are_not_logged_one_by_one(written):
    logging.getLogger("aiohttp.access").error("GET /page?token=t-1")
    assert written() == []


@pytest.mark.parametrize("log", [structlog.get_logger(), logging.getLogger("wire")])
def test_a_traceback_is_kept_without_local_variables(written, log):
    what_somebody_said = "悄悄话"
    try:
        raise ValueError(len(what_somebody_said))
    except ValueError:
        log.exception("failed")
    (line,) = written()
    assert "ValueError: 3" in line["exception"]
    assert what_somebody_said not in line["exception"]


def test_on_a_terminal_lines_are_for_people():
    stream = Terminal()
    logs.set_up("info", "auto", stream)
    structlog.get_logger().info("started", text="悄悄话")
    what_somebody_said = "悄悄话"
    try:
        raise ValueError(len(what_somebody_said))
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "started" in stream.getvalue()
    assert "悄悄话" not in stream.getvalue()
    assert "ValueError: 3" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_elsewhere_lines_are_for_machines():
    stream = io.StringIO()
    logs.set_up("info", "auto", stream)
    structlog.get_logger().info("started")
    assert json.loads(stream.getvalue())["event"] == "started"


def test_setting_up_again_writes_no_line_twice(written):
    stream = io.StringIO()
    logs.set_up("info", "json", stream)
    logs.set_up("info", "json", stream)
    structlog.get_logger().info("started")
    logging.getLogger("wire").warning("lost")
    assert len(stream.getvalue().splitlines()) == 2
    assert written() == []
