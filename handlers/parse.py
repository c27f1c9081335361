"""What was said, read with care: cleaned words, names, numbers."""

import re
import unicodedata
from dataclasses import replace

from storage.model import Event

TEXT_MAX = 20_000
NAME_MAX = 24
NUMBER_DIGITS_MAX = 18
HEARD_MAX = 20
"""No cue waits for more letters than that."""
ID_MAX = 128

# Control characters and marks that nobody sees: they stick to what is pasted, turn the direction
# of a line, or make two names look the same. What joins emoji is left alone.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
HALF_A_PAIR = re.compile("[\ud800-\udfff]")
UNCLEAN = re.compile("|".join(each.pattern for each in (UNSEEN, LINE_END, HALF_A_PAIR)))
# WeChat ends a mention with U+2005, so a name before it may hold spaces.
MENTION = re.compile(r"(?:@(?:[^@\u2005]{1,32}\u2005|\S{1,64})\s*)+")
BY_TEXT = re.compile(r"@([^@\u2005\n]{1,32})\u2005")
JOINT = "\u2060"
"""Between the words of a name that is mentioned by text: unseen, and in nothing that was said."""
# A comma joins thousands only: "60,5" are two numbers.
NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?")


def clean(event: Event) -> Event:
    """The same event without what no store or screen should meet."""
    text, name, title = clean_text(event.text), clean_name(event.name), clean_name(event.title)
    quoted = event.quoted
    plain = quoted is None and not event.mentions and not event.media
    if plain and text is event.text and name is event.name and title is event.title:
        return event  # as nearly all are
    if quoted is not None:
        quoted = replace(quoted, text=clean_text(quoted.text), name=clean_name(quoted.name))
    mentions = tuple(replace(each, name=clean_name(each.name)) for each in event.mentions[:20])
    return replace(
        event,
        text=text,
        name=name,
        title=title,
        quoted=quoted,
        mentions=mentions,
        media=event.media[:20],
    )


def well_formed(event: Event) -> bool:
    """Ids are the platform's own: short and printable, or the event is not one."""
    ids = (event.id, event.platform, event.chat, event.account)
    return all(0 < len(each) <= ID_MAX and each.isprintable() for each in ids)


def clean_text(text: str) -> str:
    text = text[:TEXT_MAX]
    if UNCLEAN.search(text) is None:
        return text
    return HALF_A_PAIR.sub("\ufffd", LINE_END.sub("\n", UNSEEN.sub("", text)))


def clean_name(name: str) -> str:
    """One line, short; empty stays empty."""
    if len(name) <= NAME_MAX and name.isalnum():
        return name
    return " ".join(clean_text(name[: 4 * NAME_MAX]).split())[:NAME_MAX].rstrip()


def fold(text: str) -> str:
    """Full-width letters, digits and marks as plain ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def heard(text: str) -> str:
    """A text as cues compare it: letters and digits only, of one width and case; empty for what no
    cue waits for."""
    if len(text) > 4 * HEARD_MAX:
        return ""
    words = "".join(each for each in fold(text).casefold() if each.isalnum())
    return words if len(words) <= HEARD_MAX else ""


def said(event: Event) -> str:
    """The text with each mention in one piece: names may hold spaces ("@Li Lei")."""
    text = event.text
    for mention in event.mentions:
        if " " in mention.name:
            text = text.replace(f"@{mention.name}", f"@{mention.name.replace(' ', '_')}")
    if "\u2005" in text:
        text = BY_TEXT.sub(lambda found: f"@{JOINT.join(found[1].split())} ", text)
    return text


def named(mention: str) -> str:
    """The name in a mention by text, as `said` writes it."""
    return clean_name(mention.removeprefix("@").replace(JOINT, " "))


def numbers(text: str) -> list[int]:
    """The whole numbers of a text, in order; one that is not whole comes out as 0.

    More digits than any amount has are cut off by a number that is larger than every limit.
    """
    if text.isdecimal() and len(text) <= NUMBER_DIGITS_MAX:
        return [int(text)]
    found = []
    for match in NUMBER.findall(fold(text)):
        digits = match.replace(",", "")
        if "." in digits:
            found.append(0)
        elif len(digits) > NUMBER_DIGITS_MAX:
            found.append(-(10**NUMBER_DIGITS_MAX) if digits[0] == "-" else 10**NUMBER_DIGITS_MAX)
        else:
            found.append(int(digits))
    return found
