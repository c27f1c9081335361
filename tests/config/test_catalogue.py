"""The car catalogue finds the cars people name, and none where they speak of other things."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalogue import DATA, Series, build, load

CATALOGUE = load()


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("#油耗 轩逸 百公里6.5升", ["轩逸"]),
        ("CRV", ["本田CR-V"]),
        ("东风本田cr-v 2.4", ["本田CR-V"]),
        ("07款CRV2.4自动", ["本田CR-V"]),
        ("ｍｏｄｅｌ　３ 掉电", ["Model 3"]),
        ("提了毛豆3", ["Model 3"]),
        ("秦PLUS DM-i 冬天", ["秦PLUS DM"]),
        ("秦plus", ["秦PLUS"]),
        ("比亚迪汉 ev", ["汉EV"]),
        ("提了汉，真香", ["汉"]),
        ("我的唐开了2万", ["唐"]),
        ("宝马X1 和 奥迪 A3", ["宝马X1", "奥迪A3"]),
        ("BMW x1", ["宝马X1"]),
        ("三系还是A4L", ["宝马3系", "奥迪A4L"]),
        ("BYD Seal", ["海豹"]),
        ("海豹06DM不是海豹", ["海豹06DM", "海豹"]),
        ("哈佛H6", ["哈弗H6"]),
        ("海豹 海豹 海豹", ["海豹"]),
        ("拿铁", ["拿铁"]),
    ],
)
def test_cars_are_known_by_the_names_people_use(text, series):
    assert list(CATALOGUE.find(text)) == series


@pytest.mark.parametrize(
    "text",
    [
        "去4S店保养",
        "打印A3纸",
        "我发现问题了",
        "元旦去唐山，读唐诗说汉语，用宋体写秦始皇",
        "花了300元",
        "一款汉服",
        "喝杯拿铁",
        "今天阳光真好",
        "农行也行",
        "第5系统",
        "abcrvx",
        "m9",
        "大海 豹子",
        "",
    ],
)
def test_other_talk_names_no_car(text):
    assert CATALOGUE.find(text) == ()


def test_every_series_is_found_by_its_own_name_and_aliases():
    for series in CATALOGUE.series.values():
        for name in (series.name, *series.aliases):
            assert CATALOGUE.find(name) == (series.name,), name


def test_the_catalogue_is_large_and_its_rows_fit_together():
    with (DATA / "brands.csv").open(encoding="utf-8", newline="") as lines:
        brands = {row["brand"] for row in csv.DictReader(lines)}
    assert len(CATALOGUE.series) > 1_000
    for series in CATALOGUE.series.values():
        assert series.brand in brands
        assert set(series.variants) <= set(CATALOGUE.series)


def test_a_name_that_would_mean_two_cars_is_refused():
    with pytest.raises(ValueError, match="小白"):
        build([Series("甲", "A", ("小白",)), Series("乙", "B", ("小白",))], {}, ())


def test_misspelt_names_get_suggestions():
    assert CATALOGUE.near("凯美锐")[0] == "凯美瑞"
    assert "海豹" in CATALOGUE.near("海抱")
    assert len(CATALOGUE.near("小米", 2)) == 2
    assert CATALOGUE.near("") == ()


def test_a_family_stands_for_its_drives():
    assert CATALOGUE.variants("秦PLUS") == ("秦PLUS", "秦PLUS DM", "秦PLUS EV")
    assert CATALOGUE.variants("轩逸") == ("轩逸",)
    assert CATALOGUE.variants("不认识") == ("不认识",)


def test_brands_are_found_by_their_names_too():
    assert CATALOGUE.brands("BMW还是奥迪") == ("宝马", "奥迪")
    assert CATALOGUE.brand_of("海豹") == "比亚迪"
    assert CATALOGUE.brand_of("不认识") == ""


def test_the_rest_of_a_text_leaves_the_cars_out():
    assert CATALOGUE.rest("海豹 冬天续航").strip() == "冬天续航"


@given(st.text())
def test_any_text_is_read(text):
    found = CATALOGUE.find(text)
    assert len(set(found)) == len(found)
    assert set(found) <= set(CATALOGUE.series)
    CATALOGUE.near(text)
    CATALOGUE.rest(text)
