"""What must have come of it all, reckoned from what the members did and were told.

Every deed has its effect exactly once, in the books and in the points of everybody, unless it was
refused in plain words; every answer about money was said where it was asked for.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from tests.end_to_end.killed.books import Books, KeptEnvelope
from tests.end_to_end.killed.deeds import Deeds, Gift, Grab, Offer, Recall, Share
from tests.end_to_end.killed.heard import Heard, Said
from tests.end_to_end.killed.traffic import points
from tests.support.telegram import BotApi

TOO_FAST = "说得太快了"
TOO_POOR = "积分不够"
FAILED = ("没法保存", "出了点问题", "没来得及处理")
WELCOME = "欢迎新车友"
TOGETHER_MS = 10 * 60 * 1000
"""Who comes within this time is greeted with one message."""
KEPT_SHARE = re.compile(r"收好 #(\d+) .*?(?:，\+(\d+) 分)?。", re.DOTALL)


@dataclass
class Reckoning:
    """Run once, when all is quiet. `wrong` is what must be empty."""

    api: BotApi
    deeds: Deeds
    heard: Heard
    books: Books
    wrong: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    """How many effects of each kind were looked for."""
    refused: Counter[str] = field(default_factory=Counter)
    points: Counter[tuple[int, int]] = field(default_factory=Counter)
    """What everybody should have, by group and person."""

    def judge(self) -> None:
        self.heard.listen()
        self._clubs()
        for share in self.deeds.shares:
            self._share(share)
        for offer in self.deeds.offers:
            self._offer(offer)
        for gift in self.deeds.gifts:
            self._gift(gift)
        self._nothing_else()
        self._taps()
        self._balances()
        self._welcomes()
        self._silence()

    def _must(self, holds: object, what: str) -> None:
        if not holds:
            self.wrong.append(what)

    # Clubs and people

    def _clubs(self) -> None:
        self._must(self.books.clubs == len(self.deeds.founded), f"{self.books.clubs} clubs")
        for group in self.deeds.founded:
            self.checked["clubs"] += 1
            told = self.heard.with_words(group.chat, "建好了")
            self._must(told, f"{group.chat} was not told that it is a club")
        for arrival in self.deeds.arrivals:
            self.checked["arrivals"] += 1
            known = self.books.accounts[arrival.who.id]
            self._must(known == 1, f"{arrival.who} came and is known {known} times")

    # Shares

    def _share(self, share: Share) -> None:
        self.checked["shares"] += 1
        answers = self.heard.answers(*share.said)
        matches = [KEPT_SHARE.match(answer) for answer in answers]
        kept = {(match[1], match[2]) for match in matches if match is not None}
        rows = [
            row
            for message in share.said
            for row in self.books.shares.pop((message.chat.id, message.id), [])
        ]
        self._must(answers, f"nobody answered {share.said}")
        if not kept:
            self._refused(answers, f"{share.said}")
            self._must(not rows or self._is_too_fast(answers), f"{share.said} refused, yet kept")
            return
        self._must(len(kept) == 1, f"{share.said} was answered differently: {answers}")
        self._must(len(rows) == 1, f"{share.said} was kept {len(rows)} times")
        for row in rows:
            self.checked["edits"] += share.edits
            self._must(row.author == self.books.member(share.who.id), f"{share.said}: whose?")
            self._must(row.text == share.words, f"{share.words!r} is kept as {row.text!r}")
            self._must(row.version == 1 + share.edits, f"{share.said} in version {row.version}")
            whole = row.pictures == share.pictures
            self._must(whole, f"{share.said}: {row.pictures} pictures")
        [(_, paid), *_] = kept
        self.points[share.group.chat.id, share.who.id] += int(paid or 0)

    # Envelopes

    def _offer(self, offer: Offer) -> None:
        self.checked["envelopes"] += 1
        chat = offer.group.chat
        rows = self.books.envelopes.pop((chat.id, offer.from_pool, offer.total), [])
        shown = [each for each in self.heard.said if is_about(offer, each.chat, each.text)]
        answers = self.heard.answers(offer.said)
        if not shown:
            self._refused(answers, f"the envelope of {offer.said}")
            self._must(not rows or self._is_too_fast(answers), f"{offer.said} refused, yet kept")
            return
        self._must(len(rows) == 1, f"the envelope of {offer.said} exists {len(rows)} times")
        for row in rows:
            offer.number = row.number
            self._must(row.sender == self.books.member(offer.who.id), f"{offer.said}: whose?")
            self._must(
                {str(each.topic or "") for each in shown} == {row.topic},
                f"envelope {row.number} stands in the wrong topic",
            )
            self._pieces(offer, row)
            self._recalls(offer, row)
            self._final_words(offer, row, shown[-1].message)

    def _pieces(self, offer: Offer, row: KeptEnvelope) -> None:
        group, name = offer.group.chat.id, f"envelope {row.number} of {offer.group.chat}"
        pieces = self.books.pieces[group, row.number]
        taken = [(who, amount) for who, amount in pieces if who]
        grabs = [grab for grab in self.deeds.grabs if grab.offer is offer]
        self._must(sum(amount for _, amount in pieces) == offer.total, f"{name}: its sum")
        self._must(len(pieces) == offer.pieces == row.pieces, f"{name}: its pieces")
        self._must(len(dict(taken)) == len(taken), f"{name}: somebody has two pieces")
        for who, amount in taken:
            self.points[group, who] += amount
        takers = dict(taken)
        for grab in grabs:
            self._grab(grab, takers, row)
        for who, amount in taken:
            self._must(self._was_told(who, amount, grabs), f"{name}: {who} never heard of {amount}")
        wanted = {grab.who.id for grab in grabs if not self._is_too_fast(self._told(grab))}
        self._must(takers.keys() <= {grab.who.id for grab in grabs}, f"{name}: who is that?")
        if row.state == "cancelled":
            self._must(not taken, f"{name} was called back and has takers")
        elif len(taken) < offer.pieces:
            self._must(wanted <= takers.keys(), f"{name}: a grab was lost")
            self._must(row.state == "open", f"{name} is {row.state}")
        else:
            self._must(row.state == "empty", f"{name} is {row.state}")
        self._escrow(offer, row, taken)

    def _grab(self, grab: Grab, takers: dict[int, int], row: KeptEnvelope) -> None:
        """Who was told of a piece has it; who has one, and said so in words, was told."""
        self.checked["grabs"] += 1
        told = self._told(grab)
        for amount in {points(each) for each in told} - {0}:
            self._must(takers.get(grab.who.id) == amount, f"{grab.who} has not got {amount}")
        self._must(told, f"{grab.who} grabbing {row.number} was not answered")
        if self._is_too_fast(told):
            self.refused[TOO_FAST] += 1
        for each in told:
            self._must(not any(word in each for word in FAILED), f"{grab.who} was told {each!r}")

    def _was_told(self, who: int, amount: int, grabs: list[Grab]) -> bool:
        """In a toast or an answer; when it took long, in a message of its own."""
        mine = [grab for grab in grabs if grab.who.id == who]
        told = [text for grab in mine for text in self._told(grab)]
        told += [each.text for grab in mine for each in self._later(grab)]
        return any(f"抢到 {amount} 分" in text or f"得了 {amount} 分" in text for text in told)

    def _later(self, grab: Grab) -> list[Said]:
        return self.heard.with_words(grab.offer.group.chat, f"{grab.who.name} 抢到")

    def _told(self, grab: Grab) -> list[str]:
        if grab.tap is not None:
            return [toast.text for toast in self.heard.to(grab.tap)]
        return self.heard.answers(grab.said) if grab.said is not None else []

    def _escrow(self, offer: Offer, row: KeptEnvelope, taken: list[tuple[int, int]]) -> None:
        group = offer.group.chat.id
        paid = sum(amount for _, amount in taken)
        left = offer.total - paid if row.state == "open" else 0
        held = self.books.balances.get((group, f"env:{row.number}"), 0)
        self._must(held == left, f"envelope {row.number} holds {held}, not {left}")
        if not offer.from_pool:
            self.points[group, offer.who.id] -= offer.total
        moves = [
            each
            for each in self.books.moves[group]
            if f"env:{row.number}" in (each.source, each.target)
        ]
        kinds = Counter(each.kind for each in moves)
        refunds = int(row.state == "cancelled")
        self._must(
            kinds == +Counter({"env.send": 1, "env.grab": len(taken), "env.refund": refunds}),
            f"envelope {row.number} in the journal: {kinds}",
        )
        if refunds and not offer.from_pool:
            self.points[group, offer.who.id] += offer.total

    def _recalls(self, offer: Offer, row: KeptEnvelope) -> None:
        for recall in (each for each in self.deeds.recalls if each.offer is offer):
            self.checked["recalls"] += 1
            self._recall(recall, row)

    def _recall(self, recall: Recall, row: KeptEnvelope) -> None:
        answers = self.heard.answers(recall.said)
        self._must(answers, f"nobody answered {recall.said}")
        if any("撤回了" in each for each in answers):
            self._must(row.state == "cancelled", f"{recall.said} was told, and not done")
        elif not self._is_too_fast(answers):
            said_why = ("已经有人领", "已经抢完")
            why = any(word in each for word in said_why for each in answers)
            self._must(why and row.state != "cancelled", f"{recall.said}: {answers}")

    def _final_words(self, offer: Offer, row: KeptEnvelope, message: int) -> None:
        """The newest of its messages tells how it stands."""
        self.checked["messages of envelopes"] += 1
        shown = offer.group.chat.find(message)
        text = shown.text if shown is not None else ""
        names = {who.id: who.name for who in self.deeds.people}
        pieces = self.books.pieces[offer.group.chat.id, row.number]
        taken = [(who, amount) for who, amount in pieces if who]
        if row.state == "open":
            paid = sum(amount for _, amount in taken)
            words = [f"已抢 {len(taken)}/{row.pieces} 个，共 {paid} 分"] if taken else [offer.words]
        elif row.state == "cancelled":
            words = [f"{row.number} 号红包撤回了"]
        else:
            words = [f"{row.number} 号红包抢完了"]
            words += [f"{names[who]} {amount} 分" for who, amount in taken]
        for each in words:
            self._must(each in text, f"envelope {row.number} does not say {each!r}: {text!r}")

    # Gifts

    def _gift(self, gift: Gift) -> None:
        self.checked["gifts"] += 1
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
            self._must(len(rows) == 1, f"{gift.words!r} stands {len(rows)} times in the journal")
            where = {each.chat for each in told}
            self._must(where == {gift.said.chat.id}, f"{gift.words!r} was told in {where}")
            self.points[group, gift.who.id] -= gift.points
            self.points[group, gift.to.id] += gift.points
        else:
            answers = self.heard.answers(gift.said)
            self._refused(answers, f"{gift.words!r}")
            self._must(not rows or self._is_too_fast(answers), f"{gift.words!r}: refused, yet done")

    # The rest

    def _nothing_else(self) -> None:
        """Whatever the books hold, somebody has asked for."""
        self._must(not self.books.shares, f"nobody shared {dict(self.books.shares)}")
        self._must(not self.books.envelopes, f"nobody sent {dict(self.books.envelopes)}")
        told = sum(
            any(each.text == gift.words for each in self.heard.said) for gift in self.deeds.gifts
        )
        kinds = Counter(each.kind for moves in self.books.moves.values() for each in moves)
        self._must(kinds["gift"] == told, f"{kinds['gift']} gifts instead of {told}")
        self._must(not self.books.outbox.get("dead"), f"given up: {self.books.outbox}")

    def _taps(self) -> None:
        """Each was answered: in time, or after the restart."""
        for tap in (grab.tap for grab in self.deeds.grabs if grab.tap is not None):
            self.checked["taps"] += 1
            toasts = self.heard.to(tap)
            self._must(toasts, f"{tap.user} pressing {tap.data!r} was never answered")
            self.refused["taps answered too late"] += tap.answer is None and bool(toasts)

    def _balances(self) -> None:
        for group in self.deeds.founded:
            for who in group.members:
                self.checked["balances"] += 1
                has = self.books.balances.get((group.chat.id, self.books.wallet(who.id)), 0)
                should = self.points[group.chat.id, who.id]
                self._must(has == should, f"{who} has {has} points in {group.chat}, not {should}")

    def _welcomes(self) -> None:
        """Once, for all who came together: chatter is never said twice."""
        for group in self.deeds.founded:
            came = [each.at for each in self.deeds.arrivals if each.group is group]
            if came:
                now = self.api.world.now() // TOGETHER_MS
                most = now - min(came) // TOGETHER_MS + 1
                told = len(self.heard.with_words(group.chat, WELCOME))
                self.checked["welcomes"] += told
                self._must(told <= most, f"{group.chat} was told {told} welcomes, not {most}")

    def _silence(self) -> None:
        self._must(not self.heard.answers(*self.deeds.talk), "ordinary talk was answered")

    def _refused(self, answers: list[str], what: str) -> None:
        """It must have been told why, and it must be a reason."""
        known = next((word for word in (TOO_FAST, TOO_POOR) if any(word in a for a in answers)), "")
        self._must(known, f"{what} was lost; answered: {answers}")
        self.refused[known] += 1

    def _is_too_fast(self, answers: list[str]) -> bool:
        """Who is told that may have been heard all the same, before a kill."""
        return any(TOO_FAST in each for each in answers)


def is_about(offer: Offer, chat: int, text: str) -> bool:
    """A message that shows this envelope, as it was first said."""
    if chat != offer.group.chat.id:
        return False
    return text.startswith(offer.words) or bool(
        offer.number and text.startswith((f"🧧 {offer.number} 号红包", f"🎲 {offer.number} 号"))
    )
