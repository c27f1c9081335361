"""What an import kept counts and is shown to nobody, until its author says what it may be."""

import json

import pytest

from handlers.past import Import, Line, Tally
from storage.model import DAY, Consent, Quoted, Role
from storage.store import Work
from tests.handlers.features.test_share import said, stored
from tests.support.room import GROUP, PLATFORM

FUEL = "#油耗 轩逸 百公里{}升 开了{}万公里"
QUESTION = (
    "小李，群里的旧聊天收进来了，里面有你说过的 2 条用车经验。现在它们只计数，不署名、不引用，"
    "也没人看得到。你看怎么办？随时可以说「旧分享 可以」「旧分享 计数」「旧分享 删除」，"
    "「我的分享」能看到有哪些。"
)


@pytest.fixture
def bring_in(room):
    """Import what people said 400 days ago, each a pair of name and text."""

    async def run(*said, first=1):
        async def look(work: Work):
            chat = await work.people.chat(PLATFORM, GROUP)
            assert chat is not None
            work.enter(chat.club)
            return await work.people.club()

        club = await room.store.read(look)
        lines = [
            Line(GROUP, f"old{number}", name, room.clock.now - 400 * DAY + number, text)
            for number, (name, text) in enumerate(said, first)
        ]
        tally = Tally()
        await Import(room.store, room.world, room.catalogue, club, PLATFORM).run(lines, tally)
        return tally

    return run


@pytest.fixture
async def past(room, bring_in):
    """小李 said two things in the past, 老张 and 阿明 one each."""
    await bring_in(
        ("小李", FUEL.format(6, 1)),
        ("小李", FUEL.format(6.2, 2)),
        ("老张", FUEL.format(6.4, 3)),
        ("阿明", FUEL.format(7, 4)),
    )
    return room


# It counts, and nobody sees it


async def test_it_counts_in_figures_and_is_never_quoted(past):
    assert await said(past, "小王", "问 轩逸 油耗") == [
        "轩逸 油耗：3 位车主（低样本）（3 位来自旧聊天，只计数），2025-03\n"
        "中位 6.4 L/100km，中间一半 6.3–6.7（3 位）\n"
        "还缺：没分年款和配置。"
    ]
    await past.say("小陈", FUEL.format(6.6, 9))
    (text,) = await said(past, "小王", "问 轩逸 油耗")
    assert "4 位车主（低样本）（3 位来自旧聊天，只计数），2025-03—2026-05" in text
    assert [line for line in text.splitlines() if "「" in line] == [
        "「轩逸 百公里6.6升 开了9万公里」小陈 · 9万公里 · 2026-05 · #5"
    ]


async def test_a_hundred_old_ones_do_not_crowd_out_what_may_be_quoted(past, bring_in):
    await past.say("小陈", FUEL.format(6.6, 9))
    await bring_in(*((f"车友{n}", FUEL.format(6.5, 10 + n)) for n in range(600)), first=9)
    (text,) = await said(past, "小王", "问 轩逸 油耗")
    assert "#5" in text


@pytest.mark.parametrize("name", ["小王", "老张"])
async def test_to_all_but_its_author_it_is_not_there(past, name):
    await past.promote("小王", Role.LEADER)
    await past.say(name, "旧分享 计数")
    for text in ("看 #1", "删除 #1", "公开 #1", "撤回同意 #1", "补充 #1 3万公里"):
        assert await said(past, name, text) == ["没有 #1 这条分享。"]
    assert (await stored(past, 1)).deleted is False


async def test_it_is_in_no_ranking_and_earns_nothing(past, bring_in):
    past.clock.now -= 400 * DAY  # the week in which it was said
    (text,) = await said(past, "小王", "排行")
    assert "小李" not in text
    past.clock.now += 400 * DAY
    await past.say("小李", "旧分享 可以")
    assert await past.balance("小李") == 0


