"""A made-up chat history of any length, in the form of a Telegram Desktop export.

One message in eight tells an experience, half of these with a tag; the rest is what groups are
made of: talk, questions, hearsay, pictures, forwarded words, service messages, a bot's lines. The
same seed gives the same file.
"""

import json
from pathlib import Path
from random import Random
from typing import Any

CHAT = 1_234_567_890
CHAT_ID = f"-100{CHAT}"
"""The chat as a bot knows it."""
BEGAN = 1_546_300_800
"""2019-01-01, in seconds."""
SECONDS_BETWEEN = 900
PEOPLE = 2_000
BOT = 777
BOTS_ONLY = "inline_bot_buttons"
CARS = ("轩逸", "海豹", "雅阁", "Model 3", "途观", "卡罗拉", "思域", "凯美瑞", "汉EV", "帕萨特")
TALK = """
早上好|周末有人去爬山么|哈哈哈哈|今天堵死了，绕了半个城才到公司|收到，谢谢会长|刚到家，累|我也觉得|红包来了快抢
那家店的面不错，下次一起|明天降温，记得加衣服|洗车排了一小时的队|路口那个坑终于补了|这图不错，存了|年会定在月底的周六
"""
QUESTIONS = """
{car}百公里一般多少个油？|有没有人换过{car}的刹车片，大概{yuan}块正常吗
{car}开了{km}公里要换火花塞吗？|想买{car}，落地{price}万能拿下不
"""
HEARSAY = """
听说{car}百公里才{fuel}升|我同事的{car}跑了{km}公里都没修过|官方说{car}续航{range}公里
你那台{car}开了{km}公里还这么新|要是{car}能便宜到落地{price}万我就买
"""
TAGGED = """
#油耗 {car} 百公里{fuel}升，开了{km}公里，市区为主|#保养 {car} 小保养花了{yuan}元，开了{km}公里
#提车 {car} 落地{price}万，等了{days}天|#维修 {car} 开了{km}公里，修空调花了{yuan}块
#续航 {car} 实际能跑{range}公里，开了{km}公里
"""
PLAIN = """
我的{car}开了{km}公里，百公里{fuel}升|刚提的{car}，落地{price}万，等了{days}天
我这台{car}做了保养，花了{yuan}元，行驶了{km}公里|{car}表显平均油耗{fuel}升，我跑了{km}公里
"""
BUTTONS = [[{"type": "callback", "text": "抢"}]]
REACTIONS = [
    {"type": "emoji", "count": 3, "emoji": "👍", "recent": [{"from": "某人", "from_id": "user9"}]}
]
NOTHING_SAID: dict[str, Any] = {"text": "", "text_entities": []}


def write(path: Path, messages: int, *, seed: int = 1) -> None:
    """One chat's export."""
    dice = Random(seed)
    with path.open("w", encoding="utf-8") as file:
        head = {"name": "车友群", "type": "private_supergroup", "id": CHAT}
        file.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "messages": [\n')
        for number in range(1, messages + 1):
            message = json.dumps(made_up(number, dice), ensure_ascii=False, indent=1)
            file.write(message + (",\n" if number < messages else "\n"))
        file.write(" ]\n}\n")


def made_up(number: int, dice: Random) -> dict[str, Any]:
    person = dice.randrange(1, PEOPLE)
    message: dict[str, Any] = {
        "id": number,
        "type": "message",
        "date": "2020-01-01T00:00:00",
        "date_unixtime": str(BEGAN + number * SECONDS_BETWEEN),
        "from": f"车友{person}",
        "from_id": f"user{10_000 + person}",
    }
    if dice.random() < 0.3:
        message |= {"reply_to_message_id": max(number - 3, 1), "reactions": REACTIONS}
    kind = dice.random()
    for most, extra, texts in (
        (0.02, {"type": "service", "action": "invite_members"}, ""),
        (0.05, {"photo": "(File not included.)", "width": 1080, "height": 1920}, ""),
        (0.07, {"from_id": f"user{BOT}", BOTS_ONLY: BUTTONS}, PLAIN),
        (0.10, {"forwarded_from": "别的群"}, PLAIN),
        (0.16, {}, TAGGED),
        (0.22, {}, PLAIN),
        (0.28, {}, QUESTIONS),
        (0.32, {}, HEARSAY),
        (1.00, {}, TALK),
    ):
        if kind < most:
            said = worded(filled(texts, dice)) if texts else NOTHING_SAID
            return message | extra | said
    raise ValueError(kind)


def worded(text: str) -> dict[str, Any]:
    """Words as the export has them: plain, or in pieces where a tag is marked."""
    if not text.startswith("#"):
        return {"text": text, "text_entities": [{"type": "plain", "text": text}]}
    tag, _, rest = text.partition(" ")
    marked = {"type": "hashtag", "text": tag}
    return {
        "text": [marked, f" {rest}"],
        "text_entities": [marked, {"type": "plain", "text": rest}],
    }


def filled(texts: str, dice: Random) -> str:
    return dice.choice(texts.strip().replace("\n", "|").split("|")).format(
        car=dice.choice(CARS),
        fuel=round(dice.uniform(4.5, 12), 1),
        km=dice.randrange(1_000, 200_000),
        yuan=dice.randrange(200, 3_000),
        price=round(dice.uniform(8, 35), 2),
        range=dice.randrange(300, 600),
        days=dice.randrange(3, 90),
    )
