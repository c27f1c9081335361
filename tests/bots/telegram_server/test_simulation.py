"""An hour of a group in a moment: no sockets, and a clock that is moved by hand."""

import random

from telegram import Update
from telegram.ext import Application, MessageHandler, filters

from tests.support.telegram import BotApi, FloodLimits
from tests.support.telegram.direct import DirectRequest
from tests.support.world import Clock

MINUTES = 60


async def test_an_hour_of_talk():
    clock, dice = Clock(), random.Random(1)
    async with BotApi(now=clock, flood=FloodLimits()) as server:
        people = [server.user(f"车友{number}") for number in range(10)]
        group = server.group("车友会", members=people)
        group.promote_bot()
        request = DirectRequest(server)
        application = Application.builder().token(server.token).request(request).build()

        async def answer(update, _):
            await update.message.reply_text(f"收到 {update.message.text}")

        application.add_handler(MessageHandler(filters.TEXT, answer))
        await application.initialize()
        for minute in range(MINUTES):
            await dice.choice(people).says(group, f"第 {minute} 分钟")
            for update in server.updates.take():
                await application.process_update(Update.de_json(update, application.bot))
            clock.move(60_000)
        await application.shutdown()
        assert len(group.by_bot) == MINUTES
        assert group.last.at == clock() - 60_000
        assert server.requests("sendMessage")[-1].parameters["text"] == "收到 第 59 分钟"
