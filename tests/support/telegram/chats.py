"""A chat and what befalls it: people come and go, rights change, it grows into a supergroup."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tests.support.telegram import show, talk
from tests.support.telegram.model import (
    JSON,
    MASKS,
    Link,
    Membership,
    Message,
    Status,
    Topic,
    rights_of,
)
from tests.support.telegram.people import origin
from tests.support.telegram.signals import SHORT_SECONDS
from tests.support.telegram.threads import GENERAL, place

if TYPE_CHECKING:
    from tests.support.telegram.people import User
    from tests.support.telegram.world import World

ICON_COLOR = 7322096


class Chat:
    """Everything but `hears` is plain: what administrators do has happened when it returns."""

    def __init__(
        self, world: World, number: int, kind: str, title: str = "", person: User | None = None
    ) -> None:
        self.world = world
        self.id = number
        self.kind = kind
        self.title = title
        self.username = ""
        self.forum = False
        self.person = person
        self.members: dict[int, Membership] = {}
        self.requests: dict[int, Link | None] = {}
        self.topics: dict[int, Topic] = {}
        self.links: list[Link] = []
        self.pinned: list[Message] = []
        self.linked: Chat | None = None
        self.migrated_to: Chat | None = None
        self.last_bot: User | None = None
        self.instance = str(8 * 10**18 + abs(number))
        self._messages: dict[int, Message] = {}
        self._last_id = 0
        world.chats[number] = self

    # What one sees

    @property
    def messages(self) -> list[Message]:
        """As a member sees them, from the first to the last."""
        return [each for each in self._messages.values() if not each.deleted]

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.messages if each.text]

    @property
    def by_bot(self) -> list[Message]:
        return [each for each in self.messages if each.by_bot]

    @property
    def last(self) -> Message:
        return self.messages[-1]

    def find(self, number: int) -> Message | None:
        message = self._messages.get(number)
        return None if message is None or message.deleted else message

    async def hears(
        self, part: str = "", *, after: Message | None = None, within: float = SHORT_SECONDS
    ) -> Message:
        """The first message of the bot with this in its text, as soon as it is there."""

        def look() -> Message | None:
            since = after.id if after else 0
            found = (each for each in self.by_bot if part in each.text and each.id > since)
            return next(found, None)

        found = await self.world.signal.until(look, within, f"the bot did not say {part!r}")
        assert found
        return found

    # Who is in it

    def standing(self, user: User) -> Membership:
        if self.person:
            gone = self.person.blocked and user is self.world.bot
            return Membership(user, Status.KICKED if gone else Status.MEMBER)
        return self.members.get(user.id) or Membership(user, Status.LEFT)

    @property
    def owner(self) -> User:
        owners = (each.user for each in self.members.values() if each.status is Status.OWNER)
        return next(owners)

    def seat(self, user: User, status: Status = Status.MEMBER, **more: Any) -> None:
        """They are there from the start: nobody is told."""
        reads_all = user is self.world.bot and self.world.reads_all
        self.members[user.id] = Membership(user, status, reads_all=reads_all, **more)

    def change(self, user: User, status: Status, *, by: User, **more: Any) -> Membership:
        """A new standing, of which the bot is told when it is its own or it is in charge."""
        link: Link | None = more.pop("link", None)
        old = self.standing(user)
        kept: dict[str, Any] = {"tag": old.tag} if status is not Status.LEFT else {}
        if user is self.world.bot:
            kept["reads_all"] = old.reads_all if old.present else self.world.reads_all
        new = Membership(user, status, **(kept | more))
        in_charge = self.standing(self.world.bot).in_charge
        self.members[user.id] = new
        body = self.change_shown(old, new, by, link)
        if user is self.world.bot:
            self.world.emit("my_chat_member", body, ("member", self.id))
        elif in_charge:
            self.world.emit("chat_member", body, ("member", self.id))
        return new

    def change_shown(
        self, old: Membership, new: Membership, by: User, link: Link | None = None
    ) -> JSON:
        body = {
            "chat": show.chat(self),
            "from": show.user(by),
            "date": show.seconds(self.world.now()),
            "old_chat_member": show.member(old, self.kind),
            "new_chat_member": show.member(new, self.kind),
        }
        return body | ({"invite_link": show.link(link)} if link else {})

    def let_in(self, user: User, link: Link | str | None = None, *, silently: bool = False) -> None:
        link = self._usable(link)
        if link and link.by_request and user.id not in self.requests:
            self.requests[user.id] = link
            if self.standing(self.world.bot).may("can_invite_users"):
                body = {
                    "chat": show.chat(self),
                    "from": show.user(user),
                    "user_chat_id": user.id,
                    "date": show.seconds(self.world.now()),
                    "invite_link": show.link(link),
                }
                self.world.emit("chat_join_request", body, ("member", self.id))
            return
        self.change(user, Status.MEMBER, by=user, link=link)
        if not silently:
            self.hear(user, {"new_chat_members": [show.user(user)]})

    def _usable(self, link: Link | str | None) -> Link | None:
        if isinstance(link, str):
            found = self.world.link(link)
            if not found:
                raise ValueError(f"nobody knows the link {link}")
            link = found[1]
        if link and (link not in self.links or link.revoked):
            raise ValueError(f"the link {link.url} does not lead here any more")
        return link

    def approve(self, user: User) -> None:
        """An administrator takes in who asked to join."""
        self.change(user, Status.MEMBER, by=self.owner, link=self.requests.pop(user.id))
        self.hear(user, {"new_chat_members": [show.user(user)]})

    def kick(self, user: User) -> None:
        self.change(user, Status.KICKED, by=self.owner)
        self.hear(self.owner, {"left_chat_member": show.user(user)})

    def promote(
        self, user: User, *, anonymous: bool = False, title: str = "", **rights: bool
    ) -> None:
        """With the rights named, or with all but that to promote others."""
        granted = granted_of(rights)
        self.change(
            user,
            Status.ADMINISTRATOR,
            by=self.owner,
            rights=granted,
            anonymous=anonymous,
            title=title,
        )

    def demote(self, user: User) -> None:
        self.change(user, Status.MEMBER, by=self.owner)

    def restrict(self, user: User, *allowed: str) -> None:
        """They stay, with only these rights left."""
        self.change(user, Status.RESTRICTED, by=self.owner, rights=frozenset(allowed))

    # Our bot

    def add_bot(self, by: User | None = None) -> None:
        by = by or self.owner
        bot = self.world.bot
        self.change(bot, Status.MEMBER, by=by)
        self.hear(by, {"new_chat_members": [show.user(bot)]})

    def promote_bot(self, **rights: bool) -> None:
        granted = granted_of(rights)
        self.change(self.world.bot, Status.ADMINISTRATOR, by=self.owner, rights=granted)

    def demote_bot(self) -> None:
        self.demote(self.world.bot)

    def restrict_bot(self, *allowed: str) -> None:
        self.restrict(self.world.bot, *allowed)

    def kick_bot(self, by: User | None = None) -> None:
        """In a basic group it still hears the service message; a supergroup just goes silent."""
        by = by or self.owner
        if self.kind == "group":
            self.hear(by, {"left_chat_member": show.user(self.world.bot)})
        self.change(self.world.bot, Status.KICKED, by=by)

    # What is said

    def add(self, author: User | None, content: JSON, **more: Any) -> Message:
        """A message, without anybody being told."""
        # General is the number 1 of every forum, so no message is.
        self._last_id = max(self._last_id, GENERAL if self.forum else 0) + 1
        message = Message(self, self._last_id, self.world.now(), author, content, **more)
        self._messages[message.id] = message
        if author and author.is_bot and author.id not in MASKS:
            self.last_bot = author
        return message

    def hear(
        self,
        author: User,
        content: JSON,
        *,
        reply_to: Message | None = None,
        thread: Topic | int | None = None,
        present: bool = True,
        **more: Any,
    ) -> Message:
        """Somebody says something; `present` is asked unless they have just left."""
        spoken_for = more.get("sender_chat")
        if present and not spoken_for and not self.standing(author).present:
            raise ValueError(f"{author.name} is not in {self}")
        if self.migrated_to:
            raise ValueError(f"{self} has become {self.migrated_to}")
        tag = self.standing(author).tag
        extra = more.pop("more", {}) | ({"sender_tag": tag} if tag else {})
        message = self.add(
            author, content, **place(self, reply_to, thread, author), more=extra, **more
        )
        self.world.tell(message)
        return message

    def says_anonymously(self, admin: User, text: str, **more: Any) -> Message:
        """An administrator who hides behind the group's name."""
        title = self.standing(admin).title
        signed = {"author_signature": title} if title else {}
        mask = self.world.anonymous
        return self._says(mask, text, sender_chat=self, more=signed, **more)

    def says_as(self, channel: Chat, text: str, **more: Any) -> Message:
        """Somebody speaks in this group as their channel."""
        return self._says(self.world.channel_sender, text, sender_chat=channel, **more)

    def says(self, text: str, **more: Any) -> Message:
        """A channel posts; the group linked to it gets a forward from Telegram itself."""
        post = self._says(self.owner, text, sender_chat=self, **more)
        if self.linked:
            forward = post.content | {"forward_origin": origin(post)}
            self.linked.hear(
                self.world.telegram,
                forward,
                sender_chat=self,
                more={"is_automatic_forward": True},
            )
        return post

    def _says(self, author: User, text: str, **more: Any) -> Message:
        content: JSON = {"text": text}
        found = talk.entities(text)
        if found:
            content["entities"] = found
        return self.hear(author, content, **more)

    # What becomes of it

    def topic(self, name: str, by: User | None = None) -> Topic:
        """A new topic of a forum; its number is that of its first message."""
        if not self.forum:
            raise ValueError(f"{self} is no forum")
        by = by or self.owner
        content = {"forum_topic_created": {"name": name, "icon_color": ICON_COLOR}}
        first = self.add(by, content)
        first.thread, first.in_topic = first.id, True
        topic = Topic(first.id, name)
        self.topics[topic.thread] = topic
        self.world.tell(first)
        return topic

    def close_topic(self, topic: Topic) -> None:
        topic.closed = True
        self._topic_says(topic, {"forum_topic_closed": {}})

    def reopen_topic(self, topic: Topic) -> None:
        topic.closed = False
        self._topic_says(topic, {"forum_topic_reopened": {}})

    def delete_topic(self, topic: Topic) -> None:
        """With everything in it; bots are not told."""
        topic.deleted = True
        for message in self.messages:
            message.deleted |= message.thread == topic.thread

    def _topic_says(self, topic: Topic, content: JSON) -> None:
        message = self.add(self.owner, content, thread=topic.thread, in_topic=True)
        self.world.tell(message)

    def retitle(self, title: str) -> None:
        self.title = title
        self.hear(self.owner, {"new_chat_title": title})

    def migrate(self) -> Chat:
        """The group becomes a supergroup: another id, messages counted anew, the same people."""
        if self.kind != "group":
            raise ValueError(f"{self} is a supergroup already")
        new = Chat(self.world, self.world.chat_id("supergroup"), "supergroup", self.title)
        new.members = dict(self.members)
        self.hear(self.owner, {"migrate_to_chat_id": new.id})
        self.migrated_to = new
        new.hear(self.world.anonymous, {"migrate_from_chat_id": self.id}, sender_chat=new)
        return new

    def link_to(self, group: Chat) -> None:
        """A channel gets a group in which its posts are discussed."""
        self.linked, group.linked = group, self

    def seat_all(self, people: Iterable[User]) -> None:
        for each in people:
            self.seat(each)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.title or self.id}>"


def granted_of(rights: dict[str, bool]) -> frozenset[str]:
    """The rights named, or all but that to promote others when none is."""
    known = rights_of("ChatMemberAdministrator")
    unknown = rights.keys() - set(known)
    if unknown:
        raise ValueError(f"there is no right {sorted(unknown)}")
    if rights:
        granted = {right for right, given in rights.items() if given}
    else:
        granted = set(known) - {"can_promote_members"}
    return frozenset(granted | {"can_manage_chat"})
