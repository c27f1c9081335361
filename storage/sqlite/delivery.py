"""What came in, what is due, what goes out."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count, takewhile

from storage.errors import Fault
from storage.model import (
    DAY,
    MINUTE,
    Account,
    Answer,
    Arrival,
    Chat,
    Due,
    Event,
    Message,
    MessageState,
    Millis,
    Priority,
    Reply,
)
from storage.packing import pack_answer, pack_reply, unpack_answer, unpack_reply
from storage.sqlite.people import SqlitePeople
from storage.sqlite.session import Row, Session, Table

PRUNED_AT_ONCE = 10_000
BEGUN_MAX = 1_000
WAITING_MAX = 1_000
JOINED_LENGTH_MAX = 200
OFFERED: Millis = 2 * DAY
"""What was offered as a numbered line can be chosen for so long: it may hold a code."""
LEASE: Millis = 2 * MINUTE
"""Longer than any platform takes to say yes or no."""

LOAD_SEEN = "SELECT event, at, member, answer FROM seen WHERE event = ?"
SAVE_SEEN = "INSERT INTO seen (event, at, member, answer) VALUES (?,?,?,?)"


class SqliteEvents:
    def __init__(self, session: Session, people: SqlitePeople) -> None:
        self._session = session
        self._people = people
        self._seen = Table(session, LOAD_SEEN, SAVE_SEEN, lasting=False)

    async def arrive(self, event: Event) -> Arrival:
        seen = self._seen.get((event.id,))
        answer = unpack_answer(seen[3]) if seen else None
        if event.private:
            return await self._arrive_in_private(event, answer)
        known = self._people.arrival(event.platform, event.chat, event.account)
        if known.club is not None:
            self._session.club = known.club.id
        return known if answer is None else replace(known, answer=answer)

    async def answered(self, event: Event) -> Answer | None:
        seen = self._seen.get((event.id,))
        return unpack_answer(seen[3]) if seen else None

    async def _arrive_in_private(self, event: Event, answer: Answer | None) -> Arrival:
        chat = Chat(event.platform, event.chat)
        person = await self._people.person(Account(event.platform, event.account))
        row = self._session.peek("SELECT club FROM last_club WHERE member = ?", (person,))
        if person is None or row is None:
            return Arrival(answer, chat)
        self._session.club = row[0]
        club, member = await self._people.club(), await self._people.member(person)
        called = await self._people.called(Account(event.platform, event.account))
        return Arrival(answer, chat, club, member, row[0], called=called)

    async def remember(self, event: Event, member: str, answer: Answer) -> None:
        row = (event.id, self._session.now, member, pack_answer(answer))
        self._seen.set((event.id,), row)

    async def begin(self, platform: str, key: str, update: str) -> None:
        self._session.write(
            "INSERT INTO begun (platform, key, update_) VALUES (?,?,?)"
            " ON CONFLICT DO UPDATE SET update_ = excluded.update_",
            (platform, key, update),
        )

    async def begun(self, platform: str) -> Sequence[tuple[str, str]]:
        sql = "SELECT key, update_ FROM begun WHERE platform = ? ORDER BY key LIMIT ?"
        return self._session.all(sql, (platform, BEGUN_MAX))

    async def end(self, platform: str, keys: Sequence[str]) -> None:
        self._session.write_many(
            "DELETE FROM begun WHERE platform = ? AND key = ?", [(platform, key) for key in keys]
        )

    async def forget_before(self, at: Millis) -> int:
        return self._session.write(
            "DELETE FROM seen WHERE event IN (SELECT event FROM seen WHERE at < ? LIMIT ?)",
            (at, PRUNED_AT_ONCE),
        )


class SqliteDueRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def schedule(self, due: Due) -> None:
        self._session.write(
            "INSERT INTO due (club, kind, key, at, attempts) VALUES (?,?,?,?,?)"
            " ON CONFLICT DO UPDATE SET at = excluded.at, attempts = excluded.attempts",
            (due.club, due.kind, due.key, due.at, due.attempts),
        )

    async def cancel(self, kind: str, key: str) -> None:
        self._session.write(
            "DELETE FROM due WHERE club = ? AND kind = ? AND key = ?",
            (self._session.club, kind, key),
        )

    async def waiting(self, kind: str) -> Sequence[Due]:
        rows = self._session.all(
            "SELECT club, kind, key, at, attempts FROM due WHERE club = ? AND kind = ?"
            " ORDER BY at, key LIMIT ?",
            (self._session.club, kind, WAITING_MAX),
        )
        return [Due(*row) for row in rows]

    async def ready(self, limit: int) -> Sequence[Due]:
        rows = self._session.all(
            "SELECT club, kind, key, at, attempts FROM due WHERE at <= ? ORDER BY at LIMIT ?",
            (self._session.now, limit),
        )
        return [Due(*row) for row in rows]

    async def next_at(self) -> Millis | None:
        row = self._session.one("SELECT min(at) FROM due")
        return row[0] if row else None

    async def enter(self, due: Due) -> bool:
        self._session.club = due.club
        row = self._session.one(
            "SELECT 1 FROM due WHERE club = ? AND kind = ? AND key = ? AND at <= ?",
            (due.club, due.kind, due.key, self._session.now),
        )
        return row is not None


Conversation = tuple[str, str, str]

MESSAGE = (
    "id, platform, chat, account, reply, quotes, attempts, created_at, not_before, priority,"
    " slot, topic, via"
)
EDITS = """
EXISTS (SELECT 1 FROM slot WHERE slot.platform = o.platform AND slot.chat = o.chat
        AND slot.account = o.account AND slot.slot = o.slot)
