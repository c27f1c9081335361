"""Experience is taken in with its author's own yes, paid once, and given back on request."""

import pytest

from storage.model import Media, Quoted, Role
from storage.store import Work
from tests.support.room import GROUP, PLATFORM

FUEL = "#油耗 轩逸 百公里6.5升 开了2万公里"


async def said(room, name, text, **more):
    return [heard.text for heard in await room.say(name, text, **more)]


async def stored(room, number):
    async def look(work: Work):
        chat = await work.people.chat(PLATFORM, GROUP)
        assert chat is not None
        work.enter(chat.club)
        return await work.shares.share(number)

    return await room.store.read(look)


async def test_a_tagged_message_becomes_a_share(room):
    assert await said(room, "小李", FUEL) == [
        "收好 #1 油耗：轩逸 · 2万公里 · 6.5 L/100km，+10 分。只在本会引用，「删除 #1」随时收回。"
    ]
    assert await room.balance("小李") == 10
    share = await stored(room, 1)
    assert (share.text, share.tag, share.facts.km, share.consent) == (FUEL, "油耗", 20_000, 1)


async def test_a_repeated_delivery_is_kept_and_paid_once(room):
    await room.say("小李", FUEL, event_id="same")
    assert await room.say("小李", FUEL, event_id="same") == []
    assert await room.balance("小李") == 10
    assert await stored(room, 2) is None


@pytest.mark.parametrize(
    "text", ["＃油耗 轩逸百公里6.5升", "轩逸百公里6.5升#油耗#", "轩逸6.5个油 #fuel"]
)
async def test_the_tag_may_stand_anywhere_and_be_full_width(room, text):
    await room.say("小李", text)
    assert (await stored(room, 1)).facts.figure == 6.5


@pytest.mark.parametrize(
    "text",
    ["今天天气真好", "分享一下", "分享 一下", "公开课几点开始", "看 17", "删除 3", "#接龙 周六"],
)
async def test_ordinary_talk_is_left_alone(room, text):
    assert await said(room, "小李", text) == []


async def test_an_album_with_a_caption_is_one_share(room):
    photos = tuple(Media("picture", f"p{n}") for n in range(12))
    await room.say("小李", "#提车 海豹 落地21.8万 在苏州提的", media=photos)
    share = await stored(room, 1)
    assert (len(share.media), share.facts.price_yuan, share.facts.place) == (9, 218_000, "苏州")


async def test_praise_and_complaint_earn_the_same(room):
    await room.say("小李", "#口碑 海豹 开了2万公里 非常满意")
    await room.say("小张", "#口碑 海豹 开了2万公里 非常失望")
    assert await room.balance("小李") == await room.balance("小张") == 10


async def test_the_same_words_are_kept_and_paid_once_whoever_says_them(room):
    await room.join("小张")
    await room.say("小李", FUEL)
    again = ["这段话已经收过了，是 #1。"]
    assert await said(room, "小张", "#油耗 轩逸，百公里６.５升，开了2万公里！") == again
    assert await said(room, "小李", FUEL) == again
    assert await room.balance("小张") == 0
    assert await room.balance("小李") == 10


async def test_after_deletion_its_author_may_share_it_again_unpaid(room):
    await room.say("小李", FUEL)
    assert await said(room, "小李", "删除 #1") == ["#1 已删除，原文没有留下。"]
    assert await said(room, "小张", FUEL) == ["这段话原来的作者收回了，就不再收了。"]
    (text,) = await said(room, "小李", FUEL)
    assert text.startswith("收好 #2")
    assert "+" not in text
    assert await room.balance("小李") == 10


async def test_a_day_pays_only_so_much(room):
    for number in range(5):
        await room.say("小李", f"#口碑 海豹 开了{number + 1}万公里 没有毛病")
    assert await room.balance("小李") == 30
    assert await stored(room, 5) is not None


@pytest.mark.parametrize("text", ["#油耗", "#油耗 轩逸", "#提车 13812345678"])
async def test_a_bare_tag_is_asked_for_words_and_nothing_is_kept(room, text):
    (answer,) = await said(room, "小李", text)
    assert answer.startswith("再多说一句就能收")
    assert await stored(room, 1) is None


async def test_a_question_with_a_tag_is_not_an_experience(room):
    (answer,) = await said(room, "小李", "#油耗 轩逸百公里要多少升？")
    assert answer.startswith("这句像提问，没有收。")
    assert await stored(room, 1) is None
    (answer,) = await said(room, "小李", "#避坑 海豹 换刹车片收了我800元，是不是贵了？开了2万公里")
    assert answer.startswith("收好 #1")


async def test_a_text_too_long_is_refused(room):
    assert await said(room, "小李", "#口碑 " + "好" * 2_000) == [
        "太长了，一条最多 2000 字，分几条说吧。"
    ]
    assert await stored(room, 1) is None


