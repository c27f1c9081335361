"""Texts are found, filled in, and missed loudly."""

import pytest
from jinja2 import UndefinedError

from config.words import LANGUAGES, NoSuchText, Words


@pytest.fixture
def words(tmp_path) -> Words:
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
    (tmp_path / "zh/common.j2").write_text("{% macro who() %}是谁？{% endmacro %}")
    (tmp_path / "zh/points.j2").write_text(
        "{% set secret = 1 %}\n"
        "{% macro help() %}看看{% endmacro %}\n"
        "{% macro balance(name, points) %}\n\n{{ name }}有 {{ points }} 分\n\n{% endmacro %}\n"
        "{% macro rows(rows) %}\n{% for row in rows %}\n- {{ row }}\n{% endfor %}\n{% endmacro %}\n"
        "{% macro careless() %}{{ nothing }}{% endmacro %}\n"
    )
    return Words(tmp_path)


def test_a_text_is_filled_in_without_white_space_around_it(words):
    assert words.say("zh", "points", "balance", name="小王", points=3) == "小王有 3 分"
    assert words.say("zh", "points", "rows", rows=["一", "二"]) == "- 一\n- 二"


def test_what_a_feature_does_not_say_is_looked_for_in_the_common_texts(words):
    assert words.say("zh", "points", "who") == "是谁？"


@pytest.mark.parametrize("message", ["nothing", "secret", "__str__", ""])
def test_a_text_that_is_missing_is_missed(words, message):
    with pytest.raises(NoSuchText, match=r"zh/points\.j2"):
        words.say("zh", "points", message)


@pytest.mark.parametrize("facts", [{}, {"name": "小王"}])
def test_a_fact_that_is_missing_is_missed(words, facts):
    with pytest.raises(UndefinedError):
        words.say("zh", "points", "balance", **facts)


def test_a_fact_too_many_is_missed(words):
    with pytest.raises(TypeError):
        words.say("zh", "points", "balance", name="小王", points=3, spare=1)


def test_a_fact_nobody_gave_is_missed(words):
    with pytest.raises(UndefinedError):
        words.say("zh", "points", "careless")


@pytest.mark.parametrize(
    "name", ["{{ 7 * 7 }}", "{% macro x() %}", "<b>&amp;", "*_`[", "小\n王", "\\n", "{{"]
)
def test_what_members_are_called_is_never_read_as_a_text(words, name):
    said = words.say("zh", "points", "balance", name=name, points=3)
    assert said == f"{name}有 3 分"


def test_what_a_file_says_can_be_listed(words):
    assert words.messages("zh", "points")["balance"] == ("name", "points")
    assert "help" in words.messages("zh", "points")
    assert not {"who", "secret"} & set(words.messages("zh", "points"))
