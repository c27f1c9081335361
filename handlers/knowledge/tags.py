"""Tags: what a share is about, and the words by which owners speak of it."""

import re
from dataclasses import dataclass
from functools import cache

from storage.model import Stage


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    stage: Stage
    also: tuple[str, ...] = ()
    """Other ways to write the tag."""
    words: tuple[str, ...] = ()
    """What people say when they mean it, in shares and in questions."""
    unit: str = ""
    """Of the figure that such a share gives."""
    needs_km: bool = False


GENERAL = "口碑"
"""The tag of a share about the car as a whole: no topic of its own when somebody asks."""

TAGS = (
    Tag(
        "油耗",
        Stage.USE,
        ("fuel", "mpg"),
        ("油耗", "费油", "耗油", "省油", "个油", "烧油", "百公里", "fuel", "mpg"),
        "L/100km",
        True,
    ),
    Tag(
        "续航",
        Stage.USE,
        ("range",),
        ("续航", "掉电", "跑多远", "能跑", "满电", "range"),
        "km",
        True,
    ),
    Tag(
        "电耗",
        Stage.USE,
        ("能耗", "energy"),
        ("电耗", "能耗", "耗电", "费电", "度电", "省电", "kwh"),
        "kWh/100km",
        True,
    ),
    Tag(
        "充电",
        Stage.USE,
        ("charging", "charge"),
        ("充电", "快充", "慢充", "超充", "家充", "充电桩", "charg"),
    ),
    Tag(
        "维修",
        Stage.REPAIR,
        ("修车", "故障", "异响", "repair", "fault"),
        (
            "维修",
            "修车",
            "修理",
            "异响",
            "故障",
            "漏油",
            "漏水",
            "漏机油",
            "烧机油",
            "抖动",
            "顿挫",
            "坏了",
            "repair",
            "noise",
        ),
        "yuan",
        True,
    ),
    Tag(
        "保养",
        Stage.REPAIR,
        ("首保", "小保养", "大保养", "maintenance", "service"),
        ("保养", "首保", "机油", "机滤", "火花塞", "maintenance"),
        "yuan",
        True,
    ),
    Tag(
        "提车",
        Stage.BUY,
        ("买车", "购车", "订车", "选车", "落地价", "newcar", "buying"),
        ("提车", "落地", "裸车", "优惠", "订车", "买车", "车价", "buying", "price"),
    ),
    Tag(
        "卖车",
        Stage.SELL,
        ("二手车", "置换", "selling"),
        ("卖车", "二手", "残值", "保值", "置换", "卖了", "resale"),
    ),
    Tag(
        "改装",
        Stage.PLAY,
        ("加装", "贴膜", "tuning"),
        ("改装", "加装", "贴膜", "轮毂", "避震", "tuning"),
        "yuan",
    ),
    Tag("自驾", Stage.PLAY, ("露营", "自驾游", "trip"), ("自驾", "露营", "长途", "路线", "trip")),
    Tag("避坑", Stage.USE, ("踩坑", "avoid"), ("避坑", "踩坑", "被坑", "套路", "avoid")),
    Tag(GENERAL, Stage.USE, ("用车", "review"), ("口碑", "优点", "缺点", "满意", "后悔"), "", True),
)

_ENDINGS = "作业|记录|分享|日记|心得|体验|感受|报告|打卡"


def find(text: str) -> tuple[Tag, ...]:
    """The tags a text carries, each once, in order; ＃ counts as #."""
    if "#" not in text and "＃" not in text:
        return ()  # most talk
    found = {_by_name()[match[1].casefold()].name: None for match in _pattern().finditer(text)}
    return tuple(named(name) for name in found)


def words(text: str) -> str:
    """The text without its tags."""
    return re.sub(r"[ \t]{2,}", " ", _pattern().sub(" ", text)).strip()


def named(name: str) -> Tag:
    """The tag of that name or spelling; the general one where there is none such."""
    return _by_name().get(name.casefold(), _by_name()[GENERAL])


def meant(text: str) -> tuple[Tag, ...]:
    """What a text without tags speaks of, the most spoken of first; never the general tag."""
    low = text.casefold()
    hits = [(sum(word in low for word in tag.words), tag) for tag in TAGS if tag.name != GENERAL]
    return tuple(tag for count, tag in sorted(hits, key=lambda hit: -hit[0]) if count)


def speaks_of(text: str, tag: Tag) -> bool:
    low = text.casefold()
    return any(word in low for word in tag.words)


@cache
def _by_name() -> dict[str, Tag]:
    return {name.casefold(): tag for tag in TAGS for name in (tag.name, *tag.also)}


@cache
def _pattern() -> re.Pattern[str]:
    """# and a known name, closed by another #, a mark, a space, a figure or the end."""
    names = "|".join(sorted(map(re.escape, _by_name()), key=len, reverse=True))
    return re.compile(
        rf"(?<![A-Za-z0-9/&=?_])[#＃][ \t]?({names})(?:{_ENDINGS})?(?:[#＃]|(?=\d|\W|$))",
        re.IGNORECASE,
    )
