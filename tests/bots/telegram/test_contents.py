"""What a message of Telegram's holds: words, who is meant, files, what it answers."""

import pytest

from bots.telegram.contents import words
from bots.telegram.nouns import Me
from handlers import parse
from storage.model import Media, Mention, Quoted
from tests.bots.telegram.updates import (
    ANONYMOUS,
    BOT,
    CHANNEL,
    FORUM,
    GROUP,
    LEI,
    LI,
    OTHER_BOT,
    SECONDS,
    WANG,
    entity,
    events,
    file,
    message,
    photo,
    said,
)

# Words


def test_a_caption_is_as_good_as_a_text():
    text = "#油耗 海豹"
    hashtag = entity("hashtag", text, "#油耗")
    assert said("", photo=photo("p"), caption=text, caption_entities=[hashtag]).text == text


def test_a_hidden_address_is_shown():
    text = "😀 推荐这款，点这里买"
    link = entity("text_link", text, "点这里", url="https://shop.example/x")
    assert said(text, link).text == "😀 推荐这款，点这里 (https://shop.example/x)买"


def test_an_address_that_is_its_own_label_is_not_said_twice():
    text = "看 Example.org/x"
    link = entity("text_link", text, "Example.org/x", url="https://example.org/x/")
    assert said(text, link).text == text


def test_other_formatting_is_dropped():
    text = "很 省 油"
    marks = [entity(kind, text, "省") for kind in ("bold", "spoiler", "code")]
    assert said(text, *marks).text == text


def test_marks_inside_each_other_are_read_from_outside():
    text = "买这里"
    link = entity("text_link", text, "这里", url="https://a.example")
    assert said(text, entity("bold", text, text), link).text == "买这里 (https://a.example)"


@pytest.mark.parametrize(("offset", "length"), [(90, 5), (-5, 3), (0, 0), (1, -1)])
@pytest.mark.parametrize("text", ["短短", "short"])
def test_marks_that_lie_outside_of_the_text_are_left_alone(text, offset, length):
    mark = {"type": "text_link", "offset": offset, "length": length, "url": "https://a.example"}
    assert said(text, mark).text == text


# The bot's own name


@pytest.mark.parametrize(
    "text", ["@carclub_bot 海豹省油吗", "海豹省油吗 @CarClub_Bot", "积分@carclub_bot"]
)
def test_the_bots_name_calls_it(text):
    event = said(text)
    assert event.addressed
    assert event.mentions == ()
    assert event.text == text.removesuffix(" @CarClub_Bot"), "at its end it says nothing more"


@pytest.mark.parametrize("text", ["@carclub_bots 你好", "me@carclub_bot", "carclub_bot 呢", "积分"])
def test_what_only_looks_like_its_name_does_not(text):
    assert not said(text).addressed


def test_the_bots_marked_name_is_no_mention():
    text = "@carclub_bot 给 @xiaoli 30"
    marks = [entity("mention", text, "@carclub_bot"), entity("mention", text, "@xiaoli")]
    event = said(text, *marks)
    assert (event.addressed, event.mentions) == (True, (Mention("@xiaoli", "xiaoli"),))


def test_the_bot_may_be_mentioned_without_its_public_name():
    event = said("小助手 在吗", entity("text_mention", "小助手 在吗", "小助手", user=BOT))
    assert (event.addressed, event.mentions, event.text) == (True, (), "@小助手 在吗")


def test_answering_the_bot_calls_it():
    event = said("收录", reply_to_message=message("收好 #1", 4, from_=BOT))
    assert event.addressed
    assert event.quoted == Quoted("4", "7000", "小助手", "收好 #1")


# Commands


def test_a_command_for_us_loses_our_name():
    text = "/jifen@CarClub_bot 明细"
    event = said(text, entity("bot_command", text, "/jifen@CarClub_bot"))
    assert (event.text, event.addressed) == ("/jifen 明细", True)


def test_a_chinese_command_for_us_loses_our_name_though_telegram_sees_no_command():
    event = said("/积分@carclub_bot")
    assert (event.text, event.addressed) == ("/积分", True)


