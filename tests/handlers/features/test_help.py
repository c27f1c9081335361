"""What the bot says it can do."""

import pytest

from storage.model import Role
from tests.support.room import REGISTRY, WORDS, Room

COMMANDS = [command for feature in REGISTRY.features for command in feature.commands]


async def text(room: Room, said: str, name: str = "小李", **more: object) -> str:
    (heard,) = await room.say(name, said, **more)
    return heard.text


async def test_the_overview_has_a_line_for_each_feature(room):
    lines = (await text(room, "帮助")).splitlines()
    assert lines[0] == "我能做这些："
    assert lines[-1] == "想知道怎么说，就说「帮助 红包」这样。"
    spoken_of = {command.feature for command in COMMANDS if command.role == Role.MEMBER}
    assert len(lines) - 2 == len(spoken_of - {"help"})
    assert "「积分」看看你有多少积分、怎么来的，送给车友或捐给资金池" in lines


@pytest.mark.parametrize(
    "said", ["帮助", "菜单", "/help", "/start", "/help@carclub_bot", "@bot 帮助"]
)
async def test_help_is_asked_for_in_many_ways(room, said):
    assert (await text(room, said, addressed=said[0] == "@")).startswith("我能做这些：")


@pytest.mark.parametrize(
    "said", ["帮助 红包", "帮助 /红包", "帮助 hongbao", "帮助 ＨＯＮＧＢＡＯ", "帮助 抢红包"]
)
async def test_a_command_is_explained_by_examples(room, said):
    assert await text(room, said) == (
        "发红包、抢红包、摇号、定时发；一天没抢完的退回，手气谁都能验算\n可以这样说：\n"
        "红包 60 5\n红包 60 5 摇号30秒\n红包 60 5 均分\n抢 1\n接力 1\n撤回红包 1\n红包记录\n"
        "验证 1\n数目后面可以加：均分、刺激、摇号60秒、给 @谁、等级2、标签…、车型…、城市…、"
        "入会30天、新人2、全部群，最后是 口令 …。"
    )


async def test_leaders_read_what_only_they_may_say(room):
    member, leader = await text(room, "帮助 红包"), await text(room, "帮助 红包", "小王")
    assert "公费红包 60 5" not in member.splitlines()
    assert "公费红包 60 5" in leader.splitlines()


@pytest.mark.parametrize("role", list(Role))
async def test_nobody_is_shown_what_is_not_for_them(room, role):
    await room.promote("小李", role)
    for command in COMMANDS:
        said = await text(room, f"帮助 {command.words[0]}")
        shown = command.examples[0][0] in said.splitlines()
        assert shown == (role >= command.role), command.words[0]


async def test_what_the_platform_has_not_is_not_offered_there(room):
    lacks = ("links",)
    everywhere, here = await text(room, "帮助"), await text(room, "帮助", lacks=lacks)
    assert set(everywhere.splitlines()) - set(here.splitlines()) == {
        "「邀请」要一个你的专属入口，请新车友进群"
    }
    assert "邀请" in await text(room, "帮助 邀请")
    assert await text(room, "帮助 邀请", lacks=lacks) == (
        "我不认识「邀请」。说「帮助」看看能做什么。"
    )
    assert await text(room, "邀请", lacks=lacks) == "这里没有邀请链接，直接请人进群就好。"


async def test_what_a_leader_has_yet_to_allow_is_offered(room):
    assert "「邀请」" in await text(room, "帮助", lacks=("invite", "read"))


async def test_an_unknown_word_is_said_to_be_unknown(room):
    assert await text(room, "帮助 修车") == "我不认识「修车」。说「帮助」看看能做什么。"


async def test_help_is_there_before_the_club_and_in_private(empty_room):
    assert (await text(empty_room, "帮助")).startswith("我能做这些：")
    assert (await text(empty_room, "帮助", private=True)).startswith("我能做这些：")
    assert "建会 周末车友会" in await text(empty_room, "帮助 建会")


async def test_english_help_uses_words_that_telegram_can_say(room):
    await room.say("小王", "设置 语言 English")
    overview = await text(room, "/help")
    assert overview.splitlines()[0] == "This is what I can do:"
    for line in overview.splitlines()[1:-1]:
        assert line.split(":")[0].isascii(), line
        assert line.startswith("/")
    assert (await text(room, "/help grab")).splitlines()[1:-1] == [
        "You can say:", "/hongbao 60 5", "/grab 1", "/relay 1", "/recall 1", "/envelopes",
        "/verify 1",
    ]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words[0])
def test_every_example_of_help_can_be_said_in_both_languages(command):
    for example, _ in command.examples:
        assert command.shown(example, "zh") == example
        assert command.shown(example, "en").startswith(f"/{command.alias}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_help_of_every_feature_is_one_short_line(language):
    for feature in REGISTRY.features:
        about = WORDS.say(language, feature.name, "help")
        assert "\n" not in about
        assert 4 <= len(about) <= 120, feature.name
