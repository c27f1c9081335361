"""The outbox's messages as what is asked of Telegram."""

from typing import Any

import pytest
from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.methods import (
    EditMessageText,
    SendDocument,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from teremok.validation import validate_method

from bots.telegram import show
from bots.telegram.nouns import (
    Button,
    EditText,
    Keyboard,
    Request,
    SendFile,
    SendPictures,
    SendText,
    SetBadge,
)
from storage.model import Attachment, Choice, Media, Message, Reply
from tests.bots.telegram.updates import ME
from tests.support.telegram.html import parse, units

JUDGE = Bot("1:a")
TAKE = Choice("抢红包", "抢 1")
GRAB = ((Button("抢红包", data="抢 1"),),)
LETTER = Attachment("账本.csv", "小李,3\n")
LONG = "字" * 5000
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)


def outgoing(reply: Reply | str, **more: Any) -> Message:
    reply = Reply(reply) if isinstance(reply, str) else reply
    return Message(1, "telegram", **{"chat": "-1001", "account": "", "reply": reply, **more})


def asked(reply: Reply | str, **more: Any) -> tuple[Request, ...]:
    found = show.requests(outgoing(reply, **more), ME)
    for each in found:
        judge(each)
    return found


def judge(request: Request) -> None:
    """By somebody else's reading of Telegram's rules, and by length, which theirs takes with the
    markup."""
    if isinstance(request, SendText | EditText):
        assert 1 <= units(parse(request.text)[0]) <= 4096 or request.invitation
    if isinstance(request, SendFile):
        assert units(parse(request.caption)[0]) <= 1024
        assert request.content
    if isinstance(request, SetBadge) or len(getattr(request, "text", "")) > 4000:
        return
    validate_method(JUDGE, as_method(request))


def as_method(request: Request) -> Any:
    html: Any = {"parse_mode": ParseMode.HTML}
    match request:
        case SendText(chat, text, _, _, rows):
            return SendMessage(chat_id=chat, text=text or "link", reply_markup=board(rows), **html)
        case EditText(chat, message, text, rows):
            return EditMessageText(
                chat_id=chat, message_id=message, text=text, reply_markup=board(rows), **html
            )
        case SendFile(chat, name, content, caption, _, _, rows):
            file = BufferedInputFile(content, name)
            return SendDocument(
                chat_id=chat, document=file, caption=caption, reply_markup=board(rows), **html
            )
        case SendPictures(chat, (photo,), _, as_file):
            if as_file:
                return SendDocument(chat_id=chat, document=photo)
            return SendPhoto(chat_id=chat, photo=photo)
        case SendPictures(chat, photos):
            album: Any = [InputMediaPhoto(media=photo) for photo in photos]
            return SendMediaGroup(chat_id=chat, media=album)
    raise AssertionError(request)


def board(rows: Keyboard) -> InlineKeyboardMarkup | None:
    shown = [
        [
            InlineKeyboardButton(text=b.label, callback_data=b.data or None, url=b.url or None)
            for b in row
        ]
        for row in rows
    ]
    return InlineKeyboardMarkup(inline_keyboard=shown) if shown else None


# Texts


def test_a_reply_is_a_message_in_its_chat():
    assert asked("积分 < 100") == (SendText(-1001, "积分 &lt; 100"),)


def test_it_answers_in_its_topic():
    assert asked(Reply("好", (TAKE,)), quotes="5", topic="77") == (
        SendText(-1001, "好", topic=77, quotes=5, keyboard=GRAB),
    )


def test_a_private_one_goes_to_the_person():
    assert asked("好", chat="", account="11", quotes="5") == (SendText(11, "好", quotes=5),)


def test_a_private_one_does_not_take_the_groups_topic_and_message_along():
    (sent,) = asked("好", chat="", account="11", topic="77", quotes="5", via="-1001")
    assert sent == SendText(11, "好")


def test_a_private_conversation_may_have_topics_of_its_own():
    assert asked("好", chat="", account="11", topic="3") == (SendText(11, "好", topic=3),)


def test_a_long_text_is_several_messages():
    first, last = asked(Reply(LONG, (TAKE,)), quotes="5", topic="77")
    assert first == SendText(-1001, "字" * 4096, topic=77, quotes=5)
    assert last == SendText(-1001, "字" * 904, topic=77, keyboard=GRAB)


