"""All that is kept of a person, and how it is dropped."""

import json
from collections.abc import Sequence
from dataclasses import replace

from storage.model import Account, Personal, Vehicle
from storage.packing import pack_terms, pack_text, unpack_terms
from storage.sqlite import draws, gone
from storage.sqlite.session import Session
from storage.sqlite.shares import COLUMNS, share_of
from storage.sqlite.wiping import NOTE

SHARES_MAX = 10_000


class SqlitePrivacy:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def clubs(self, member: str) -> Sequence[str]:
        rows = self._session.all("SELECT club FROM member WHERE id = ?", (member,))
        return [row[0] for row in rows]

    async def personal(self, member: str) -> Personal:
        every, one = self._session.all, (member,)
        shares = every(
            f"SELECT club, {COLUMNS} FROM share WHERE author = ? AND deleted = 0"  # noqa: S608
            " ORDER BY club, number LIMIT ?",
            (member, SHARES_MAX),
        )
        balances = {}
        for club in await self.clubs(member):
            row = self._session.one(
                "SELECT posted FROM balance WHERE club = ? AND account = ?",
                (club, f"member:{member}"),
            )
            balances[club] = row[0] if row else 0
        known = every("SELECT club, name, city, labels, car FROM member WHERE id = ?", one)
        return Personal(
            member,
            await self._accounts(member),
            {club: name for club, name, *_ in known},
            tuple(
                Vehicle(*row)
                for row in every(
                    "SELECT number, series, added_at FROM vehicle WHERE member = ? ORDER BY number",
                    one,
                )
            ),
            tuple((row[0], share_of(row[1:])) for row in shares),
            balances,
            {club: city for club, _, city, _, _ in known if city},
            {club: tuple(json.loads(labels)) for club, _, _, labels, _ in known if labels != "[]"},
            {club: car for club, _, _, _, car in known if car},
            tuple(self._former_names(member)),
        )

    async def forget(self, member: str) -> None:
        """The salted hash of a share's words stays, so that nobody is paid for them again."""
        write = self._session.write
        self._session.forget_rows()
        self._session.forgotten = True
        write(NOTE)
        write(
            "UPDATE share SET text = '', car = '', km = NULL, price_yuan = NULL, place = '',"
            " date = '', figure = NULL, unit = '', media = '[]', chat = '', message = '',"
            " deleted = 1 WHERE author = ?",
            (member,),
        )
        write(
            "UPDATE seen SET answer = '' WHERE member = ?1"
            " OR member IN (SELECT former FROM joined WHERE member = ?1)",
            (member,),
        )
        for name in self._names(member):
            # Others' answers may speak of them, and so may messages that nobody took.
            written = pack_text(name)
            write("UPDATE seen SET answer = '' WHERE instr(answer, ?) > 0", (written,))
            write("DELETE FROM outbox WHERE state = 'dead' AND instr(reply, ?) > 0", (written,))
            write(
                "DELETE FROM offer WHERE ?1 <> ''"
                " AND (instr(says, ?1) > 0 OR instr(label, ?1) > 0)",
                (name,),
            )
        write(
            "DELETE FROM outbox WHERE member = ?1 OR (platform, account) IN"
            " (SELECT platform, id FROM account WHERE member = ?1)",
            (member,),
        )
        write(
            "DELETE FROM slot WHERE account <> '' AND (platform, account) IN"
            " (SELECT platform, id FROM account WHERE member = ?)",
            (member,),
        )
        write(
            "DELETE FROM offer WHERE (platform, chat) IN"
            " (SELECT platform, id FROM account WHERE member = ?)",
            (member,),
        )
        for account in await self._accounts(member):
            gone.note(self._session, "account", account.platform, account.id)
            write(
                "DELETE FROM cue WHERE platform = ? AND account = ?",
                (account.platform, account.id),
            )
        write("DELETE FROM standing_order WHERE leader = ?", (member,))
        self._forget_keys(member)
        self._leave_draws(member)
        write("DELETE FROM star WHERE member = ?", (member,))
        write("DELETE FROM vehicle WHERE member = ?", (member,))
        write("DELETE FROM account WHERE member = ?", (member,))
        write("DELETE FROM member WHERE id = ?", (member,))
        write("DELETE FROM last_club WHERE member = ?", (member,))
        write("DELETE FROM code WHERE owner = ?", (member,))
        write("DELETE FROM joined WHERE member = ?", (member,))

    def _names(self, member: str) -> list[str]:
        """All they are or were called."""
        rows = self._session.all("SELECT DISTINCT name FROM member WHERE id = ?", (member,))
        return list(dict.fromkeys([name for (name,) in rows] + self._former_names(member)))

    def _former_names(self, member: str) -> list[str]:
        rows = self._session.all("SELECT names FROM joined WHERE member = ?", (member,))
        return [name for (names,) in rows for name in json.loads(names)]

    def _forget_keys(self, member: str) -> None:
        """What they had others say for envelopes that are over."""
        for club, number, text in self._session.all(
            "SELECT club, number, terms FROM envelope"
            " WHERE (sender = ?1 OR sender IN (SELECT former FROM joined WHERE member = ?1))"
            " AND terms <> '' AND state <> 'open'",
            (member,),
        ):
            terms = replace(unpack_terms(text), key="")
            self._session.write(
                "UPDATE envelope SET terms = ? WHERE club = ? AND number = ?",
                (pack_terms(terms), club, number),
            )

    def _leave_draws(self, member: str) -> None:
        """Nobody would get what somebody forgotten wins; whoever entered later moves up."""
        for club, number, place in self._session.all(draws.OPEN, (member,)):
            draws.leave(self._session, club, number, place)

    async def is_forgotten(self, account: Account) -> bool:
        return gone.is_noted(self._session, "account", account.platform, account.id)

    async def _accounts(self, member: str) -> tuple[Account, ...]:
        rows = self._session.all("SELECT platform, id FROM account WHERE member = ?", (member,))
        return tuple(Account(*row) for row in rows)
