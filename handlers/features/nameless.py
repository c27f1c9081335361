"""Commands said in the chat's own name: whoever said it shows who they are by pressing."""

from handlers.context import Context
from handlers.feature import Feature
from storage.model import Choice, Reply

feature = Feature("nameless")


@feature.on("nameless", clubless=True)
async def who(ctx: Context) -> Reply:
    """Nobody is trusted for speaking in the chat's name: what is pressed is done as the one who
    presses, with no more rights than theirs."""
    choice = Choice(ctx.say("me_label"), ctx.event.text)
    return Reply(ctx.say("who_said_it"), (choice,), quotes=ctx.event.message)
