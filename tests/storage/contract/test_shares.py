"""Owners' experience, and the cars they have."""

from dataclasses import replace

import pytest

from storage.errors import Refusal
from storage.model import Consent, Facts, Media, Share, Stage, Vehicle
from tests.support.stores import within
from tests.support.world import START

FULL = Share(
    1,
    "a",
    "口碑",
    "海豹冬天掉电三成",
    Facts(Stage.REPAIR, "海豹", 30_000, 200_000, "上海", "2026-05", 15.5, "kWh/100km"),
    b"f1",
    "pretend",
    "group",
    "m1",
    START,
    (Media("picture", "p1"),),
    Consent.PUBLIC,
    2,
    True,
)


def share(number, author="a", **more):
    facts = Facts(car=more.pop("car", "海豹"))
    plain = Share(number, author, "口碑", f"话{number}", facts, b"%d" % number, "pretend", "group",
                  f"m{number}", START + number)  # fmt: skip
    return replace(plain, **more)


def do(method, *arguments, **more):
    return within(lambda work: getattr(work.shares, method)(*arguments, **more))


async def add(store, *shares):
    for each in shares:
        await store.unit(do("add", each))


async def numbers(store, method, *arguments, **more):
    found = await store.read(do(method, *arguments, **more))
    return [each.number for each in found]


async def test_a_share_is_kept_with_all_it_says(store, shelf):
    await add(store, FULL)
    reopened = await shelf.open()
    assert await reopened.read(do("share", 1)) == FULL
    assert await reopened.read(do("share", 2)) is None


async def test_a_share_is_known_by_its_message_and_by_its_words(store):
    await add(store, share(1), share(2, fingerprint=b"1"))
    assert (await store.read(do("of_message", "pretend", "group", "m2"))).number == 2
    assert await store.read(do("of_message", "pretend", "group", "m9")) is None
    assert (await store.read(do("same", b"1"))).number == 1
    assert await store.read(do("same", b"9")) is None


async def test_a_new_version_takes_the_place_of_the_old(store):
    await add(store, FULL)
    newer = replace(FULL, text="不掉电了", version=3, consent=Consent.CLUB)
    await store.unit(do("change", newer))
    assert await store.read(do("share", 1)) == newer


async def test_a_deleted_share_is_found_by_its_number_and_words_only(store):
    await add(store, share(1), share(2))
    await store.unit(do("change", share(1, text="", deleted=True)))
    assert (await store.read(do("share", 1))).deleted
    assert (await store.read(do("same", b"1"))).number == 1
    assert await store.read(do("of_message", "pretend", "group", "m1")) is None
    assert await numbers(store, "of_author", "a", 9) == [2]
    assert await numbers(store, "find", consent=Consent.CLUB, limit=9) == [2]
    assert list(await store.read(do("counted", START, 9))) == [("a", 1)]


async def test_shares_are_found_by_car_tag_and_consent_the_newest_first(store):
    await add(
        store,
        share(1),
        share(2, car="汉"),
        share(3, tag="求助"),
        share(4, consent=Consent.PUBLIC),
        share(5, author="b"),
    )
    assert await numbers(store, "find", consent=Consent.CLUB, limit=3) == [5, 4, 3]
    assert await numbers(store, "find", car="汉", consent=Consent.CLUB, limit=9) == [2]
    assert await numbers(store, "find", tag="求助", consent=Consent.CLUB, limit=9) == [3]
    both = {"car": "海豹", "tag": "求助"}
    assert await numbers(store, "find", **both, consent=Consent.CLUB, limit=9) == [3]
    assert await numbers(store, "find", consent=Consent.PUBLIC, limit=9) == [4]
    assert await numbers(store, "of_author", "b", 9) == [5]
    assert list(await store.read(do("counted", START + 3, 9))) == [("a", 2), ("b", 1)]


async def test_what_was_said_last_is_found_first_however_late_it_was_kept(store):
    old = share(3, at=START - 1, consent=Consent.NONE)
    await add(store, share(1), share(2), old)
    assert await numbers(store, "find", consent=Consent.NONE, limit=9) == [2, 1, 3]
    assert await numbers(store, "find", consent=Consent.CLUB, limit=9) == [2, 1]
    assert await numbers(store, "find", car="海豹", consent=Consent.NONE, limit=2) == [2, 1]


async def test_what_only_counts_is_told_apart_and_comes_last(store):
    none = {"consent": Consent.NONE}
    gone = share(5, deleted=True, **none)
    await add(store, share(1), share(2, **none), share(3, **none), share(4, "b", **none), gone)
    assert await numbers(store, "of_author", "a", 9) == [1, 3, 2]
    assert await numbers(store, "only_counted", "a", 9) == [2, 3]
    assert await numbers(store, "only_counted", "a", 1) == [2]
    assert list(await store.read(do("counted", START, 9))) == [("a", 1)]


async def test_a_message_stays_known_when_its_share_is_taken_back(store, shelf):
    await add(store, share(1), share(2))
    await store.unit(do("change", share(1, text="", message="", deleted=True)))
    store = await shelf.open()
    known = [await store.read(do("is_known", "pretend", "group", f"m{n}")) for n in (1, 2, 3)]
    assert known == [True, True, False]
    assert not await store.read(do("is_known", "pretend", "other", "m1"))
    assert not await store.read(do("is_known", "telegram", "group", "m1"))


async def test_a_club_sees_its_own_shares(store):
    await add(store, share(1))
    elsewhere = within(lambda work: work.shares.find(consent=Consent.CLUB, limit=9), "other")
    assert not await store.read(elsewhere)


async def test_the_same_words_have_the_same_mark_however_they_are_written(store, shelf):
    marks = [
        await store.read(do("fingerprint", text))
        for text in ("Model Y 掉电！", "model y掉电", "ＭＯＤＥＬ　Ｙ，掉电。", "Model 3 掉电")
    ]
    assert marks[0] == marks[1] == marks[2] != marks[3]
    assert await (await shelf.open()).unit(do("fingerprint", "Model Y 掉电！")) == marks[0]


async def test_a_garage_is_the_persons_in_every_club(store):
    async def unit(work):
        await work.garage.put("a", Vehicle(2, "汉", START))
        await work.garage.put("a", Vehicle(1, "海豹", START))
        await work.garage.put("a", Vehicle(2, "唐", START + 1))
        await work.garage.put("b", Vehicle(1, "秦", START))

    await store.unit(within(unit))
    cars = await store.read(within(lambda work: work.garage.vehicles("a"), "other"))
    assert cars == [Vehicle(1, "海豹", START), Vehicle(2, "唐", START)]
    assert await store.unit(within(lambda work: work.garage.remove("a", 1)))
    assert not await store.unit(within(lambda work: work.garage.remove("a", 1)))
    assert len(await store.read(within(lambda work: work.garage.vehicles("a")))) == 1


async def test_a_share_whose_unit_failed_is_not_there(store):
    async def fails(work):
        await work.shares.add(FULL)
        await work.garage.put("a", Vehicle(1, "汉", START))
        raise Refusal("no")

    with pytest.raises(Refusal):
        await store.unit(within(fails))
    assert await store.read(do("share", 1)) is None
