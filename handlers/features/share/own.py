"""What was shared: looking at it, taking it back, and saying how far it may travel."""

from dataclasses import replace
from typing import Literal

from handlers import guard
from handlers.context import Context
from handlers.features.share.say import facts_of, live, numbered
from handlers.knowledge import wording
from handlers.knowledge.quotes import quote
from handlers.members import tell_in_private
from handlers.shares import emptied
from storage.errors import Refusal
from storage.model import Consent, Priority, Reply, Role, Share

LISTED_MAX = 10
QUOTE_MAX = 20
PICTURES_MAX = 9


async def mine(ctx: Context) -> Reply:
    shares = await ctx.work.shares.of_author(ctx.member.id, LISTED_MAX)
    rows = [
        {
            "number": share.number,
            "tag": share.tag,
            "car": share.facts.car,
            "quote": _quote(ctx, share),
            "public": share.consent >= Consent.PUBLIC,
            "counted": share.consent == Consent.NONE,
        }
        for share in shares
    ]
    return Reply(ctx.say("mine", name=ctx.member.name, rows=rows), to="actor")


async def show(ctx: Context) -> Reply | None:
    number, _ = numbered(ctx)
    if not number:
        return None
    share = await live(ctx, number)
    author = await ctx.work.people.member(share.author)
    facts = facts_of(share.facts)
    facts["date"] = share.facts.date or f"{guard.local_time(ctx.club, share.at):%Y-%m}"
    text = ctx.say(
        "shown",
        number=number,
        tag=share.tag,
        facts=facts,
        name=author.name if author else "",
        text=share.text,
        sells=wording.sells(share.text),
        pictures=sum(each.kind == "picture" for each in share.media),
    )
    # A picture's id means something on its own platform only.
    here = share.media if share.platform == ctx.event.platform else ()
    pictures = tuple(each for each in here if each.kind == "picture")[:PICTURES_MAX]
    # Others are not to read what only counts, not even over its author's shoulder.
    to: Literal["private", "chat"] = "private" if share.consent == Consent.NONE else "chat"
    return Reply(text, to=to, pictures=pictures)


async def delete(ctx: Context) -> Reply | None:
    """The author's own, or a leader's for good order: the words are gone either way."""
    number, _ = numbered(ctx)
    if not number:
        return None
    share = await live(ctx, number)
    if share.author != ctx.member.id and ctx.member.role < Role.CO_LEADER:
        raise Refusal("not_yours_to_delete", number=number)
    await ctx.work.shares.change(emptied(share))
    if share.author == ctx.member.id:
        return Reply(ctx.say("deleted", number=number), to="actor")
    await _tell_author(ctx, share)
    return Reply(ctx.say("deleted_by_leader", number=number), to="actor")


async def recalled(ctx: Context) -> None:
    """Its message was taken back at the platform: the same as 删除, without a word in the chat."""
    event = ctx.event
    share = await ctx.work.shares.of_message(event.platform, event.chat, event.message)
    if share is None or not event.message:
        return
    is_own = share.author == ctx.member.id
    if not is_own and ctx.member.role < Role.CO_LEADER:
        return  # the platform tells who took it back, not whether they were allowed to
    await ctx.work.shares.change(emptied(share))
    if not is_own and share.consent > Consent.NONE:
        await _tell_author(ctx, share)


async def publish(ctx: Context) -> Reply | None:
    """The author's own yes to other clubs, reports and the open interface."""
    number, _ = numbered(ctx)
    if not number:
        return None
    share = await _own(ctx, number)
    if share.consent < Consent.PUBLIC:
        await ctx.work.shares.change(replace(share, consent=Consent.PUBLIC))
    return Reply(ctx.say("published", number=number, name=ctx.member.name), to="actor")


async def withdraw(ctx: Context) -> Reply | None:
    number, _ = numbered(ctx)
    if not number:
        return None
    share = await _own(ctx, number)
    if share.consent == Consent.NONE:
        return Reply(ctx.say("only_counts", number=number), to="actor")
    if share.consent == Consent.CLUB:
        return Reply(ctx.say("only_here", number=number), to="actor")
    await ctx.work.shares.change(replace(share, consent=Consent.CLUB))
    return Reply(ctx.say("withdrawn", number=number), to="actor")


def _quote(ctx: Context, share: Share) -> str:
    """A few of its words, where nobody else reads along what only counts."""
    if share.consent == Consent.NONE and not ctx.event.private:
        return ""
    return quote(share.text, longest=QUOTE_MAX)


async def _own(ctx: Context, number: int) -> Share:
    share = await live(ctx, number)
    if share.author != ctx.member.id:
        raise Refusal("not_yours_to_decide", number=number)
    return share


async def _tell_author(ctx: Context, share: Share) -> None:
    """In private, on the platform where they shared it, and not in the night."""
    text = ctx.say("taken_down", number=share.number, club=ctx.club.name)
    reply = Reply(text, to="private", priority=Priority.CHATTER)
    later = guard.speaks_at(reply, ctx.club, ctx.now)
    await tell_in_private(ctx.work, share.author, share.platform, reply, not_before=later)
