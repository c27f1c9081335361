"""Chats that move, chats the bot is thrown out of, and names people are mentioned by."""

import pytest

from storage.model import (
    MINUTE,
    Account,
    Chat,
    Cue,
    Envelope,
    Event,
    Member,
    Reply,
    StandingOrder,
)
from tests.storage.contract.test_delivery import lease, put
from tests.support.stores import CLUB, within
from tests.support.world import START

OLD, NEW = "-5", "-1005"


@pytest.fixture
async def group(store):
    await store.unit(within(lambda work: work.people.put_chat(Chat("pretend", OLD, CLUB.id, "群"))))
    return store


def event(chat, account="a", event_id="e"):
    return Event(event_id, "pretend", chat, account, "小李", "", START)


async def where(store, chat):
    return await store.read(lambda work: work.people.chat("pretend", chat))


async def test_a_chat_that_moved_is_known_by_its_new_id_alone(group):
    await group.unit(
        within(lambda work: work.people.put_chat(Chat("pretend", OLD, CLUB.id, "群", True)))
    )
    assert await group.unit(lambda work: work.people.move_chat("pretend", OLD, NEW))
    assert await where(group, OLD) is None
    assert await where(group, NEW) == Chat("pretend", NEW, CLUB.id, "群", muted=True)
    arrival = await group.read(lambda work: work.events.arrive(event(NEW)))
    assert arrival.club is not None
    assert arrival.club.id == CLUB.id
    assert (await group.read(lambda work: work.events.arrive(event(OLD)))).club is None


async def test_moving_a_chat_again_changes_nothing(group):
    assert await group.unit(lambda work: work.people.move_chat("pretend", OLD, NEW))
    assert not await group.unit(lambda work: work.people.move_chat("pretend", OLD, NEW))
    assert await where(group, NEW) is not None


async def test_what_was_linked_under_the_new_id_already_gives_way(group):
    await group.unit(within(lambda work: work.people.put_chat(Chat("pretend", NEW, CLUB.id, "新"))))
    assert await group.unit(lambda work: work.people.move_chat("pretend", OLD, NEW))
    chats = await group.read(within(lambda work: work.people.chats()))
    assert [(chat.id, chat.title) for chat in chats] == [(NEW, "群")]


async def test_what_stands_or_waits_in_a_chat_moves_with_it(group):
    envelope = Envelope(
        1, "pool", "m", "equal", 2, 2, b"s" * 32, "pretend", OLD, START, START + MINUTE, topic="7"
    )
    cue = Cue(CLUB.id, "envelope.key", "1", "pretend", OLD, words="芝麻开门")
    order = StandingOrder(1, "m", "pretend", OLD, "60 3", (), START + MINUTE, "day", "7")

    async def stand(work):
        await work.envelopes.open(envelope, [1, 1])
        await work.cues.put(cue)
        await work.orders.put(order)

    await group.unit(within(stand))
    await group.unit(put("等着", chat=OLD, quotes="77", topic="7"))
    await group.unit(lambda work: work.people.move_chat("pretend", OLD, NEW))

    (standing,) = await group.read(within(lambda work: work.envelopes.open_of("pretend", NEW)))
    assert (standing.number, standing.chat) == (1, NEW)
    assert (await group.read(within(lambda work: work.orders.order(1)))).chat == NEW
    heard = await group.read(lambda work: work.cues.heard(event(NEW), "芝麻开门"))
    assert heard is not None
    (message,) = await group.unit(lease())
    assert (message.reply.text, message.chat) == ("等着", NEW)
    assert (message.quotes, message.topic) == ("", ""), "neither is the same over there"


async def test_what_could_be_changed_in_the_former_chat_is_said_anew(group):
    await group.unit(put("一", chat=OLD, slot="envelope:1"))
    (message,) = await group.unit(lease())
    await group.unit(lambda work: work.outbox.sent(message.id, "m9"))
    await group.unit(lambda work: work.people.move_chat("pretend", OLD, NEW))
    await group.unit(put("二", chat=NEW, slot="envelope:1"))
    (again,) = await group.unit(lease())
    assert (again.chat, again.edits) == (NEW, "")
    assert not await group.read(lambda work: work.outbox.is_ours("pretend", NEW, "m9"))


async def test_nothing_is_queued_for_a_chat_the_bot_is_not_in(group):
    gone = Chat("pretend", OLD, CLUB.id, "群", gone=True)
    await group.unit(put("早了", chat=OLD))
    await group.unit(within(lambda work: work.people.put_chat(gone)))
    await group.unit(lambda work: work.outbox.drop_chat("pretend", OLD))
    await group.unit(put("晚了", chat=OLD))
    await group.unit(put("别处", chat="other"))
    assert [each.reply.text for each in await group.unit(lease())] == ["别处"]
    await group.unit(within(lambda work: work.people.put_chat(Chat("pretend", OLD, CLUB.id, "群"))))
    await group.unit(put("又在", chat=OLD))
    assert [each.reply.text for each in await group.unit(lease())] == ["又在"]


