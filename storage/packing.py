"""Replies and answers as the text a store keeps them in."""

import json
from dataclasses import fields
from functools import lru_cache
from typing import Any

from storage.model import ANYBODY, Answer, Attachment, Choice, Media, Priority, Reply, Terms

REPLIES_REMEMBERED_MAX = 64
"""Enough for the live messages of an evening, which are the same at every change."""
TERMS_REMEMBERED_MAX = 64

_pack = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@lru_cache(REPLIES_REMEMBERED_MAX)
def pack_reply(reply: Reply) -> str:
    return _pack(_reply_to_list(reply))


def pack_text(text: str) -> str:
    """How a text looks inside what is packed."""
    return _pack(text)[1:-1]


def unpack_reply(text: str) -> Reply:
    return _reply_from_list(json.loads(text))


def pack_answer(answer: Answer) -> str:
    return f"[{_pack(answer.tap)},[{','.join(map(pack_reply, answer.replies))}]]"


def unpack_answer(text: str) -> Answer:
    """As a repeat of the event gets it."""
    if not text:  # forgotten together with its member
        return Answer(repeated=True)
    tap, replies = json.loads(text)
    return Answer(tuple(_reply_from_list(item) for item in replies), tap, repeated=True)


def pack_terms(terms: Terms) -> str:
    """Only what is not as it is for anybody; empty when nothing is."""
    asked = {
        each.name: value
        for each in fields(Terms)
        if (value := getattr(terms, each.name)) != each.default
    }
    return _pack(asked) if asked else ""


@lru_cache(TERMS_REMEMBERED_MAX)
def unpack_terms(text: str) -> Terms:
    """Raises ValueError for what was never packed."""
    if not text:
        return ANYBODY
    try:
        asked = json.loads(text)
        return Terms(**{**asked, "members": tuple(asked.get("members", ()))})
    except TypeError as error:
        raise ValueError(f"no terms: {error}") from None


def _reply_to_list(reply: Reply) -> list[Any]:
    r = reply
    choices = [(choice.label, choice.says, *[True] * choice.private) for choice in r.choices]
    file = (r.attachment.name, r.attachment.content) if r.attachment else None
    known = [r.text, choices, r.to, int(r.priority), r.slot, file, r.live, r.invitation, r.quotes]
    pictures = [(picture.kind, picture.id) for picture in r.pictures]
    return [*known, r.stage, pictures] if r.stage or pictures else known


def _reply_from_list(item: list[Any]) -> Reply:
    # What a carclub before 2026-11 packed has nothing behind `live`.
    text, choices, to, priority, slot, file, live, *later = item
    invitation, quotes, stage, pictures = later + ["", "", "", []][len(later) :]
    return Reply(
        text,
        tuple(Choice(*choice) for choice in choices),
        to,
        Priority(priority),
        slot,
        Attachment(*file) if file else None,
        live,
        invitation,
        quotes,
        stage,
        tuple(Media(*picture) for picture in pictures),
    )
