"""⭐: several members find a message worth keeping, so its author is asked. Nobody else decides."""

from handlers.context import Context
from handlers.feature import Feature
from storage.model import Choice, Priority, Reply

feature = Feature("stars")


@feature.on("starred")
async def starred(ctx: Context) -> Reply | None:
    """Counts people, not stars. Nothing of the message itself is written down."""
    event, work = ctx.event, ctx.work
    message = (event.platform, event.chat, event.message)
    if not event.text:
        await work.stars.drop(*message, ctx.member.id)
        return None
    is_own = event.quoted is not None and event.quoted.account == event.account
    if is_own or not ctx.club.stars or await work.outbox.is_ours(*message):
        return None
    count = await work.stars.put(*message, ctx.member.id)
    if count != ctx.club.stars or await work.shares.is_known(*message):
        return None
    return Reply(
        ctx.say("worth_keeping", people=count),
        (Choice(ctx.say("collect_label"), "收录"),),
        priority=Priority.CHATTER,
        # One star taken back and given again asks nobody twice.
        slot=f"{feature.name}:{event.message}",
        quotes=event.message,
    )
