"""A platform without edits and buttons that speaks slowly and has so many messages a day: what is
said anew, what is said together, what is left for points and danger, and who waits for whom."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bots.contract import Limits, PlatformError, Traits
from bots.outbox import ATTEMPTS_MAX
from bots.pace import places
from storage.model import DAY, HOUR, MINUTE, SECOND, Choice, Media, Millis, Priority
from tests.bots.test_outbox import MAYBE, NEVER, NO, House, Wire, until
from tests.support.room import PLATFORM
from tests.support.world import START, Clock

DANGER, MONEY, ANSWER, CHATTER = Priority
PAUSE: Millis = SECOND
SLOW = Traits(Limits(pause=PAUSE), edits=False, joined_max=3)
A_DAY = 20
CAPPED = Traits(Limits(pause=PAUSE, per_day=A_DAY), edits=False)
PLACES = places(A_DAY)
AWAY = PlatformError("the gateway is away", retry_after_seconds=5)


@pytest.fixture
async def slow(tmp_path: Path, clock: Clock) -> AsyncIterator[House]:
    house = House(tmp_path / "club.db", clock, Wire(traits=SLOW))
    yield house
    await house.store.close()


@pytest.fixture
async def capped(tmp_path: Path, clock: Clock) -> AsyncIterator[House]:
    house = House(tmp_path / "club.db", clock, Wire(traits=CAPPED))
    yield house
    await house.store.close()


async def again(house: House, path: Path) -> House:
    """The same club after a restart."""
    await house.store.close()
    after = House(path, house.clock, Wire(traits=house.wire.traits))
    await started(after)
    return after


async def started(house: House) -> None:
    """It has taken back what a former run left."""
    async with house.running():
        await house.still()


async def ask(house: House, *texts: str, **more: object) -> None:
    """Put short answers to who acted."""
    for text in texts:
        await house.put(text, to="actor", **more)  # type: ignore[arg-type]


def together(house: House) -> list[list[str]]:
    """The texts of each message that arrived."""
    return [
        [each.reply.text for each in (message, *message.also)] for message in house.wire.arrived
    ]


async def chat(house: House, times: int, priority: Priority = CHATTER) -> None:
    for number in range(times):
        await house.put(f"{priority.name}{number}", priority)
    await house.pass_by(2 * times)


# What cannot be changed


async def change(house: House, stage: str, priority: Priority = MONEY) -> None:
    house.stage = stage
    await house.put("", priority, slot="a:1", live=True)
    await house.pass_by(5)


async def test_what_cannot_be_changed_is_said_anew_only_at_another_stage(slow):
    for stage in ("0", "0", "1", "1", "over", "over"):
        await change(slow, stage)
    assert slow.wire.texts == ["画1", "画3", "画5"]
    assert [message.edits for message in slow.wire.tried] == ["", "", ""]
    assert await slow.counts() == {"waiting": 0, "leased": 0, "sent": 6, "dead": 0, "held": 0}


async def test_at_which_stage_something_was_said_outlives_a_restart(slow, tmp_path):
    await change(slow, "1")
    after = await again(slow, tmp_path / "club.db")
    for stage in ("1", "2"):
        await change(after, stage)
    assert after.wire.texts == ["画2"]
    await after.store.close()


async def test_what_has_no_stages_is_said_once(slow):
    for text in ("一", "二"):
        await slow.put(text, slot="a:1")
        await slow.pass_by(5)
    assert slow.wire.texts == ["一"]


async def test_a_text_with_a_stage_needs_no_drawing(slow):
    for text, stage in (("一", "1"), ("二", "1"), ("三", "2")):
        await slow.put(text, slot="a:1", stage=stage)
        await slow.pass_by(5)
    assert slow.wire.texts == ["一", "三"]


async def test_each_conversation_has_its_own_stages(slow):
    slow.stage = "1"
    for place in ("group", "other"):
        await slow.put("", slot="a:1", live=True, chat=place)
    await slow.pass_by(5)
    assert len(slow.wire.arrived) == 2


async def test_a_change_that_is_not_said_counts_for_nothing(capped):
    """No pause after it, no place of the day, and nobody is told that something was sent."""
    await change(capped, "1")
    for _ in range(A_DAY + 5):
        await change(capped, "1")
    assert (len(capped.wire.arrived), capped.outbox.counts.sent) == (1, 1)
    await chat(capped, PLACES[CHATTER] - 1)
    assert len(capped.wire.arrived) == PLACES[CHATTER]

    await capped.put("", MONEY, slot="a:1", live=True, not_before=capped.clock.now + MINUTE)
    await capped.put("钱", MONEY, not_before=capped.clock.now + MINUTE)
    await capped.pass_by(60)
    assert capped.said_after()[-1] == ((capped.clock.now - START) / SECOND, "钱")


async def test_after_a_change_that_is_not_said_the_slot_keeps_its_message(slow):
    for stage in ("1", "1"):
        await change(slow, stage)
    await slow.put("", slot="a:1", live=True)
    (message,) = await slow.store.unit(lambda work: work.outbox.lease((PLATFORM,), (), 1))
    assert (message.edits, message.stage) == ("pretend1", "1")


async def test_what_was_said_anew_is_what_the_slot_holds_then(slow):
    for stage in ("1", "2"):
        await change(slow, stage)
    await slow.put("", slot="a:1", live=True)
    (message,) = await slow.store.unit(lambda work: work.outbox.lease((PLATFORM,), (), 1))
    assert (message.edits, message.stage) == ("pretend2", "2")


async def test_a_stage_that_could_not_be_said_is_said_later(slow):
    await change(slow, "1")
    slow.wire.answers.append(NO)
    await change(slow, "2")
    assert slow.wire.texts == ["画1", "画3"]


async def test_chatter_said_anew_that_may_have_arrived_is_not_said_again(slow):
    """Where nothing can be changed, the same change twice is two messages."""
    await change(slow, "1", CHATTER)
    slow.wire.answers.append(MAYBE)
    await change(slow, "2", CHATTER)
    await slow.pass_by(60)
    assert len(slow.wire.tried) == 2


async def test_what_is_said_anew_is_as_urgent_as_what_it_tells(capped):
    """It is a message of its own: that an envelope is over is told when chatter must wait."""
    await change(capped, "1")
    await chat(capped, PLACES[CHATTER])
    assert capped.wire.texts[-1] != f"CHATTER{PLACES[CHATTER] - 1}"
    await change(capped, "over")
    assert capped.wire.texts[-1] == "画2"


async def test_where_messages_can_be_changed_they_are_whatever_their_stage(tmp_path, clock):
    house = House(tmp_path / "club.db", clock, Wire(traits=Traits(Limits(pause=PAUSE))))
    for stage in ("1", "1", "2"):
        await change(house, stage)
    assert [message.edits for message in house.wire.arrived] == ["", "pretend1", "pretend1"]
    await house.store.close()


# What is said together


async def test_a_crowd_is_answered_together_and_in_order(slow):
    await ask(slow, *"一二三四五六")
    await slow.pass_by(5)
    assert together(slow) == [["一", "二", "三", "四"], ["五", "六"]]
    assert await slow.counts() == {"waiting": 0, "leased": 0, "sent": 6, "dead": 0, "held": 0}
    assert slow.outbox.counts.sent == 2, "what is counted is what the platform heard"


async def test_where_a_platform_does_not_ask_for_it_nothing_is_joined(capped):
    await ask(capped, "一", "二")
    await capped.pass_by(5)
    assert together(capped) == [["一"], ["二"]]


@pytest.mark.parametrize(
    "between",
    [
        {"to": "chat"},
        {"to": "actor", "choices": (Choice("抢", "抢 1"),)},
        {"to": "actor", "slot": "a:1"},
        {"to": "actor", "slot": "a:2", "live": True},
        {"to": "actor", "pictures": (Media("photo", "p1"),)},
        {"to": "actor", "invitation": "door"},
    ],
    ids=str,
)
async def test_nothing_is_joined_past_what_cannot_be(slow, between):
    await ask(slow, "一", "二")
    await slow.put("间", **between)
    await ask(slow, "三", "四")
    await slow.pass_by(60)
    said = [[text.replace("画1", "间") for text in each] for each in together(slow)]
    assert said == [["一", "二"], ["间"], ["三", "四"]]


async def test_nothing_is_joined_past_what_must_wait_for_its_time(slow):
    await ask(slow, "一", "二")
    await ask(slow, "三", not_before=START + 30 * SECOND)
    await ask(slow, "四")
    await slow.pass_by(60)
    assert together(slow) == [["一", "二"], ["三", "四"]]


async def test_a_long_answer_is_said_alone(slow):
    long = "长" * 201
    await ask(slow, "一", long, "二", "三")
    await slow.pass_by(5)
    assert together(slow) == [["一"], [long], ["二", "三"]]


async def test_a_change_that_waits_keeps_no_answers_apart(slow):
    """As it holds nothing back where messages can be changed."""
    await change(slow, "1")
    await ask(slow, "一")
    slow.stage = "2"
    await slow.put("", ANSWER, slot="a:1", live=True)
    await ask(slow, "二")
    await slow.pass_by(9)
    assert sorted(together(slow)) == [["一", "二"], ["画1"], ["画2"]]


async def test_nothing_is_joined_across_priorities_and_conversations(slow):
    await ask(slow, "一")
    await ask(slow, "钱", priority=MONEY)
    await ask(slow, "别处", chat="other")
    await ask(slow, "悄悄", chat="", account="小李")
    await ask(slow, "二")
    await slow.pass_by(9)
    assert together(slow) == [["钱"], ["一", "二"], ["别处"], ["悄悄"]]


async def test_what_was_said_together_is_tried_again_together(slow):
    slow.wire.answers.append(NO)
    await ask(slow, "一", "二")
    await slow.pass_by(0.5)
    assert (await slow.counts())["waiting"] == 2
    await ask(slow, "三")
    await slow.pass_by(9)
    assert together(slow) == [["一", "二", "三"]]


async def test_a_gateway_that_is_away_keeps_all_of_them(slow):
    slow.wire.answers.extend([AWAY] * 20)
    await ask(slow, "一", "二")
    with capture_logs():
        await slow.pass_by(200)
    assert together(slow) == [["一", "二"]]


async def test_what_was_said_together_is_buried_together(slow):
    slow.wire.answers.append(NEVER)
    await ask(slow, "一", "二")
    with capture_logs() as logs:
        await slow.pass_by(5)
    assert ((await slow.counts())["dead"], slow.outbox.counts.buried) == (2, 2)
    assert [entry["event"] for entry in logs] == ["message given up"] * 2


async def test_who_joins_late_is_not_given_up_with_whom_they_joined(slow):
    """Each has as many attempts as its class."""
    slow.wire.answers.extend([NO] * ATTEMPTS_MAX[ANSWER])
    await ask(slow, "一")
    with capture_logs():
        await slow.pass_by(30)
        await ask(slow, "二")
        await slow.pass_by(20 * 60)
    assert len(slow.wire.tried) == ATTEMPTS_MAX[ANSWER] + 1
    assert together(slow) == [["二"]]
    assert (await slow.counts())["dead"] == 1


@pytest.mark.parametrize("priority", [ANSWER, CHATTER])
async def test_what_was_said_together_may_have_arrived_together(slow, priority):
    slow.wire.answers.append(MAYBE)
    await ask(slow, "一", "二", priority=priority)
    await slow.pass_by(60)
    assert together(slow) == ([["一", "二"]] if priority == ANSWER else [])
    assert (await slow.counts())["sent"] == 2


async def test_who_cannot_be_reached_is_told_all_of_it_later(slow):
    slow.wire.answers.append(PlatformError("no contact", unreachable=True))
    await ask(slow, "一", "二", chat="", account="小李", via="group")
    await slow.pass_by(5)
    assert (await slow.counts())["held"] == 2
    assert [message.reply.slot for message in slow.wire.arrived] == [f"door:小李:{START // HOUR}"]
    await slow.store.unit(lambda work: work.outbox.release(PLATFORM, "小李"))
    await slow.pass_by(5)
    assert together(slow)[-1] == ["一", "二"]


async def test_after_a_kill_what_was_said_together_is_said_again(slow, tmp_path):
    slow.wire.open.clear()
    await ask(slow, "一", "二")
    life = asyncio.create_task(slow.outbox.run())
    await until(lambda: slow.wire.tried)
    for task in (life, *slow.outbox._sending):
        task.cancel()
    await asyncio.gather(life, return_exceptions=True)
    assert (await slow.counts())["leased"] == 2
    after = await again(slow, tmp_path / "club.db")
    assert together(after) == [["一", "二"]]
    await after.store.close()


# One at a time


async def test_between_two_messages_is_a_pause_wherever_they_go(slow):
    for number in range(40):
        place = {"chat": f"{number}"} if number % 2 else {"chat": "", "account": f"{number}"}
        await slow.put(f"{number}", (DANGER, MONEY, ANSWER, CHATTER)[number % 4], **place)
    await slow.pass_by(80)
    times = [at for at, _ in slow.wire.heard]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert len(pauses) == 39
    assert all(PAUSE <= pause <= 1.5 * PAUSE for pause in pauses)
    assert len(set(pauses)) > 20, "an account that speaks like clockwork is taken for a machine"


async def test_nobody_is_spoken_to_while_something_is_being_said(slow):
    slow.wire.open.clear()
    await slow.put("一")
    await slow.put("二", DANGER, chat="other")
    async with slow.running():
        await until(lambda: slow.wire.tried)
        slow.move(PAUSE)
        await slow.still()
        assert len(slow.wire.tried) == 1
        slow.wire.open.set()
        await slow.settled(sent=1)
        await slow.still()
        assert len(slow.wire.tried) == 1
        slow.move(PAUSE + PAUSE // 2)
        await slow.settled(sent=2)


async def test_danger_waits_for_one_message_and_a_pause(slow):
    for number in range(30):
        await slow.put(f"{number}", CHATTER, chat=f"{number % 5}")
        await ask(slow, f"答{number}", chat=f"{number % 5}")
    await slow.pass_by(0)
    await slow.put("危险", DANGER)
    await slow.pass_by(1.5 * PAUSE / SECOND)
    assert slow.wire.texts[1:] == ["危险"]


async def test_a_clock_that_is_set_back_makes_neither_hurry_nor_endless_wait(slow):
    await slow.put("一")
    await slow.pass_by(0)
    slow.clock.move(-HOUR)
    await slow.put("二")
    since = slow.clock.now
    await slow.pass_by(0.9)
    assert slow.wire.texts == ["一"]
    await slow.pass_by(0.7)
    assert slow.wire.texts == ["一", "二"]
    assert PAUSE <= slow.wire.heard[-1][0] - since <= 1.5 * PAUSE


async def test_other_platforms_beside_it_are_not_slowed(tmp_path, clock):
    slow, quick = Wire("slow", traits=CAPPED), Wire("quick")
    house = House(tmp_path / "club.db", clock, slow, quick)
    for number in range(A_DAY + 10):
        for wire in (slow, quick):
            await house.put(f"{number}", DANGER, platform=wire.name, chat=f"{number}")
    await house.pass_by(0)
    assert (len(slow.arrived), len(quick.arrived)) == (1, A_DAY + 10)
    await house.pass_by(2 * A_DAY)
    assert len(slow.arrived) == A_DAY
    await house.put("好", platform="quick")
    await house.pass_by(0)
    assert quick.texts[-1] == "好"
    await house.store.close()


# So many a day


async def test_what_is_left_of_a_day_is_kept_for_what_matters(capped):
    for priority in reversed(Priority):
        await chat(capped, A_DAY, priority)
    said = [text.rstrip("0123456789") for text in capped.wire.texts]
    assert {name: said.count(name) for name in said} == {
        "CHATTER": PLACES[CHATTER],
        "ANSWER": PLACES[ANSWER] - PLACES[CHATTER],
        "MONEY": PLACES[MONEY] - PLACES[ANSWER],
        "DANGER": A_DAY - PLACES[MONEY],
    }


async def test_a_day_outlives_a_restart_and_ends_after_24_hours(capped, tmp_path):
    await chat(capped, PLACES[CHATTER] - 2)
    await capped.pass_by(60)
    since = capped.clock.now
    await chat(capped, 5)
    assert len(capped.wire.arrived) == PLACES[CHATTER]
    after = await again(capped, tmp_path / "club.db")
    await chat(after, 0)
    assert after.wire.texts == []
    await chat(after, 2, ANSWER)
    assert len(after.wire.texts) == 2

    after.clock.now = START + DAY - 1
    await after.pass_by(0)
    assert len(after.wire.texts) == 2
    after.clock.now = since + DAY - 1
    await after.pass_by(0.5)
    assert after.wire.texts[2:] == ["CHATTER2"]
    await after.pass_by(5)
    assert after.wire.texts[2:] == ["CHATTER2", "CHATTER3", "CHATTER4"]
    await after.store.close()


async def test_after_a_restart_a_long_text_counts_as_what_it_became(capped, tmp_path):
    capped.wire.parts = 4
    await chat(capped, PLACES[CHATTER] // 4)
    after = await again(capped, tmp_path / "club.db")
    await chat(after, 1)
    assert after.wire.texts == []
    await after.store.close()


async def test_what_was_said_together_is_one_message_of_the_day(tmp_path, clock):
    traits = Traits(CAPPED.limits, edits=False, joined_max=9)
    house = House(tmp_path / "club.db", clock, Wire(traits=traits))
    await ask(house, *(f"{number}" for number in range(10 * PLACES[ANSWER])))
    await house.pass_by(60)
    assert len(house.wire.arrived) == PLACES[ANSWER]
    after = await again(house, tmp_path / "club.db")
    await chat(after, 1, MONEY)
    assert len(after.wire.arrived) == 1
    await after.store.close()


async def test_what_was_not_said_takes_no_place_of_the_day(capped):
    """A gateway that is away for an hour must not make the account silent for the day."""
    capped.wire.answers.extend([AWAY, NO] * A_DAY)
    with capture_logs():
        for number in range(PLACES[MONEY]):
            await capped.put(f"{number}", MONEY, chat=f"{number}")
        await capped.pass_by(60 * 60)
    assert len(capped.wire.arrived) == PLACES[MONEY]


async def test_what_may_have_been_said_takes_a_place_of_the_day(capped, tmp_path):
    capped.wire.answers.extend([MAYBE] * PLACES[CHATTER])
    await chat(capped, A_DAY)
    assert len(capped.wire.tried) == PLACES[CHATTER]
    after = await again(capped, tmp_path / "club.db")
    assert after.wire.tried == []
    await after.store.close()


async def test_it_is_told_when_answers_wait_for_the_next_day(capped):
    await chat(capped, PLACES[CHATTER])
    await chat(capped, PLACES[ANSWER] - PLACES[CHATTER] - 1, ANSWER)
    assert capped.spent == []
    await chat(capped, 1, ANSWER)
    assert set(capped.spent) == {PLATFORM}
    capped.clock.move(DAY)
    await capped.outbox.look()
    capped.spent.clear()
    await capped.pass_by(60)
    assert capped.spent == []


async def test_a_clock_set_back_between_two_runs_makes_nobody_wait_for_more_than_a_day(
    capped, tmp_path
):
    await chat(capped, PLACES[CHATTER])
    capped.clock.move(-30 * DAY)
    after = await again(capped, tmp_path / "club.db")
    await chat(after, 1)
    assert after.wire.texts == [], "nor makes it hurry"
    after.clock.move(DAY)
    await after.pass_by(5)
    assert after.wire.texts == ["CHATTER0"]
    await after.store.close()
