"""What stands in WeChat's messages, and who is meant by them."""

import html
import time

import pytest

from bots.wechat import contents, mentions, xml
from bots.wechat.contents import Contents
from bots.wechat.mentions import Words
from bots.wechat.nouns import Kind
from storage.model import Media, Mention, Quoted
from tests.bots.wechat import payloads
from tests.bots.wechat.payloads import ME, app, quote, recall

LI, ZHANG = Mention("wxid_li", "小李"), Mention("wxid_z", "小张")
BOT = Mention("wxid_bot", "小助手")
RULE = "- - - - - - - - - - - - - - -"


def read(text: str, kind: int = Kind.UNKNOWN) -> Contents | None:
    return contents.read("9001", kind, text)


def text_of(text: str, kind: int = Kind.UNKNOWN) -> str:
    found = read(text, kind)
    assert found is not None
    return found.text


# XML


def test_plain_words_are_what_they_are():
    assert read("积分 [微笑] <3", Kind.TEXT) == Contents("积分 [微笑] <3")


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.UNKNOWN, Kind.LINK, 49, 16])
def test_a_quote_is_understood_under_whatever_type_it_comes(kind):
    assert read(quote("收录", "海豹 2 万公里"), kind) == Contents(
        "收录", quoted=Quoted("8001", "wxid_wang", "小王", "海豹 2 万公里")
    )


def test_it_may_stand_behind_the_senders_id_and_be_escaped():
    plain = quote("收录", "海豹 2 万公里")
    expected = read(plain)
    for text in (f"wxid_li:\n{plain}", html.escape(plain), f"wxid_li:<br/>{html.escape(plain)}"):
        assert read(text) == expected
    assert read(html.escape(html.escape(plain))) == expected


def test_a_quoted_picture_is_a_picture_by_its_message():
    found = read(quote("收录", payloads.PICTURE, kind=3))
    assert found is not None
    assert found.quoted == Quoted("8001", "wxid_wang", "小王", "", (Media("picture", "8001"),))


@pytest.mark.parametrize(
    ("content", "kind", "media"),
    [
        (payloads.VIDEO, 43, "video"),
        (payloads.VOICE, 34, "voice"),
        (payloads.STICKER, 47, "sticker"),
        (payloads.FILE, 49, "file"),
        ("", 3, "picture"),
    ],
)
def test_whatever_is_quoted_is_known_by_its_kind(content, kind, media):
    found = read(quote("这个", content, kind=kind))
    assert found is not None
    assert found.quoted is not None
    assert found.quoted.media == (Media(media, "8001"),)


def test_a_quote_of_a_quote_quotes_its_words():
    found = read(quote("是的", quote("收录", "原文"), kind=49))
    assert found is not None
    assert found.quoted == Quoted("8001", "wxid_wang", "小王", "收录")


def test_a_quoted_link_is_nobodys_own_words():
    found = read(quote("收录", payloads.LINK, kind=49))
    assert found is not None
    assert found.quoted is not None
    assert found.quoted.forwarded == Mention("", "车评")


def test_quoted_words_may_begin_with_their_senders_id():
    found = read(quote("收录", "wxid_wang:\n海豹"))
    assert found is not None
    assert found.quoted is not None
    assert found.quoted.text == "海豹"


def test_in_private_the_quoted_account_stands_elsewhere():
    text = quote("好", "原文", account="").replace(payloads.ROOM, "wxid_wang")
    found = read(text)
    assert found is not None
    assert found.quoted is not None
    assert found.quoted.account == "wxid_wang"


def test_a_link_is_its_title_description_and_address_and_somebody_elses():
    assert read(payloads.LINK) == Contents(
        "冬天续航 #续航 打几折\n三年实测\nhttps://example.org/a?b=1&c=2",
        forwarded=Mention("", "车评"),
    )


def test_an_address_that_nobody_escaped_does_not_hide_the_rest():
    assert text_of(payloads.BAD_LINK) == "好文\nhttps://example.org/a?b=1&c=2"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (payloads.MINI_PROGRAM, "充电地图"),
        (payloads.CHANNEL, "老张修车\n异响怎么查"),
        (payloads.HISTORY, "群聊的聊天记录\n小李: 提车了\n小王: 恭喜"),
        (payloads.NOTE, "#接龙\n周六 9:00 出发\n\n1. 清川 海豹\n2. 大螃蟹 2人"),
        (payloads.UNKNOWN, "新东西"),
    ],
)
def test_what_was_passed_on_has_words_but_they_are_not_the_senders(text, words):
    found = read(text)
    assert found is not None
    assert found.text == words
    assert found.forwarded is not None


