"""帮助: what can I say here?"""

from handlers.context import Context
from handlers.feature import Command, Feature
from handlers.parse import fold
from storage.errors import Refusal
from storage.model import Reply

feature = Feature("help")

MORE = "more"


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
    if command is None or command.needs in ctx.event.lacks:
        raise Refusal("no_such", word=ctx.argument)
    language, told = ctx.club.language, command.feature
    said = [
        example
        for each in ctx.registry.words_of(told)
        if is_for(ctx, each)
        for example in examples(each, language)
    ]
    about = ctx.words.say(language, told, "help")
    # What a feature's examples do not show.
    more = ctx.words.say(language, told, MORE) if ctx.words.has(language, told, MORE) else ""
    return Reply(ctx.say("details", about=about, said=said, more=more), to="actor")


def examples(command: Command, language: str) -> list[str]:
    """In English those that are, unless all have Chinese words in them."""
    said = [command.shown(example, language) for example, _ in command.examples]
    return said if language == "zh" else [each for each in said if each.isascii()] or said


def shown(ctx: Context) -> list[Feature]:
    """The features with something this member may say."""
    return [
        each
        for each in ctx.registry.features
        if each.name != feature.name and any(is_for(ctx, command) for command in each.commands)
    ]


def is_for(ctx: Context, command: Command) -> bool:
    """Whether this member may say it, and it can do something here."""
    return ctx.member.role >= command.role and command.needs not in ctx.event.lacks


def line(ctx: Context, each: Feature) -> tuple[str, str]:
    command = next(one for one in each.commands if is_for(ctx, one))
    about = ctx.words.say(ctx.club.language, each.name, "help")
    return command.shown(command.words[0], ctx.club.language), about
