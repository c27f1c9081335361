"""A Message of the outbox → what is said in WeChat. Pure; the bot only says what stands here.

WeChat has no buttons, no edits and no quotes for programs: choices are numbered lines, a change is
said anew, and who is answered is mentioned.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bots import lengths, numbered
from bots.lengths import INVISIBLE, is_blank
from bots.wechat.mentions import EVERYBODY, PICKED
from bots.wechat.nouns import Request, SayFile, SayPicture, SayText
from handlers.parse import HALF_A_PAIR, LINE_END, UNSEEN, clean_name
from storage.model import Attachment, Message, Offer, Priority

TEXT_MAX = 2_000
PARTS_MAX = 5
"""No reply becomes more messages than that; what is longer is cut."""
NAMES_MAX = 5
"""So many of those who get the same answer are named; all of them where it is about points."""
PICTURES_MAX = 9
FILE_NAME_MAX = 64
HINT_ROOM = 80
"""Is left free for how to choose, below numbered lines."""

_SAID = re.compile(
    r"(?<=「)[^「」\n]{1,64}(?=」)|(?<![0-9A-Za-z_/=])[0-9a-fA-F]{32,256}(?![0-9A-Za-z_])"
)
"""What is to be said or compared stays in one message."""
_LINE_ENDS = re.compile(r"[^\S\n]+$", re.MULTILINE)
_BEHIND_A_NAME = " \n，,：:"
_BLANK_LINES = re.compile(r"\n{3,}")
_QUOTE_RULE = re.compile(r"^[ \t]*(?:[-－][ \t]+){3,}[-－]?[ \t]*$", re.MULTILINE)
"""The line by which clients know a quote that is written as text."""
_BEGINS_XML = re.compile(r"\A((?:[\w@.-]{1,80}:(?:\s|<br ?/>)+)?)(?:<|&(?:amp;)?lt;)")
"""Alone, or behind what looks like its sender's id."""
_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|@\ud800-\udfff]+')


def plus(people: int) -> str:
    return f" +{people}"


def requests(
    message: Message,
    offers: Sequence[Offer],
    names: Mapping[str, str],
    *,
    hint: str = "",
    and_others: Callable[[int], str] = plus,
) -> tuple[Request, ...]:
    """In the order in which they are to be made; none where there is nothing to show.

    `offers` are the numbers of its choices, `names` what WeChat calls those it answers, by account.
    `hint` says how to choose. `and_others` stands behind some of so many names.
    """
    reply, to = message.reply, message.chat or message.account
    if reply.to == "badge":
        return ()
    parts = _parts(message, names, and_others)
    below = _below(message, offers, hint)
    if below:
        last = parts.pop() if parts else _Part("")
        parts.append(_Part(f"{last.text}\n\n{below}".strip(), last.mentions))
    pictures = [each.id for each in reply.pictures if each.kind == "picture"]
    return (
        *(SayText(to, part.text, part.mentions) for part in parts),
        *(SayPicture(to, picture) for picture in pictures[:PICTURES_MAX]),
        *((_file(to, reply.attachment),) if reply.attachment else ()),
    )


def opening(
    message: Message, names: Mapping[str, str], *, and_others: Callable[[int], str] = plus
) -> str:
    """The text above the numbered lines, by which a quote of them is known (`numbered.head`): it is
    asked for before the numbers are given."""
    parts = _parts(message, names, and_others)
    return parts[-1].text if parts else ""


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    mentions: tuple[str, ...] = ()


def _parts(
    message: Message, names: Mapping[str, str], and_others: Callable[[int], str]
) -> list[_Part]:
    """The texts of a message and of those that are said together with it, without choices."""
    answers: dict[str, list[str]] = {}
    about_points: set[str] = set()
    for each in (message, *message.also):
        text = _text(each.reply.text)
        if not is_blank(text):
            asker, text = _called(each, text, names)
            answers.setdefault(text, []).append(asker)
            if each.reply.priority <= Priority.MONEY:
                about_points.add(text)
    called: dict[str, str] = {}
    lines = []
    for text, askers in answers.items():
        people = list(dict.fromkeys(filter(None, askers)))
        named = people if text in about_points else people[:NAMES_MAX]
        shown = {person: _name(names, person) for person in named}
        called |= shown
        more = f"{and_others(len(people))} " if len(people) > len(shown) else ""
        lines.append("".join(f"@{name}{PICKED}" for name in shown.values()) + more + text)
    pieces = lengths.split("\n".join(lines), TEXT_MAX - _room(message), PARTS_MAX, _SAID)
    parts = []
    for piece in pieces:
        if not is_blank(piece):
            here = [each for each in called if f"@{called[each]}{PICKED}" in piece]
            parts.append(_Part(_harmless(piece), tuple(here)))
    return parts


def _room(message: Message) -> int:
    """What must stay free in each text for the lines below the last one."""
    if not message.reply.choices:
        return 0
    return min(TEXT_MAX // 2, numbered.room(message.reply.choices) + HINT_ROOM + 4)


def _below(message: Message, offers: Sequence[Offer], hint: str) -> str:
    lines = _text(numbered.lines(message.reply.choices, offers))
    hint = lengths.cut(_text(hint), HINT_ROOM) if offers else ""
    return "\n".join(filter(None, (lines, hint)))


def _called(message: Message, text: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Who is mentioned in front of it, and what stands behind that: the name is not said twice.

    What stands for everybody mentions nobody.
    """
    name = _name(names, message.asker)
    if not (message.chat and name) or message.reply.live or message.reply.slot:
        return "", text
    rest = text.removeprefix("@").removeprefix(name)
    if len(rest) > len(text) - len(name):
        return message.asker, text
    if rest and not rest[0].isalnum():
        return message.asker, rest.lstrip(_BEHIND_A_NAME)
    # A name of one letter may be the beginning of a word.
    return (message.asker if len(name) == 1 else ""), text


def _name(names: Mapping[str, str], account: str) -> str:
    name = clean_name(names.get(account, "")).replace("@", "").strip()
    return "" if name.lower() in EVERYBODY else name


def _text(text: str) -> str:
    """As WeChat shows it: nothing unseen, no spaces at ends of lines, no heaps of empty lines."""
    text = LINE_END.sub("\n", HALF_A_PAIR.sub("", text)).replace(PICKED, " ")
    text = INVISIBLE.sub("", UNSEEN.sub("", text)).expandtabs(4)
    text = _BLANK_LINES.sub("\n\n", _LINE_ENDS.sub("", text))
    return _QUOTE_RULE.sub("——————", text).strip("\n")


def _harmless(text: str) -> str:
    """One message: what begins like XML, WeChat's clients and gateways take for more than words."""
    text = _LINE_ENDS.sub("", text).strip()
    return _BEGINS_XML.sub(lambda found: found[1] + "＜", text)


def _file(to: str, attachment: Attachment) -> SayFile:
    name = _NOT_IN_FILE_NAMES.sub("_", UNSEEN.sub("", attachment.name))[-FILE_NAME_MAX:].strip(" .")
    content = (attachment.content or "\n").encode("utf-8", "replace")
    return SayFile(to, name or "carclub.txt", content)
