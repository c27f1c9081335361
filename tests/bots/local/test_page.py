"""The page in a real browser: a whole group played by one person."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from playwright.async_api import ConsoleMessage, Locator, Page, expect

from storage.model import Choice, Event, Message, Reply
from tests.bots.local.house import House, a_group, serving
from tests.support.browser import IN_BROWSER

pytestmark = [*IN_BROWSER]

EVIL = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
PHONE = (390, 844)


@dataclass
class Screen:
    """The page as somebody uses it."""

    page: Page
    house: House
    address: str

    async def speak_as(self, name: str) -> None:
        drawer = self.page.locator("#people-open")
        if await drawer.is_visible():
            await drawer.click()
        await self.page.locator(".person", has_text=name).click()

    async def say(self, name: str, text: str) -> None:
        await self.speak_as(name)
        await self.write(text)

    async def write(self, text: str) -> None:
        await self.page.fill("#text", text)
        await self.page.press("#text", "Enter")

    def post(self, text: str) -> Locator:
        """The last message with these words."""
        return self.page.locator(".post", has_text=text).last

    async def menu(self, post: Locator, item: str) -> None:
        await post.hover()
        await post.locator(".more").click()
        await self.page.locator("#menu .menu-item", has_text=item).click()

    def last(self) -> Event:
        return self.house.events[-1]


@pytest_asyncio.fixture(loop_scope="session")
async def screen(tmp_path: Path, page: Page) -> AsyncIterator[Screen]:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if is_complaint(line) else None)
    group = a_group(tmp_path)
    house = House(group)
    async with serving(group, house.receive) as address:
        yield await opened(page, house, address)
        assert complaints == []


def is_complaint(line: ConsoleMessage) -> bool:
    """A request that failed is told to whoever made it; one test makes them fail."""
    return line.type == "error" and "Failed to load resource" not in line.text


async def opened(page: Page, house: House, address: str) -> Screen:
    page.set_default_timeout(5000)
    await page.goto(address)
    await expect(page.locator(".post", has_text="听到了：建会")).to_be_visible()
    return Screen(page, house, address)


async def test_several_members_speak_and_the_bot_answers(screen):
    await screen.say("小李", "大家好")
    await expect(screen.post("听到了：大家好")).to_be_visible()
    await screen.say("小张", "@小助手 在吗")
    await expect(screen.post("听到了：@小助手 在吗").locator(".quote")).to_contain_text("小张")
    assert [event.name for event in screen.house.events] == ["会长老王", "会长老王", "小李", "小张"]
    assert screen.last().addressed
    await expect(screen.post("@小助手 在吗").locator(".rank.bot")).to_be_visible()


async def test_a_button_answers_with_a_toast_and_a_double_tap_is_safe(screen):
    await screen.say("小李", "按钮")
    button = screen.page.locator(".choice", has_text="我要")
    await button.dblclick()
    await expect(screen.page.locator(".toast").first).to_have_text("小李第 1 个")
    await expect(screen.post("已有 1 人").locator(".tapped")).to_have_text("↳ 小李第 1 个")
    await expect(screen.post("已有 1 人").locator(".when")).to_contain_text("已编辑")
    assert screen.house.takers == ["小李"]
    await screen.speak_as("小张")
    await expect(screen.post("已有 1 人").locator(".tapped")).to_have_count(0)


async def test_everybody_taps_at_once(screen):
    await screen.say("小李", "按钮")
    await screen.menu(screen.post("谁要？"), "全员点「我要」")
    await expect(screen.page.locator("#rush-progress")).to_contain_text("6 人，用时")
    assert await screen.page.locator("#rush-list li").count() == 6
    assert sorted(screen.house.takers) == sorted(
        ["会长老王", "小李", "小张", "小陈", "阿强", "小美"]
    )
    await screen.page.keyboard.press("Escape")
    await expect(screen.post("已有 6 人")).to_be_visible()


async def test_a_member_edits_their_own_message(screen):
    await screen.say("小李", "油耗 7 个")
    said = screen.page.locator(".mine", has_text="油耗 7 个")
    await screen.menu(said, "编辑")
    await expect(screen.page.locator("#text")).to_have_value("油耗 7 个")
    await screen.write("油耗 8 个")
    edited = screen.page.locator(".mine", has_text="油耗 8 个")
    await expect(edited.locator(".when")).to_contain_text("已编辑")
    message = await edited.get_attribute("data-id")
    assert (screen.last().kind, screen.last().message) == ("edit", message)
    await screen.speak_as("小张")
    await screen.post("油耗 8 个").hover()
    await screen.post("油耗 8 个").locator(".more").click()
    await expect(screen.page.locator("#menu .menu-item", has_text="编辑")).to_have_count(0)


async def test_a_reply_quotes_and_leads_back(screen):
    await screen.say("小李", "我的车修好了")
    await screen.speak_as("小张")
    await screen.menu(screen.page.locator(".post", has_text="我的车修好了").first, "回复")
    await expect(screen.page.locator("#about")).to_contain_text("回复 小李：我的车修好了")
    await screen.write("多少钱")
    await expect(screen.page.locator(".mine .quote")).to_contain_text("我的车修好了")
    assert screen.last().quoted is not None
    assert screen.last().quoted.name == "小李"


async def test_private_talk_stays_private_and_unread_shows(screen):
    await screen.speak_as("小李")
    await screen.page.click("#tab-private")
    await expect(screen.page.locator("#empty")).to_contain_text("群里看不到")
    await screen.write("绑车")
    await expect(screen.post("听到了：绑车")).to_be_visible()
    assert (screen.last().chat, screen.last().private) == ("private:m2", True)
    await screen.page.click("#tab-group")
    await expect(screen.post("绑车")).to_have_count(0)

    await screen.house.group.send(Message(1, "local", "", "m2", Reply("胎压低了")))
    await screen.house.group.send(Message(2, "local", "", "m3", Reply("保养到了")))
    await expect(screen.page.locator("#tab-private .unread")).to_have_text("1")
    await expect(screen.page.locator("[data-account=m3] .unread")).to_have_text("1")
    await screen.page.click("#tab-private")
    await expect(screen.post("胎压低了")).to_be_visible()
    await expect(screen.page.locator("[data-account=m2] .unread")).to_be_hidden()
    await screen.speak_as("小张")
    await expect(screen.post("保养到了")).to_be_visible()
    await expect(screen.post("胎压低了")).to_have_count(0)


async def test_everything_is_there_after_a_restart_and_the_page_finds_back(tmp_path, page):
    group = a_group(tmp_path)
    house = House(group)
    async with serving(group, house.receive) as address:
        screen = await opened(page, house, address)
        await screen.say("小李", "记住我")
        await expect(screen.post("听到了：记住我")).to_be_visible()
        port = int(address.rpartition(":")[2])
    await expect(page.locator("#offline")).to_be_visible()
    group = a_group(tmp_path)
    house = House(group)
    async with serving(group, house.receive, port):
        await expect(page.locator("#offline")).to_be_hidden()
        screen = Screen(page, house, address)
        await screen.say("小张", "又来了")
        await expect(screen.post("听到了：又来了")).to_be_visible()
        assert len(house.events) == 1
        before = await page.locator(".post").all_inner_texts()
        await page.reload()
        await expect(screen.post("听到了：又来了")).to_be_visible()
        assert await page.locator(".post").all_inner_texts() == before


async def test_what_is_written_is_only_ever_text(screen):
    await screen.say("小李", EVIL)
    await expect(screen.page.locator(".mine .text")).to_have_text(EVIL)
    evil_choice = Reply(EVIL, (Choice(EVIL, "要 1"),))
    await screen.house.group.send(Message(1, "local", "group", "", evil_choice))
    await expect(screen.page.locator(".choice")).to_have_text(EVIL)
    await screen.say("小张", "看 https://example.org/a?b=1&c=2，javascript:alert(1)")
    links = screen.page.locator(".mine .text a")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://example.org/a?b=1&c=2")
    assert await screen.page.locator("#log img").count() == 0
    assert await screen.page.title() == "本地车友会"


async def test_enter_while_choosing_characters_does_not_send(screen):
    await screen.speak_as("小李")
    await screen.page.focus("#text")
    client = await screen.page.context.new_cdp_session(screen.page)
    composing = {"selectionStart": 5, "selectionEnd": 5, "text": "nihao"}
    await client.send("Input.imeSetComposition", composing)
    for kind in ("rawKeyDown", "keyUp"):
        key = {"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
        await client.send("Input.dispatchKeyEvent", key)
    await screen.page.evaluate(
        """() => document.querySelector("#text").dispatchEvent(new KeyboardEvent("keydown",
            { key: "Enter", isComposing: true, bubbles: true, cancelable: true }))"""
    )
    await expect(screen.page.locator("#text")).to_have_value("nihao")
    await client.send("Input.insertText", {"text": "你好"})
    await expect(screen.page.locator("#text")).to_have_value("你好")
    await screen.page.press("#text", "Shift+Enter")
    await screen.page.press("#text", "Enter")
    await expect(screen.post("听到了：你好")).to_be_visible()
    assert [event.text.strip() for event in screen.house.events[2:]] == ["你好"]


async def test_a_name_is_picked_by_keyboard(screen):
    await screen.speak_as("小李")
    await screen.page.type("#text", "@小")
    names = ["小助手", "小张", "小陈", "小美"]
    await expect(screen.page.locator("#names li")).to_contain_text(names)
    await screen.page.keyboard.press("ArrowDown")
    await screen.page.keyboard.press("Enter")
    await screen.page.type("#text", "你好")
    await screen.page.keyboard.press("Enter")
    await expect(screen.post("听到了：@小张 你好")).to_be_visible()
    assert [mention.account for mention in screen.last().mentions] == ["m3"]


async def test_leaving_and_coming_back(screen):
    await screen.speak_as("小美")
    await screen.page.click("#group-menu")
    await screen.page.locator(".menu-item", has_text="小美离开群聊").click()
    await expect(screen.page.locator(".note").last).to_have_text("小美 离开了群聊")
    await expect(screen.page.locator("#text")).to_be_disabled()
    await expect(screen.page.locator("#subtitle")).to_contain_text("5 人在群里")
    await screen.page.click("#come-back")
    await expect(screen.page.locator("#text")).to_be_enabled()
    assert [event.kind for event in screen.house.events[-2:]] == ["left", "joined"]


async def test_a_picture_and_a_file(screen, tmp_path):
    picture = tmp_path / "车.png"
    await screen.page.screenshot(path=picture, clip={"x": 0, "y": 0, "width": 60, "height": 40})
    await screen.speak_as("小李")
    await screen.page.set_input_files("#file", picture)
    await expect(screen.page.locator("#picture")).to_contain_text("车.png")
    await screen.write("看我的车")
    image = screen.page.locator(".mine .picture img")
    await expect(image).to_be_visible()
    await expect(image).to_have_js_property("naturalWidth", 60)
    assert screen.last().media[0].kind == "picture"

    await screen.write("文件")
    async with screen.page.expect_download() as waiting:
        await screen.page.locator(".file").click()
    download = await waiting.value
    assert download.suggested_filename == "积分.csv"
    assert (await download.path()).read_text("utf-8") == "姓名,积分\n小李,3\n"


async def test_too_long_a_text_is_told_and_not_lost(screen):
    await screen.say("小李", "长" * 20_001)
    await expect(screen.page.locator(".toast")).to_contain_text("最多 20000 个字")
    assert len(await screen.page.input_value("#text")) == 20_001
    await screen.write("长" * 20_000)
    await expect(screen.post("听到了")).to_be_visible()
    assert len(screen.last().text) == 20_000


async def test_what_was_refused_is_told_and_not_lost(screen):
    await screen.say("小李", "你好")
    await screen.page.route("**/local/say", lambda route: route.abort())
    await screen.write("别丢了我")
    await expect(screen.page.locator(".toast.is-bad")).to_contain_text("连不上")
    await expect(screen.page.locator("#text")).to_have_value("别丢了我")
    await screen.page.unroute("**/local/say")
    await screen.page.press("#text", "Enter")
    await expect(screen.post("听到了：别丢了我")).to_be_visible()


async def test_a_long_talk_stays_at_its_end_unless_somebody_reads_back(screen):
    for number in range(40):
        await screen.house.group.send(Message(1, "local", "group", "", Reply(f"第 {number} 条")))
    await expect(screen.post("第 39 条")).to_be_in_viewport()
    await screen.page.locator("#log").evaluate("log => { log.scrollTop = 0 }")
    await expect(screen.page.locator("#to-end")).to_be_visible()
    await screen.house.group.send(Message(1, "local", "group", "", Reply("新的一条")))
    await expect(screen.page.locator("#to-end")).to_contain_text("1 条新消息")
    await expect(screen.post("新的一条")).not_to_be_in_viewport()
    await screen.page.click("#to-end")
    await expect(screen.post("新的一条")).to_be_in_viewport()


async def test_a_phone_shows_it_all_without_sideways_scrolling(screen):
    await screen.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    long_word = "https://example.org/" + "a" * 300
    choices = tuple(Choice(f"很长很长的一个选项 {number}", f"选 {number}") for number in range(9))
    await screen.house.group.send(Message(1, "local", "group", "", Reply(long_word, choices)))
    await screen.say("阿强", "W" * 200)
    await expect(screen.post("听到了：WWW")).to_be_visible()
    await screen.page.click("#tab-private")
    await screen.page.click("#tab-group")
    sideways = """() => [document.documentElement, document.querySelector("#log")]
        .map(element => element.scrollWidth - element.clientWidth)"""
    assert await screen.page.evaluate(sideways) == [0, 0]
    for button in await screen.page.locator("#composer button:visible, .chat .bar button").all():
        box = await button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
        assert min(box["width"], box["height"]) >= 30


async def test_dark_and_light_both_read_well(screen):
    contrast = """() => {
        const light = (colour) => {
            const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(Number)
                .map(part => part / 255)
                .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
        };
        const ink = light(getComputedStyle(document.querySelector(".post .text")).color);
        const bubble = document.querySelector(".post:not(.by-bot) .bubble");
        const ground = light(getComputedStyle(bubble).backgroundColor);
        return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    }"""
    grounds = set()
    for scheme in ("light", "dark"):
        await screen.page.emulate_media(color_scheme=scheme)
        assert await screen.page.evaluate(contrast) > 7
        ground = "getComputedStyle(document.body).backgroundColor"
        grounds.add(await screen.page.evaluate(ground))
    assert len(grounds) == 2


async def test_english_where_the_browser_is_english(screen):
    browser = screen.page.context.browser
    assert browser is not None
    page = await browser.new_page(locale="en-GB")
    await page.goto(screen.address)
    await expect(page.locator("#tab-group")).to_have_text("Group")
    await expect(page.locator("#text")).to_have_attribute("placeholder", "Speak as 会长老王")
    await page.close()


async def test_every_button_has_a_name(screen):
    await screen.say("小李", "按钮")
    await expect(screen.post("谁要？")).to_be_visible()
    nameless = """() => [...document.querySelectorAll("button, input:not([hidden]), textarea")]
        .filter(one => !one.getAttribute("aria-label") && !one.textContent.trim())
        .map(one => one.outerHTML)"""
    assert await screen.page.evaluate(nameless) == []


async def test_it_can_be_used_by_keyboard_alone(screen):
    page = screen.page
    await page.focus("[data-account=m2]")
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type("按钮")
    await page.keyboard.press("Enter")
    await page.locator(".choice", has_text="我要").focus()
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate(outline) == "solid"
    await page.keyboard.press("Enter")
    await expect(page.locator("#menu .menu-item").first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Escape")
    await expect(page.locator("#menu")).to_be_hidden()
    await page.locator(".choice", has_text="我要").press("Space")
    await expect(page.locator(".toast")).to_have_text("小李第 1 个")


async def test_two_pages_see_the_same(screen):
    browser = screen.page.context.browser
    assert browser is not None
    other = await browser.new_page(locale="zh-CN")
    await other.goto(screen.address)
    await screen.say("小李", "两边都有")
    await asyncio.gather(
        *(
            expect(page.locator(".post", has_text="听到了：两边都有")).to_be_visible()
            for page in (screen.page, other)
        )
    )
    await other.close()
