"""Tables of messages, whole and damaged, as plain lines."""

import gzip
import json
from contextlib import suppress
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bots.history.source import WrongFile, open_source
from bots.history.table import LINE_MAX, Table
from handlers.past import Line

NOON = 1_619_841_600_000  # 2021-05-01 12:00 in Shanghai
HEAD = "id,time,account,name,text\n"


@pytest.fixture
def read(tmp_path):
    """The lines of a table and how it ended."""

    def run(content, name="history.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with open_source(path) as source:
            table = Table(source, "c1", ZoneInfo("Asia/Shanghai"))
            return list(table.lines()), table.ending

    return run


def test_a_row_is_a_line_without_the_name(read):
    lines, ending = read(f"{HEAD}5,2021-05-01 12:00:00,u1,小李,轩逸省油\n")
    assert lines == [Line("c1", "5", "u1", NOON, "轩逸省油")]
    assert ending == ""


@pytest.mark.parametrize(
    "time",
    [
        "2021-05-01T12:00:00",
        "2021-05-01T04:00:00Z",
        "2021-05-01T05:00:00+01:00",
        "1619841600",
        "1619841600.0",
        "1619841600000",
    ],
)
def test_times_are_read_as_people_write_them(read, time):
    (line,), _ = read(f"{HEAD}5,{time},u1,,话\n")
    assert line.at == NOON


@pytest.mark.parametrize("time", ["", "yesterday", "nan", "inf", "9" * 400, "2021-13-01"])
def test_what_is_no_time_is_none(read, time):
    (line,), _ = read(f"{HEAD}5,{time},u1,,话\n")
    assert line.at == 0


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_may_stand_in_any_order_and_be_parted_otherwise(read, delimiter):
    rows = (("Text", "ACCOUNT", "time", "id"), ("话", "u1", "1619841600", "5"))
    lines, _ = read("\r\n".join(map(delimiter.join, rows)))
    assert lines == [Line("c1", "5", "u1", NOON, "话")]


def test_texts_may_be_quoted_and_have_several_lines(read):
    lines, _ = read(f'{HEAD}5,1619841600,u1,,"一,""二""\n三"\n6,1619841600,u1,,四\n')
    assert [line.text for line in lines] == ['一,"二"\n三', "四"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_letters_of_spreadsheets_are_read(read, encoding):
    text = f"{HEAD}5,1619841600,u1,小李,轩逸百公里6.5升\n"
    (line,), _ = read(text.encode(encoding))
    assert (line.text, line.unread) == ("轩逸百公里6.5升", None)


def test_objects_a_line_are_read_alike(read):
    rows = [
        {"id": 5, "time": 1619841600, "account": 7, "text": "话", "name": "小李", "more": [1]},
        {"id": "6", "time": "2021-05-01", "account": "8", "text": "二"},
    ]
    lines, ending = read("\n\n".join(map(json.dumps, rows)), "history.jsonl")
    assert [(line.message, line.account, line.text) for line in lines] == [
        ("5", "7", "话"),
        ("6", "8", "二"),
    ]
    assert ending == ""


def test_packed_tables_are_read_as_they_are(read):
    text = f"{HEAD}5,1619841600,u1,,话\n"
    assert len(read(gzip.compress(text.encode()), "history.csv.gz")[0]) == 1


@pytest.mark.parametrize(
    ("head", "missing"), [("id,time,text", "account"), ("a,b", "id, time, account, text"), ("", "")]
)
def test_a_table_without_the_columns_is_refused(read, head, missing):
    with pytest.raises(WrongFile, match=f"has no column {missing}"):
        read(f"{head}\n1,2,3\n")


# Damaged


@pytest.mark.parametrize(
    "row", ["5,1619841600,u1", "5,1619841600,u1,,话,more", "\ufffd,,,,", '5,1,u1,,"a"b']
)
def test_a_bad_row_is_passed_over(read, row):
    lines, ending = read(f"{HEAD}{row}\n6,1619841600,u1,,话\n")
    assert [line.unread for line in lines][-1] is None
    assert lines[-1].message == "6"
    assert ending == ""


@pytest.mark.parametrize(
    "row",
    ["[]", "7", '{"id": 5}', "{", '{"id": [], "time": 1, "account": 1, "text": ""}', "[" * 9_999],
)
def test_a_bad_object_is_passed_over(read, row):
    good = json.dumps({"id": 6, "time": 1619841600, "account": 7, "text": "话"})
    lines, ending = read(f"{row}\n{good}\n", "history.jsonl")
    assert [line.unread for line in lines] == ["damaged", None]
    assert ending == ""


def test_bytes_that_are_no_text_harm_only_their_own_row(read):
    rows = [f"{n},1619841600,u1,,轩逸省油{n}\n".encode() for n in range(1, 4)]
    rows[1] = rows[1].replace("省".encode(), b"\xff")
    lines, _ = read(HEAD.encode() + b"".join(rows))
    assert [line.unread for line in lines] == [None, "damaged", None]


def test_a_line_without_an_end_is_passed_over(read):
    long = "长" * LINE_MAX
    lines, _ = read(f"{HEAD}5,1619841600,u1,,{long}\n6,1619841600,u1,,话\n")
    assert [line.unread for line in lines] == ["damaged", None]


def test_a_text_whose_quote_never_ends_swallows_only_so_much(read):
    rows = "".join(f"{n},1619841600,u1,,话话话话话话话话\n" for n in range(20_000))
    lines, _ = read(f'{HEAD}5,1619841600,u1,,"开头{"x" * 10}\n{rows}')
    assert lines[0].unread == "damaged"
    assert lines[-1].message == "19999"
    assert len(lines) > 15_000


def test_a_table_cut_off_tells_its_end(read):
    whole = f"{HEAD}5,1619841600,u1,,话\n"
    for rest in ("6,16198", '6,1619841600,u1,,"半句'):
        lines, ending = read(whole + rest)
        assert [line.unread for line in lines] == [None, "damaged"]
        assert ending == "the file ends in the middle, after message 5"


def test_words_in_the_wrong_column_are_not_shown(read):
    _, ending = read(f"{HEAD}谁说的秘密,1619841600,u1,,话\n6,16198")
    assert ending == "the file ends in the middle, after message none"


def test_a_packed_table_cut_off_gives_what_could_be_unpacked(read):
    rows = "".join(f"{n},1619841600,u1,,{n * 7919 % 10_007}\n" for n in range(20_000))
    packed = gzip.compress((HEAD + rows).encode())
    lines, ending = read(packed[: len(packed) // 2], "history.csv.gz")
    assert len(lines) > 5_000
    assert ending.startswith("the file ends in the middle (")
    assert ending.endswith(f", after message {lines[-1].message}")


@pytest.mark.parametrize("seed", range(200))
def test_whatever_bytes_are_changed_reading_ends(read, seed):
    dice = Random(seed)
    name = dice.choice(("history.csv", "history.jsonl", "history.csv.gz"))
    if "csv" in name:
        rows = (f'{n},1619841600,u{n},小李,"轩逸省油，{n}升"\n' for n in range(30))
        data = bytearray((HEAD + "".join(rows)).encode())
    else:
        row = {"id": 1, "time": 1_619_841_600, "account": "u1", "text": "轩逸省油"}
        data = bytearray((json.dumps(row, ensure_ascii=False) + "\n").encode() * 30)
    if name.endswith(".gz"):
        data = bytearray(gzip.compress(bytes(data)))
    for _ in range(dice.randrange(1, 6)):
        data[dice.randrange(len(data))] = dice.choice(b'{}[]":,;\n\r\t\\x\xff\x009')
    with suppress(WrongFile):
        lines, _ = read(bytes(data), name)
        assert all(line.chat == "c1" for line in lines)
