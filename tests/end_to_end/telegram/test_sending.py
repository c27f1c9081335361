"""Telegram is in a hurry, away, or silent: nothing that matters is lost, nothing is doubled."""

import pytest

from bots.telegram import bot, line
from storage.model import MINUTE, SECOND, Priority, Reply
from tests.end_to_end.telegram.scene import Scene, said_after
from tests.support.telegram import (
    BadGateway,
    Chat,
    LoseAnswer,
    Refuse,
    Reset,
    User,
    flooded,
)
from tests.support.telegram.faults import Fault

EITHER_WAY = [BadGateway(), Reset()]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that does not come is not waited for as long. Asked for before the start."""
    monkeypatch.setattr(line, "ANSWER_SECONDS", 0.5)


async def test_too_many_requests_in_the_middle_of_a_payout_lose_and_double_nothing(
    on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    other = on.api.group("别的车友群", owner=wang, members=[li])
    other.promote_bot()
    await on.found(other, "别的车友会")
    envelope = await on.offered(club, wang, "公费红包 60 3")
    on.api.fail(Refuse(flooded(30)), "editMessageText", chat=club)
    for each in (wang, li, zhao):
        assert "抢到" in (await each.taps(envelope, "抢红包")).text
    await on.api.until(lambda: on.api.requests("editMessageText"))
    held = len(on.api.requests("sendMessage", "editMessageText"))
    asked = await li.says(club, "积分")
    elsewhere = await li.says(other, "积分")
    await other.hears("小李，你有", after=elsewhere)
    assert said_after(asked) == []  # only this chat waits
    assert len(on.api.requests("sendMessage", "editMessageText")) == held + 1
    on.leap(30 * SECOND)
    await club.hears("小李，你有", after=asked)
    await on.quiet()
    assert "抢完了，3/3 个有人领。" in envelope.text
    assert len(said_after(asked)) == 1
    assert sum([await on.points(each) for each in (wang, li, zhao)]) == 60
    assert len([each for each in club.by_bot if "🧧" in each.text]) == 1


async def test_too_many_requests_again_and_again_is_no_reason_to_give_up(
    on: Scene, club: Chat, li: User
) -> None:
    on.api.fail(Refuse(flooded(60)), "sendMessage", times=12)
    asked = await li.says(club, "积分")
    for tried in range(1, 13):
        await on.asked("sendMessage", tried + 1)
        await on.eventually(on.nothing_is_sent)
        on.leap(MINUTE)
    await club.hears("小李，你有", after=asked)
    await on.quiet()
    assert len(said_after(asked)) == 1


async def test_small_talk_whose_answer_was_lost_is_not_said_twice(
    impatient: None, on: Scene, club: Chat
) -> None:
    on.api.fail(LoseAnswer(), "sendMessage")
    newcomer = on.api.user("新来的")
    await newcomer.joins(club)
    greeting = await club.hears("欢迎新车友来到 车友会！")
    await on.quiet()
    on.leap(10 * MINUTE)
    await on.quiet()
    assert [each.text for each in club.by_bot if "欢迎" in each.text] == [greeting.text]


async def test_an_answer_that_was_lost_on_the_way_back_is_said_once_more_and_no_more(
    impatient: None, on: Scene, club: Chat, li: User
) -> None:
    on.api.fail(LoseAnswer(), "sendMessage")
    asked = await li.says(club, "积分")
    await club.hears("小李，你有 0 分。", after=asked)
    await on.eventually(on.nothing_is_sent)
    on.leap(2 * SECOND)
    await on.quiet()
    assert said_after(asked) == ["小李，你有 0 分。"] * 2


async def test_an_envelope_whose_answer_was_lost_pays_each_piece_once(
    impatient: None, on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    on.api.fail(LoseAnswer(), "sendMessage")
    lost = await on.offered(club, wang, "公费红包 60 2")
    await on.eventually(on.nothing_is_sent)
    on.leap(2 * SECOND)
    again = await club.hears("🧧", after=lost)
    await on.quiet()
    first = await li.taps(lost, "抢红包")
    assert "抢到" in first.text
    assert "已经抢过了" in (await li.taps(again, "抢红包")).text
    assert "抢到" in (await zhao.taps(again, "抢红包")).text
    await on.quiet()
    assert await on.points(li) + await on.points(zhao) == 60
    assert "抢完了" in again.text
    assert len([each for each in club.by_bot if "🧧" in each.text]) == 2


@pytest.mark.parametrize("fault", EITHER_WAY, ids=lambda each: type(each).__name__)
async def test_an_answer_that_a_gateway_swallowed_is_said_again(
    on: Scene, club: Chat, li: User, fault: Fault
) -> None:
    on.api.fail(fault, "sendMessage")
    asked = await li.says(club, "积分")
    await on.api.until(lambda: len(on.api.requests("sendMessage")) == 2)
    await on.eventually(on.nothing_is_sent)
    on.leap(2 * SECOND)
    await club.hears("小李，你有 0 分。", after=asked)
    await on.quiet()
    assert len(said_after(asked)) == 1


@pytest.mark.parametrize("fault", EITHER_WAY, ids=lambda each: type(each).__name__)
async def test_a_tap_whose_toast_was_swallowed_is_paid_all_the_same(
    on: Scene, club: Chat, wang: User, li: User, fault: Fault
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 2")
    on.api.fail(fault, "answerCallbackQuery")
    li.presses(envelope, "抢红包")
    await on.quiet()
    points = await on.points(li)
    assert points > 0
    assert (await li.taps(envelope, "抢红包")).text == f"你已经抢过了，得了 {points} 分。"


async def test_who_is_told_too_much_hears_it_in_several_messages(
    on: Scene, club: Chat, li: User
) -> None:
    words = "".join(f"{number}。海豹的座椅很舒服，" for number in range(900))
    await on.put(club, Reply(words))
    await on.quiet()
    parts = [each for each in club.by_bot if "海豹" in each.text]
    assert len(parts) == 3
    assert "".join(each.text for each in parts) == words
    assert all(len(each.text) <= 4096 for each in parts)


async def test_an_edit_that_changes_nothing_troubles_nobody(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 2")
    await li.taps(envelope, "抢红包")
    await on.quiet()
    await on.put(club, Reply("", slot="envelope:1", live=True))
    await on.quiet()
    assert "message is not modified" in on.api.requests("editMessageText")[-1].description
    assert (await on.outbox())["dead"] == 0


async def test_a_message_that_somebody_deleted_is_said_anew_when_it_changes(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    envelope = await on.offered(club, wang, "公费红包 60 1")
    tap = li.presses(envelope, "抢红包")
    await wang.deletes(envelope)
    assert "抢到 60 分" in (await tap.answered()).text
    await club.hears("抢完了，1/1 个有人领。", after=envelope)


async def test_nothing_is_given_up_while_telegram_is_away_at_the_start(
    on: Scene, club: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot, "CONNECT_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(bot, "CONNECT_PAUSE_MAX_SECONDS", 0.1)
    await on.quiet()
    await on.stop()
    with on.api.faults.all_along(BadGateway(), "getMe"):
        await on.start(connected=False)
        await on.put(club, Reply("周末去爬山", priority=Priority.CHATTER))
        for _ in range(6):
            await on.asked("getMe", len(on.api.requests("getMe")) + 2)
            on.leap(10 * MINUTE)
    await club.hears("周末去爬山")
