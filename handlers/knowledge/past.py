"""Is an old message an owner's experience? Nobody said so at the time: better to miss one than
to take what is none.

`told` is all that an import asks; a better judge takes its place.
"""

import re
from datetime import date
from typing import Literal

from config.catalogue import Catalogue
from handlers.knowledge import experience, tags, wording
from handlers.knowledge.experience import Experience, Problem
from storage.model import Facts

Unfit = Problem | Literal["talk"]

PLAIN_MAX = 300
"""Longer talk without a tag is mostly copied from somewhere."""
KM_LEAST = 1_000

_FIGURE = re.compile(r"[\d〇零一二两三四五六七八九十]")
_ASKING = re.compile(
    r"[?？]|[吗嘛么][，。,!！ ]|[吗嘛]$|怎么|怎样|咋|多少|几[个年万块升度]|哪[个里家儿款些]|谁|"
    r"为啥|啥[时价样]|(?<!没)什么|如何|能不能|会不会|是不是|有没有|有无|正不正常|请教|请问|求[助教推问]|问[一下问]|"
    r"\b(?:how|what|which|why|anyone|does|should)\b",
    re.IGNORECASE,
)
_HEARD = re.compile(
    r"听说|据说|传说|号称|官[方网宣]|指导价|工信部|厂家|厂商|新闻|媒体|评测|测评|试驾|网上|网友|论坛|视频|文章|"
    r"(?:朋友|同事|邻居|亲戚|同学|老板|人家|别人|有人|他们?|她|楼[主上]|销售|车友)(?:的|说|讲|家|那|买|提|开)|"
    r"(?:之前|以前|原来)[的开]|上一?[台辆]|你|您|各位|大家|说是|好像|貌似|应该|估计|也许|大概率|\b(?:you|your|they|friend|heard)\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"想[买提换要入]|打算|准备[买提换入]|计划|预算|考虑|纠结|要是|如果|假如|的话|希望|等[降提]|看上|看中|"
    r"还没[买提到]|\b(?:if|would|want|plan|hope)\b",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"出售|转让|急售|低价|私聊|私信|加[我微]|微信|电话|联系|包邮|现货|代理|批发|团购|活动价|特价|促销|优惠券|"
    r"招商|报名|诚[意信]|本店|店里有|全国|https?://|www\.|^[【\[「『《]|转自|来源",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"[我俺咱]|本人|自己|自家|家里|老婆|媳妇|老公|提了|刚提|提车|买了|买的|入手|落地|开了|跑了|行驶了|表显|"
    r"实[测跑际开]|加满|换了|做了|保养[了完花]|花了|修了|修好|用了|上下班|通勤|"
    r"\b(?:my|mine|i|i've|we|our|bought|paid|driven|got)\b",
    re.IGNORECASE,
)


def told(text: str, *, catalogue: Catalogue, today: date) -> Experience | Unfit:
    """The experience an old message tells, or why it is not kept.

    A tag counts as it does today. Without one the words must name one car and give a figure of
    it that was measured, ask nothing, and be first-hand.
    """
    tagged = bool(tags.find(text))
    if not tagged and not _may_be_plain(text):
        return "talk"
    cars = catalogue.find(text)
    if not tagged and len(cars) != 1:
        return "talk"
    tag = experience.tag_of(text)
    read = experience.read(text, tag=tag, catalogue=catalogue, own=(), today=today)
    if not tagged and not (read.facts.car and _measures(read.facts)):
        return "talk"
    return experience.problem(read) or read


def _measures(facts: Facts) -> bool:
    """A figure of the car itself: a short way may be that of a single trip."""
    told = facts.figure is not None or facts.price_yuan is not None
    return told or (facts.km is not None and facts.km >= KM_LEAST)


def _may_be_plain(text: str) -> bool:
    """What can be told without knowing any car: the cheap tests first, as most talk fails one."""
    return (
        wording.SPEECH_LEAST < len(text) <= PLAIN_MAX
        and _FIGURE.search(text) is not None
        and _OWN.search(text) is not None
        and not any(sign.search(text) for sign in (_ASKING, _HEARD, _NOT_YET, _OFFER))
        and not wording.asks(text)
        and not wording.insults(text)
        and not wording.sells(text)
    )
