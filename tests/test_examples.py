"""What help promises is what happens: every command's examples, said in one and the same scene."""

import pytest

from handlers.spoken import spoken
from tests.support.room import REGISTRY, Room

EXAMPLES = [
    pytest.param(said, heard, id=said)
    for feature in REGISTRY.features
    for command in feature.commands
    for said, heard in command.examples
]


@pytest.fixture
async def scene(room: Room) -> Room:
    """小王 leads, has 100 points and drives a 海豹; 小李 has shared something; 小张 is there."""
    await room.join("小李", "小张")
    await room.give("小王", 100)
    await room.say("小王", "我的车 海豹")
    await room.say("小李", "#油耗 轩逸 百公里6.5升 开了2万公里")
    return room


@pytest.mark.parametrize(("said", "heard"), EXAMPLES)
async def test_an_example_is_answered_as_it_promises(scene, said, heard):
    everything = await scene.say("小王", said)
    assert [each.text for each in everything if each.to in ("", "小王")] == [heard]


@pytest.mark.parametrize(("said", "heard"), EXAMPLES)
def test_an_example_is_short_enough_to_be_read_in_a_chat(said, heard):
    assert len(said) <= 40
    assert 0 < len(heard) <= 300


def test_every_command_has_an_example_of_its_own():
    for feature in REGISTRY.features:
        for command in feature.commands:
            assert command.examples, command.words
            for said, _ in command.examples:
                found = spoken(said, REGISTRY.words, addressed=False)
                assert found is not None
                assert found.command is command, said
