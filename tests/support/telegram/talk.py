"""What Telegram's apps see in what people write: commands, mentions, hashtags, addresses.

Offsets are in units of UTF-16. Two surprises for Chinese groups are Telegram's own: "/积分" is no
command, and "你好@bot" mentions nobody, because a letter stands before the @.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tests.support.telegram import show
from tests.support.telegram.html import Entity, units

if TYPE_CHECKING:
    from tests.support.telegram.people import User

URL = r"(?:https?://|t\.me/)[^\s<>\"，。！？、；：（）【】《》]+[^\s<>\"，。！？、；：（）【】《》.,!?;:]"
COMMAND = r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{1,32})?(?![\w/<>])"
MENTION = r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)"
HASHTAG = r"(?<!\w)#\w{1,256}(?![\w#])"
KINDS = re.compile(
    f"(?P<url>{URL})|(?P<bot_command>{COMMAND})|(?P<mention>{MENTION})|(?P<hashtag>{HASHTAG})"
)


def entities(
    text: str, people: Mapping[str, User] | None = None, links: Mapping[str, str] | None = None
) -> list[Entity]:
    """Of what is written plainly, and of names and words that stand for a person or an address."""
    found = [
        span(text, match.start(), match.group(), match.lastgroup or "")
        for match in KINDS.finditer(text)
    ]
    found += [
        span(text, text.index(label), label, "text_mention") | {"user": show.user(person)}
        for label, person in (people or {}).items()
    ]
    found += [
        span(text, text.index(label), label, "text_link") | {"url": url}
        for label, url in (links or {}).items()
    ]
    return sorted(found, key=lambda each: each["offset"])


def span(text: str, start: int, part: str, kind: str) -> Entity:
    return {"type": kind, "offset": units(text[:start]), "length": units(part)}


def commands(text: str) -> list[str]:
    """The commands in a text, each with the @bot it names."""
    return [match.group() for match in re.finditer(COMMAND, text)]
