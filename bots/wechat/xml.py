"""The XML that WeChat puts into messages, read with care. Pure; never raises.

It was written on somebody's phone, so it is no more to be trusted than other words: no document
types, no entities, and a limit for its size, its depth and its elements.
"""

import html
import re
from dataclasses import dataclass, field
from xml.parsers import expat

SIZE_MAX = 256_000
DEPTH_MAX = 32
ELEMENTS_MAX = 2_000
ESCAPED_MAX = 2
"""How often the whole may be escaped: once by a web client, once more by a quote."""
TITLE_MAX = 2_000

_BEFORE = re.compile(r"\s*(?:[\w@.-]{1,80}:(?:\s|<br ?/>)+(?=<|&(?:amp;)?lt;))?")
"""In groups some gateways leave the sender's id before it."""
_BEGINS = re.compile(r"<|&(?:amp;)?lt;")
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_BAD_NUMBER = re.compile(r"&#(?:x0*(?:[0-8BCEFbcef]|1[0-9A-Fa-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));")


class _RefusedError(Exception):
    """Something in it that WeChat never writes."""


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    children: list["Element"] = field(default_factory=list)

    def find(self, path: str) -> "Element | None":
        """The first element that a path of tags leads to."""
        place = self
        for tag in path.split("/"):
            found = next((each for each in place.children if each.tag == tag), None)
            if found is None:
                return None
            place = found
        return place

    def text(self, path: str) -> str:
        """The words of the element there; empty where there is none."""
        found = self.find(path)
        return "".join(found.words).strip() if found is not None else ""


def is_like(text: str) -> bool:
    """Whether a text begins as XML does."""
    return _BEGINS.match(_begun(text)) is not None


def read(text: str) -> Element | None:
    """The outermost element; None for what is no XML, or none that is read here."""
    if len(text) > SIZE_MAX:
        return None
    text = _NO_CHARACTER.sub("", _bare(text))
    if not text.startswith("<"):
        return None
    try:
        return _parsed(text)
    except (expat.ExpatError, ValueError):
        pass
    except _RefusedError:
        return None
    try:  # many a client forgets to escape an address
        return _parsed(_NO_REFERENCE.sub("&amp;", _BAD_NUMBER.sub("", text)))
    except (expat.ExpatError, ValueError, _RefusedError):
        return None


def title(text: str) -> str:
    """What stands between the title's tags where the whole cannot be read."""
    _, found, rest = _bare(text[:SIZE_MAX]).partition("<title>")
    inside, ends, _ = rest.partition("</title>")
    if not (found and ends):
        return ""
    plain = html.unescape(inside.strip().removeprefix("<![CDATA[").removesuffix("]]>"))
    return "" if is_like(plain) else plain.strip()[:TITLE_MAX]


def _begun(text: str) -> str:
    before = _BEFORE.match(text[:SIZE_MAX])
    return text[before.end() :][:SIZE_MAX] if before else text


def _bare(text: str) -> str:
    """Without what stands before it, and not escaped."""
    text = _begun(text)
    for _ in range(ESCAPED_MAX):
        if not text.startswith("&"):
            break
        text = html.unescape(text).strip()
    return text.strip()


def _parsed(text: str) -> Element:
    """Raises ExpatError, ValueError, or Refused."""
    top = Element("")
    open_: list[Element] = [top]
    count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > ELEMENTS_MAX or len(open_) > DEPTH_MAX:
            raise _RefusedError
        if tag == "br":
            open_[-1].words.append("\n")
        element = Element(tag, attributes)
        open_[-1].children.append(element)
        open_.append(element)

    def end(_tag: str) -> None:
        open_.pop()

    def words(data: str) -> None:
        open_[-1].words.append(data)

    def refuse(*_: object) -> None:
        raise _RefusedError

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.Parse(text, True)
    return top.children[0]