async def test_people_are_found_by_the_name_they_are_mentioned_by(store):
    async def meet(work):
        await work.people.bind(Account("pretend", "1"), "li")
        await work.people.bind(Account("pretend", "2"), "zhang")
        await work.people.note_handle(Account("pretend", "1"), "@xiaoli")

    await store.unit(within(meet))
    assert await store.read(lambda work: work.people.person(Account("pretend", "@xiaoli"))) == "li"
    assert await store.read(lambda work: work.people.person(Account("q", "@xiaoli"))) is None
    assert await store.read(lambda work: work.people.person(Account("pretend", "@"))) is None
    # Names are given up and taken by others.
    await store.unit(lambda work: work.people.note_handle(Account("pretend", "2"), "@xiaoli"))
    assert (
        await store.read(lambda work: work.people.person(Account("pretend", "@xiaoli"))) == "zhang"
    )
    await store.unit(lambda work: work.people.note_handle(Account("pretend", "2"), "@zhang"))
    assert await store.read(lambda work: work.people.person(Account("pretend", "@xiaoli"))) is None


@pytest.mark.parametrize("private", [False, True])
async def test_what_an_account_is_called_is_known_when_it_arrives(store, shelf, private):
    async def meet(work):
        await work.people.put_chat(Chat("pretend", "group", CLUB.id))
        await work.people.bind(Account("pretend", "1"), "li")
        await work.people.put_member(Member("li", "小李", joined_at=START))
        await work.people.touch("li")
        await work.people.note_name(Account("pretend", "1"), "李哥")

    await store.unit(within(meet))
    chat = "private:1" if private else "group"
    event = Event("e", "pretend", chat, "1", "李哥", "积分", START, private=private)
    arrival = await store.read(lambda work: work.events.arrive(event))
    assert (arrival.called, arrival.member.name) == ("李哥", "小李")
    reopened = await shelf.open()
    assert await reopened.read(lambda work: work.events.arrive(event)) == arrival


async def test_stars_are_counted_by_people(store):
    async def star(work):
        return [
            await work.stars.put("pretend", "g", "7", member) for member in ("li", "zhang", "li")
        ] + [await work.stars.put("pretend", "g", "8", "li")]

    assert await store.unit(star) == [1, 2, 2, 1]
    await store.unit(lambda work: work.stars.drop("pretend", "g", "7", "li"))
    assert await store.unit(lambda work: work.stars.put("pretend", "g", "7", "wang")) == 2


async def test_what_a_button_says_is_found_by_its_key(store):
    await store.unit(lambda work: work.outbox.put_says("k", "设置 名称 很长"))
    await store.unit(lambda work: work.outbox.put_says("k", "设置 名称 很长"))
    assert await store.read(lambda work: work.outbox.says("k")) == "设置 名称 很长"
    assert await store.read(lambda work: work.outbox.says("other")) == ""


async def test_what_was_sent_is_known_to_be_ours(store):
    await store.unit(put("一", chat="g"))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.sent(message.id, "m9"))
    assert await store.read(lambda work: work.outbox.is_ours("pretend", "g", "m9"))
    for other in (("pretend", "g", "m8"), ("pretend", "h", "m9"), ("pretend", "g", "")):
        assert not await store.read(lambda work, other=other: work.outbox.is_ours(*other))


async def test_what_is_held_waits_for_the_conversation_to_be_opened(store):
    await store.unit(put("一", chat="", account="a"))
    await store.unit(put("二", chat="", account="b"))
    for message in await store.unit(lease()):
        await store.unit(lambda work, message=message: work.outbox.hold(message.id))
    assert await store.unit(lease()) == []
    await store.unit(put("三", chat="", account="a"))
    assert [each.reply.text for each in await store.unit(lease())] == ["三"], "it may be open now"
    await store.unit(lambda work: work.outbox.release("pretend", "a"))
    assert [each.reply.text for each in await store.unit(lease())] == ["一"]
    await store.unit(lambda work: work.outbox.release("pretend", "nobody"))
    assert await store.unit(lease()) == []


async def test_what_was_held_gives_way_to_what_is_newer(store):
    await store.unit(put("旧", chat="", account="a", slot="s"))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.hold(message.id))
    await store.unit(put("新", chat="", account="a", slot="s"))
    await store.unit(lambda work: work.outbox.release("pretend", "a"))
    assert [each.reply.text for each in await store.unit(lease())] == ["新"]
    assert (await store.read(lambda work: work.outbox.counts()))["held"] == 0


async def test_what_is_held_too_long_is_dropped(store, clock):
    await store.unit(put("一", chat="", account="a"))
    (message,) = await store.unit(lease())
    await store.unit(lambda work: work.outbox.hold(message.id))
    assert await store.unit(lambda work: work.outbox.prune(START + 1)) == 1


async def test_a_reply_keeps_all_it_has_on_its_way(store):
    reply = Reply("一", to="badge", invitation="li", quotes="m3")
    await store.unit(
        within(lambda work: work.outbox.put("pretend", "g", "a", reply, topic="7", via="v"))
    )
    (message,) = await store.unit(lease())
    assert (message.reply, message.topic, message.via) == (reply, "7", "v")


async def test_what_was_begun_is_found_until_it_is_ended(store):
    for key in ("2", "1"):
        await store.unit(lambda work, key=key: work.events.begin("pretend", key, f"{{{key}}}"))
    await store.unit(lambda work: work.events.begin("pretend", "1", "{again}"))
    await store.unit(lambda work: work.events.begin("other", "3", "{3}"))

    async def begun(platform="pretend"):
        return list(await store.read(lambda work: work.events.begun(platform)))

    assert await begun() == [("1", "{again}"), ("2", "{2}")]
    await store.unit(lambda work: work.events.end("pretend", ["1", "unknown"]))
    assert await begun() == [("2", "{2}")]
    await store.unit(lambda work: work.events.end("pretend", ["2"]))
    assert await begun() == []
    assert await begun("other") == [("3", "{3}")]
