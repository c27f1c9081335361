"""The command that a message holds, if it holds one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.feature import Command
from handlers.parse import MENTION, fold

WORD_MAX = 32
FIRST_WORD = re.compile(r"(/?)([^\s@]{1,32})(?:@[\w\u2060]{1,64})?(?:\s+|$)")
AT_BOT = re.compile(r"^@\w{1,64}")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command with what follows its word; `fits` tells whether that may follow it."""

    command: Command
    argument: str
    fits: bool
    explicit: bool
    """Said with a slash or to the bot, so that it was surely meant."""


def spoken(text: str, words: Mapping[str, Command], *, addressed: bool) -> Spoken | None:
    """The command a message holds, if it holds one.

    A command is the first word (`积分`), with a slash or not, or a word with a number right behind
    it (`抢12`). `addressed`: it was said to the bot, which makes any command explicit. An ASCII
    word must be explicit: "help me" is ordinary English, "/help" is meant.
    """
    text = text.strip()
    if addressed and text.startswith("@"):
        text = MENTION.sub("", text, count=1).strip()
    head = fold(text[:WORD_MAX]).lstrip()
    match = FIRST_WORD.match(head)
    if match is None:
        return None
    slash, word = match.group(1), match.group(2).lower()
    explicit = bool(slash) or addressed
    command, length = words.get(word), len(word)
    if command is None:
        found = glued(word, words)
        if found is None:
            return None
        command, length = found
    if word[:length].isascii() and not explicit:
        return None
    rest = text[1:] if slash else text
    behind = rest[raw_length(rest, length) :]
    # "/积分@bot" calls the bot; "送分@小李 20" means somebody.
    argument = (AT_BOT.sub("", behind) if slash else behind).strip()
    fits = command.arguments.fullmatch(fold(argument)) is not None
    return Spoken(command, argument, fits, explicit)


def raw_length(text: str, folded_length: int) -> int:
    """How many raw characters fold to that many: folding may join or split some."""
    lengths = range(1, min(len(text), WORD_MAX) + 1)
    return next((end for end in lengths if len(fold(text[:end])) >= folded_length), len(text))


def glued(word: str, words: Mapping[str, Command]) -> tuple[Command, int] | None:
    """A command word with a number right behind it."""
    match = re.match(r"([^\d#+-]{1,8})[#+-]?\d", word)
    command = words.get(match.group(1)) if match else None
    return (command, len(match.group(1))) if command and match else None