async def test_its_author_sees_it_marked_and_the_words_in_private_only(past):
    await past.say("小李", "旧分享 计数")
    assert await said(past, "小李", "我的分享") == [
        "小李的分享：\n#2 油耗 · 轩逸 · 旧聊天，只计数\n#1 油耗 · 轩逸 · 旧聊天，只计数"
    ]
    (text,) = await said(past, "小李", "我的分享", private=True)
    assert "#1 油耗 · 轩逸 · 旧聊天，只计数 「轩逸 百公里6升 开了1万公里」" in text
    (heard,) = await past.say("小李", "看 #1")
    assert (heard.to, FUEL.format(6, 1) in heard.text) == ("小李", True)


async def test_it_is_part_of_what_is_kept_of_its_author(past):
    await past.say("小李", "旧分享 计数")
    (heard,) = await past.say("小李", "我的数据")
    assert "分享 2 条，其中旧聊天 2 条只计数" in heard.text
    (heard,) = await past.say("小李", "导出我的")
    exported = json.loads(heard.attachment)["shares"]
    assert [(share["consent"], share["text"]) for share in exported] == [
        ("none", FUEL.format(6, 1)),
        ("none", FUEL.format(6.2, 2)),
    ]


# The question


async def test_its_author_is_asked_once_when_they_next_speak(past):
    (heard,) = await past.say("小李", "今天天气不错")
    assert heard.text == QUESTION
    member = (await past.member("小李")).id
    assert [choice.says for choice in heard.choices] == [
        f"旧分享 可以 {member}",
        f"旧分享 计数 {member}",
        f"旧分享 删除 {member}",
    ]
    assert await past.say("小李", "是啊") == []
    assert await past.say("小王", "是啊") == []


async def test_what_asks_its_author_deletes_nobody_else_s(past):
    (heard,) = await past.say("小李", "今天天气不错")
    delete = heard.choices[2].says
    assert await past.tap("老张", delete) == "这一条是问别人的，你的没有动。"
    assert await said(past, "小李", "旧分享") == [QUESTION]
    assert (await past.tap("小李", delete)).startswith("你的 2 条旧分享都删掉了")


async def test_who_let_it_count_is_not_asked_again_after_another_import(past, bring_in):
    await past.say("小李", "今天天气不错")
    await past.say("小李", "旧分享 计数")
    await bring_in(("小李", FUEL.format(6.7, 8)), first=50)
    assert await past.say("小李", "是啊") == []


async def test_who_decided_before_being_asked_is_not_asked(past):
    await past.say("小李", "旧分享 删除")
    assert await past.say("小李", "是啊") == []


async def test_the_question_may_be_had_at_any_time(past):
    assert await said(past, "小李", "旧分享") == [QUESTION]
    assert await said(past, "小王", "/history") == ["小王，旧聊天里没有等你决定的分享。"]


# The answer


async def test_a_yes_lets_it_be_quoted_with_the_name(past):
    assert await said(past, "小李", "旧分享 可以") == [
        "谢谢！你的 2 条旧分享现在可以在本会署名引用了。改主意的话，逐条说「删除 #号」。"
    ]
    assert [(await stored(past, number)).consent for number in (1, 2, 3)] == [1, 1, 0]
    (text,) = await said(past, "小王", "问 轩逸 油耗")
    assert "3 位车主（低样本）（2 位来自旧聊天，只计数）" in text
    assert "小李 · 2万公里 · 2025-03 · #2" in text


async def test_a_no_deletes_it_like_any_share(past, bring_in):
    assert await said(past, "小李", "/history delete") == [
        "你的 2 条旧分享都删掉了，原文没有留下，再导入也不会回来。"
    ]
    gone = await stored(past, 1)
    assert (gone.text, gone.deleted, gone.message) == ("", True, "")
    tally = await bring_in(("小李", FUEL.format(6, 1)), ("小李", FUEL.format(9, 1)))
    assert tally.outcomes == {"known": 2}


