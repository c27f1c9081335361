"""What an envelope sees of who somebody is in the club."""

from handlers.standing import taker_of
from storage.model import Member, Terms
from tests.support.room import GROUP, PLATFORM, Room


async def taker(room: Room, name: str, terms: Terms):
    member = await room.member(name)

    async def look(work):
        chat = await work.people.chat(PLATFORM, GROUP)
        work.enter(chat.club)
        return await taker_of(work, room.catalogue, member, terms)

    return await room.store.read(look)


async def test_an_envelope_sees_only_what_it_asks_for(room):
    await room.say("小王", "#油耗 轩逸 百公里6.5升")
    await room.say("小王", "我的车 海豹")
    plain = await taker(room, "小王", Terms())
    assert (plain.level, plain.cars) == (0, frozenset())
    asked = await taker(room, "小王", Terms(level=1, car="海豹"))
    assert (asked.level, asked.cars) == (1, {"海豹"})


async def test_an_envelope_sees_labels_city_and_since_when(room):
    await room.say("小王", "标签 @小王 技师")
    await room.say("小王", "城市 上海")
    found = await taker(room, "小王", Terms())
    member: Member = await room.member("小王")
    assert (found.member, found.joined_at) == (member.id, member.joined_at)
    assert (found.labels, found.city) == (("技师",), "上海")


async def test_who_drives_a_variant_drives_the_series(room):
    series = next(each for each in room.catalogue.series.values() if each.variants)
    await room.say("小王", f"/加车 {series.variants[0]}")
    assert series.name in (await taker(room, "小王", Terms(car=series.name))).cars
    other = next(name for name in room.catalogue.series if name not in series.variants)
    assert other not in (await taker(room, "小王", Terms(car=other))).cars
