"""The week's rankings."""

from storage.model import DAY, HOUR
from tests.support.room import Room

NOBODY = "本周分享榜\n还没有人分享。\n本周大方榜\n还没有人发红包。"


async def ranking(room: Room, word: str = "排行") -> list[str]:
    (heard,) = await room.say("小王", word)
    return heard.text.splitlines()


async def test_a_week_begins_empty(room):
    assert await ranking(room) == NOBODY.splitlines()
    assert await ranking(room, "排行榜") == NOBODY.splitlines()


async def give_away(room: Room, name: str, points: int, taker: str = "小陈") -> None:
    """Send an envelope that somebody else takes whole."""
    heard = await room.say(name, f"红包 {points} 1")
    await room.tap(taker, heard[0].choices[0].says)
    await room.read()


async def test_who_gave_most_comes_first(room):
    for name in ("小王", "小李", "小张"):
        await room.give(name, 100)
    await give_away(room, "小李", 30)
    await give_away(room, "小王", 20)
    await give_away(room, "小王", 20)
    await give_away(room, "小张", 30)
    assert (await ranking(room))[2:] == [
        "本周大方榜",
        "1. 小王 40 分",
        "2. 小李 30 分",
        "3. 小张 30 分",
    ]


async def test_what_comes_back_or_is_taken_by_its_sender_is_not_given(room):
    await room.give("小王", 100)
    await room.say("小王", "红包 50 1")
    await give_away(room, "小王", 50, taker="小王")
    assert await ranking(room) == NOBODY.splitlines()


async def test_the_pools_envelopes_make_nobody_generous(room):
    await room.say("小王", "公费红包 60 5")
    await room.tap("小李", "抢 1")
    await room.read()
    assert await ranking(room) == NOBODY.splitlines()


async def test_gifts_and_donations_are_no_envelopes(room):
    await room.give("小王", 100)
    await room.join("小李")
    await room.say("小王", "送分 @小李 20")
    await room.say("小王", "捐分 20")
    assert await ranking(room) == NOBODY.splitlines()


async def test_the_ranking_is_short(room):
    for number in range(12):
        await room.give(f"车友{number}", 50)
        await give_away(room, f"车友{number}", 50 - number)
    lines = (await ranking(room))[3:]
    assert len(lines) == 10
    assert lines[-1] == "10. 车友9 41 分"


async def test_the_week_ends_on_sunday_night_of_the_club(room):
    await room.give("小王", 100)
    await give_away(room, "小王", 20)  # Friday noon
    room.clock.move(2 * DAY + 12 * HOUR - 1)
    assert (await ranking(room))[-1] == "1. 小王 20 分"
    room.clock.move(1)
    assert await ranking(room) == NOBODY.splitlines()


async def test_the_ranking_speaks_english(room):
    await room.give("小王", 100)
    await give_away(room, "小王", 20)
    await room.say("小王", "设置 语言 en")
    (heard,) = await room.say("小王", "/ranking")
    assert heard.text == (
        "Shares this week\nNobody has shared yet.\nGenerous this week\n1. 小王: 20 points"
    )
