"""The bot's messages as the page draws them."""

from dataclasses import replace

from bots.local import show
from storage.model import Attachment, Choice, Media, Message, Reply
from tests.support.world import START

TAKE = Choice("抢红包", "抢 1")
CHECK = Choice("验手气", "验证 1")


def a_message(text: str = "好", *choices: Choice, account: str = "", edits: str = "") -> Message:
    chat = "" if account else "group"
    reply = Reply(text, choices, attachment=Attachment("账本.csv", "小李,3\n"))
    return Message(1, "local", chat, account, reply, quotes="4", edits=edits)


def test_a_message_is_drawn():
    assert show.drawn(show.post(a_message("红包来了", TAKE), "9", START)) == {
        "id": "9",
        "chat": "group",
        "account": "bot",
        "name": "小助手",
        "text": "红包来了",
        "at": START,
        "kind": "said",
        "quotes": "4",
        "choices": [{"label": "抢红包", "says": "抢 1"}],
        "attachment": {"name": "账本.csv", "size": 9},
        "media": [],
        "edited": False,
    }


def test_its_pictures_are_shown():
    pictures = tuple(Media("picture", content_hash * 64) for content_hash in "ab")
    message = replace(a_message(), reply=Reply("好", pictures=pictures))
    assert show.drawn(show.post(message, "9", START))["media"] == ["a" * 64, "b" * 64]


def test_a_private_message_goes_to_its_member_alone():
    assert show.post(a_message(account="m3"), "9", START).chat == "private:m3"


def test_an_edit_keeps_its_place_and_remembers_what_was_offered():
    former = show.post(a_message("还有", TAKE), "9", START)
    later = show.edited(a_message("抢完了", CHECK), former)
    assert (later.id, later.at, later.edited) == ("9", START, True)
    assert later.choices == (CHECK,)
    assert set(later.offered) == {"抢 1", "验证 1"}


def test_a_very_long_text_is_cut():
    text = show.post(a_message("长" * 30_000), "9", START).text
    assert len(text) == show.TEXT_MAX
    assert text.endswith("…")


def test_what_was_offered_is_limited():
    post = show.post(a_message(), "9", START)
    for number in range(300):
        choices = (Choice("抢", f"抢 {number}"),)
        post = show.edited(replace(a_message(), reply=Reply("红包", choices)), post)
    assert len(post.offered) == show.CHOICES_MAX
    assert post.offered[0] == "抢 299"
