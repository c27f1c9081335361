"""What the pretend chat service keeps survives restarts, crashes and torn lines."""

import json
import resource
from pathlib import Path

import pytest

from bots.local import read, room
from bots.local.nouns import GROUP, Line, Post
from bots.local.room import Room, RoomError
from storage.model import Answer, Event
from tests.support.world import START, Clock


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "local-group.jsonl"


def opened(file: Path, clock: Clock | None = None, members: int = 6) -> Room:
    return Room(file, "本地车友会", members, clock or Clock())


def do(place: Room, verb: str, **body: object) -> Event:
    line = read.change(verb, json.dumps(body).encode(), place.scene())
    place.write(line)
    assert line.event is not None
    return line.event


def bot_says(place: Room, text: str, chat: str = GROUP) -> str:
    number = place.scene().number
    place.write(Line(number, post=Post(str(number), chat, "bot", "小助手", text, START)))
    return str(number)


def texts(place: Room) -> list[str]:
    return [post.text for post in place.posts()]


def test_everything_is_there_after_a_restart(file):
    first = opened(file)
    said = do(first, "say", account="m2", text="你好")
    do(first, "edit", account="m2", message=said.message, text="你们好")
    bot_says(first, "悄悄话", "private:m2")
    do(first, "leave", account="m3")
    tap = Event("local:x", "local", GROUP, "m2", "小李", "抢 1", START, "tap", message=said.message)
    first.settle(tap, Answer(tap="抢到 3 分"))

    again = opened(file)
    assert texts(again) == ["你们好", "", "悄悄话"]
    assert not again.people["m3"].present
    assert again.taps[said.message, "m2"].answer == "抢到 3 分"
    assert not again.is_new
    assert again.has_spoken


def test_a_torn_last_line_costs_only_itself(file):
    first = opened(file)
    do(first, "say", account="m2", text="一")
    do(first, "say", account="m2", text="二")
    whole = file.read_bytes()
    for cut in range(1, 40):
        file.write_bytes(whole[:-cut])
        torn = opened(file)
        assert texts(torn)[0] == "一"
        assert torn.broken_lines == (1 if cut > 1 else 0)
        do(torn, "say", account="m2", text="三")
        assert texts(opened(file))[-1] == "三"
        assert opened(file).broken_lines == 0


def test_rubbish_in_the_middle_is_left_out(file):
    first = opened(file)
    do(first, "say", account="m2", text="一")
    with file.open("ab") as out:
        out.write(b"\x00\xff rubbish\n\n{}\n[]\n")
    do(first, "say", account="m2", text="二")
    again = opened(file)
    assert texts(again) == ["一", "二"]
    assert again.broken_lines == 2


def test_what_was_not_acknowledged_is_still_owed_in_order(file):
    first = opened(file)
    events = [do(first, "say", account="m2", text=text) for text in "一二三"]
    first.settle(events[1], Answer())
    for _ in range(2):
        assert list(opened(file).owed.values()) == [events[0], events[2]]


def test_numbers_never_come_again(file):
    clock = Clock()
    seen: set[str] = set()
    for _ in range(3):
        place = opened(file, clock)
        for text in "一二三":
            event = do(place, "say", account="m2", text=text)
            assert event.id not in seen
            seen.add(event.id)
            place.settle(event, Answer())
    # Even when the whole file is lost: the clock has gone on.
    file.unlink()
    clock.move(1000)
    assert do(opened(file, clock), "say", account="m2", text="四").id not in seen


def test_the_last_500_messages_are_kept(file, monkeypatch):
    monkeypatch.setattr(room, "POSTS_MAX", 5)
    first = opened(file)
    for number in range(20):
        bot_says(first, str(number))
        bot_says(first, f"悄悄 {number}", "private:m2")
    expected = [f"{who}{number}" for who in ("", "悄悄 ") for number in range(15, 20)]
    assert texts(first) == expected
    again = opened(file)
    assert texts(again) == expected
    assert len(file.read_text().splitlines()) == 11


def test_the_file_is_written_anew_before_it_grows_for_ever(file, monkeypatch):
    monkeypatch.setattr(room, "LINES_MAX", 10)
    place = opened(file)
    said = do(place, "say", account="m2", text="一")
    for number in range(100):
        event = do(place, "edit", account="m2", message=said.message, text=str(number))
        place.settle(event, Answer())
    assert len(file.read_text().splitlines()) <= 12
    assert texts(opened(file)) == ["99"]


def test_no_more_may_be_owed_than_its_limit(file, monkeypatch):
    monkeypatch.setattr(room, "OWED_MAX", 2)
    place = opened(file)
    do(place, "say", account="m2", text="一")
    do(place, "say", account="m2", text="二")
    with pytest.raises(RoomError, match="waiting"):
        do(place, "say", account="m2", text="三")
    assert texts(place) == ["一", "二"]


def test_what_cannot_be_written_did_not_happen(file):
    place = opened(file)
    do(place, "say", account="m2", text="一")
    file.unlink()
    file.mkdir()
    with pytest.raises(RoomError, match="cannot be written"):
        do(place, "say", account="m2", text="二")
    assert texts(place) == ["一"]


def test_half_a_line_is_taken_back_when_the_disk_is_full(file):
    place = opened(file)
    do(place, "say", account="m2", text="一")
    before = file.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 7, hard))
    try:
        with pytest.raises(RoomError, match="No space left"):
            do(place, "say", account="m2", text="二")
        assert file.read_bytes() == before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    do(place, "say", account="m2", text="三")
    assert texts(opened(file)) == ["一", "三"]


def test_fewer_members_than_before_do_no_harm(file):
    first = opened(file, members=8)
    do(first, "say", account="m8", text="我是车友8")
    do(first, "leave", account="m7")
    again = opened(file, members=2)
    assert texts(again) == ["我是车友8", ""]
    assert list(again.people) == ["m1", "m2"]


def test_a_reader_follows_from_where_it_stopped(file):
    place = opened(file)
    start = place.feed.last
    bot_says(place, "一")
    bot_says(place, "二")
    changes = place.feed.since(start)
    assert changes is not None
    assert [change["number"] for change in changes] == [START, START + 1]
    assert "一" in str(changes[0])
    assert "二" in str(changes[1])
    assert place.feed.since(place.feed.last) == []
    assert place.feed.since(start - 1) is None
    assert place.feed.since(place.feed.last + 1) is None
    assert opened(file).feed.since(place.feed.last) == []
