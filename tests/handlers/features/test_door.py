"""Opening a private conversation where the bot may not write first."""

from storage.model import Choice, Priority, Reply
from tests.support.room import GROUP, PLATFORM

# True with a button and without one, for friends and for strangers.
OPEN = "这件事要私下说：打开和我的私聊（还不是好友就先加我），说一声「帮助」，话就到。"


async def knock(room, name):
    async def unit(work):
        reply = Reply("", live=True, slot=f"door:{name}:1", priority=Priority.ANSWER)
        await work.outbox.put(PLATFORM, GROUP, "", reply)

    await room.store.unit(unit)
    (heard,) = await room.read()
    return heard


async def test_somebody_is_asked_by_name_to_open_it(room):
    await room.join("小李")
    heard = await knock(room, "小李")
    assert heard.text == f"小李，{OPEN}"
    assert heard.choices == (Choice("打开私聊", "帮助", private=True),)


async def test_somebody_the_club_does_not_know_is_asked_without_a_name(room):
    heard = await knock(room, "谁")
    assert heard.text == OPEN


async def test_what_was_held_goes_out_once_they_speak(room):
    await room.join("小李")

    async def hold(work):
        await work.outbox.put(PLATFORM, "", "小李", Reply("悄悄话", to="private"))
        for message in await work.outbox.lease((PLATFORM,), (), 9):
            await work.outbox.hold(message.id)

    await room.store.unit(hold)
    assert await room.read() == []
    heard = await room.say("小李", "/start", private=True)
    assert [each.text[:5] for each in heard] == ["悄悄话", "我能做这些"]


async def test_what_a_tap_brings_that_is_too_long_is_told_in_private(room):
    await room.join("小李")
    assert await room.tap("小李", "帮助") == "有点长，私下发给你了。"
    (overview,) = await room.read()
    assert (overview.text[:5], overview.to) == ("我能做这些", "小李")
    # In private there is nobody to be discreet about.
    assert await room.tap("小李", "帮助", private=True) == ""
    assert len(await room.read()) == 1