def test_our_command_may_stand_in_the_middle():
    text = "试试 /jifen@carclub_bot 吧"
    event = said(text, entity("bot_command", text, "/jifen@carclub_bot"))
    assert (event.text, event.addressed) == ("试试 /jifen 吧", True)


def test_a_bot_without_a_public_name_is_not_called_by_everything():
    nobody = Me(7000, "", reads_all=True)
    for text in ("@xiaoli 你好", "/jifen@xiaoli", "积分@ 你好"):
        assert not words(text, (), nobody).addressed


@pytest.mark.parametrize("text", ["/start@OtherBot", "/start@Otherbox", "/积分@OtherBot 明细"])
def test_a_command_for_another_bot_is_nothing(text):
    command = text.partition(" ")[0]
    marks = [entity("bot_command", text, command)] if command.isascii() else []
    assert events(message=message(text, entities=marks)) == ()


def test_another_bots_command_may_be_talked_about():
    text = "试试 /start@OtherBot 吧"
    assert said(text, entity("bot_command", text, "/start@OtherBot")).text == text


def test_a_member_right_behind_a_chinese_command_is_no_bot():
    assert said("/给@xiaoli 30").text == "/给@xiaoli 30"


# Mentions


def test_public_names_are_looked_up_by_the_house():
    text = "😀给 @XiaoLi 和 @xiaowang 30，@xiaoli"
    marks = [entity("mention", text, part) for part in ("@XiaoLi", "@xiaowang", "@xiaoli")]
    event = said(text, *marks)
    assert event.mentions == (Mention("@xiaoli", "XiaoLi"), Mention("@xiaowang", "xiaowang"))
    assert event.text == text.removesuffix(" @CarClub_Bot"), "at its end it says nothing more"


def test_who_has_no_public_name_is_mentioned_with_an_at():
    text = "给 Li Lei 30"
    event = said(text, entity("text_mention", text, "Li Lei", user=LEI))
    assert event.mentions == (Mention("13", "Li Lei"),)
    assert event.text == "给 @Li Lei 30"
    assert parse.said(event) == "给 @Li_Lei 30"


def test_a_mention_by_another_word_is_the_members_name():
    text = "给老王30"
    event = said(text, entity("text_mention", text, "老王", user=WANG))
    assert event.text == "给 @小王 30"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("（老王）30", "（@小王）30"),
        ("A 老王", "A @小王"),
        ("老王 A", "@小王 A"),
        ("A老王", "A @小王"),
        ("A，老王，30", "A，@小王，30"),
        ("老王，30", "@小王，30"),
    ],
)
def test_a_name_gets_a_space_only_where_letters_touch_it(text, shown):
    assert said(text, entity("text_mention", text, "老王", user=WANG)).text == shown


def test_a_long_name_is_the_same_in_the_text_and_in_the_mention():
    long = LEI | {"first_name": "Wolfgang  Amadeus", "last_name": "Theophilus Mozart"}
    text = "给 他 30"
    event = parse.clean(said(text, entity("text_mention", text, "他", user=long)))
    assert parse.said(event).split() == ["给", "@Wolfgang_Amadeus_Theophi", "30"]


def test_a_name_of_nothing_is_called_as_it_was_written():
    text = "给 老王 30"
    nobody = WANG | {"first_name": "\u2060"}
    assert said(text, entity("text_mention", text, "老王", user=nobody)).text == "给 @老王 30"


def test_other_bots_are_not_mentioned():
    text = "问 别的"
    assert said(text, entity("text_mention", text, "别的", user=OTHER_BOT)).mentions == ()


# Files


@pytest.mark.parametrize(
    ("part", "media"),
    [
        ({"photo": photo("p")}, Media("picture", "p")),
        ({"video": file("v", width=1, height=1, duration=1)}, Media("video", "v")),
        ({"video_note": file("n", length=1, duration=1)}, Media("video", "n")),
        ({"voice": file("o", duration=1)}, Media("voice", "o")),
        ({"audio": file("a", duration=1)}, Media("audio", "a")),
        ({"document": file("d", mime_type="application/pdf")}, Media("file", "d")),
        ({"document": file("d", mime_type="image/jpeg")}, Media("picture", "d")),
        ({"document": file("d")}, Media("file", "d")),
    ],
)
def test_a_file_is_kept_by_its_id(part, media):
    assert said("", **part).media == (media,)


