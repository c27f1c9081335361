"""⭐: what several find worth keeping is asked of its author."""

import pytest

from storage.model import Consent, Quoted

WORDS = "轩逸 百公里6.5升 开了2万公里，一直很省油"
ASKED = "3 位车友觉得这条值得留下。作者愿意收进车友会的话，本人按一下。"


async def star(room, name, message="m77", author="小李", text="⭐"):
    quoted = Quoted(message, author) if author else None
    return await room.say(name, text, kind="starred", message=message, quote=quoted)


async def shares(room):
    async def look(work):
        await room._enter(work)
        return [await work.shares.share(number) for number in (1, 2)]

    return [share for share in await room.store.read(look) if share is not None]


async def test_three_people_make_the_bot_ask_the_author(room):
    assert await star(room, "甲") == await star(room, "乙") == []
    (asked,) = await star(room, "丙")
    assert (asked.text, [each.says for each in asked.choices]) == (ASKED, ["收录"])
    assert await star(room, "丁") == [], "once is enough"


async def test_the_author_presses_and_it_is_kept(room):
    for name in ("甲", "乙", "丙"):
        await star(room, name)
    theirs = Quoted("m77", "小李", "小李", WORDS)
    told = await room.tap("小李", "收录", quote=theirs)
    assert told.startswith("收好 #1 油耗：轩逸")
    (share,) = await shares(room)
    assert (share.text, share.message, share.consent) == (WORDS, "m77", Consent.CLUB)


async def test_somebody_else_who_presses_keeps_nothing(room):
    theirs = Quoted("m77", "小李", "小李", WORDS)
    assert await room.tap("小张", "收录", quote=theirs) == "只有 小李 自己能收下这条。"
    assert await shares(room) == []
    assert await room.read() == []


async def test_where_the_message_is_gone_the_tap_says_how(room):
    told = await room.tap("小李", "收录")
    assert told == "回复你自己的那条消息说「收录」，我就把它收好。"


async def test_people_are_counted_and_not_stars(room):
    for _ in range(5):
        assert await star(room, "甲") == []
    assert await star(room, "小李") == [], "one's own does not count"
    assert await star(room, "乙") == []
    assert await star(room, "乙", text="") == []
    assert await star(room, "丙") == []
    assert [each.text for each in await star(room, "丁")] == [ASKED]


async def test_a_star_taken_back_and_given_again_asks_nobody_twice(room):
    for name in ("甲", "乙"):
        await star(room, name)
    (asked,) = await star(room, "丙")
    await star(room, "丙", text="")
    (again,) = await star(room, "丙")
    assert again.message == asked.message, "the same message, as it was"


async def test_what_the_bot_said_is_no_share(room):
    (heard,) = await room.say("小王", "积分")
    for name in ("甲", "乙", "丙"):
        assert await star(room, name, heard.message, author="") == []


async def test_what_is_kept_already_is_not_asked_for(room):
    await room.say("小李", f"#油耗 {WORDS}", message="m77")
    for name in ("甲", "乙", "丙"):
        assert await star(room, name) == []


async def test_an_unknown_author_is_asked_all_the_same(room):
    for name in ("甲", "乙"):
        await star(room, name, author="")
    (asked,) = await star(room, "丙", author="")
    assert asked.text == ASKED


@pytest.mark.parametrize(("said", "people"), [("1", 1), ("５", 5)])
async def test_the_club_says_how_many(room, said, people):
    await room.say("小王", f"设置 收录 {said}", private=True)
    for number in range(people - 1):
        assert await star(room, f"车友{number}") == []
    assert len(await star(room, "最后")) == 1


async def test_the_club_may_say_never(room):
    (heard,) = await room.say("小王", "设置 收录 关", private=True)
    assert "收录：关" in heard.text
    for name in ("甲", "乙", "丙"):
        assert await star(room, name) == []


@pytest.mark.parametrize("said", ["0", "51", "-1", "三", "1" * 30])
async def test_a_number_nobody_can_mean_is_refused(room, said):
    (heard,) = await room.say("小王", f"设置 收录 {said}", private=True)
    assert heard.text == "几个 ⭐ 才问作者？1 到 50 之间，或者「关」。"


async def test_nothing_of_the_message_is_written_down(room):
    for name in ("甲", "乙"):
        await star(room, name)
    file = room.store.path
    assert WORDS.encode() not in file.read_bytes() + file.with_name(f"{file.name}-wal").read_bytes()


async def test_a_forgotten_member_leaves_no_star(room):
    await star(room, "甲")
    await star(room, "乙")
    await room.say("甲", "确认忘记")
    assert await star(room, "丙") == []
    assert len(await star(room, "丁")) == 1
