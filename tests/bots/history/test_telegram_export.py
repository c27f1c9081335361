"""What Telegram Desktop exports, whole and damaged, as plain lines."""

import gzip
import json
from contextlib import suppress
from datetime import UTC
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bots.history.source import OtherChat, WrongFile, open_source
from bots.history.telegram_export import TEXT_MAX, TelegramExport
from bots.history.tokens import CHUNK, VALUE_MAX
from handlers.past import Line

GROUP = "-100777"
SAID = "我的轩逸百公里6.5升"


def message(number, text=SAID, **more):
    return {
        "id": number,
        "type": "message",
        "date": "2021-05-01T20:00:00",
        "date_unixtime": "1619870400",
        "from": "小李",
        "from_id": "user123",
        "text": text,
    } | more


def chat(*messages, **more):
    kind = {"name": "群", "type": "private_supergroup", "id": 777} | more
    return kind | {"messages": list(messages)}


@pytest.fixture
def put(tmp_path):
    """Writes a file: bytes as they are, anything else as JSON."""

    def write(content, name="result.json"):
        path = tmp_path / name
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        path.write_bytes(data)
        return path

    return write


def read(path, wanted=frozenset({GROUP}), zone=UTC):
    """The lines of a file and how it ended."""
    with open_source(path) as source:
        export = TelegramExport(source, wanted, zone)
        return list(export.lines()), export.ending


def unread(put, *messages):
    lines, _ = read(put(chat(*messages)))
    return [line.unread for line in lines]


def test_a_message_is_a_line_with_the_ids_that_bots_know(put):
    (line,), ending = read(put(chat(message(5))))
    assert line == Line(GROUP, "5", "123", 1_619_870_400_000, SAID)
    assert ending == ""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("private_group", "-777"),
        ("private_supergroup", "-100777"),
        ("public_supergroup", "-100777"),
    ],
)
def test_each_kind_of_group_has_its_form_of_id(put, kind, expected):
    (line,), _ = read(put(chat(message(5), type=kind)), wanted={expected})
    assert line.chat == expected


def test_a_text_in_pieces_is_put_together_without_what_it_quotes(put):
    pieces = [
        "前 ",
        {"type": "hashtag", "text": "#油耗"},
        {"type": "blockquote", "text": "别人说的"},
        {"type": "custom_emoji", "text": "👍", "document_id": {"nested": [1, [2]]}},
        " 后",
    ]
    (line,), _ = read(put(chat(message(5, pieces))))
    assert line.text == "前 #油耗👍 后"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"type": "service", "action": "pin_message"}, "service"),
        ({"type": "unsupported"}, "service"),
        ({"forwarded_from": "谁"}, "forwarded"),
        ({"forwarded_from": None}, "forwarded"),
        ({"saved_from": "群"}, "forwarded"),
        ({"via_bot": "@bot"}, "bot"),
        ({"inline_bot_buttons": [[{"type": "callback"}]]}, "bot"),
        ({"from_id": "channel9"}, "nobody"),
        ({"from_id": None}, "nobody"),
        ({"from_id": 2**33}, "nobody"),
        ({"text": None}, "damaged"),
        ({"text": 7}, "damaged"),
        ({"text": {"type": "bold"}}, "damaged"),
        ({"text": ["a", 7]}, "damaged"),
        ({"text": [["a"]]}, "damaged"),
        ({"text": [{"type": "bold"}]}, "damaged"),
        ({"text": "\ufffd"}, "damaged"),
    ],
)
def test_what_is_not_ones_own_words_says_why(put, more, why):
    assert unread(put, message(5, **more)) == [why]


def test_who_sends_buttons_is_a_bot_from_then_on(put):
    buttons = message(2, inline_bot_buttons=[])
    assert unread(put, message(1), buttons, message(3)) == [None, "bot", "bot"]
    both = message(2, inline_bot_buttons=[], via_bot="@gif")
    assert unread(put, both, message(3)) == ["bot", None]


