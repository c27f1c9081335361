"""Ten pictures with one caption are ten messages on the wire and one share in the house."""

import asyncio
import random

from tests.end_to_end.telegram.scene import Scene, said_after
from tests.support.telegram import Chat, Message, User

WORDS = "#提车 海豹 落地21万 颜色很好看"
KEPT = 9
"""As many pictures as a share holds."""


async def is_one_share(on: Scene, album: list[Message], author: User) -> None:
    """Of all its pictures, told and paid once."""
    await album[0].chat.hears("收好 #1 提车")
    await on.quiet()
    [told] = said_after(album[-1])
    assert told.startswith("收好 #1 提车：海豹 · 21 万元，+10 分。")
    share = await on.share(1)
    pictures = [each.content["photo"][-1]["file_id"] for each in album]
    assert [each.id for each in share.media] == pictures[:KEPT]
    assert share.text == WORDS
    assert await on.points(author) == 10
    assert await on.shares() == 1


async def test_an_album_of_ten_with_one_caption_is_one_share(
    on: Scene, club: Chat, li: User
) -> None:
    album = await li.posts_album(club, 10, WORDS)
    await is_one_share(on, album, li)


async def test_an_album_that_comes_in_two_deliveries_is_one_share(
    on: Scene, club: Chat, li: User
) -> None:
    album = await li.posts_album(club, 10, WORDS)
    with on.held_back(5):
        await asyncio.sleep(0.3)
    await is_one_share(on, album, li)


async def test_an_album_in_any_order_is_one_share(on: Scene, club: Chat, li: User) -> None:
    on.api.updates.shuffled = random.Random(3)
    album = await li.posts_album(club, 6, WORDS)
    await is_one_share(on, album, li)


async def test_an_album_that_comes_twice_is_one_share(on: Scene, club: Chat, li: User) -> None:
    on.api.updates.repeats = 1
    album = await li.posts_album(club, 4, WORDS)
    await is_one_share(on, album, li)


async def test_an_album_without_words_is_silent(on: Scene, club: Chat, li: User) -> None:
    album = await li.posts_album(club, 3)
    asked = await li.says(club, "积分")
    await club.hears("你有 0 分", after=asked)
    await on.quiet()
    assert len(said_after(album[0])) == 1
    assert await on.shares() == 0


async def test_an_album_in_the_middle_of_a_restart_is_one_share(
    on: Scene, club: Chat, li: User
) -> None:
    album = await li.posts_album(club, 6, WORDS)
    with on.held_back(3):
        await asyncio.sleep(0.1)
        await on.stop()
    await on.start()
    await is_one_share(on, album, li)