def test_markup_does_not_count():
    (sent,) = asked("<" * 4096)
    assert sent == SendText(-1001, "&lt;" * 4096)


@pytest.mark.parametrize("text", ["", " \n ", "\u200b"])
def test_nothing_is_never_sent(text):
    assert asked(Reply(text, (TAKE,))) == ()
    assert asked(Reply(text), edits="9") == ()


def test_a_part_of_nothing_is_left_out():
    found = asked("头" + "\n" * 9000 + "尾")
    assert [each.text.strip() for each in found if isinstance(each, SendText)] == ["头", "尾"]


# Changes


def test_an_edit_changes_the_message_and_its_buttons():
    assert asked(Reply("抢完了", (TAKE,)), edits="9") == (EditText(-1001, 9, "抢完了", GRAB),)


def test_an_edit_without_choices_takes_the_buttons_away():
    (edit,) = asked("抢完了", edits="9")
    assert isinstance(edit, EditText)
    assert edit.keyboard == ()


def test_an_edit_that_does_not_fit_is_cut():
    (edit,) = asked(LONG, edits="9")
    assert edit == EditText(-1001, 9, "字" * 4095 + "…")


def test_what_may_be_changed_later_is_one_message_from_the_beginning():
    (sent,) = asked(Reply(LONG, (TAKE,), slot="envelope:1"))
    assert sent == SendText(-1001, "字" * 4095 + "…", keyboard=GRAB)


def test_a_file_is_not_sent_again_by_an_edit():
    assert asked(Reply("好", attachment=LETTER), edits="9") == (EditText(-1001, 9, "好"),)


# Files


def test_a_text_that_fits_is_the_files_caption():
    assert asked(Reply("<好>", (TAKE,), attachment=LETTER), quotes="5", topic="77") == (
        SendFile(
            -1001,
            "账本.csv",
            "小李,3\n".encode(),
            "&lt;好&gt;",
            topic=77,
            quotes=5,
            keyboard=GRAB,
        ),
    )


def test_a_longer_one_goes_ahead_of_the_file():
    text, file = asked(Reply("字" * 1025, (TAKE,), attachment=LETTER), quotes="5")
    assert text == SendText(-1001, "字" * 1025, quotes=5, keyboard=GRAB)
    assert file == SendFile(-1001, "账本.csv", "小李,3\n".encode())


def test_a_file_alone_is_called_by_its_name():
    (file,) = asked(Reply("", attachment=Attachment("a&b.csv", "")))
    assert file == SendFile(-1001, "a&b.csv", b"\n", "a&amp;b.csv")


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", ".._.._etc_passwd"), ("", "carclub.txt"), ("a" * 90 + ".csv", None)],
)
def test_a_files_name_is_a_name(name, kept):
    (file,) = asked(Reply("", attachment=Attachment(name, "a")))
    assert isinstance(file, SendFile)
    assert file.name == (kept or "a" * 60 + ".csv")


# Pictures


def pictures(count: int) -> tuple[Media, ...]:
    return tuple(Media("picture", f"p{number}") for number in range(count))


def test_pictures_follow_the_words_into_the_same_topic():
    assert asked(Reply("好", (TAKE,), pictures=pictures(1)), quotes="5", topic="77") == (
        SendText(-1001, "好", topic=77, quotes=5, keyboard=GRAB),
        SendPictures(-1001, ("p0",), topic=77),
    )
    *words, album = asked(Reply(LONG, pictures=pictures(12)), chat="", account="11")
    assert len(words) == 2
    assert album == SendPictures(11, tuple(f"p{number}" for number in range(10)))


def test_an_edit_shows_no_pictures_and_nothing_comes_with_none():
    assert asked(Reply("好", pictures=pictures(2)), edits="9") == (EditText(-1001, 9, "好"),)
    assert asked(Reply("", pictures=pictures(2))) == ()


def test_what_is_refused_together_is_tried_alone_and_then_as_a_file():
    album = SendPictures(-1001, ("a", "b"), topic=7)
    alone = show.one_by_one(album)
    assert alone == (SendPictures(-1001, ("a",), topic=7), SendPictures(-1001, ("b",), topic=7))
    (file,) = show.one_by_one(alone[0])
    assert file == SendPictures(-1001, ("a",), topic=7, as_file=True)
    judge(file)
    assert show.one_by_one(file) == ()


