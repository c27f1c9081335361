"""What the page asks for becomes an Event, or a plain no."""

import json

import pytest

from bots.local import read
from bots.local.nouns import GROUP, Line, Person, Post, people, private_chat
from bots.local.read import BadRequest, Scene
from storage.model import Choice, Event, Media, Mention, Quoted
from tests.support.world import START

PICTURE = "ab" * 32


def a_post(post_id: str, account: str, text: str = "", **more: object) -> Post:
    name = "小助手" if account == "bot" else PEOPLE[account].name
    return Post(post_id, str(more.pop("chat", GROUP)), account, name, text, START, **more)  # type: ignore[arg-type]


PEOPLE = people(8)
OFFER = (Choice("抢红包", "抢 1"),)
POSTS = {
    post.id: post
    for post in (
        a_post("5", "m2", "油耗 7 个"),
        a_post("6", "bot", "红包来了", choices=OFFER, offered=("抢 1", "抢 0")),
        a_post("7", "bot", "只给你看", chat="private:m3", choices=OFFER, offered=("抢 1",)),
        a_post("8", "m3", "", kind="left"),
    )
}


def ask(verb: str, **body: object) -> Line:
    scene = Scene("本地车友会", PEOPLE, POSTS.get, 9, START)
    return read.change(verb, json.dumps(body).encode(), scene)


def told(line: Line) -> Event:
    assert line.event is not None
    return line.event


def test_what_is_said_in_the_group():
    line = ask("say", account="m2", text="积分")
    assert told(line) == Event(
        id="local:9",
        platform="local",
        chat="group",
        account="m2",
        name="小李",
        text="积分",
        at=START,
        message="9",
        title="本地车友会",
        lacks=("links",),
    )
    assert line.post == Post("9", "group", "m2", "小李", "积分", START)


def test_only_the_first_member_owns_the_group_and_nobody_owns_a_private_chat():
    assert told(ask("say", account="m1", text="建会 甲")).owner
    assert not told(ask("say", account="m2", text="建会 甲")).owner
    assert not told(ask("say", account="m1", text="设置", private=True)).owner


def test_what_is_said_in_private():
    event = told(ask("say", account="m3", text="绑车", private=True))
    assert (event.chat, event.private, event.title) == ("private:m3", True, "")


def test_calling_the_bot_or_answering_it_addresses_it():
    assert told(ask("say", account="m2", text="@小助手 帮助")).addressed
    assert told(ask("say", account="m2", text="好的", quotes="6")).addressed
    assert not told(ask("say", account="m3", text="收录", quotes="5")).addressed


def test_a_quoted_message_goes_along():
    event = told(ask("say", account="m3", text="收录", quotes="5"))
    assert event.quoted == Quoted("5", "m2", "小李", "油耗 7 个")


def test_members_are_mentioned_by_their_whole_names():
    event = told(ask("say", account="m2", text="@小张 @车友8 @车友7和@小张 谢谢，@谁"))
    assert event.mentions == (
        Mention("m3", "小张"),
        Mention("m8", "车友8"),
        Mention("m7", "车友7"),
    )


def test_the_longer_name_wins():
    scene = Scene("", people(80), POSTS.get, 9, START)
    body = json.dumps({"account": "m1", "text": "@车友77 好"}).encode()
    assert told(read.change("say", body, scene)).mentions == (Mention("m77", "车友77"),)


def test_a_picture_needs_no_words():
    assert told(ask("say", account="m2", media=[PICTURE])).media == (Media("picture", PICTURE),)


def test_a_long_text_reaches_the_house_whole():
    line = ask("say", account="m2", text="长" * 30_000)
    assert len(told(line).text) == 30_000
    assert line.post is not None
    assert len(line.post.text) == read.TEXT_KEPT_MAX


def test_an_edit_keeps_the_message_and_is_an_event_of_its_own():
    line = ask("edit", account="m2", message="5", text="油耗 8 个")
    event = told(line)
    assert (event.kind, event.id, event.message) == ("edit", "local:9", "5")
    assert event.text == "油耗 8 个"
    assert line.post is not None
    assert (line.post.id, line.post.text, line.post.edited) == ("5", "油耗 8 个", True)


