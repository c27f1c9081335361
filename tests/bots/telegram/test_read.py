"""What Telegram's updates become: who spoke, where, and what happened."""

from dataclasses import fields, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from telegram import Update
from telegram.constants import ReactionEmoji

from bots.telegram import read
from handlers import parse
from storage.model import Event, Media, Mention, Quoted
from tests.bots.telegram.anything import TYPES, Anything
from tests.bots.telegram.updates import (
    ANONYMOUS,
    AT,
    BOT,
    CHANNEL,
    CHANNEL_BOT,
    FORUM,
    GROUP,
    JSON,
    LEI,
    LI,
    ME,
    OTHER_BOT,
    PRIVATE,
    SECONDS,
    TELEGRAM,
    WANG,
    events,
    message,
    only,
    photo,
    said,
    update,
)

TOPIC: JSON = {"chat": FORUM, "message_thread_id": 77, "is_topic_message": True}
OFFER = message("红包来了", 50, from_=BOT)
GONE: JSON = {"chat": GROUP, "message_id": 50, "date": 0}
RESTRICTED: JSON = {
    each["name"]: False for each in TYPES["ChatMemberRestricted"]["fields"] if each["required"]
} | {"status": "restricted", "until_date": 0}


def tapped(data: str = "抢 1", **more: object) -> JSON:
    return {"id": "q1", "from": LI, "chat_instance": "c", "data": data, "message": OFFER, **more}


def member(person: JSON, status: str, **more: object) -> JSON:
    return {"user": person, "status": status, **more}


def change(before: JSON, after: JSON, **more: object) -> JSON:
    told = {"chat": GROUP, "from": WANG, "date": SECONDS}
    return {**told, "old_chat_member": before, "new_chat_member": after, **more}


def reacted(before: list[str], now: list[str], **more: object) -> JSON:
    def shown(emojis: list[str]) -> list[JSON]:
        return [{"type": "emoji", "emoji": each} for each in emojis]

    told = {"chat": GROUP, "message_id": 9, "user": LI, "date": SECONDS}
    return {**told, "old_reaction": shown(before), "new_reaction": shown(now), **more}


# What is said


def test_what_is_said_in_a_group():
    assert only(message=message("积分")) == Event(
        id="tg:7000:100",
        platform="telegram",
        chat="-1001",
        account="11",
        name="小李",
        text="积分",
        at=AT,
        message="5",
        title="沪上车友会",
        handle="@xiaoli",
    )


def test_in_private_there_is_no_title_and_nobody_else():
    event = said("/start AbC_123", chat=PRIVATE)
    assert (event.private, event.chat, event.title) == (True, "11", "")
    assert event.text == "/start AbC_123"


def test_a_name_is_first_and_last_and_a_handle_may_be_missing():
    event = said("你好", from_=LEI)
    assert (event.name, event.handle) == ("Li Lei", "")


def test_a_deleted_account_still_has_a_name_that_is_text():
    assert said("你好", from_=WANG | {"first_name": ""}).name == ""


def test_a_changed_message_keeps_its_id_and_its_date():
    event = only(edited_message=message("积分", edit_date=SECONDS + 60))
    assert (event.kind, event.message, event.at) == ("edit", "5", AT)


def test_in_a_topic_it_is_told_which():
    assert said("积分", **TOPIC).topic == "77"


def test_the_general_topic_is_none():
    assert said("积分", **TOPIC | {"message_thread_id": 1}).topic == ""


def test_a_thread_of_answers_is_no_topic():
    assert said("积分", message_thread_id=77).topic == ""


def test_what_is_said_in_a_channel_is_not_for_us():
    assert events(channel_post=message("车讯", chat=CHANNEL, sender_chat=CHANNEL)) == ()
    assert events(message=message("车讯", chat=CHANNEL)) == ()


# Who says it


@pytest.mark.parametrize("bot", [OTHER_BOT, BOT, ANONYMOUS, CHANNEL_BOT])
def test_what_bots_say_is_nothing(bot):
    assert events(message=message("积分", from_=bot)) == ()


