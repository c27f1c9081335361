"""Facts are read from free speech; in doubt nothing is read."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalogue import load
from handlers.knowledge import amounts, facts, figures, masks, moment, places, tags, wording
from storage.model import Event, Facts, Quoted, Stage

CATALOGUE = load()
TODAY = date(2026, 5, 1)


def told(text: str, own: tuple[str, ...] = ()) -> Facts:
    tag = (tags.find(text) or tags.meant(text) or (tags.named(tags.GENERAL),))[0]
    return facts.understand(text, tag=tag, catalogue=CATALOGUE, own=own, today=TODAY)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3.2万公里", [32_000]),
        ("三万二公里", [32_000]),
        ("15万8", [158_000]),
        ("33万7千", [337_000]),
        ("15万8500", [158_500]),
        ("1,280块", [1280]),
        ("三百八", [380]),
        ("两千", [2000]),
        ("十五", [15]),
        ("六点五", [6.5]),
        ("6-7个油", [6.5]),
        ("2～3万", [25_000]),
        ("跑了2万3个月", [20_000, 3]),
        ("7年23W", [7, 230_000]),
        ("百公里", []),
        ("万一", [1]),
        ("0W20", [0]),
    ],
)
def test_numbers_are_read_as_people_write_them(text, values):
    assert [amount.value for amount in amounts.find(masks.narrow(text))] == values


@pytest.mark.parametrize(
    ("text", "km"),
    [
        ("跑了3.2万公里", 32_000),
        ("里程32000km", 32_000),
        ("三万二公里", 32_000),
        ("跑了2万", 20_000),
        ("开了３万多公里", 30_000),
        ("5000公里首保", 5000),
        ("才跑了800公里", 800),
        ("2-3万公里", 25_000),
        ("120公里时速", None),
        ("一箱油500公里", None),
        ("每5000公里保养一次", None),
        ("每天通勤60公里", None),
        ("质保10万公里", None),
        ("送6年12万公里保养", None),
        ("开了3年5万公里", 50_000),
        ("又开了几十公里", None),
        ("续航500公里", None),
        ("百公里6升", None),
        ("一百公里6个油", None),
        ("开了3万块的保养", None),
        ("电话13812345678", None),
        ("去了趟大理，全程1200公里", None),
        ("2025年提的Model 3", None),
    ],
)
def test_the_distance_driven(text, km):
    assert told(text).km == km


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("落地21.8万", 218_000),
        ("落地21.8", 218_000),
        ("落地345380", 345_380),
        ("裸车15万8，优惠1.8W", 158_000),
        ("裸车 285700 优惠七万 落地33万7", 337_000),
        ("8.5万卖了", 85_000),
        ("优惠3万", None),
        ("拿下C260L", None),
        ("贷款10万", None),
        ("首付5万，跑了8万公里", None),
    ],
)
def test_the_price_of_the_whole_car(text, price):
    assert told(text).price_yuan == price


@pytest.mark.parametrize(
    ("text", "figure", "unit"),
    [
        ("#油耗 百公里6.5升", 6.5, "L/100km"),
        ("#油耗 6.5个油", 6.5, "L/100km"),
        ("#油耗 6-7个油", 6.5, "L/100km"),
        ("#油耗 平均油耗7.9", 7.9, "L/100km"),
        ("#油耗 2.5L排量，油耗8.2", 8.2, "L/100km"),
        ("#油耗 百公里加速7.9秒", None, ""),
        ("#油耗 油耗A4L比我的低", None, ""),
        ("#油耗 加了0W20机油4升", 4, "L/100km"),
        ("#电耗 百公里13.5度", 13.5, "kWh/100km"),
        ("#电耗 零下10度", None, ""),
        ("#续航 表显500，实际跑了410公里", 410, "km"),
        ("#续航 满电能跑 420km", 420, "km"),
        ("#保养 机油300元，一共680块", 680, "yuan"),
        ("#保养 花了680", 680, "yuan"),
        ("#保养 5000公里做的", None, ""),
        ("#提车 落地21.8万", None, ""),
    ],
)
def test_the_figure_a_tag_asks_for(text, figure, unit):
    read = told(text)
    assert (read.figure, read.unit) == (figure, unit)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026年4月提的", "2026-04"),
        ("2026-04-03", "2026-04-03"),
        ("25年3月", "2025-03"),
        ("上个月", "2026-04"),
        ("昨天", "2026-04-30"),
        ("12月提的", "2025-12"),
        ("去年5月4号", "2025-05-04"),
        ("2024年买的", "2024"),
        ("2025款", ""),
        ("2027年5月到期", ""),
        ("开了3年5月", ""),
        ("2026年13月", "2026"),
        ("版本 3.5", ""),
    ],
)
def test_dates_are_as_exact_as_told_and_never_ahead(text, when):
    assert moment.told(text, TODAY) == when


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("在苏州提的", "苏州"),
        ("苏州的4S店", "苏州"),
        ("坐标乌鲁木齐", "乌鲁木齐"),
        ("北京现代", ""),
        ("大同小异", ""),
        ("在北京现代4S店", ""),
    ],
)
def test_places_only_where_the_text_says_so(text, place):
    assert places.told(text) == place


def test_the_car_is_the_one_named_else_the_only_one_owned():
    assert told("#油耗 轩逸 6.5升", ("海豹",)).car == "轩逸"
    assert told("#口碑 从朗逸换到海豹很满意", ("海豹",)).car == "海豹"
    assert told("#口碑 开着很满意", ("海豹",)).car == "海豹"
    assert told("#口碑 开着很满意", ("海豹", "轩逸")).car == ""
    assert told("#提车 海豹").stage == Stage.BUY


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#油耗 轩逸", ["油耗"]),
        ("＃油耗＃轩逸", ["油耗"]),
        ("今天#提车作业 开心 #避坑", ["提车", "避坑"]),
        ("#油耗6.5升", ["油耗"]),
        ("#fuel 6.5", ["油耗"]),
        ("#首保", ["保养"]),
        ("#充电桩在哪", []),
        ("#接龙", []),
        ("#17", []),
        ("https://a.cn/x#油耗", []),
    ],
)
def test_tags(text, names):
    assert [tag.name for tag in tags.find(text)] == names


@pytest.mark.parametrize(
    "secret",
    [
        "13812345678",
        "138 1234 5678",
        "１３８１２３４５６７８",
        "一三八一二三四五六七八",
        "+86-138-1234-5678",
        "0512-65432100",
        "32010219900101123X",
        "320102199001011234",
        "6222 0200 0000 0000 000",
        "苏E12345",
        "苏E·D12345",
        "粤b 8a888",
        "LSVAA4182E2123456",
        "somebody@example.com",
    ],
)
def test_what_must_not_be_kept_is_struck_out(secret):
    assert masks.mask(f"找{secret}，靠谱") == f"找{masks.MASK}，靠谱"


@pytest.mark.parametrize(
    "text", ["跑了13800公里", "价格158000，里程32000", "2026年5月1日", "京东买的", "Model 3"]
)
def test_ordinary_figures_stay(text):
    assert masks.mask(text) == text


def test_what_is_missing_most():
    fuel, bought = tags.named("油耗"), tags.named("提车")
    assert facts.missing(Facts(), fuel) == "car"
    assert facts.missing(Facts(car="海豹"), fuel) == "km"
    assert facts.missing(Facts(car="海豹", km=0), fuel) == ""
    assert facts.missing(Facts(car="海豹"), bought) == ""


def test_a_bare_number_answers_the_question_for_the_distance():
    def added(text, lacking):
        tag = tags.named("油耗")
        return facts.added(text, lacking, tag=tag, catalogue=CATALOGUE, today=TODAY)

    assert added("2万", "km").km == 20_000
    assert added("32000", "km").km == 32_000
    assert added("2万", "car").km is None
    assert added("海豹 2万公里", "car") == Facts(car="海豹", km=20_000)


def test_what_is_added_later_wins_and_the_rest_stays():
    before = Facts(car="海豹", km=1000, figure=6.5, unit="L/100km")
    assert facts.complete(before, Facts(km=2000)) == Facts(
        car="海豹", km=2000, figure=6.5, unit="L/100km"
    )


def test_only_a_short_reply_to_our_line_completes_a_share():
    def event(text, quoted="收好 #17 油耗。是哪款车？说「补充 #17 车名」。", *, addressed=True):
        line = Quoted("m1", "bot", text=quoted)
        return Event(
            "e", "p", "c", "a", "n", text, 1, addressed=addressed, quoted=line if quoted else None
        )

    def number(each):
        return facts.added_to(each, CATALOGUE)

    assert number(event("海豹 2万公里")) == 17
    assert number(event("2万")) == 17
    assert number(event("谢谢")) is None
    assert number(event("海豹续航多少？")) is None
    assert number(event("海豹", addressed=False)) is None
    assert number(event("海豹", quoted="")) is None
    assert number(event("海豹" * 100)) is None


def test_wording():
    assert wording.insults("那个销售是骗子")
    assert not wording.insults("被骗了两千块")
    assert wording.sells("机油在这买 https://item.jd.com/1.html")
    assert wording.sells("领券下单")
    assert not wording.sells("在京东买的机油")
    assert wording.asks("海豹续航多少？")
    assert wording.asks("有人用过吗")
    assert not wording.asks("百公里6.5升")
    assert wording.endangers("刹车失灵")
    assert not wording.endangers("转向灯不亮，高压水枪洗车")
    assert wording.thanks("谢谢！")
    assert not wording.thanks("谢谢，再问下油耗")


@given(st.text(), st.sampled_from(tags.TAGS))
def test_any_text_is_understood_without_a_fault(text, tag):
    read = facts.understand(text, tag=tag, catalogue=CATALOGUE, own=(), today=TODAY)
    assert read.km is None or 0 < read.km <= figures.KM_MAX
    assert (read.figure is None) == (read.unit == "")
    assert facts.complete(read, Facts()) == read
    wording.asks(text)
    wording.sells(text)
    wording.insults(text)
    wording.thanks(text)


@given(st.text(alphabet="0123456789一二两十百千万点wW.,-~～年月公里升#个油", max_size=60))
def test_numbers_in_any_order_are_read_without_a_fault(text):
    for amount in amounts.find(text):
        assert 0 <= amount.value <= amounts.VALUE_MAX
        assert text[amount.start : amount.end]
    told(text)


@given(st.text(alphabet="0123456789Xx苏京AE· -一三八@.a", max_size=60))
def test_masking_twice_changes_nothing_more(text):
    once = masks.mask(text)
    assert masks.mask(once) == once


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "跑了2万",
        "一",
        "#",
        "#油耗",
        "-",
        "1-",
        "A1",
        "a@",
        "138-",
        "京A",
        "在",
        "哈",
        "券",
    ],
)
def test_long_texts_take_no_longer_than_their_length(piece):
    text = (piece * 20_000)[:20_000]
    started = time.process_time()
    masks.mask(text)
    told(text)
    wording.sells(text)
    wording.thanks(text)
    assert time.process_time() - started < 1, "some pattern is not linear"


@pytest.mark.parametrize(
    ("text", "km", "figure", "unit"),
    [
        ("#续航 汉EV 冬天实际跑了380公里", None, 380, "km"),
        ("#续航 汉EV 实际380公里，跑了2万公里", 20_000, 380, "km"),
        ("#油耗 Model Y 百公里 17.8 度电", None, 17.8, "kWh/100km"),
        ("#油耗 Model Y 百公里17.8kWh", None, 17.8, "kWh/100km"),
        ("#电耗 秦L 亏电百公里3.9升", None, 3.9, "L/100km"),
    ],
)
def test_a_reach_is_no_mileage_and_power_is_no_fuel(text, km, figure, unit):
    facts_told = told(text)
    assert (facts_told.km, facts_told.figure, facts_told.unit) == (km, figure, unit)
