"""Coming and going."""

from storage.model import HOUR, MINUTE, Choice, Priority

WELCOME = "欢迎新车友来到 车友会！说「我的车 车型」登记爱车，说「帮助」看看能做什么。"


async def test_a_newcomer_is_welcomed_and_shown_the_way(room):
    (heard,) = await room.say("小新", "", kind="joined")
    assert heard.text == WELCOME
    assert heard.choices == (Choice("看看能做什么", "帮助"),)
    assert heard.priority == Priority.CHATTER
    assert await room.tap("小新", heard.choices[0].says) == "有点长，私下发给你了。"
    (overview,) = await room.read()
    assert overview.text.startswith("我能做这些：")
    assert overview.to == "小新"


async def test_many_newcomers_share_one_message(room):
    for number in range(30):
        await room.answer(f"小新{number}", "", kind="joined")
    assert [each.text for each in await room.read()] == [WELCOME]


async def test_who_comes_soon_after_changes_the_message_that_is_there(room):
    (first,) = await room.say("小新", "", kind="joined")
    room.clock.move(9 * MINUTE)
    (second,) = await room.say("小新二", "", kind="joined")
    assert second.message == first.message
    room.clock.move(MINUTE)
    (third,) = await room.say("小新三", "", kind="joined")
    assert third.message != first.message


async def test_who_comes_by_night_is_welcomed_once_in_the_morning(room):
    room.clock.move(11 * HOUR + 10 * MINUTE)  # 23:10
    for number in range(8):
        await room.answer(f"小新{number}", "", kind="joined")
        room.clock.move(HOUR)
    assert [each.text for each in await room.read()] == []
    room.clock.move(HOUR)
    assert [each.text for each in await room.read()] == [WELCOME]


async def test_the_bot_says_how_to_begin(empty_room):
    (heard,) = await empty_room.say("小王", "", kind="added")
    assert heard.text == (
        "大家好，我是车友会小助手。群主说「建会 名字」，我就开始记口碑、发红包、答问题。"
    )
    assert (await empty_room.found())[0].text.startswith("「车友会」建好了")


async def test_the_bot_that_comes_back_remembers(room):
    (heard,) = await room.say("小李", "", kind="added")
    assert heard.text == "我回来了，车友会 的记录都在。"


async def test_nobody_is_welcomed_where_there_is_no_club(empty_room):
    assert await empty_room.say("小新", "", kind="joined") == []
    assert await empty_room.say("小新", "", kind="left") == []


async def test_a_welcome_in_english(room):
    await room.say("小王", "设置 语言 English")
    (heard,) = await room.say("Li", "", kind="joined")
    assert heard.text.startswith('Welcome to 车友会! Say "/garage MODEL"')
    assert heard.choices == (Choice("What can I do?", "帮助"),)
