"""Distance driven, price paid and the figure a tag asks for, read from free speech.

Every reader looks at what stands just before and just behind each number. In doubt it reads
nothing: a missing figure can be asked for, a wrong one would be believed.
"""

import re
from collections.abc import Callable, Iterable

from handlers.knowledge.amounts import Amount

BEFORE = 9
BEHIND = 9
KM_MAX = 2_000_000
KM_BARELY = 100
"""Less is a walk, not a mileage."""
PRICE_LEAST, PRICE_MAX = 3_000, 10_000_000

_UNIT_KM = re.compile(
    r"[ ]?(?:多|来|余|出头|左右)?[ ]?(?:公里|千米|km)(?!/h|/小时|每小时|时速)", re.I
)
_NOT_DRIVEN = re.compile(
    r"(?:百公里|每|时速|续航|满电|一箱|加满|质保|保修|单程|往返|来回|通勤|距离?|加速|间隔|剩余?|还能|"
    r"能跑|能开|可跑|离家|日均|上班|高速上?跑了?|长途|全程|这趟|下次|超过)[^\d，。,;；!！?？]{0,5}$"
)
_WARRANTED = re.compile(r"(?<![开跑]了)[\d一二三四五六七八九十]年[和或/、]?$")
_INTERVAL = re.compile(r"[ ]?(?:的?续航|保养一次|一保|换一次|一换|一次|以内|质保|时速|每小时|加速)")
_DRIVEN = re.compile(
    r"(?:跑|开|行驶|里程[数表]?|表显|总|目前|现在|已经|才|刚到?|driven|mileage|odo)"
    r"[^\d，。,;；!！?？]{0,5}$",
    re.I,
)
_DRIVEN_BARE = re.compile(
    r"(?:跑|开|行驶|里程)[了过到数表: ]?(?:约|大概|快|将近|差不多|不到|才|有|已)?$"
)
_BARE_END = re.compile(r"[ ]?(?:多|来|出头|左右)?(?:$|[，。,;；!！?？了 \n])")

_NOT_PAID = re.compile(
    r"(?:优惠|便宜|降|贷款?|首付|保险|税|指导价?|装[潢修]|加价|月供|利息|[定订]金|补贴|省)[^\d]{0,3}$"
)
_PAID = (
    re.compile(r"(?:落地价?)[^\d，。,;；]{0,4}$"),
    re.compile(r"(?:裸车价?)[^\d，。,;；]{0,4}$"),
    re.compile(r"(?:成交价?|车价|提车价?|到手价?|开票价?|全款|办完|卖了?|拿下)[^\d，。,;；]{0,4}$"),
)
_PAID_AFTER = re.compile(
    r"[ ]?(?:元|块)?[ ]?(?:落地|裸车|拿下|成交|到手|提的|办完|卖[了的掉]|出[了的])"
)
_OTHER_UNIT = re.compile(r"[ ]?(?:公里|千米|km|年|个|月|天|岁|%|折|秒|点|号|款|分|人|T\b)", re.I)

Score = Callable[[str, str, Amount], float]
"""How surely a number, between these words, is the one looked for; 0 is no."""


def km(text: str, amounts: Iterable[Amount]) -> int | None:
    """How far the car has been driven."""
    found = _best(text, amounts, _km)
    return round(found) if found is not None else None


def price(text: str, amounts: Iterable[Amount]) -> int | None:
    """What the whole car cost, in yuan: 落地 before 裸车 before any other price."""
    best: tuple[float, float] = (0, 0)
    for amount in amounts:
        before, behind = _around(text, amount)
        score = _price(before, behind)
        value = amount.value * (10_000 if _means_myriads(amount, behind) else 1)
        if score > best[0] and PRICE_LEAST <= value <= PRICE_MAX:
            best = score, value
    return round(best[1]) if best[0] else None


def figure(text: str, amounts: Iterable[Amount], unit: str) -> float | None:
    """The figure in the unit a tag asks for."""
    return _best(text, amounts, _FIGURES[unit]) if unit in _FIGURES else None


def _best(text: str, amounts: Iterable[Amount], score: Score) -> float | None:
    """The value of the surest number, the first of equals."""
    best: tuple[float, float | None] = (0, None)
    for amount in amounts:
        sure = score(*_around(text, amount), amount)
        if sure > best[0]:
            best = sure, amount.value
    return best[1]


def _around(text: str, amount: Amount) -> tuple[str, str]:
    return text[max(0, amount.start - BEFORE) : amount.start], text[amount.end :][:BEHIND]


def _km(before: str, behind: str, amount: Amount) -> float:
    if not 1 <= amount.value <= KM_MAX or _NOT_DRIVEN.search(before):
        return 0
    unit = _UNIT_KM.match(behind)
    if not unit:
        bare = amount.myriad and _DRIVEN_BARE.search(before) and _BARE_END.match(behind)
        return 2 if bare else 0
    if _INTERVAL.match(behind, unit.end()):
        return 0
    driven = bool(_DRIVEN.search(before))
    if amount.value >= 1000 and (driven or not _WARRANTED.search(before)):
        return 4 if driven else 3
    return 1 if driven and amount.value >= KM_BARELY else 0


