"""What must never be written down: phone, identity and bank numbers, plates, VINs, addresses."""

import re
import unicodedata

MASK = "***"

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_HANZI_DIGITS = str.maketrans("零〇一幺二三四五六七八九", "001123456789")
_BETWEEN = r"[ .\-\u200b-\u200d\ufeff]{0,2}"
_FORBIDDEN = re.compile(
    "|".join(
        (
            r"(?<![A-Z0-9])(?=[A-Z0-9]{0,16}\d)(?=\d{0,16}[A-Z])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])",
            rf"(?<!\d)(?:\d{_BETWEEN}){{16,18}}[\dX](?![\dA-Z])",  # identity or bank card
            rf"(?<![\d.])(?:\+?86{_BETWEEN})?1[3-9](?:{_BETWEEN}\d){{9}}(?!\d)",
            r"(?<!\d)0\d{2,3}[\- ]?\d{7,8}(?!\d)",
            r"(?<!\d)[48]00[\- ]?\d{3,4}[\- ]?\d{3,4}(?!\d)",
            rf"[{_PROVINCES}][A-Z][ ·•.\-]?(?=[A-Z0-9]{{0,5}}\d)[A-Z0-9]{{4,6}}[挂学警港澳领使]?",
            r"[A-Z0-9._%+\-]{1,64}@[A-Z0-9.\-]{1,64}\.[A-Z]{2,10}",
            r"(?<=微信)号?[:： ]{0,3}[A-Z][A-Z0-9_\-]{5,19}",
            r"(?<=QQ)号?[:： ]{0,3}\d{5,12}",
            r"(?<=VX)[:： ]{0,3}[A-Z0-9_\-]{6,20}",
        )
    )
)


def mask(text: str) -> str:
    """The text with what must not be kept struck out; everything else stays as it was written."""
    even = narrow(text).upper()
    if len(even) != len(text):  # a letter whose capital is longer, such as ß
        even = narrow(text)
    spelled = even.translate(_HANZI_DIGITS)
    kept, at = [], 0
    for match in _FORBIDDEN.finditer(spelled):
        kept += [text[at : match.start()], MASK]
        at = match.end()
    return "".join([*kept, text[at:]])


def narrow(text: str) -> str:
    """Full-width and other styled letters and digits as plain ones, each in its old place."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() or _is_hanzi(c) else _plain(c) for c in text)


def _plain(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def _is_hanzi(character: str) -> bool:
    return "一" <= character <= "鿿"