async def test_only_counting_leaves_it_as_it_is(past):
    assert await said(past, "小李", "旧分享 计数") == [
        "好，你的 2 条旧分享只计数，不署名、不引用。"
    ]
    assert [(await stored(past, number)).consent for number in (1, 2)] == [0, 0]


async def test_a_pressed_button_is_about_the_own_shares_of_who_pressed_it(past):
    await past.say("小李", "今天天气不错")
    assert await past.tap("老张", "旧分享 可以") == (
        "谢谢！你的 1 条旧分享现在可以在本会署名引用了。改主意的话，逐条说「删除 #号」。"
    )
    assert (await stored(past, 1)).consent == Consent.NONE


async def test_each_one_may_be_deleted_or_published_by_its_author(past):
    await past.say("小李", "旧分享 计数")
    assert await said(past, "小李", "删除 #1") == ["#1 已删除，原文没有留下。"]
    (text,) = await said(past, "小李", "撤回同意 #2")
    assert text.startswith("#2 来自旧聊天，只计数")
    await past.say("小李", "公开 #2")
    assert (await stored(past, 2)).consent == Consent.PUBLIC


# The same words today


async def test_an_author_who_says_the_same_words_today_has_shared_them(past):
    (text,) = await said(past, "小李", FUEL.format(6, 1))
    assert text == ("收好 #1 油耗：轩逸 · 1万公里 · 6 L/100km。只在本会引用，「删除 #1」随时收回。")
    share = await stored(past, 1)
    assert (share.consent, share.at) == (Consent.CLUB, past.clock.now - 400 * DAY + 1)
    assert await past.balance("小李") == 0
    assert await stored(past, 5) is None


async def test_an_author_who_collects_their_old_message_has_shared_it(past):
    old = Quoted("old1", "小李", "小李", FUEL.format(6, 1))
    (text,) = await said(past, "小李", "收录", quote=old)
    assert text.startswith("收好 #1 油耗")
    assert (await stored(past, 1)).consent == Consent.CLUB
    assert await said(past, "小李", "收录", quote=old) == ["这条已经收过了，是 #1。"]


async def test_nobody_learns_from_collecting_that_it_is_kept(past):
    old = Quoted("old1", "小李", "小李", FUEL.format(6, 1))
    (text,) = await said(past, "小王", "收录", quote=old)
    assert text.startswith("小李，这条经验有人想收进车友会。")


async def test_nobody_is_paid_for_words_out_of_the_old_chat(past):
    assert await said(past, "小陈", FUEL.format(6, 1)) == [
        "这段话以前在群里有人说过了，说说你自己的经历吧。"
    ]
    assert await past.balance("小陈") == 0


async def test_an_old_message_that_is_edited_counts_as_it_reads_now(past):
    await past.say("小李", FUEL.format(6.8, 1), kind="edit", message="old1")
    share = await stored(past, 1)
    assert (share.facts.figure, share.consent) == (6.8, Consent.NONE)
    assert await past.say("小李", "#避坑 老板是骗子，轩逸别去", kind="edit", message="old1") == []
    assert (await stored(past, 1)).deleted


# Being forgotten


async def test_who_is_forgotten_is_neither_counted_nor_asked_nor_brought_back(past, bring_in):
    await past.say("小李", "旧分享 计数")
    await past.say("小李", "确认忘记")
    assert "2 位车主" in (await said(past, "小王", "问 轩逸 油耗"))[0]
    tally = await bring_in(("小李", FUEL.format(6, 1)), ("小李", FUEL.format(8, 8)), first=20)
    assert tally.outcomes == {"forgotten": 2}
    assert await past.say("小李", "我又回来了") == []


async def test_who_is_forgotten_before_being_asked_is_not_asked(past):
    await past.say("小李", "确认忘记")
    assert await past.say("小李", "我又回来了") == []
