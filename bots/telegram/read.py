"""Telegram's updates → Events. Pure; an update that says nothing to us gives none.

Whose the chat is (`owner`) and what the bot may do there (`lacks`) no update tells: the bot asks.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    ReactionType,
    ReactionTypeEmoji,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType
from telegram.constants import ReactionType as ReactionKind

from bots.telegram import contents
from bots.telegram.nouns import ANONYMOUS_ADMIN, GENERAL, PLATFORM, PSEUDO_SENDERS, Me
from storage.model import Event, EventKind, Mention, Millis

STAR = "⭐"
STARS = frozenset({STAR, "🌟", "🏆", "💯"})
"""What marks a message as worth keeping. Telegram offers no ⭐ among its free reactions (it may
come, or be paid for), so the trophy and the full marks say it too. Hearts and thumbs are only
friendly."""
_OUTLINE = "\ufe0f"
_PLACES = (ChatType.PRIVATE, ChatType.GROUP, ChatType.SUPERGROUP)
_INSIDE = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER)


def events(update: Update, me: Me) -> tuple[Event, ...]:
    """In the order in which they happened. Never raises for what the library can parse."""
    found: Sequence[Event] = ()
    if update.message is not None:
        found = _message(update.message, me)
    elif update.edited_message is not None:
        found = _said(update.edited_message, me, "edit")
    elif update.callback_query is not None:
        found = _tap(update.callback_query, me)
    elif update.message_reaction is not None:
        found = _starred(update.message_reaction)
    elif update.chat_member is not None:
        found = _moved_about(update.chat_member, me)
    elif update.my_chat_member is not None:
        found = _bot_moved(update.my_chat_member)
    name = f"tg:{me.id}:{update.update_id}"
    here = [each for each in found if each.chat]
    return tuple(
        replace(each, id=name if number == 1 else f"{name}:{number}")
        for number, each in enumerate(here, 1)
    )


def tap_id(update: Update) -> str:
    """By which the tap is answered; empty when the update is no tap."""
    return update.callback_query.id if update.callback_query is not None else ""


def album(update: Update) -> str:
    """The album a new message is a part of; a change to a part stands for itself."""
    return (update.message.media_group_id or "") if update.message is not None else ""


def together(parts: Sequence[Event], me: Me, media_group_id: str) -> Event:
    """One event of an album's parts (one at least), whichever came first.

    Its message is the one with the words, by which it is quoted and changed later.
    """
    parts = sorted(parts, key=lambda part: int(part.message))
    worded = [part for part in parts if part.text]
    chief = worded[0] if worded else parts[0]
    mentions: dict[str, Mention] = {}
    for part in parts:
        for mention in part.mentions:
            mentions.setdefault(mention.account, mention)
    return replace(
        chief,
        id=f"tg:{me.id}:album:{media_group_id}",
        text="\n".join(part.text for part in worded),
        mentions=tuple(mentions.values()),
        media=tuple(media for part in parts for media in part.media),
        addressed=any(part.addressed for part in parts),
    )


def _message(message: Message, me: Me) -> Sequence[Event]:
    if message.migrate_to_chat_id:
        return (_renamed(message, message.migrate_to_chat_id, message.chat.id, me),)
    if message.migrate_from_chat_id:
        return (_renamed(message, message.chat.id, message.migrate_from_chat_id, me),)
    if message.new_chat_title and message.from_user is not None:
        return (_event("titled", message.chat, message.from_user, message.date),)
    if message.new_chat_members:
        return _people(message, "joined", message.new_chat_members)
    if message.left_chat_member is not None:
        return _people(message, "left", (message.left_chat_member,))
    return _said(message, me, "message")


def _said(message: Message, me: Me, kind: EventKind) -> Sequence[Event]:
    sender = message.from_user
    if sender is None or message.via_bot is not None or message.is_automatic_forward:
        return ()
    nameless = sender.id == ANONYMOUS_ADMIN
    if nameless:
        if message.sender_chat != message.chat or kind != "message":
            return ()
        kind = "nameless"
    elif sender.is_bot or sender.id in PSEUDO_SENDERS or message.sender_chat is not None:
        return ()
    words, media = contents.said(message, me), contents.media(message)
    if words.foreign or not (words.text or media):
        return ()  # a poll, a place, a pinned message: nothing to us
    quoted = contents.quoted(message, me)
    event = _event(kind, message.chat, sender, message.date)
    if nameless:
        name = message.author_signature or message.chat.title or ""
        event = replace(event, name=name, handle="")
    return (
        replace(
            event,
            text=words.text,
            addressed=words.addressed or (quoted is not None and quoted.account == str(me.id)),
            message=str(message.message_id),
            quoted=quoted,
            mentions=words.mentions,
            media=media,
            topic=_topic(message),
            forwarded=contents.forwarded(message),
        ),
    )


def _people(message: Message, kind: EventKind, users: Sequence[User]) -> Sequence[Event]:
    """Whom a service message is about; bots come and go unseen, our own is told of otherwise."""
    return [
        replace(
            _event(kind, message.chat, user, message.date),
            message=str(message.message_id),
            topic=_topic(message),
        )
        for user in users
        if not user.is_bot
    ]


def _renamed(message: Message, now: int, before: int, me: Me) -> Event:
    account = message.from_user.id if message.from_user is not None else me.id
    return Event(
        id="",
        platform=PLATFORM,
        chat=str(now),
        account=str(account),
        name="",
        text=str(before),
        at=_millis(message.date),
        kind="moved",
        title=message.chat.title or "",
    )


def _tap(tap: CallbackQuery, me: Me) -> Sequence[Event]:
    """When it was pressed Telegram does not tell, and the message may be old: `at` is 0."""
    message = tap.message
    if message is None or not tap.data or tap.from_user.is_bot:
        return ()
    event = replace(
        _event("tap", message.chat, tap.from_user, None),
        text=tap.data,
        message=str(message.message_id),
    )
    if isinstance(message, Message):
        event = replace(event, topic=_topic(message), quoted=contents.quoted(message, me))
    return (event,)


def _starred(change: MessageReactionUpdated) -> Sequence[Event]:
    before, now = _has_star(change.old_reaction), _has_star(change.new_reaction)
    if change.user is None or change.user.is_bot or before == now:
        return ()
    event = _event("starred", change.chat, change.user, change.date)
    return (replace(event, text=STAR if now else "", message=str(change.message_id)),)


def _has_star(reactions: Sequence[ReactionType]) -> bool:
    return any(
        each.type == ReactionKind.PAID
        or (isinstance(each, ReactionTypeEmoji) and each.emoji.replace(_OUTLINE, "") in STARS)
        for each in reactions
    )


def _moved_about(change: ChatMemberUpdated, me: Me) -> Sequence[Event]:
    """Somebody came or went; the bot itself is told of otherwise, other bots are not."""
    before, now = _inside(change.old_chat_member), _inside(change.new_chat_member)
    person = change.new_chat_member.user
    if before == now or person.is_bot or person.id == me.id:
        return ()
    event = _event("joined" if now else "left", change.chat, person, change.date)
    link = change.invite_link
    if now and link is not None and link.creator.id == me.id:
        event = replace(event, invitation=link.name or "")
    return (event,)


def _bot_moved(change: ChatMemberUpdated) -> Sequence[Event]:
    """The bot came or went; to be blocked or begun with in private is neither."""
    before, now = _inside(change.old_chat_member), _inside(change.new_chat_member)
    if before == now or change.chat.type == ChatType.PRIVATE:
        return ()
    return (_event("added" if now else "removed", change.chat, change.from_user, change.date),)


def _inside(member: ChatMember) -> bool:
    if member.status == ChatMemberStatus.RESTRICTED:
        return bool(getattr(member, "is_member", False))
    return member.status in _INSIDE


def _event(kind: EventKind, chat: Chat, person: User, at: datetime | None) -> Event:
    """Without a name of its own yet; in a channel it has no chat either, and is dropped."""
    return Event(
        id="",
        platform=PLATFORM,
        chat=str(chat.id) if chat.type in _PLACES else "",
        account=str(person.id),
        name=contents.name_of(person),
        text="",
        at=_millis(at) if at is not None else 0,
        kind=kind,
        private=chat.type == ChatType.PRIVATE,
        title=chat.title or "",
        handle=contents.handle_of(person),
    )


def _topic(message: Message) -> str:
    topic = str(message.message_thread_id or "") if message.is_topic_message else ""
    return "" if topic == GENERAL else topic


def _millis(date: datetime) -> Millis:
    return int(date.timestamp() * 1000)
