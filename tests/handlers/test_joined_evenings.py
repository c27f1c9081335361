"""Evenings of people who are on both platforms, joined at random moments, from a seed.

Whatever they do meanwhile, and however often it is delivered: points are neither made nor lost,
the books are right, and in the end each person has at most one piece of an envelope.
"""

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest

from rewards import ledger
from storage.audit import Books, fold
from storage.model import DAY, HOUR, MINUTE, Account, Role
from tests.support.platforms import FAR, TwoGroups, journal, wrong_in
from tests.support.room import PLATFORM

STEPS = 100
PEOPLE = ("甲", "乙", "丙", "丁")
ENVELOPES = (
    "红包 {} 3 全部群",
    "红包 {} 6 刺激 全部群",
    "红包 {} 2 均分",
    "公费红包 {} 4 全部群",
    "红包 {} 2 摇号60秒 全部群",
    "红包 {} 3 新人1 摇号30秒 全部群",
)
DEEDS = {
    "send": 5, "grab": 12, "crowd": 5, "give": 3, "donate": 8, "share": 3, "wait": 3, "join": 1,
    "again": 3,
}  # fmt: skip


@dataclass(frozen=True)
class Who:
    person: str
    name: str
    far: bool


ACCOUNTS = [
    Who(person, f"{person}{number}", number != 1) for person in PEOPLE for number in (1, 2, 3)
]


class Evening:
    def __init__(self, club: TwoGroups, seed: int) -> None:
        self.club = club
        self.dice = random.Random(seed)
        self.sent = 0
        self.numbers = 0
        self.repeats: list[tuple[Who, str, dict[str, Any]]] = []

    async def say(self, who: Who, text: str, *, private: bool = False) -> None:
        """Delivered once, or several times, at once or much later."""
        self.numbers += 1
        said: dict[str, Any] = {"event_id": f"e{self.numbers}", "far": who.far, "private": private}
        times = self.dice.choice((1, 1, 1, 2, 3))
        await asyncio.gather(*(self.club.answer(who.name, text, **said) for _ in range(times)))
        if self.dice.random() < 0.3:
            self.repeats.append((who, text, said))

    async def step(self) -> None:
        dice, who = self.dice, self.dice.choice(ACCOUNTS)
        deed = dice.choices(tuple(DEEDS), tuple(DEEDS.values()))[0]
        if deed == "send":
            await self.say(who, dice.choice(ENVELOPES).format(dice.randint(6, 60)))
            kinds = [each.posting.kind for each in journal(self.club.path)]
            self.sent = kinds.count("env.send")
        elif deed == "grab":
            await self.say(who, f"抢 {self.envelope()}")
        elif deed == "crowd":
            await self.crowd()
        elif deed == "give":
            await self.say(who, f"送分 {dice.choice(ACCOUNTS).name} {dice.randint(1, 40)}")
        elif deed == "donate":
            person = await self.club.person(who.name, far=who.far)
            all_of_it, _ = await self.club.balance(ledger.wallet(person))
            await self.say(who, f"捐分 {all_of_it or 5}")
        elif deed == "share":
            await self.say(who, f"#油耗 轩逸 百公里{dice.randint(50, 99) / 10}升 开了2万公里")
        elif deed == "wait":
            self.club.room.clock.move(dice.choice((MINUTE, MINUTE, HOUR, DAY)))
            await self.club.room.sweeper.sweep()
        elif deed == "join":
            await self.join(
                *dice.sample([each for each in ACCOUNTS if each.person == who.person], 2)
            )
        elif self.repeats:
            again, text, said = dice.choice(self.repeats)
            before = len(journal(self.club.path))
            answer = await self.club.answer(again.name, text, **said)
            assert answer.repeated
            assert len(journal(self.club.path)) == before

    def envelope(self) -> int:
        """Mostly a new one."""
        return max(self.sent - self.dice.choice((0, 0, 0, 1, 2)), 1)

    async def crowd(self) -> None:
        """Many at once, and two of them are joined in the middle of it."""
        number, dice = self.envelope(), self.dice
        takers = dice.sample(ACCOUNTS, 8)
        kept = dice.choice(takers)
        other = dice.choice([each for each in ACCOUNTS if each.person == kept.person])
        code = await self.code(kept)
        deeds = [self.say(each, f"抢 {number}") for each in takers]
        if dice.random() < 0.15:
            deeds.insert(4, self.say(other, f"确认合并 {code}", private=True))
        await asyncio.gather(*deeds)

    async def code(self, who: Who) -> str:
        await self.club.read()
        return await self.club.code(who.name, far=who.far)

    async def join(self, kept: Who, other: Who) -> None:
        code = await self.code(kept)
        await self.say(other, f"合并账号 {code}", private=True)
        await self.say(other, f"确认合并 {code}", private=True)

    async def check(self) -> None:
        """What holds at every moment."""
        path = self.club.path
        assert wrong_in(path) == []
        books = fold(Books("id0001"), journal(path))
        assert sum(balance.posted for balance in books.balances.values()) == 0
        for who in ACCOUNTS:
            person = await self.club.person(who.name, far=who.far)
            for former in await self.club.look(
                lambda work, person=person: work.joining.former(person)
            ):
                assert f"member:{former}" not in books.balances
                assert f"owed:{former}" not in books.balances
            owes = books.balance(ledger.owed(person)).posted
            has = books.balance(ledger.wallet(person)).posted
            assert owes == 0 or has == 0, "what is owed is repaid first"
        for number in range(1, self.sent + 1):
            pieces = await self.club.look(lambda work, n=number: work.envelopes.pieces(n))
            having = Counter(
                [
                    await self.club.look(lambda work, m=each.member: work.joining.survivor(m))
                    for each in pieces
                    if each.is_held
                ]
            )
            assert not having or max(having.values()) == 1


@pytest.fixture
async def club(room):
    club = TwoGroups(room)
    await club.open()
    for who in ACCOUNTS:
        await club.give(who.name, 80, far=who.far)
        await room.store.unit(lambda work, who=who: leads(club, work, who))
    return club


async def leads(club, work, who):
    """Everybody may send in all groups and spend of the pool."""
    await club.room._enter(work)
    person = await work.people.person(Account(FAR if who.far else PLATFORM, who.name))
    member = await work.people.member(person)
    await work.people.put_member(replace(member, role=Role.CO_LEADER))


@pytest.mark.parametrize("seed", range(24 if os.environ.get("CI") else 8))
async def test_an_evening_of_people_who_are_joined(club, seed):
    evening = Evening(club, seed)
    for number in range(STEPS):
        await evening.step()
        if number % 10 == 9:
            await evening.check()
    await evening.check()
    for person in PEOPLE:
        first, *others = [each for each in ACCOUNTS if each.person == person]
        for each in others:
            await evening.join(first, each)
    assert len({await club.person(each.name, far=each.far) for each in ACCOUNTS}) == len(PEOPLE)
    club.room.clock.move(DAY)
    await club.room.sweeper.sweep()
    await evening.check()
    books = fold(Books("id0001"), journal(club.path))
    assert not [account for account in books.balances if account.startswith("env:")]
    assert (await club.look(lambda work: work.people.count_members())) == len(PEOPLE) + 1
