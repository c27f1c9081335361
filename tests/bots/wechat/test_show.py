"""The outbox's messages as what is said in WeChat."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots import numbered
from bots.lengths import units
from bots.wechat import contents, show, xml
from bots.wechat.nouns import Kind, Request, SayFile, SayPicture, SayText
from storage.model import (
    HOUR,
    Attachment,
    Choice,
    Media,
    Message,
    Offer,
    Priority,
    Quoted,
    Reply,
)
from tests.bots.wechat.payloads import NOON, ROOM

TAKE, PASS_ON = Choice("抢红包", "抢 12"), Choice("接力", "接力 12")
NAMES = {"li": "小李", "zhang": "小张", "lei": "Li Lei"} | {f"m{n}": f"车友{n}" for n in range(9)}
HINT = "引用这条消息，回复数字。"
RULE = "- - - - - - - - - - - - - - -"


def outgoing(reply: Reply | str, **more: Any) -> Message:
    reply = Reply(reply) if isinstance(reply, str) else reply
    return Message(1, "wechat", **{"chat": ROOM, "account": "", "reply": reply, **more})


def and_others(people: int) -> str:
    return f"等 {people} 人"


def offers(message: Message) -> tuple[Offer, ...]:
    opening = show.opening(message, NAMES, and_others=and_others)
    return numbered.give(
        message.reply.choices,
        (),
        platform="wechat",
        chat=message.chat,
        at=NOON,
        private=not message.chat,
        head=numbered.head(opening),
    )


def asked(reply: Reply | str, **more: Any) -> tuple[Request, ...]:
    message = outgoing(reply, **more)
    found = show.requests(message, offers(message), NAMES, hint=HINT, and_others=and_others)
    for each in found:
        judge(each)
    return found


def judge(request: Request) -> None:
    """What WeChat and its gateways take as it is."""
    match request:
        case SayText(to, text):
            assert to
            assert text == text.strip()
            assert 1 <= units(text) <= show.TEXT_MAX
            assert "\n\n\n" not in text
            assert not re.search(r"[ \t]$", text, re.MULTILINE)
            assert "\x00" not in text
            assert text.encode()
            assert not xml.is_like(text)
            plain = contents.read("1", Kind.TEXT, text)
            assert plain is not None
            assert (plain.text, plain.quoted) == (text, None)
        case SayFile(_, name, content):
            assert re.fullmatch(r'[^/\\:*?"<>|\x00-\x1f]{1,64}', name)
            assert content.decode()


def texts(reply: Reply | str, **more: Any) -> list[str]:
    return [each.text for each in asked(reply, **more) if isinstance(each, SayText)]


# What is said


def test_a_reply_is_a_message_in_its_room():
    assert asked("积分 < 100") == (SayText(ROOM, "积分 < 100"),)


def test_a_private_one_goes_to_the_person():
    assert asked("好", chat="", account="li") == (SayText("li", "好"),)


@pytest.mark.parametrize("reply", [Reply("汉 EV", to="badge"), Reply(""), Reply(" \n\u200b")])
def test_badges_and_nothing_are_never_said(reply):
    assert asked(reply) == ()


def test_a_change_is_said_anew():
    assert asked(Reply("抢到 3 份", slot="envelope:1"), edits="m1") == (SayText(ROOM, "抢到 3 份"),)


def test_words_then_pictures_then_the_file():
    reply = Reply(
        "账本",
        attachment=Attachment("账本/七月.csv", "小李,3\n"),
        pictures=(Media("picture", "p1"), Media("voice", "v1"), Media("picture", "p2")),
    )
    assert asked(reply) == (
        SayText(ROOM, "账本"),
        SayPicture(ROOM, "p1"),
        SayPicture(ROOM, "p2"),
        SayFile(ROOM, "账本_七月.csv", "小李,3\n".encode()),
    )


@pytest.mark.parametrize("name", ["", "...", "\u202ea.exe", "x" * 300 + ".txt", "a\x00b", "\ud800"])
def test_a_file_has_a_name_whatever_it_was_called(name):
    (file,) = asked(Reply("", attachment=Attachment(name, "")))
    assert isinstance(file, SayFile)
    assert file.content == b"\n"


# Numbered lines


def test_choices_stand_below_with_the_hint():
    assert texts(Reply("红包 60 分。", (TAKE, PASS_ON))) == [
        f"红包 60 分。\n\n1. 抢红包\n2. 接力\n{HINT}"
    ]


def test_without_numbers_there_is_no_hint():
    door = Reply("这件事要私下说。", (Choice("打开私聊", "帮助", private=True),))
    assert texts(door) == ["这件事要私下说。\n\n打开私聊：「帮助」"]
    assert texts(door, chat="", account="li") == [f"这件事要私下说。\n\n1. 打开私聊\n{HINT}"]


def test_choices_alone_are_a_message():
    assert texts(Reply("", (TAKE,))) == [f"1. 抢红包\n{HINT}"]


def test_of_a_long_text_they_stand_below_the_last_part():
    first, last = texts(Reply("字" * 3_000, (TAKE,)))
    assert "1. " not in first
    assert last.endswith(f"\n\n1. 抢红包\n{HINT}")


@settings(max_examples=80, deadline=None)
@given(
    st.text(max_size=80) | st.just("长文。" * 900),
    st.lists(st.text(max_size=30), min_size=1, max_size=20),
    st.booleans(),
)
def test_a_quote_of_what_was_said_chooses_what_was_offered(text, labels, named):
    choices = tuple(Choice(label, f"说 {number}") for number, label in enumerate(labels))
    message = outgoing(Reply(text, choices), asker="li" if named else "")
    known = offers(message)
    (*_, last) = texts(message.reply, asker=message.asker)
    for offer in known:
        quoted = Quoted("", "", "小助手", last)
        found = numbered.chosen(str(offer.number), known, at=NOON + 9 * HOUR, quoted=quoted)
        assert found == offer


# Who is answered


def test_who_is_answered_is_mentioned():
    assert asked("手慢了。", asker="li") == (SayText(ROOM, "@小李\u2005手慢了。", ("li",)),)
    assert texts("手慢了。", asker="lei") == ["@Li Lei\u2005手慢了。"]


@pytest.mark.parametrize(
    ("reply", "more"),
    [
        ("小李你有 100 分。", {}),
        ("手慢了。", {"chat": "", "account": "li"}),
        ("手慢了。", {"asker": "nobody"}),
        (Reply("红包还有 3 份。", slot="envelope:1"), {}),
        (Reply("红包还有 3 份。", live=True), {}),
    ],
)
def test_but_not_who_is_named_in_one_word_nor_where_it_is_for_all(reply, more):
    (said,) = asked(reply, **{"asker": "li", **more})
    assert isinstance(said, SayText)
    assert "\u2005" not in said.text
    assert said.mentions == ()


@pytest.mark.parametrize(
    "text", ["小李，你有 100 分。", "@小李 你有 100 分。", "小李 你有 100 分。"]
)
def test_a_name_at_the_beginning_becomes_the_mention(text):
    (said,) = asked(text, asker="li")
    assert said == SayText(ROOM, "@小李\u2005你有 100 分。", ("li",))


@pytest.mark.parametrize("name", ["所有人", "all", "@all", " ", "\u2005"])
def test_nobody_is_called_everybody(name):
    message = outgoing("好", asker="x")
    assert show.requests(message, (), {"x": name}) == (SayText(ROOM, "好"),)


def also(reply: str | Reply, asker: str) -> Message:
    return outgoing(reply, asker=asker)


def test_several_answers_are_one_message_and_equal_ones_are_said_once():
    (said,) = asked(
        "手慢了。",
        asker="li",
        also=(also("小王，你有 3 分。", "wang"), also("手慢了。", "zhang"), also("手慢了。", "li")),
    )
    assert said == SayText(
        ROOM, "@小李\u2005@小张\u2005手慢了。\n小王，你有 3 分。", ("li", "zhang")
    )


def test_of_a_crowd_only_some_are_named():
    crowd = tuple(also("手慢了。", f"m{n}") for n in range(1, 9))
    (said,) = asked("手慢了。", asker="m0", also=crowd)
    assert isinstance(said, SayText)
    names = "".join(f"@车友{n}\u2005" for n in range(5))
    assert said.text == f"{names}等 9 人 手慢了。"
    assert said.mentions == ("m0", "m1", "m2", "m3", "m4")


def test_who_gets_points_is_named():
    got = Reply("抢到 3 分 🎉", to="actor", priority=Priority.MONEY)
    crowd = tuple(also(got, f"m{n}") for n in range(1, 9))
    (said,) = asked(got, asker="m0", also=crowd)
    assert isinstance(said, SayText)
    names = "".join(f"@车友{n}\u2005" for n in range(9))
    assert said.text == f"{names}抢到 3 分 🎉"
    assert len(said.mentions) == 9


def test_each_part_mentions_those_it_names():
    (first, last) = asked("甲" * 1_995, asker="li", also=(also("乙" * 500, "zhang"),))
    assert isinstance(first, SayText)
    assert isinstance(last, SayText)
    assert (first.mentions, last.mentions) == (("li",), ("zhang",))


# How it looks


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("一  \n二\t\n\n\n\n三\n", "一\n二\n\n三"),
        ("\u200b积\u2060分\ufeff\u3164", "积分"),
        ("a\x00b\ud83dc", "abc"),
        ("一\r\n二\u2028三", "一\n二\n三"),
        ("<msg>你好", "＜msg>你好"),
        ("&lt;msg>", "＜msg>"),
        ("wxid_li:\n<msg>", "wxid_li:\n＜msg>"),
        (f"「小李：好」\n{RULE}\n对", "「小李：好」\n——————\n对"),
        ("👨‍👩‍👧 1️⃣ [微笑] 🏴\U000e0067\U000e007f", "👨‍👩‍👧 1️⃣ [微笑] 🏴\U000e0067\U000e007f"),
    ],
)
def test_texts_are_folded_to_wechats_habits(text, shown):
    assert texts(text) == [shown]


def test_a_long_text_is_divided_and_a_text_without_end_is_cut():
    assert texts("字" * 4_500) == ["字" * 2_000, "字" * 2_000, "字" * 500]
    parts = texts("字" * 50_000)
    assert len(parts) == show.PARTS_MAX
    assert parts[-1].endswith("…")


def test_what_is_to_be_said_stays_in_one_message():
    parts = texts("字" * 1_990 + "「红包 60 5 口令 海豹上山」" + "字" * 300)
    assert any("「红包 60 5 口令 海豹上山」" in part for part in parts)


def visible(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["字" * 90, "。", "\n\n", "\n", " ", "👍🏽" * 9, "ab "]), max_size=90)
)
def test_nothing_is_lost_at_a_division(pieces):
    text = "".join(pieces)
    assert visible("".join(texts(text))) == visible(text)


@settings(max_examples=120, deadline=None)
@given(
    st.text(st.characters(exclude_categories=()), max_size=200)
    | st.sampled_from(
        [f"「甲：乙」\n{RULE}\n", "&lt;", "<\n\n\n", " \n<", "「甲：\n- - - - \n」\n"]
    ),
    st.lists(
        st.builds(Choice, st.text(max_size=50), st.text(max_size=50), st.booleans()), max_size=25
    ),
    st.sampled_from(["", "li", "lei", "nobody"]),
    st.booleans(),
)
def test_whatever_is_said_wechat_takes_it(text, choices, asker, private):
    where = {"chat": "", "account": "li"} if private else {}
    asked(Reply(text, tuple(choices)), asker=asker, **where)
