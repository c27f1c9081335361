"""How updates come in: asked for or brought, and what happens when that goes wrong."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from io import BytesIO

import pytest
from aiohttp import ClientSession

from bots.telegram import bot, polling
from tests.end_to_end.telegram.scene import SECRET, Scene, free_port, said_after
from tests.support.process import launch
from tests.support.telegram import BadGateway, BotApi, Chat, Refuse, Refused, Reset, Slow, User
from tests.support.telegram.faults import Fault

HEADER = "X-Telegram-Bot-Api-Secret-Token"
POLLED = pytest.mark.parametrize("way", ["polling"])
BROUGHT = pytest.mark.parametrize("way", ["webhook"])
STOP_SECONDS_MAX = 5.0
"""After that carclub leaves what has not ended."""

Post = Callable[..., Awaitable[int]]


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAUSE_FIRST_SECONDS", 0.05)
    monkeypatch.setattr(polling, "CONFLICT_SECONDS", 0.2)
    monkeypatch.setattr(polling, "UNREADABLE_SECONDS", 0.1)
    monkeypatch.setattr(bot, "CONNECT_PAUSE_SECONDS", 0.05)


@pytest.fixture
def post(scene: Scene) -> Post:
    """Bring something to the webhook as anybody could; the code of the answer."""

    async def bring(body: bytes, secret: str | None = SECRET, method: str = "POST") -> int:
        headers = {} if secret is None else {HEADER: secret}
        url = scene.settings.telegram_webhook_url
        async with (
            ClientSession() as session,
            session.request(method, url, data=BytesIO(body), headers=headers) as answer,
        ):
            return answer.status

    return bring


def update(group: Chat, user: User, text: str, number: int = 42) -> bytes:
    """As Telegram would bring it."""
    message = {
        "message_id": 900 + number,
        "date": group.world.now() // 1000,
        "chat": {"id": group.id, "type": "supergroup", "title": group.title},
        "from": {"id": user.id, "is_bot": False, "first_name": user.name},
        "text": text,
    }
    return json.dumps({"update_id": number, "message": message}).encode()


# Brought


@BROUGHT
async def test_what_is_not_signed_is_refused_and_does_nothing(
    on: Scene, club: Chat, li: User, post: Post
) -> None:
    said = club.last
    for secret in (None, "", "another-word-of-sixteen", SECRET + "x", SECRET[:-1], "秘密"):
        assert await post(update(club, li, "积分"), secret) == 403
    await on.quiet()
    assert said_after(said) == []


@BROUGHT
async def test_what_is_no_update_is_refused(on: Scene, club: Chat, post: Post) -> None:
    said = club.last
    bodies = (b"", b"{", b"[]", b"7", b"{}", b'{"update_id": "42"}', b"\xff\xfe", b"[" * 50_000)
    assert [await post(body) for body in bodies] == [400] * len(bodies)
    await on.quiet()
    assert said_after(said) == []
    assert (await on.health())["state"] == "connected"


@BROUGHT
async def test_what_is_too_large_is_refused(on: Scene, club: Chat, li: User, post: Post) -> None:
    said = club.last
    assert await post(update(club, li, "积分" * 400_000)) == 413
    await on.quiet()
    assert said_after(said) == []


@BROUGHT
async def test_the_webhook_is_not_there_to_be_looked_at(on: Scene, post: Post) -> None:
    assert [await post(b"", method=each) for each in ("GET", "PUT", "DELETE")] == [405] * 3


@BROUGHT
async def test_before_the_bot_is_connected_it_asks_to_be_called_again(
    scene: Scene, post: Post, wang: User
) -> None:
    group = scene.api.group("海豹车友群", owner=wang)
    scene.api.fail(Slow(0.5), "setMyCommands")
    await scene.start(connected=False)
    assert await post(update(group, wang, "积分")) == 503
    assert await post(update(group, wang, "积分"), None) == 403
    await scene.eventually(lambda: is_connected(scene))
    assert await post(update(group, wang, "积分")) == 200


@BROUGHT
async def test_the_same_update_brought_twice_at_once_is_answered_once(
    on: Scene, club: Chat, li: User, post: Post
) -> None:
    asked = club.last
    body = update(club, li, "积分")
    assert await asyncio.gather(*(post(body) for _ in range(4))) == [200] * 4
    await on.quiet()
    assert said_after(asked) == ["小李，你有 0 分。"]


@BROUGHT
async def test_the_webhook_asks_for_all_it_needs(on: Scene) -> None:
    [asked] = on.api.requests("setWebhook")
    assert set(asked.parameters["allowed_updates"]) == {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "chat_member",
        "message_reaction",
    }
    assert asked.parameters["secret_token"] == SECRET
    assert not asked.parameters.get("drop_pending_updates")


# Asked for


@POLLED
async def test_another_program_with_the_same_token_is_told_of_and_outlived(
    on: Scene, club: Chat, li: User
) -> None:
    other = await on.api.call(on.api.token, "getUpdates", {}, {})
    assert other.ok
    await on.eventually(lambda: is_in_trouble(on, "another program takes this bot's updates"))
    status, _ = await on.get("/health")
    assert status == 503
    await on.eventually(lambda: is_connected(on))
    asked = await li.says(club, "积分")
    await club.hears("小李，你有 0 分。", after=asked)
    assert len(on.api.requests("getUpdates")) < 40  # they do not oust each other without a pause


@POLLED
@pytest.mark.parametrize("fault", [BadGateway(), Reset()], ids=["502", "reset"])
async def test_asking_goes_on_after_a_gateway_or_the_line_broke(
    on: Scene, club: Chat, li: User, fault: Fault
) -> None:
    on.api.fail(fault, "getUpdates", times=3)
    asked = await li.says(club, "积分")
    await club.hears("小李，你有 0 分。", after=asked)
    await li.says(club, "积分")
    await on.quiet()
    assert said_after(asked) == ["小李，你有 0 分。"] * 2
    await on.eventually(lambda: is_connected(on))


@POLLED
async def test_a_token_that_is_taken_back_is_told_of(
    on: Scene, club: Chat, li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "PAUSE_MAX_SECONDS", 0.3)
    await on.quiet()
    on.api.fail(Refuse(Refused(401)), "getUpdates", times=2)
    await li.says(club, "大家好")  # ends the waiting
    told = "Telegram does not accept the token any more"
    await on.eventually(lambda: is_in_trouble(on, told))
    await on.eventually(lambda: is_connected(on))
    assert len(on.api.requests("getUpdates")) < 40


@POLLED
async def test_nothing_is_asked_for_while_nothing_happens(on: Scene, club: Chat) -> None:
    await on.quiet()
    asked = len(on.api.requests("getUpdates"))
    await asyncio.sleep(0.5)
    assert len(on.api.requests("getUpdates")) == asked


# Either way


async def test_an_update_nobody_can_read_is_left_out_after_three_tries(
    on: Scene, club: Chat, li: User
) -> None:
    on.excused.add("an update cannot be read and is left out")
    await on.quiet()
    before = len(on.api.requests("getUpdates"))
    poison = on.api.updates.poison()
    asked = await li.says(club, "积分")
    await club.hears("小李，你有 0 分。", after=asked)
    await on.api.settled()
    asked = await li.says(club, "积分")
    await club.hears("小李，你有 0 分。", after=asked)
    await on.quiet()
    facts = await on.health()
    assert (facts["updates_left_out"], facts["state"]) == (1, "connected")
    assert poison.tries >= 3
    assert len(on.api.requests("getUpdates")) - before < 25
    [told] = [line for line in on.log.getvalue().splitlines() if "left out" in line]
    assert json.loads(told)["update"] == poison.id


async def test_many_that_nobody_can_read_hold_up_nobody(on: Scene, club: Chat, li: User) -> None:
    on.excused.add("an update cannot be read and is left out")
    bodies: tuple[object, ...] = (
        {"chat": 7},
        [],
        "words",
        None,
        {"message_id": "1", "date": "now", "chat": {}},
    )
    for body in bodies:
        on.api.updates.poison(body=body)
    asked = await li.says(club, "积分")
    await club.hears("小李，你有 0 分。", after=asked)
    await on.quiet()
    assert (await on.health())["state"] == "connected"


async def test_a_token_that_telegram_refuses_ends_the_program_in_one_line(
    bot_api: BotApi, scene: Scene
) -> None:
    bot_api.judged = False
    more = {}
    if scene.way == "webhook":
        more = {
            "telegram_webhook_url": scene.settings.telegram_webhook_url,
            "telegram_webhook_secret": SECRET,
        }
    process = await launch(
        scene.folder,
        telegram_token="123456:another-token-of-nobody-at-all",
        telegram_api_url=bot_api.url,
        log_level="error",
        **more,
    )
    _, error = await process.communicate()
    assert process.returncode == 2
    assert error.decode() == "carclub: Telegram does not accept telegram_token\n"


@pytest.mark.parametrize("fault", [BadGateway(), Reset()], ids=["502", "reset"])
async def test_at_the_start_telegram_is_waited_for(scene: Scene, wang: User, fault: Fault) -> None:
    scene.api.fail(fault, "getMe", times=2)
    scene.api.fail(fault, "setMyCommands", times=2)
    group = scene.api.group("海豹车友群", owner=wang)
    group.promote_bot()
    await scene.start(connected=False)
    await scene.found(group)
    assert (await scene.health())["state"] == "connected"


async def test_while_telegram_is_away_the_program_says_so_and_waits(
    scene: Scene, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens there at all; then somebody does."""
    port = free_port()
    monkeypatch.setattr(BotApi, "url", property(lambda _: f"http://127.0.0.1:{port}"))
    await scene.start(connected=False)
    await scene.eventually(lambda: is_in_trouble(scene, "not connected yet"))
    status, _ = await scene.get("/health")
    assert status == 503
    begun = time.perf_counter()
    await scene.stop()
    assert time.perf_counter() - begun < STOP_SECONDS_MAX
    monkeypatch.undo()


