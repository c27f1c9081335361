"""The quiet hours end and begin on the club's clock, whatever the machine's clock does."""

from storage.model import HOUR, MINUTE, SECOND
from tests.end_to_end.telegram.scene import Scene, said_after
from tests.support.telegram import Chat, User

TO_ELEVEN = 11 * HOUR
"""From noon, when each scenario begins, to 23:00, when the night does."""


async def test_before_the_quiet_hours_a_newcomer_is_greeted_and_in_them_in_the_morning(
    on: Scene, club: Chat, li: User
) -> None:
    on.leap(TO_ELEVEN - MINUTE)
    await on.api.user("晚到的").joins(club)
    evening = await club.hears("欢迎新车友来到 车友会！")
    await on.quiet()
    on.leap(MINUTE)
    await on.api.user("夜里的").joins(club)
    asked = await li.says(club, "积分")
    await club.hears("小李，你有 0 分。", after=asked)
    await on.api.settled()
    await on.eventually(on.nothing_is_sent)
    assert said_after(evening) == ["小李，你有 0 分。"]
    on.leap(8 * HOUR + 59 * MINUTE)
    await on.eventually(on.nothing_is_sent)
    assert said_after(evening) == ["小李，你有 0 分。"]
    on.leap(MINUTE + 5 * SECOND)
    await club.hears("欢迎新车友来到 车友会！", after=asked)
    await on.quiet()
    assert len([each for each in club.by_bot if "欢迎" in each.text]) == 2


async def test_who_comes_in_the_night_shares_one_greeting(on: Scene, club: Chat) -> None:
    on.leap(TO_ELEVEN + MINUTE)
    for number in range(5):
        await on.api.user(f"夜里{number}").joins(club)
        await on.api.settled()
        on.leap(HOUR)
    on.leap(5 * HOUR)
    await club.hears("欢迎新车友来到 车友会！")
    await on.quiet()
    assert len([each for each in club.by_bot if "欢迎" in each.text]) == 1


async def test_a_clock_set_back_over_the_edge_of_the_night_does_no_harm(
    on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    on.leap(TO_ELEVEN + 30 * MINUTE)
    await on.api.user("夜里的").joins(club)
    await on.api.settled()
    await on.eventually(on.nothing_is_sent)
    on.leap(-HOUR)
    envelope = await on.offered(club, wang, "公费红包 60 2 均分")
    assert (await li.taps(envelope, "抢红包")).text == "小李 抢到 30 分 🎉"
    await on.quiet_but_held()
    assert not [each for each in club.by_bot if "欢迎" in each.text]
    await on.stop()
    await on.start()
    assert (await zhao.taps(envelope, "抢红包")).text == "小赵 抢到 30 分 🎉"
    on.leap(10 * HOUR)
    await club.hears("欢迎新车友来到 车友会！")
    await on.quiet()
    assert len([each for each in club.by_bot if "欢迎" in each.text]) == 1


async def test_an_envelope_ends_after_a_day_while_nobody_ran(
    on: Scene, club: Chat, li: User, zhao: User
) -> None:
    await on.give(club, li, 100)
    envelope = await on.offered(club, li, "红包 60 3 均分")
    await zhao.taps(envelope, "抢红包")
    await on.quiet()
    await on.stop()
    on.clock.move(25 * HOUR)
    await on.start()
    await on.api.until(lambda: "到期了，1/3 个有人领。" in envelope.text)
    assert "剩下的 40 分退回给发红包的人。" in envelope.text
    assert await on.points(li) == 80


async def test_a_draw_is_held_in_time_and_told_anew(
    on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 1 摇号60秒")
    for each in (li, zhao):
        assert "报上名了" in (await each.taps(envelope, "报名")).text
    on.leap(61 * SECOND)
    told = await club.hears("🎲 1 号红包开奖：", after=envelope)
    await on.quiet()
    assert "60 分" in told.text
    assert "🎲 1 号红包开奖了，2 人报名，1 人中。" in envelope.text
    assert await on.points(li) + await on.points(zhao) == 60
