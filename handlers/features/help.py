"""帮助: what can I say here?"""

from handlers.context import Context
from handlers.feature import Feature
from handlers.parse import fold
from storage.errors import Refusal
from storage.model import Reply

feature = Feature("help")


@feature.command(
    "帮助",
    "菜单",
    "help",
    "start",
    examples=(
        (
            "帮助 排行",
            "这一周谁分享得多、谁最大方\n可以这样说：\n排行",
        ),
    ),
    arguments=r"/?\S{0,16}",
    clubless=True,
)
async def help_with(ctx: Context) -> Reply:
    """All features in a line each; with a command's word, how to say it."""
    if not ctx.argument:
        return Reply(ctx.say("overview", rows=[line(ctx, each) for each in shown(ctx)]), to="actor")
    command = ctx.registry.words.get(fold(ctx.argument).lower().lstrip("/"))
    if command is None:
        raise Refusal("no_such", word=ctx.argument)
    said = [
        each.shown(example, ctx.club.language)
        for each in ctx.registry.words_of(command.feature)
        if ctx.member.role >= each.role
        for example, _ in each.examples
    ]
    about = ctx.words.say(ctx.club.language, command.feature, "help")
    return Reply(ctx.say("details", about=about, said=said), to="actor")


def shown(ctx: Context) -> list[Feature]:
    """The features with something this member may say."""
    return [
        each
        for each in ctx.registry.features
        if each.name != feature.name
        and any(ctx.member.role >= command.role for command in each.commands)
    ]


def line(ctx: Context, each: Feature) -> tuple[str, str]:
    command = each.commands[0]
    about = ctx.words.say(ctx.club.language, each.name, "help")
    return command.shown(command.words[0], ctx.club.language), about
