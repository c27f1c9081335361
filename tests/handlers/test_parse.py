"""What counts as a command, and what is left alone."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import parse, spoken
from handlers.amounts import whole
from handlers.spoken import Spoken
from storage.errors import Refusal
from storage.model import POINTS_MAX, Event, Mention, Quoted
from tests.support.room import REGISTRY

# Any text at all, halves of surrogate pairs and control characters included.
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)

ORDINARY = """
抢红包啦
抢红包了快来
抢不到啊
抢我的车位
谁抢到了手气最佳
红包呢
红包来一个
红包都没抢到
红包60块太少了
红包 多发点
发个红包吧
公费红包谁发
积分怎么算
积分有什么用
积分？
积分太少了，怎么挣
我的积分呢
明细账
明细在哪儿看
账单多少钱
送分题
送分啦
送分给谁
捐分是什么意思
问下大家
问一下，冬天胎压打多少
问题不大
问号脸
帮助一下
帮助别人就是帮助自己
帮我看看这个灯是什么意思
菜单拍一下
设置在哪里
设置里面找找
设置不了蓝牙钥匙
设置 导航 怎么弄
排行第一
排行榜第几
关联方
关联交易
关联码发我
关联 微信
接任者
接任的是谁
让位给老人
让位子
任命书
任命谁当副会长
免去烦恼
奖励机制
奖励一朵小红花
静音轮胎怎么样
静音模式打不开
取消静音了吗
资金池够不够
车友会什么时候活动
车友会几点集合？
建会员卡
我的车在4S店
我的车又抛锚了
加车位
删车牌照片
早上好
哈哈哈哈
1
2
3
+1
666
6.5个油
10万公里换了两次刹车片
今天油价8.35
@小李 在吗
@小李 你那个多少钱
收到
赞
[捂脸]
😂😂😂
有没有周末去莫干山的
4S店报价3200，贵不贵
这车百公里7个油正常吗
""".strip().splitlines()

ORDINARY_ENGLISH = [
    "help me please",
    "help",
    "start it up",
    "found my keys",
    "found it",
    "give 20",
    "pool party tonight?",
    "club night",
    "link definitely",
    "points to you",
    "settings",
    "succeed",
    "grab 1",
]


def read(text: str, *, addressed: bool = False) -> Spoken | None:
    return spoken.spoken(text, REGISTRY.words, addressed=addressed)


def command(text: str, *, addressed: bool = False) -> tuple[str, str] | None:
    """The command's first word with its argument, when it would be answered."""
    said = read(text, addressed=addressed)
    if said is None or not (said.fits or said.explicit):
        return None
    return said.command.words[0], said.argument


def event(text: str = "", **more: object) -> Event:
    return Event("e", "pretend", "group", "a", "小王", text, 0, **more)  # type: ignore[arg-type]


# Commands


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("积分", ("积分", "")),
        ("  积分 \n", ("积分", "")),
        ("\u3000积分", ("积分", "")),
        ("/积分", ("积分", "")),
        ("／积分", ("积分", "")),
        ("／红包　６０　５", ("红包", "６０　５")),
        ("/points", ("积分", "")),
        ("/POINTS", ("积分", "")),
        ("／ｐｏｉｎｔｓ", ("积分", "")),
        ("/points@carclub_bot", ("积分", "")),
        ("/grab@carclub_bot 12", ("抢", "12")),
        ("/help@a_bot_with_quite_a_long_name_bot", ("帮助", "")),
        ("抢 12", ("抢", "12")),
        ("抢12", ("抢", "12")),
        ("抢#12", ("抢", "#12")),
        ("抢＃１２", ("抢", "＃１２")),
        ("抢\t12", ("抢", "12")),
        ("抢红包 12", ("抢", "12")),
        ("抢红包12", ("抢", "12")),
        ("红包 60 5", ("红包", "60 5")),
        ("红包60 5", ("红包", "60 5")),
        ("红包６０　５", ("红包", "６０　５")),
        ("红包 60/5", ("红包", "60/5")),
        ("红包 60，5", ("红包", "60，5")),
        ("红包 60、5", ("红包", "60、5")),
        ("红包 60分 5个", ("红包", "60分 5个")),
        ("红包60分5个 均分", ("红包", "60分5个 均分")),
        ("红包 60 5 拼手气", ("红包", "60 5 拼手气")),
        ("/hongbao 60 5 Equal", ("红包", "60 5 Equal")),
        ("红包 1,000 5", ("红包", "1,000 5")),
        ("送分 @小李 20", ("送分", "@小李 20")),
        ("送分 20 @小李", ("送分", "20 @小李")),
        ("送分 @小李\u200520", ("送分", "@小李\u200520")),
        ("送分@小李\u2005 20", ("送分", "@小李\u2005 20")),
        ("送分 @小李 20分", ("送分", "@小李 20分")),
        ("送分 @小李 20 Points", ("送分", "@小李 20 Points")),
        ("任命 @小李", ("任命", "@小李")),
        ("任命 @小李 @小张", ("任命", "@小李 @小张")),
        ("设置 名称 新名字", ("设置", "名称 新名字")),
    ],
)
def test_a_command_is_known_however_it_is_typed(text, found):
    assert command(text) == found


