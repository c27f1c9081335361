"""What must have come of it all, reckoned from what the members did and were told.

Every deed has its effect exactly once, in the books and in the points of everybody, unless it was
refused in plain words; every answer about money was said where it was asked for.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from tests.end_to_end.killed.books import Books
from tests.end_to_end.killed.deeds import Deeds, Gift, Share
from tests.end_to_end.killed.envelopes import Envelopes
from tests.end_to_end.killed.heard import Heard
from tests.end_to_end.killed.verdict import Verdict
from tests.support.telegram import BotApi

WELCOME = "欢迎新车友"
TOGETHER_MS = 10 * 60 * 1000
"""Who comes within this time is greeted with one message."""
KEPT_SHARE = re.compile(r"收好 #(\d+) .*?(?:，\+(\d+) 分)?。", re.DOTALL)


@dataclass
class Reckoning:
    """Run once, when all is quiet."""

    api: BotApi
    deeds: Deeds
    heard: Heard
    books: Books
    verdict: Verdict = field(default_factory=Verdict)

    def judge(self) -> None:
        self.heard.listen()
        self._clubs()
        for share in self.deeds.shares:
            self._share(share)
        envelopes = Envelopes(self.deeds, self.heard, self.books, self.verdict)
        for offer in self.deeds.offers:
            envelopes.judge(offer)
        for gift in self.deeds.gifts:
            self._gift(gift)
        self._nothing_else()
        self._taps()
        self._balances()
        self._welcomes()
        self._silence()

    # Clubs and people

    def _clubs(self) -> None:
        self.verdict.must(self.books.clubs == len(self.deeds.founded), f"{self.books.clubs} clubs")
        for group in self.deeds.founded:
            self.verdict.checked["clubs"] += 1
            told = self.heard.with_words(group.chat, "建好了")
            self.verdict.must(told, f"{group.chat} was not told that it is a club")
        for arrival in self.deeds.arrivals:
            self.verdict.checked["arrivals"] += 1
            known = self.books.accounts[arrival.who.id]
            self.verdict.must(known == 1, f"{arrival.who} came and is known {known} times")

    # Shares

    def _share(self, share: Share) -> None:
        self.verdict.checked["shares"] += 1
        answers = self.heard.answers(*share.said)
        matches = [KEPT_SHARE.match(answer) for answer in answers]
        kept = {(match[1], match[2]) for match in matches if match is not None}
        rows = [
            row
            for message in share.said
            for row in self.books.shares.pop((message.chat.id, message.id), [])
        ]
        if not kept:
            self.verdict.refuse(answers, f"{share.said}", rows)
            return
        self.verdict.must(len(kept) == 1, f"{share.said} was answered differently: {answers}")
        self.verdict.must(len(rows) == 1, f"{share.said} was kept {len(rows)} times")
        for row in rows:
            self.verdict.checked["edits"] += share.edits
            self.verdict.must(
                row.author == self.books.member(share.who.id), f"{share.said}: whose?"
            )
            self.verdict.must(row.text == share.words, f"{share.words!r} is kept as {row.text!r}")
            self.verdict.must(
                row.version == 1 + share.edits, f"{share.said} in version {row.version}"
            )
            pictures = f"{share.said}: {row.pictures} pictures"
            self.verdict.must(row.pictures == share.pictures, pictures)
        [(_, paid), *_] = kept
        self.verdict.points[share.group.chat.id, share.who.id] += int(paid or 0)

    # Gifts

    def _gift(self, gift: Gift) -> None:
        self.verdict.checked["gifts"] += 1
        group = gift.group.chat.id
        source, target = self.books.wallet(gift.who.id), self.books.wallet(gift.to.id)
        rows = [
            each
            for each in self.books.moves[group]
            if (each.kind, each.source, each.target, each.points)
            == ("gift", source, target, gift.points)
        ]
        told = [each for each in self.heard.said if each.text == gift.words]
        if told:
            self.verdict.must(
                len(rows) == 1, f"{gift.words!r} stands {len(rows)} times in the journal"
            )
            where = {each.chat for each in told}
            self.verdict.must(where == {gift.said.chat.id}, f"{gift.words!r} was told in {where}")
            self.verdict.points[group, gift.who.id] -= gift.points
            self.verdict.points[group, gift.to.id] += gift.points
        else:
            answers = self.heard.answers(gift.said)
            self.verdict.refuse(answers, f"{gift.words!r}", rows)

    # The rest

    def _nothing_else(self) -> None:
        """Whatever the books hold, somebody has asked for."""
        self.verdict.must(not self.books.shares, f"nobody shared {dict(self.books.shares)}")
        self.verdict.must(not self.books.envelopes, f"nobody sent {dict(self.books.envelopes)}")
        told = sum(
            any(each.text == gift.words for each in self.heard.said) for gift in self.deeds.gifts
        )
        kinds = Counter(each.kind for moves in self.books.moves.values() for each in moves)
        self.verdict.must(kinds["gift"] == told, f"{kinds['gift']} gifts instead of {told}")
        self.verdict.must(not self.books.outbox.get("dead"), f"given up: {self.books.outbox}")

    def _taps(self) -> None:
        """Each was answered: in time, or after the restart."""
        for tap in (grab.tap for grab in self.deeds.grabs if grab.tap is not None):
            self.verdict.checked["taps"] += 1
            toasts = self.heard.to(tap)
            self.verdict.must(toasts, f"{tap.user} pressing {tap.data!r} was never answered")
            self.verdict.refused["taps answered too late"] += tap.answer is None and bool(toasts)

    def _balances(self) -> None:
        for group in self.deeds.founded:
            for who in group.members:
                self.verdict.checked["balances"] += 1
                has = self.books.balances.get((group.chat.id, self.books.wallet(who.id)), 0)
                should = self.verdict.points[group.chat.id, who.id]
                self.verdict.must(
                    has == should, f"{who} has {has} points in {group.chat}, not {should}"
                )

    def _welcomes(self) -> None:
        """Once, for all who came together: chatter is never said twice."""
        for group in self.deeds.founded:
            came = [each.at for each in self.deeds.arrivals if each.group is group]
            if came:
                now = self.api.world.now() // TOGETHER_MS
                most = now - min(came) // TOGETHER_MS + 1
                told = len(self.heard.with_words(group.chat, WELCOME))
                self.verdict.checked["welcomes"] += told
                self.verdict.must(
                    told <= most, f"{group.chat} was told {told} welcomes, not {most}"
                )

    def _silence(self) -> None:
        self.verdict.must(not self.heard.answers(*self.deeds.talk), "ordinary talk was answered")
