"""The program is killed between what it kept and Telegram's being told: what happened stays so."""

from asyncio.subprocess import Process
from collections.abc import AsyncIterator

import pytest

from tests.end_to_end.telegram.scene import SECRET, Scene, said_after
from tests.support.process import launch
from tests.support.telegram import Slow, User

pytestmark = pytest.mark.timeout(60)
START_SECONDS = 15.0


class Killable:
    """carclub as a process of its own, on the scene's folder."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._process: Process | None = None

    async def start(self) -> None:
        scene, begun = self._scene, len(self._scene.api.journal.requests)
        settings = {
            "telegram_token": scene.api.token,
            "telegram_api_url": scene.api.url,
            "http_port": str(scene.port),
        }
        if scene.way == "webhook":
            settings["telegram_webhook_url"] = scene.settings.telegram_webhook_url
            settings["telegram_webhook_secret"] = SECRET
        self._process = await launch(scene.folder, **settings)

        async def has_begun() -> bool:
            asked = [each.method for each in scene.api.journal.requests[begun:] if each.code]
            last = "deleteWebhook" if scene.way == "polling" else "setWebhook"
            return last in asked and asked.count("setMyCommands") == 3

        await scene.eventually(has_begun, START_SECONDS)

    async def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.communicate()
            self._process = None


@pytest.fixture
async def carclub(scene: Scene) -> AsyncIterator[Killable]:
    process = Killable(scene)
    await process.start()
    yield process
    await process.kill()


async def test_what_was_kept_before_a_kill_is_told_afterwards_and_happens_once(
    scene: Scene, carclub: Killable, wang: User, li: User
) -> None:
    group = scene.api.group("海豹车友群", owner=wang, members=[li])
    group.promote_bot()
    await scene.found(group)
    envelope = await scene.offered(group, wang, "公费红包 60 3")
    asked = await li.says(group, "积分")
    await group.hears("小李，你有 0 分。", after=asked)
    scene.api.fail(Slow(30), "sendMessage")
    granted = await wang.says(group, "奖励 30", reply_to=asked)
    await scene.under_way("sendMessage")
    scene.api.fail(Slow(30), "answerCallbackQuery")
    tap = li.presses(envelope, "抢红包")
    untold = await scene.under_way("answerCallbackQuery")
    await carclub.kill()
    await carclub.start()
    answer = await tap.answered()
    assert answer.text == untold.parameters["text"]
    got = int(answer.text.removeprefix("小李 抢到 ").removesuffix(" 分 🎉"))
    await group.hears("资金池奖励 小李 30 分。", after=granted)
    await scene.api.settled()
    await scene.api.until(lambda: "已抢 1/3 个" in envelope.text)
    asked = await li.says(group, "积分")
    await group.hears(f"小李，你有 {30 + got} 分。", after=asked)
    assert said_after(granted).count("资金池奖励 小李 30 分。") == 1
