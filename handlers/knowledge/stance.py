"""Does a text praise or complain? Rough on purpose: it only helps to show both sides."""

import re

_GOOD = (
    "满意|不错|省油|省心|省电|推荐|值得|真香|安静|稳|舒服|扎实|够用|喜欢|靠谱|没毛病|没问题|很好|好开|"
    "good|great|quiet|happy|love|reliable"
)
_BAD = (
    "失望|费油|后悔|毛病|异响|顿挫|漏油|坏了|太差|很差|垃圾|坑|难受|不行|小毛病|掉电快|吵|抖|故障|返修|"
    "bad|noisy|regret|broken|poor|rattle"
)
_WORD = re.compile(
    rf"(不|没有?|无|别|not |no |never )?(?:太|很|什么|怎么|any )?(?:({_GOOD})|({_BAD}))", re.I
)


def stance(text: str) -> int:
    """1 for praise, -1 for complaint, 0 for neither or both."""
    total = 0
    for denied, good, _bad in _WORD.findall(text):
        total += (1 if good else -1) * (-1 if denied else 1)
    return (total > 0) - (total < 0)
