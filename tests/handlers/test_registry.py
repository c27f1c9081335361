"""What features declare fits together, or the program does not start."""

import pytest

from handlers import registry
from handlers.context import Context
from handlers.feature import Feature
from handlers.registry import Clash
from handlers.spoken import WORD_MAX
from storage.model import Due, Reply
from tests.support.room import REGISTRY

COMMANDS = [command for feature in REGISTRY.features for command in feature.commands]


def saying(name: str, *words: str) -> Feature:
    feature = Feature(name)

    @feature.command(*words, examples=((words[0], ""),))
    async def answer(ctx: Context) -> Reply:
        return Reply("")

    return feature


def test_every_feature_is_found_once_and_in_order():
    names = [feature.name for feature in REGISTRY.features]
    assert names == sorted(set(names))
    assert {"envelope", "help", "leader", "points", "ranking", "welcome"} <= set(names)


def test_two_features_may_not_want_the_same_word():
    with pytest.raises(Clash, match="积分 is said by one already"):
        registry.collect([saying("one", "积分", "a"), saying("two", "积分", "b")])


def test_a_due_row_bears_its_features_name():
    feature = Feature("one")

    @feature.when_due("two.expire")
    async def expire(ctx: Context, due: Due) -> None: ...

    with pytest.raises(Clash):
        registry.collect([feature])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words[0])
def test_a_command_has_a_chinese_word_an_alias_telegram_takes_and_an_example(command):
    assert not command.words[0].isascii()
    alias = command.alias
    assert alias.isascii()
    assert alias.isalnum()
    assert alias == alias.lower()
    assert all(len(word) < WORD_MAX and word == word.lower() for word in command.words)
    assert command.examples


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words[0])
def test_every_example_is_a_command_that_fits(command):
    from handlers.spoken import spoken

    for example, _ in command.examples:
        said = spoken(example, REGISTRY.words, addressed=False)
        assert said is not None
        assert said.command is command
        assert said.fits