@pytest.mark.parametrize("number", [None, "a", 1.5, [1], {}])
def test_a_message_without_a_number_has_no_id(put, number):
    (line,), _ = read(put(chat(message(number))))
    assert line.message == ""


def test_messages_that_are_none_are_told_and_passed_over(put):
    assert unread(put, 5, ["a"], None, message(1)) == ["damaged", "damaged", "damaged", None]


def test_old_exports_tell_a_date_without_a_zone_and_bare_numbers(put):
    old = message(5, from_id=123)
    del old["date_unixtime"]
    (line,), _ = read(put(chat(old)), zone=ZoneInfo("Asia/Shanghai"))
    assert (line.account, line.at) == ("123", 1_619_870_400_000)


def test_a_long_text_is_cut(put):
    lines, _ = read(put(chat(message(1, "长" * 50_000), message(2, ["长" * 15_000] * 2))))
    assert [len(line.text) for line in lines] == [50_000, TEXT_MAX]


# Where it lies


def test_a_folder_stands_for_the_export_in_it(put, tmp_path):
    put(chat(message(5)))
    assert len(read(tmp_path)[0]) == 1


def test_a_packed_export_is_read_as_it_is(put):
    packed = gzip.compress(json.dumps(chat(message(5))).encode())
    assert len(read(put(packed, "result.json.gz"))[0]) == 1


def test_a_mark_at_the_beginning_does_no_harm(put):
    assert len(read(put(b"\xef\xbb\xbf" + json.dumps(chat(message(5))).encode()))[0]) == 1


@pytest.mark.parametrize(
    ("name", "why"),
    [("messages.html", "is an export as HTML"), ("other.txt", "holds no result.json")],
)
def test_a_folder_without_the_export_says_what_is_wrong(put, tmp_path, name, why):
    put(b"", name)
    with pytest.raises(WrongFile, match=why):
        read(tmp_path)


