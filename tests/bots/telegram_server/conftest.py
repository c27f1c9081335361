"""A group to try the pretend Telegram in, and two ways to ask it something."""

import pytest
from telegram import Bot

from tests.support.telegram import Refused
from tests.support.telegram.fixtures import bot_api

__all__ = ["bot_api"]


@pytest.fixture
def li(bot_api):
    return bot_api.user("小李", username="xiaoli")


@pytest.fixture
def group(bot_api, li):
    return bot_api.group("车友会", members=[li])


@pytest.fixture
def ask(bot_api):
    """Ask as a careless client would, with anything; its answer, or the refusal raised."""
    bot_api.judged = False

    async def call(method, files=None, token=None, **parameters):
        request = await bot_api.call(token or bot_api.token, method, parameters, files or {})
        if not request.ok:
            more = request.answer.get("parameters", {})
            text = request.description.partition(": ")[2]
            raise Refused(request.code, text, more)
        return request.answer["result"]

    return call


@pytest.fixture
def refused(ask):
    """The whole text of a refusal, with its code."""

    async def call(method, **parameters):
        with pytest.raises(Refused) as caught:
            await ask(method, **parameters)
        return f"{caught.value.code} {caught.value.description}"

    return call


@pytest.fixture
async def bot(bot_api):
    """python-telegram-bot over HTTP."""
    bot = Bot(bot_api.token, base_url=bot_api.base_url, base_file_url=bot_api.base_file_url)
    async with bot:
        yield bot


@pytest.fixture
def seen(bot_api):
    """The updates so far, each with its kind; they count as delivered."""

    def take(kind=None):
        taken = [
            next((name, body) for name, body in each.items() if name != "update_id")
            for each in bot_api.updates.take()
        ]
        return [body for name, body in taken if name == kind] if kind else taken

    return take
