"""The limits that the specification states in its descriptions, read out of them.

What has a text of its own on Telegram keeps it; the others are refused in words of ours.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support.telegram.html import units
from tests.support.telegram.refusals import Refused, bad

LENGTH = re.compile(
    r"(?P<least>\d+)-(?P<most>\d+) (?P<unit>characters|[Bb]ytes|items|answer options|identifiers)"
)
VALUE = re.compile(
    r"(?:[Vv]alues between |; |, )(?P<least>\d+)-(?P<most>\d+)(?: are accepted|\.|$)"
)
AT_MOST = re.compile(r"[Uu]p to (?P<most>\d+) (?P<unit>characters|items)|At most (?P<all>\d+)")
PARSED = re.compile(r"after entit(?:y|ies) parsing")

EMPTY = {"text": "message text is empty", "callback_data": "BUTTON_DATA_INVALID"}
TOO_LONG = {
    "answerCallbackQuery.text": "MESSAGE_TOO_LONG",
    "text": "message is too long",
    "caption": "message caption is too long",
    "callback_data": "BUTTON_DATA_INVALID",
}
# In descriptions this stands for the command's text, not in figures a machine reads.
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
COMMANDS_MOST = 100
ROW_BUTTONS_MOST = 8
BUTTONS_MOST = 100
# Good enough for what may not stand in a tag: symbols and pictures, selectors, joiners.
EMOJI = re.compile(
    "[\u2190-\u2bff\u3030\u303d\ufe0f\u200d\U0001f000-\U0001faff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True)
class Limit:
    least: int
    most: int
    unit: str
    parsed: bool

    def refusal(self, where: str, value: Any) -> Refused | None:
        """Why this value is refused, if it is."""
        size = self.size(value)
        if self.least <= size <= self.most:
            return None
        owner, _, name = where.rpartition(".")
        short = size < self.least
        texts = EMPTY if short else TOO_LONG
        text = texts.get(where) or texts.get(name)
        range_ = f"{self.least}-{self.most} {self.unit}".strip()
        return bad(text or f"{owner}: {name} must be {range_}")

    def size(self, value: Any) -> int:
        if isinstance(value, str):
            return len(value.encode()) if self.unit == "bytes" else units(value)
        return len(value) if isinstance(value, list) else int(value)


@cache
def stated(description: str, kind: str) -> Limit | None:
    """The limit in a field's description; numbers, texts and lists say theirs differently."""
    if kind in ("Integer", "Float"):
        found = VALUE.search(description)
        return Limit(int(found["least"]), int(found["most"]), "", False) if found else None
    found = LENGTH.search(description)
    if found:
        unit = found["unit"].lower()
        if unit in ("characters", "bytes") and kind.startswith("Array"):
            return None  # it speaks of what is in the list
        parsed = bool(PARSED.search(description))
        return Limit(int(found["least"]), int(found["most"]), unit, parsed)
    found = AT_MOST.search(description)
    if found and found["most"] and not kind.startswith("Array"):
        return Limit(0, int(found["most"]), found["unit"], False)
    return None


def check_tag(where: str, tag: str) -> None:
    if EMOJI.search(tag):
        raise bad(f"{where}: emoji are not allowed")


def check_commands(commands: list[dict[str, Any]]) -> None:
    if len(commands) > COMMANDS_MOST:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(command["command"]):
            raise bad("BOT_COMMAND_INVALID")


ACTIONS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}


def check_keyboard(rows: list[list[dict[str, Any]]]) -> None:
    """Telegram shows wide rows cut; here they are refused, as nobody wants that."""
    if any(len(row) > ROW_BUTTONS_MOST for row in rows):
        raise bad(f"a row of buttons holds at most {ROW_BUTTONS_MOST}")
    if sum(map(len, rows)) > BUTTONS_MOST:
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        actions = ACTIONS & button.keys()
        if not actions:
            raise bad(
                "can't parse inline keyboard button:"
                " Text buttons are unallowed in the inline keyboard"
            )
        if len(actions) > 1:
            raise bad("can't parse inline keyboard button: exactly one action must be used")
