"""Doors for other processes: a benchmark or a test that kills the bot drives people through them.

Everything is a POST of JSON that answers with JSON. Small on purpose: in one process, use `BotApi`.

    /control/group     {"title", "members": 3, "forum": false, "bot_in_charge": true}
    /control/says      {"chat", "user", "text"}
    /control/taps      {"chat", "message", "users": [...], "button", "within": 5}
    /control/messages  {"chat"}
    /control/requests  {"methods": [...], "since": 0}
    /control/answers   {"since": 0}
    /control/hears     {"chat", "part", "after": 0, "within": 5}
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.support.telegram import show
from tests.support.telegram.signals import SHORT_SECONDS
from tests.support.telegram.taps import Tap

if TYPE_CHECKING:
    from tests.support.telegram.server import BotApi

Wish = dict[str, Any]
Door = Callable[["BotApi", Wish], Awaitable[Any]]


async def group(server: BotApi, wish: Wish) -> Wish:
    """A group with so many members, the bot among them and in charge."""
    title = wish.get("title", "车友会")
    members = [server.user(f"{title}{number}") for number in range(wish.get("members", 1))]
    made = server.group(title, members=members, forum=wish.get("forum", False))
    if wish.get("bot_in_charge", True):
        made.promote_bot()
    return {"chat": made.id, "owner": made.owner.id, "members": [each.id for each in members]}


async def says(server: BotApi, wish: Wish) -> Wish:
    user, chat = server.world.users[wish["user"]], server.world.chats[wish["chat"]]
    message = await user.says(chat, wish["text"])
    return {"message": message.id}


async def taps(server: BotApi, wish: Wish) -> list[Wish]:
    """Everybody presses at once; an answer that did not come in time is null."""
    message = server.world.chats[wish["chat"]].find(wish["message"])
    assert message
    users = [server.world.users[number] for number in wish["users"]]
    pressed = [user.presses(message, wish["button"]) for user in users]
    await asyncio.gather(
        *(tap.answered(wish.get("within", SHORT_SECONDS)) for tap in pressed),
        return_exceptions=True,
    )
    return [tapped(tap) for tap in pressed]


async def hears(server: BotApi, wish: Wish) -> Wish:
    chat = server.world.chats[wish["chat"]]
    found = await chat.hears(
        wish.get("part", ""),
        after=chat.find(wish.get("after", 0)),
        within=wish.get("within", SHORT_SECONDS),
    )
    return show.message(found)


async def messages(server: BotApi, wish: Wish) -> list[Wish]:
    return [show.message(each) for each in server.world.chats[wish["chat"]].messages]


async def requests(server: BotApi, wish: Wish) -> list[Wish]:
    return [
        {
            "method": each.method,
            "parameters": each.parameters,
            "at": each.at,
            "code": each.code,
            "description": each.description,
            "took": each.took,
        }
        for each in server.requests(*wish.get("methods", ()))
        if each.at >= wish.get("since", 0)
    ]


async def answers(server: BotApi, wish: Wish) -> list[Wish]:
    since = wish.get("since", 0)
    return [tapped(tap) for tap in server.world.taps.values() if tap.at >= since]


def tapped(tap: Tap) -> Wish:
    answer = tap.answer
    shown = answer and {"text": answer.text, "alert": answer.alert, "took": answer.took}
    return {"user": tap.user.id, "at": tap.at, "data": tap.data, "answer": shown}


DOORS: dict[str, Door] = {
    each.__name__: each for each in (group, says, taps, hears, messages, requests, answers)
}


def add_routes(app: web.Application, server: BotApi) -> None:
    def door(act: Door) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                return web.json_response(await act(server, await request.json()))
            except (KeyError, LookupError, ValueError, TimeoutError) as error:
                return web.json_response({"error": repr(error)}, status=400)

        return handle

    for name, act in DOORS.items():
        app.router.add_post(f"/control/{name}", door(act))
