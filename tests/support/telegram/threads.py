"""Where a message stands: in a topic, or in the thread that replies make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.telegram.model import Message, Topic

if TYPE_CHECKING:
    from tests.support.telegram.chats import Chat
    from tests.support.telegram.people import User

GENERAL = 1


def place(
    chat: Chat, reply_to: Message | None, thread: Topic | int | None, author: User
) -> dict[str, Any]:
    """Where a message stands: its topic, or the thread that replies make in a supergroup.

    A message in a topic that answers nobody carries the topic's first message as the one it
    replies to. That is so on Telegram, and taken for an answer by many a bot.
    """
    number = thread.thread if isinstance(thread, Topic) else thread
    if chat.forum:
        if number is None and reply_to and reply_to.in_topic:
            number = reply_to.thread
        if number in (None, GENERAL):
            return {"reply_to": reply_to}
        topic = chat.topics[number or 0]
        if topic.closed and not chat.standing(author).may("can_manage_topics"):
            raise ValueError(f"the topic {topic.name} is closed")
        first = chat.find(topic.thread)
        return {"reply_to": reply_to or first, "thread": number, "in_topic": True}
    if chat.kind == "supergroup" and reply_to:
        root = reply_to.thread if reply_to.thread is not None else reply_to.id
        return {"reply_to": reply_to, "thread": root}
    return {"reply_to": reply_to}
