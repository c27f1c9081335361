"""Taking shares in: by tag, by 收录, by command; completing and editing them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from handlers import guard
from handlers.context import Context
from handlers.earning import earn
from handlers.features.share.say import explicit, facts_of, numbered
from handlers.knowledge import facts, tags, wording
from handlers.knowledge.masks import MASK, mask
from handlers.knowledge.tags import Tag
from handlers.parse import MENTION
from storage.errors import Refusal
from storage.model import Account, Choice, Facts, Media, Reply, Share

TEXT_MAX = 2_000
MEDIA_MAX = 9
CHOICES_MAX = 5
OWN_COMPARED_MAX = 50
"""How many of the author's own shares a new one is compared with as they read now."""
HARSH = "避坑"
"""The tag whose wording is checked: it speaks of others."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is about to be kept."""

    text: str
    tag: Tag
    message: str
    media: tuple[Media, ...] = ()


async def tagged(ctx: Context) -> Reply | None:
    event = ctx.event
    found = tags.find(event.text)
    return await keep(ctx, Draft(event.text, found[0], event.message, event.media))


async def share(ctx: Context) -> Reply | None:
    """分享 words: with a tag, or plainly about a car."""
    text = ctx.argument
    if not (tags.find(text) or tags.meant(text) or ctx.catalogue.find(text) or explicit(ctx)):
        return None
    return await keep(ctx, Draft(text, _tag_of(text), ctx.event.message, ctx.event.media))


async def collect(ctx: Context) -> Reply:
    """收录, said to a message: one's own is kept, anybody else is asked. Nobody consents for
    another."""
    quoted = ctx.event.quoted
    if quoted is None:
        raise Refusal("collect_how")
    known = await ctx.work.shares.of_message(ctx.event.platform, ctx.event.chat, quoted.message)
    if known is not None:
        raise Refusal("already", number=known.number)
    if not await _is_own(ctx, quoted.account):
        return Reply(ctx.say("ask_author", name=quoted.name))
    tag = tags.named(ctx.argument.strip("#＃ ")) if ctx.argument else _tag_of(quoted.text)
    return await keep(ctx, Draft(quoted.text, tag, quoted.message, quoted.media))


async def keep(ctx: Context, draft: Draft) -> Reply:
    """Check a draft, write it down without what must not be kept, and pay for it once."""
    if len(draft.text) > TEXT_MAX:
        raise Refusal("too_long", most=TEXT_MAX)
    shares = ctx.work.shares
    text = mask(draft.text)
    words = tags.words(text)
    own = [vehicle.series for vehicle in await ctx.work.garage.vehicles(ctx.member.id)]
    told = facts.understand(
        text, tag=draft.tag, catalogue=ctx.catalogue, own=own, today=_today(ctx)
    )
    _check(words, draft, told)
    if draft.message:
        known = await shares.of_message(ctx.event.platform, ctx.event.chat, draft.message)
        if known is not None:
            raise Refusal("already", number=known.number)
    fingerprint = await shares.fingerprint(words)
    repeated = await _repeated(ctx, fingerprint)
    lacking = facts.missing(told, draft.tag)
    number = await ctx.work.next_number("share")
    kept = Share(
        number=number,
        author=ctx.member.id,
        tag=draft.tag.name,
        text=text,
        facts=told,
        fingerprint=fingerprint,
        platform=ctx.event.platform,
        chat=ctx.event.chat,
        message=draft.message,
        at=ctx.now,
        media=draft.media[:MEDIA_MAX],
        asked=bool(lacking),
    )
    await shares.add(kept)
    points = 0 if repeated else await earn(ctx, "share", f"share:{number}")
    line = ctx.say(
        "kept",
        number=number,
        tag=draft.tag.name,
        facts=facts_of(told),
        points=points,
        sells=wording.sells(text),
        lacking=lacking,
    )
    return Reply(line, _choices(number, lacking, own), to="actor")


async def add(ctx: Context) -> Reply | None:
    """补充 #17 海豹 2万公里."""
    number, words = numbered(ctx)
    return await _complete(ctx, number, words) if number else None


