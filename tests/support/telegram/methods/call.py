"""A checked request, and what every method asks first: which chat, and may the bot act there?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.telegram import refusals, show, spec
from tests.support.telegram.chats import Chat
from tests.support.telegram.model import JSON, Message, Status
from tests.support.telegram.people import User
from tests.support.telegram.refusals import bad, forbidden
from tests.support.telegram.threads import GENERAL, place
from tests.support.telegram.world import World


@dataclass(frozen=True)
class Call:
    world: World
    request: spec.Checked

    def get(self, name: str, default: Any = None) -> Any:
        return self.request.parameters.get(name, default)

    def chat(self) -> Chat:
        """The chat this is about, which the bot can reach."""
        chat = self._named(self.get("chat_id"))
        if chat.migrated_to:
            raise refusals.upgraded(chat.migrated_to.id)
        if chat.person:
            self._check_person(chat.person)
            return chat
        standing = chat.standing(self.world.bot)
        if standing.status is Status.KICKED:
            raise refusals.kicked(chat.kind)
        if not standing.present:
            raise refusals.stranger(chat.kind)
        return chat

    def _named(self, number: int | str) -> Chat:
        if isinstance(number, int):
            chat = self.world.chats.get(number)
        else:
            name = number.removeprefix("@").lower()
            known = (each for each in self.world.chats.values() if not each.person)
            chat = next((each for each in known if name and each.username.lower() == name), None)
        if chat is None:
            raise bad(refusals.NO_CHAT)
        return chat

    def _check_person(self, person: User) -> None:
        if person.deactivated:
            raise forbidden(refusals.DEACTIVATED)
        if person.blocked:
            raise forbidden(refusals.BLOCKED)
        if person.is_bot:
            raise forbidden("bot can't send messages to bots")
        if not person.started:
            raise forbidden(refusals.CANNOT_BEGIN)

    def user(self) -> User:
        user = self.world.users.get(self.get("user_id"))
        if user is None:
            raise bad("invalid user_id specified")
        return user

    def message(self, chat: Chat, refusal: str) -> Message:
        message = chat.find(self.get("message_id", 0))
        if message is None:
            raise bad(refusal)
        return message

    def require(self, chat: Chat, right: str, refusal: str) -> None:
        if not chat.standing(self.world.bot).may(right):
            raise bad(refusal)

    def place(self, chat: Chat) -> dict[str, Any]:
        """Where a new message of the bot goes; refused if it may not write there."""
        self._check_may_write(chat)
        reply_to = self._replied(chat)
        thread = self.get("message_thread_id")
        if thread is not None and (not chat.forum or thread == GENERAL):
            # Telegram knows threads of replies outside of forums; nobody should rely on them.
            raise bad(refusals.NO_THREAD)
        if thread is None and reply_to and reply_to.in_topic:
            thread = reply_to.thread
        if chat.forum:
            self._check_topic(chat, thread)
        return place(chat, reply_to, thread, self.world.bot)

    def _check_may_write(self, chat: Chat) -> None:
        standing = chat.standing(self.world.bot)
        if chat.kind == "channel" and not standing.may("can_post_messages"):
            raise forbidden("bot is not a member of the channel chat")
        if standing.status is Status.RESTRICTED and not standing.may("can_send_messages"):
            raise bad(refusals.NO_RIGHTS_TEXT)

    def _check_topic(self, chat: Chat, thread: int | None) -> None:
        topic = chat.topics.get(GENERAL if thread is None else thread)
        if topic is None and thread is None:
            return  # General, which nobody has closed
        if topic is None or topic.deleted:
            raise bad(refusals.NO_THREAD)
        if topic.closed and not chat.standing(self.world.bot).may("can_manage_topics"):
            raise bad(refusals.TOPIC_CLOSED)

    def _replied(self, chat: Chat) -> Message | None:
        wanted = self.get("reply_parameters")
        if not wanted:
            return None
        if wanted.get("chat_id", chat.id) not in (chat.id, f"@{chat.username}"):
            raise bad("the test server does not play replies to another chat")
        replied = chat.find(wanted["message_id"])
        if replied is None and not wanted.get("allow_sending_without_reply"):
            raise bad(refusals.NO_REPLIED)
        return replied

    def entities(self, name: str) -> tuple[str, list[JSON]]:
        """A text as members will see it; who is mentioned by id is shown with their name."""
        text, found = spec.shown(self.request.parameters, name)
        return text, [self._shown(each) for each in found]

    def _shown(self, entity: JSON) -> JSON:
        if entity["type"] != "text_mention":
            return entity
        user = self.world.users.get(entity["user"]["id"])
        return entity | ({"user": show.user(user)} if user else {})

    def markup(self) -> JSON | None:
        """The inline keyboard; other keyboards belong to the app and are not on the message."""
        markup = self.get("reply_markup")
        inline = isinstance(markup, dict) and markup.get("inline_keyboard")
        return markup if inline else None
