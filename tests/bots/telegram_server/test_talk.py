"""Commands, mentions, hashtags and addresses in what people write, counted in UTF-16."""

import pytest

from tests.support.telegram.talk import commands, entities


def seen(text):
    """Each entity's kind and the part of the text it covers."""
    raw = text.encode("utf-16-le")
    return [
        (each["type"], raw[each["offset"] * 2 :][: each["length"] * 2].decode("utf-16-le"))
        for each in entities(text)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/points", [("bot_command", "/points")]),
        ("🚗 /points@carclub_bot 5", [("bot_command", "/points@carclub_bot")]),
        ("/积分", []),
        ("/points积分", []),
        ("a/b", []),
        ("谢谢 @xiaoli！", [("mention", "@xiaoli")]),
        ("谢谢@xiaoli", []),
        ("@xiaoli你好", []),
        ("🚗 #自驾 走起", [("hashtag", "#自驾")]),
        ("看 https://a.cn/x?y=1。好", [("url", "https://a.cn/x?y=1")]),
        ("（https://a.cn/x）", [("url", "https://a.cn/x")]),
    ],
)
def test_what_the_app_sees(text, found):
    assert seen(text) == found


async def test_words_that_stand_for_somebody_or_lead_somewhere(bot_api, group, li, seen):
    wang = bot_api.user("小王")
    group.promote_bot()
    seen()
    await li.says(group, "🚗小王 看这里", people={"小王": wang}, links={"这里": "https://a.cn"})
    entities = seen("message")[0]["entities"]
    assert [(each["type"], each["offset"], each["length"]) for each in entities] == [
        ("text_mention", 2, 2),
        ("text_link", 6, 2),
    ]
    assert entities[0]["user"]["id"] == wang.id
    assert entities[1]["url"] == "https://a.cn"


def test_a_command_keeps_the_bot_it_names():
    assert commands("/a 然后 /b@x_bot") == ["/a", "/b@x_bot"]
