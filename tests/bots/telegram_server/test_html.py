"""Telegram's HTML, read as Telegram reads it; offsets in refusals are bytes."""

import pytest

from tests.support.telegram import Refused
from tests.support.telegram.html import parse


def bold(offset, length, kind="bold"):
    return {"type": kind, "offset": offset, "length": length}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("没有标记", "没有标记", []),
        ("<b>粗</b>体", "粗体", [bold(0, 1)]),
        ("🚗<B>车</B >", "🚗车", [bold(2, 1)]),
        ("<b>一<i>二</i></b>", "一二", [bold(0, 2), bold(1, 1, "italic")]),
        ("1 &lt; 2 &amp;&quot;&#33;&#x21;", '1 < 2 &"!!', []),
        ("&laquo; &nbsp a & b", "&laquo; &nbsp a & b", []),
        ("<b></b>空", "空", []),
        ("<a href='https://a.cn/?x=1&amp;y=2'>看</a>", "看", [bold(0, 1, "text_link")]),
        ('<a href="tg://user?id=7">王</a>', "王", [bold(0, 1, "text_mention")]),
        ("<a href=''>无</a>", "无", []),
        ('<span class="tg-spoiler">密</span>', "密", [bold(0, 1, "spoiler")]),
        ("<blockquote expandable>引</blockquote>", "引", [bold(0, 1, "expandable_blockquote")]),
    ],
)
def test_what_members_see(source, text, entities):
    seen, found = parse(source)
    assert seen == text
    assert [{key: each[key] for key in ("type", "offset", "length")} for each in found] == entities


def test_links_keep_their_address_and_people_their_id():
    assert parse('<a href="https://a.cn/?x&amp;y">看</a>')[1][0]["url"] == "https://a.cn/?x&y"
    assert parse('<a href="tg://user?id=7">王</a>')[1][0]["user"] == {"id": 7}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("车<b>粗", 'Can\'t find end tag corresponding to start tag "b"'),
        ("车<think>", 'Unsupported start tag "think" at byte offset 3'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<i =x>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("好</b>", "Unexpected end tag at byte offset 3"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_what_is_broken(source, reason):
    with pytest.raises(Refused) as caught:
        parse(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"