def test_an_anonymous_administrator_is_nameless():
    event = said("红包 60 5", from_=ANONYMOUS, sender_chat=GROUP)
    assert (event.kind, event.account, event.name) == ("nameless", "1087968824", "沪上车友会")
    assert event.handle == ""


def test_a_nameless_one_is_called_by_their_title():
    event = said("红包 60 5", from_=ANONYMOUS, sender_chat=GROUP, author_signature="会长")
    assert event.name == "会长"


def test_what_a_nameless_one_changes_is_nobodys():
    told = message("积分", from_=ANONYMOUS, sender_chat=GROUP)
    assert events(edited_message=told) == ()


def test_another_chat_cannot_be_nameless_here():
    told = message("积分", from_=ANONYMOUS, sender_chat=GROUP | {"id": -1002})
    assert events(message=told) == ()


def test_who_speaks_as_a_channel_is_nobody():
    assert events(message=message("积分", from_=CHANNEL_BOT, sender_chat=CHANNEL)) == ()


def test_the_linked_channels_posts_are_nobodys():
    told = message("车讯", from_=TELEGRAM, sender_chat=CHANNEL, is_automatic_forward=True)
    assert events(message=told) == ()
    assert events(message=message("车讯", from_=TELEGRAM)) == ()


def test_what_came_by_another_bot_is_nobodys_words():
    assert events(message=message("积分", via_bot=OTHER_BOT)) == ()


# Albums


def test_an_album_is_one_event_with_the_words_of_the_one_that_has_them():
    parts = [
        only(message=message(number=number, photo=photo(f"p{number}"), media_group_id="m", **more))
        for number, more in ((7, {}), (6, {"caption": "#提车 海豹"}), (5, {}))
    ]
    event = read.together(parts, ME, "m")
    assert (event.id, event.text, event.message) == ("tg:7000:album:m", "#提车 海豹", "6")
    assert [each.id for each in event.media] == ["p5", "p6", "p7"]


def test_an_album_without_words_is_its_first_part():
    parts = [only(message=message(number=n, photo=photo(f"p{n}"))) for n in (9, 10)]
    event = read.together(parts[::-1], ME, "m")
    assert (event.message, event.text) == ("9", "")


def test_an_albums_captions_stand_below_each_other():
    parts = [said("", photo=photo("p"), caption=f"第{n}张", number=n) for n in (3, 4)]
    assert read.together(parts, ME, "m").text == "第3张\n第4张"


def test_an_album_calls_whom_any_of_its_parts_calls():
    parts = [said("", photo=photo("p"), number=3), said("@carclub_bot 看")]
    event = read.together(parts, ME, "m")
    assert event.addressed
    mentions = (Mention("@xiaoli", "xiaoli"),)
    assert read.together([replace(parts[0], mentions=mentions)] * 2, ME, "m").mentions == mentions


def test_only_new_parts_are_put_together():
    part = message(photo=photo("p"), media_group_id="m")
    assert read.album(update(message=part)) == "m"
    assert read.album(update(edited_message=part)) == ""
    assert read.album(update(message=message("积分"))) == ""


# Taps


def test_a_pressed_button_says_what_it_carries():
    event = only(callback_query=tapped())
    assert (event.kind, event.text, event.account) == ("tap", "抢 1", "11")
    assert (event.chat, event.message, event.title) == ("-1001", "50", "沪上车友会")
    assert event.at == 0
    assert event.quoted is None


def test_a_tap_quotes_what_its_message_answers():
    asked = message("很省油", 40)
    event = only(callback_query=tapped(message=OFFER | {"reply_to_message": asked}))
    assert event.quoted == Quoted("40", "11", "小李", "很省油")


def test_a_tap_in_a_topic_is_of_that_topic():
    root = message(number=77, chat=FORUM, forum_topic_created={"name": "油耗", "icon_color": 1})
    event = only(callback_query=tapped(message=OFFER | TOPIC | {"reply_to_message": root}))
    assert (event.topic, event.quoted) == ("77", None)


def test_a_tap_on_a_message_telegram_has_forgotten_still_counts():
    event = only(callback_query=tapped(message=GONE))
    assert (event.text, event.chat, event.message) == ("抢 1", "-1001", "50")


def test_a_tap_in_private_is_private():
    assert only(callback_query=tapped(message=OFFER | {"chat": PRIVATE})).private


