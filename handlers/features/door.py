"""Opening a private conversation: some platforms let no bot write first."""

from handlers.context import Context
from handlers.feature import Feature
from storage.model import Account, Choice, Priority, Reply

feature = Feature("door")


@feature.live
async def invitation(ctx: Context, key: str) -> Reply:
    """Asks somebody to open it. What is for them waits until they do."""
    account, _, _ = key.partition(":")
    person = await ctx.work.people.person(Account(ctx.event.platform, account))
    member = await ctx.work.people.member(person) if person else None
    choice = Choice(ctx.say("open_label"), "帮助", private=True)
    text = ctx.say("open", name=member.name if member else "")
    return Reply(text, (choice,), priority=Priority.ANSWER, slot=f"{feature.name}:{key}", live=True)
