"""What comes through a gateway besides plain words, and what goes out through it."""

import asyncio
import hashlib
import random

import pytest

from bots.wechat import connection, line, order
from storage.model import Media
from tests.end_to_end.wechat.scene import Scene
from tests.support.wechat.reports import Query
from tests.support.wechat.world import ALICE, BOB, BOT, CAROL, DAVE, ROOM

PICTURE = bytes([255, 216, 255]) + random.Random(1).randbytes(60_000)
QUOTE = (
    "<msg><appmsg><title>{said}</title><type>57</type><refermsg><type>1</type>"
    "<svrid>{message}</svrid><chatusr>{author}</chatusr><displayname>{name}</displayname>"
    "<content>{words}</content></refermsg></appmsg></msg>"
)


def quoting(message: str, author: str, name: str, words: str, said: str) -> str:
    return QUOTE.format(message=message, author=author, name=name, words=words, said=said)


async def test_pictures_go_both_ways(club: Scene):
    """One above 20 KB, which the SDK itself cannot bring."""
    picture, digest = await club.gateway.bring(BOB, "photo.jpg", PICTURE, kind="Image")
    await club.asks(BOB, "#油耗 海豹 百公里5.2升，开了2万公里", "收好 #1")
    share = await club.share(1)
    assert share is not None
    assert share.media == (Media("picture", picture),)
    before = len(club.gateway.sends)
    await club.asks(CAROL, "看 #1", "5.2")
    shown = await club.hears("photo.jpg", before)
    assert (shown.to, shown.kind) == (ROOM, "file")
    assert (shown.facts["bytes"], shown.facts["sha256"]) == (len(PICTURE), digest)
    assert digest == hashlib.sha256(PICTURE).hexdigest()


async def test_a_picture_that_is_gone_takes_no_words_with_it(
    club: Scene, monkeypatch: pytest.MonkeyPatch
):
    """A gateway without it begins to bring it and never ends."""
    monkeypatch.setattr(line, "SEND_TIMEOUT_SECONDS", 0.5)
    await club.gateway.bring(BOB, "photo.jpg", PICTURE, kind="Image")
    await club.asks(BOB, "#油耗 海豹 百公里5.2升，开了2万公里", "收好 #1")
    await club.gateway.hinder("messageImage", error="expired")
    told = await club.asks(CAROL, "看 #1", "5.2")
    await club.quiet()
    assert [each.text for each in club.gateway.sends].count(told.text) == 1


async def test_a_picture_larger_than_the_cap_is_not_taken(club: Scene):
    await club.gateway.bring(BOB, "photo.jpg", 30 * 1024**2, kind="Image")
    await club.asks(BOB, "#油耗 海豹 百公里5.2升，开了2万公里", "收好 #1")
    before = len(club.gateway.sends)
    await club.asks(CAROL, "看 #1", "5.2")
    await club.quiet()
    assert [each.kind for each in club.gateway.sends[before:]] == ["text"]


async def test_a_file_of_one_s_own_comes_in_private(club: Scene):
    await club.asks(BOB, "积分", "分")
    before = len(club.gateway.sends)
    await club.gateway.say(BOB, "导出我的")
    file = await club.hears("carclub.json", before)
    assert (file.to, file.kind) == (BOB, "file")
    assert file.facts["bytes"] > 100


async def test_members_are_mentioned_both_ways(club: Scene):
    await club.give(ALICE, 100)
    await club.asks(DAVE, "积分", "分")
    await club.asks(ALICE, "送分 @Li Lei\u2005 30", "30", at=[DAVE])
    told = await club.asks(DAVE, "积分", "30")
    assert told.text.startswith("@Li Lei\u2005")
    assert told.mentions == (DAVE,)
    assert await club.points(DAVE) == 30


async def test_a_member_mentioned_by_text_alone_is_known_by_name(club: Scene):
    await club.give(ALICE, 100)
    await club.asks(BOB, "积分", "分")
    await club.asks(ALICE, "送分 @小李\u2005 30", "30")
    await club.asks(ALICE, "送分 @小李 5", "5")
    assert await club.points(BOB) == 35


async def test_the_bot_is_mentioned_by_id_by_name_and_by_what_it_is_called_in_the_room(club: Scene):
    await club.asks(CAROL, "@小助手\u2005帮助", "帮助", at=[BOT])
    await club.asks(CAROL, "@小助手 帮助", "帮助")
    before = len(club.gateway.sends)
    await club.gateway.say(CAROL, "@小助手之友 帮助我")
    await club.quiet()
    assert len(club.gateway.sends) == before


async def test_one_s_own_words_are_kept_by_quoting_them(club: Scene):
    message = await club.gateway.say(BOB, "海豹百公里5.2升，开了2万公里")
    text = quoting(message, BOB, "小李", "海豹百公里5.2升，开了2万公里", "收录")
    await club.asks(BOB, text, "收好 #1", kind="Attachment")
    share = await club.share(1)
    assert share is not None
    assert share.message == message