def test_places_cards_and_announcements_are_words():
    assert read(payloads.PLACE) == Contents("[位置] 超充站 上海市静安区")
    assert read(payloads.CARD) == Contents("[名片] 小张")
    assert read(payloads.ANNOUNCEMENT) == Contents("周六九点集合")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (payloads.TRANSFER, Kind.UNKNOWN),
        (payloads.RED_PACKET, Kind.LINK),
        (payloads.RED_PACKET, Kind.TEXT),
        (payloads.RED_PACKET, Kind.FILE),
        ("恭喜发财", Kind.RED_PACKET),
        ("", Kind.TRANSFER),
        (payloads.PAT, Kind.UNKNOWN),
        (payloads.SYSTEM_PAT, Kind.UNKNOWN),
        (payloads.FILE_COMING, Kind.FILE),
        ("", Kind.UNKNOWN),
        (" \n", Kind.TEXT),
    ],
)
def test_money_pats_and_nothing_are_nothing_to_us(text, kind):
    assert read(text, kind) is None


@pytest.mark.parametrize(
    ("kind", "text", "media"),
    [
        (Kind.PICTURE, payloads.PICTURE, "picture"),
        (Kind.PICTURE, "image-8f.jpg", "picture"),
        (Kind.UNKNOWN, payloads.PICTURE, "picture"),
        (Kind.VIDEO, "", "video"),
        (Kind.VOICE, payloads.VOICE, "voice"),
        (Kind.FILE, payloads.FILE, "file"),
        (Kind.UNKNOWN, payloads.FILE, "file"),
        (Kind.STICKER, payloads.STICKER, "sticker"),
    ],
)
def test_files_are_known_by_their_message(kind, text, media):
    assert read(text, kind) == Contents(media=(Media(media, "9001"),))


def test_a_message_taken_back_is_known_by_the_ids_it_may_have():
    assert read(recall(), Kind.RECALLED) == Contents(recalled=("8001", "1040"))
    assert read(f"{payloads.ROOM}:\n{recall()}", Kind.UNKNOWN) == Contents(
        recalled=("8001", "1040")
    )
    assert read("8001", Kind.RECALLED) == Contents(recalled=("8001",))
    assert read('"小李" 撤回了一条消息', Kind.RECALLED) is None


def test_nothing_is_taken_back_by_typing_so():
    assert read(recall(), Kind.TEXT) == Contents(recall())


@pytest.mark.parametrize("text", [payloads.BOMB, payloads.OUTSIDE])
def test_entities_are_refused_whole(text):
    assert xml.read(text) is None
    found = read(text)
    assert found is None or not ("aaaa" in found.text or "root:" in found.text)


def test_what_is_no_sound_xml_still_has_its_title():
    assert text_of(app(5, "好文")[:-30]) == "好文"
    assert text_of("<msg><title>甲 &amp; 乙</title>" + "x" * 300_000) == "甲 & 乙"
    assert read("<msg><broken", Kind.UNKNOWN) is None
    assert text_of("<3 这车", Kind.TEXT) == "<3 这车"


@pytest.mark.parametrize(
    "text",
    [
        "<a>" * 250_000,
        "<msg>" * 20_000 + "</msg>" * 20_000,
        "<title>" * 36_000,
        "&lt;" * 64_000,
        "<msg " + "a='1' " * 40_000 + "/>",
        "「小李：" + "」\n- - - " * 30_000,
        "「" * 200_000,
        "@" * 200_000,
        "@小 " * 60_000,
    ],
)
def test_nothing_takes_long(text):
    begin = time.perf_counter()
    for kind in (Kind.TEXT, Kind.UNKNOWN):
        read(text, kind)
    mentions.read(text, (BOT,), ME)
    assert time.perf_counter() - begin < 1.5


@pytest.mark.parametrize("text", ["<b>好</b>", "<msg>好</msg>", "<msg><neu/></msg>"])
def test_xml_that_somebody_typed_is_words(text):
    assert read(text, Kind.TEXT) == Contents(text)


def test_a_quote_that_tells_nothing_quotes_nothing():
    assert read(app(57, "收录")) == Contents("收录")
    assert read(app(57, "收录", "<refermsg><svrid>坏 的</svrid></refermsg>")) == Contents(
        "收录", quoted=Quoted("", "")
    )


def test_in_a_quote_the_room_is_nobody():
    found = read(quote("好", "原文", account=""))
    assert found is not None
    assert found.quoted is not None
    assert found.quoted.account == ""


