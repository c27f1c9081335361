"""What the bot says: the same in every language, nothing missing, nothing left over."""

import ast
import re
from pathlib import Path

import pytest

from config.words import COMMON, LANGUAGES, TEXTS
from handlers import features
from storage.model import Club
from tests.support.room import REGISTRY, WORDS

HANDLERS = Path(features.__file__).parent.parent
ROOT = HANDLERS.parent
FEATURES = [feature.name for feature in REGISTRY.features]
FILES = [*FEATURES, COMMON]
# Other rules than a feature's may refuse or excuse; their texts are common.
RULES = [ROOT / folder for folder in ("rewards", "storage")]

# Plausible facts by their names; where a message means something else by a name, below.
QUOTE = {"quote": "百公里6.5升", "name": "小李", "car": "轩逸", "km": 20_000, "month": "2026-05"}
ENVELOPE = {
    "number": 7, "day": "05-01 12:00", "name": "小王", "total": 60, "pieces": 5, "taken": 2,
    "how": "open",
}  # fmt: skip
ORDER = {
    "number": 7, "at": "2026-05-01 20:00", "every": "week", "words": "100 10", "name": "小王",
    "names": ["小李"],
}  # fmt: skip
MANY: dict[str, object] = {
    "about": "发红包",
    "accounts": 2,
    "against": {**QUOTE, "number": 8, "sells": True},
    "amount": 5,
    "amounts": [13, 20, 27],
    "asks": ["等级 2 以上", "开 海豹"],
    "at": "2026-05-01 20:00",
    "back": 8,
    "car": "轩逸",
    "cars": ["轩逸", "海豹"],
    "city": "上海",
    "clubs": [{"club": "车友会", "name": "小王", "points": 5, "city": "上海", "labels": ["技师"]}],
    "club": "车友会",
    "co_leaders": ["小李", "小张"],
    "code": "AAAAA-BBBBB",
    "count": 3,
    "counted": 2,
    "day": "05-01",
    "days": 12,
    "disagreeing": 2,
    "drawn_at": "20:00:30",
    "entered": 12,
    "every": "week",
    "equal": True,
    "example": "红包 60 5",
    "lacks": ["A"],
    "people": 3,
    "facts": {
        "car": "轩逸",
        "km": 20_000,
        "price": 98_000,
        "figure": 6.5,
        "unit": "L/100km",
        "place": "杭州",
        "date": "2026-05",
    },
    "figure": 6.5,
    "former": "小王",
    "gained": True,
    "gap": "km",
    "generous": [("小王", 5), ("小李", 3)],
    "giver": "小王",
    "goal": (7, 30),
    "hash": "3f2a" * 16,
    "how": "empty",
    "id": "wxid_abc",
    "held": 3,
    "key": "海豹上山",
    "kind": "gift",
    "km": 20_000,
    "label": "老车主",
    "labels": ["老车主", "技师"],
    "lacking": "km",
    "leader": "小王",
    "least": 4,
    "level": 2,
    "left": 3,
    "low_sample": True,
    "lucky": True,
    "members": 3,
    "middle": {"median": 6.5, "low": 6.0, "high": 7.2, "unit": "L/100km", "owners": 4},
    "mode": "lucky",
    "more": 7,
    "most": 10,
    "name": "小王",
    "names": ["小王", ""],
    "near": ["海豹", "海豚"],
    "newest": [("小李", 5), ("", 8)],
    "number": 7,
    "other": "小李",
    "outages": 3,
    "owners": 3,
    "owed": 4,
    "own_name": "小李",
    "own_points": 30,
    "paid": 12,
    "pictures": 2,
    "pieces": 5,
    "platform": "wechat",
    "points": 20,
    "pool": True,
    "promise": "3f2a" * 8,
    "relay": 3,
    "returned": 2,
    "seconds": 185,
    "seed": "9b1c" * 16,
    "seq": 12,
    "head": "3f2a9c81d0e4",
    "quiet_from": "23:00",
    "quiet_to": "08:00",
    "receiver": "小李",
    "row": {**QUOTE, "number": 7, "sells": True},
    "rows": ["05-01 +5 小李", "05-01 -3 小李"],
    "said": "海包",
    "sells": True,
    "series": "海豹",
    "shared": 3,
    "shares": 3,
    "silent": 2,
    "since": "2026-01",
    "tag": "油耗",
    "taken": 2,
    "text": "百公里6.5升 很省心",
    "topic": "油耗",
    "total": 60,
    "unit": "L/100km",
    "until": "2026-05",
    "value": 6.5,
    "variants": True,
    "why": "资金池只剩 50 分",
    "words": "100 10",
    "wrong": "amounts",
    "word": "修车",
    "yours": 1,
}
FEW: dict[str, object] = {
    **MANY,
    "amount": -5,
    "facts": dict.fromkeys(("car", "unit", "place", "date"), "")
    | dict.fromkeys(("km", "price", "figure")),
    "row": {**QUOTE, "number": 7, "sells": False, "name": "", "car": "", "km": None},
    **dict.fromkeys(("against", "goal", "middle")),
    **{
        name: []
        for name in (
            "asks",
            "cars",
            "co_leaders",
            "generous",
            "lacks",
            "names",
            "near",
            "newest",
            "rows",
        )
    },
    "entered": None,
    "every": "",
    "how": "cancelled",
    "mode": "wild",
    "outages": 1,
    "platform": "telegram",
    "relay": 0,
    "seconds": 35,
    **dict.fromkeys(("drawn_at", "key", "promise", "seed", "wrong"), ""),
    **dict.fromkeys(
        ("car", "gap", "lacking", "leader", "name", "other", "topic", "quiet_from", "quiet_to"), ""
    ),
    **dict.fromkeys(("equal", "gained", "low_sample", "lucky", "pool", "sells", "variants"), False),
    **dict.fromkeys(
        (
            "back",
            "counted",
            "held",
            "left",
            "more",
            "owed",
            "paid",
            "pictures",
            "points",
            "returned",
            "silent",
            "taken",
        ),
        0,
    ),
}
OTHERWISE: dict[tuple[str, str], dict[str, object]] = {
    ("ask", "answer"): {"rows": [{**QUOTE, "number": 7, "sells": False}]},
    ("envelope", "verified"): {"seed": "9b1c" * 16},
    ("envelope", "list"): {"rows": [ENVELOPE, {**ENVELOPE, "name": "", "how": "gone"}]},
    ("envelope", "orders"): {"rows": [ORDER, {**ORDER, "name": "", "every": "", "names": []}]},
    ("envelope", "drawn"): {"rows": [("小王", 5), ("", 3)]},
    ("envelope", "ended"): {"rows": [("小王", 5, True), ("", 3, False)]},
    ("garage", "cars"): {"rows": [(1, "海豹"), (2, "轩逸")]},
    ("help", "details"): {"said": ["红包 60 5", "抢 1"], "more": "均分"},
    ("help", "overview"): {"rows": [("红包", "发红包"), ("积分", "看积分")]},
    ("pool", "pool"): {
        "rows": [("05-01", -5), ("05-01", 2000)],
    },
    ("leader", "settings"): {"club": Club("c", "车友会", "zh", "Asia/Shanghai", 0)},
    ("ranking", "ranking"): {"shares": [("小王", 5), ("小李", 3)]},
    ("common", "far_too_long"): {"most": 20_000},
    ("share", "mine"): {
        "rows": [
            {"number": 7, "tag": "油耗", "car": "轩逸", "quote": "省心"}
            | {"public": True, "counted": False},
            {"number": 8, "tag": "油耗", "car": "", "quote": ""}
            | {"public": False, "counted": True},
        ]
    },
}


