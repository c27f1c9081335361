"""Choices as buttons below a message. Pure.

What a button says travels in it when it is short; else a key travels, and what the key stands for
is kept before the message is sent (`keys`).
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Sequence

from bots.lengths import ELLIPSIS, is_blank
from bots.telegram.nouns import Button, Keyboard, Me
from storage.model import Choice, Reply

DATA_MAX_BYTES = 64
KEY_MARK = "key:"
"""What a button's data begins with when a key stands for what it says."""
KEY_LENGTH = 22
BUTTONS_MAX = 100
ROW_MAX = 8
ROW_COLUMNS = 30
"""What a phone shows of one row, in letters of half width; buttons of a row are equally wide."""
BUTTON_COLUMNS = 2
"""What the edges of a button take."""
LABEL_COLUMNS_MAX = 48

_START = re.compile(rf"/start(?:@\w+)?\s+([A-Za-z0-9_-]{{{KEY_LENGTH}}})\s*")


def keyboard(reply: Reply, me: Me, *, private: bool = False) -> Keyboard:
    """`private`: it goes to one person, so what opens the private conversation is plain there."""
    choices = [choice for choice in reply.choices if choice.says][:BUTTONS_MAX]
    return _rows([_button(choice, me, private=private) for choice in choices])


def keys(reply: Reply) -> dict[str, str]:
    """What the keys in this reply's buttons stand for.

    It must be kept before the reply is sent. A link with a key can be made by anybody and put into
    anybody's way, so a key means something only if it was kept, and in a link only what the bot
    itself has offered to be said in private.
    """
    kept = {}
    for each in reply.choices:
        if each.says and each.private:
            kept[key_of_link(each.says)] = each.says
        if each.says and not _fits(each.says):
            kept[key_of(each.says)] = each.says
    return kept


def key_of(says: str) -> str:
    """The key in a button."""
    digest = hashlib.sha256(says.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).decode()[:KEY_LENGTH]


def key_of_link(says: str) -> str:
    """The key in a link: never one of a button, so that a link cannot press one."""
    return key_of(f"/start {says}")


def key_in(data: str) -> str:
    """The key that a tapped button carries; empty where its data is what it says."""
    return data.removeprefix(KEY_MARK) if data.startswith(KEY_MARK) else ""


def key_at_start(text: str) -> str:
    """The key with which somebody opened the private conversation: "/start <key>"."""
    match = _START.fullmatch(text)
    return match[1] if match else ""


def columns(text: str) -> int:
    return sum(_width(character) for character in text)


def _button(choice: Choice, me: Me, *, private: bool) -> Button:
    label = _label(choice.says if is_blank(choice.label) else choice.label)
    if choice.private and not private:
        return Button(label, url=f"https://t.me/{me.username}?start={key_of_link(choice.says)}")
    data = KEY_MARK + key_of(choice.says) if not _fits(choice.says) else choice.says
    return Button(label, data=data)


def _fits(says: str) -> bool:
    size = len(says.encode("utf-8", "replace"))
    return size <= DATA_MAX_BYTES and not says.startswith(KEY_MARK) and _is_whole(says)


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _label(text: str) -> str:
    """One line that a phone can show; blank ones Telegram refuses."""
    text = " ".join(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").split())
    if columns(text) <= LABEL_COLUMNS_MAX:
        return text if not is_blank(text) else ELLIPSIS
    end = wide = 0
    while wide + _width(text[end]) < LABEL_COLUMNS_MAX:
        wide += _width(text[end])
        end += 1
    return text[:end].rstrip() + ELLIPSIS


def _rows(buttons: Sequence[Button]) -> Keyboard:
    rows: list[list[Button]] = []
    for button in buttons:
        row = [*rows[-1], button] if rows else [button]
        widest = max(columns(each.label) for each in row) + BUTTON_COLUMNS
        if rows and len(row) <= ROW_MAX and widest * len(row) <= ROW_COLUMNS:
            rows[-1] = row
        else:
            rows.append([button])
    return tuple(map(tuple, rows))


def _width(character: str) -> int:
    if unicodedata.category(character)[0] == "M" or character == "\u200d":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
