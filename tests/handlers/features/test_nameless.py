"""Commands said in the chat's own name."""

from dataclasses import replace

import pytest

from storage.model import Role

ASKED = "匿名的话我认不出是谁。是谁说的，本人按一下就办。"


async def nameless(room, text, **more):
    return await room.say("群", text, kind="nameless", message="m9", **more)


async def test_who_presses_is_who_said_it(room):
    (asked,) = await nameless(room, "公费红包 60 3")
    assert asked.text == ASKED
    (choice,) = asked.choices
    assert choice.says == "公费红包 60 3"
    await room.answer("小王", choice.says, kind="tap")
    (envelope,) = await room.read()
    assert envelope.text.startswith("🧧 小王 用资金池发了 60 分")


async def test_nobody_gains_rights_by_pressing(room):
    (asked,) = await nameless(room, "公费红包 60 3")
    told = await room.tap("小李", asked.choices[0].says)
    assert told == "这件事只有会长和副会长能做。"
    assert await room.read() == []


async def test_the_owner_founds_a_club_without_showing_their_name_first(empty_room):
    (asked,) = await nameless(empty_room, "建会 车友会")
    assert asked.text == ASKED
    await empty_room.answer("小王", asked.choices[0].says, kind="tap")
    (founded,) = await empty_room.read()
    assert founded.text.startswith("「车友会」建好了，会长是 小王。")


async def test_who_was_named_by_handle_is_still_known_when_it_is_pressed(room):
    await room.answer("小李", "积分", handle="@xiaoli")
    await room.read()
    (asked,) = await nameless(room, "任命 @XiaoLi")
    pressed = room.event("小王", asked.choices[0].says, kind="tap")
    await room.dispatch.answer(replace(pressed, mentions=()))  # a button carries no mentions
    assert [each.text for each in await room.read()] == ["小李 现在是副会长。"]
    assert (await room.member("小李")).role == Role.CO_LEADER


@pytest.mark.parametrize("said", ["大家好", "#油耗 轩逸 百公里6.5升 开了2万公里", ""])
async def test_talk_and_shares_are_nobody_s(room, said):
    assert await nameless(room, said) == []


async def test_the_chat_itself_is_no_member(room):
    await nameless(room, "积分")
    (told,) = await room.say("小王", "车友会")
    assert "1 位车友" in told.text