async def test_numbers_of_people_and_cars_never_reach_the_disk(room):
    await room.say("小李", "#维修 换轮胎找老张 13812345678 我车牌苏E12345 很靠谱")
    share = await stored(room, 1)
    assert share.text == "#维修 换轮胎找老张 *** 我车牌*** 很靠谱"


async def test_a_warning_tells_what_happened_and_calls_no_names(room):
    (answer,) = await said(room, "小李", "#避坑 城西那家店老板是骗子 大家别去")
    assert answer.startswith("没有收：避坑只说自己经历了什么")
    assert await stored(room, 1) is None
    (answer,) = await said(room, "小李", "#避坑 城西那家店换刹车片收了我800，没换")
    assert answer.startswith("收好 #1 避坑")


async def test_an_offer_is_marked(room):
    (answer,) = await said(room, "小李", "#保养 海豹 2万公里 机滤在这买 https://item.jd.com/1.html")
    assert "引用时会标［广告］" in answer
    (shown,) = await said(room, "小张", "看 #1")
    assert "［广告］" in shown


# Asking back


async def test_the_car_is_asked_once_and_answered_by_a_button(room):
    await room.say("小李", "加车 海豹")
    await room.say("小李", "加车 轩逸")
    (heard,) = await room.say("小李", "#油耗 开了2万公里，百公里6.5升")
    assert heard.text.endswith("是哪款车？说「补充 #1 车名」。")
    assert [choice.says for choice in heard.choices] == ["补充 #1 海豹", "补充 #1 轩逸"]
    shown = await room.tap("小李", "补充 #1 轩逸")
    assert shown == "补上了 #1 油耗：轩逸 · 2万公里 · 6.5 L/100km。"
    assert await room.balance("小李") == 10


async def test_the_only_car_needs_no_question(room):
    await room.say("小李", "加车 海豹")
    (text,) = await said(room, "小李", "#电耗 百公里13.5度，跑了2万公里")
    assert text.startswith("收好 #1 电耗：海豹 · 2万公里 · 13.5 kWh/100km")
    assert "？" not in text


async def test_the_distance_is_asked_and_told_by_a_reply_to_the_line(room):
    (heard,) = await room.say("小李", "#油耗 轩逸 百公里6.5升")
    assert heard.text.endswith("开了多少公里？说「补充 #1 2万公里」。")
    line = Quoted(heard.message, "bot", text=heard.text)
    assert await said(room, "小李", "3万", quote=line, addressed=True) == [
        "补上了 #1 油耗：轩逸 · 3万公里 · 6.5 L/100km。"
    ]


async def test_nobody_completes_the_share_of_another(room):
    (heard,) = await room.say("小李", "#油耗 轩逸 百公里6.5升")
    line = Quoted(heard.message, "bot", text=heard.text)
    assert await said(room, "小张", "3万公里", quote=line, addressed=True) == []
    (text,) = await said(room, "小张", "补充 #1 3万公里")
    assert text == "#1 不是你的分享，只有作者能补充。"
    assert (await stored(room, 1)).facts.km is None


async def test_an_addition_that_says_nothing_is_refused(room):
    await room.say("小李", "#油耗 轩逸 百公里6.5升")
    (text,) = await said(room, "小李", "补充 #1 哈哈哈")
    assert text.startswith("没看出要补什么。")
    assert await said(room, "小李", "补充 #9 海豹") == ["没有 #9 这条分享。"]


# 收录 and 分享


async def test_collecting_ones_own_message(room):
    mine = Quoted("m77", "小李", "小李", "轩逸 百公里6.5升 开了2万公里")
    (text,) = await said(room, "小李", "收录", quote=mine)
    assert text.startswith("收好 #1 油耗：轩逸")
    assert await said(room, "小张", "收录", quote=mine) == ["这条已经收过了，是 #1。"]
    assert await said(room, "小李", "收录", quote=mine) == ["这条已经收过了，是 #1。"]
    assert await room.balance("小李") == 10
    share = await stored(room, 1)
    assert (share.message, share.tag) == ("m77", "油耗")


async def test_collecting_with_a_tag(room):
    mine = Quoted("m77", "小李", "小李", "换了刹车片，花了680元", (Media("picture", "p1"),))
    await room.say("小李", "收录 #维修", quote=mine)
    share = await stored(room, 1)
    assert (share.tag, share.facts.figure, len(share.media)) == ("维修", 680, 1)


async def test_nobody_consents_for_another(room):
    theirs = Quoted("m77", "小李", "小李", "轩逸 百公里6.5升 开了2万公里")
    assert await said(room, "小张", "收录", quote=theirs) == [
        "小李，这条经验有人想收进车友会。你愿意的话，按一下，或者回复自己那条消息说「收录」。"
    ]
    nameless = Quoted("m77", "", "小张", "轩逸 百公里6.5升 开了2万公里")
    (text,) = await said(room, "小张", "收录", quote=nameless)
    assert "回复自己那条消息" in text
    assert await stored(room, 1) is None


