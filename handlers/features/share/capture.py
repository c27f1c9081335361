"""Taking shares in: by tag, by 收录, by command; completing and editing them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from handlers import guard
from handlers.context import Context
from handlers.earning import earn
from handlers.features.share.say import explicit, facts_of, live, numbered
from handlers.knowledge import experience, facts, tags, wording
from handlers.knowledge.experience import TEXT_MAX, Experience, tag_of
from handlers.knowledge.masks import MASK
from handlers.knowledge.tags import Tag
from handlers.parse import MENTION
from handlers.shares import emptied
from storage.errors import Refusal
from storage.model import Account, Choice, Consent, Media, Reply, Share

MEDIA_MAX = 9
CHOICES_MAX = 5
OWN_COMPARED_MAX = 50
"""How many of the author's own shares a new one is compared with as they read now."""


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
    return await keep(ctx, Draft(text, tag_of(text), ctx.event.message, ctx.event.media))


async def collect(ctx: Context) -> Reply:
    """收录, said to a message: one's own is kept, anybody else is asked. Nobody consents for
    another."""
    quoted = ctx.event.quoted
    if quoted is None:
        raise Refusal("collect_how")
    if quoted.forwarded is not None:
        raise Refusal("passed_on", name=quoted.forwarded.name)
    known = await ctx.work.shares.of_message(ctx.event.platform, ctx.event.chat, quoted.message)
    if known is not None and known.consent > Consent.NONE:
        raise Refusal("already", number=known.number)
    if not await _is_own(ctx, quoted.account):
        if ctx.event.kind == "tap":
            raise Refusal("only_its_author", name=quoted.name)
        choice = Choice(ctx.say("collect_label"), "收录")
        return Reply(ctx.say("ask_author", name=quoted.name), (choice,), quotes=quoted.message)
    tag = tags.named(ctx.argument.strip("#＃ ")) if ctx.argument else tag_of(quoted.text)
    return await keep(ctx, Draft(quoted.text, tag, quoted.message, quoted.media))


async def keep(ctx: Context, draft: Draft) -> Reply:
    """Check a draft, write it down without what must not be kept, and pay for it once."""
    own = [vehicle.series for vehicle in await ctx.work.garage.vehicles(ctx.member.id)]
    read = _read(ctx, draft, own)
    fingerprint = await ctx.work.shares.fingerprint(read.words)
    before = await _said_before(ctx, draft.message, fingerprint)
    lacking = facts.missing(read.facts, read.tag)
    share = Share(
        number=0,
        author=ctx.member.id,
        tag=read.tag.name,
        text=read.text,
        facts=read.facts,
        fingerprint=fingerprint,
        platform=ctx.event.platform,
        chat=ctx.event.chat,
        message=draft.message,
        at=ctx.now,
        media=draft.media[:MEDIA_MAX],
        asked=bool(lacking),
    )
    share = await _put(ctx, share, before)
    # Words that were there before, taken back or imported, are never paid for (again).
    points = 0 if before else await earn(ctx, "share", f"share:{share.number}")
    line = ctx.say(
        "kept",
        number=share.number,
        tag=share.tag,
        facts=facts_of(share.facts),
        points=points,
        sells=wording.sells(share.text),
        lacking=lacking,
    )
    return Reply(line, _choices(share.number, lacking, own), to="actor")


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
    try:
        await ctx.work.shares.change(_newer(ctx, known))
    except Refusal:
        if known.consent > Consent.NONE:
            raise
        await ctx.work.shares.change(emptied(known))  # they were never told that it is kept
    return None