@pytest.mark.parametrize(
    "told",
    [
        tapped() | {"data": None},
        tapped() | {"message": None, "inline_message_id": "i"},
        tapped(message=OFFER | {"chat": CHANNEL}),
    ],
    ids=["a game", "an inline message", "a channel"],
)
def test_a_tap_on_what_is_not_ours_is_nothing(told):
    kept = {key: value for key, value in told.items() if value is not None}
    assert events(callback_query=kept) == ()


def test_a_tap_is_answered_by_its_query():
    assert read.tap_id(update(callback_query=tapped())) == "q1"
    assert read.tap_id(update(message=message("积分"))) == ""


# Stars


@pytest.mark.parametrize("emoji", ["🏆", "💯", "⭐", "⭐\ufe0f", "🌟"])
def test_a_star_marks_a_message(emoji):
    event = only(message_reaction=reacted([], [emoji]))
    assert (event.kind, event.text, event.message, event.account) == ("starred", "⭐", "9", "11")
    assert event.at == AT


def test_a_star_is_taken_back():
    assert only(message_reaction=reacted(["🏆"], ["👍"])).text == ""


def test_a_star_that_was_paid_for_counts():
    told = reacted([], []) | {"new_reaction": [{"type": "paid"}]}
    assert only(message_reaction=told).text == "⭐"


def test_most_stars_are_among_the_reactions_telegram_offers():
    assert read.STARS & set(ReactionEmoji) == {"🏆", "💯"}


@pytest.mark.parametrize(
    ("before", "now"), [([], ["👍"]), (["🏆"], ["💯"]), (["👍"], ["❤"]), ([], [])]
)
def test_friendly_reactions_are_no_stars(before, now):
    assert events(message_reaction=reacted(before, now)) == ()


def test_other_reactions_are_no_stars():
    custom = [{"type": "custom_emoji", "custom_emoji_id": "5"}]
    assert events(message_reaction=reacted([], []) | {"new_reaction": custom}) == ()


def test_who_reacts_in_a_chats_name_is_nobody():
    told = reacted([], ["🏆"], actor_chat=GROUP)
    del told["user"]
    assert events(message_reaction=told) == ()


# Coming and going


def test_everybody_who_was_added_joined():
    told = message(number=8, new_chat_members=[WANG, OTHER_BOT, BOT, LEI])
    first, second = events(message=told)
    assert (first.kind, first.account, first.name) == ("joined", "12", "小王")
    assert (second.account, second.name) == ("13", "Li Lei")
    assert (first.id, second.id) == ("tg:7000:100", "tg:7000:100:2")


def test_who_left_is_told_by_the_service_message():
    event = only(message=message(number=8, left_chat_member=WANG))
    assert (event.kind, event.account) == ("left", "12")


def test_a_new_title_is_told_as_the_chat_s():
    event = only(message=message(number=8, new_chat_title="海豹车友"))
    assert (event.kind, event.account, event.text) == ("titled", "11", "")


@pytest.mark.parametrize("part", [{"left_chat_member": BOT}, {"new_chat_members": [BOT]}])
def test_the_bots_own_coming_and_going_is_told_once_elsewhere(part):
    assert events(message=message(**part)) == ()


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (member(WANG, "left"), member(WANG, "member"), "joined"),
        (member(WANG, "kicked", until_date=0), member(WANG, "member"), "joined"),
        (member(WANG, "member"), member(WANG, "left"), "left"),
        (member(WANG, "member"), member(WANG, "kicked", until_date=0), "left"),
    ],
)
def test_a_membership_that_changes_is_a_coming_or_going(before, after, kind):
    event = only(chat_member=change(before, after, **{"from": LI}))
    assert (event.kind, event.account, event.name, event.at) == (kind, "12", "小王", AT)


def restricted(*, inside: bool) -> JSON:
    return RESTRICTED | {"user": WANG, "is_member": inside}


def link(creator: JSON, **more: object) -> JSON:
    told = {"invite_link": "https://t.me/+a", "creator": creator, "creates_join_request": False}
    return {**told, "is_primary": False, "is_revoked": False, **more}


