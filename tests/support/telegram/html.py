"""Telegram's HTML: the tags it knows, what becomes of them, and its words when it is broken.

Offsets in refusals are counted in bytes of UTF-8, those of entities in units of UTF-16, as Telegram
does. Where a tag stands for nothing ("<b></b>") no entity is left.
"""

import re
from dataclasses import dataclass
from typing import Any

from tests.support.telegram.refusals import bad

Entity = dict[str, Any]

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));?")
ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)))?""")
MENTION_URL = re.compile(r"tg://user\?id=(\d+)")
LAST_CHARACTER = 0x10FFFF


@dataclass(frozen=True)
class Open:
    """A tag that waits for its end."""

    name: str
    attributes: dict[str, str]
    offset: int


def units(text: str) -> int:
    """How long Telegram says this is."""
    return len(text.encode("utf-16-le")) // 2


def parse(source: str) -> tuple[str, list[Entity]]:
    """The text members see, and what is bold, a link … in it."""
    return Reader(source).read()


class Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.plain: list[str] = []
        self.offset = 0
        self.open: list[Open] = []
        self.entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            if self.source[self.at] == "<":
                self._tag()
            else:
                self._character()
        if self.open:
            name = self.open[-1].name
            raise broken(f'Can\'t find end tag corresponding to start tag "{name}"')
        return "".join(self.plain), sorted(
            self.entities, key=lambda each: (each["offset"], -each["length"])
        )

    def _character(self) -> None:
        found = REFERENCE.match(self.source, self.at)
        character = refers_to(found) if found else ""
        self.at = found.end() if found and character else self.at + 1
        character = character or self.source[self.at - 1]
        self.plain.append(character)
        self.offset += units(character)

    def _tag(self) -> None:
        begin = self.at
        if self.source.startswith("</", begin):
            self._end(begin)
        else:
            self._start(begin)

    def _start(self, begin: int) -> None:
        found = re.compile(r"<([^\s>]*)").match(self.source, begin)
        name = found[1].lower() if found else ""
        here = self._bytes(begin)
        if not found or found.end() == len(self.source):
            raise broken(f"Unclosed start tag at byte offset {here}")
        if name not in KINDS:
            raise broken(f'Unsupported start tag "{name}" at byte offset {here}')
        attributes, self.at = self._attributes(name, found.end(), here)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise broken(f'Tag "span" must have class "tg-spoiler" at byte offset {here}')
        self.open.append(Open(name, attributes, self.offset))

    def _attributes(self, name: str, at: int, here: int) -> tuple[dict[str, str], int]:
        attributes: dict[str, str] = {}
        while True:
            while self.source[at : at + 1].isspace():
                at += 1
            if self.source.startswith(">", at):
                return attributes, at + 1
            if self.source.startswith("=", at):
                raise broken(f'Empty attribute name in the tag "{name}" at byte offset {here}')
            found = ATTRIBUTE.match(self.source, at)
            if not found or found.end() == len(self.source):
                raise broken(f'Unclosed start tag "{name}" at byte offset {here}')
            value = next((each for each in found.groups()[1:] if each is not None), "")
            attributes[found[1].lower()] = parse_references(value)
            at = found.end()

    def _end(self, begin: int) -> None:
        here = self._bytes(begin)
        if not self.open:
            raise broken(f"Unexpected end tag at byte offset {here}")
        found = re.compile(r"</([^\s>]*)\s*").match(self.source, begin)
        if not found or not self.source.startswith(">", found.end()):
            raise broken(f"Unclosed end tag at byte offset {here}")
        opened, name = self.open.pop(), found[1].lower()
        if name and name != opened.name:
            raise broken(
                f"Unmatched end tag at byte offset {here},"
                f' expected "</{opened.name}>", found "</{name}>"'
            )
        self.at = found.end() + 1
        if self.offset > opened.offset:
            entity = self._entity(opened)
            if entity:
                self.entities.append(entity)

    def _entity(self, opened: Open) -> Entity | None:
        entity: Entity = {
            "type": KINDS[opened.name],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        if opened.name == "a":
            return link(entity, opened.attributes.get("href", ""))
        if opened.name == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        if opened.name == "tg-emoji":
            entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
        return entity

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode())


def link(entity: Entity, url: str) -> Entity | None:
    """A link to a person is a mention without a name; a link to nowhere is plain text."""
    person = MENTION_URL.fullmatch(url)
    if person:
        return entity | {"type": "text_mention", "user": {"id": int(person[1])}}
    return entity | {"url": url} if "." in url or "://" in url else None


def refers_to(found: re.Match[str]) -> str:
    if found[1]:
        return NAMED[found[1]]
    code = int(found[2]) if found[2] else int(found[3], 16)
    return chr(code) if 0 < code <= LAST_CHARACTER else ""


def parse_references(value: str) -> str:
    return REFERENCE.sub(lambda found: refers_to(found) or found[0], value)


def broken(reason: str) -> Exception:
    return bad(f"can't parse entities: {reason}")