@pytest.mark.parametrize("text", ORDINARY + ORDINARY_ENGLISH)
def test_ordinary_speech_is_left_alone(text):
    assert command(text) is None


def test_there_is_enough_ordinary_speech():
    assert len(set(ORDINARY)) >= 60


@pytest.mark.parametrize("word", sorted(REGISTRY.words))
def test_every_word_is_a_command_behind_a_slash(word):
    said = read(f"/{word}")
    assert said is not None
    assert said.explicit
    assert said.command is REGISTRY.words[word]


@pytest.mark.parametrize("word", sorted(REGISTRY.words))
def test_no_word_counts_within_a_longer_one(word):
    for around in (f"{word}啊", f"的{word}", f"{word}{word}", f"{word}。"):
        if around not in REGISTRY.words:
            assert read(around) is None, around


@pytest.mark.parametrize(
    "text",
    [
        "@小助手 积分",
        "@小助手\u2005积分",
        "@小助手\u2005 积分",
        "@Car Club Bot\u2005积分",
        "@小助手 @小李 积分",
        "@小助手   /积分",
        "@bot points",
    ],
)
def test_a_mention_of_the_bot_stands_before_a_command(text):
    assert command(text, addressed=True) == ("积分", "")


def test_a_mention_of_somebody_else_before_a_word_is_talk():
    assert command("@小李 积分") is None


def test_what_does_not_fit_counts_only_when_it_was_surely_meant():
    for text, addressed in (("/积分 呢", False), ("@bot 积分 呢", True)):
        said = read(text, addressed=addressed)
        assert said is not None
        assert (said.fits, said.explicit) == (False, True)
    assert command("积分 呢") is None


def test_a_name_with_spaces_is_one_mention():
    called = event("送分 @Li Lei 20", mentions=(Mention("l", "Li Lei"),))
    assert command(parse.said(called)) == ("送分", "@Li_Lei 20")


def test_digits_in_a_name_are_no_amount():
    called = event("送分 @Li 88 20", mentions=(Mention("l", "Li 88"),))
    said = read(parse.said(called))
    assert said is not None
    assert whole(said.argument) == 20


@pytest.mark.parametrize(
    "text", ["", " ", "/", "//", "@", "@ ", "/ 积分", "//积分", "/@bot", "\ufffd"]
)
def test_hardly_anything_is_nothing(text):
    assert command(text) is None
    assert command(text, addressed=True) is None


@given(ANYTHING, st.booleans())
def test_no_text_is_too_strange_to_read(text, addressed):
    clean = parse.clean_text(text)
    said = read(clean, addressed=addressed)
    if said is not None:
        assert said.command.words[0]
        parse.numbers(said.argument)


@given(st.sampled_from(sorted(REGISTRY.words)), ANYTHING)
def test_no_argument_is_too_strange_to_read(word, argument):
    clean = parse.clean_text(f"/{word} {argument}")
    said = read(clean)
    assert said is None or said.explicit


