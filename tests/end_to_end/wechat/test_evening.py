"""A club's evening in a WeChat group: what members say, what they read, what the books say."""

from tests.end_to_end.wechat.scene import Scene, is_leader
from tests.support.wechat.world import ALICE, BOB, BOT, CAROL, DAVE


async def test_the_owner_of_the_group_founds_a_club(scene: Scene):
    await scene.asks(BOB, "建会 周末车友会", "建会码")
    await scene.asks(ALICE, "建会 周末车友会", "建好了")
    assert is_leader(await scene.member(ALICE))


async def test_an_evening(club: Scene):
    kept = await club.asks(BOB, "#油耗 海豹 百公里5.2升，开了2万公里", "收好 #1")
    assert kept.text.startswith("@小李\u2005")
    assert kept.mentions == (BOB,)
    share = await club.share(1)
    assert share is not None
    assert (share.facts.car, share.facts.figure) == ("海豹", 5.2)
    await club.asks(CAROL, "@小助手\u2005海豹油耗怎么样", "5.2", at=[BOT])
    await club.give(ALICE, 100)
    offer = await club.asks(ALICE, "红包 60 3", "1. 抢红包")
    assert "🧧" in offer.text
    await club.asks(BOB, "1", "小李 抢到")
    await club.asks(CAROL, "１", "小张 抢到")
    ended = await club.asks(DAVE, "抢 1", "抢完了")
    for name in ("小李", "小张", "Li Lei"):
        assert name in ended.text
    assert sum([await club.points(each) for each in (BOB, CAROL, DAVE)]) >= 60
    told = await club.asks(BOB, "积分", "分")
    assert str(await club.points(BOB)) in told.text


async def test_an_envelope_is_had_by_its_words(club: Scene):
    await club.give(ALICE, 100)
    await club.asks(ALICE, "红包 60 2 口令 海豹上山", "口令")
    await club.asks(BOB, "海豹上山", "小李 抢到")
    assert await club.points(BOB) > 0


async def test_a_number_that_answers_somebody_else_is_ordinary_talk(club: Scene):
    await club.give(ALICE, 100)
    await club.asks(ALICE, "红包 60 3", "1. 抢红包")
    await club.gateway.say(CAROL, "周末去水库，来的扣1")
    await club.quiet()
    before = len(club.gateway.sends)
    await club.gateway.say(BOB, "1")
    await club.quiet()
    assert len(club.gateway.sends) == before
    assert await club.member(BOB) is None


async def test_a_bare_number_is_ordinary_talk(club: Scene):
    before = len(club.gateway.sends)
    for who in (BOB, CAROL):
        await club.gateway.say(who, "1")
    await club.quiet()
    assert len(club.gateway.sends) == before
