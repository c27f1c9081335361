"""What kind of talk a text is, by its wording alone."""

import re

SPEECH_LEAST = 6
"""Fewer characters than this say nothing about a car."""

_INSULT = re.compile(
    r"骗子|垃圾(?:人|商家|老板|销售)|人渣|畜生|王八蛋?|傻[逼比叉]|狗东西|不要脸|死全家|黑心(?:商家|老板)|奸商"
)
_PURCHASE = re.compile(
    r"(?:tb\.cn|taobao\.com|tmall\.com|jd\.com|3\.cn|pinduoduo\.com|yangkeduo\.com|weidian\.com|"
    r"youzan\.com|haohuo\.jinritemai\.com|v\.douyin\.com|1688\.com|amazon\.|amzn\.)"
    r"|[￥$₤€(（/][A-Za-z0-9]{8,12}[￥$₤€)）/]"
    r"|下单(?:链接|地址|口令)|领券|优惠券|购买链接|淘口令|小程序(?:下单|商城)|#小程序://",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"[?？]\s*$|[吗呢么]\s*[。.!！~]*\s*$|^\s*(?:请问|求问|想问|问一?下|有没有(?:人|车友)|谁知道|求推荐)"
)
_DANGER = re.compile(
    r"刹车|制动|转向(?!灯)|方向盘(?:锁|卡|失|打不|沉|重)|方向机|起火|着火|冒烟|自燃|烧焦|焦味|高压(?!水|锅|洗)"
    r"|漏电|触电|气囊|失控|断轴|brak(?:e|ing)|steering|on fire|smok(?:e|ing)|high.voltage|airbag",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:好的?|谢谢|感谢|多谢|谢了|收到|辛苦了?|哈|嗯|哦|ok|okay|thanks?|thank you|thx|赞|厉害|牛)*"
)
_MARKS = re.compile(r"[\W_]+")


def insults(text: str) -> bool:
    """It calls somebody names instead of telling what happened."""
    return bool(_INSULT.search(text))


def sells(text: str) -> bool:
    """It carries a way to buy something, so it must be marked as an advertisement when shown."""
    return bool(_PURCHASE.search(text))


def asks(text: str) -> bool:
    """It is a question and no experience."""
    return bool(_ASKING.search(text))


def endangers(text: str) -> bool:
    """It speaks of brakes, steering, fire, high voltage or airbags."""
    return bool(_DANGER.search(text))


def thanks(text: str) -> bool:
    """Nothing but thanks or a nod: no answer is wanted."""
    bare = _MARKS.sub("", text.casefold())
    return len(bare) <= 20 and bool(_THANKS.fullmatch(bare))


def length(text: str) -> int:
    """How many letters, digits and characters there are; marks and spaces do not count."""
    return len(_MARKS.sub("", text))
