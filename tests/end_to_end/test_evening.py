"""An evening in the local group: the whole house, a real store, a real browser."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bots.app import App
from bots.world import real_world
from config.settings import Settings
from rewards import ledger
from storage.store import Work
from storage.world import World
from tests.support.browser import IN_BROWSER

pytestmark = [*IN_BROWSER, pytest.mark.timeout(120)]

MEMBERS = 200
RUSH_TIMEOUT_MS = 60_000


@asynccontextmanager
async def running(folder: Path, members: int = 6, world: World | None = None) -> AsyncIterator[App]:
    settings = Settings(data_dir=folder, http_port=0, local_members=members, local_group="on")
    app = App(settings, world or real_world())
    await app.start()
    stop = asyncio.Event()
    life = asyncio.create_task(app.run(stop))
    try:
        yield app
    finally:
        stop.set()
        await life
        await app.stop()


class Group:
    """The page as somebody uses it who plays everybody."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def say(self, name: str, text: str) -> None:
        person = self.page.locator(".person", has_text=name).first
        if not await person.is_visible():
            await self.page.click("#people-open")
        await person.click()
        await self.page.fill("#text", text)
        await self.page.press("#text", "Enter")

    def post(self, text: str | re.Pattern[str]) -> Locator:
        return self.page.locator(".post", has_text=text).last


async def test_a_share_answers_a_question_and_is_there_after_a_restart(
    tmp_path: Path, page: Page
) -> None:
    async with running(tmp_path) as app:
        group = Group(page)
        await page.goto(app.server.address)
        await expect(group.post("建好了")).to_be_visible()
        await group.say("小李", "#油耗 海豹DM 市区百公里5.2升，开了2万公里")
        await expect(group.post("#1")).to_be_visible()
        await group.say("小张", "问 海豹DM油耗怎么样")
        await expect(group.post("市区百公里5.2升").locator("nth=0")).to_be_visible()
    async with running(tmp_path) as app:
        await page.goto(app.server.address)
        group = Group(page)
        await expect(group.post("建好了")).to_be_visible()
        await group.say("小陈", "/ask 海豹DM 油耗")
        answer = page.locator(".post", has_text="小李").last
        await expect(answer).to_contain_text("5.2升")


async def test_two_hundred_members_tap_at_once_and_ten_are_paid(tmp_path: Path, page: Page) -> None:
    async with running(tmp_path, MEMBERS) as app:
        group = Group(page)
        await page.goto(app.server.address)
        await expect(group.post("建好了")).to_be_visible()
        await group.say("会长老王", "公费红包 100 10")
        envelope = group.post("100 分的拼手气红包")
        await expect(envelope).to_be_visible()
        await envelope.hover()
        await envelope.locator(".more").click()
        await page.locator("#menu .menu-item", has_text="全员点").click()
        ended = group.post("1 号红包抢完了")
        await expect(ended).to_be_visible(timeout=RUSH_TIMEOUT_MS)

        async def look(work: Work) -> tuple[int, int, set[str], int]:
            chat = await work.people.chat("local", "group")
            assert chat is not None
            work.enter(chat.club)
            pieces = await work.envelopes.pieces(1)
            takers = {piece.member for piece in pieces if piece.member}
            paid = 0
            for taker in takers:
                paid += (await work.ledger.balance(ledger.wallet(taker))).posted
            escrow = await work.ledger.balance(ledger.escrow(1))
            return len(pieces), paid, takers, escrow.posted

        pieces, paid, takers, escrow = await app.store.read(look)
        assert (pieces, paid, len(takers), escrow) == (10, 100, 10, 0)
        shown = await ended.inner_text()
        assert len(re.findall(r"^\S+ \d+ 分(?: 🏆手气最佳)?$", shown, re.MULTILINE)) == 10
