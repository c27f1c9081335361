"""Updates as Telegram would send them, in few words. Own-written; ids are made up."""

from typing import Any

from telegram import Update

from bots.telegram import read
from bots.telegram.nouns import Me
from storage.model import Event

JSON = dict[str, Any]

ME = Me(7000, "carclub_bot", reads_all=True)
SECONDS = 1_790_000_000
AT = SECONDS * 1000

GROUP: JSON = {"id": -1001, "type": "supergroup", "title": "沪上车友会"}
FORUM: JSON = GROUP | {"is_forum": True}
CHANNEL: JSON = {"id": -1009, "type": "channel", "title": "车讯"}


def user(number: int, name: str = "小李", **more: Any) -> JSON:
    return {"id": number, "is_bot": False, "first_name": name, **more}


LI = user(11, "小李", username="XiaoLi")
WANG = user(12, "小王")
LEI = user(13, "Li", last_name="Lei")
BOT = user(ME.id, "小助手", username=ME.username) | {"is_bot": True}
OTHER_BOT = user(7001, "别的", username="OtherBot") | {"is_bot": True}
ANONYMOUS = user(1087968824, "Group", username="GroupAnonymousBot") | {"is_bot": True}
CHANNEL_BOT = user(136817688, "Channel", username="Channel_Bot") | {"is_bot": True}
TELEGRAM = user(777000, "Telegram")
PRIVATE: JSON = {"id": LI["id"], "type": "private", "first_name": "小李"}


def message(text: str = "", number: int = 5, **more: Any) -> JSON:
    """One in the group from Li, unless told otherwise; `from_` is who wrote it."""
    told = {"message_id": number, "date": SECONDS, "chat": GROUP, "from": LI, **more}
    if "from_" in told:
        told["from"] = told.pop("from_")
    return told | ({"text": text} if text else {})


def entity(kind: str, text: str, part: str, **more: Any) -> JSON:
    """What Telegram marks as this kind; it counts in units of UTF-16."""
    offset = len(text[: text.index(part)].encode("utf-16-le")) // 2
    return {"type": kind, "offset": offset, "length": len(part.encode("utf-16-le")) // 2, **more}


def file(file_id: str, **more: Any) -> JSON:
    return {"file_id": file_id, "file_unique_id": f"u{file_id}", **more}


def photo(file_id: str) -> list[JSON]:
    small = file(f"{file_id}-small", width=90, height=60)
    return [small, file(file_id, width=1280, height=960)]


def update(number: int = 100, **parts: Any) -> Update:
    return Update.de_json({"update_id": number, **parts}, None)


def events(number: int = 100, **parts: Any) -> tuple[Event, ...]:
    return read.events(update(number, **parts), ME)


def only(**parts: Any) -> Event:
    """The one event of an update."""
    (event,) = events(**parts)
    return event


def said(text: str, *entities: JSON, **more: Any) -> Event:
    return only(message=message(text, entities=list(entities), **more))