def test_another_kind_of_file_is_refused(put):
    with pytest.raises(WrongFile, match="is none of"):
        read(put(b"", "history.txt"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(WrongFile, match="No such file"):
        read(tmp_path / "result.json")


# Whose it is


def test_another_chat_is_refused_by_its_id(put):
    with pytest.raises(OtherChat) as refused:
        read(put(chat(message(5))), wanted={"-100778"})
    assert refused.value.chat == GROUP
    lines, _ = read(put(chat(message(5))), wanted=None)
    assert [line.chat for line in lines] == [GROUP]


@pytest.mark.parametrize("kind", ["personal_chat", "saved_messages", "public_channel"])
def test_what_is_no_group_is_refused(put, kind):
    with pytest.raises(WrongFile, match=f"of no group .its type: {kind}"):
        read(put(chat(message(5), type=kind)), wanted=None)


ACCOUNT = {
    "about": "x",
    "personal_information": {"user_id": 1, "bio": ["a"]},
    "chats": {
        "about": "x",
        "list": [
            chat(message(1), type="personal_chat", id=123),
            7,
            chat(message(2)),
            chat(message(3), id=778),
        ],
    },
    "left_chats": {"list": [chat(message(4), type="private_group", id=55)]},
}


def test_of_a_whole_account_only_the_wanted_chats_are_read(put):
    lines, ending = read(put(ACCOUNT), wanted={GROUP, "-55"})
    assert [(line.chat, line.message) for line in lines] == [(GROUP, "2"), ("-55", "4")]
    assert ending == ""


def test_a_whole_account_without_the_chat_is_refused(put):
    with pytest.raises(WrongFile, match="holds no messages of -9"):
        read(put(ACCOUNT), wanted={"-9"})
    with pytest.raises(WrongFile, match="is a whole account; name one chat"):
        read(put(ACCOUNT), wanted=None)


# Damaged


def test_a_file_cut_off_anywhere_gives_all_before_and_tells_the_end(put):
    whole = json.dumps(chat(*(message(number) for number in range(1, 30)))).encode()
    for end in range(whole.index(b"[") + 1, len(whole), 37):
        lines, ending = read(put(whole[:end]))
        assert [line.message for line in lines] == [str(n) for n in range(1, len(lines) + 1)]
        last = lines[-1].message if lines else "none"
        assert ending == f"the file ends in the middle, after message {last}"


def test_a_file_damaged_in_the_middle_gives_all_before(put):
    whole = json.dumps(chat(*(message(number) for number in range(1, 9)))).encode()
    at = whole.index(b'"id": 5')
    lines, ending = read(put(whole[:at] + b"!" + whole[at:]))
    assert [line.message for line in lines] == ["1", "2", "3", "4"]
    assert ending == "the file is damaged, after message 4"


def test_a_packed_file_cut_off_gives_what_could_be_unpacked(put):
    dice = "".join(f"{number * 7919 % 10_007}" for number in range(60_000))
    packed = gzip.compress(json.dumps(chat(*(message(n, dice[n:]) for n in range(9)))).encode())
    lines, ending = read(put(packed[:-9], "result.json.gz"))
    assert lines
    assert "after message" in ending


def test_bytes_that_are_no_text_harm_only_their_own_message(put):
    data = json.dumps(chat(message(1), message(2, "坏XX"), message(3)), ensure_ascii=False)
    lines, ending = read(put(data.encode().replace(b"XX", b"\xff\xfe")))
    assert [line.unread for line in lines] == [None, "damaged", None]
    assert ending == ""


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x00\x01", b"[]", b"7", b'{"name": ', b"\xff\xfe{\x00", b"{" * 99]
)
def test_what_is_no_export_is_refused(put, content):
    with pytest.raises(WrongFile):
        read(put(content))


@pytest.mark.parametrize("content", [{}, {"messages": {}}, {"chats": []}, {"messages": []}])
def test_json_of_another_shape_is_refused(put, content):
    with pytest.raises(WrongFile):
        read(put(content))


def test_a_value_without_an_end_is_given_up(put):
    head = json.dumps(chat(message(1))).encode()[:-2]
    lines, ending = read(put(head + b', {"id": 2, "text": "' + b"x" * (VALUE_MAX + 2 * CHUNK)))
    assert [line.message for line in lines] == ["1"]
    assert ending == "the file holds a value that is too long, after message 1"


def test_depth_and_width_take_no_memory_and_do_no_harm(put):
    deep = message(1, note="DEEP")
    data = json.dumps(chat(deep, message(2, other=dict.fromkeys(map(str, range(9_000)))))).encode()
    lines, ending = read(put(data.replace(b'"DEEP"', b"[" * 50_000 + b"]" * 50_000)))
    assert [line.unread for line in lines] == [None, None]
    assert ending == ""


def test_a_number_of_thousands_of_digits_ends_the_reading_cleanly(put):
    data = json.dumps(chat(message(1), message(2))).encode()
    lines, ending = read(put(data.replace(b'"id": 2,', b'"id": ' + b"9" * 5_000 + b",")))
    assert [line.message for line in lines] == ["1"]
    assert ending == "the file is damaged, after message 1"


@pytest.mark.parametrize("seed", range(200))
def test_whatever_bytes_are_changed_reading_ends(put, seed):
    dice = Random(seed)
    pieces = ["前", {"type": "hashtag", "text": "#油耗"}, "后"]
    messages = (message(number, pieces if number % 2 else SAID) for number in range(1, 12))
    data = bytearray(json.dumps(chat(*messages), ensure_ascii=False).encode())
    for _ in range(dice.randrange(1, 6)):
        data[dice.randrange(len(data))] = dice.choice(b'{}[]":,\\x\xff\x009e-')
    with suppress(WrongFile):
        lines, _ = read(put(bytes(data)))
        assert all(line.chat == GROUP for line in lines)
