"""The group becomes a supergroup, or throws the bot out and takes it back."""

import pytest

from rewards import ledger
from storage.model import MINUTE, SECOND
from tests.end_to_end.telegram.scene import Scene, said_after
from tests.support.telegram import BotApi, Chat, Refuse, User, flooded


@pytest.fixture
async def small(on: Scene, bot_api: BotApi, wang: User, li: User, zhao: User) -> Chat:
    """A basic group with a club, in which 小李 has 100 points."""
    group = bot_api.group("小群", owner=wang, members=[li, zhao], kind="group")
    group.promote_bot()
    await on.found(group)
    await on.give(group, li, 100)
    return group


async def test_an_open_envelope_goes_along_when_the_group_becomes_a_supergroup(
    on: Scene, small: Chat, li: User, zhao: User
) -> None:
    envelope = await on.offered(small, li, "红包 60 3 均分")
    assert (await zhao.taps(envelope, "抢红包")).text == "小赵 抢到 20 分 🎉"
    await on.quiet()
    new = small.migrate()
    again = await new.hears("🧧 小李 发了 60 分的均分红包，3 个。")
    await on.quiet()
    assert "已抢 1/3 个，共 20 分：小赵 20。" in again.text
    assert "已经抢过了" in (await zhao.taps(again, "抢红包")).text
    assert (await li.taps(again, "抢红包")).text == "小李 抢到 20 分 🎉"
    asked = await li.says(new, "积分")
    await new.hears("小李，你有 60 分。", after=asked)
    await on.quiet()
    assert "已抢 2/3 个" in again.text
    assert [each.text for each in new.by_bot] == [again.text, "小李，你有 60 分。"]
    # Nothing of it was tried in the former chat.
    assert all(each.ok for each in on.api.requests("sendMessage", "editMessageText"))


async def test_who_learns_of_the_move_by_a_refusal_loses_nothing_and_tells_it_once(
    on: Scene, small: Chat, li: User, zhao: User
) -> None:
    """Three notices of one move: a refusal, and later both service messages."""
    await on.offered(small, li, "红包 60 3 均分")
    await on.quiet()
    on.api.fail(Refuse(flooded(30)), "sendMessage", chat=small)
    await zhao.says(small, "积分")
    await on.api.until(lambda: on.api.requests("sendMessage")[-1].code == 429)
    await on.quiet_but_held()
    new = small.migrate()
    with on.held_back():
        on.leap(31 * SECOND)
        await on.api.until(lambda: "upgraded" in on.api.requests("sendMessage")[-1].description)
        again = await new.hears("🧧 小李 发了 60 分")
        on.leap(2 * SECOND)
        await new.hears("小赵，你有 0 分。")
        await on.quiet()
    await on.quiet()
    assert (await zhao.taps(again, "抢红包")).text == "小赵 抢到 20 分 🎉"
    asked = await li.says(new, "积分")
    await new.hears("小李，你有 40 分。", after=asked)
    await on.quiet()
    told = [each.text for each in new.by_bot]
    assert len([each for each in told if "🧧" in each]) == 1
    assert told.count("小赵，你有 0 分。") == 1
    refused = [each for each in on.api.requests("sendMessage") if "upgraded" in each.description]
    assert len(refused) == 1


async def test_an_old_button_of_a_group_that_moved_is_no_trouble(
    on: Scene, small: Chat, li: User, zhao: User
) -> None:
    envelope = await on.offered(small, li, "红包 60 3 均分")
    new = small.migrate()
    again = await new.hears("🧧")
    await on.quiet()
    assert (await zhao.taps(envelope, "抢红包")).text
    await on.quiet()
    assert (await zhao.taps(again, "抢红包")).text == "小赵 抢到 20 分 🎉"
    assert await on.points(zhao) == 20


async def test_a_bot_that_is_thrown_out_gives_back_what_nobody_took(
    on: Scene, club: Chat, li: User, zhao: User
) -> None:
    await on.give(club, li, 100)
    envelope = await on.offered(club, li, "红包 60 3 均分")
    await zhao.taps(envelope, "抢红包")
    await on.quiet()
    assert await on.points(li) == 40
    club.kick_bot()
    on.api.journal.clear()
    await on.quiet()
    assert await on.points(li) == 80
    assert await on.balance(ledger.escrow(1)) == 0
    # 小李 never opened the conversation: what is for them waits, and the group is left alone.
    assert (await on.outbox())["held"] == 1
    assert {each.parameters.get("chat_id") for each in on.api.requests()} == {li.id}
    await li.starts()
    told = await li.private.hears("我不在那个群里了")
    assert told.text == "我不在那个群里了，你的 1 号红包就此结束，剩下的 40 分退回给你了。"
    on.leap(10 * MINUTE)
    await on.quiet()
    assert [each.text for each in li.private.by_bot].count(told.text) == 1
    assert {each.parameters.get("chat_id") for each in on.api.requests()} == {li.id}


async def test_a_bot_that_learns_by_a_refusal_that_it_is_out_gives_back_as_well(
    on: Scene, club: Chat, li: User
) -> None:
    await on.give(club, li, 100)
    await li.whispers("积分")
    await on.offered(club, li, "红包 60 3 均分")
    await li.says(club, "积分")
    await on.quiet()
    on.api.fail(Refuse(flooded(30)), "sendMessage", chat=club)
    await li.says(club, "积分")
    await on.api.until(lambda: on.api.requests("sendMessage")[-1].code == 429)
    await on.quiet_but_held()
    club.kick_bot()
    with on.held_back():
        on.leap(31 * SECOND)
        told = await li.private.hears("我不在那个群里了")
        assert "剩下的 60 分退回给你了" in told.text
    await on.quiet()
    assert await on.points(li) == 100
    assert len([each for each in li.private.by_bot if "我不在那个群里了" in each.text]) == 1
    on.excused.add("message given up")


async def test_a_bot_that_is_taken_back_knows_the_club_and_says_what_it_lacks(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    await on.give(club, li, 100)
    await wang.whispers("设置 安静 关")
    await wang.private.hears("安静：关")
    club.kick_bot()
    await on.quiet()
    on.api.world.reads_all = True
    club.add_bot()
    back = await club.hears("我回来了，车友会 的记录都在。")
    assert "还差 1 样：\n· 不是管理员" in back.text
    club.promote_bot()
    await on.quiet()
    checked = await wang.says(club, "自检")
    await club.hears("都好了，我在这里该有的都有。", after=checked)
    asked = await li.says(club, "积分")
    await club.hears("小李，你有 100 分。", after=asked)
    await wang.whispers("设置")
    await on.quiet()
    assert "安静：关" in wang.private.by_bot[-1].text
    assert len([each for each in said_after(back) if "我回来了" in each]) == 0


async def test_a_bot_that_is_taken_into_a_new_group_says_one_thing(
    on: Scene, bot_api: BotApi, wang: User, li: User
) -> None:
    group = bot_api.group("新群", owner=wang, members=[li], with_bot=False)
    group.add_bot()
    hello = await group.hears("大家好，我是车友会小助手。群主说「建会 名字」")
    await on.quiet()
    assert "还差 2 样：\n· 听不到大家说话" in hello.text
    assert "· 不是管理员" in hello.text
    assert len(group.by_bot) == 1
