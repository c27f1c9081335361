"""Answers: owners' words and figures, or an honest nothing."""

import pytest

from handlers.features.ask import ANSWER_MAX, LINES_MAX
from storage.model import Quoted

FUEL = "#油耗 轩逸 百公里6.5升 开了2万公里"


async def ask(room, text, name="小王", **more):
    (heard,) = await room.say(name, text, **more)
    assert len(heard.text) <= ANSWER_MAX
    assert heard.text.count("\n") < LINES_MAX
    return heard.text


async def owners(room, *figures, car="轩逸"):
    for number, figure in enumerate(figures, 1):
        text = f"#油耗 {car} 百公里{figure}升 开了{number}万公里"
        await room.say(f"车主{number}", text)


async def test_one_owner_is_quoted_without_a_figure(room):
    await room.say("小李", FUEL)
    assert await ask(room, "问 轩逸油耗多少") == (
        "轩逸 油耗：1 位车主（低样本），2026-05\n"
        "「轩逸 百公里6.5升 开了2万公里」小李 · 2万公里 · 2026-05 · #1\n"
        "还缺：有数字的车主不到 3 位，先不算中位数。"
    )


async def test_three_owners_give_a_median_and_the_middle_half(room):
    await owners(room, 6, 6.4, 7)
    text = await ask(room, "问 轩逸 油耗")
    assert text.splitlines()[:2] == [
        "轩逸 油耗：3 位车主（低样本），2026-05",
        "中位 6.4 L/100km，中间一半 6.2–6.7（3 位）",
    ]
    assert [line[-2:] for line in text.splitlines()[2:5]] == ["#3", "#2", "#1"]


async def test_ten_owners_are_no_low_sample_and_dissent_is_shown(room):
    await owners(room, 6, 6, 6, 6, 6, 6, 6, 6, 9, 9.5)
    text = await ask(room, "问 轩逸 油耗")
    assert "10 位车主，" in text
    assert "低样本" not in text
    assert "也有 2 位不同：「轩逸 百公里9.5升" in text


async def test_another_cars_data_is_never_the_answer(room):
    await owners(room, 5, 5, 5, car="海豹06DM")
    nothing = "轩逸 油耗：还没有车主数据。开过的车友发一条「#油耗 …」就有了。"
    assert await ask(room, "问 轩逸 油耗") == nothing
    assert "还没有车主数据" in await ask(room, "问 大鲨鱼皮卡 油耗")


async def test_nothing_known_is_said_honestly(room):
    text = await ask(room, "问 附近有什么好吃的")
    assert text == "这个问题还没有车主数据。可以这样问：「问 轩逸 油耗」。"


async def test_a_bare_question_is_about_ones_own_car(room):
    await room.say("小李", FUEL)
    await room.say("小王", "加车 轩逸")
    assert (await ask(room, "问 油耗")).startswith("轩逸 油耗：1 位车主")


async def test_free_words_are_matched(room):
    await room.say("小李", "#口碑 海豹 天窗漏水，通了排水管就好了")
    text = await ask(room, "问 天窗漏水怎么办")
    assert "「海豹 天窗漏水，通了排水管就好了」小李 · 海豹 · 2026-05 · #1" in text


async def test_two_cars_are_answered_side_by_side(room):
    await owners(room, 6, 6.4, 7)
    text = await ask(room, "问 轩逸和海豹哪个省油")
    assert text.startswith("轩逸 油耗：3 位车主")
    assert "海豹 油耗：还没有车主数据。" in text


async def test_safety_comes_first(room):
    text = await ask(room, "问 海豹 刹车失灵怎么办")
    assert text.splitlines()[0] == "先停车，别自己拆，请专业的人来看。"


async def test_an_offer_is_marked_when_quoted(room):
    await room.say("小李", "#保养 轩逸 机滤在这买 https://item.jd.com/1.html")
    assert "」［广告］小李" in await ask(room, "问 轩逸 保养")


async def test_what_was_taken_back_never_appears(room):
    await room.say("小李", FUEL)
    await room.say("小李", "删除 #1")
    assert "还没有车主数据" in await ask(room, "问 轩逸 油耗")


async def test_who_was_forgotten_never_appears(room):
    await room.say("小李", FUEL)
    await room.say("小李", "确认忘记")
    text = await ask(room, "问 轩逸 油耗")
    assert "小李" not in text
    assert "还没有车主数据" in text


@pytest.mark.parametrize("text", ["问下大家轩逸油耗", "问", "请问轩逸油耗多少？", "ask him"])
async def test_ordinary_talk_is_left_alone(room, text):
    await room.say("小李", FUEL)
    assert await room.say("小王", text) == []


async def test_the_bot_addressed_is_asked(room):
    await room.say("小李", FUEL)
    text = await ask(room, "@车友 轩逸费油吗", addressed=True)
    assert text.startswith("轩逸 油耗：1 位车主")


async def test_an_empty_question_is_told_how(room):
    assert await ask(room, "/ask") == "这样说就行：问 轩逸 油耗"
    assert await ask(room, "@车友", addressed=True) == "这样说就行：问 轩逸 油耗"


async def test_thanks_need_no_answer(room):
    line = Quoted("b1", "bot", text="轩逸 油耗：1 位车主")
    assert await room.say("小王", "谢谢！", quote=line, addressed=True) == []


async def test_long_words_are_cut_to_fit(room):
    for number in range(6):
        words = "这车开起来各方面都还可以，就是高速费油，" * 8
        await room.say(f"名字特别特别特别长的车友{number}", f"#油耗 轩逸 {number}号 {words}")
    assert (await ask(room, "问 轩逸 油耗")).count("「") >= 1


async def test_another_clubs_shares_stay_there(room):
    await room.say("小李", FUEL)
    room.owner = "小张"
    await room.say("小张", "建会 第二会", chat="another")
    (heard,) = await room.say("小张", "问 轩逸 油耗", chat="another")
    assert "还没有车主数据" in heard.text


async def test_a_greeting_is_greeted_and_not_searched_for(room):
    for said in ("@小助手 你好", "@小助手 在吗", "@小助手 早上好"):
        heard = await room.say("小李", said, addressed=True)
        assert [each.text[:3] for each in heard] == ["我在。"]
    heard = await room.say("小李", "@小助手 哪家店靠谱？", addressed=True)
    assert "还没有车主数据" in heard[0].text
