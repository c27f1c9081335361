"""JSON as a stream of tokens: `("map_key", "text")`, `("string", "…")`, as ijson names them."""

import codecs
from collections.abc import Iterator
from typing import Any

import ijson

from bots.history.source import CutOff, Source

CHUNK = 64 * 1024
VALUE_MAX = 4 * 1024 * 1024
"""No single text or number is longer; Telegram's own texts are 4,096 characters at most."""
OPENING = ("start_map", "start_array")
CLOSING = ("end_map", "end_array")

Token = tuple[str, Any]
Tokens = Iterator[Token]


def tokens_of(source: Source) -> Tokens:
    """Raises CutOff where the file ends too early or goes on as no JSON can."""
    found = ijson.sendable_list()
    # Numbers of 64 bits and no others: of one with thousands of digits the C parser dies otherwise.
    parser = ijson.basic_parse_coro(found, use_float=True)
    # What is no UTF-8 becomes a mark inside the text it stands in, and harms nothing else.
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    silence, wrong = 0, ""
    while chunk := source.read(CHUNK):
        try:
            parser.send(decoder.decode(chunk).encode())
        except ijson.JSONError:
            wrong = "the file is damaged"
        yield from found
        silence = 0 if found else silence + len(chunk)
        found.clear()
        if silence > VALUE_MAX:
            wrong = "the file holds a value that is too long"
        if wrong:
            raise CutOff(wrong)
    try:
        parser.close()
    except ijson.JSONError:
        raise CutOff("the file ends in the middle") from None
    yield from found


def members(tokens: Tokens) -> Iterator[tuple[str, Token]]:
    """The keys of the object that has just begun, each with how its value begins."""
    for kind, key in tokens:
        if kind == "end_map":
            return
        yield key, next(tokens)


def skipped(tokens: Tokens, kind: str) -> bool:
    """Pass over a value of several tokens; False for one that is a single token."""
    if kind not in OPENING:
        return False  # as nearly all are
    depth = 1
    for each, _ in tokens:
        if each in OPENING:
            depth += 1
        elif each in CLOSING:
            depth -= 1
            if not depth:
                break
    return True
