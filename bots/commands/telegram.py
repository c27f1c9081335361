"""Look at how the bot stands with Telegram: token, privacy mode, webhook, rights in each group.

`carclub telegram check` asks Telegram and changes nothing; it may be run while carclub runs.
"""

from argparse import ArgumentParser, Namespace

from bots.commands import CommandError
from config.settings import Settings
from storage.sqlite import DATABASE

EXIT_WRONG = 1


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=["check"], help="ask Telegram, and change nothing")


def run(options: Namespace, settings: Settings) -> int:
    del options  # there is only one thing to do
    import asyncio

    from bots.telegram.check import check
    from bots.telegram.line import Line
    from bots.telegram.nouns import PLATFORM
    from storage.sqlite.chats import listed

    if settings.telegram_token is None:
        raise CommandError("telegram_token is not set; @BotFather gives one")
    database = settings.data_dir / DATABASE
    chats = listed(database, PLATFORM) if database.exists() else ()
    line = Line(settings.telegram_token.get_secret_value(), settings.telegram_api_url)
    report = asyncio.run(check(line, chats, settings.telegram_webhook_url))
    print("\n".join(report.lines))
    return 0 if report.is_well else EXIT_WRONG