def _newer(ctx: Context, known: Share) -> Share:
    """A share with the words its message has now. Raises Refusal where they cannot be kept."""
    event = ctx.event
    if len(event.text) > TEXT_MAX:
        raise Refusal("too_long", most=TEXT_MAX)
    found = tags.find(event.text)
    tag = found[0] if found else tags.named(known.tag)
    new = experience.read(event.text, tag=tag, catalogue=ctx.catalogue, own=(), today=_today(ctx))
    if new.text == known.text or not wording.length(new.words.replace(MASK, "")):
        return known
    if experience.is_harsh(tag, new.words):
        raise Refusal("wording")
    return replace(
        known,
        tag=tag.name,
        text=new.text,
        facts=replace(facts.complete(known.facts, new.facts), stage=tag.stage),
        media=(event.media or known.media)[:MEDIA_MAX],
        version=known.version + 1,
    )


async def _complete(ctx: Context, number: int, words: str) -> Reply:
    known = await live(ctx, number)
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


def _read(ctx: Context, draft: Draft, own: Sequence[str]) -> Experience:
    """What a draft tells. Raises Refusal for what cannot be kept as an experience."""
    if len(draft.text) > TEXT_MAX:
        raise Refusal("too_long", most=TEXT_MAX)
    read = experience.read(
        draft.text, tag=draft.tag, catalogue=ctx.catalogue, own=own, today=_today(ctx)
    )
    match experience.problem(read):
        case "too_short":
            raise Refusal("too_short", tag=draft.tag.name)
        case "a_question":
            raise Refusal("a_question", tag=draft.tag.name)
        case "wording":
            raise Refusal("wording")
    return read


async def _put(ctx: Context, share: Share, before: Share | None) -> Share:
    """Write a share down: as a new one, or in place of its author's that only counted so far."""
    if before is None or before.deleted:
        share = replace(share, number=await ctx.work.next_number("share"))
        await ctx.work.shares.add(share)
        return share
    # When it was said and what it told that day stay as they are.
    told = replace(facts.complete(share.facts, before.facts), stage=share.facts.stage)
    share = replace(
        share, number=before.number, facts=told, at=before.at, version=before.version + 1
    )
    await ctx.work.shares.change(share)
    return share


async def _said_before(ctx: Context, message: str, fingerprint: bytes) -> Share | None:
    """The author's own share of these words: one that only counts, or one that was taken back.

    Raises Refusal when they are kept already, or were somebody else's.
    """
    shares = ctx.work.shares
    if message:
        known = await shares.of_message(ctx.event.platform, ctx.event.chat, message)
        if known is not None and not _only_counts(ctx, known):
            raise Refusal("already", number=known.number)
        if known is not None:
            return known
    same = await shares.same(fingerprint)
    if same is not None and not same.deleted and not _only_counts(ctx, same):
        if same.consent == Consent.NONE:
            raise Refusal("said_before")
        raise Refusal("same_words", number=same.number)
    if same is not None and same.author != ctx.member.id:
        raise Refusal("taken_back")
    for mine in await shares.of_author(ctx.member.id, OWN_COMPARED_MAX):
        edited = mine.version > 1 and mine.consent > Consent.NONE
        if edited and await shares.fingerprint(tags.words(mine.text)) == fingerprint:
            raise Refusal("same_words", number=mine.number)
    return same


def _only_counts(ctx: Context, share: Share) -> bool:
    """It is the member's own, from an import, and they never said yes to it."""
    return share.author == ctx.member.id and share.consent == Consent.NONE


async def _is_own(ctx: Context, account: str) -> bool:
    if not account:
        return False
    if account == ctx.event.account:
        return True
    person = await ctx.work.people.person(Account(ctx.event.platform, account))
    return person == ctx.member.id


def _today(ctx: Context) -> date:
    """The day the message was written, on the club's clock."""
    at = ctx.event.at if 0 < ctx.event.at <= ctx.now else ctx.now
    return guard.local_time(ctx.club, at).date()


def _choices(number: int, lacking: facts.Missing, own: Sequence[str]) -> tuple[Choice, ...]:
    if lacking != "car":
        return ()
    return tuple(Choice(series, f"补充 #{number} {series}") for series in own[:CHOICES_MAX])
