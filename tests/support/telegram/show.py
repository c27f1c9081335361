"""Our nouns as the Bot API writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.telegram.model import (
    IN_CHANNELS,
    JSON,
    Link,
    Membership,
    Message,
    Status,
    StoredFile,
    rights_of,
)

if TYPE_CHECKING:
    from tests.support.telegram.chats import Chat
    from tests.support.telegram.people import User

# Rights that Telegram has added since our specification was written; aiogram, which judges what we
# send, asks for them already. This can go when bot-api.json names them.
NEWER_RIGHTS = ("can_send_welcome_messages",)
SECOND = 1000
PHOTO_SIDE = 1280
SMALL_SIDE = 320
MAXIMUM_REACTIONS = 11


def seconds(at: int) -> int:
    return at // SECOND


def user(each: User) -> JSON:
    shown: JSON = {"id": each.id, "is_bot": each.is_bot, "first_name": each.name}
    if each.last_name:
        shown["last_name"] = each.last_name
    if each.username:
        shown["username"] = each.username
    if each.language and not each.is_bot:
        shown["language_code"] = each.language
    return shown


def chat(each: Chat) -> JSON:
    shown: JSON = {"id": each.id, "type": each.kind}
    if each.person:
        shown["first_name"] = each.person.name
        if each.person.username:
            shown["username"] = each.person.username
        return shown
    shown["title"] = each.title
    if each.username:
        shown["username"] = each.username
    if each.forum:
        shown["is_forum"] = True
    return shown


def full_chat(each: Chat) -> JSON:
    shown = chat(each) | {
        "accent_color_id": 0,
        "max_reaction_count": MAXIMUM_REACTIONS,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        ),
    }
    if each.person is None and each.kind != "channel":
        shown["permissions"] = dict.fromkeys(rights_of("ChatPermissions"), True)
    if each.linked:
        shown["linked_chat_id"] = each.linked.id
    if each.pinned:
        shown["pinned_message"] = message(each.pinned[-1], quoting=False)
    return shown


def member(each: Membership, kind: str) -> JSON:
    """A membership in a chat of this kind."""
    shown: JSON = {"status": str(each.status), "user": user(each.user)}
    if each.in_charge:
        shown["is_anonymous"] = each.anonymous
        if each.title:
            shown["custom_title"] = each.title
    if each.status is Status.ADMINISTRATOR:
        shown["can_be_edited"] = False
        for right in (*rights_of("ChatMemberAdministrator"), *NEWER_RIGHTS):
            if right not in IN_CHANNELS or kind == "channel":
                shown[right] = right in each.rights
    if each.status is Status.RESTRICTED:
        shown |= {"is_member": True, "until_date": 0}
        shown |= {right: right in each.rights for right in rights_of("ChatMemberRestricted")}
    if each.status is Status.KICKED:
        shown["until_date"] = 0
    if each.tag and each.status in (Status.MEMBER, Status.RESTRICTED):
        shown["tag"] = each.tag
    return shown


def message(each: Message, *, quoting: bool = True) -> JSON:
    """As it stands now; what it replies to is shown one step deep, as Telegram does."""
    shown: JSON = {"message_id": each.id, "date": seconds(each.at), "chat": chat(each.chat)}
    if each.author and each.chat.kind != "channel":
        shown["from"] = user(each.author)
    if each.sender_chat:
        shown["sender_chat"] = chat(each.sender_chat)
    if each.thread is not None:
        shown["message_thread_id"] = each.thread
    if each.in_topic:
        shown["is_topic_message"] = True
    if each.edited_at is not None:
        shown["edit_date"] = seconds(each.edited_at)
    if quoting and each.reply_to and not each.reply_to.deleted:
        shown["reply_to_message"] = message(each.reply_to, quoting=False)
    if each.markup:
        shown["reply_markup"] = each.markup
    return shown | each.more | each.content


def inaccessible(each: Message) -> JSON:
    return {"chat": chat(each.chat), "message_id": each.id, "date": 0}


def link(each: Link) -> JSON:
    shown: JSON = {
        "invite_link": each.url,
        "creator": user(each.creator),
        "creates_join_request": each.by_request,
        "is_primary": False,
        "is_revoked": each.revoked,
    }
    if each.name:
        shown["name"] = each.name
    if each.expires:
        shown["expire_date"] = each.expires
    if each.member_limit:
        shown["member_limit"] = each.member_limit
    return shown


def file(each: StoredFile) -> JSON:
    """What getFile tells."""
    return {
        "file_id": each.file_id,
        "file_unique_id": each.unique_id,
        "file_size": len(each.content),
        "file_path": each.path,
    }


def media(each: StoredFile) -> JSON:
    """The part of a message that shows a file."""
    known: JSON = {
        "file_id": each.file_id,
        "file_unique_id": each.unique_id,
        "file_size": len(each.content),
    }
    if each.kind == "photo":
        small = known | {
            "file_id": f"{each.file_id}-small",
            "file_unique_id": f"{each.unique_id}s",
            "width": SMALL_SIDE,
            "height": SMALL_SIDE,
        }
        return {"photo": [small, known | {"width": PHOTO_SIDE, "height": PHOTO_SIDE}]}
    if each.mime:
        known["mime_type"] = each.mime
    if each.name and each.kind in ("document", "video", "audio"):
        known["file_name"] = each.name
    return {each.kind: known | each.more}
