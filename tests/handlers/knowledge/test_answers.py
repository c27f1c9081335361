"""Answers hold only what owners said, of the car that was asked for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalogue import load
from config.words import Words
from handlers.knowledge import answers, tags
from handlers.knowledge.quotes import QUOTE_MAX, quote
from handlers.knowledge.stance import stance
from storage.model import Consent, Facts, Share, Stage

CATALOGUE = load()


def share(number: int, text: str, car: str = "海豹", tag: str = "油耗", **more: object) -> Share:
    figure = more.pop("figure", None)
    unit = tags.named(tag).unit if figure is not None else ""
    facts = Facts(Stage.USE, car, figure=figure, unit=unit)  # type: ignore[arg-type]
    whole = Share(number, f"m{number}", tag, text, facts, b"", "p", "c", f"{number}", number)
    return replace(whole, **more)  # type: ignore[arg-type]


def find(question: str, *shares: Share) -> list[int]:
    asked = answers.understand(question, CATALOGUE)
    return [each.number for each in answers.find(asked, shares, CATALOGUE)]


def conclude(question: str, *shares: Share) -> answers.Finding:
    asked = answers.understand(question, CATALOGUE)
    hits = answers.find(asked, shares, CATALOGUE)
    return answers.conclude(asked, asked.cars[0] if asked.cars else "", hits, lambda s: "2026-05")


def test_the_named_car_must_match():
    shares = share(1, "轩逸 6.5升", "轩逸"), share(2, "海豹 5升"), share(3, "6升", "")
    assert find("轩逸油耗多少", *shares) == [1]
    assert find("雅阁油耗", *shares) == []


def test_a_car_nobody_knows_is_not_answered_with_another():
    assert find("大鲨鱼皮卡油耗多少", share(1, "海豹 百公里5升")) == []


def test_a_brand_alone_is_answered_by_its_own_cars():
    shares = share(1, "百公里5升 比亚迪真省", "海豹"), share(2, "百公里8升 奥迪A4L", "奥迪A4L")
    assert find("比亚迪油耗", *shares) == [1]
    assert find("宝马油耗", *shares) == []


def test_a_family_is_answered_by_its_drives_but_not_the_other_way_round():
    shares = share(1, "5升", "秦PLUS DM"), share(2, "6升", "秦PLUS")
    assert find("秦PLUS油耗", *shares) == [2, 1]
    assert find("秦PLUS DM-i 油耗", *shares) == [1]


def test_the_topic_is_known_by_its_many_names():
    shares = share(1, "百公里5升"), share(2, "很满意", tag="口碑"), share(3, "费油", tag="口碑")
    assert find("海豹费油吗", *shares) == [3, 1]
    assert find("海豹怎么样", *shares) == [3, 2, 1]


def test_without_car_and_topic_the_words_must_be_alike():
    shares = (
        share(1, "天窗漏水，去店里通了排水管", tag="口碑"),
        share(2, "今天去洗车了", tag="口碑"),
    )
    assert find("天窗漏水怎么办", *shares) == [1]
    assert find("附近有什么好吃的", *shares) == []
    assert find("", *shares) == []
    assert find("怎么样", *shares) == []


def test_what_was_taken_back_is_not_found():
    assert find("海豹油耗", share(1, "5升", deleted=True)) == []


def test_what_was_not_agreed_to_counts_and_is_never_quoted():
    silent = [share(n, "油耗", figure=5.0, consent=Consent.NONE) for n in (1, 2, 3)]
    found = conclude("海豹油耗", *silent, share(4, "油耗", figure=5.2))
    assert (found.owners, found.silent) == (4, 3)
    assert found.middle is not None
    assert found.middle.owners == 4
    assert [each.number for each in found.shares] == [4]
    assert conclude("海豹油耗", *silent).shares == ()


def test_dissent_that_only_counts_is_told_without_its_words():
    most = [share(n, "油耗", figure=5.0) for n in range(1, 7)]
    silent = [share(n, "油耗", figure=9.0, consent=Consent.NONE) for n in (7, 8)]
    found = conclude("海豹油耗", *most, *silent)
    assert (found.disagreeing, found.against) == (2, None)
    spoken = share(9, "油耗", figure=9.1, at=1)
    found = conclude("海豹油耗", *most, *silent, spoken)
    assert (found.disagreeing, found.against) == (3, spoken)


def test_of_an_author_who_agreed_to_one_share_only_that_one_is_quoted():
    agreed = share(1, "油耗 5.1", figure=5.1, author="a")
    newer = share(2, "油耗 5.3", figure=5.3, author="a", consent=Consent.NONE)
    found = conclude("海豹油耗", newer, agreed)
    assert (found.owners, found.silent, found.shares) == (1, 0, (agreed,))


def test_under_three_owners_there_is_no_figure():
    two = [share(n, "百公里5升", figure=5.0) for n in (1, 2)]
    found = conclude("海豹油耗", *two)
    assert (found.owners, found.middle, found.gap) == (2, None, "figures")


def test_the_median_and_the_middle_half_count_each_owner_once():
    shares = [share(n, "油耗", figure=float(n)) for n in (4, 5, 6, 7, 8)]
    again = share(9, "油耗", figure=30.0, author="m4", at=1)
    middle = conclude("海豹油耗", *shares, again).middle
    assert middle == answers.Middle(6.0, 5.0, 7.0, "L/100km", 5)
    assert middle.owners < answers.LOW_SAMPLE


def test_quotes_are_three_at_most_one_a_person_newest_first():
    shares = [share(n, f"百公里5升 第{n}次", author=f"m{n % 5}") for n in range(1, 9)]
    found = conclude("海豹油耗", *shares)
    assert [each.number for each in found.shares] == [8, 7, 6]
    assert found.owners == 5


def test_who_disagrees_is_shown():
    shares = [share(n, "油耗", figure=6.0) for n in range(1, 6)]
    found = conclude("海豹油耗", *shares, share(9, "油耗很高", figure=9.0))
    assert found.against is not None
    assert (found.against.number, found.disagreeing, len(found.shares)) == (9, 1, 2)


def test_one_among_many_is_no_dissent():
    shares = [share(n, "油耗", figure=6.0) for n in range(1, 9)]
    assert conclude("海豹油耗", *shares, share(9, "高", figure=9.0)).against is None


def test_words_disagree_too():
    shares = [share(n, "开着很满意", tag="口碑") for n in (1, 2, 3)]
    found = conclude("海豹怎么样", *shares, share(4, "后悔了，异响", tag="口碑"))
    assert found.against is not None
    assert found.against.number == 4


def test_costs_of_repairs_are_not_averaged():
    shares = [share(n, "异响，修好了", tag="维修", figure=100.0 * n) for n in (1, 2, 3)]
    assert conclude("海豹异响", *shares).middle is None


def test_a_bare_question_is_about_the_only_car_owned():
    question = answers.understand("油耗多少", CATALOGUE)
    assert answers.narrow(question, ["海豹"]).cars == ("海豹",)
    assert answers.narrow(question, ["海豹", "轩逸"]).cars == ()
    other = answers.understand("哪家店贴膜好", CATALOGUE)
    assert answers.narrow(other, ["海豹"]).cars == ()


@pytest.mark.parametrize(
    ("text", "side"),
    [("很满意，省油", 1), ("后悔，异响", -1), ("没有异响", 1), ("不推荐", -1), ("今天下雨", 0)],
)
def test_stance(text, side):
    assert stance(text) == side


def test_a_quote_shows_the_part_that_was_asked_for():
    text = "#口碑 " + "外观不错，内饰也行，后排坐三个人刚好，" * 3 + "百公里油耗六升半，很满意。"
    words = quote(text, frozenset({"油耗"}))
    assert "百公里油耗六升半" in words
    assert words.startswith("…")


@given(st.text(), st.sets(st.text(min_size=2, max_size=2)), st.integers(10, 60))
def test_quotes_are_short_and_in_the_authors_words(text, wanted, longest):
    said = quote(text, frozenset(wanted), longest)
    assert len(said) <= longest
    assert said.strip("…").strip() in " ".join(tags.words(text).split())


@given(st.text(max_size=200))
def test_any_question_is_understood(text):
    question = answers.understand(text, CATALOGUE)
    answers.find(question, [share(1, text), share(2, "百公里5升")], CATALOGUE)


def test_quotes_fit_the_usual_length():
    assert len(quote("长" * 500)) <= QUOTE_MAX


def test_every_tag_has_a_name_in_english_that_is_a_tag_too():
    texts = Words()
    for tag in tags.TAGS:
        line = texts.say("en", "ask", "nothing", car="", topic=tag.name)
        assert tags.find(line) == (tag,), line
