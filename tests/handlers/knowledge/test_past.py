"""Which old messages tell an owner's own experience: better to miss one than to make one up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalogue import load
from handlers.knowledge import past
from handlers.knowledge.experience import TEXT_MAX, Experience

CATALOGUE = load()


def told(text, today=date(2021, 6, 1)):
    return past.told(text, catalogue=CATALOGUE, today=today)


@pytest.mark.parametrize(
    ("text", "tag", "car", "figure"),
    [
        ("#油耗 轩逸 百公里6.5升 开了2万公里", "油耗", "轩逸", 6.5),
        ("轩逸真省油＃油耗，百公里5.8升", "油耗", "轩逸", 5.8),
        ("#口碑 海豹 开了2万公里 没有毛病", "口碑", "海豹", None),
        ("我的轩逸百公里6.5升，市区多", "油耗", "轩逸", 6.5),
        ("轩逸跑了3万公里，表显油耗7.2", "油耗", "轩逸", 7.2),
        ("昨天做了保养，海豹花了860元", "保养", "海豹", 860),
        ("my Model 3 got 15 kwh per 100 km, 30000 km driven", "电耗", "Model 3", 15),
    ],
)
def test_owners_words_are_taken(text, tag, car, figure):
    found = told(text)
    assert isinstance(found, Experience)
    assert (found.tag.name, found.facts.car, found.facts.figure) == (tag, car, figure)


@pytest.mark.parametrize(
    "text",
    [
        "早上好",
        "轩逸挺好看的",
        "我的轩逸很省油",  # no figure
        "我的车百公里6.5升，开了2万公里",  # no car
        "我的轩逸百公里6.5升，比海豹贵",  # two cars
        "轩逸百公里6.5升",  # nobody's in particular
        "轩逸百公里6.5升正常吗",
        "我的轩逸百公里6.5升正常不？",
        "我的轩逸6.5个油，你们多少",
        "听说轩逸百公里才5升，我信了",
        "我同事的轩逸百公里6.5升",
        "官方说海豹续航550公里，我看够用",
        "你的轩逸开了5万公里，我记得",
        "要是轩逸落地10万我就买了",
        "我想买轩逸，落地11万",
        "我打算换海豹，落地18万",
        "出售轩逸，开了3万公里，我一手车",
        "【特价】我家轩逸落地9.9万",
        "我之前的轩逸百公里6.5升",
        "我今天开轩逸跑了300公里",  # a trip
        "我的轩逸百公里6.5升 https://example.com/1",
        "我的轩逸百公里6.5升，那骗子说5升",
        "我的轩逸百公里6.5升。" + "长" * 300,
    ],
)
def test_all_other_talk_is_left(text):
    assert told(text) == "talk"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#油耗 轩逸", "too_short"),
        ("#油耗 轩逸一般是高还是低？", "a_question"),
        ("#避坑 那家店的老板是骗子，千万别去", "wording"),
        ("#口碑 轩逸" + "好" * TEXT_MAX, "too_long"),
    ],
)
def test_a_tag_is_judged_as_it_is_today(text, why):
    assert told(text) == why


@given(
    st.lists(st.sampled_from(["轩逸", "我的", "#油耗 ", "6.5升", "。", "3万公里", "\ud800", "🚗"]))
)
def test_whatever_is_said_is_judged(pieces):
    found = told("".join(pieces))
    assert isinstance(found, Experience) or found in (
        "talk", "too_long", "too_short", "a_question", "wording"
    )  # fmt: skip


def test_what_must_never_be_kept_is_struck_out():
    found = told("#维修 轩逸 开了8万公里，师傅电话13812345678，花了900元")
    assert isinstance(found, Experience)
    assert "13812345678" not in found.text + found.words


def test_the_day_is_that_of_the_message():
    found = told("#提车 轩逸 去年5月落地11.5万", today=date(2019, 8, 1))
    assert isinstance(found, Experience)
    assert found.facts.date == "2018-05"