# Invitations


def test_an_invitation_leaves_room_for_its_link():
    first, last = asked(Reply(LONG, (TAKE,), invitation="m42"))
    assert isinstance(first, SendText)
    assert isinstance(last, SendText)
    assert (first.invitation, last.invitation) == ("", "m42")
    link = "https://t.me/+" + "a" * 100
    assert units(parse(show.with_link(last.text, link))[0]) <= 4096
    assert (first.keyboard, last.keyboard) == ((), GRAB)


def test_the_link_stands_below_the_text():
    assert show.with_link("来 &lt;", "https://t.me/+a&b") == "来 &lt;\nhttps://t.me/+a&amp;b"
    assert show.with_link("", "https://t.me/+a") == "https://t.me/+a"


def test_an_invitation_may_be_all_there_is():
    assert asked(Reply("", invitation="m42")) == (SendText(-1001, "", invitation="m42"),)


def test_an_invitation_with_a_file_is_a_message_of_its_own():
    text, file = asked(Reply("来", attachment=LETTER, invitation="m42"))
    assert text == SendText(-1001, "来", invitation="m42")
    assert isinstance(file, SendFile)


def test_the_name_of_an_invitation_has_a_limit():
    (sent,) = asked(Reply("来", invitation="m" * 50))
    assert isinstance(sent, SendText)
    assert sent.invitation == "m" * show.INVITATION_MAX


# Badges and toasts


def badge(text: str) -> str:
    (request,) = asked(Reply(text, to="badge"), account="11")
    assert isinstance(request, SetBadge)
    assert (request.chat, request.user) == (-1001, 11)
    return request.tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("海豹 DM-i", "海豹 DM-i"),
        ("", ""),
        ("🚗 海豹 ❤\ufe0f 👨‍👩‍👧 1\ufe0f\u20e3", "海豹 1"),
        ("⚡→★", ""),
        ("一二三四五六七八九十一二三四五六七八", "一二三四五六七八九十一二三四五六"),
        ("a\nb", "a b"),
    ],
)
def test_a_badge_is_short_and_without_emoji(text, tag):
    assert badge(text) == tag


@given(ANYTHING)
def test_no_badge_is_too_long(text):
    assert units(show.badge(text).encode("utf-16", "replace").decode("utf-16")) <= 16


def test_a_toast_is_what_was_said():
    assert show.toast(" 小李 抢到 30 分 🎉 ") == "小李 抢到 30 分 🎉"


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_toast_of_nothing_is_none(text):
    assert show.toast(text) == ""


@given(ANYTHING, st.integers(1, 40))
def test_a_toast_is_short(text, times):
    assert units(show.toast((text * times).encode("utf-8", "replace").decode())) <= 200


def test_a_long_toast_ends_at_a_good_place():
    assert show.toast("很省油。" * 100) == "很省油。" * 49 + "…"


# Anything


@settings(deadline=None, max_examples=200)
@given(
    st.builds(
        Reply,
        text=st.one_of(ANYTHING, ANYTHING.map(lambda text: text * 60)),
        choices=st.lists(st.builds(Choice, ANYTHING, ANYTHING, st.booleans()), max_size=9).map(
            tuple
        ),
        slot=st.sampled_from(["", "envelope:1"]),
        attachment=st.none() | st.builds(Attachment, ANYTHING, ANYTHING),
        invitation=st.sampled_from(["", "m42"]),
        pictures=st.sampled_from([(), pictures(1), pictures(9)]),
    ),
    st.sampled_from([{}, {"edits": "9"}, {"chat": "", "account": "11"}, {"quotes": "5"}]),
)
def test_no_reply_is_refused_for_its_form(reply, more):
    found = asked(reply, **more)
    texts = [each for each in found if isinstance(each, SendText | EditText)]
    assert all(each.text or each.invitation for each in texts)
    assert sum(bool(getattr(each, "keyboard", ())) for each in found) <= 1
    assert show.requests(outgoing(reply, **more), ME) == found
