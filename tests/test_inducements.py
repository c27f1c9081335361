"""Nobody is paid, or promised luck, for passing links on, for bringing people, or for posting
elsewhere: not by any text, and not by what can be heard where there are no links.

WeChat's rules for outside links (2.1.2) call it inducing when points, envelopes, coupons or draws
are offered for that, and whole products were blocked for it. What is paid here is an owner's own
experience, told in the club.
"""

import re

import pytest

from config.words import LANGUAGES
from storage.model import DAY, Role
from tests.support.room import REGISTRY, WORDS, Room
from tests.test_texts import FILES, rendered

PASSING_ON = re.compile(
    "转发|转给|转到|传给|朋友圈|好友|拉人|拉新|拉进|邀请|请来|请人|进群|入群|链接|扫码|二维码|助力|砍一刀"
    "|集赞|点赞|点个赞|推荐给|发到|发去|群发|公众号"
    r"|\bforward|\brepost|\bre-share|\bmoments\b|\binvit|\brefer(?!en)|\bbrings?\b"
    r"|\bcame through\b|\blinks?\b|\bqr\b|\bscan|\bfriends?\b|\brecommend"
    r"|\bother groups?\b|\bspread",
    re.I,
)
"""Passing on, bringing people: with a reward anywhere in the same message it reads as an offer."""
SHARING = re.compile(r"分享|晒|\bshar(?:e|es|ed|ing)\b|\bpost(?:s|ed|ing)?\b", re.I)
"""May be an experience told in the club; with a reward in the same sentence it is an offer."""
REWARD = re.compile(
    r"积分|\d\s*分(?![钟享开成])|几分|加分|得分|红包|奖|开奖|摇号|抽|优惠券|福利|返现"
    r"|\bpoints?\b|\benvelopes?\b|\brewards?\b|\bprizes?\b|\bbonus|\bcoupons?\b|\bdrawn?\b|\bdraws\b"
    r"|\bearn|\blucky\b",
    re.I,
)
SENTENCE = re.compile(r"[。！？\n]|[.!?](?:\s|$)")

HONEST = {
    "账号、车和分享原文都会删掉": "what is deleted of somebody's own",
    "the words of your shares are deleted": "the same",
    "积分和分享都在一起": "what two accounts of one person have in common once they are joined",
    "积分、分享、车都归到一起": "the same",
    "points, shares and cars are put together": "the same",
}
"""What the rule would catch and is no offer, each with the reason. 分享 is there what somebody told
in the club, not something to do."""
WHERE_THERE_ARE_LINKS = {
    ("invite", "counted"): "told afterwards, once, on the platform that somebody came in by: it "
    "takes an invitation of the bot's, which there is none of without links",
}
"""Texts that are never said where there are no links, with the reason."""


def offers(text: str) -> str:
    """What offers a reward for what must not be rewarded; empty where nothing does."""
    for fragment in HONEST:
        text = text.replace(fragment, "")
    if PASSING_ON.search(text) and REWARD.search(text):
        return text
    sentences = SENTENCE.split(text)
    return next((one for one in sentences if SHARING.search(one) and REWARD.search(one)), "")


# The rule


@pytest.mark.parametrize(
    "planted",
    [
        "转发这条消息，得 20 分。",
        "转发到三个群，人人有份。\n红包今晚发！",
        "分享到朋友圈领红包",
        "把链接发到别的群，每人 5 分",
        "邀请一位好友进群，你们各得 20 分。",
        "你请来的人留下来了，奖励 20 分",
        "拉人进群，积分翻倍",
        "分享有礼：分享一次抽一次奖",
        "晒单有奖",
        "集赞 20 个，开奖",
        "扫码关注公众号送积分",
        "帮我砍一刀，送优惠券",
        "Forward this and get 20 points.",
        "Share it to Moments. An envelope is waiting!",
        "Invite a friend: 20 points for each of you.",
        "Bring your friends, and the luckiest gets a prize.",
        "Every link you share is a ticket in the draw.",
        "Share now to earn a bonus",
        "Post about us and grab an envelope",
    ],
)
def test_an_inducement_is_caught(planted):
    assert offers(planted)


