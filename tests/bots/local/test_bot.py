"""The local group as a platform: starting, sending, crashing, starting again."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bots.contract import Platform, PlatformError, Receive, Sent, Traits
from bots.local.bot import ATTACHMENT_MAX_CHARACTERS, LocalGroup
from bots.local.room import OWED_MAX, RoomError
from storage.model import Answer, Attachment, Choice, Event, Message, Reply
from tests.support.world import pretend_world

TO_ALL = Message(1, "local", "group", "", Reply("大家好"))


def a_group(folder: Path, members: int = 6) -> LocalGroup:
    return LocalGroup(folder, members, pretend_world())


@asynccontextmanager
async def running(group: LocalGroup, receive: Receive) -> AsyncIterator[None]:
    run = asyncio.create_task(group.run(receive))
    await asyncio.wait_for(group.is_open.wait(), timeout=5)
    yield
    await group.stop()
    await run


class House:
    def __init__(self) -> None:
        self.events: list[Event] = []

    async def receive(self, event: Event) -> Answer:
        self.events.append(event)
        return Answer(tap=f"好的，{event.name}")

    def heard(self) -> list[tuple[str, str, str]]:
        return [(event.kind, event.name, event.text) for event in self.events]


def body(**facts: object) -> bytes:
    return json.dumps(facts).encode()


def test_it_is_a_platform(tmp_path):
    group: Platform = a_group(tmp_path)
    assert (group.name, group.traits) == ("local", Traits())


async def test_the_first_start_founds_the_club_and_the_second_does_not(tmp_path):
    house = House()
    async with running(a_group(tmp_path), house.receive):
        pass
    assert house.heard() == [
        ("added", "会长老王", ""),
        ("message", "会长老王", "建会 本地车友会"),
    ]
    assert all(event.owner and event.chat == "group" for event in house.events)
    async with running(a_group(tmp_path), house.receive):
        pass
    assert len(house.events) == 2


async def test_the_greeting_comes_before_the_owner_answers_it(tmp_path):
    group = a_group(tmp_path)
    greetings: list[asyncio.Task[str]] = []

    async def greet(event: Event) -> Answer:
        if event.kind != "added":
            return Answer()

        async def later() -> str:
            await asyncio.sleep(0.01)
            return (await group.send(TO_ALL)).id

        greetings.append(asyncio.create_task(later()))
        return Answer((TO_ALL.reply,))

    async with running(group, greet):
        said = [
            json.loads(row) for row in (tmp_path / "local-group.jsonl").read_text().splitlines()
        ]
        texts = [line["post"]["text"] for line in said if "post" in line]
        assert texts == ["大家好", "建会 本地车友会"]


async def test_the_opening_words_can_be_others(tmp_path):
    house = House()
    group = LocalGroup(tmp_path, 6, pretend_world(), title="Locals", opening="/found Locals")
    async with running(group, house.receive):
        assert house.events[-1].text == "/found Locals"
        assert house.events[-1].title == "Locals"


async def test_an_act_brings_the_answer_of_the_house(tmp_path):
    group, house = a_group(tmp_path), House()
    async with running(group, house.receive):
        answer = await group.act("say", body(account="m2", text="积分"))
        assert answer.tap == "好的，小李"
        assert house.events[-1].text == "积分"


async def test_what_was_not_acknowledged_comes_again_with_the_same_id(tmp_path):
    first = a_group(tmp_path)
    delivered: list[Event] = []

    async def crash(event: Event) -> Answer:
        delivered.append(event)
        if event.text == "抢红包":
            raise ConnectionError("the house fell down")
        return Answer()

    async with running(first, crash):
        with pytest.raises(ConnectionError):
            await first.act("say", body(account="m2", text="抢红包"))
    lost = delivered[-1]

    house = House()
    async with running(a_group(tmp_path), house.receive):
        assert house.events == [lost]
    async with running(a_group(tmp_path), house.receive):
        assert house.events == [lost]


async def test_a_crash_on_the_very_first_start_loses_nothing(tmp_path):
    async def never(event: Event) -> Answer:
        await asyncio.Event().wait()
        return Answer()

    run = asyncio.create_task(a_group(tmp_path).run(never))
    await asyncio.sleep(0.01)
    run.cancel()
    await asyncio.wait([run])
    house = House()
    async with running(a_group(tmp_path), house.receive):
        assert [kind for kind, _, _ in house.heard()] == ["added", "message"]


async def test_an_event_the_house_fails_on_does_not_keep_the_group_closed(tmp_path):
    async def fail(event: Event) -> Answer:
        raise ValueError(event.id)

    with capture_logs() as logs:
        async with running(a_group(tmp_path), fail):
            pass
    assert logs[0]["event"] == "event was not taken over"


async def test_nobody_acts_before_it_is_open_or_after_it_closed(tmp_path):
    group, house = a_group(tmp_path), House()
    early = asyncio.create_task(group.act("say", body(account="m2", text="早")))
    await asyncio.sleep(0)
    assert not early.done()
    async with running(group, house.receive):
        await early
    with pytest.raises(RoomError, match="closing"):
        await group.act("say", body(account="m2", text="晚"))
    assert "晚" not in [event.text for event in house.events]


async def test_many_at_once_are_all_answered(tmp_path):
    group, house = a_group(tmp_path, members=200), House()
    async with running(group, house.receive):
        offer = Message(1, "local", "group", "", Reply("红包", (Choice("抢", "抢 1"),)))
        sent = (await group.send(offer)).id
        taps = [
            group.act("tap", body(account=f"m{number}", message=sent, says="抢 1"))
            for number in range(1, 201)
        ]
        answers = await asyncio.gather(*taps)
        assert len({answer.tap for answer in answers}) == 200
        assert len({event.id for event in house.events}) == len(house.events) == 202
        assert OWED_MAX > 500


async def test_sending_and_changing(tmp_path):
    group = a_group(tmp_path)
    sent = (await group.send(TO_ALL)).id
    again = Message(2, "local", "group", "", Reply("改了"), edits=sent)
    assert await group.send(again) == Sent(sent)
    assert (await group.send(Message(3, "local", "", "m2", Reply("悄悄")))).id != sent


@pytest.mark.parametrize(
    "message",
    [
        Message(1, "local", "", "m99", Reply("给谁？")),
        Message(1, "local", "elsewhere", "", Reply("哪里？")),
        Message(1, "local", "private:m99", "", Reply("给谁？")),
        Message(1, "local", "group", "", Reply("改哪条？"), edits="99"),
        Message(
            1,
            "local",
            "group",
            "",
            Reply("大", attachment=Attachment("大.csv", "x" * (ATTACHMENT_MAX_CHARACTERS + 1))),
        ),
    ],
)
async def test_what_can_never_arrive_is_refused_for_good(tmp_path, message):
    with pytest.raises(PlatformError) as caught:
        await a_group(tmp_path).send(message)
    assert caught.value.final


async def test_what_cannot_be_kept_now_may_be_tried_again(tmp_path):
    group = a_group(tmp_path)
    file = tmp_path / "local-group.jsonl"
    file.unlink()
    file.mkdir()
    with pytest.raises(PlatformError) as caught:
        await group.send(TO_ALL)
    assert not caught.value.final
    event = Event("local:1", "local", "group", "m2", "小李", "嗨", 0)
    with capture_logs() as logs:
        await group.say(event, Reply("暂时记不下来"))
    assert logs[0]["log_level"] == "warning"


async def test_a_badge_stands_behind_a_name_and_survives_a_restart(tmp_path):
    badge = Message(1, "local", "group", "m2", Reply("海豹", to="badge"))
    group = LocalGroup(tmp_path, 3, pretend_world())
    assert (await group.send(badge)).messages == 0
    assert group._room.people["m2"].badge == "海豹"
    again = LocalGroup(tmp_path, 3, pretend_world())
    assert again._room.people["m2"].badge == "海豹"
    await again.send(replace(badge, reply=Reply("", to="badge")))
    assert again._room.people["m2"].badge == ""
    with pytest.raises(PlatformError):
        await again.send(replace(badge, account="nobody"))