async def answered(ctx: Context) -> Reply | None:
    """The author answers our line about a share with what it lacks."""
    number = facts.added_to(ctx.event, ctx.catalogue)
    known = await ctx.work.shares.share(number) if number else None
    if known is None or known.author != ctx.member.id or not known.asked:
        return None
    return await _complete(ctx, known.number, MENTION.sub("", ctx.event.text))


async def edited(ctx: Context) -> Reply | None:
    """A captured message was changed: its new words replace the old, unpaid and silently."""
    event = ctx.event
    known = await ctx.work.shares.of_message(event.platform, event.chat, event.message)
    if known is None or known.author != ctx.member.id:
        return None
    if len(event.text) > TEXT_MAX:
        raise Refusal("too_long", most=TEXT_MAX)
    text = mask(event.text)
    if text == known.text or not wording.length(tags.words(text).replace(MASK, "")):
        return None
    found = tags.find(text)
    tag = found[0] if found else tags.named(known.tag)
    if tag.name == HARSH and wording.insults(text):
        raise Refusal("wording")
    told = facts.understand(text, tag=tag, catalogue=ctx.catalogue, own=(), today=_today(ctx))
    await ctx.work.shares.change(
        replace(
            known,
            tag=tag.name,
            text=text,
            facts=replace(facts.complete(known.facts, told), stage=tag.stage),
            media=(event.media or known.media)[:MEDIA_MAX],
            version=known.version + 1,
        )
    )
    return None


async def _complete(ctx: Context, number: int, words: str) -> Reply:
    known = await ctx.work.shares.share(number)
    if known is None or known.deleted:
        raise Refusal("no_share", number=number)
    if known.author != ctx.member.id:
        raise Refusal("not_yours_to_add", number=number)
    tag = tags.named(known.tag)
    lacking = facts.missing(known.facts, tag)
    told = facts.added(words, lacking, tag=tag, catalogue=ctx.catalogue, today=_today(ctx))
    if not facts.says_something(told):
        raise Refusal("nothing_added", number=number)
    whole = facts.complete(known.facts, told)
    await ctx.work.shares.change(replace(known, facts=whole, version=known.version + 1))
    text = ctx.say("completed", number=number, tag=tag.name, facts=facts_of(whole))
    return Reply(text, to="actor")


def _check(words: str, draft: Draft, told: Facts) -> None:
    """Raises Refusal for what cannot be kept as an experience."""
    if wording.length(words.replace(MASK, "")) < wording.SPEECH_LEAST:
        raise Refusal("too_short", tag=draft.tag.name)
    if wording.asks(words) and not facts.measures(told):
        raise Refusal("a_question", tag=draft.tag.name)
    if draft.tag.name == HARSH and wording.insults(words):
        raise Refusal("wording")


async def _repeated(ctx: Context, fingerprint: bytes) -> bool:
    """Whether the author shared these very words before and took them back.

    Raises Refusal when they are kept already, or were somebody else's.
    """
    shares = ctx.work.shares
    same = await shares.same(fingerprint)
    if same is not None and not same.deleted:
        raise Refusal("same_words", number=same.number)
    if same is not None and same.author != ctx.member.id:
        raise Refusal("taken_back")
    for mine in await shares.of_author(ctx.member.id, OWN_COMPARED_MAX):
        if mine.version > 1 and await shares.fingerprint(tags.words(mine.text)) == fingerprint:
            raise Refusal("same_words", number=mine.number)
    return same is not None


async def _is_own(ctx: Context, account: str) -> bool:
    if not account:
        return False
    if account == ctx.event.account:
        return True
    person = await ctx.work.people.person(Account(ctx.event.platform, account))
    return person == ctx.member.id


def _tag_of(text: str) -> Tag:
    found = tags.find(text) or tags.meant(text)
    return found[0] if found else tags.named(tags.GENERAL)


def _today(ctx: Context) -> date:
    """The day the message was written, on the club's clock."""
    at = ctx.event.at if 0 < ctx.event.at <= ctx.now else ctx.now
    return guard.local_time(ctx.club, at).date()


def _choices(number: int, lacking: facts.Missing, own: Sequence[str]) -> tuple[Choice, ...]:
    if lacking != "car":
        return ()
    return tuple(Choice(series, f"补充 #{number} {series}") for series in own[:CHOICES_MAX])
