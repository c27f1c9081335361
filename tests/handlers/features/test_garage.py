"""A person's cars."""

from handlers.features.garage import CARS_MAX


async def said(room, name, text, **more):
    return [heard.text for heard in await room.say(name, text, **more)]


async def test_cars_are_added_listed_and_removed(room):
    assert await said(room, "小王", "我的车") == ["小王，你还没记车。说「加车 海豹」就行。"]
    assert await said(room, "小王", "加车 比亚迪 海豹") == ["记下了：1. 海豹。"]
    assert await said(room, "小王", "我的车 轩逸") == ["记下了：2. 轩逸。"]
    assert await said(room, "小王", "我的车") == ["小王的车：\n1. 海豹\n2. 轩逸"]
    assert await said(room, "小王", "删车 1") == ["划掉了：海豹。"]
    assert await said(room, "小王", "删车 1") == ["没有 1 号车，说「我的车」看看。"]
    assert await said(room, "小王", "加车 crv") == ["记下了：1. 本田CR-V。"]


async def test_an_unknown_name_gets_suggestions(room):
    (text,) = await said(room, "小王", "加车 凯美锐")
    assert text.startswith("没认出「凯美锐」。是不是：凯美瑞、")


async def test_talk_about_my_car_is_left_alone(room):
    assert await said(room, "小王", "我的车 坏了怎么办") == []
    assert await said(room, "小王", "我的车 海豹 昨天被追尾了你们说怎么办才好") == []
    assert await said(room, "小王", "加车") == []


async def test_said_to_the_bot_an_unknown_car_is_answered(room):
    assert len(await said(room, "小王", "@车友 我的车 飞碟一号", addressed=True)) == 1


async def test_the_same_car_is_kept_once_and_ten_are_the_most(room):
    await room.say("小王", "加车 海豹")
    assert await said(room, "小王", "加车 海豹") == ["海豹 已经记着了。"]
    others = [name for name in room.catalogue.series if name not in ("海豹", "天籁")]
    for name in others[: CARS_MAX - 1]:
        await room.say("小王", f"加车 {name}")
    (text,) = await said(room, "小王", "加车 天籁")
    assert text == "最多记 10 辆，先说「删车 1」腾个位置。"


async def test_cars_go_along_to_another_club(room):
    await room.say("小王", "加车 海豹")
    room.owner = "小李"
    await room.say("小李", "建会 第二会", chat="another")
    assert await said(room, "小王", "我的车", chat="another") == ["小王的车：\n1. 海豹"]