def facts_for(file: str, message: str) -> list[dict[str, object]]:
    """What a message may be given: a lot, next to nothing, and in each case enough."""
    names = WORDS.messages("zh", file)[message]
    special = OTHERWISE.get((file, message), {})
    return [{name: special.get(name, some[name]) for name in names} for some in (MANY, FEW)]


@pytest.mark.parametrize("file", FILES)
def test_both_languages_say_the_same_things_with_the_same_facts(file):
    chinese, english = (WORDS.messages(language, file) for language in ("zh", "en"))
    assert set(chinese) == set(english)
    assert {name: set(facts) for name, facts in chinese.items()} == {
        name: set(facts) for name, facts in english.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_has_its_texts_and_every_text_its_feature(language):
    assert {file.stem for file in (TEXTS / language).glob("*.j2")} == set(FILES)
    assert [name for name in FEATURES if "help" not in WORDS.messages(language, name)] == []


# What is said in the code


def sources(feature: str) -> list[Path]:
    """The files of a feature: one, or all of its folder."""
    folder = HANDLERS / "features" / feature
    return sorted(folder.glob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def said_in(files: list[Path]) -> set[str]:
    """The names of messages in `….say(…, "name", …)`, `Refusal("name")`, `_excuse("name")`."""
    found = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in ("say", "Refusal", "_excuse"):
                found |= {text for each in node.args[-1:] for text in strings(each)}
    return found


def strings(node: ast.expr) -> set[str]:
    """The literal strings an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return strings(node.body) | strings(node.orelse)
    return set()


def named_in(files: list[Path]) -> set[str]:
    """All literal strings: a message may be chosen first and said later."""
    return {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("feature", FEATURES)
def test_every_message_a_feature_says_has_a_text(feature, language):
    known = {*WORDS.messages(language, feature), *WORDS.messages(language, COMMON)}
    assert said_in(sources(feature)) - known == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_any_rule_may_say_has_a_common_text(language):
    shared = [file for file in HANDLERS.glob("*.py")]
    assert said_in(shared) - set(WORDS.messages(language, COMMON)) == set()


def test_what_the_rules_refuse_has_a_text_wherever_it_may_come_up():
    """Refusals of rewards and storage come up in the features that call them."""
    refused = said_in([file for folder in RULES for file in folder.rglob("*.py")])
    # A second answer to what is pending is asked for by no feature yet.
    anywhere = {name for file in FILES for name in WORDS.messages("zh", file)} | {"resolved"}
    assert refused - anywhere == set()


def code_of(feature: str) -> list[Path]:
    knowledge = sorted((HANDLERS / "knowledge").glob("*.py"))
    rules = [file for folder in RULES for file in folder.rglob("*.py")]
    return [*sources(feature), *knowledge, *rules]


@pytest.mark.parametrize("feature", FEATURES)
def test_no_text_of_a_feature_is_left_over(feature):
    said = named_in(code_of(feature)) | called_in_texts(feature) | {"help"}
    assert [name for name in WORDS.messages("zh", feature) if name not in said] == []


def test_no_common_text_is_left_over():
    said = named_in(list(ROOT.glob("handlers/**/*.py")) + list(ROOT.glob("rewards/*.py")))
    said |= named_in(list((ROOT / "storage").rglob("*.py")) + list(ROOT.glob("bots/*.py")))
    assert [name for name in WORDS.messages("zh", COMMON) if name not in said] == []


def called_in_texts(feature: str) -> set[str]:
    """Macros that other macros of the file use."""
    text = (TEXTS / "zh" / f"{feature}.j2").read_text("utf-8")
    return set(re.findall(r"(\w+)\(", re.sub(r"{% macro \w+\(", "", text)))


# How it reads


MESSAGES = [
    pytest.param(language, file, message, id=f"{language}-{file}-{message}")
    for language in LANGUAGES
    for file in FILES
    for message in WORDS.messages(language, file)
]


def rendered(language: str, file: str, message: str) -> list[str]:
    return [WORDS.say(language, file, message, **facts) for facts in facts_for(file, message)]


@pytest.mark.parametrize(("language", "file", "message"), MESSAGES)
def test_every_message_can_be_said(language, file, message):
    for text in rendered(language, file, message):
        assert "{" not in text, text
        assert "None" not in text, text
        assert "\n\n" not in text, text
        assert len(text) <= 400, text
        assert not any(line != line.strip() for line in text.splitlines()), text


@pytest.mark.parametrize(
    ("language", "file", "message"), [each for each in MESSAGES if each.values[0] == "zh"]
)
def test_chinese_is_written_with_chinese_marks(language, file, message):
    for text in rendered(language, file, message):
        assert not re.search(r"[“”\"'『』]", text), text
        assert text.count("「") == text.count("」"), text
        assert not re.search(r"[\u4e00-\u9fff][,;:?!()]|[,;?!()][\u4e00-\u9fff]", text), text
        assert "..." not in text, text


@pytest.mark.parametrize(
    ("language", "file", "message"), [each for each in MESSAGES if each.values[0] == "en"]
)
def test_english_is_written_with_english_marks(language, file, message):
    for text in rendered(language, file, message):
        assert not re.search(r"[\u3000-\u303f\uff00-\uffef]", text), text


# What must never be offered; of what must not be rewarded, test_inducements.py

MONEY = re.compile("提现|兑换|现金|人民币|充值|元|￥|¥|cash|money|RMB|yuan", re.I)


@pytest.mark.parametrize(("language", "file", "message"), MESSAGES)
def test_points_are_not_money(language, file, message):
    if file not in ("ask", "share"):  # owners speak of prices
        for text in rendered(language, file, message):
            assert not MONEY.search(text), text
