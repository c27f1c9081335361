"""Whatever Telegram delivers twice, late or side by side happens once."""

import asyncio
import re

import pytest

from bots.telegram import taps
from storage.model import SECOND
from tests.end_to_end.telegram.scene import Scene, said_after
from tests.support.telegram import Chat, User


async def test_an_update_that_comes_three_times_is_answered_once(
    on: Scene, club: Chat, li: User
) -> None:
    on.api.updates.repeats = 2
    asked = await li.says(club, "积分")
    await club.hears("小李，你有 0 分。", after=asked)
    await on.quiet()
    assert said_after(asked) == ["小李，你有 0 分。"]


async def test_a_tap_that_comes_twice_pays_once(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 3")
    on.api.updates.repeats = 1
    answer = await li.taps(envelope, "抢红包")
    await on.quiet()
    assert answer.text == f"小李 抢到 {await on.points(li)} 分 🎉"
    assert "已抢 1/3 个" in envelope.text
    # The second delivery was answered with the same words; Telegram takes the first only.
    told = {each.parameters["text"] for each in on.api.requests("answerCallbackQuery")}
    assert told == {answer.text}


async def test_an_edited_command_does_not_run_again(
    on: Scene, club: Chat, li: User, zhao: User
) -> None:
    await on.give(club, li, 100)
    asked = await zhao.says(club, "积分")
    await on.quiet()
    gift = await li.says(club, "送分 20", reply_to=asked)
    told = await club.hears("小李 送给 小赵 20 分。", after=gift)
    await li.edits(gift, "送分 50")
    await li.edits(gift, "积分")
    await on.quiet()
    assert (await on.points(li), await on.points(zhao)) == (80, 20)
    assert said_after(gift) == [told.text]


async def test_words_that_become_a_command_by_an_edit_do_nothing(
    on: Scene, club: Chat, li: User
) -> None:
    said = await li.says(club, "几分了")
    await li.edits(said, "积分")
    await on.quiet()
    assert said_after(said) == []


async def test_an_edited_share_is_changed_and_not_paid_again(
    on: Scene, club: Chat, li: User
) -> None:
    said = await li.says(club, "#油耗 海豹 百公里5.2升 开了2万公里")
    told = await club.hears("收好 #1 油耗", after=said)
    assert "+10 分" in told.text
    await li.edits(said, "#油耗 海豹 百公里5.8升 开了2万公里，冬天")
    await on.quiet()
    share = await on.share(1)
    assert share.text == "#油耗 海豹 百公里5.8升 开了2万公里，冬天"
    assert (share.facts.figure, share.version) == (5.8, 2)
    assert await on.points(li) == 10
    assert said_after(said) == [told.text]


async def test_two_taps_of_one_person_in_one_moment_are_one_piece(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 3")
    pressed = [li.presses(envelope, "抢红包"), li.presses(envelope, "抢红包")]
    first, second = [(await tap.answered()).text for tap in pressed]
    got = await on.points(li)
    assert {first, second} == {f"小李 抢到 {got} 分 🎉", f"你已经抢过了，得了 {got} 分。"}
    await on.quiet()
    assert "已抢 1/3 个" in envelope.text


async def test_of_two_who_press_for_the_last_piece_one_has_it(
    on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 1")
    pressed = [li.presses(envelope, "抢红包"), zhao.presses(envelope, "抢红包")]
    told = sorted([(await tap.answered()).text for tap in pressed], key=len)
    assert re.fullmatch("小[李赵] 抢到 60 分 🎉", told[0])
    assert told[1] == "手慢了，1 号红包已经抢完。"
    assert await on.points(li) + await on.points(zhao) == 60
    await club.hears("抢完了，1/1 个有人领。")


async def test_a_tap_answered_too_late_still_counts_and_troubles_nobody(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 3")
    await on.stop()
    li.presses(envelope, "抢红包")
    on.clock.move(100 * SECOND)
    await on.start()
    await on.quiet()
    assert await on.points(li) > 0
    [late] = on.api.requests("answerCallbackQuery")
    assert "query is too old" in late.description
    assert (
        await li.taps(envelope, "抢红包")
    ).text == f"你已经抢过了，得了 {await on.points(li)} 分。"


async def test_a_tap_that_telegram_has_dropped_may_be_made_again(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 3")
    await on.stop()
    li.presses(envelope, "抢红包")
    on.clock.move(160 * SECOND)
    await on.start()
    await on.quiet()
    assert not on.api.requests("answerCallbackQuery")
    assert "抢到" in (await li.taps(envelope, "抢红包")).text


async def test_a_hundred_taps_in_one_moment_pay_ten_pieces(
    on: Scene, club: Chat, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taps, "PATIENCE_SECONDS", 15)  # this machine may be slow
    envelope = await on.offered(club, wang, "公费红包 100 10")
    crowd = [on.api.user(f"车友{number:02d}") for number in range(100)]
    club.seat_all(crowd)
    pressed = [each.presses(envelope, "抢红包") for each in crowd]
    told = [each.text for each in await asyncio.gather(*(tap.answered(15) for tap in pressed))]
    winners = [each for each in told if "抢到" in each]
    assert len(winners) == 10
    assert told.count("手慢了，1 号红包已经抢完。") == 90
    assert sum(int(re.findall(r"(\d+) 分", each)[0]) for each in winners) == 100
    await on.quiet()
    assert "抢完了，10/10 个有人领。" in envelope.text
