"""What members do of their own accord, and how often: each doing makes up one deed."""

from collections.abc import Callable, Mapping

from tests.simulation.books import local
from tests.simulation.deeds import CHATS, Deed, Verb, Wish
from tests.simulation.wishes import CARS, CITIES, KEYS, LABELS, View, for_somebody, wished

TALK = ("今天真热", "周末去哪玩", "抢购的人真多", "红包呢", "哈哈哈", "送分题", *KEYS[:1])
MODES = (("lucky", ""), ("lucky", " 拼手气"), ("wild", " 刺激"), ("equal", " 均分"))
SLIPS: tuple[tuple[Verb, str, int, int], ...] = (
    ("send", "红包 0 5", 0, 5),
    ("send", "红包 5 60", 5, 60),
    ("send", "红包 1000000000000 5", 10**12, 5),
    ("send", "红包 900 501", 900, 501),
    ("send", "红包 60", 60, 0),
    ("send", "红包 -20 4", -20, 4),
    ("donate", "捐分 0", 0, 0),
    ("donate", "捐分 1000000000000", 10**12, 0),
    ("grab", "抢 999", 0, 0),
    ("relay", "接力 999", 0, 0),
    ("recall", "撤回红包 999", 0, 0),
)
NOWHERE = 999


def say(verb: Verb, text: str) -> Callable[[View], Deed]:
    return lambda view: Deed(verb, text)


def talk(view: View) -> Deed:
    return Deed("talk", view.dice.choice(TALK))


# Points


def gift(view: View) -> Deed:
    amount, other = view.dice.choice((1, 5, 20, 90, 150, 250)), view.dice.choice(view.others)
    return Deed("gift", f"送分 @{other} {amount}", amount=amount, other=other)


def grant(view: View) -> Deed:
    amount, other = view.dice.choice((20, 50, 100, 300)), view.dice.choice(view.others)
    return Deed("grant", f"奖励 @{other} {amount}", amount=amount, other=other)


def donate(view: View) -> Deed:
    amount = view.dice.choice((1, 5, 10, 30))
    return Deed("donate", f"捐分 {amount}", amount=amount)


def share(view: View) -> Deed:
    car, figure = view.dice.choice(CARS), view.dice.randint(50, 99) / 10
    wan = view.dice.randint(1, 20)
    text = f"#油耗 {car} 百公里{figure}升 开了{wan}万公里"
    return Deed("share", text, told=(car, wan * 10_000, figure))


def slip(view: View) -> Deed:
    """A mistake."""
    verb, text, amount, pieces = view.dice.choice(SLIPS)
    envelope = NOWHERE if verb in ("grab", "relay", "recall") else 0
    return Deed(verb, text, amount=amount, pieces=pieces, envelope=envelope)


# Who one is


def present(view: View) -> Deed:
    """Say something of oneself; a leader says it of others."""
    word = view.dice.choice((*CARS, *CITIES, *LABELS))
    if word in CARS:
        return Deed("add_car", f"加车 {word}", word=word)
    if word in CITIES:
        return Deed("city", f"城市 {word}", word=word)
    other = view.dice.choice(view.others)
    return Deed("label", f"标签 @{other} {word}", other=other, word=word)


# Envelopes


def send(view: View, *, public: bool = False) -> Deed:
    dice = view.dice
    amount = dice.choice((3, 10, 20, 60, 200)) * (1 + 2 * public)
    pieces = dice.choice((1, 2, 3, 5, 8))
    mode, word = dice.choice(MODES)
    wish, words = wished(view)
    text = f"{'公费' * public}红包 {amount} {pieces}{word}{words}"
    return Deed("send", text, amount=amount, pieces=pieces, mode=mode, public=public, wish=wish)


def send_public(view: View) -> Deed:
    return send(view, public=True)


def grab(view: View) -> Deed:
    """One of the latest, the very first, or whatever there is."""
    number = view.dice.choice((0, 1, *(each.number for each in view.envelopes)))
    return Deed("grab", f"抢 {number}" if number else "抢", envelope=number)


def relay(view: View) -> Deed:
    """Mostly by whom luck was with."""
    number, who = 1, ""
    for each in view.envelopes:
        if each.state != "open" and each.best >= 0 and not each.relay:
            number, who = each.number, view.names.get(each.takers[each.best], "")
    who = who if view.dice.random() < 0.8 else ""
    return Deed("relay", f"接力 {number}", envelope=number, who=who)