def test_a_tap_says_what_the_choice_says():
    event = told(ask("tap", account="m4", message="6", says="抢 1"))
    assert (event.kind, event.text, event.message, event.chat) == ("tap", "抢 1", "6", "group")


def test_a_tap_on_a_button_that_just_went_still_counts_as_a_tap():
    assert told(ask("tap", account="m4", message="6", says="抢 0")).text == "抢 0"


def test_leaving_is_told_and_shown():
    line = ask("leave", account="m2")
    assert told(line).kind == "left"
    assert line.person == Person("m2", "小李", present=False)
    assert line.post is not None
    assert line.post.kind == "left"


def test_who_left_speaks_only_in_private_until_coming_back():
    absent = PEOPLE | {"m2": Person("m2", "小李", present=False)}
    scene = Scene("", absent, POSTS.get, 9, START)
    for verb, body in (
        ("say", {"account": "m2", "text": "在吗"}),
        ("tap", {"account": "m2", "message": "6", "says": "抢 1"}),
        ("leave", {"account": "m2"}),
    ):
        with pytest.raises(BadRequest, match="account"):
            read.change(verb, json.dumps(body).encode(), scene)
    private = json.dumps({"account": "m2", "text": "在吗", "private": True}).encode()
    assert told(read.change("say", private, scene)).chat == private_chat("m2")
    back = read.change("join", b'{"account": "m2"}', scene)
    assert told(back).kind == "joined"


@pytest.mark.parametrize(
    ("verb", "body", "place"),
    [
        ("say", {"account": "m99", "text": "嗨"}, "account"),
        ("say", {"account": 3, "text": "嗨"}, "account"),
        ("say", {"text": "嗨"}, "account"),
        ("say", {"account": "m2"}, "text"),
        ("say", {"account": "m2", "text": " \n"}, "text"),
        ("say", {"account": "m2", "text": ["嗨"]}, "text"),
        ("say", {"account": "m2", "text": "嗨", "private": "yes"}, "private"),
        ("say", {"account": "m2", "text": "嗨", "owner": True}, "owner"),
        ("say", {"account": "m2", "text": "嗨", "quotes": "99"}, "quotes"),
        ("say", {"account": "m2", "text": "嗨", "quotes": "7"}, "quotes"),
        ("say", {"account": "m2", "text": "嗨", "media": ["../../etc/passwd"]}, "media"),
        ("say", {"account": "m2", "text": "嗨", "media": [PICTURE] * 10}, "media"),
        ("edit", {"account": "m3", "message": "5", "text": "不是我的"}, "message"),
        ("edit", {"account": "m2", "message": "6", "text": "是机器人的"}, "message"),
        ("edit", {"account": "m3", "message": "8", "text": "没说过话"}, "message"),
        ("edit", {"account": "m2", "message": "5", "text": ""}, "text"),
        ("tap", {"account": "m2", "message": "6", "says": "提现 1000"}, "says"),
        ("tap", {"account": "m2", "message": "99", "says": "抢 1"}, "says"),
        ("tap", {"account": "m2", "message": "7", "says": "抢 1"}, "message"),
        ("join", {"account": "m2"}, "account"),
    ],
)
def test_what_the_page_would_not_ask_is_refused_in_one_short_line(verb, body, place):
    with pytest.raises(BadRequest) as caught:
        ask(verb, **body)
    assert str(caught.value).startswith(place)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"account": "m2"',
        b'{"account": "m2", "text": "\xff"}',
        b'{"account": "m2", "text": "\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_bad_json_is_refused(body):
    with pytest.raises(BadRequest):
        read.change("say", body, Scene("", PEOPLE, POSTS.get, 9, START))


def test_names_go_on_by_number():
    assert [person.name for person in PEOPLE.values()][-3:] == ["小美", "车友7", "车友8"]
    assert [person.owner for person in PEOPLE.values()] == [True] + [False] * 7
    assert len(people(500)) == 500
    assert list(people(1)) == ["m1"]
