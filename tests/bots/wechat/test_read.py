"""What a gateway tells as events."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.wechat import read
from bots.wechat.nouns import Heard, Kind, Me, Moved, Renamed
from handlers import parse
from storage.model import MINUTE, SECOND, Event, Media, Mention, Offer, Quoted
from tests.bots.wechat import payloads
from tests.bots.wechat.payloads import ME, NOON, PICTURE, ROOM, quote, recall, said

WANG = Heard("8001", "wxid_wang", "小王", "海豹 2 万公里", NOON - MINUTE, claims=False)
OURS = Heard("7001", "wxid_bot", "小助手", "小李发了一个红包", NOON - MINUTE)


def event(text: str, *heard: Heard, kind: int = Kind.TEXT, **more) -> Event:
    found = read.said(said(text, kind, **more), ME, heard)
    assert found is not None
    assert parse.well_formed(found)
    return found


def nothing(text: str, kind: int = Kind.TEXT, **more) -> bool:
    return read.said(said(text, kind, **more), ME, ()) is None


# Messages


def test_a_message_in_a_room():
    assert event("积分") == Event(
        id="wx:wxid_bot:9001",
        platform="wechat",
        chat=ROOM,
        account="wxid_li",
        name="小李",
        text="积分",
        at=NOON,
        message="9001",
        title="海豹车友会",
        lacks=("links",),
    )


def test_a_message_in_private():
    found = event("积分", room="", title="", owner="")
    assert (found.chat, found.private, found.owner) == ("wxid_li", True, False)


def test_the_owner_of_a_room_is_known_where_the_gateway_tells():
    assert event("积分", owner="wxid_li").owner
    assert not event("积分", owner="").owner


def test_the_bots_own_words_are_no_event_but_can_be_quoted():
    assert nothing("红包来了", talker="wxid_bot")
    heard = read.remembered(said("红包来了", talker="wxid_bot", name="小助手"), ME)
    assert heard is not None
    assert heard.talker == "wxid_bot"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (payloads.RED_PACKET, Kind.RED_PACKET),
        (payloads.TRANSFER, Kind.UNKNOWN),
        (payloads.PAT, Kind.UNKNOWN),
        (" ", Kind.TEXT),
    ],
)
def test_money_pats_and_nothing_are_passed_over_and_not_remembered(text, kind):
    assert nothing(text, kind)
    assert read.remembered(said(text, kind), ME) is None


def test_what_is_of_a_newer_kind_is_not_lost():
    assert event("明天见", kind=16).text == "明天见"
    assert event("明天见", kind=99).text == "明天见"
    assert event(payloads.UNKNOWN, kind=99).text == "新东西"


def test_a_call_to_the_bot():
    found = event("@小助手\u2005积分")
    assert (found.text, found.addressed) == ("积分", True)


def test_members_that_are_mentioned():
    found = event("给 @阿王\u2005 30", mentions=(Mention("wxid_wang", "小王"),))
    assert (found.text, found.mentions) == ("给 @阿王 30", (Mention("wxid_wang", "阿王"),))


def test_what_was_passed_on_asks_for_nothing():
    found = event(payloads.LINK.replace("冬天", "@小助手 冬天"), kind=Kind.LINK)
    assert found.forwarded == Mention("", "车评")
    assert not found.addressed


def test_pictures_and_files_are_known_by_their_message():
    assert event(PICTURE, kind=Kind.PICTURE).media == (Media("picture", "9001"),)
    assert event("", kind=Kind.FILE).media == (Media("file", "9001"),)


def test_twenty_million_letters_are_what_they_are():
    long = "好" * 20_000_000
    assert event(long).text is long
    heard = read.remembered(said(long), ME)
    assert heard is not None
    assert len(heard.text) == read.REMEMBERED_MAX


# Quotes


def test_what_was_heard_is_believed_before_what_a_quote_tells():
    known = replace(WANG, media=(Media("picture", "8001"),))
    found = event(quote("收录", "海豹 9 万公里", account="wxid_li", name="小李"), known)
    assert found.quoted == Quoted(
        "8001", "wxid_wang", "小王", "海豹 2 万公里", (Media("picture", "8001"),)
    )


def test_a_quote_of_what_was_not_heard_tells_for_itself():
    assert event(quote("收录", "海豹 2 万公里")).quoted == Quoted(
        "8001", "wxid_wang", "小王", "海豹 2 万公里"
    )


def test_a_long_message_is_quoted_whole():
    long = "海豹" * 3_000
    known = replace(WANG, text=long[: read.REMEMBERED_MAX])
    quoted = event(quote("收录", long), known).quoted
    assert quoted is not None
    assert quoted.text == long


def test_a_quote_of_the_bot_speaks_to_it():
    assert event(quote("1", "", svrid="7001"), OURS).addressed
    assert event(quote("1", "红包", account="wxid_bot")).addressed
    assert not event(quote("1", "海豹"), WANG).addressed


def test_a_quote_that_is_text_is_found_by_who_said_what():
    rule = "- - - - - - - - - - - - - - -"
    found = event(f"「小王：海豹 2 万公里」\n{rule}\n收录", WANG)
    assert (found.text, found.quoted) == ("收录", read.quote_of(WANG))
    unknown = event(f"「小张：海豹 2 万公里」\n{rule}\n收录", WANG)
    assert unknown.quoted == Quoted("", "", "小张", "海豹 2 万公里")
    ours = event(f"「小助手：红包来了」\n{rule}\n1")
    assert ours.quoted == Quoted("", "wxid_bot", "小助手", "红包来了")
    assert ours.addressed


def test_a_link_that_was_heard_stays_somebody_elses():
    heard = read.remembered(said(payloads.LINK, Kind.LINK, id="8001"), ME)
    assert heard is not None
    quoted = event(quote("收录", "x", kind=49), heard).quoted
    assert quoted is not None
    assert quoted.forwarded == Mention("", "车评")


# Pictures before words


def shown(number: int, before: int, talker: str = "wxid_li", **more) -> Heard:
    media = (Media("picture", f"p{number}"),)
    return Heard(f"p{number}", talker, "", "", NOON - before, media, **more)


def pictures(text: str, *heard: Heard, **more) -> list[str]:
    return [each.id for each in event(text, *heard, **more).media]


@pytest.mark.parametrize(
    "text",
    ["#油耗 海豹 6.5", "分享 海豹很省油", "收录", "@小助手 这个", "路上 ＃维修", "/分享 海豹"],
)
def test_pictures_belong_to_the_words_that_follow(text):
    assert pictures(text, shown(2, SECOND), shown(1, MINUTE)) == ["p1", "p2"]


@pytest.mark.parametrize("text", ["看", "#12 这条", "路上"])
def test_ordinary_talk_takes_none(text):
    assert pictures(text, shown(1, SECOND)) == []


def test_only_ones_own_pictures_of_two_minutes_count():
    others = shown(1, SECOND, talker="wxid_wang")
    old = shown(2, 2 * MINUTE + 1)
    assert pictures("#油耗 6.5", others, old) == []
    assert pictures("#油耗 6.5", shown(3, 2 * MINUTE)) == ["p3"]


def test_no_more_than_nine_and_those_the_last():
    many = [shown(number, (20 - number) * SECOND) for number in range(20)]
    assert pictures("#油耗 6.5", *many) == [f"p{number}" for number in range(11, 20)]
    assert pictures("#油耗 6.5", *reversed(many)) == [f"p{number}" for number in range(11, 20)]


def test_no_picture_is_taken_twice():
    words = read.remembered(said("#油耗 6.5", id="w", at=NOON - 10 * SECOND), ME)
    assert words is not None
    assert words.claims
    heard = (shown(1, 20 * SECOND), words, shown(2, SECOND))
    assert pictures("#维修 换了胎", *heard) == ["p2"]


def test_words_in_between_that_take_none_do_not_matter():
    words = read.remembered(said("看图", id="w", at=NOON - SECOND), ME)
    assert words is not None
    assert pictures("#油耗 6.5", shown(1, MINUTE), words) == ["p1"]


# What is taken back


def test_a_message_taken_back():
    found = event(recall(), WANG, kind=Kind.RECALLED, talker="wxid_wang")
    assert (found.kind, found.message, found.account) == ("recalled", "8001", "wxid_wang")
    assert event("8001", kind=Kind.RECALLED).message == "8001"


def test_it_is_found_by_the_id_it_was_heard_by():
    known = replace(WANG, id="1040")
    assert event(recall(), known, kind=Kind.RECALLED).message == "1040"


def test_who_took_it_back_is_its_sender_where_nobody_says():
    assert event("8001", WANG, kind=Kind.RECALLED, talker="").account == "wxid_wang"


def test_the_bots_own_taken_back_is_nothing():
    assert read.said(said("7001", Kind.RECALLED), ME, (OURS,)) is None


def test_what_is_taken_back_is_not_remembered():
    assert read.remembered(said(recall(), Kind.RECALLED), ME) is None


# People and rooms


def move(came: bool, *people: str, **more) -> Moved:
    named = tuple(Mention(each, f"名{each}") for each in people)
    return Moved(ROOM, named, NOON, came, title="海豹车友会", **more)


def test_people_come_and_go_one_by_one():
    came = read.moved(move(True, "wxid_a", "wxid_b", by="wxid_wang", owner="wxid_b"), ME)
    assert [(each.kind, each.account, each.owner) for each in came] == [
        ("joined", "wxid_a", False),
        ("joined", "wxid_b", True),
    ]
    assert came[0].id == f"wx:wxid_bot:joined:{ROOM}:wxid_a:{NOON}"
    assert (came[0].title, came[0].name, came[0].lacks) == ("海豹车友会", "名wxid_a", ("links",))
    (left,) = read.moved(move(False, "wxid_a"), ME)
    assert left.kind == "left"


def test_the_bots_own_coming_is_its_inviters_doing():
    (added,) = read.moved(move(True, "wxid_bot", by="wxid_wang", owner="wxid_wang"), ME)
    assert (added.kind, added.account, added.owner) == ("added", "wxid_wang", True)
    (removed,) = read.moved(move(False, "wxid_bot"), ME)
    assert (removed.kind, removed.account) == ("removed", "wxid_bot")


def test_a_room_with_another_title():
    found = read.renamed(Renamed(ROOM, "海狮车友会", "wxid_wang", NOON), ME)
    assert (found.kind, found.title, found.account) == ("titled", "海狮车友会", "wxid_wang")
    assert parse.well_formed(found)


def test_long_ids_make_no_event_that_is_none():
    """Those of web clients are hashes of 65 letters."""
    me = Me("@" + "a" * 64, "小助手")
    room, person = "@@" + "b" * 64, "@" + "c" * 64
    moved = [Moved(room, (Mention(person, ""),), NOON + at, came=True) for at in range(2)]
    names = {event.id for each in moved for event in read.moved(each, me)}
    assert len(names) == 2
    found = read.said(replace(said("积分"), id="d" * 64), me, ())
    assert found is not None
    assert parse.well_formed(found)


# Choosing


def test_a_number_is_a_press_said_aloud():
    about = Quoted("8001", "wxid_wang", "小王", "海豹 2 万公里")
    offer = Offer("wechat", ROOM, 1, "收录", "收下我这条", NOON, quotes="8001", message="7001")
    pressed = read.pressed(event(quote("1", "值得留下")), offer, about)
    assert (pressed.kind, pressed.text, pressed.aloud) == ("tap", "收录", True)
    assert pressed.quoted == about
    assert pressed.id == "wx:wxid_bot:9001"


# Anything


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60), st.sampled_from(payloads.ALL)
)


@st.composite
def mutated(draw):
    text = draw(st.sampled_from(payloads.ALL))
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        end = begin + draw(st.integers(0, 12))
        put = draw(st.one_of(st.text(max_size=6), st.sampled_from(["<", "&", "]]>", "\x00", "@"])))
        text = text[:begin] + put + text[end:]
    return text


IDS = st.sampled_from(["wxid_li", "wxid_bot", "", "wxid_wang", "坏\n", "长" * 200])
SAID = st.builds(
    said,
    st.one_of(TEXTS, mutated()),
    st.integers(-1, 18),
    id=IDS,
    talker=IDS,
    room=st.sampled_from([ROOM, "", "坏\x00"]),
    name=st.text(max_size=5),
    alias=st.text(max_size=5),
    mentions=st.lists(st.builds(Mention, IDS, st.sampled_from(["小李", "", "@"])), max_size=4).map(
        tuple
    ),
    at=st.integers(NOON - 3 * MINUTE, NOON),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=5))
def test_nothing_that_is_said_makes_it_fail(messages):
    heard: list[Heard] = []
    for each in messages:
        found = read.said(each, ME, heard)
        assert found is None or parse.well_formed(found)
        assert found is None or found.account != ME.id
        kept = read.remembered(each, ME)
        if kept is not None:
            assert len(kept.text) <= read.REMEMBERED_MAX
            heard.append(kept)


@given(st.lists(IDS, max_size=4), st.booleans(), IDS, IDS)
def test_nobodys_coming_and_going_makes_it_fail(people, came, by, owner):
    assert all(map(parse.well_formed, read.moved(move(came, *people, by=by, owner=owner), ME)))
