"""One line a happening, in one shape, whoever logs it; secrets and what members say stay out.

Say what happened in the event and the facts beside it: `log.info("envelope opened", pieces=5)`.
"""

import logging
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from config.settings import LogFormat, LogLevel

MASK = "***"

# A key is masked when one of its words is here: `bot_token` for "token".
SECRET_WORDS = frozenset({"authorization", "cookie", "key", "password", "secret", "token"})
# What members say, who they are and where: `debug` alone shows it, as nobody else reads that log.
SAID_WORDS = frozenset({"body", "caption", "content", "message", "quote", "text"})
PERSON_WORDS = frozenset({"name", "nickname", "phone", "plate", "username", "vin"})
PLACE_WORDS = frozenset({"latitude", "location", "longitude", "place"})
PERSONAL_WORDS = SAID_WORDS | PERSON_WORDS | PLACE_WORDS

# Telegram puts its token into the path of an address, others put theirs into the query.
_TOKEN_IN_PATH = re.compile(r"/bot\d+:[\w-]+")
_QUERY = re.compile(r"(\w+://[^\s?'\"]*)\?[^\s'\"]+")


def set_up(level: LogLevel, log_format: LogFormat, stream: TextIO) -> None:
    """May be called again; the last call holds."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    is_console = log_format == "console" or (log_format == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask,
    ]
    renderer = _console(stream) if is_console else _json()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    _set_up_libraries(threshold, shared, renderer, stream)


def _console(stream: TextIO) -> Processor:
    # Exceptions are text by now. Left to itself, the renderer would show their local variables,
    # texts and tokens among them.
    return structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _json() -> Processor:
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _set_up_libraries(
    threshold: int, shared: list[Processor], renderer: Processor, stream: TextIO
) -> None:
    """What libraries log through the standard library takes the same shape and the same mask."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    # Libraries chat at info, some of them with whole addresses: only their warnings are news.
    is_debug = threshold <= logging.DEBUG
    level = threshold if is_debug else max(threshold, logging.WARNING)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # A line for every request, with its query, belongs in a web server in front of carclub.
    logging.getLogger("aiohttp.access").disabled = True


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor, the last before rendering: lets through only what may be read."""
    words = SECRET_WORDS if event.get("level") == "debug" else SECRET_WORDS | PERSONAL_WORDS
    return {
        key: value if key.startswith("_") else _masked(key, value, words)
        for key, value in event.items()
    }


def _masked(key: str, value: object, words: frozenset[str]) -> object:
    if not words.isdisjoint(key.lower().split("_")):
        return MASK
    match value:
        case None | bool() | int() | float():
            return value
        case str() | PurePath():
            return _scrubbed(str(value))
        case Mapping():
            return {str(inner): _masked(str(inner), value[inner], words) for inner in value}
        case list() | tuple() | set() | frozenset():
            return [_masked(key, inner, words) for inner in value]
    # A whole object would bring its texts and names along; its kind is enough.
    return f"<{type(value).__name__}>"


def _scrubbed(text: str) -> str:
    return _QUERY.sub(rf"\1?{MASK}", _TOKEN_IN_PATH.sub(f"/bot{MASK}", text))
