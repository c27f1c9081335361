"""One person in the WeChat group and in the local one: two accounts, then one member."""

import re

import pytest

from storage.model import Account
from storage.store import Work
from tests.end_to_end.wechat.scene import PLATFORM, Scene
from tests.support.wechat.world import ALICE, BOB, BOT, ROOM, Contact, Room

LOCAL = "m2"
"""小李 in the local group."""
CODE = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")


async def read_locally(scene: Scene, words: str, chat: str = "group") -> str:
    """What the bot has said in the local group, or to somebody there in private."""

    async def look() -> str:
        _, history = await scene.get("/local/history")
        posts = [each for each in history["posts"] if each["chat"] == chat]
        texts = [str(each["text"]) for each in posts if each["account"] == "bot"]
        return next((each for each in reversed(texts) if words in each), "")

    return await scene.eventually(look)


async def code_of(scene: Scene, words: str, account: str = LOCAL) -> str:
    text = await read_locally(scene, words, f"private:{account}")
    found = CODE.search(text)
    assert found is not None
    return found[0]


@pytest.fixture
async def club(scene: Scene) -> Scene:
    """The local club's second group is in WeChat."""
    await read_locally(scene, "建好了")
    await scene.say_locally("m1", "关联码")
    await scene.asks(ALICE, f"关联 {await code_of(scene, '关联', 'm1')}", "这个群")
    await scene.asks(BOB, "积分", "分")
    await scene.say_locally(LOCAL, "积分")
    return scene


async def members(scene: Scene) -> set[str | None]:
    async def look(work: Work) -> set[str | None]:
        accounts = (Account(PLATFORM, BOB), Account("local", LOCAL))
        return {await work.people.person(each) for each in accounts}

    return await scene.app.store.read(look)


async def test_one_member_sees_one_balance_on_both_sides(club: Scene):
    await club.asks(BOB, "#油耗 海豹 百公里5.2升，开了2万公里", "收好 #1")
    await club.say_locally(LOCAL, "#油耗 汉 百公里6.1升，开了3万公里")
    await club.say_locally("m1", "公费红包 100 4 均分 全部群")
    await club.hears("抢红包")
    await club.asks(BOB, "1", "抢到 25 分")
    await club.say_locally(LOCAL, "抢 1")
    await read_locally(club, "小李 25")
    await club.quiet()
    before = await club.points(BOB), await club.points(LOCAL, "local")
    assert len(await members(club)) == 2

    await club.say_locally(LOCAL, "账号码", private=True)
    code = await code_of(club, "账号码")
    asked = await club.whispers(BOB, f"合并账号 {code}", "1. 确认合并")
    assert "小李" in asked.text
    await club.whispers(BOB, "1", "合并好了")
    await club.quiet()

    # The later piece of the envelope went back; all else is theirs.
    assert len(await members(club)) == 1
    assert await club.points(BOB) == sum(before) - 25
    assert await club.points(LOCAL, "local") == await club.points(BOB)
    told = await club.asks(BOB, "积分", "分")
    await club.say_locally(LOCAL, "积分")
    assert str(await club.points(BOB)) in told.text
    assert str(await club.points(BOB)) in await read_locally(
        club, f"有 {await club.points(BOB)} 分"
    )
    # The code is spent, and said again it changes nothing.
    await club.whispers(BOB, f"合并账号 {code}", "已经用过")
    assert await club.points(BOB) == sum(before) - 25


async def test_after_a_new_login_with_new_ids_one_is_oneself_again(club: Scene):
    """Some gateways give everybody another id."""
    await club.asks(BOB, "#油耗 海豹 百公里5.2升，开了2万公里", "收好 #1")
    points = await club.points(BOB)
    told = await club.whispers(BOB, "账号码", "账号码：")
    code = CODE.search(told.text)
    assert code is not None
    await club.gateway.contact(Contact("bob-2", "小李"))
    await club.gateway.room(Room(ROOM, members=(BOT, ALICE, "bob-2")))
    await club.whispers("bob-2", f"合并账号 {code[0]}", "这个号现在也是「小李」")
    await club.asks("bob-2", "我的分享", "#1")
    assert await club.points("bob-2") == points
