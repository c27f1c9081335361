"""What a sender may wish of an envelope, in words and in figures."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.model import HOUR, MINUTE, SECOND, Millis
from tests.simulation.deeds import Wish
from tests.simulation.envelopes import Envelope

CARS = ("轩逸", "思域", "凯美瑞")
LABELS = ("老车主", "技师")
CITIES = ("上海", "成都")
KEYS = ("海豹上山看日出", "轮胎该换啦朋友们")
DRAWS = (
    (" 摇号", MINUTE),
    (" 摇号30秒", 30 * SECOND),
    (" 摇号10分钟", 10 * MINUTE),
    (" 摇号2小时", 2 * HOUR),
)
Wished = tuple[str, object, str]
"""Which wish, what it is set to, and the words for it."""


@dataclass(frozen=True, slots=True)
class View:
    """What somebody who is about to do something knows."""

    dice: random.Random
    who: str
    at: Millis
    others: Sequence[str]
    envelopes: Sequence[Envelope]
    """The latest."""
    orders: Sequence[int]
    names: Mapping[str, str]
    """Of members, by their ids."""


def wished(view: View) -> tuple[Wish, str]:
    """Half of the envelopes are for anybody; the others ask for one thing, or for two."""
    if view.dice.random() < 0.5:
        return Wish(), ""
    facts: dict[str, Any] = {}
    words = key = ""
    for wish in view.dice.sample(WISHES, view.dice.choice((1, 1, 2))):
        name, value, word = wish(view)
        facts[name] = value
        words, key = (words, word) if name == "key" else (words + word, key)
    return Wish(**facts), words + key


def for_somebody(view: View) -> tuple[str, tuple[str, ...], str]:
    named = tuple(view.dice.sample(list(view.others), 2))
    return "named", named, " 给 " + " ".join(f"@{name}" for name in named)


def with_key(view: View) -> Wished:
    key = view.dice.choice(KEYS)
    return "key", key, f" 口令 {key}"


def drawn(view: View) -> Wished:
    word, after = view.dice.choice(DRAWS)
    return "draw_after", after, word


def wish_of(name: str, *options: tuple[object, str]) -> Callable[[View], Wished]:
    return lambda view: (name, *view.dice.choice(options))


WISHES = (
    for_somebody,
    with_key,
    drawn,
    drawn,
    wish_of("everywhere", (True, " 全部群")),
    wish_of("level", (1, " 等级1"), (2, " 2级")),
    wish_of("newcomers", (0, " 新人0"), (1, " 新人1"), (2, " 新人2")),
    wish_of("joined_days", (1, " 入会1天"), (3, " 入会3天")),
    wish_of("label", *((label, f" 标签{label}") for label in LABELS)),
    wish_of("car", *((car, f" 车型{car}") for car in CARS)),
    wish_of("city", *((city, f" 城市{city}") for city in CITIES)),
)
