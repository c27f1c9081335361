"""Updates by webhook: secret, order, retries."""

import asyncio

import pytest
from aiohttp import web
from telegram import Update

SECRET = "only-we-know_1"


class Receiver:
    """Takes what is posted; says no as often as it is told."""

    def __init__(self):
        self.got = []
        self.refusals = 0
        self.together = 0
        self.most_together = 0
        self.awaited = 0
        self.arrived = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.url = ""

    async def take(self, request):
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        if self.together == self.awaited:
            self.arrived.set()
        try:
            await self.gate.wait()
            self.got.append(
                (request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json())
            )
            if self.refusals:
                self.refusals -= 1
                return web.Response(status=500)
            return web.Response()
        finally:
            self.together -= 1

    @property
    def ids(self):
        return [body["update_id"] for _, body in self.got]


@pytest.fixture
async def receiver():
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    receiver.gate.set()
    await runner.cleanup()


async def test_an_update_comes_with_the_secret(ask, receiver, li, bot_api):
    await ask("setWebhook", url=receiver.url, secret_token=SECRET)
    await li.starts()
    await bot_api.settled()
    [(secret, body)] = receiver.got
    assert (secret, body["message"]["text"]) == (SECRET, "/start")


async def test_what_is_not_taken_comes_again_with_the_same_id(ask, receiver, li, bot_api):
    receiver.refusals = 2
    await ask("setWebhook", url=receiver.url)
    await li.starts()
    await bot_api.until(lambda: bot_api.webhook.last_error)
    info = await ask("getWebhookInfo")
    assert info["pending_update_count"] == 1
    assert info["last_error_message"] == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )
    await bot_api.settled()
    assert len(receiver.ids) == 3
    assert len(set(receiver.ids)) == 1
    assert (await ask("getWebhookInfo"))["pending_update_count"] == 0


async def test_one_chat_in_order_many_chats_at_once(ask, receiver, bot_api):
    people = [bot_api.user(f"车友{number}") for number in range(5)]
    receiver.gate.clear()
    receiver.awaited = 3
    await ask("setWebhook", url=receiver.url, max_connections=3)
    for word in ("一", "二"):
        for each in people:
            await each.whispers(word)
    async with asyncio.timeout(5):
        await receiver.arrived.wait()
    receiver.gate.set()
    await bot_api.settled()
    assert receiver.most_together == 3
    for each in people:
        said = [
            body["message"]["text"]
            for _, body in receiver.got
            if body["message"]["chat"]["id"] == each.id
        ]
        assert said == ["一", "二"]


async def test_a_dead_receiver_is_remembered(ask, bot_api, li):
    await ask("setWebhook", url="http://127.0.0.1:9/hook", allowed_updates=["message"])
    await li.starts()
    await bot_api.until(lambda: bot_api.webhook.last_error)
    info = await ask("getWebhookInfo")
    assert info["last_error_message"] == "Connection refused"
    assert info["allowed_updates"] == ["message"]
    await ask("deleteWebhook", drop_pending_updates=True)
    assert (await ask("getWebhookInfo"))["pending_update_count"] == 0


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"url": "http://club.example/hook"}, "An HTTPS URL must be provided"),
        ({"url": "https://club.example:8080/hook"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "", "secret_token": "密"}, "secret token contains unallowed characters"),
        ({"url": "", "max_connections": 101}, "max_connections must be 1-100"),
    ],
)
async def test_addresses_and_secrets_telegram_does_not_take(refused, parameters, reason):
    assert reason in await refused("setWebhook", **parameters)


async def test_python_telegram_bot_reads_what_comes(bot, receiver, li, bot_api):
    await bot.set_webhook(receiver.url, secret_token=SECRET, allowed_updates=["message"])
    bot_api.updates.repeats = 1
    await li.starts("x")
    await bot_api.settled()
    first, again = [Update.de_json(body, bot) for _, body in receiver.got]
    assert first.effective_message
    assert (first.effective_message.text, first.update_id) == ("/start x", again.update_id)
    assert (await bot.get_webhook_info()).url == receiver.url
    await bot.delete_webhook()
    assert not (await bot.get_webhook_info()).url
