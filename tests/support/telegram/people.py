"""What people do in their Telegram app. Everything here is awaited, as a person would act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.support.telegram import show, spec, talk
from tests.support.telegram.model import JSON, Link, Membership, Message, Status, StoredFile, Topic
from tests.support.telegram.signals import SHORT_SECONDS
from tests.support.telegram.taps import Answer, Tap

if TYPE_CHECKING:
    from tests.support.telegram.chats import Chat
    from tests.support.telegram.world import World

PAID = "⭐"
PICTURE = b"\xff\xd8\xff pretend picture"
SOUND = b"OggS pretend voice"


class User:
    """Somebody with an account; `is_bot` makes it another bot."""

    private: Chat  # with the bot; the world gives everybody one

    def __init__(
        self, world: World, number: int, name: str, username: str = "", *, is_bot: bool = False
    ) -> None:
        self.world = world
        self.id = number
        self.name = name
        self.last_name = ""
        self.username = username
        self.is_bot = is_bot
        self.language = "zh-hans"
        self.started = False
        self.blocked = False
        self.deactivated = False
        # Their privacy setting: forwards of what they wrote carry a name and no account.
        self.hides_forwards = False

    async def says(
        self,
        chat: Chat,
        text: str,
        *,
        reply_to: Message | None = None,
        thread: Topic | int | None = None,
        people: Mapping[str, User] | None = None,
        links: Mapping[str, str] | None = None,
    ) -> Message:
        """`people` and `links`: words in the text that stand for a person or an address."""
        content: JSON = {"text": text}
        found = talk.entities(text, people, links)
        if found:
            content["entities"] = found
        return chat.hear(self, content, reply_to=reply_to, thread=thread)

    async def whispers(self, text: str, *, reply_to: Message | None = None) -> Message:
        """In the private chat with the bot."""
        self.started = True
        return await self.says(self.private, text, reply_to=reply_to)

    async def starts(self, payload: str = "") -> Message:
        """Press Start, or follow a link t.me/bot?start=payload."""
        return await self.whispers(f"/start {payload}".strip())

    async def blocks(self) -> None:
        self._turn(Status.MEMBER, Status.KICKED)
        self.blocked = True

    async def unblocks(self) -> None:
        self.blocked = False
        self._turn(Status.KICKED, Status.MEMBER)

    def _turn(self, old: Status, new: Status) -> None:
        bot = self.world.bot
        body = self.private.change_shown(Membership(bot, old), Membership(bot, new), self)
        self.world.emit("my_chat_member", body, ("member", self.id))

    def presses(self, message: Message, button: str) -> Tap:
        """Press a button, by its label or data, without waiting for the answer."""
        if not message.chat.standing(self).present:
            raise ValueError(f"{self.name} is not in {message.chat}")
        pressed = message.button(button)
        tap = Tap(str(10**17 + self.world.number()), self, message, pressed.data, self.world.now())
        self.world.taps[tap.id] = tap
        shown = show.inaccessible(message) if message.deleted else show.message(message)
        body = {
            "id": tap.id,
            "from": show.user(self),
            "message": shown,
            "chat_instance": message.chat.instance,
            "data": pressed.data,
        }
        if message.chat.standing(self.world.bot).present:
            self.world.emit("callback_query", body, ("callback", self.id))
        return tap

    async def taps(self, message: Message, button: str, within: float = SHORT_SECONDS) -> Answer:
        """Press a button and wait for the toast or alert."""
        return await self.presses(message, button).answered(within)

    async def edits(self, message: Message, text: str) -> Message:
        name = "text" if "text" in message.content else "caption"
        kind = "entities" if name == "text" else "caption_entities"
        message.content = {**message.content, name: text, kind: talk.entities(text)}
        if not message.content[kind]:
            del message.content[kind]
        message.edited_at = self.world.now()
        self.world.tell(message, "edited_message")
        return message

    async def deletes(self, message: Message) -> None:
        """Bots are never told."""
        message.deleted = True
        self.world.signal.ring()

    async def reacts(self, message: Message, *emoji: str) -> None:
        """Instead of what they reacted before; nothing takes it back. "⭐" is the paid one."""
        new = [reaction(each) for each in emoji]
        old = message.reactions.get(self.id, [])
        message.reactions[self.id] = new
        chat = message.chat
        if chat.person or not chat.standing(self.world.bot).in_charge or self.is_bot:
            return
        standing = chat.standing(self)
        actor = {"actor_chat": show.chat(chat)} if standing.anonymous else {"user": show.user(self)}
        body = {
            "chat": show.chat(chat),
            "message_id": message.id,
            "date": show.seconds(self.world.now()),
            "old_reaction": old,
            "new_reaction": new,
        }
        self.world.emit("message_reaction", body | actor, ("chat", chat.id))

    async def joins(
        self, chat: Chat, link: Link | str | None = None, *, silently: bool = False
    ) -> None:
        """Through a link or not; a link that asks first only makes a request of it."""
        chat.let_in(self, link, silently=silently)

    async def leaves(self, chat: Chat, *, silently: bool = False) -> None:
        chat.change(self, Status.LEFT, by=self)
        if not silently:
            chat.hear(self, {"left_chat_member": show.user(self)}, present=False)

    async def sends_photo(self, chat: Chat, content: bytes = PICTURE, **more: Any) -> Message:
        return self._sends(chat, self.world.keep("photo", content, "photo.jpg"), **more)

    async def sends_document(self, chat: Chat, name: str, content: bytes, **more: Any) -> Message:
        return self._sends(chat, self.world.keep("document", content, name), **more)

    async def sends_voice(
        self, chat: Chat, content: bytes = SOUND, seconds: int = 3, **more: Any
    ) -> Message:
        file = self.world.keep("voice", content, "voice.ogg", "audio/ogg", duration=seconds)
        return self._sends(chat, file, **more)

    async def sends_video(self, chat: Chat, content: bytes = PICTURE, **more: Any) -> Message:
        size = {"width": 640, "height": 360, "duration": 5}
        file = self.world.keep("video", content, "video.mp4", "video/mp4", **size)
        return self._sends(chat, file, **more)

    async def posts_album(
        self, chat: Chat, pictures: int, caption: str = "", **more: Any
    ) -> list[Message]:
        """So many messages, one update each; nothing says which is the last."""
        album = {"media_group_id": str(10**16 + self.world.number())}
        return [
            self._sends(
                chat,
                self.world.keep("photo", PICTURE + bytes([number]), "photo.jpg"),
                caption="" if number else caption,
                album=album,
                **more,
            )
            for number in range(pictures)
        ]

    def _sends(
        self,
        chat: Chat,
        file: StoredFile,
        caption: str = "",
        album: JSON | None = None,
        **more: Any,
    ) -> Message:
        content = show.media(file) | (album or {})
        if caption:
            content["caption"] = caption
            found = talk.entities(caption)
            if found:
                content["caption_entities"] = found
        return chat.hear(self, content, **more)

    async def forwards(self, message: Message, to: Chat, **more: Any) -> Message:
        content = {key: value for key, value in message.content.items() if key != "media_group_id"}
        return to.hear(self, content | {"forward_origin": origin(message)}, **more)

    def __repr__(self) -> str:
        return f"<{self.name} {self.id}>"


def reaction(emoji: str) -> JSON:
    """As Telegram writes it; an emoji that nobody can react with is a mistake of the test."""
    if emoji == PAID:
        return {"type": "paid"}
    if f'"{emoji}"' not in spec.fields("ReactionTypeEmoji")["emoji"]["description"]:
        raise ValueError(f"nobody can react with {emoji}")
    return {"type": "emoji", "emoji": emoji}


def origin(message: Message) -> JSON:
    """Where a forwarded message comes from, as far as its author shows it."""
    if "forward_origin" in message.content:
        return dict(message.content["forward_origin"])
    date = {"date": show.seconds(message.at)}
    if message.chat.kind == "channel":
        chat = show.chat(message.chat)
        return date | {"type": "channel", "chat": chat, "message_id": message.id}
    if message.sender_chat:
        return date | {"type": "chat", "sender_chat": show.chat(message.sender_chat)}
    author = message.author
    if author is None or author.hides_forwards:
        return date | {"type": "hidden_user", "sender_user_name": author.name if author else ""}
    return date | {"type": "user", "sender_user": show.user(author)}
