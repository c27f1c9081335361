"""Any update the Bot API could send, made from its specification and a seed."""

import json
import random
import re
from pathlib import Path
from typing import Any

from tests.bots.telegram.updates import ME

TYPES = json.loads(
    (Path(__file__).parents[2] / "support/telegram/bot-api.json").read_text(encoding="utf-8")
)["types"]
READ = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "chat_member",
    "my_chat_member",
)
DEPTH_MAX = 5
NUMBERS = (ME.id, 11, 12, -1001, -1009, 1087968824, 136817688, 777000, 0, 1, 2, -5, 4096, 2**31)
TEXTS = (
    "",
    "积分",
    "@carclub_bot 积分",
    "/jifen@carclub_bot",
    "/start@OtherBot",
    "😀@xiaoli 给 30",
    "\ud83d",
    "👨‍👩‍👧 \u202e\n\u2028\x00",
    "carclub_bot",
    "https://example.org/?a=b",
    "⭐",
    "⭐\ufe0f",
    "🏆",
    "image/png",
    "长" * 5000,
)
# What decides whether a message is anybody's talk, so that not nearly all of them are none.
LIKELY = {"text": 0.6, "from": 0.95, "entities": 0.7, "user": 0.9, "data": 0.9, "is_bot": 0.2}
UNLIKELY = (
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "new_chat_members",
    "left_chat_member",
    "via_bot",
    "sender_chat",
    "is_automatic_forward",
)
LIKELY |= dict.fromkeys(UNLIKELY, 0.05)
_QUOTED = re.compile('[“"]([^”"]+)[”"]')


class Anything:
    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def update(self) -> Any:
        kind = self._dice.choice([*READ, *READ, "message", "edited_message", ""])
        if not kind:
            return self._object("Update", 0)
        (field,) = [each for each in TYPES["Update"]["fields"] if each["name"] == kind]
        return {"update_id": self._number(), kind: self._value(field, field["types"][0], 1)}

    def _object(self, name: str, depth: int) -> Any:
        kind = TYPES[name]
        if "subtypes" in kind:
            return self._value({"name": ""}, self._dice.choice(kind["subtypes"]), depth)
        likely = self._dice.choice((0.05, 0.15, 0.5)) if depth < DEPTH_MAX else 0
        return {
            field["name"]: self._value(field, self._dice.choice(field["types"]), depth + 1)
            for field in kind.get("fields", ())
            if field["required"]
            or self._dice.random() < (likely and LIKELY.get(field["name"], likely))
        }

    def _value(self, field: dict[str, Any], kind: str, depth: int) -> Any:
        if kind.startswith("Array of "):
            some = self._dice.randrange(4) if depth < DEPTH_MAX else 0
            return [self._value(field, kind.removeprefix("Array of "), depth) for _ in range(some)]
        if kind in ("Boolean", "True"):
            return kind == "True" or self._dice.random() < LIKELY.get(field["name"], 0.5)
        if kind in ("Integer", "Float"):
            is_date = field["name"].endswith("date")
            return self._dice.randrange(2**31) if is_date else self._number()
        return self._text(field) if kind == "String" else self._object(kind, depth)

    def _number(self) -> int:
        return self._dice.choice(NUMBERS)

    def _text(self, field: dict[str, Any]) -> str:
        if field["name"] in ("type", "status", "source"):
            known: list[str] = _QUOTED.findall(field["description"])
            return self._dice.choice(known or ["unknown"])
        text = self._dice.choice(TEXTS)
        return text + (self._dice.choice(TEXTS) if self._dice.random() < 0.2 else "")
