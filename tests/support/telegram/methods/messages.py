"""Sending."""

from tests.support.telegram import show, talk
from tests.support.telegram.html import units
from tests.support.telegram.methods.call import Call
from tests.support.telegram.model import JSON, StoredFile
from tests.support.telegram.refusals import Refused, bad
from tests.support.telegram.spec import ATTACHED

UPLOAD_MOST = 50 * 1024 * 1024
PHOTO_MOST = 10 * 1024 * 1024


def send_message(call: Call) -> JSON:
    text, entities = call.entities("text")
    return _send(call, worded("text", "entities", text, entities))


def send_photo(call: Call) -> JSON:
    return _send_file(call, "photo", PHOTO_MOST)


def send_media_group(call: Call) -> list[JSON]:
    """An album: as many messages as files, all of one kind. Each must be known by its file_id."""
    call.place(call.chat())
    wanted = call.get("media")
    if any(each["type"] != "photo" for each in wanted):
        raise bad("the test server plays albums of photos")
    files = [_known(call, "photo", each["media"]) for each in wanted]
    group = {"media_group_id": str(call.world.number())}
    return [_send(call, show.media(file) | group) for file in files]


def send_document(call: Call) -> JSON:
    return _send_file(call, "document", UPLOAD_MOST)


def send_chat_action(call: Call) -> bool:
    chat = call.chat()
    call.place(chat)
    call.world.actions.append((chat, call.get("action")))
    return True


def _send_file(call: Call, kind: str, size_most: int) -> JSON:
    caption, entities = call.entities("caption")
    call.place(call.chat())  # who may not write here uploads nothing
    file = _stored(call, kind, size_most)
    content = show.media(file)
    if caption:
        content |= worded("caption", "caption_entities", caption, entities)
    return _send(call, content)


def _stored(call: Call, kind: str, size_most: int) -> StoredFile:
    """The file of a request: uploaded just now, or known by its file_id."""
    wanted = call.get(kind, "")
    upload = call.request.files.get(wanted.removeprefix(ATTACHED) or kind)
    if upload is None:
        return _known(call, kind, wanted)
    if not upload.content:
        raise bad("file must be non-empty")
    if len(upload.content) > size_most:
        raise Refused(413) if kind != "photo" else bad("file is too big for a photo")
    return call.world.keep(kind, upload.content, upload.name, upload.mime)


def _known(call: Call, kind: str, file_id: str) -> StoredFile:
    """A file that is there already: what came as one kind is not sent as another."""
    known = call.world.files.get(file_id)
    if known is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if known.kind != kind:
        raise bad(f"type of file mismatch: can't use file of type {known.kind} as {kind}")
    return known


def worded(name: str, kind: str, text: str, entities: list[JSON]) -> JSON:
    """Telegram trims what is sent, and finds commands, mentions and addresses by itself."""
    text, entities = _trimmed(text, entities)
    found = sorted(
        [*entities, *_unmarked(text, entities)], key=lambda each: (each["offset"], -each["length"])
    )
    return {name: text} | ({kind: found} if found else {})


def _trimmed(text: str, entities: list[JSON]) -> tuple[str, list[JSON]]:
    left = units(text) - units(text.lstrip())
    text = text.strip()
    kept = []
    for each in entities:
        start = max(each["offset"] - left, 0)
        end = min(each["offset"] + each["length"] - left, units(text))
        if start < end:
            kept.append(each | {"offset": start, "length": end - start})
    return text, kept


def _unmarked(text: str, entities: list[JSON]) -> list[JSON]:
    taken = [(each["offset"], each["offset"] + each["length"]) for each in entities]
    return [
        each
        for each in talk.entities(text)
        if not any(
            start < each["offset"] + each["length"] and each["offset"] < end for start, end in taken
        )
    ]


def _send(call: Call, content: JSON) -> JSON:
    chat = call.chat()
    place = call.place(chat)
    more = {"has_protected_content": True} if call.get("protect_content") else {}
    message = chat.add(call.world.bot, content, markup=call.markup(), more=more, **place)
    call.world.signal.ring()
    return show.message(message)
