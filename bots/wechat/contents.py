"""What WeChat puts into a message: words, files, what it quotes or takes back. Pure; never raises.

What is no plain text comes as XML (an `appmsg` of some type, a `sysmsg`), which gateways hand on
under types of their own; so the XML is believed before the type. Money is seen and left alone, and
no link is followed.
"""

import re
from dataclasses import dataclass

from bots.wechat import xml
from bots.wechat.nouns import ROOM_MARK, Kind
from bots.wechat.xml import Element
from storage.model import Media, Mention, Quoted

_MEDIA = {
    Kind.FILE: "file",
    Kind.VOICE: "voice",
    Kind.STICKER: "sticker",
    Kind.PICTURE: "picture",
    Kind.VIDEO: "video",
}
_MONEY = (Kind.TRANSFER, Kind.RED_PACKET)
_TYPED = (Kind.UNKNOWN, Kind.TEXT, Kind.POST)
"""What somebody may have typed; what is of a newer kind than these is taken for words, too."""
_WECHAT_KINDS = {
    "1": Kind.TEXT,
    "3": Kind.PICTURE,
    "34": Kind.VOICE,
    "42": Kind.CARD,
    "43": Kind.VIDEO,
    "47": Kind.STICKER,
    "48": Kind.PLACE,
    "62": Kind.VIDEO,
}
"""WeChat's own numbers for what is quoted; all others are XML that says what it is."""
_MEDIA_APPS = {"6": "file", "8": "sticker"}
_SILENT_APPS = ("62", "74")
"""拍一拍, and a file that is still on its way: it comes again as a 6."""
_LINK = "5"
_ELEMENTS = {"img": "picture", "videomsg": "video", "voicemsg": "voice", "emoji": "sticker"}
_ID = re.compile(r"[\w@.:-]{1,128}", re.ASCII)
_TOO_NEW = re.compile("当前(?:微信)?版本不支持")
"""What WeChat writes where a title would be, for older clients."""