@pytest.mark.parametrize(
    "text",
    [
        "收好 #2 电耗：海豹 · 2万公里 · 13.5 kWh/100km，+10 分。只在本会引用。",
        "🧧 小王 发了 60 分的拼手气红包，5 个。\n说「抢 1」，先到先得。",
        "分享 3 条，其中旧聊天 2 条只计数",
        "升到 1 级：有 1 天分享过经验（现在 0 天）。",
        "断了 3 次，一共 4 分 30 秒。分享请再说一遍。",
        "再过 5 分钟分享会开始",
        "This group has 3 members and 2 shares. Alice has 20 points.",
        "Sent in 3 parts; see the reference.",
    ],
)
def test_what_is_honest_is_not(text):
    assert offers(text) == ""


# All that can be said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", FILES)
def test_no_text_offers_anything_for_it(language, file):
    for message in WORDS.messages(language, file):
        if (file, message) not in WHERE_THERE_ARE_LINKS:
            for text in rendered(language, file, message):
                assert offers(text) == "", message


@pytest.mark.parametrize(("file", "message"), WHERE_THERE_ARE_LINKS)
def test_what_is_left_out_would_be_caught(file, message):
    for language in LANGUAGES:
        assert all(offers(text) for text in rendered(language, file, message))


def test_every_exception_is_still_said():
    said = "\n".join(
        text
        for language in LANGUAGES
        for file in FILES
        for message in WORDS.messages(language, file)
        for text in rendered(language, file, message)
    )
    assert [fragment for fragment in HONEST if fragment not in said] == []


# All that is heard where there are no links

LACKS = ("links",)


@pytest.fixture(params=LANGUAGES)
async def scene(room: Room, request: pytest.FixtureRequest) -> Room:
    """A club as one on WeChat: some points, some shares, an envelope on its way."""
    await room.join("小李", "小张")
    await room.give("小王", 300)
    if request.param == "en":
        await room.say("小王", "设置 语言 English", lacks=LACKS)
    await room.say("小王", "我的车 海豹", lacks=LACKS)
    await room.say("小李", "#油耗 轩逸 百公里6.5升 开了2万公里", lacks=LACKS)
    return room


def everything() -> list[str]:
    """All that help knows to say, by each of its words, alone and as in its examples."""
    commands = [command for feature in REGISTRY.features for command in feature.commands]
    words = [word for command in commands for word in command.words]
    asked = [f"帮助 {word}" for word in words]
    alone = [f"/{word}" for word in words if word not in ("确认忘记", "forgetme")]
    examples = [said for command in commands for said, _ in command.examples]
    return ["帮助", *asked, *alone, *(said for said in examples if said not in alone)]


async def heard_in(room: Room) -> list[str]:
    heard: list[str] = []
    await room.promote("小张", Role.CO_LEADER)
    for kind in ("added", "joined", "left", "titled", "recalled"):
        heard += [each.text for each in await room.say("小新", "", kind=kind, lacks=LACKS)]
    for said in everything():
        for name, more in (("小李", {}), ("小王", {}), ("小张", {"private": True})):
            if "忘记" not in said:
                heard += [each.text for each in await room.say(name, said, lacks=LACKS, **more)]
    for _ in range(4):
        room.clock.move(DAY)
        heard += [each.text for each in await room.sweep()]
    return heard


async def test_where_there_are_no_links_nothing_is_heard_that_offers_it(scene):
    heard = await heard_in(scene)
    assert len(set(heard)) > 150
    assert [text for text in heard if offers(text)] == []
    # Nor is what cannot be had there spoken of, but by who asks for it.
    told = {text for text in heard if re.search("邀请|专属入口|invite|way in", text, re.I)}
    assert told <= {
        "这里没有邀请链接，直接请人进群就好。",
        "There are no invite links here; just bring people in.",
        "我不认识「邀请」。说「帮助」看看能做什么。",
        "我不认识「invite」。说「帮助」看看能做什么。",
        'I don\'t know "邀请". Say "/help" to see what I can do.',
        'I don\'t know "invite". Say "/help" to see what I can do.',
    }
