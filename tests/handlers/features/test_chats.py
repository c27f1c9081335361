"""Chats the bot comes into, is thrown out of, or that become another."""

from dataclasses import replace

import pytest

from storage.model import HOUR, Mention, Quoted
from tests.support.room import GROUP, PLATFORM

NEW = "supergroup"


async def moved(room, **more):
    return await room.say("小王", GROUP, kind="moved", chat=NEW, **more)


async def test_all_goes_on_in_the_chat_a_group_has_become(room):
    await room.give("小李", 30)
    heard = await moved(room)
    assert heard == []
    (told,) = await room.say("小李", "积分", chat=NEW)
    assert "30 分" in told.text
    assert await room.say("小李", "积分") == [], "the former chat is nobody's any more"


async def test_an_open_envelope_is_shown_again_where_it_can_be_pressed(room):
    (offer,) = await room.say("小王", "公费红包 60 3")
    (again,) = await moved(room)
    assert again.text == offer.text
    assert again.message != offer.message
    assert (await room.tap("小李", "抢 1", chat=NEW)).startswith("小李 抢到")


async def test_that_a_chat_moved_may_be_told_again_and_again(room):
    await room.say("小王", "公费红包 60 3")
    assert len(await moved(room)) == 1
    assert await moved(room) == []
    assert await moved(room, event_id="pretend:again") == []


async def test_a_chat_that_was_nobody_s_moves_in_silence(empty_room):
    assert await moved(empty_room) == []


async def test_a_share_is_not_taken_for_another_message_of_the_same_number(room):
    await room.say("小李", "#油耗 轩逸 百公里6.5升 开了2万公里", message="5")
    await moved(room)
    heard = await room.say("小李", "#电耗 海豹 百公里13度 开了1万公里", message="5", chat=NEW)
    assert heard[0].text.startswith("收好 #2 电耗")


async def test_a_word_that_is_noted_on_the_chat_does_not_make_it_gone_again(room):
    await room.say("小王", "", kind="removed")
    assert await room.say("小王", "静音") != []
    assert await room.say("小李", "积分") != []


@pytest.mark.parametrize("title", ["周末车友", ""])
async def test_a_chats_new_title_is_noted_without_a_word(room, title):
    assert await room.say("小李", "", kind="titled", title=title) == []
    chat = await room.store.read(lambda work: work.people.chat(PLATFORM, GROUP))
    assert chat.title == (title or "群")
    (told,) = await room.say("小王", "车友会")
    assert told.text == "车友会：1 位车友，0 条分享。会长 小王。"


async def test_a_title_takes_nothing_else_of_the_chat_back(room):
    await room.say("小王", "静音")
    await room.say("小王", "", kind="removed")
    await room.say("小李", "", kind="titled", title="周末车友")
    chat = await room.store.read(lambda work: work.people.chat(PLATFORM, GROUP))
    assert (chat.title, chat.muted, chat.gone) == ("周末车友", True, False)


async def test_the_title_of_nobodys_chat_is_nothing_to_us(empty_room):
    assert await empty_room.say("小李", "", kind="titled", title="别处") == []
    chat = await empty_room.store.read(lambda work: work.people.chat(PLATFORM, GROUP))
    assert chat is None


async def test_where_the_bot_is_not_any_more_it_says_nothing(room):
    await room.say("小王", "公费红包 60 3")
    await room.answer("小王", "定时红包 每天 20:00 100 10")
    await room.answer("小张", "", kind="removed")
    assert [each for each in await room.read() if not each.to] == []
    room.clock.move(8 * HOUR)
    assert await room.sweep() == [], "a standing order waits for the bot's return"


async def test_when_it_comes_back_all_is_as_it_was(room):
    await room.answer("小王", "定时红包 每天 20:00 100 10")
    await room.answer("小张", "", kind="removed")
    await room.read()
    (heard,) = await room.say("小王", "", kind="added", lacks=("admin",))
    assert heard.text.startswith("我回来了，车友会 的记录都在。\n还差 1 样：\n· 不是管理员")
    room.clock.move(8 * HOUR)
    assert [each.text[:2] for each in await room.sweep()] == ["🧧 "]


async def test_a_tap_on_what_ended_meanwhile_lets_the_message_say_so(room):
    await room.say("小王", "公费红包 60 3")
    await room.answer("小张", "", kind="removed")
    await room.read()
    await room.say("小王", "", kind="added")
    assert "退" in await room.tap("小李", "抢 1")
    (ended,) = await room.read()
    assert ended.choices == ()


async def test_whoever_throws_the_bot_out_does_not_become_a_member(room):
    await room.answer("过客", "", kind="removed")
    await room.say("小王", "", kind="added")
    (told,) = await room.say("小王", "车友会")
    assert "1 位车友" in told.text


@pytest.mark.parametrize("code", ["read", "admin", "invite", "badge", "topic"])
async def test_what_is_missing_is_named(room, code):
    (heard,) = await room.say("小王", "自检", lacks=(code,))
    assert heard.text.startswith("还差 1 样：\n· ")
    assert heard.text.endswith("补好以后说「自检」，我再看一遍。")


async def test_when_nothing_is_missing_it_says_so(room):
    (heard,) = await room.say("小王", "自检")
    assert heard.text == "都好了，我在这里该有的都有。"


async def test_replies_stay_in_the_topic(room):
    await room.answer("小王", "公费红包 60 2", topic="7")
    await room.answer("小王", "积分", topic="8")

    async def topics(work):
        waiting = await work.outbox.lease(("pretend",), (), 9)
        for each in waiting:
            await work.outbox.sent(each.id, f"m{each.id}")
        return [each.topic for each in waiting]

    assert await room.store.unit(topics) + await room.store.unit(topics) == ["7", "8"]


async def test_words_passed_on_ask_for_nothing(room):
    theirs = Mention("other", "老周")
    for said in ("红包 60 3", "#油耗 轩逸 百公里6.5升 开了2万公里", "芝麻开门"):
        assert await room.say("小李", said, forwarded=theirs) == []


async def test_who_collects_words_passed_on_is_told_whose_they_are(room):
    quoted = Quoted("m7", "小李", "小李", "轩逸 百公里6.5升 开了2万公里")
    passed_on = replace(quoted, forwarded=Mention("", "老周"))
    (heard,) = await room.say("小李", "收录", quote=passed_on)
    assert heard.text == "这是转发 老周 的话，只有说的人自己能收。"


async def test_collecting_for_somebody_else_gives_them_a_button(room):
    quoted = Quoted("m7", "小李", "小李", "轩逸 百公里6.5升 开了2万公里")
    (heard,) = await room.say("小张", "收录", quote=quoted)
    assert [each.says for each in heard.choices] == ["收录"]
    assert (await room.tap("小李", "收录", quote=quoted)).startswith("收好 #1 油耗")