def recall(view: View) -> Deed:
    """Mostly by who sent it."""
    if not view.envelopes:
        return slip(view)
    each = view.dice.choice(view.envelopes)
    who = view.names.get(each.sender, "") if view.dice.random() < 0.8 else ""
    return Deed("recall", f"撤回红包 {each.number}", envelope=each.number, who=who)


def record(view: View) -> Deed:
    number = view.dice.choice((0, *(each.number for each in view.envelopes)))
    return Deed("record", f"红包记录 {number}" if number else "红包记录", envelope=number)


def verify(view: View) -> Deed:
    number = view.dice.choice((NOWHERE, *(each.number for each in view.envelopes)))
    return Deed("verify", f"验证 {number}", envelope=number)


def order(view: View) -> Deed:
    hour = (local(view.at).hour + view.dice.randint(0, 5)) % 24
    minute = view.dice.choice((0, 30))
    amount, pieces = view.dice.choice((30, 90, 400, 1_200)), view.dice.choice((2, 5))
    mode, word = view.dice.choice(MODES)
    every, daily = view.dice.choice((("", ""), ("day", "每天 ")))
    words = f"{amount} {pieces}{word}"
    wish, names = Wish(), ""
    if view.dice.random() < 0.3:
        _, named, names = for_somebody(view)
        wish = Wish(named=named)
    text = f"定时红包 {daily}{hour}:{minute:02d} {words}{names}"
    return Deed(
        "order", text, amount=amount, pieces=pieces, mode=mode, wish=wish, word=words, every=every,
        clock=(hour, minute),
    )  # fmt: skip


def drop_order(view: View) -> Deed:
    number = view.dice.choice((*view.orders, NOWHERE))
    return Deed("drop_order", f"取消定时 {number}", envelope=number)


def removed(view: View) -> Deed:
    """The bot is thrown out of a group; it is let in again at once."""
    return Deed("removed", "", chat=CHATS[1] if view.dice.random() < 0.8 else CHATS[0])


DOINGS: Mapping[str, Callable[[View], Deed]] = {
    "balance": say("balance", "积分"),
    "statement": say("statement", "明细"),
    "pool": say("pool", "资金池"),
    "orders": say("order", "定时红包"),
    "forget": say("forget", "确认忘记"),
    "talk": talk,
    "gift": gift,
    "grant": grant,
    "donate": donate,
    "share": share,
    "slip": slip,
    "present": present,
    "send": send,
    "public": send_public,
    "grab": grab,
    "relay": relay,
    "recall": recall,
    "record": record,
    "verify": verify,
    "order": order,
    "drop_order": drop_order,
    "removed": removed,
}
HABITS: Mapping[str, Mapping[str, int]] = {
    "leader": {
        "public": 16, "grant": 8, "present": 5, "balance": 1, "pool": 3, "grab": 1, "slip": 1,
        "order": 4, "orders": 1, "drop_order": 1, "recall": 2, "relay": 1, "removed": 1,
    },
    "generous": {"send": 8, "gift": 3, "share": 5, "relay": 4, "recall": 2, "present": 1},
    "greedy": {"grab": 6, "share": 2, "balance": 2, "statement": 1, "send": 1, "present": 2},
    "chatty": {
        "talk": 6, "forget": 1, "balance": 3, "statement": 2, "pool": 1, "record": 2, "verify": 2,
    },
    "sharing": {"share": 8, "statement": 1, "balance": 1, "send": 2, "present": 2},
    "giving": {"gift": 5, "donate": 3, "share": 3, "statement": 1, "relay": 1},
    "clumsy": {
        "slip": 5, "grab": 2, "send": 2, "gift": 1, "public": 1, "grant": 1, "order": 1,
        "drop_order": 1, "recall": 1, "relay": 1, "present": 1,
    },
}  # fmt: skip
EAGER = {"greedy": 0.9, "chatty": 0.7, "generous": 0.3, "leader": 0.1}
"""How likely somebody of that habit goes for an envelope; the others do every other time."""
EAGER_ELSE = 0.5
EFFORT = {"leader": 3}
"""Who does how much more than others."""
