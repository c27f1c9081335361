"""The bare loop that benchmarks/telegram.py compares with: python-telegram-bot and nothing else.

python -m benchmarks.telegram_bare URL TOKEN PORT       PORT 0 polls; else a webhook listens there
"""

import asyncio
import sys
import warnings

from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.request import HTTPXRequest

CONNECTIONS_MAX = 64
POOL_SECONDS = 30.0
BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("抢红包", callback_data="抢 1")]])


async def answer(bot: Bot, update: Update) -> None:
    """Every tap gets the same words; who asks for an envelope gets a button."""
    if update.callback_query is not None:
        await bot.answer_callback_query(update.callback_query.id, "车友 抢到 5 分 🎉")
    elif update.message is not None and (update.message.text or "").startswith("公费红包"):
        text = f"🧧 {update.message.text.split()[1]} 分的红包" if update.message.text else ""
        await bot.send_message(update.message.chat_id, text, reply_markup=BUTTON)


async def poll(bot: Bot) -> None:
    await bot.delete_webhook()
    offset = 0
    while True:
        updates = await bot.get_updates(offset, timeout=50)
        await asyncio.gather(*(answer(bot, each) for each in updates))
        offset = max((each.update_id + 1 for each in updates), default=offset)


async def listen(bot: Bot, port: int) -> None:
    async def page(request: web.Request) -> web.Response:
        await answer(bot, Update.de_json(await request.json(), bot))
        return web.Response()

    application = web.Application()
    application.router.add_post("/", page)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await bot.set_webhook(f"http://127.0.0.1:{port}/")
    await asyncio.Event().wait()


async def main(url: str, token: str, port: int) -> None:
    warnings.simplefilter("ignore")
    requests = HTTPXRequest(connection_pool_size=CONNECTIONS_MAX, pool_timeout=POOL_SECONDS)
    async with Bot(token, base_url=f"{url}/bot", request=requests) as bot:
        await (listen(bot, port) if port else poll(bot))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
