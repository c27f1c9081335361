"""Twenty megabytes of text: refused politely when they ask for something, and never read."""

import pytest

from handlers.parse import TEXT_MAX
from storage.model import Mention
from tests.handlers.test_dispatch import units

NO = "太长了，请控制在 2 万字以内。"
MUCH = "长" * (TEXT_MAX + 1)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("/红包 60 5 口令 " + MUCH, {}),
        ("/积分 " + MUCH, {}),
        ("#油耗 轩逸 百公里6.5升 " + MUCH, {}),
        ("分享 #油耗 " + MUCH, {}),
        (MUCH, {"addressed": True}),
        (MUCH, {"private": True}),
        ("问 " + MUCH, {}),
        ("/积分 " + MUCH, {"kind": "tap"}),
    ],
)
async def test_what_asks_for_something_gets_one_answer_and_changes_nothing(room, text, more):
    await room.give("小王", 100)
    # A platform that reads no further hands over a little more than may be said.
    for said in (text, text[: TEXT_MAX + 1]):
        answer = await room.answer("小王", said, **more)
        assert [answer.tap, *(each.text for each in answer.replies)] in (["", NO], [NO])
        await room.read()
    assert await room.balance("小王") == 100
    (club,) = await room.say("小王", "车友会")
    assert "0 条分享" in club.text


async def test_a_repeat_gets_the_same_answer(room):
    assert len(await room.say("小李", "/积分 " + MUCH, event_id="same")) == 1
    answer = await room.answer("小李", "积分", event_id="same")
    assert [each.text for each in answer.replies] == [NO]
    assert answer.repeated
    assert await room.read() == []


async def test_in_english(room):
    await room.say("小王", "设置 语言 English")
    (heard,) = await room.say("小李", "/points " + MUCH)
    assert heard.text == "That is too long: please keep it below 20,000 characters."


async def test_before_there_is_a_club(empty_room):
    (heard,) = await empty_room.say("小李", MUCH, addressed=True)
    assert heard.text == NO


async def test_talk_of_that_length_is_nothing_to_us(room):
    for text in (MUCH, "红包发了没 " + MUCH, "好 " * 10_000_000):
        assert await units(room, room.event("小李", text)) == 0
    assert await room.read() == []


async def test_it_is_no_cue_either(room):
    await room.give("小王", 100)
    await room.say("小王", "红包 60 5 口令 海豹上山")
    await room.read()
    assert await room.say("小李", "海豹上山" + "　" * TEXT_MAX) == []


async def test_what_is_just_short_enough_is_read(room):
    (heard,) = await room.say("小李", "/积分" + " " * (TEXT_MAX - 3))
    assert heard.text == "小李，你有 0 分。"


async def test_somebody_elses_words_ask_for_nothing_however_long(room):
    answer = await room.answer("小李", "/积分 " + MUCH, forwarded=Mention("", "别人"))
    assert answer.replies == ()
