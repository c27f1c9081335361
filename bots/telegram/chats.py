"""What is known of the chats the bot is in: who leads them, what it may do, who wrote what.

All of it is Telegram's own knowledge, asked for again when it may have changed; nothing is kept.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import structlog
from telegram import ChatMember, ChatMemberAdministrator, ChatMemberOwner, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bots.telegram.line import Line
from bots.telegram.nouns import Me
from storage.model import HOUR, MINUTE, Millis

log = structlog.get_logger()

FRESH: Millis = HOUR
FRESH_AFTER_FAILURE: Millis = MINUTE
ASKING_SECONDS = 3.0
"""An event does not wait longer for it."""
CHATS_MAX = 10_000
AUTHORS_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How the bot stands in a chat, and who owns it."""

    owner: str = ""
    lacks: tuple[str, ...] = ()
    until: Millis = 0


class Chats:
    def __init__(self, line: Line, me: Me, now: Callable[[], Millis]) -> None:
        self._line = line
        self._me = me
        self._is_me_old = False
        self._now = now
        self._known: OrderedDict[str, Standing] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Standing]] = {}
        self._changed: set[str] = set()
        """What has changed while it was being asked for."""
        self._closed_topics: dict[str, Millis] = {}
        self._authors: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def standing(self, chat: str) -> Standing:
        """Never raises: what cannot be learnt now is as if there were nothing to know."""
        known = self._known.get(chat)
        if known is not None and known.until > self._now():
            return known
        asking = self._asking.get(chat)
        if asking is None:
            asking = asyncio.create_task(self._ask(chat))
            self._asking[chat] = asking
            asking.add_done_callback(lambda _: self._asking.pop(chat, None))
        done, _ = await asyncio.wait([asking], timeout=ASKING_SECONDS)
        return asking.result() if done and not asking.cancelled() else known or Standing()

    async def _ask(self, chat: str) -> Standing:
        while True:
            self._changed.discard(chat)
            standing = await self._look(chat)
            if chat not in self._changed:
                return self._note(chat, standing)

    async def _look(self, chat: str) -> Standing:
        now = self._now()
        try:
            if self._is_me_old:
                self._me = await self._line.me()
                self._is_me_old = False
            standing = await look(self._line, self._me, chat)
        except TelegramError as error:
            log.warning("who leads a chat is not known", kind=type(error).__name__)
            return Standing(until=now + FRESH_AFTER_FAILURE)
        if self._closed_topics.get(chat, now) <= now - FRESH:
            del self._closed_topics[chat]  # it may have been opened again, which nobody tells us
        lacks = (*standing.lacks, "topic") if chat in self._closed_topics else standing.lacks
        return replace(standing, lacks=lacks, until=now + FRESH)

    def _note(self, chat: str, standing: Standing) -> Standing:
        self._known[chat] = standing
        self._known.move_to_end(chat)
        if len(self._known) > CHATS_MAX:
            self._known.popitem(last=False)
        return standing

    def forget(self, chat: str) -> None:
        """What was known of it may have changed."""
        self._known.pop(chat, None)
        if chat in self._asking:
            self._changed.add(chat)

    def hear(self, update: Update) -> None:
        """Rights come and go: who is told of it asks again."""
        if update.my_chat_member is not None:
            self.forget(str(update.my_chat_member.chat.id))
            self._is_me_old = True  # privacy mode may have been changed before it was added anew
        if update.chat_member is not None:
            ranks = (update.chat_member.old_chat_member, update.chat_member.new_chat_member)
            if any(isinstance(each, ChatMemberAdministrator | ChatMemberOwner) for each in ranks):
                self.forget(str(update.chat_member.chat.id))
        message = update.effective_message
        if message is not None and message.from_user and message.chat.type != ChatType.PRIVATE:
            self._wrote(str(message.chat.id), str(message.message_id), message.from_user.id)

    def _wrote(self, chat: str, message: str, account: int) -> None:
        self._authors[chat, message] = str(account)
        if len(self._authors) > AUTHORS_MAX:
            self._authors.popitem(last=False)

    async def close(self) -> None:
        """Ask no more: what nobody waits for any longer must not outlive the connection."""
        asking = list(self._asking.values())
        for each in asking:
            each.cancel()
        if asking:
            await asyncio.wait(asking)

    def author(self, chat: str, message: str) -> str:
        """Whose message that is, if it came since the start and not too long ago."""
        return self._authors.get((chat, message), "")

    def topic_was_closed(self, chat: str) -> None:
        self._closed_topics[chat] = self._now()
        self.forget(chat)

    @property
    def me(self) -> Me:
        return self._me

    def lacking(self) -> int:
        """In how many chats something is missing, as far as is known."""
        return sum(bool(each.lacks) for each in self._known.values())


async def look(line: Line, me: Me, chat: str) -> Standing:
    """How we stand in a chat, asked of Telegram. Raises telegram's errors."""
    administrators = await line.bot.get_chat_administrators(int(chat))
    owners = [str(each.user.id) for each in administrators if isinstance(each, ChatMemberOwner)]
    rights = rights_of(me, administrators)
    lacks = lacking(me, rights, is_supergroup=chat.startswith("-100"))
    return Standing("".join(owners[:1]), lacks)


def rights_of(me: Me, administrators: Iterable[ChatMember]) -> ChatMemberAdministrator | None:
    """Our own, among those of a chat's administrators; None where we are none."""
    for each in administrators:
        if isinstance(each, ChatMemberAdministrator) and each.user.id == me.id:
            return each
    return None


def lacking(
    me: Me, rights: ChatMemberAdministrator | None, *, is_supergroup: bool
) -> tuple[str, ...]:
    """The codes of what the bot needs in a chat and may not do there."""
    if rights is None:
        return ("admin",) if me.reads_all else ("read", "admin")
    needed = [("invite", bool(rights.can_invite_users))]
    if is_supergroup:
        needed.append(("badge", bool(rights.can_manage_tags)))
    return tuple(code for code, is_allowed in needed if not is_allowed)