def test_who_comes_by_our_invitation_brings_its_name():
    told = change(member(WANG, "left"), member(WANG, "member"))
    ours = only(chat_member=told | {"invite_link": link(BOT, name="m42")})
    theirs = only(chat_member=told | {"invite_link": link(LI, name="m42")})
    unnamed = only(chat_member=told | {"invite_link": link(BOT)})
    assert (ours.invitation, theirs.invitation, unnamed.invitation) == ("m42", "", "")


def test_bots_come_and_go_unseen():
    for bot in (OTHER_BOT, BOT):
        assert events(chat_member=change(member(bot, "left"), member(bot, "member"))) == ()


def test_the_bot_is_added_and_removed_by_somebody():
    outside, inside = member(BOT, "left"), member(BOT, "member")
    added = only(my_chat_member=change(outside, inside))
    removed = only(my_chat_member=change(inside, member(BOT, "kicked", until_date=0)))
    assert (added.kind, added.account, added.name) == ("added", "12", "小王")
    assert (removed.kind, removed.chat) == ("removed", "-1001")


def test_being_blocked_in_private_is_no_coming_or_going():
    told = change(member(BOT, "member"), member(BOT, "kicked", until_date=0), chat=PRIVATE)
    assert events(my_chat_member=told) == ()


def test_a_mere_change_of_rights_is_none_either():
    same = change(member(BOT, "member"), member(BOT, "member"))
    assert events(my_chat_member=same) == ()


def test_a_channel_the_bot_is_added_to_is_left_alone():
    told = change(member(BOT, "left"), member(BOT, "member"), chat=CHANNEL)
    assert events(my_chat_member=told) == ()


def test_a_group_that_becomes_a_supergroup_has_moved():
    old = {"id": -500, "type": "group", "title": "沪上车友会"}
    left = only(message=message(chat=old, migrate_to_chat_id=-1001))
    came = only(message=message(from_=ANONYMOUS, sender_chat=GROUP, migrate_from_chat_id=-500))
    assert (left.kind, left.chat, left.text) == ("moved", "-1001", "-500")
    assert (came.kind, came.chat, came.text) == ("moved", "-1001", "-500")
    assert parse.well_formed(left)
    assert parse.well_formed(came)


# Everything else


@pytest.mark.parametrize(
    "part",
    [
        {"pinned_message": OFFER},
        {"forum_topic_created": {"name": "油耗", "icon_color": 1}},
        {"group_chat_created": True},
        {"location": {"latitude": 31.2, "longitude": 121.5}},
        {"dice": {"emoji": "🎲", "value": 3}},
    ],
    ids=lambda part: next(iter(part)),
)
def test_what_has_neither_words_nor_files_is_nothing(part):
    assert events(message=message(**part)) == ()


def test_updates_of_other_kinds_are_nothing():
    poll = {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": True}
    told = {"is_anonymous": True, "type": "regular", "allows_multiple_answers": False}
    assert read.events(Update(1), ME) == ()
    more = {"allows_revoting": False, "members_only": False}
    assert events(poll=poll | told | more) == ()


def well_typed(event: Event) -> bool:
    told = [getattr(event, each.name) for each in fields(event) if each.type in ("str", str)]
    quoted = event.quoted
    if quoted is not None:
        told += [quoted.message, quoted.account, quoted.name, quoted.text]
    told += [text for each in event.mentions for text in (each.account, each.name)]
    told += [text for each in event.media for text in (each.kind, each.id)]
    return all(isinstance(each, str) for each in told)


# The library warns of durations at every look, also at its own.
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
@settings(max_examples=600, deadline=None)
@given(st.integers(0, 2**32))
@example(4)
def test_no_update_that_can_be_parsed_is_too_much(seed):
    parsed = Update.de_json(Anything(seed).update(), None)
    found = read.events(parsed, ME)
    assert len({event.id for event in found}) == len(found)
    for event in found:
        assert well_typed(event)
        assert parse.well_formed(event)
        parse.said(parse.clean(event))
    read.album(parsed)
    read.tap_id(parsed)


def test_media_and_mentions_are_the_projects_nouns():
    event = said("", photo=photo("p"), caption="看")
    assert event.media == (Media("picture", "p"),)
