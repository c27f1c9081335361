"""One club with a group on each of two platforms, and people who are on both."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from rewards import ledger
from rewards.published import published, unbooked, wrong
from storage.model import Account, Answer, Chat, Club, Entry, Member, Posting
from storage.sqlite import ledger as books
from storage.sqlite.audit import audit, kept_envelopes
from storage.sqlite.store import SqliteStore
from storage.store import Work
from tests.support.room import GROUP, PLATFORM, Heard, Room

FAR = "far"
FAR_GROUP = "far-group"


class TwoGroups:
    """The room is the group near by; `far` things happen in the other one. Who is meant is an
    account's id, the same name may be on both sides."""

    def __init__(self, room: Room) -> None:
        self.room = room

    @property
    def path(self) -> Path:
        assert isinstance(self.room.store, SqliteStore)
        return self.room.store.path

    async def open(self) -> None:
        async def unit(work: Work) -> None:
            chat = await work.people.chat(PLATFORM, GROUP)
            assert chat is not None
            await work.people.put_chat(Chat(FAR, FAR_GROUP, chat.club))

        await self.room.store.unit(unit)

    async def answer(self, name: str, text: str, *, far: bool = False, **more: Any) -> Answer:
        if far:
            more = {"platform": FAR, **more}
            if not more.get("private"):
                more.setdefault("chat", FAR_GROUP)
        return await self.room.answer(name, text, **more)

    async def say(self, name: str, text: str, **more: Any) -> list[Heard]:
        """What is then read on both platforms."""
        await self.answer(name, text, **more)
        return await self.read()

    async def told(self, name: str, text: str, **more: Any) -> str:
        """What who speaks in private is told."""
        heard = await self.say(name, text, private=True, **more)
        return "\n".join(each.text for each in heard if each.to == name)

    async def read(self) -> list[Heard]:
        heard = []

        async def lease(work: Work) -> list[Any]:
            return list(await work.outbox.lease((PLATFORM, FAR), (), 100))

        while messages := await self.room.store.unit(lease):
            heard += [await self.room._send(message) for message in messages]
        return heard

    async def code(self, name: str, **more: Any) -> str:
        return (await self.told(name, "账号码", **more)).split("：")[1].split("\n")[0]

    async def join(self, kept: str, other: str, *, far: bool = True, near: bool = True) -> str:
        """Make the other account the kept one's; what is said at the end. The kept one is near."""
        code = await self.code(kept, far=not near)
        await self.told(other, f"合并账号 {code}", far=far)
        return await self.told(other, f"确认合并 {code}", far=far)

    async def give(self, name: str, points: int, *, far: bool = False) -> None:
        """Points out of nothing, as only tests can give them."""
        await self.answer(name, "积分", far=far)
        await self.read()
        member = await self.person(name, far=far)

        async def unit(work: Work) -> None:
            await self.room._enter(work)
            seq, _ = await work.ledger.head()
            await work.ledger.post(
                Posting(f"test:{seq}", "mint", "issue:test", ledger.wallet(member), points, "test")
            )

        await self.room.store.unit(unit)

    async def person(self, name: str, *, far: bool = False) -> str:
        account = Account(FAR if far else PLATFORM, name)
        found = await self.room.store.read(lambda work: work.people.person(account))
        assert found is not None, f"nobody knows {account}"
        return found

    async def member(self, name: str, *, far: bool = False) -> Member:
        person = await self.person(name, far=far)
        member = await self.look(lambda work: work.people.member(person))
        assert isinstance(member, Member)
        return member

    async def balance(self, account: str) -> tuple[int, int]:
        found = await self.look(lambda work: work.ledger.balance(account))
        return found.posted, found.held

    async def look(self, look: Any) -> Any:
        async def within(work: Work) -> Any:
            await self.room._enter(work)
            return await look(work)

        return await self.room.store.read(within)

    async def postings(self) -> list[Posting]:
        """The whole journal."""
        return [entry.posting for entry in journal(self.path)]

    async def found_another_club(self, near: str, far: str) -> Club:
        """Both are members of a second club, too."""
        club = Club("second", "二会", "zh", "Asia/Shanghai", 0)

        async def unit(work: Work) -> None:
            await work.people.found(club)
            for name, is_far in ((near, False), (far, True)):
                account = Account(FAR if is_far else PLATFORM, name)
                person = await work.people.person(account)
                assert person is not None
                await work.people.put_member(Member(person, name, joined_at=work.now))

        await self.room.store.unit(unit)
        return club


def journal(path: Path) -> list[Entry]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f"SELECT {books.COLUMNS} FROM journal ORDER BY club, seq")
        return [books.entry_of(row) for row in rows]


def wrong_in(path: Path) -> list[str]:
    """All that audit and verify have to say against a file."""
    found = [report.wrong for report in audit(path) if report.wrong]
    for kept in kept_envelopes(path):
        told = published(kept.club, kept.envelope, kept.pieces, kept.entrants)
        found.append(wrong(told))
        found.append(unbooked(kept.club, kept.envelope, kept.pieces, kept.entrants, kept.postings))
    return [each for each in found if each]
