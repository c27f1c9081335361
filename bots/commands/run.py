"""Start the bots, and run until told to stop (this is what `carclub` alone does)."""

from argparse import ArgumentParser, Namespace

from bots.commands import CommandError
from config.settings import Settings


def add_arguments(parser: ArgumentParser) -> None:
    del parser  # all there is to choose is a setting


def run(options: Namespace, settings: Settings) -> int:
    del options
    import asyncio

    from bots.app import serve
    from bots.http.server import CannotListen
    from bots.world import real_world

    try:
        asyncio.run(serve(settings, real_world(), lambda line: print(line, flush=True)))
    except CannotListen as error:
        raise CommandError(str(error)) from None
    return 0
