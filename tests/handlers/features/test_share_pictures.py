"""看 shows a share's pictures, where its platform has them."""

from dataclasses import replace

import pytest

from storage.model import Account, Consent, Media
from tests.support.room import GROUP

WORDS = "#提车 海豹 落地21.8万 在苏州提的"
PICTURES = tuple(Media("picture", f"p{number}") for number in range(3))
OTHERS = (Media("video", "v"), Media("voice", "s"), Media("file", "f"))


async def shown(room, name="小王", said="看 #1", **more):
    (reply,) = (await room.answer(name, said, **more)).replies
    await room.read()
    return reply


async def test_its_pictures_come_with_its_words(room):
    await room.say("小李", WORDS, media=(*OTHERS, *PICTURES))
    reply = await shown(room)
    assert reply.text.splitlines()[0].endswith(" · 小李 · 图 3 张")
    assert reply.pictures == PICTURES


async def test_without_pictures_there_are_none(room):
    await room.say("小李", WORDS, media=OTHERS)
    reply = await shown(room)
    assert "图" not in reply.text
    assert reply.pictures == ()


async def test_there_are_nine_at_most(room):
    await room.say("小李", WORDS, media=tuple(Media("picture", f"p{n}") for n in range(12)))
    assert len((await shown(room)).pictures) == 9


async def test_they_come_in_private_too(room):
    await room.say("小李", WORDS, media=PICTURES)
    assert (await shown(room, private=True)).pictures == PICTURES


@pytest.mark.parametrize("platform", ["another"])
async def test_another_platform_knows_nothing_by_their_ids(room, platform):
    await room.say("小李", WORDS, media=PICTURES)
    member = await room.member("小王")

    async def there(work):
        chat = await work.people.chat("pretend", GROUP)
        await work.people.bind(Account(platform, "小王"), member.id)
        await work.people.put_chat(replace(chat, platform=platform))

    await room.store.unit(there)
    reply = await shown(room, platform=platform)
    assert "图 3 张" in reply.text
    assert reply.pictures == ()


async def test_what_was_taken_back_is_not_shown(room):
    await room.say("小李", WORDS, media=PICTURES)
    await room.say("小李", "删除 #1")
    assert (await shown(room)).pictures == ()


async def test_what_only_counts_is_shown_to_its_author_alone(room):
    await room.say("小李", WORDS, media=PICTURES)

    async def only_count(work):
        await room._enter(work)
        share = await work.shares.share(1)
        await work.shares.change(replace(share, consent=Consent.NONE, version=2))

    await room.store.unit(only_count)
    assert (await shown(room)).pictures == ()
    assert (await room.answer("小李", "看 #1")).replies == (), "in private, so not kept"
    ((account, reply),) = [
        (each.account, each.reply)
        for each in await room.store.unit(lambda work: work.outbox.lease(("pretend",), (), 10))
    ]
    assert (account, reply.pictures) == ("小李", PICTURES)