"""


def _first(where: str) -> str:
    """The oldest and most urgent message of the first conversation there, in the index's order."""
    return f"""
        (SELECT o.id FROM outbox AS o
         WHERE o.state = 'waiting' AND o.platform = ?1 AND {where} AND (o.slot = '' OR NOT {EDITS})
         ORDER BY o.platform, o.chat, o.account, o.priority, o.id LIMIT 1)"""  # noqa: S608


# From each head the index leads to the next: what waits behind a head is never looked at, so the
# cost grows with the conversations and not with what waits in them.
HEADS = f"""
WITH RECURSIVE head (id) AS (
    SELECT {_first("TRUE")}
    UNION ALL
    SELECT coalesce(
        {
    _first("o.chat = former.chat AND o.account = former.account AND o.priority > former.priority")
},
        {_first("o.chat = former.chat AND o.account > former.account")},
        {_first("o.chat > former.chat")})
    FROM head JOIN outbox AS former ON former.id = head.id
)
SELECT priority, outbox.id, FALSE, not_before, chat, account
FROM head JOIN outbox ON outbox.id = head.id
UNION ALL
SELECT priority, id, TRUE, not_before, chat, account
FROM outbox AS o INDEXED BY outbox_slot
WHERE state = 'waiting' AND slot <> '' AND platform = ?1 AND {EDITS}
"""  # noqa: S608
"""Of each conversation the first message at each priority, and all that edit one."""


LOAD_WAITING = """
SELECT platform, chat, account, member, priority, slot, quotes, reply, created_at, not_before,
       topic, via
FROM outbox WHERE state = 'waiting' AND platform = ? AND chat = ? AND account = ? AND slot = ?
"""
SAVE_WAITING = """
INSERT INTO outbox (platform, chat, account, member, priority, slot, quotes, reply, created_at,
                    not_before, topic, via, state, attempts, leased_to, error)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,'waiting',0,0,'')
ON CONFLICT (platform, chat, account, slot) WHERE state = 'waiting' AND slot <> ''
DO UPDATE SET reply = excluded.reply, priority = excluded.priority,
              not_before = excluded.not_before, attempts = 0
"""


def can_join(reply: Reply) -> bool:
    """Whether it may be said in one message with others: a short answer to who acted, no more."""
    if len(reply.text) > JOINED_LENGTH_MAX:
        return False
    plain = not (reply.choices or reply.slot or reply.attachment or reply.pictures or reply.live)
    return reply.to == "actor" and plain and not reply.invitation


def _conversation(message: Message) -> Conversation:
    return (message.platform, message.chat, message.account)