# Quotes that are written as text


def test_a_quote_may_be_written_as_text():
    assert read(f"「小李：海豹 2 万公里」\n{RULE}\n收录", Kind.TEXT) == Contents(
        "收录", quoted=Quoted("", "", "小李", "海豹 2 万公里")
    )


def test_a_text_quote_of_a_text_quote_ends_at_the_last_line():
    found = read(f"「小李：「小王：甲」\n{RULE}\n乙」\n{RULE}\n丙", Kind.TEXT)
    assert found is not None
    assert (found.text, found.quoted and found.quoted.text) == ("丙", f"「小王：甲」\n{RULE}\n乙")


def test_quotation_marks_alone_quote_nothing():
    assert read("「小李：海豹」说得对", Kind.TEXT) == Contents("「小李：海豹」说得对")


# Mentions


def words(text: str, *mentioned: Mention, alias: str = "") -> Words:
    return mentions.read(text, mentioned, ME, alias)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("@小助手\u2005积分", "积分"),
        ("@小助手 积分", "积分"),
        ("＠小助手 积分", "积分"),
        ("@小助手，积分", "积分"),
        ("@小助手\u2005\n积分", "积分"),
        ("积分 @小助手\u2005", "积分"),
        ("积分@小助手", "积分"),
        ("@小助手\u2005@小助手\u2005积分", "积分"),
        ("@小助手", "@小助手"),
        ("请问@小助手\u2005油耗多少", "请问 @小助手 油耗多少"),
    ],
)
def test_a_call_to_the_bot_is_heard_and_cut_off_at_either_end(text, rest):
    assert words(text) == Words(rest, addressed=True)


@pytest.mark.parametrize("text", ["@小助手之友 你好", "@小助手2号 好", "a@小助手", "小助手 积分"])
def test_what_only_looks_like_it_is_no_call(text):
    assert words(text) == Words(text)


def test_the_name_it_has_in_the_room_is_a_call_too():
    assert words("@管家 积分", alias="管家") == Words("积分", addressed=True)


def test_a_call_is_known_by_its_id_whatever_the_name_is():
    assert words("@阿助\u2005积分", Mention("wxid_bot", "")) == Words("积分", addressed=True)
    assert words("积分", BOT) == Words("积分", addressed=True)


def test_members_are_called_as_they_are_in_the_text():
    assert words("给@阿李\u200530", LI) == Words("给 @阿李 30", (Mention("wxid_li", "阿李"),))
    assert words("@小李\u2005@小张\u2005好", LI, ZHANG) == Words("@小李 @小张 好", (LI, ZHANG))


def test_names_find_their_ids_in_whatever_order():
    found = words("给 @小张\u2005 @阿李\u2005 @小助手\u2005 30", LI, BOT, ZHANG)
    assert found.text == "给 @小张 @阿李 @小助手 30"
    assert set(found.mentions) == {ZHANG, Mention("wxid_li", "阿李")}
    assert found.addressed


def test_two_of_one_name_are_two():
    other = Mention("wxid_li2", "小李")
    assert words("@小李\u2005@小李\u2005 好", LI, other).mentions == (LI, other)


def test_a_member_with_the_bots_name_is_not_the_bot():
    twin = Mention("wxid_twin", "小助手")
    assert words("给 @小助手\u2005 30", twin) == Words("给 @小助手 30", (twin,))


def test_names_that_cannot_be_told_apart_are_not_guessed():
    found = words("@甲\u2005@乙\u2005 好", Mention("wxid_a", ""))
    assert found.text == "@甲 @乙 好"
    assert [each.name for each in found.mentions] == [""]


def test_a_name_with_spaces_stays_in_one_piece():
    lei = Mention("wxid_l", "Li Lei")
    assert words("给 @Li Lei\u2005 30", lei) == Words("给 @Li Lei 30", (lei,))
    # Who it is has to be found by the name, so its end must stay known.
    assert words("给 @Li Lei\u2005 30") == Words("给 @Li Lei\u200530")


def test_a_mention_by_text_alone_stays_in_the_text():
    assert words("给 @小李\u2005 30") == Words("给 @小李 30")
    assert words("给@小李 30") == Words("给 @小李 30")


def test_everybody_is_nobody():
    everybody = Mention("notify@all", "所有人")
    assert words("@所有人\u2005开会", everybody) == Words("@所有人 开会")
    assert words("@all hi") == Words("@all hi")


def test_an_address_is_no_mention():
    assert words("写到 li@example.org") == Words("写到 li@example.org")
