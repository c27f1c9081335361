"""What a bot gets to see of a chat: privacy mode, other bots, its own messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.telegram.model import MASKS, Message
from tests.support.telegram.talk import commands

if TYPE_CHECKING:
    from tests.support.telegram.world import World

SERVICE = {
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "group_chat_created",
    "supergroup_chat_created",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
}


def is_service(message: Message) -> bool:
    return bool(SERVICE & message.content.keys())


def reaches(world: World, message: Message) -> bool:
    """Whether the bot is told of this message."""
    chat, author = message.chat, message.author
    if author is world.bot:
        return False
    if author and author.is_bot and author.id not in MASKS and not world.hears_bots:
        return False
    if chat.person:
        return not chat.person.blocked
    standing = chat.standing(world.bot)
    if not standing.present:
        return False
    if standing.in_charge or standing.reads_all or is_service(message):
        return True
    return is_for_bot(world, message)


def is_for_bot(world: World, message: Message) -> bool:
    """In privacy mode: a reply to the bot, or a command that may be meant for it.

    A command without a name goes to the bot unless another bot was the last to speak. A mention
    alone is not enough, which surprises everybody.
    """
    if message.reply_to and message.reply_to.by_bot:
        return True
    for command in commands(message.text):
        name = command.partition("@")[2]
        if name.lower() == world.bot.username.lower():
            return True
        if not name and message.chat.last_bot in (None, world.bot):
            return True
    return False
