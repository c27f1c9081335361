"""What a gateway tells → Events. Pure; never raises, and what says nothing to us gives none.

A gateway has no history and a quote tells little of what it quotes, so what was heard of late comes
along: `Heard`, made by `remembered`, of the same conversation and in order.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from bots.wechat import contents, mentions
from bots.wechat.contents import Contents
from bots.wechat.mentions import Words
from bots.wechat.nouns import PLATFORM, Heard, Me, Moved, Renamed, Said
from handlers.parse import ID_MAX, clean_name, clean_text, well_formed
from storage.model import MINUTE, Event, EventKind, Media, Millis, Offer, Quoted

LACKS = ("links",)
"""WeChat knows no links into a room."""
REMEMBERED_MAX = 2_000
"""Letters of a message that are remembered."""
PICTURES_MAX = 9
PICTURES_WITHIN: Millis = 2 * MINUTE
"""A picture has no words of its own: what its sender says so soon after belongs to it."""

_TAKES_PICTURES = re.compile(r"\A\s*/?(?:分享|收录)|[#＃][^\W\d]")


def said(said: Said, me: Me, heard: Sequence[Heard]) -> Event | None:
    """A message as an event; the bot's own, money, and what is nobody's words give none."""
    found = contents.read(said.id, said.type, said.text) if said.talker != me.id else None
    if found is None:
        return None
    if found.recalled:
        return _recalled(said, me, found.recalled, heard)
    words = _words(said, found, me)
    quoted = _resolved(found.quoted, said, me, heard) if found.quoted is not None else None
    if not (words.text.strip() or found.media):
        return None
    before = _pictures_before(said, heard) if _takes_pictures(words, found) else ()
    event = replace(
        _event(said, me, "message"),
        text=words.text,
        addressed=words.addressed or (quoted is not None and quoted.account == me.id),
        quoted=quoted,
        mentions=words.mentions,
        media=(*found.media, *before),
        forwarded=found.forwarded,
    )
    return event if well_formed(event) else None


def remembered(said: Said, me: Me) -> Heard | None:
    """What to keep of a message in memory, the bot's own messages too; None for what nobody could
    quote or add to."""
    found = contents.read(said.id, said.type, said.text)
    if found is None or found.recalled:
        return None
    words = _words(said, found, me)
    return Heard(
        said.id,
        said.talker,
        said.name,
        words.text[:REMEMBERED_MAX],
        said.at,
        found.media,
        found.forwarded,
        claims=_takes_pictures(words, found),
    )


def quote_of(heard: Heard) -> Quoted:
    """A message of late as what a message answers."""
    return Quoted(heard.id, heard.talker, heard.name, heard.text, heard.media, heard.forwarded)


def moved(moved: Moved, me: Me) -> tuple[Event, ...]:
    """Those who came or went, one by one; the bot's own coming is its inviter's doing."""
    kinds: tuple[EventKind, EventKind] = ("joined", "added") if moved.came else ("left", "removed")
    events = []
    for person in moved.people:
        is_bot = person.account == me.id
        kind = kinds[is_bot]
        account = (moved.by or moved.owner or me.id) if is_bot else person.account
        events.append(
            Event(
                id=_name(me.id, kind, moved.room, person.account, str(moved.at)),
                platform=PLATFORM,
                chat=moved.room,
                account=account,
                name="" if is_bot else person.name,
                text="",
                at=moved.at,
                kind=kind,
                owner=bool(moved.owner) and moved.owner == account,
                title=moved.title,
                lacks=LACKS,
            )
        )
    return tuple(event for event in events if well_formed(event))


def renamed(renamed: Renamed, me: Me) -> Event:
    return Event(
        id=_name(me.id, "titled", renamed.room, str(renamed.at)),
        platform=PLATFORM,
        chat=renamed.room,
        account=renamed.by or me.id,
        name="",
        text="",
        at=renamed.at,
        kind="titled",
        title=renamed.title,
        lacks=LACKS,
    )


def pressed(event: Event, offer: Offer, quoted: Quoted | None) -> Event:
    """A message that is the number of an offer, as the press of what was offered. `quoted` is what
    the offer's message is about. Its own message stays: the answer is to whoever said the number,
    aloud."""
    return replace(
        event,
        kind="tap",
        text=offer.says,
        aloud=True,
        quoted=quoted,
        mentions=(),
        media=(),
        forwarded=None,
    )


def _words(said: Said, found: Contents, me: Me) -> Words:
    """What the sender typed is looked through for whom it means; what was passed on is not."""
    if found.forwarded is not None:
        return Words(found.text)
    return mentions.read(found.text, said.mentions, me, said.alias)


def _event(said: Said, me: Me, kind: EventKind) -> Event:
    return Event(
        id=_name(me.id, said.id),
        platform=PLATFORM,
        chat=said.room or said.talker,
        account=said.talker,
        name=said.name,
        text="",
        at=said.at,
        kind=kind,
        private=not said.room,
        owner=bool(said.room and said.owner) and said.owner == said.talker,
        message=said.id,
        title=said.title if said.room else "",
        lacks=LACKS,
    )


def _name(*parts: str) -> str:
    """An event's id. Some gateways' ids are so long that a few of them are more than one may be."""
    name = ":".join(("wx", *parts))
    if len(name) <= ID_MAX and name.isprintable():
        return name
    return "wx:" + sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _recalled(said: Said, me: Me, ids: Sequence[str], heard: Sequence[Heard]) -> Event | None:
    known = next((each for each in heard if each.id in ids), None)
    if known is not None and known.talker == me.id:
        return None
    event = replace(_event(said, me, "recalled"), message=known.id if known else ids[0])
    if not said.talker and known is not None:  # not every gateway tells who took it back
        event = replace(event, account=known.talker, name=known.name)
    return event if well_formed(event) else None


# What a message answers


def _resolved(quoted: Quoted, said: Said, me: Me, heard: Sequence[Heard]) -> Quoted:
    """What was heard is believed before what a quote tells of it: that was put together on the
    phone of the one who quotes."""
    known = _find(quoted, said, heard)
    if known is not None:
        cut = len(known.text) == REMEMBERED_MAX and quoted.text.startswith(known.text)
        return replace(quote_of(known), text=quoted.text if cut else known.text)
    ours = [clean_name(each) for each in (me.name, said.alias) if each.strip()]
    if not quoted.account and clean_name(quoted.name) in ours:
        quoted = replace(quoted, account=me.id)
    return quoted


def _find(quoted: Quoted, said: Said, heard: Sequence[Heard]) -> Heard | None:
    """By its id; a quote without one by who said what, the latest where it was said twice."""
    if quoted.message:
        return next((each for each in heard if each.id == quoted.message), None)
    name, text = clean_name(quoted.name), _squeezed(quoted.text)[:REMEMBERED_MAX]
    for each in _newest_first(heard, said):
        if text and _squeezed(each.text) == text and clean_name(each.name) == name:
            return each
    return None


def _squeezed(text: str) -> str:
    return "".join(clean_text(text).split())


# Pictures that belong to a text


def _takes_pictures(words: Words, found: Contents) -> bool:
    if found.forwarded is not None or not words.text.strip():
        return False
    return words.addressed or _TAKES_PICTURES.search(words.text) is not None


def _pictures_before(said: Said, heard: Sequence[Heard]) -> tuple[Media, ...]:
    """What the same person showed just before, in its order, without what earlier words took."""
    pictures: list[Media] = []
    for each in _newest_first(heard, said):
        if each.at < said.at - PICTURES_WITHIN or len(pictures) == PICTURES_MAX:
            break
        if each.talker != said.talker:
            continue
        if each.claims:
            break
        pictures += [media for media in each.media if media.kind == "picture"]
    return tuple(reversed(pictures))


def _newest_first(heard: Sequence[Heard], said: Said) -> list[Heard]:
    """Of what was said in the same second only the order in which it is remembered tells."""
    before = [each for each in heard if each.at <= said.at and each.id != said.id]
    if before and before[0].at <= before[-1].at:
        before.reverse()
    return sorted(before, key=lambda each: each.at, reverse=True)