def _price(before: str, behind: str) -> float:
    if _NOT_PAID.search(before) or _OTHER_UNIT.match(behind):
        return 0
    for rank, paid in enumerate(_PAID):
        if paid.search(before):
            return 5.0 - rank
    return 2.5 if _PAID_AFTER.match(behind) else 0


def _means_myriads(amount: Amount, behind: str) -> bool:
    """ "落地21.8" leaves 万 out."""
    return not amount.myriad and amount.value < 1000 and not re.match(r"[ ]?(?:元|块)", behind)


# The figures that tags ask for

_FUEL_UNIT = re.compile(r"[ ]?(?:个多?油|升|L(?![A-Z]))", re.I)
_FUEL_SURE = re.compile(r"[ ]?(?:个多?油|(?:升|L)[ ]?(?:/|每)(?:100|百))", re.I)
_FUEL_NAMED = re.compile(r"(?:油耗|百公里|per 100 ?km|fuel)[^\d，。,;；]{0,7}$", re.I)
_FUEL_OTHER = re.compile(r"[ ]?(?:升|L)?[ ]?(?:的?排量|自吸|发动机|机油|涡轮|的?油箱|T\b)", re.I)
_POWER_UNIT = re.compile(r"[ ]?(?:度|kwh|千瓦时)(?!角|数)", re.I)
_POWER_NAMED = re.compile(r"(?:电耗|能耗|百公里|energy)[^\d，。,;；]{0,7}$", re.I)
_WARMTH = re.compile(r"(?:零下|气温|温度|室外|外面|空调|-)[^\d]{0,4}$")
_RANGE_SURE = re.compile(r"(?:实际|实跑|真实|实测)[^\d，。,;；]{0,6}$")
_RANGE_NAMED = re.compile(r"(?:续航|满电|能跑|充满|range)[^\d，。,;；]{0,7}$", re.I)
_NOT_MONEY = re.compile(r"[ ]?(?:公里|千米|km|年|个|月|天|次|号|升|L\b|%|折|w?公)", re.I)
_MONEY = re.compile(r"[ ]?(?:多|来)?[ ]?(?:元|块|大洋|rmb|yuan)", re.I)
_SUM = re.compile(r"(?:一共|总共|合计|总计|共计|加起来|total)[^\d，。,;；]{0,5}$", re.I)
_SPENT = re.compile(
    r"(?:花|费用?|收|报价|付|只要|要了|价格?|cost|paid)[了: ]?[^\d，。,;；]{0,3}$", re.I
)


def _fuel(before: str, behind: str, amount: Amount) -> float:
    if not 2 <= amount.value <= 35 or amount.myriad or "加速" in before:
        return 0
    if _FUEL_SURE.match(behind):
        return 4
    if _FUEL_OTHER.match(behind) or _POWER_UNIT.match(behind):
        return 0
    named, unit = bool(_FUEL_NAMED.search(before)), bool(_FUEL_UNIT.match(behind))
    if named and (unit or not _OTHER_UNIT.match(behind)):
        return 3
    return 1 if unit and amount.value >= 3.5 else 0


def _power(before: str, behind: str, amount: Amount) -> float:
    if not 5 <= amount.value <= 45 or amount.myriad or _WARMTH.search(before):
        return 0
    if "加速" in before:
        return 0
    if _FUEL_UNIT.match(behind):
        return 0
    named, unit = bool(_POWER_NAMED.search(before)), bool(_POWER_UNIT.match(behind))
    if named and (unit or not _OTHER_UNIT.match(behind)):
        return 3
    return 2 if unit else 0


def _range(before: str, behind: str, amount: Amount) -> float:
    if not 50 <= amount.value <= 2000 or amount.myriad or "时速" in before:
        return 0
    unit = _UNIT_KM.match(behind)
    if _RANGE_SURE.search(before):
        return 4 if unit else 3
    if _RANGE_NAMED.search(before):
        return 2.5 if unit else 2
    return 0


def _yuan(before: str, behind: str, amount: Amount) -> float:
    if not 10 <= amount.value <= 500_000 or _NOT_MONEY.match(behind):
        return 0
    unit = bool(_MONEY.match(behind)) or before.rstrip()[-1:] in ("¥", "￥")
    if _SUM.search(before):
        return 5 if unit else 4
    if _SPENT.search(before):
        return 3 if unit else 1
    return 2 if unit else 0


_FIGURES: dict[str, Score] = {
    "L/100km": _fuel,
    "kWh/100km": _power,
    "km": _range,
    "yuan": _yuan,
}
