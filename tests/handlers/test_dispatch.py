"""One event, one unit, one answer: whatever is said, repeated, delayed or broken."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from handlers import dispatch, lanes, parse, registry, spoken
from handlers.context import Asking, Context
from handlers.dispatch import Dispatch
from handlers.feature import Feature
from handlers.guard import BURST, REFILL, Rate
from handlers.inside import REPLIES_MAX
from rewards import ledger
from storage.errors import Fault, Refusal
from storage.model import HOUR, MINUTE, Answer, Event, Member, Priority, Reply, Role
from storage.sqlite.store import SqliteStore
from storage.store import Work
from tests.support.room import CATALOGUE, GROUP, PLATFORM, REGISTRY, WORDS, Room
from tests.support.world import Clock, pretend_world

SECRET = "车牌沪A12345"
BUSY = "现在消息太多，没来得及处理，请过一会儿再试。"


def plant(room: Room, *features: Feature) -> None:
    """Let the room's bot have more features. One called `common` needs no texts of its own."""
    more = registry.collect([*registry.find().features, *features])
    room.dispatch = Dispatch(
        room.store, more, WORDS, CATALOGUE, room.world, newborn=room.newborn, rate=Rate(10**6)
    )


def told(answer: Answer) -> list[str]:
    return [reply.text for reply in answer.replies]


async def units(room: Room, event: Event) -> int:
    """How many units answering costs."""
    assert isinstance(room.store, SqliteStore)
    before = room.store.counts.units
    await room.dispatch.answer(event)
    return room.store.counts.units - before


# Once


async def test_a_repeat_gets_the_first_answer_and_changes_nothing(room):
    await room.give("小王", 100)
    await room.join("小李")
    first = await room.answer("小王", "送分 @小李 20", event_id="same")
    await room.read()
    again = await room.answer("小王", "送分 @小李 20", event_id="same")
    assert again == replace(first, repeated=True)
    assert await room.read() == []
    assert await room.balance("小李") == 20


async def test_a_repeat_gets_the_first_answer_after_its_time(room):
    first = await room.answer("小王", "积分", event_id="same")
    await room.give("小王", 100)
    again = await room.answer("小王", "积分", event_id="same")
    assert told(again) == told(first) == ["小王，你有 0 分。"]


ALOUD = {"kind": "tap", "aloud": True}
"""A number typed where the platform can show an answer to nobody alone."""


async def test_the_answer_to_a_tap_aloud_is_said_in_the_chat_to_who_tapped(room):
    await room.give("小王", 100)
    await room.say("小王", "红包 60 3")
    answer = await room.answer("小李", "抢 1", message="m77", **ALOUD)
    assert (answer.tap, answer.kept) == ("", True)
    messages = await room.store.unit(lambda work: work.outbox.lease((PLATFORM,), (), 9))
    (got,) = [message for message in messages if message.reply.to == "actor"]
    assert (got.chat, got.account, got.quotes) == (GROUP, "", "m77")
    assert got.reply.text in told(answer)


async def test_the_answer_to_a_tap_aloud_is_said_once(room):
    await room.give("小王", 100)
    await room.say("小王", "红包 60 3")
    first = await room.say("小李", "抢 1", event_id="same", **ALOUD)
    assert [each.to for each in first] == [""] * len(first)
    again = await room.answer("小李", "抢 1", event_id="same", **ALOUD)
    assert again.repeated
    assert await room.read() == []


async def test_a_tap_aloud_reads_what_a_message_would(room):
    """However long it is, and refusals too."""
    for says in ("积分", "帮助", "抢 99", "送分 @小李 20"):
        tapped = await room.say("小王", says, **ALOUD)
        spoken = await room.say("小王", says, addressed=True)
        assert [each.text for each in tapped] == [each.text for each in spoken]
        assert tapped, says


async def test_what_is_for_one_pair_of_eyes_is_not_said_aloud(room):
    await room.found()
    heard = await room.say("小王", "我的数据", **ALOUD)
    assert {each.to for each in heard} == {"小王"}


async def test_a_tap_aloud_in_private_is_answered_there(room):
    await room.found()
    (heard,) = await room.say("小王", "积分", private=True, **ALOUD)
    assert heard.to == "小王"


async def test_a_choice_of_a_group_without_a_club_is_told_to_be_over_aloud(room):
    (heard,) = await room.say("小李", "积分", chat="nowhere", **ALOUD)
    assert heard.text == WORDS.say("zh", "common", "expired")