async def test_collecting_nothing_is_explained(room):
    assert await said(room, "小李", "收录") == ["回复你自己的那条消息说「收录」，我就把它收好。"]
    assert await said(room, "小李", "收录了没") == []


async def test_sharing_by_command(room):
    (text,) = await said(room, "小李", "/share 轩逸跑高速百公里只要5.8升，开了2万公里")
    assert text.startswith("收好 #1 油耗：轩逸 · 2万公里 · 5.8 L/100km")
    assert await said(room, "小李", "分享 一下我今天遇到的真的太好笑的事情哈哈哈") == []


# Later


async def test_an_edit_replaces_the_words_unpaid_and_in_silence(room):
    await room.say("小李", FUEL, message="m7")
    edit = {"kind": "edit", "message": "m7"}
    assert await said(room, "小李", "轩逸 百公里7升 开了3万公里", **edit) == []
    share = await stored(room, 1)
    assert (share.text, share.version) == ("轩逸 百公里7升 开了3万公里", 2)
    assert (share.tag, share.facts.figure, share.facts.km) == ("油耗", 7, 30_000)
    assert await room.balance("小李") == 10
    assert await said(room, "小李", FUEL) == ["这段话已经收过了，是 #1。"]
    assert await said(room, "小李", "#油耗 轩逸 百公里7升 开了3万公里") == [
        "这段话已经收过了，是 #1。"
    ]


@pytest.mark.parametrize("text", ["", "  ", "#油耗", "13812345678", FUEL])
async def test_an_edit_to_nothing_is_ignored(room, text):
    await room.say("小李", FUEL, message="m7")
    assert await said(room, "小李", text, kind="edit", message="m7") == []
    share = await stored(room, 1)
    assert (share.text, share.version) == (FUEL, 1)


async def test_an_edit_of_what_was_never_captured_or_is_deleted_does_nothing(room):
    assert await said(room, "小李", FUEL, kind="edit", message="m7") == []
    await room.say("小李", FUEL, message="m8")
    await room.say("小李", "删除 #1")
    assert await said(room, "小李", FUEL + "！", kind="edit", message="m8") == []
    assert (await stored(room, 1)).text == ""
    assert await stored(room, 2) is None


async def test_ones_shares_are_listed_newest_first(room):
    assert await said(room, "小李", "我的分享") == ["小李，你还没有分享。"]
    for number in range(12):
        await room.say("小李", f"#口碑 海豹 开了{number + 1}万公里 没有毛病")
    (text,) = await said(room, "小李", "我的分享")
    rows = text.splitlines()
    assert len(rows) == 11
    assert rows[1] == "#12 口碑 · 海豹 「海豹 开了12万公里 没有毛病」"


async def test_a_share_is_shown_by_its_number(room):
    await room.say("小李", FUEL)
    want = ["#1 油耗 · 轩逸 · 2万公里 · 6.5 L/100km · 2026-05 · 小李\n" + FUEL]
    assert await said(room, "小张", "看 #1") == want
    assert await said(room, "小张", "/show 1") == want
    assert await said(room, "小张", "看 #2") == ["没有 #2 这条分享。"]


async def test_only_its_author_and_the_leaders_delete(room):
    await room.say("小李", FUEL)
    assert await said(room, "小张", "删除 #1") == ["#1 不是你的分享，只有作者和会长能删。"]
    await room.promote("小张", Role.CO_LEADER)
    heard = await room.say("小张", "删除 #1")
    assert [(each.to, each.text) for each in heard] == [
        ("", "#1 已删除，也告诉作者了。"),
        (
            "小李",
            "你在车友会的分享 #1 被会长或副会长删除了，原文没有留下。有疑问可以找他们聊聊。",
        ),
    ]
    share = await stored(room, 1)
    assert (share.text, share.facts.car, share.media, share.deleted) == ("", "", (), True)
    assert await said(room, "小李", "删除 #1") == ["没有 #1 这条分享。"]


async def test_consent_goes_up_and_down_by_the_authors_own_yes(room):
    await room.say("小李", FUEL)
    await room.say("小王", "公开 #1")
    assert (await stored(room, 1)).consent == 1
    (text,) = await said(room, "小李", "公开 #1")
    assert "署名「小李」" in text
    assert (await stored(room, 1)).consent == 2
    assert await said(room, "小李", "撤回同意 #1") == ["#1 收回到只在本会引用。"]
    assert (await stored(room, 1)).consent == 1
    (text,) = await said(room, "小李", "撤回同意 #1")
    assert text.startswith("#1 本来就只在本会引用。")