class SqliteOutbox:
    def __init__(self, session: Session, people: SqlitePeople) -> None:
        self._session = session
        self._people = people
        self._new = Table(session, LOAD_WAITING, SAVE_WAITING, lasting=False)
        self._serial = count()

    async def put(
        self,
        platform: str,
        chat: str,
        account: str,
        reply: Reply,
        *,
        quotes: str = "",
        not_before: Millis = 0,
        member: str = "",
        topic: str = "",
        via: str = "",
    ) -> None:
        if chat and self._people.is_gone(platform, chat):
            return
        text, now = pack_reply(reply), self._session.now
        key: tuple[object, ...] = (platform, chat, account, reply.slot)
        waiting = self._new.get(key) if reply.slot else None
        if waiting is not None:
            priority = min(int(reply.priority), waiting[4])
            soonest = min(not_before, waiting[9])
            row = (*waiting[:4], priority, *waiting[5:7], text, waiting[8], soonest)
            row += waiting[10:]
        else:
            row = (platform, chat, account, member, int(reply.priority), reply.slot, quotes)
            row += (text, now, not_before, topic, via)
        if row != waiting:
            self._new.set(key if reply.slot else (next(self._serial),), row)

    async def lease(
        self,
        platforms: Sequence[str],
        busy: Collection[Conversation],
        limit: int,
        only: Mapping[Conversation, Priority] | None = None,
        least: Priority = Priority.CHATTER,
        *,
        edits: bool = True,
    ) -> Sequence[Message]:
        await self._take_back(self._session.now)
        messages: list[Message] = []
        taken = set(busy)
        ready = [each for name in platforms for each in self._ready(name, taken, only, edits)]
        for urgency, number, conversation in sorted(ready):
            if len(messages) >= limit or urgency > least:
                break
            if conversation not in taken:
                taken.add(conversation)
                messages.append(self._take(number))
        return messages

    def _ready(
        self,
        platform: str,
        busy: Collection[Conversation],
        only: Mapping[Conversation, Priority] | None,
        can_edit: bool,
    ) -> Iterator[tuple[int, int, Conversation]]:
        """How urgent each message is that may go now, its number, and where it goes."""
        now, is_paced, limited = self._session.now, only is not None, only or {}
        for priority, number, changes, not_before, chat, account in self._session.all(
            HEADS, (platform,)
        ):
            conversation, edits = (platform, chat, account), changes and can_edit
            if not_before > now or conversation in busy:
                continue
            least = limited.get(conversation)
            if least is None or not (edits or priority > least):
                yield Priority.CHATTER if edits and is_paced else priority, number, conversation

    async def join(self, message: Message, limit: int) -> Sequence[Message]:
        if limit <= 0 or not can_join(message.reply):
            return ()
        rows = self._session.all(
            "SELECT id, reply, not_before FROM outbox AS o WHERE state = 'waiting'"  # noqa: S608
            " AND platform = ? AND chat = ? AND account = ? AND priority = ?"
            f" AND (slot = '' OR NOT {EDITS}) ORDER BY id LIMIT ?",
            (*_conversation(message), int(message.reply.priority), limit),
        )
        now = self._session.now
        joined = takewhile(lambda row: row[2] <= now and can_join(unpack_reply(row[1])), rows)
        return [self._take(number) for number, _, _ in joined]

    def _take(self, number: int) -> Message:
        row = self._session.write_one(
            "UPDATE outbox SET state = 'leased', leased_to = ?, attempts = attempts + 1"  # noqa: S608
            f" WHERE id = ? RETURNING {MESSAGE}",
            (self._session.now + LEASE, number),
        )
        if row is None:
            raise Fault(f"message {number} went away while it was taken")
        return self._message(row)

    def _message(self, row: Row) -> Message:
        number, platform, chat, account, reply, quotes, attempts, created_at, not_before = row[:9]
        edits = stage = ""
        if row[10]:
            slot = self._session.one(
                "SELECT message, stage FROM slot WHERE platform = ? AND chat = ? AND account = ?"
                " AND slot = ?",
                (platform, chat, account, row[10]),
            )
            edits, stage = slot or ("", "")
        reply = unpack_reply(reply)
        return Message(
            number,
            platform,
            chat,
            account,
            reply,
            quotes,
            edits,
            attempts,
            created_at,
            not_before,
            row[11],
            row[12],
            stage=stage,
        )

    async def sent(
        self, message: int, platform_id: str, *, stage: str = "", counted: int = 0
    ) -> None:
        now = self._session.now
        row = self._session.write_one(
            "UPDATE outbox SET state = 'sent', reply = '', error = '', message = ?, sent_at = ?,"
            " counted = ? WHERE id = ? RETURNING platform, chat, account, slot",
            (platform_id, now, counted, message),
        )
        if row is not None and row[3] and platform_id:
            self._session.write(
                "INSERT INTO slot (platform, chat, account, slot, message, at, stage)"
                " VALUES (?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET message = excluded.message,"
                " at = excluded.at, stage = excluded.stage",
                (*row, platform_id, now, stage),
            )

    async def sent_since(self, platform: str, since: Millis) -> Sequence[Millis]:
        sql = (
            "SELECT sent_at, counted FROM outbox"
            " WHERE platform = ? AND sent_at >= ? AND counted > 0 ORDER BY sent_at"
        )
        return [at for at, each in self._session.all(sql, (platform, since)) for _ in range(each)]

    async def retry(
        self, message: int, not_before: Millis, error: str, *, is_attempt: bool = True
    ) -> None:
        try:
            self._session.write(
                "UPDATE outbox SET state = 'waiting', not_before = ?, error = ?,"
                " attempts = attempts - ? WHERE id = ?",
                (not_before, error, not is_attempt, message),
            )
        except sqlite3.IntegrityError:
            # A newer text for the same slot waits already: this one is out of date.
            await self.sent(message, "")

    async def bury(self, message: int, error: str) -> None:
        self._session.write(
            "UPDATE outbox SET state = 'dead', error = ? WHERE id = ?", (error, message)
        )

    async def is_ours(self, platform: str, chat: str, message: str) -> bool:
        key = (platform, chat, message)
        sql = "SELECT 1 FROM outbox WHERE platform = ? AND chat = ? AND message = ? LIMIT 1"
        return bool(message) and self._session.one(sql, key) is not None

    async def hold(self, message: int) -> None:
        self._session.write("UPDATE outbox SET state = 'held' WHERE id = ?", (message,))

    async def release(self, platform: str, account: str) -> None:
        key = (platform, account)
        held = "platform = ? AND chat = '' AND account = ? AND state = 'held'"
        if self._session.one(f"SELECT 1 FROM outbox WHERE {held}", key) is None:  # noqa: S608
            return
        # What follows something that was held is newer, and takes its place.
        self._session.write(
            f"UPDATE OR IGNORE outbox SET state = 'waiting', not_before = 0 WHERE {held}",  # noqa: S608
            key,
        )
        self._session.write(f"DELETE FROM outbox WHERE {held}", key)  # noqa: S608

    async def drop_chat(self, platform: str, chat: str) -> None:
        self._session.write(
            "DELETE FROM outbox WHERE platform = ? AND chat = ? AND state IN ('waiting', 'leased')",
            (platform, chat),
        )

    async def put_says(self, key: str, says: str) -> None:
        self._session.write(
            "INSERT INTO says (key, says, at) VALUES (?,?,?)"
            " ON CONFLICT DO UPDATE SET at = excluded.at",
            (key, says, self._session.now),
        )

    async def says(self, key: str) -> str:
        row = self._session.peek("SELECT says FROM says WHERE key = ?", (key,))
        return str(row[0]) if row else ""

    async def next_at(self) -> Millis | None:
        row = self._session.one(
            "SELECT min(CASE state WHEN 'leased' THEN leased_to ELSE not_before END) FROM outbox"
            " WHERE state IN ('waiting', 'leased')"
        )
        return row[0] if row else None

    async def free(self) -> int:
        return await self._take_back(self._session.now + LEASE + 1)

    async def _take_back(self, expired: Millis) -> int:
        """Let leases that ended before then go: what may be said twice waits again."""
        rows = self._session.all(
            "SELECT id, priority FROM outbox WHERE state = 'leased' AND leased_to < ?", (expired,)
        )
        for number, priority in rows:
            if priority == Priority.CHATTER:
                await self.sent(number, "")
            else:
                await self.retry(number, 0, "lease ended")
        return len(rows)

    async def counts(self) -> dict[str, int]:
        found: dict[str, int] = dict(
            self._session.all("SELECT state, count(*) FROM outbox GROUP BY state")
        )
        return {state.value: int(found.get(state.value, 0)) for state in MessageState}

    async def prune(self, before: Millis) -> int:
        # A slot outlives its messages: an envelope may end a day after it was announced.
        self._session.write(
            "DELETE FROM slot WHERE (platform, chat, account, slot) IN (SELECT platform, chat,"
            " account, slot FROM slot WHERE at < ? LIMIT ?)",
            (before, PRUNED_AT_ONCE),
        )
        offered_before = max(before, self._session.now - OFFERED)
        for table, key, old in (
            ("says", "key", before),
            ("star", "platform, chat, message, member", before),
            ("offer", "platform, chat, origin, number", offered_before),
        ):
            self._session.write(
                f"DELETE FROM {table} WHERE ({key}) IN"  # noqa: S608
                f" (SELECT {key} FROM {table} WHERE at < ? LIMIT ?)",
                (old, PRUNED_AT_ONCE),
            )
        return self._session.write(
            "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox"
            " WHERE state IN ('sent', 'dead', 'held')"
            " AND created_at < ? LIMIT ?)",
            (before, PRUNED_AT_ONCE),
        )