LONG = 20_000
HARD = [
    *(
        each * LONG
        for each in ("1", "@", "a", " ", "-", ".", ",", "#", "\u3000", "名", "e\u0301\u0316")
    ),
    *(each * (LONG // 2) for each in ("1 ", "@ ", "1,", "1.", "分1", "@a", "9-", "\n1")),
    *(f"1{' ' * LONG}{end}" for end in ("x", "@", "1 x", "分")),
    *(f"@{'a' * LONG} {end}" for end in ("x", "1 x")),
    *(f"@a{' ' * LONG}{end}" for end in ("x", "1 x")),
    *(f"{each}{' ' * LONG}x" for each in ("1分", "1 1", "1 1个", "名称", "1/")),
    "@a " * (LONG // 3),
    "@a@" * (LONG // 3) + " x",
    "1 " + "@a " * (LONG // 3) + "\x00",
    "1" * LONG + "个",
]


@pytest.mark.timeout(10)
@pytest.mark.parametrize("word", sorted({each.words[0] for each in REGISTRY.words.values()}))
def test_no_argument_takes_for_ever(word):
    """A pattern that tries every way to read a text would stop the bot for everybody."""
    for text in HARD:
        for end in ("", "x", " x\n"):
            read(f"{word} {text}{end}")


@pytest.mark.timeout(10)
def test_no_beginning_takes_for_ever():
    for text in HARD:
        read(text, addressed=True)
        parse.clean_text(text)
        parse.clean_name(text)
        parse.numbers(text)


# Numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("60 5", [60, 5]),
        ("６０　５", [60, 5]),
        ("60分5个", [60, 5]),
        ("60,5", [60, 5]),
        ("60，5", [60, 5]),
        ("1,000 5", [1000, 5]),
        ("1,234,567", [1_234_567]),
        ("1,0000", [1, 0]),
        ("12,34", [12, 34]),
        ("-5", [-5]),
        ("+5", [5]),
        ("0", [0]),
        ("007", [7]),
        ("1.5", [0]),
        ("20.", [20]),
        ("1e5", [1, 5]),
        ("9" * 19, [10**18]),
        ("-" + "9" * 30, [-(10**18)]),
        ("①②", [12]),
        ("٣", [3]),
        ("没有", []),
    ],
)
def test_numbers_are_read_as_people_write_them(text, found):
    assert parse.numbers(text) == found


@given(st.text(max_size=60))
def test_numbers_are_always_whole_and_of_a_size_that_can_be_kept(text):
    assert all(abs(number) <= 10**18 for number in parse.numbers(text))


@given(st.integers(1, POINTS_MAX))
def test_an_amount_means_the_same_with_and_without_commas(amount):
    assert whole(f"{amount}") == whole(f"{amount:,}") == whole(f"@小李 {amount}分") == amount


@pytest.mark.parametrize("text", ["", "0", "-5", "1.5", "0.0", "1,5", "5 6", "@5"])
def test_what_is_no_whole_amount_is_refused(text):
    with pytest.raises(Refusal, match="not_positive"):
        whole(text)


@pytest.mark.parametrize("text", [str(POINTS_MAX + 1), "9" * 40])
def test_an_amount_beyond_all_reason_is_refused(text):
    with pytest.raises(Refusal, match="too_large"):
        whole(text)


# Cleaning


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("积分", "积分"),
        ("\ufeff积分", "积分"),
        ("\u200b积分\u200b", "积分"),
        ("\u202e积分\u202c", "积分"),
        ("\u2068积分\u2069", "积分"),
        ("积\x00分\x1b", "积分"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("一\u2028二", "一\n二"),
        ("一\t二", "一\t二"),
        ("半个\ud83d", "半个\ufffd"),
        ("👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️"),
    ],
)
def test_a_text_loses_only_what_nobody_sees(text, clean):
    assert parse.clean_text(text) == clean


@given(ANYTHING)
def test_a_clean_text_can_be_kept_and_stays_clean(text):
    clean = parse.clean_text(text)
    clean.encode()
    assert parse.clean_text(clean) == clean
    assert not any(unicodedata.category(character) == "Cs" for character in clean)


@given(ANYTHING)
def test_a_clean_name_is_one_short_line(text):
    name = parse.clean_name(text)
    name.encode()
    assert len(name) <= parse.NAME_MAX
    assert name == " ".join(name.split())


def test_two_names_that_look_the_same_are_the_same():
    assert parse.clean_name("小王\u200b") == parse.clean_name("\u202e小王") == "小王"


def test_a_huge_paste_is_cut_before_anything_is_done_with_it():
    pasted = event("红包 60 5" + "9" * 10_000_000)
    assert len(parse.clean(pasted).text) == parse.TEXT_MAX


def test_an_event_is_cleaned_in_all_its_parts():
    dirty = event(
        "积分\x00",
        quoted=Quoted("m", "b", "小\u200b李", "说\x00的"),
        mentions=tuple(Mention(f"{n}", "名\x00") for n in range(30)),
        title="群\x00名",
    )
    clean = parse.clean(dirty)
    assert (clean.text, clean.title) == ("积分", "群名")
    assert clean.quoted == Quoted("m", "b", "小李", "说的")
    assert len(clean.mentions) == 20
    assert {mention.name for mention in clean.mentions} == {"名"}


def test_a_clean_event_is_not_copied():
    """Nearly all events are clean, and there are many."""
    clean = event("积分")
    assert parse.clean(clean) is clean


@pytest.mark.parametrize("bad", ["", "x" * 129, "a\x00b", "a\nb", "\ud83d"])
@pytest.mark.parametrize("place", ["id", "platform", "chat", "account"])
def test_an_event_with_a_broken_id_is_none(bad, place):
    sound = Event("e", "p", "c", "a", "", "", 0)
    assert parse.well_formed(sound)
    assert not parse.well_formed(replace(sound, **{place: bad}))