# How quotes looked before WeChat had any, and how some gateways still write them.
_QUOTE = re.compile(r"「([^：:\n」]{1,64})[：:]\s?")
_QUOTE_ENDS = re.compile(r"」[ \t]*\n[ \t]*(?:- ){5,}-?[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Contents:
    text: str = ""
    media: tuple[Media, ...] = ()
    quoted: Quoted | None = None
    forwarded: Mention | None = None
    """Whose words they are where they are not the sender's."""
    recalled: tuple[str, ...] = ()
    """The message that is taken back, by the ids it may have here."""


NOBODYS = Mention("", "")


def read(message: str, kind: int, text: str, *, in_quote: bool = False) -> Contents | None:
    """What the message of that id holds; None where it is nothing to us.

    What a quoted message quotes itself is left alone (`in_quote`).
    """
    root = xml.read(text) if xml.is_like(text) else None
    if kind in _MONEY or (root is not None and _is_money(root)):
        return None
    if kind == Kind.RECALLED:
        return _recall(root, text)
    if root is not None and root.tag == "sysmsg":
        # Typed as plain text it is somebody's joke.
        return _recall(root, "") if kind != Kind.TEXT else _words(text)
    found = _inside(message, root, in_quote=in_quote) if root is not None else None
    if found is not None:
        return found if found != Contents() else None
    return _plain(message, kind, text)


def _plain(message: str, kind: int, text: str) -> Contents | None:
    """Without XML, or with such as is not known here."""
    if kind in _MEDIA:
        return Contents(media=(Media(_MEDIA[Kind(kind)], message),))
    if kind == Kind.TEXT:
        return _words(text)
    if xml.is_like(text):
        title = xml.title(text)
        return Contents(title, forwarded=NOBODYS) if title else None
    if kind in _TYPED or kind > Kind.POST:
        return _words(text)
    return Contents(text.strip(), forwarded=NOBODYS) if text.strip() else None


def _words(text: str) -> Contents | None:
    """What somebody typed, with what it quotes where that is written as text."""
    begins = _QUOTE.match(text)
    ends = list(_QUOTE_ENDS.finditer(text, begins.end())) if begins else []
    if begins and ends:  # what is quoted may itself quote: the last one ends it
        quoted = Quoted("", "", begins[1].strip(), text[begins.end() : ends[-1].start()])
        return Contents(text[ends[-1].end() :].strip(), quoted=quoted)
    return Contents(text) if text.strip() else None


def _is_money(root: Element) -> bool:
    """A transfer or a red packet: WeChat's own money is none of ours."""
    app = _app(root)
    if app is None:
        return False
    return (
        app.find("wcpayinfo") is not None or re.fullmatch(r"20\d\d", app.text("type")) is not None
    )


def _recall(root: Element | None, text: str) -> Contents | None:
    ids = [text.strip()] if root is None else []
    if root is not None:
        revoked = root if root.tag == "revokemsg" else root.find("revokemsg")
        if revoked is not None:
            ids = [revoked.text("newmsgid"), revoked.text("msgid")]
    ids = [each for each in ids if _ID.fullmatch(each)]
    return Contents(recalled=tuple(ids)) if ids else None


def _app(root: Element) -> Element | None:
    return root if root.tag == "appmsg" else root.find("appmsg")


def _inside(message: str, root: Element, *, in_quote: bool) -> Contents | None:
    """What XML holds: empty contents for what is known and nothing to us, None for the unknown."""
    app = _app(root)
    if app is not None:
        return _from_app(message, app, in_quote=in_quote)
    if root.tag != "msg":
        return None
    for tag, kind in _ELEMENTS.items():
        if root.find(tag) is not None:
            return Contents(media=(Media(kind, message),))
    place = root.find("location")
    if place is not None:
        names = dict.fromkeys(place.attributes.get(each, "") for each in ("poiname", "label"))
        return Contents(_joined("[位置]", *names, by=" "))
    if "nickname" in root.attributes:
        return Contents(_joined("[名片]", root.attributes["nickname"], by=" "))
    return None


def _from_app(message: str, app: Element, *, in_quote: bool) -> Contents:
    kind = app.text("type")
    if kind in _SILENT_APPS:
        return Contents()
    if kind in _MEDIA_APPS:
        return Contents(media=(Media(_MEDIA_APPS[kind], message),))
    if kind == "57":  # the words of the one who quotes are the title
        return Contents(app.text("title"), quoted=None if in_quote else _refers_to(app))
    if kind == "87":
        return Contents(app.text("textannouncement") or app.text("title"))
    return _passed_on(app, kind)


def _refers_to(app: Element) -> Quoted | None:
    quoted = app.find("refermsg")
    if quoted is None:
        return None
    message, account = quoted.text("svrid"), quoted.text("chatusr") or quoted.text("fromusr")
    message, account = (each if _ID.fullmatch(each) else "" for each in (message, account))
    if account.endswith(ROOM_MARK):
        account = ""
    kind = _WECHAT_KINDS.get(quoted.text("type"), Kind.UNKNOWN)
    text = quoted.text("content")
    if account:
        text = text.removeprefix(f"{account}:\n")
    found = Contents(text) if kind == Kind.TEXT else read(message, kind, text, in_quote=True)
    found = found or Contents()
    name = quoted.text("displayname")
    return Quoted(message, account, name, found.text, found.media, found.forwarded)


def _passed_on(app: Element, kind: str) -> Contents:
    """A link, a mini program, a merged history, what is not known yet: not the sender's own words.

    Nor is 接龙: everybody says the whole list again, so most of it is other people's.
    """
    feed = app.find("finderFeed") or app.find("finderLive")
    title = app.text("title")
    # Of 视频号 the title says only that old clients cannot show it.
    parts = ["" if _TOO_NEW.match(title) else title, app.text("des")]
    source = app.text("sourcedisplayname")
    if feed is not None:
        source = feed.text("nickname")
        parts += source, feed.text("desc")
    if kind == _LINK:
        parts.append(app.text("url"))
    return Contents(_joined(*parts), forwarded=Mention("", source))


def _joined(*parts: str, by: str = "\n") -> str:
    return by.join(part for part in parts if part)
