"""What a message of Telegram's holds: words, who is meant, files, what it answers. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import (
    ExternalReplyInfo,
    Message,
    MessageEntity,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    User,
)
from telegram.constants import MessageEntityType as Kind

from bots.telegram.nouns import PSEUDO_SENDERS, Me
from handlers.parse import clean_name
from storage.model import Media, Mention, Quoted

# In "/积分@bot" Telegram sees no command, as the word is Chinese; people write it all the same.
_COMMAND = re.compile(r"(/[^\s@/]{1,64})@([A-Za-z0-9_]{1,32})(?![A-Za-z0-9_])")
_SCHEME = re.compile(r"^[a-z]+://|/$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    mentions: tuple[Mention, ...] = ()
    addressed: bool = False
    """The bot is mentioned, or a command carries its name."""
    foreign: bool = False
    """It is a command for another bot."""


@dataclass(frozen=True, slots=True)
class _Marked:
    """A part of a text that Telegram says something about, and how we write it."""

    text: str
    mention: Mention | None = None
    calls: bool = False
    foreign: bool = False


def words(text: str, entities: Sequence[MessageEntity], me: Me) -> Words:
    """Plain words: hidden addresses behind their labels, names with an @, no other formatting."""
    pieces: list[str] = []
    mentions: dict[str, Mention] = {}
    addressed, foreign, done = _calls(text, me), False, 0
    for each in sorted(entities, key=lambda entity: (entity.offset, -entity.length)):
        begin = _index(text, each.offset)
        end = _index(text, each.offset + each.length)
        marked = _marked(text[begin:end], each, me) if done <= begin < end else None
        if marked is None:
            continue
        if marked.mention is not None:
            mentions.setdefault(marked.mention.account, marked.mention)
        addressed = addressed or marked.calls
        foreign = foreign or (marked.foreign and begin == 0)
        shown = marked.text
        if each.type == Kind.TEXT_MENTION:
            shown = _apart(shown, text[:begin], text[end:])
        pieces += text[done:begin], shown
        done = end
    whole, is_theirs = _unmarked("".join((*pieces, text[done:])), me)
    # "抢 1 @carclub_bot": at its end it calls the bot and says nothing more.
    whole = re.sub(rf"(?<=\S)\s+@{re.escape(me.username)}\s*$", "", whole, flags=re.IGNORECASE)
    return Words(whole, tuple(mentions.values()), addressed, foreign or is_theirs)


def said(message: Message, me: Me) -> Words:
    """Its text, or its caption."""
    if message.text:
        return words(message.text, message.entities, me)
    return words(message.caption or "", message.caption_entities, me)


def media(of: Message | ExternalReplyInfo) -> tuple[Media, ...]:
    if of.photo:
        largest = max(of.photo, key=lambda size: size.width * size.height)
        return (Media("picture", largest.file_id),)
    files = (
        ("animation", of.animation),  # before the document that comes along with it
        ("video", of.video),
        ("video", of.video_note),
        ("voice", of.voice),
        ("audio", of.audio),
        ("sticker", of.sticker),
    )
    for kind, file in files:
        if file is not None:
            return (Media(kind, file.file_id),)
    if of.document is not None:
        is_picture = (of.document.mime_type or "").startswith("image/")
        return (Media("picture" if is_picture else "file", of.document.file_id),)
    return ()


def quoted(message: Message, me: Me) -> Quoted | None:
    """What it answers. In a topic every message answers the topic's beginning: that is no quote."""
    answered, quote = message.reply_to_message, message.quote
    if answered is None:
        return _from_another_topic(message, me)
    in_topic = message.is_topic_message and answered.message_id == message.message_thread_id
    if in_topic or answered.forum_topic_created is not None:
        return None
    account, name = _author(answered, me)
    chosen = quote is not None and quote.is_manual
    return Quoted(
        str(answered.message_id),
        account,
        name,
        quote.text if quote is not None and chosen else said(answered, me).text,
        media(answered),
        forwarded(answered),
    )


def forwarded(message: Message) -> Mention | None:
    """Who said it first; None for the sender's own words, which may be passed on as any others."""
    match message.forward_origin:
        case None:
            return None
        case MessageOriginUser(sender_user=user):
            own = message.from_user is not None and message.from_user.id == user.id
            return None if own else Mention(str(user.id), name_of(user))
        case MessageOriginHiddenUser(sender_user_name=name):
            return Mention("", name)
        case MessageOriginChat(sender_chat=chat) | MessageOriginChannel(chat=chat):
            return Mention("", chat.title or "")
        case _:
            return Mention("", "")