async def test_a_refusal_is_repeated_even_when_it_would_be_allowed_now(room):
    await room.join("小李")
    first = await room.answer("小王", "送分 @小李 20", event_id="same")
    await room.read()
    await room.give("小王", 100)
    again = await room.answer("小王", "送分 @小李 20", event_id="same")
    assert told(first) == told(again) == ["积分不够，现在能用的是 0 分。"]
    assert again.repeated
    assert await room.read() == []
    assert await room.balance("小王") == 100


async def test_a_usage_line_is_repeated_too(room):
    first = await room.answer("小王", "/送分", event_id="same")
    assert told(first) == ["这样说就行：送分 @小李 20"]
    assert told(await room.answer("小王", "/送分", event_id="same")) == told(first)


async def test_an_event_delivered_many_times_at_once_happens_once(room):
    await room.give("小王", 100)
    await room.join("小李")
    event = room.event("小王", "送分 @小李 20", event_id="same")
    answers = await asyncio.gather(*(room.dispatch.answer(event) for _ in range(30)))
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 29
    assert {text for answer in answers for text in told(answer)} == {"小王 送给 小李 20 分。"}
    assert len(await room.read()) == 1
    assert await room.balance("小李") == 20


async def test_a_refusal_delivered_many_times_at_once_is_said_once(room):
    await room.join("小李")
    event = room.event("小王", "送分 @小李 20", event_id="same")
    answers = await asyncio.gather(*(room.dispatch.answer(event) for _ in range(30)))
    assert sum(not answer.repeated for answer in answers) == 1
    assert len(await room.read()) == 1


async def test_a_repeat_is_known_after_a_restart(room, clock):
    await room.give("小王", 100)
    await room.join("小李")
    await room.answer("小王", "送分 @小李 20", event_id="same")
    path = room.store.path
    await room.store.close()
    room.store = SqliteStore(path, pretend_world(clock=clock))
    plant(room)
    assert (await room.answer("小王", "送分 @小李 20", event_id="same")).repeated
    assert await room.balance("小李") == 20
    await room.store.close()


async def test_what_a_tap_shows_is_repeated(room):
    await room.give("小王", 100)
    await room.say("小王", "红包 10 1")
    shown = await room.tap("小李", "抢 1", event_id="same")
    assert shown == "小李 抢到 10 分 🎉"
    assert await room.tap("小李", "抢 1", event_id="same") == shown


# Whole or not at all


def broken() -> Feature:
    feature = Feature("common")

    @feature.command("弄坏", "spoil", examples=(("弄坏", ""),), arguments=".*")
    async def spoil(ctx: Context) -> Reply:
        await ctx.work.ledger.post(ledger.donation("x", ctx.member.id, 5))
        await ctx.work.outbox.put(ctx.event.platform, ctx.event.chat, "", Reply("坏的"))
        raise ValueError(ctx.event.text)

    @feature.command("反悔", "repent", examples=(("反悔", ""),))
    async def repent(ctx: Context) -> Reply:
        await ctx.work.ledger.post(ledger.donation("x", ctx.member.id, 5))
        await ctx.work.outbox.put(ctx.event.platform, ctx.event.chat, "", Reply("坏的"))
        raise Refusal("too_poor", points=3)

    @feature.command("等别的", "wander", examples=(("等别的", ""),))
    async def wander(ctx: Context) -> Reply:
        await ctx.work.ledger.post(ledger.donation("x", ctx.member.id, 5))
        await asyncio.sleep(0)
        return Reply("不会说的")

    return feature


@pytest.mark.parametrize("text", [f"弄坏 {SECRET}", "等别的"])
async def test_a_fault_keeps_nothing_and_apologises(room, text):
    plant(room, broken())
    await room.give("小王", 100)
    with capture_logs() as logs:
        answer = await room.answer("小王", text, event_id="faulty")
    assert answer == Answer((Reply(FAULT),), FAULT, kept=False)
    assert await room.read() == []
    assert await room.balance("小王") == 100
    assert [entry["event_id"] for entry in logs if entry["event"] == "fault"] == ["faulty"]
    assert SECRET not in str(logs)
    assert "小王" not in str(logs)


FAULT = "抱歉，刚才出了点问题，什么都没有改动。"


async def test_a_fault_is_tried_again_when_the_event_comes_again(room):
    plant(room, broken())
    await room.give("小王", 100)
    for _ in range(2):
        answer = await room.answer("小王", "弄坏", event_id="faulty")
        assert not answer.repeated
        assert not answer.kept


