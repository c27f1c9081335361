"""What the share commands have in common: numbers read, facts shown."""

import re

from handlers.context import Context
from handlers.parse import fold
from handlers.shares import is_hidden
from storage.errors import Refusal
from storage.model import Facts, Share

_NUMBERED = re.compile(r"\s*(#?)\s*(\d{1,9})\s*")


def explicit(ctx: Context) -> bool:
    """Surely meant for the bot: said to it, with a slash, or pressed."""
    event = ctx.event
    meant = event.addressed or event.private or event.kind == "tap"
    return meant or event.text.lstrip().startswith("/")


def numbered(ctx: Context) -> tuple[int, str]:
    """The share a command is about and what follows; 0 for a bare number in ordinary talk."""
    argument = fold(ctx.argument)
    match = _NUMBERED.match(argument)
    if match is None or not (match[1] or explicit(ctx)):
        return 0, ""
    return int(match[2]), argument[match.end() :]


async def live(ctx: Context, number: int) -> Share:
    """The share of that number, if there is one that the member may know of."""
    share = await ctx.work.shares.share(number)
    if share is None or is_hidden(share, ctx.member.id):
        raise Refusal("no_share", number=number)
    return share


def facts_of(facts: Facts) -> dict[str, object]:
    """The facts as the texts want them."""
    return {
        "car": facts.car,
        "km": facts.km,
        "price": facts.price_yuan,
        "figure": facts.figure,
        "unit": facts.unit,
        "place": facts.place,
        "date": facts.date,
    }
