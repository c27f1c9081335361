"""Who is meant in a text: `@name`, picked from WeChat's list or typed. Pure.

A picked name ends with U+2005, which some gateways turn into a space. The ids of those mentioned
come beside the text, where a gateway tells them; which name is whose has to be found out, as a
member may be called otherwise in the room.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from bots.wechat.nouns import Me
from handlers.parse import clean_name
from storage.model import Mention

CALLS_MAX = 50
"""As many @ of one text are looked at."""
PICKED = "\u2005"
EVERYBODY = frozenset({"所有人", "all", "everyone"})
EVERYBODY_ID = "@all"
"""What the id of everybody ends with."""

_PICKED = re.compile(r"([^@＠\u2005\n]{1,64})\u2005 ?")
_TYPED = re.compile(r"[^\s@＠]{1,64}")
_ENDS_NAME = frozenset("，,、。！!？?：:；;）)」』】…")
"""What may follow a typed name; before anything else it would be another name."""
_AFTER_CALL = " \t\n，,：:、"


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    mentions: tuple[Mention, ...] = ()
    addressed: bool = False
    """The bot is mentioned."""


@dataclass(slots=True)
class _Call:
    """An @ and what follows it."""

    begin: int
    end: int
    name: str
    is_picked: bool
    who: Mention | None = None
    is_bot: bool = False


def read(text: str, mentions: Sequence[Mention], me: Me, alias: str = "") -> Words:
    """The words, with each mention as `@name` and a space behind it; calls to the bot are cut off
    at the beginning and at the end.

    The members among the mentions are called as they are in the text. Who is mentioned by text
    alone stays in the text; a name with spaces in it keeps its U+2005, which tells where it ends.
    """
    others = [each for each in mentions if not each.account.endswith(EVERYBODY_ID)]
    ours = [each for each in (me.name, alias) if each.strip()]
    calls = _calls(text, [*ours, *(each.name for each in others if each.name)])
    _assign(calls, others, me, {_key(each) for each in ours})
    found: dict[str, Mention] = {}
    for call in calls:
        if call.who is not None:
            name = clean_name(call.name) or call.who.name or call.who.account
            call.name = name
            found.setdefault(call.who.account, Mention(call.who.account, name))
    for each in others:
        if each.account != me.id:
            found.setdefault(each.account, each)
    addressed = any(each.is_bot for each in calls) or any(each.account == me.id for each in others)
    return Words(_written(text, calls), tuple(found.values()), addressed)


def _calls(text: str, names: Sequence[str]) -> list[_Call]:
    if "@" not in text and "＠" not in text:
        return []
    names = sorted(set(names), key=len, reverse=True)
    calls: list[_Call] = []
    for mark in islice(re.finditer("[@＠]", text), CALLS_MAX):
        call = _call(text, mark.start(), names)
        if call is not None and (not calls or calls[-1].end <= call.begin):
            calls.append(call)
    return calls


def _call(text: str, begin: int, names: Sequence[str]) -> _Call | None:
    start = begin + 1
    picked = _PICKED.match(text, start)
    if picked is not None:
        return _Call(begin, picked.end(), picked[1].strip(), is_picked=True)
    before = text[begin - 1 : begin]
    if before.isascii() and before.isalnum():
        return None  # an address: somebody@example.org
    for name in names:
        end = start + len(name)
        if _key(text[start:end]) == _key(name) and _may_end(text[end : end + 1]):
            return _Call(begin, end, name, is_picked=False)
    typed = _TYPED.match(text, start)
    return _Call(begin, typed.end(), typed[0], is_picked=False) if typed else None


def _may_end(after: str) -> bool:
    return not after or after.isspace() or after in _ENDS_NAME


def _assign(calls: Sequence[_Call], others: Sequence[Mention], me: Me, ours: set[str]) -> None:
    """Whose name each is: by the name where it is known, else the only way they can belong."""
    left = list(others)
    known = {_key(each.name): each for each in reversed(others) if each.name}
    for call in calls:
        name = _key(call.name)
        mention = next((each for each in left if each.name and _key(each.name) == name), None)
        if mention is not None:
            left.remove(mention)
        mention = mention or known.get(name)
        call.is_bot = name in ours if mention is None else mention.account == me.id
        call.who = None if call.is_bot else mention
    if any(call.is_bot for call in calls):
        left = [each for each in left if each.account != me.id]
    open_ = [each for each in calls if not each.is_bot and each.who is None]
    open_ = [each for each in open_ if _key(each.name) not in EVERYBODY]
    picked = [each for each in open_ if each.is_picked]
    for belonging in (picked, open_):
        if len(belonging) == len(left):
            for call, mention in zip(belonging, left, strict=True):
                call.is_bot = mention.account == me.id
                call.who = None if call.is_bot else mention
            return


def _written(text: str, calls: Sequence[_Call]) -> str:
    if not calls:
        return text.replace(PICKED, " ")
    pieces: list[str | _Call] = []
    done = 0
    for call in calls:
        pieces += text[done : call.begin].replace(PICKED, " "), call
        done = call.end
    pieces.append(text[done:].replace(PICKED, " "))
    return _joined(_without_calls([each for each in pieces if each]) or [calls[0]])


def _without_calls(pieces: Sequence[str | _Call]) -> list[str | _Call]:
    """Without the calls to the bot that stand at either end: they say nothing more. Empty where
    there is nothing else."""
    first, last = 0, len(pieces)
    while first < last and _is_idle(pieces[first]):
        first += 1
    while first < last and _is_idle(pieces[last - 1]):
        last -= 1
    kept = list(pieces[first:last])
    if kept and isinstance(kept[0], str) and first:
        kept[0] = kept[0].lstrip(_AFTER_CALL)
    if kept and isinstance(kept[-1], str) and last < len(pieces):
        kept[-1] = kept[-1].rstrip()
    return kept


def _is_idle(piece: str | _Call) -> bool:
    return piece.is_bot if isinstance(piece, _Call) else not piece.strip(_AFTER_CALL)


def _joined(pieces: Sequence[str | _Call]) -> str:
    """A name touches no letters: Chinese is written without spaces, and commands are words."""
    text = ""
    before: str | _Call = ""
    for piece in pieces:
        if isinstance(piece, _Call):
            is_close = isinstance(before, _Call) or text[-1:].isalnum()
            text += f"{' ' if is_close else ''}@{piece.name}"
            is_ended = not (" " in piece.name and piece.who is None and not piece.is_bot)
            text += "" if is_ended else PICKED
        elif isinstance(before, _Call) and not piece.startswith("\n"):
            rest = piece.lstrip(" ")
            is_apart = rest != piece or before.is_picked or rest[:1].isalnum()
            text += f" {rest}" if is_apart and text[-1] != PICKED else rest
        else:
            text += piece
        before = piece
    return text


def _key(name: str) -> str:
    return " ".join(name.lower().split())
