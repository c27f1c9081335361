"""What may be kept of an owner's words, and in which form: the same for live talk and imports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.catalogue import Catalogue
from handlers.knowledge import facts, tags, wording
from handlers.knowledge.masks import MASK, mask
from handlers.knowledge.tags import Tag
from storage.model import Facts

TEXT_MAX = 2_000
HARSH = "避坑"
"""The tag whose wording is checked: it speaks of others."""

Problem = Literal["too_long", "too_short", "a_question", "wording"]


@dataclass(frozen=True, slots=True)
class Experience:
    tag: Tag
    text: str
    """As it is kept: without what must never be written down."""
    words: str
    """The text without its tags, by which it is known again."""
    facts: Facts


def read(
    text: str, *, tag: Tag, catalogue: Catalogue, own: Sequence[str], today: date
) -> Experience:
    """`own` are the author's cars, `today` is the day the words were written."""
    text = mask(text)
    told = facts.understand(text, tag=tag, catalogue=catalogue, own=own, today=today)
    return Experience(tag, text, tags.words(text), told)


def problem(experience: Experience) -> Problem | None:
    """Why it cannot be kept as an experience, if so."""
    words = experience.words
    if len(experience.text) > TEXT_MAX:
        return "too_long"
    if wording.length(words.replace(MASK, "")) < wording.SPEECH_LEAST:
        return "too_short"
    if wording.asks(words) and not facts.measures(experience.facts):
        return "a_question"
    return "wording" if is_harsh(experience.tag, words) else None


def is_harsh(tag: Tag, words: str) -> bool:
    """It speaks of others and calls them names."""
    return tag.name == HARSH and wording.insults(words)


def tag_of(text: str) -> Tag:
    """What a text is about: its tag, else what it speaks of most."""
    found = tags.find(text) or tags.meant(text)
    return found[0] if found else tags.named(tags.GENERAL)