def test_an_animation_is_not_the_document_that_comes_with_it():
    moving = file("g", width=1, height=1, duration=1)
    assert said("", animation=moving, document=file("g")).media == (Media("animation", "g"),)


def test_a_sticker_is_one():
    told = {"width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}
    assert said("", sticker=file("s", **told)).media == (Media("sticker", "s"),)


# Quotes


def test_an_answer_quotes_what_it_answers():
    answered = message("", 4, from_=WANG, photo=photo("p"), caption="很省油")
    event = said("收录", reply_to_message=answered)
    assert event.quoted == Quoted("4", "12", "小王", "很省油", (Media("picture", "p"),))
    assert not event.addressed


def test_a_chosen_part_is_what_is_quoted():
    quote = {"text": "很省油", "position": 3, "is_manual": True}
    event = said("收录", reply_to_message=message("海豹，很省油", 4), quote=quote)
    assert event.quoted is not None
    assert event.quoted.text == "很省油"


def test_a_part_that_nobody_chose_is_not():
    quote = {"text": "很省油", "position": 3}
    event = said("收录", reply_to_message=message("海豹，很省油", 4), quote=quote)
    assert event.quoted is not None
    assert event.quoted.text == "海豹，很省油"


@pytest.mark.parametrize(
    ("answered", "name"),
    [
        (message("好", 4, from_=ANONYMOUS, sender_chat=GROUP), "沪上车友会"),
        (message("好", 4, from_=OTHER_BOT), "别的"),
        (message("好", 4, via_bot=OTHER_BOT), "小李"),
        (message("好", 4, from_=WANG, sender_chat=CHANNEL), "车讯"),
    ],
)
def test_what_is_no_members_has_no_account(answered, name):
    event = said("收录", reply_to_message=answered)
    assert event.quoted == Quoted("4", "", name, "好")


def test_in_a_topic_answering_its_beginning_is_no_quote():
    created = {"name": "油耗", "icon_color": 1}
    place = {"chat": FORUM, "message_thread_id": 77, "is_topic_message": True}
    for root in (message(number=77, forum_topic_created=created), message("旧", 77)):
        assert said("好", reply_to_message=root, **place).quoted is None


def test_answering_the_first_message_of_a_thread_is_a_quote_where_there_are_no_topics():
    event = said("好", reply_to_message=message("旧", 77), message_thread_id=77)
    assert event.quoted is not None


def test_a_message_of_another_topic_may_be_quoted():
    origin = {"type": "user", "sender_user": WANG, "date": SECONDS}
    elsewhere = {"origin": origin, "chat": GROUP, "message_id": 4, "photo": photo("p")}
    quote = {"text": "很省油", "position": 0}
    event = said("收录", external_reply=elsewhere, quote=quote)
    assert event.quoted == Quoted("4", "12", "小王", "很省油", (Media("picture", "p"),))


@pytest.mark.parametrize("more", [{"chat": CHANNEL, "message_id": 4}, {"chat": GROUP}, {}])
def test_a_message_of_another_chat_is_not_known_here(more):
    origin = {"type": "hidden_user", "sender_user_name": "某人", "date": SECONDS}
    assert said("收录", external_reply={"origin": origin, **more}).quoted is None


# What is passed on


@pytest.mark.parametrize(
    ("origin", "by"),
    [
        ({"type": "user", "sender_user": LI}, None),
        ({"type": "user", "sender_user": WANG}, Mention("12", "小王")),
        ({"type": "hidden_user", "sender_user_name": "某人"}, Mention("", "某人")),
        ({"type": "chat", "sender_chat": GROUP}, Mention("", "沪上车友会")),
        ({"type": "channel", "chat": CHANNEL, "message_id": 3}, Mention("", "车讯")),
        ({"type": "of tomorrow"}, Mention("", "")),
    ],
    ids=lambda each: each["type"] if isinstance(each, dict) else "",
)
def test_whose_words_are_passed_on(origin, by):
    told = {"forward_origin": origin | {"date": SECONDS}}
    assert said("很省油", **told).forwarded == by
    quoted = said("收录", reply_to_message=message("很省油", 4, **told)).quoted
    assert quoted is not None
    assert quoted.forwarded == by