async def test_a_fault_harms_nobody_beside_it(room):
    plant(room, broken())
    await room.give("小王", 100)
    await room.join("小李")
    answers = await asyncio.gather(
        *(room.answer("小王", text) for text in ("送分 @小李 1", "弄坏", "送分 @小李 2", "弄坏"))
    )
    assert [answer.kept for answer in answers] == [True, False, True, False]
    assert await room.balance("小李") == 3


async def test_a_refusal_throws_the_work_away_and_is_said(room):
    plant(room, broken())
    await room.give("小王", 100)
    heard = await room.say("小王", "反悔")
    assert [each.text for each in heard] == ["积分不够，现在能用的是 3 分。"]
    assert await room.balance("小王") == 100


async def test_replies_are_kept_in_the_same_commit_as_what_they_tell(room):
    await room.give("小王", 100)
    await room.join("小李")
    before = room.store.counts.commits
    await room.answer("小王", "送分 @小李 20")
    assert room.store.counts.commits == before + 1
    assert [each.text for each in await room.read()] == ["小王 送给 小李 20 分。"]


async def test_too_many_replies_are_cut(room):
    feature = Feature("common")

    @feature.command("话痨", "chatterbox", examples=(("话痨", ""),))
    async def chatterbox(ctx: Context) -> tuple[Reply, ...]:
        return tuple(Reply(f"{n}") for n in range(100))

    plant(room, feature)
    assert len(await room.say("小王", "话痨")) == REPLIES_MAX


async def test_a_store_that_is_too_busy_is_told_politely(tmp_path, clock):
    store = SqliteStore(tmp_path / "busy.db", pretend_world(clock=clock), waiting_max=0)
    room = Room(store, pretend_world(clock=clock), clock)
    assert await room.answer("小王", "积分") == Answer((Reply(BUSY),), BUSY, kept=False)
    await store.close()


async def test_a_store_that_keeps_nothing_is_told_politely(room):
    await room.store.close()
    text = "现在没法保存任何东西，刚才那句没有算数，请过一会儿再试。"
    with capture_logs() as logs:
        answer = await room.answer("小王", "积分", event_id="lost")
    assert answer == Answer((Reply(text),), text, kept=False)
    assert [entry["event_id"] for entry in logs] == ["lost"]


# Order


