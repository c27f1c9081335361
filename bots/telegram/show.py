"""A Message of the outbox → what is asked of Telegram. Pure; the bot only calls what stands here.

Lengths, escaping and where a long text is divided are settled here, so nothing is refused for its
form.
"""

import re
from dataclasses import replace

from bots.lengths import is_blank, units
from bots.telegram.keyboard import keyboard
from bots.telegram.markup import TEXT_MAX, cut, escaped, html, split
from bots.telegram.nouns import (
    EditText,
    Keyboard,
    Me,
    Request,
    SendFile,
    SendPictures,
    SendText,
    SetBadge,
)
from storage.model import Message, Reply

CAPTION_MAX = 1024
TOAST_MAX = 200
BADGE_MAX = 16
INVITATION_MAX = 32
"""The name of an invitation link; a longer one would not come back as it went."""
LINK_ROOM = 128
"""Is left free where a link will be put behind the text."""
FILE_NAME_MAX = 64
ALBUM_MAX = 10

_EMOJI = re.compile(
    "[\xa9\xae\u200d\u203c\u2049\u20e3\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0e\ufe0f"
    "\U0001f000-\U0001faff\U000e0000-\U000e007f]"
)
_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\ud800-\udfff]+')


def requests(message: Message, me: Me) -> tuple[Request, ...]:
    """In the order in which they are to be made; none where there is nothing to show.

    The id of the message is the first one's answer, `message_id`.
    """
    reply = message.reply
    if reply.to == "badge":
        return (SetBadge(int(message.chat), int(message.account), badge(reply.text)),)
    private = bool(message.account)
    chat = int(message.account or message.chat)
    buttons = keyboard(reply, me, private=private)
    if message.edits:
        return _edit(reply, chat, int(message.edits), buttons)
    # Asked for in a group, it comes with a topic and a message of that group's, which are not here.
    here = not (private and message.via)
    topic = int(message.topic) if message.topic and here else None
    quotes = int(message.quotes) if message.quotes and here else None
    sent = _sent(reply, SendText(chat, "", topic=topic, quotes=quotes, keyboard=buttons))
    # The first one answers; buttons hang on the last one that has words.
    words = [each if not at else replace(each, quotes=None) for at, each in enumerate(sent)]
    pictures = tuple(each.id for each in reply.pictures[:ALBUM_MAX])
    return (*words, SendPictures(chat, pictures, topic)) if words and pictures else tuple(words)


def one_by_one(pictures: SendPictures) -> tuple[SendPictures, ...]:
    """What to ask for instead of what was refused: of an album each picture alone, and of one the
    file it may be."""
    if len(pictures.files) > 1:
        return tuple(replace(pictures, files=(each,)) for each in pictures.files)
    return () if pictures.as_file else (replace(pictures, as_file=True),)


def with_link(text: str, url: str) -> str:
    """A request's HTML with the address of the invitation that was made for it."""
    return f"{text}\n{escaped(url)}" if text else escaped(url)


def toast(text: str) -> str:
    """What somebody sees who pressed a button: plain, short, and gone in a moment."""
    return "" if is_blank(text) else cut(text.strip(), TOAST_MAX)


def badge(text: str) -> str:
    """Sixteen characters without emoji is all that fits behind a name."""
    words = " ".join(_EMOJI.sub("", text).split())
    while units(words) > BADGE_MAX:
        words = words[:-1]
    return words.rstrip()


def _edit(reply: Reply, chat: int, message: int, buttons: Keyboard) -> tuple[Request, ...]:
    """One message stays one: what does not fit is cut. A file is not sent again."""
    if is_blank(reply.text):
        return ()
    most = TEXT_MAX - LINK_ROOM if reply.invitation else TEXT_MAX
    text = html(cut(reply.text, most))
    return (EditText(chat, message, text, buttons, reply.invitation[:INVITATION_MAX]),)


def _sent(reply: Reply, like: SendText) -> list[SendText | SendFile]:
    if reply.attachment is None:
        return list(_texts(reply, like))
    file = SendFile(
        like.chat,
        _file_name(reply.attachment.name),
        (reply.attachment.content or "\n").encode("utf-8", "replace"),
        topic=like.topic,
        quotes=like.quotes,
    )
    if is_blank(reply.text) and not reply.invitation:
        return [replace(file, caption=html(file.name), keyboard=like.keyboard)]
    caption = html(reply.text)
    if units(caption) <= CAPTION_MAX and not reply.invitation:  # the tags as well: to be sure
        return [replace(file, caption=caption, keyboard=like.keyboard)]
    return [*_texts(reply, like), file]


def _texts(reply: Reply, like: SendText) -> tuple[SendText, ...]:
    invitation = reply.invitation[:INVITATION_MAX]
    most = TEXT_MAX - LINK_ROOM if invitation else TEXT_MAX
    # What may be changed later is one message from the beginning.
    pieces = (cut(reply.text, most),) if reply.slot else split(reply.text, most)
    texts = [html(each) for each in pieces if not is_blank(each)]
    if invitation and not texts:
        texts = [""]  # the link alone
    return tuple(
        replace(like, text=text, invitation=invitation)
        if at == len(texts)
        else replace(like, text=text, keyboard=())
        for at, text in enumerate(texts, 1)
    )


def _file_name(name: str) -> str:
    return _NOT_IN_FILE_NAMES.sub("_", name)[-FILE_NAME_MAX:].strip() or "carclub.txt"
