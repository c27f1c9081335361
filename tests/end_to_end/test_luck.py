"""Luck in the local group: said, drawn, passed on and proven, in a real browser."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bots.world import real_world
from rewards.published import wrong
from storage.model import MINUTE, Millis
from tests.end_to_end.test_evening import Group, running
from tests.support.browser import IN_BROWSER

pytestmark = [*IN_BROWSER, pytest.mark.timeout(120)]


async def test_an_evening_of_luck(tmp_path: Path, page: Page) -> None:
    real = real_world()
    ahead: list[Millis] = [0]
    world = replace(real, now=lambda: real.now() + ahead[0])
    async with running(tmp_path, world=world) as app:
        group = Group(page)
        await page.goto(app.server.address)
        await expect(group.post("建好了")).to_be_visible()

        await group.say("会长老王", "公费红包 40 4 均分 口令 海豹上山")
        await expect(group.post("说口令「海豹上山」")).to_be_visible()
        await group.say("小李", "今天去哪儿")
        await group.say("小李", "海豹上山")
        await expect(group.post("小李 抢到 10 分")).to_be_visible()

        await group.say("会长老王", "公费红包 60 2 刺激 摇号")
        offer = group.post("先来后到都一样")
        fingerprint = re.search(r"🔒 指纹 ([0-9a-f]{32})", await offer.inner_text())
        assert fingerprint is not None
        for name in ("小李", "小张", "小陈"):
            await group.say(name, "抢")
            await expect(group.post(f"{name} 报上名了")).to_be_visible()
        ahead[0] = MINUTE
        ended = group.post("2 号红包开奖了，3 人报名，2 人中。")
        await expect(ended).to_be_visible(timeout=10_000)
        await expect(group.post("🎲 2 号红包开奖：")).to_be_visible()

        best = re.search(r"^(\S+) (\d+) 分 🏆手气最佳$", await ended.inner_text(), re.MULTILINE)
        assert best is not None
        await group.say(best[1], "接力 2")
        await expect(group.post(f"{best[1]} 发了 {best[2]} 分的刺激拼手气红包")).to_be_visible()

        await group.say("小张", "验证 2")
        proof = group.post("2 号红包验算无误")
        await expect(proof).to_be_visible()
        async with page.expect_download() as download:
            await proof.get_by_text("envelope-2.json").click()
        file = await (await download.value).path()
        numbers = json.loads(file.read_text("utf-8"))
        assert numbers["hash"].startswith(fingerprint[1])
        assert wrong(numbers) == ""
        assert len(numbers["draw"]["entries"]) == 3
