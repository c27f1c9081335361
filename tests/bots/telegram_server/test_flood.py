"""The limits on sending, by a clock that is moved by hand."""

import pytest

from tests.support.telegram import BotApi, FloodLimits, Refused
from tests.support.telegram.flood import Flood
from tests.support.world import Clock

GROUP = -100
MINUTE = 60_000


@pytest.fixture
def flood():
    return Flood(FloodLimits())


def wait(flood, chat, now, method="sendMessage"):
    """0 when it is admitted, otherwise the seconds to wait."""
    try:
        flood.admit(method, chat, now)
    except Refused as refusal:
        return refusal.parameters["retry_after"]
    return 0


def test_one_a_second_in_a_chat_with_a_short_burst(flood):
    assert [wait(flood, 1, 0) for _ in range(4)] == [0, 0, 0, 1]
    assert [wait(flood, 1, 1000), wait(flood, 1, 1000)] == [0, 1]
    assert wait(flood, 2, 1000) == 0


def test_twenty_a_minute_in_a_group_with_edits(flood):
    admitted = [
        wait(flood, GROUP, now, method)
        for now, method in zip(
            range(0, 40_000, 2000), ["sendMessage", "editMessageText"] * 10, strict=True
        )
    ]
    assert admitted == [0] * 20
    assert wait(flood, GROUP, 40_000) == 20
    assert wait(flood, GROUP, MINUTE) == 0


def test_thirty_a_second_in_all(flood):
    assert [wait(flood, chat, 0) for chat in range(1, 32)] == [0] * 30 + [1]


def test_answers_and_looking_cost_nothing(flood):
    free = ("answerCallbackQuery", "getChatMember", "sendChatAction", "deleteMessage")
    assert [wait(flood, GROUP, 0, method) for method in free * 10] == [0] * 40


async def test_the_server_keeps_them_when_asked_to():
    clock = Clock()
    server = BotApi(now=clock, flood=FloodLimits(chat_burst=1))
    group = server.group("车友会")
    parameters = {"chat_id": group.id, "text": "刷屏"}
    assert (await server.call(server.token, "sendMessage", parameters, {})).ok
    refused = await server.call(server.token, "sendMessage", parameters, {})
    assert refused.description == "Too Many Requests: retry after 1"
    assert refused.answer
    assert refused.answer["parameters"] == {"retry_after": 1}
    clock.move(1000)
    assert (await server.call(server.token, "sendMessage", parameters, {})).ok
    assert group.texts == ["刷屏", "刷屏"]
