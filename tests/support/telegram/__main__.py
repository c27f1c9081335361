"""The pretend Telegram as a process of its own; it prints its address and runs until ended."""

import asyncio
import json
import signal
from argparse import ArgumentParser

from tests.support.telegram.server import BotApi


async def serve(port: int, *, judge_updates: bool) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with BotApi(port=port, judge_updates=judge_updates) as server:
        print(json.dumps({"url": server.url, "token": server.token}), flush=True)
        await ended.wait()


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--unjudged", action="store_true", help="do not check updates: faster")
    options = parser.parse_args()
    asyncio.run(serve(options.port, judge_updates=not options.unjudged))
