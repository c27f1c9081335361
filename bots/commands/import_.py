"""Import a chat's history: what it tells of cars counts in the club's figures, without a name.

Run again after it was broken off, it goes on where it stopped. carclub must not run meanwhile.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bots.commands import CommandError
from config.settings import Settings
from storage.sqlite import DATABASE

if TYPE_CHECKING:
    from bots.history.source import History, Source
    from handlers.past import Tally
    from storage.model import Club
    from storage.store import Work

TELEGRAM = "telegram"
CLUBS_MAX = 1_000
EXIT_CUT_OFF = 1
EXIT_INTERRUPTED = 130  # as a shell does


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file",
        type=Path,
        help="an export of Telegram Desktop (result.json or its folder), or a table: .csv or"
        " .jsonl with id, time, account and text; each also packed as .gz",
    )
    parser.add_argument("--club", help="its name or id; may be left out where there is only one")
    parser.add_argument(
        "--chat", help="the id of the chat a table is of, or of the one to take of many"
    )
    parser.add_argument(
        "--platform", default=TELEGRAM, help=f"where a table comes from; else {TELEGRAM}"
    )
    parser.add_argument(
        "--other-chat", action="store_true", help="take a chat that is not linked to the club"
    )
    parser.add_argument(
        "--leave-out",
        metavar="ACCOUNT",
        action="append",
        default=[],
        help="take nothing of this account, such as another bot's; may be given again",
    )


def run(options: Namespace, settings: Settings) -> int:
    import asyncio

    from bots.history.source import WrongFile, open_source
    from handlers.past import Tally
    from storage.errors import Unavailable

    database = settings.data_dir / DATABASE
    if not database.exists():
        raise CommandError(f"{database} does not exist: there is no club to import into")
    tally = Tally()
    try:
        with open_source(options.file) as source:
            return asyncio.run(bring_in(options, settings, source, tally))
    except WrongFile as error:
        raise CommandError(str(error)) from None
    except Unavailable as error:
        raise CommandError(f"{error}; the same command goes on where this one stopped") from None
    except KeyboardInterrupt:
        print(f"stopped after {tally.read:,} messages; the same command goes on from there")
        return EXIT_INTERRUPTED


def own_accounts(platform: str, settings: Settings) -> Sequence[str]:
    """What the club's own bot has said is no member's experience. Its token begins with its id."""
    token = settings.telegram_token
    if platform != TELEGRAM or token is None:
        return ()
    return (token.get_secret_value().partition(":")[0],)


async def bring_in(options: Namespace, settings: Settings, source: "Source", tally: "Tally") -> int:
    """Raises WrongFile, WrongStore, Unavailable and CommandError."""
    from bots.history.progress import progress
    from bots.history.source import OtherChat
    from bots.history.summary import summary
    from bots.world import real_world
    from config import catalogue
    from handlers.past import Import
    from storage.sqlite.store import SqliteStore

    world = real_world()
    started = world.now()
    store = SqliteStore(settings.data_dir / DATABASE, world)
    try:
        club = await store.read(partial(chosen, options.club))
        linked = await store.read(partial(linked_chats, club, options.platform))
        history = reader(options, source, club, linked)
        left_out = frozenset([*options.leave_out, *own_accounts(options.platform, settings)])
        into = Import(store, world, catalogue.load(), club, options.platform, left_out)
        try:
            with progress(source, tally, sys.stderr) as kept:
                await into.run(history.lines(), tally, kept)
        except OtherChat as error:
            if options.chat:
                raise CommandError(f"{error}, not of {options.chat}") from None
            raise refused(error.chat, club, linked) from None
    finally:
        await store.close()
    for line in summary(tally, world.now() - started):
        print(line)
    if history.ending:
        print(f"carclub: {history.ending}; all before it is imported", file=sys.stderr)
        return EXIT_CUT_OFF
    return 0


async def chosen(wanted: str | None, work: "Work") -> "Club":
    """The club that is meant by its name or id, or the only one."""
    clubs = await work.people.clubs(CLUBS_MAX)
    meant = [club for club in clubs if wanted in (None, club.id)]
    meant = meant or [club for club in clubs if club.name == wanted]
    if len(meant) == 1:
        return meant[0]
    if not clubs:
        raise CommandError("there is no club yet; found one in its chat first")
    listed = ", ".join(f"{club.name} ({club.id})" for club in clubs)
    if wanted is None:
        raise CommandError(f"say which club with --club: {listed}")
    many = "more than one club is" if meant else "no club is"
    raise CommandError(f"{many} called {wanted}; there are: {listed}")


async def linked_chats(club: "Club", platform: str, work: "Work") -> frozenset[str]:
    work.enter(club.id)
    return frozenset(chat.id for chat in await work.people.chats() if chat.platform == platform)


def reader(options: Namespace, source: "Source", club: "Club", linked: frozenset[str]) -> "History":
    """What reads the file, for the chats that may be taken from it."""
    from bots.history.source import EXPORTS
    from bots.history.table import Table
    from bots.history.telegram_export import TelegramExport

    zone = ZoneInfo(club.timezone)
    if options.chat and options.chat not in linked and not options.other_chat:
        raise refused(options.chat, club, linked)
    if source.kind in EXPORTS:
        if options.platform != TELEGRAM:
            raise CommandError(f"{source.path} is read as an export of Telegram, not of another")
        anything = options.other_chat and not options.chat
        wanted = frozenset([options.chat]) if options.chat else linked
        return TelegramExport(source, None if anything else wanted, zone)
    if not options.chat and len(linked) != 1:
        raise CommandError(f"say with --chat which chat the table is of; linked: {listed(linked)}")
    return Table(source, options.chat or next(iter(linked)), zone)


def refused(chat: str, club: "Club", linked: frozenset[str]) -> CommandError:
    return CommandError(
        f"chat {chat} is not linked to {club.name} (linked: {listed(linked)});"
        " --other-chat takes it all the same"
    )


def listed(chats: frozenset[str]) -> str:
    return ", ".join(sorted(chats)) or "none"