async def test_an_author_says_yes_with_a_number(club: Scene):
    """The offer knows what it is about: nothing of the words was written down."""
    message = await club.gateway.say(BOB, "海豹百公里5.2升，开了2万公里")
    text = quoting(message, BOB, "小李", "海豹百公里5.2升，开了2万公里", "收录")
    asked = await club.asks(CAROL, text, "1. ", kind="Attachment")
    assert asked.mentions == (BOB,)
    await club.asks(CAROL, "1", "小李")
    assert await club.share(1) is None
    await club.asks(BOB, "1", "收好 #1")
    share = await club.share(1)
    assert share is not None
    assert (share.message, share.facts.figure) == (message, 5.2)


async def test_a_number_chooses_by_a_quote_however_late(club: Scene):
    await club.give(ALICE, 100)
    offer = await club.asks(ALICE, "红包 60 3", "1. 抢红包")
    club.leap(30 * 60_000)
    before = len(club.gateway.sends)
    await club.gateway.say(BOB, "1")
    await club.quiet()
    assert len(club.gateway.sends) == before
    words = offer.text.replace("<", "&lt;")
    await club.asks(
        BOB, quoting(offer.id, BOT, "小助手", words, "1"), "小李 抢到", kind="Attachment"
    )
    # As older clients and some gateways write it, without any id.
    old = f"「小助手：{offer.text}」\n- - - - - - - - - - - - - - -\n1"
    await club.asks(CAROL, old, "小张 抢到")


async def test_what_was_taken_back_is_forgotten(club: Scene):
    message = await club.gateway.say(BOB, "#油耗 海豹 百公里5.2升，开了2万公里")
    await club.hears("收好 #1")
    await club.gateway.say(BOB, message, kind="Recalled")
    await club.quiet()
    share = await club.share(1)
    assert share is not None
    assert share.deleted
    assert share.text == ""


async def test_twenty_megabytes_of_text_are_refused_politely(club: Scene):
    before = len(club.gateway.sends)
    await club.gateway.say(CAROL, "哈", repeat=7_000_000)
    await club.quiet()
    assert len(club.gateway.sends) == before
    await club.asks(BOB, "#油耗 海豹", "太长", repeat=1_500_000)
    assert await club.share(1) is None


async def test_messages_of_a_newer_type_are_not_lost(club: Scene):
    for kind in (16, 17, 99):
        await club.asks(BOB, "积分", "分", kind=kind)


async def test_money_of_wechat_is_left_alone(club: Scene):
    before = len(club.gateway.sends)
    for kind in ("RedEnvelope", "Transfer"):
        await club.gateway.say(BOB, "恭喜发财，抢 1", kind=kind)
    await club.quiet()
    assert len(club.gateway.sends) == before
    assert await club.member(BOB) is None
    assert club.wechat.health()[0]["red_packets_and_transfers"] == 2


async def test_a_message_that_comes_twice_is_answered_once(club: Scene):
    await club.asks(BOB, "积分", "分", message_id="same")
    before = len(club.gateway.sends)
    await club.gateway.say(BOB, "积分", message_id="same")
    await club.quiet()
    assert len(club.gateway.sends) == before


@pytest.mark.parametrize("query", ["messagePayload", "contactPayload"])
async def test_messages_that_cannot_be_looked_up_do_not_stop_the_others(
    club: Scene, monkeypatch: pytest.MonkeyPatch, query: Query
):
    """However many: more than may be in hand at a time."""
    monkeypatch.setattr(connection, "IN_HAND_MAX", 5)
    monkeypatch.setattr(order, "PATIENCE_SECONDS", 0.5)
    await club.gateway.hinder(query, error="no such thing")
    for _ in range(12):
        await club.gateway.say(BOB, "积分")
    await asyncio.sleep(0.5)
    await club.gateway.unhinder()
    before = len(club.gateway.sends)
    await club.gateway.say(CAROL, "积分")

    async def answered() -> bool:
        return any(CAROL in each.mentions for each in club.gateway.sends[before:])

    await club.eventually(answered)


async def test_messages_are_taken_in_the_order_in_which_they_were_said(club: Scene):
    """Though whoever is not known yet takes longer to be looked up."""
    await club.give(ALICE, 100)
    await club.asks(ALICE, "红包 4 4 均分", "🧧")
    await club.gateway.hinder("contactPayload", (CAROL,), milliseconds=400)
    await club.gateway.hinder("contactPayload", (BOB,), milliseconds=200)
    for who in (CAROL, ALICE, BOB, DAVE):
        await club.gateway.say(who, "抢 1")
    ended = await club.hears("抢完了", within=15)
    names = ["小张", "小王", "小李", "Li Lei"]
    places = [ended.text.index(each) for each in names]
    assert places == sorted(places)
