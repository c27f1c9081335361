"""Whatever Telegram delivers twice, late or side by side happens once."""

from tests.end_to_end.telegram.scene import Scene
from tests.support.telegram import Chat, User


async def test_an_update_that_comes_three_times_is_answered_once(
    on: Scene, club: Chat, li: User
) -> None:
    on.api.updates.repeats = 2
    asked = await li.says(club, "积分")
    await club.hears("小李，你有 0 分。", after=asked)
    await on.quiet()
    assert [each.text for each in club.by_bot if each.id > asked.id] == ["小李，你有 0 分。"]