class Slow:
    """A feature that takes its time before its unit."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.begun = asyncio.Event()
        self.feature = Feature("common")

        async def prepare(asking: Asking) -> object:
            self.begun.set()
            if asking.argument == "错":
                raise Fault("cannot prepare")
            if asking.argument == "不":
                raise Refusal("who")
            await self.go.wait()
            return f"{asking.club} 想好了{asking.argument}"

        @self.feature.command(
            "慢慢来", "slow", examples=(("慢慢来", ""),), arguments=".*", prepare=prepare
        )
        async def slow(ctx: Context) -> Reply:
            return Reply(str(ctx.prepared).removeprefix(ctx.club.id))


async def test_answers_come_in_order_however_long_one_prepares(room):
    slow = Slow()
    plant(room, slow.feature)
    first = asyncio.create_task(room.answer("小李", "慢慢来 一"))
    await slow.begun.wait()
    later = [
        asyncio.create_task(room.answer("小王", text)) for text in ("积分", "慢慢来 二", "车友会")
    ]
    elsewhere = await room.answer("小王", "积分", private=True)
    assert told(elsewhere) == ["小王，你有 0 分。"]
    assert not any(task.done() for task in (first, *later))
    slow.go.set()
    await asyncio.gather(first, *later)
    heard = [each.text for each in await room.read() if not each.to]
    assert [text[:5] for text in heard] == [" 想好了一", "小王，你有", " 想好了二", "车友会：2"]


async def test_a_refusal_before_the_unit_is_said_like_any_other(room):
    slow = Slow()
    plant(room, slow.feature)
    heard = await room.say("小李", "慢慢来 不", event_id="same")
    assert [each.text for each in heard] == ["要说清楚是谁：@ 一下，或者回复那个人的消息。"]
    assert (await room.answer("小李", "慢慢来 不", event_id="same")).repeated


@pytest.mark.parametrize("how", ["fault", "cancelled"])
async def test_one_that_gives_up_while_waiting_lets_nobody_past_the_first(room, how):
    slow = Slow()
    plant(room, slow.feature)
    first = asyncio.create_task(room.answer("小李", "慢慢来 一"))
    await slow.begun.wait()
    second = asyncio.create_task(room.answer("小李", "慢慢来 错" if how == "fault" else "积分"))
    await asyncio.sleep(0.02)
    if how == "cancelled":
        second.cancel()
    third = asyncio.create_task(room.answer("小王", "车友会"))
    await asyncio.sleep(0.02)
    assert not third.done()
    slow.go.set()
    assert told(await first) == [" 想好了一"]
    await third
    heard = [each.text for each in await room.read()]
    assert [text[:5] for text in heard] == [" 想好了一", "车友会：2"]
    assert [each.text for each in await room.say("小王", "积分")] == ["小王，你有 0 分。"]


# A crowd


def echo() -> Feature:
    feature = Feature("common")

    @feature.command("回声", "echo", examples=(("回声", ""),), arguments=".*")
    async def again(ctx: Context) -> Reply:
        return Reply(ctx.argument)

    return feature


async def test_a_crowd_in_one_chat_does_not_hold_up_another(room, monkeypatch):
    monkeypatch.setattr(lanes, "UNDER_WAY_MAX", 20)
    done: list[str] = []

    async def ask(name: str, **more: object) -> None:
        assert (await room.answer(name, "积分", **more)).kept
        done.append(name)

    await room.join("小张")
    crowd = [ask("小李") for _ in range(600)]
    await asyncio.gather(*crowd, ask("小张", private=True))
    assert len(done) == 601
    assert done.index("小张") <= 40


async def test_a_crowd_is_answered_in_order(room, monkeypatch):
    monkeypatch.setattr(lanes, "UNDER_WAY_MAX", 3)
    slow = Slow()
    plant(room, echo(), slow.feature)
    slow.go.set()
    texts = ["慢慢来" if number % 7 == 3 else f"回声 {number}" for number in range(50)]
    answers = await asyncio.gather(*(room.answer("小李", text) for text in texts))
    told_in_turn = [text for answer in answers for text in told(answer)]
    assert [each.text for each in await room.read()] == told_in_turn
    assert [text for text in told_in_turn if text.isdecimal()] == [
        text.removeprefix("回声 ") for text in texts if text != "慢慢来"
    ]


async def test_a_crowd_that_is_too_large_is_told_politely_and_nobody_else(room, monkeypatch):
    monkeypatch.setattr(lanes, "UNDER_WAY_MAX", 2)
    monkeypatch.setattr(lanes, "WAITING_MAX", 3)
    await room.join("小张")
    crowd = [room.answer("小李", "积分") for _ in range(9)]
    *answers, other = await asyncio.gather(*crowd, room.answer("小张", "积分", private=True))
    assert [answer.kept for answer in answers] == [True] * 5 + [False] * 4
    assert {line for answer in answers[5:] for line in told(answer)} == {BUSY}
    assert other.kept


async def test_of_too_many_that_prepare_the_last_are_told_politely(room, monkeypatch):
    monkeypatch.setattr(dispatch, "PREPARING_MAX", 2)
    slow = Slow()
    plant(room, slow.feature)
    await room.join("小李")
    waiting = [asyncio.create_task(room.answer("小李", "慢慢来")) for _ in range(2)]
    await slow.begun.wait()
    assert told(await room.answer("小李", "慢慢来")) == [BUSY]
    assert await room.answer("小李", "今天天气不错") == Answer()
    slow.go.set()
    assert [answer.kept for answer in await asyncio.gather(*waiting)] == [True, True]
    assert (await room.answer("小李", "慢慢来")).kept


# What is none of our business


@pytest.mark.parametrize(
    "text", ["早上好", "积分怎么算", "抢红包啦", "", "[捂脸]", "help me please"]
)
async def test_ordinary_talk_costs_no_unit(room, text):
    assert await units(room, room.event("小李", text)) == 0


async def test_a_tap_that_says_no_command_costs_no_unit(room):
    assert await units(room, room.event("小李", "早上好", kind="tap")) == 0


async def test_a_command_costs_one_unit(room):
    assert await units(room, room.event("小王", "积分")) == 1


async def test_an_edited_message_is_no_command(room):
    await room.give("小王", 100)
    await room.join("小李")
    await room.answer("小王", "送分 @小李 20", kind="edit")
    assert await room.balance("小李") == 0


async def test_an_event_with_a_broken_id_is_nothing(room):
    event = replace(room.event("小王", "积分"), id="a\x00b")
    assert await units(room, event) == 0


async def test_a_huge_paste_is_answered_within_one_unit(room):
    for text in ("啊" * 10_000_000, "红包 " + "9" * 10_000_000, "/送分 " + "@" * 10_000_000):
        assert await units(room, room.event("小王", text)) <= 2
    assert [each.text for each in await room.read()] == ["太长了，请控制在 2 万字以内。"] * 2


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=ANYTHING, private=st.booleans(), addressed=st.booleans())
def test_no_text_raises_or_writes_unless_it_is_for_us(silent, text, private, addressed):
    event = silent.event("小李", text, private=private, addressed=addressed)
    before = silent.store.counts.units
    answer = silent.loop.run_until_complete(silent.dispatch.answer(event))
    assert answer.kept
    clean = parse.clean(event)
    asking = Asking(clean, clean.text, "", silent.store, CATALOGUE)
    said = spoken.spoken(clean.text, REGISTRY.words, addressed=private or addressed)
    wanted = any(each.wants(asking) for each in REGISTRY.listeners["message"])
    if said is None and not wanted:
        assert silent.store.counts.units == before


class Silent(Room):
    """A room that a test without a loop of its own can talk in."""

    loop: asyncio.AbstractEventLoop


@pytest.fixture
def silent(tmp_path: Path):
    clock = Clock()
    loop = asyncio.new_event_loop()
    world = pretend_world(clock=clock)
    room = Silent(SqliteStore(tmp_path / "club.db", world), world, clock)
    room.loop = loop
    loop.run_until_complete(room.found())
    yield room
    loop.run_until_complete(room.store.close())
    loop.close()


# How often


@pytest.fixture
async def strict(tmp_path: Path, clock: Clock) -> AsyncIterator[Room]:
    """A room with the limits of real life."""
    world = pretend_world(clock=clock)
    room = Room(SqliteStore(tmp_path / "club.db", world), world, clock, rate=Rate())
    await room.found()
    yield room
    await room.store.close()


async def test_a_flood_is_answered_once_a_minute(strict):
    answers = [await strict.answer("小李", "积分") for _ in range(BURST + 5)]
    assert [answer.kept for answer in answers] == [True] * BURST + [False] * 5
    text = "说得太快了，歇几秒再来。"
    assert [told(answer) for answer in answers[BURST:]] == [[text], [], [], [], []]
    assert len(await strict.read()) == BURST
    strict.clock.move(REFILL)
    assert (await strict.answer("小李", "积分")).kept
    assert told(await strict.answer("小李", "积分")) == []
    strict.clock.move(MINUTE)
    for _ in range(BURST):
        await strict.answer("小李", "积分")
    assert told(await strict.answer("小李", "积分")) in ([text], [])


async def test_a_flood_does_not_keep_others_from_speaking(strict):
    for _ in range(BURST + 5):
        await strict.answer("小李", "积分")
    assert (await strict.answer("小张", "积分")).kept


async def test_ordinary_talk_is_never_too_fast(strict):
    for _ in range(10 * BURST):
        assert await strict.answer("小李", "哈哈哈哈") == Answer()
    assert (await strict.answer("小李", "积分")).kept


async def test_a_refused_flood_costs_no_unit(strict):
    for _ in range(BURST):
        await strict.answer("小李", "积分")
    assert await units(strict, strict.event("小李", "积分")) == 0


# Who and where


@pytest.mark.parametrize(
    "text",
    [
        "任命 @小张",
        "免去 @小张",
        "让位 @小张",
        "奖励 @小张 5",
        "设置",
        "静音",
        "取消静音",
        "关联码",
        "公费红包 60 5",
    ],
)
async def test_what_leaders_do_is_not_for_members(room, text):
    await room.join("小李", "小张")
    heard = await room.say("小李", text)
    assert [each.text for each in heard] == ["这件事只有会长和副会长能做。"]


@pytest.mark.parametrize("text", ["红包 60 5", "抢 1", "接任", "静音", "建会 新的"])
async def test_what_belongs_in_the_group_is_sent_there(room, text):
    heard = await room.say("小王", text, private=True)
    assert [(each.text, each.to) for each in heard] == [("这件事请在群里说。", "小王")]


async def test_a_private_question_is_answered_in_private(room):
    await room.give("小王", 100)
    heard = await room.say("小王", "积分", private=True)
    assert [(each.text, each.to) for each in heard] == [("小王，你有 100 分。", "小王")]


async def test_a_group_without_a_club_is_told_how_to_found_one_only_when_asked(empty_room):
    assert await empty_room.say("小李", "积分") == []
    for text, addressed in (("/积分", False), ("@小助手 积分", True)):
        heard = await empty_room.say("小李", text, addressed=addressed)
        assert [each.text for each in heard] == [
            "这个群还没有建车友会。群主说「建会 名字」就可以开始。"
        ]


async def test_a_stranger_in_private_is_told_where_to_go(empty_room):
    heard = await empty_room.say("小李", "积分", private=True)
    assert [(each.text, each.to) for each in heard] == [
        ("我还不知道你是哪个车友会的：先在群里跟我说句话，比如「积分」。", "小李")
    ]


async def test_doing_what_the_stranger_was_told_helps(room):
    await room.say("小李", "积分")
    heard = await room.say("小李", "积分", private=True)
    assert [each.text for each in heard] == ["小李，你有 0 分。"]


async def test_wrong_words_to_the_bot_are_put_right_and_others_are_left_alone(room):
    assert await room.say("小王", "积分 呢") == []
    heard = await room.say("小王", "@小助手 积分 呢", addressed=True)
    assert [each.text for each in heard] == ["这样说就行：积分"]
    heard = await room.say("小王", "积分 呢", private=True)
    assert [each.text for each in heard] == ["这样说就行：积分"]


# Members


async def test_whoever_acts_becomes_a_member(room):
    await room.say("小李", "积分")
    assert await room.member("小李") == Member(
        (await room.member("小李")).id, "小李", Role.MEMBER, room.clock.now, True
    )


async def test_whoever_only_talks_is_not_written_down(room):
    await room.say("小李", "早上好")
    with pytest.raises(AssertionError, match="nobody knows 小李"):
        await room.member("小李")


async def test_whoever_was_refused_is_known_all_the_same(room):
    """The others are told to ask for a word from somebody unknown; this was one."""
    await room.give("小王", 100)
    await room.say("小李", "送分 @小王 5")
    heard = await room.say("小王", "送分 @小李 5")
    assert [each.text for each in heard] == ["小王 送给 小李 5 分。"]


async def test_a_new_name_is_noted(room):
    await room.join("小李")
    await room.dispatch.answer(replace(room.event("小李", "积分"), name="李哥"))
    assert (await room.member("小李")).name == "李哥"


async def test_an_event_without_a_name_keeps_the_old_one(room):
    await room.join("小李")
    await room.dispatch.answer(replace(room.event("小李", "积分"), name=""))
    assert (await room.member("小李")).name == "小李"


async def test_whoever_leaves_and_comes_back_has_all_they_had(room):
    await room.give("小李", 30)
    await room.say("小李", "", kind="left")
    assert not (await room.member("小李")).present
    await room.say("小李", "", kind="joined")
    assert (await room.member("小李")).present
    assert await room.balance("小李") == 30


async def test_who_left_unseen_is_back_with_the_first_word(room):
    await room.join("小李")
    await room.say("小李", "", kind="left")
    await room.say("小李", "积分")
    assert (await room.member("小李")).present


# Quiet


async def test_a_muted_chat_hears_answers_and_money_but_no_chatter(room):
    await room.give("小王", 100)
    await room.say("小王", "静音")
    assert await room.say("小新", "", kind="joined") == []
    assert len(await room.say("小王", "积分")) == 1
    assert len(await room.say("小王", "红包 10 1")) == 1
    await room.say("小王", "取消静音")
    assert len(await room.say("小新二", "", kind="joined")) == 1


async def test_at_night_only_chatter_waits(room):
    await room.give("小王", 100)
    room.clock.move(11 * HOUR + 30 * MINUTE)  # 23:30
    assert await room.say("小新", "", kind="joined") == []
    assert len(await room.say("小王", "积分")) == 1
    assert len(await room.say("小王", "红包 10 1")) == 1
    room.clock.move(8 * HOUR + 29 * MINUTE)  # 07:59
    assert await room.read() == []
    room.clock.move(MINUTE)
    heard = await room.read()
    assert [each.priority for each in heard] == [Priority.CHATTER]


async def test_words_that_wait_for_the_morning_are_kept_over_a_restart(room, clock):
    room.clock.move(11 * HOUR + 30 * MINUTE)
    await room.answer("小新", "", kind="joined")
    path = room.store.path
    await room.store.close()
    room.store = SqliteStore(path, room.world)
    clock.move(9 * HOUR)

    async def look(work: Work) -> dict[str, int]:
        return await work.outbox.counts()

    assert (await room.store.read(look))["waiting"] == 1
    assert len(await room.read()) == 1
    await room.store.close()
