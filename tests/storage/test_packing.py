"""Replies as a store keeps them: all of them comes back, and so does what was packed before."""

import json
from dataclasses import fields, replace

import pytest

from storage.model import Attachment, Choice, Media, Priority, Reply
from storage.packing import pack_reply, unpack_reply

FULL = Reply(
    "好",
    (Choice("抢红包", "抢 1"), Choice("打开私聊", "帮助", private=True)),
    "actor",
    Priority.MONEY,
    "envelope:1",
    Attachment("a.csv", "1,2"),
    live=True,
    invitation="m1",
    quotes="5",
    stage="2",
    pictures=(Media("picture", "p1"), Media("picture", "p2")),
)


def test_nothing_of_a_reply_is_lost():
    assert {each.name for each in fields(Reply) if getattr(FULL, each.name) != each.default} == {
        each.name for each in fields(Reply)
    }
    assert unpack_reply(pack_reply(FULL)) == FULL


@pytest.mark.parametrize("name", [each.name for each in fields(Reply)])
def test_nor_of_one_that_is_little_more_than_words(name):
    reply = replace(Reply("好"), **{name: getattr(FULL, name)})
    assert unpack_reply(pack_reply(reply)) == reply


@pytest.mark.parametrize("length", [7, 8, 9, 10, 11])
def test_what_a_former_carclub_packed_has_less_behind(length):
    packed = json.dumps(json.loads(pack_reply(FULL))[:length])
    kept = [each.name for each in fields(Reply)][:length]
    expected = Reply(**{name: getattr(FULL, name) for name in kept})
    assert unpack_reply(packed) == expected
