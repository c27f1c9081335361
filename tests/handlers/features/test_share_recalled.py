"""A message that its platform takes back takes its share along."""

from dataclasses import replace

import pytest

from handlers.guard import Rate
from storage.model import Consent, Role
from storage.sqlite.store import SqliteStore
from tests.handlers.features.test_share import FUEL, stored
from tests.support.room import Room
from tests.support.world import pretend_world

TAKEN_DOWN = "你在车友会的分享 #1 被会长或副会长删除了，原文没有留下。有疑问可以找他们聊聊。"


@pytest.fixture
async def room(room):
    """小李 has shared something."""
    await room.say("小李", FUEL, message="m7")
    return room


async def recall(room, name, message="m7", **more):
    heard = await room.say(name, "", kind="recalled", message=message, **more)
    return [(each.to, each.text) for each in heard]


async def test_what_its_author_takes_back_is_gone_without_a_word(room):
    assert await recall(room, "小李") == []
    share = await stored(room, 1)
    assert (share.deleted, share.text, share.media) == (True, "", ())
    (gone,) = await room.say("小王", "看 #1")
    assert gone.text == "没有 #1 这条分享。"
    assert await room.balance("小李") == 10, "as with 删除"


@pytest.mark.parametrize("role", [Role.CO_LEADER, Role.LEADER])
async def test_a_leader_may_for_good_order_and_its_author_is_told(room, role):
    await room.promote("小张", role)
    assert await recall(room, "小张") == [("小李", TAKEN_DOWN)]
    assert (await stored(room, 1)).deleted


async def test_anybody_elses_recall_changes_nothing(room):
    assert await recall(room, "小张") == []
    assert not (await stored(room, 1)).deleted


@pytest.mark.parametrize("message", ["", "m8"])
async def test_of_other_messages_nothing_is_known(room, message):
    await room.say("小李", "删除 #1")  # which leaves a share without a message
    await room.say("小李", "#电耗 海豹 百公里13度 开了1万公里", message="m9")
    assert await recall(room, "小李", message) == []
    assert not (await stored(room, 2)).deleted


async def test_it_is_taken_back_once(room):
    for _ in range(2):
        assert await recall(room, "小李", event_id="same") == []
    assert (await stored(room, 1)).version == 2
    assert await recall(room, "小李") == []
    assert (await stored(room, 1)).version == 2


async def test_what_only_counts_goes_without_its_author_being_told(room):
    async def only_count(work):
        await room._enter(work)
        share = await work.shares.share(1)
        await work.shares.change(replace(share, consent=Consent.NONE, version=2))

    await room.store.unit(only_count)
    assert await recall(room, "小王") == []
    assert (await stored(room, 1)).deleted


async def test_a_recall_is_never_too_fast(tmp_path, clock):
    world = pretend_world(clock=clock)
    store = SqliteStore(tmp_path / "club.db", world)
    hurried = Room(store, world, clock, Rate(burst=3))
    await hurried.found()
    await hurried.say("小李", FUEL, message="m7")
    for _ in range(5):
        await hurried.say("小李", "积分")
    await recall(hurried, "小李")
    assert (await stored(hurried, 1)).deleted
    await store.close()


async def test_an_envelope_is_none_of_its_messages(room):
    await room.say("小王", "公费红包 60 3", message="m5")
    assert await recall(room, "小王", "m5") == []
    assert (await room.tap("小李", "抢 1")).startswith("小李 抢到")