def name_of(user: User) -> str:
    """Deleted accounts have no name (and `full_name` has None for them, whatever its type says)."""
    full = f"{user.first_name} {user.last_name or ''}".strip()
    return full or user.username or ""


def handle_of(user: User) -> str:
    return f"@{user.username.lower()}" if user.username else ""


def _author(message: Message, me: Me) -> tuple[str, str]:
    """Account and name; without an account for what is no member's and not the bot's own."""
    if message.sender_chat is not None:
        return "", message.sender_chat.title or ""
    if message.from_user is None:
        return "", ""
    account, name = _person(message.from_user, me)
    return ("" if message.via_bot is not None else account), name


def _person(user: User, me: Me) -> tuple[str, str]:
    nobody = user.id in PSEUDO_SENDERS or (user.is_bot and user.id != me.id)
    return "" if nobody else str(user.id), name_of(user)


def _from_another_topic(message: Message, me: Me) -> Quoted | None:
    """A message of the same chat but another topic; what is from elsewhere is not known here."""
    known = message.external_reply
    if known is None or not known.message_id:
        return None
    if known.chat is None or known.chat.id != message.chat.id:
        return None
    account, name = "", ""
    if isinstance(known.origin, MessageOriginUser):
        account, name = _person(known.origin.sender_user, me)
    text = message.quote.text if message.quote is not None else ""
    return Quoted(str(known.message_id), account, name, text, media(known))


def _marked(label: str, entity: MessageEntity, me: Me) -> _Marked | None:
    ours = f"@{me.username.lower()}"
    match entity.type:
        case Kind.TEXT_LINK:
            return _Marked(_with_address(label, entity.url or ""))
        case Kind.TEXT_MENTION if entity.user is not None:
            account = str(entity.user.id)
            name = clean_name(name_of(entity.user)) or clean_name(label) or account
            mention = None if entity.user.is_bot else Mention(account, name)
            return _Marked(f"@{name}", mention, calls=entity.user.id == me.id)
        case Kind.MENTION if label.lower() != ours:
            return _Marked(label, Mention(label.lower(), label.removeprefix("@")))
        case Kind.BOT_COMMAND if "@" in label:
            command, _, name = label.partition("@")
            if f"@{name.lower()}" == ours:
                return _Marked(command, calls=True)
            return _Marked(label, foreign=True)
        case _:
            return None


def _calls(text: str, me: Me) -> bool:
    """The bot's public name stands in it, marked as a mention or not ("你好@bot" is not)."""
    if not me.username or "@" not in text:
        return False
    name = rf"(?<![A-Za-z0-9_.])@{re.escape(me.username)}(?![A-Za-z0-9_])"
    command = rf"^/\w{{1,64}}@{re.escape(me.username)}(?![A-Za-z0-9_])"
    return re.search(f"{name}|{command}", text, re.IGNORECASE) is not None


def _unmarked(text: str, me: Me) -> tuple[str, bool]:
    """A command without the name of the bot it is for, and whether that is another bot."""
    match = _COMMAND.match(text)
    if match is None:
        return text, False
    name = match[2].lower()
    if name == me.username.lower():
        return match[1] + text[match.end() :], False
    # "/给@xiaoli 30" names a member; the names of bots end alike.
    return text, name.endswith("bot")


def _with_address(label: str, url: str) -> str:
    same = _SCHEME.sub("", label.strip()).lower() == _SCHEME.sub("", url).lower()
    return label if same or not url else f"{label} ({url})"


def _apart(name: str, before: str, after: str) -> str:
    """A name that touches no letters: Chinese is written without spaces."""
    begin = " " if before[-1:].isalnum() else ""
    return begin + name + (" " if after[:1].isalnum() else "")


def _index(text: str, units: int) -> int:
    """Telegram counts in units of UTF-16, where an emoji is two."""
    units = max(units, 0)
    if text.isascii():
        return min(units, len(text))
    head = text[:units].encode("utf-16-le", "surrogatepass")[: 2 * units]
    return len(head.decode("utf-16-le", "surrogatepass"))