async def test_it_stops_at_once_in_the_middle_of_waiting(on: Scene, club: Chat) -> None:
    await on.quiet()
    begun = time.perf_counter()
    await on.stop()
    assert time.perf_counter() - begun < 2.0


async def test_it_stops_soon_while_telegram_does_not_answer(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 3")
    await on.quiet()
    with on.api.faults.all_along(
        Slow(20), "sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates"
    ):
        li.presses(envelope, "抢红包")
        await li.says(club, "积分")
        await on.under_way("answerCallbackQuery")
        await on.under_way("sendMessage")
        begun = time.perf_counter()
        await on.stop()
        assert time.perf_counter() - begun < STOP_SECONDS_MAX
    await on.start()
    await club.hears("小李，你有")
    await on.quiet()
    assert await on.points(li) > 0
    assert "已抢 1/3 个" in envelope.text


async def test_what_was_said_around_a_restart_is_answered_once_each(
    on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 3")
    asked = [await li.says(club, "积分") for _ in range(3)]
    tap = zhao.presses(envelope, "抢红包")
    await on.stop()
    asked.append(await li.says(club, "积分"))
    await on.start()
    assert "小赵 抢到" in (await tap.answered()).text
    await on.quiet()
    answers = [each for each in said_after(asked[0]) if "小李，你有" in each]
    assert answers == ["小李，你有 0 分。"] * 4
    assert "已抢 1/3 个" in envelope.text


async def is_connected(scene: Scene) -> bool:
    return bool((await scene.health())["state"] == "connected")


async def is_in_trouble(scene: Scene, told: str) -> bool:
    return bool((await scene.health())["state"] == told)
