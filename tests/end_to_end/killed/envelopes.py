"""Envelopes: every one there once, every piece somebody's once, and its message tells the truth."""

from collections import Counter
from dataclasses import dataclass

from tests.end_to_end.killed.books import Books, KeptEnvelope
from tests.end_to_end.killed.deeds import Deeds, Grab, Offer, Recall
from tests.end_to_end.killed.heard import Heard, Said
from tests.end_to_end.killed.traffic import points
from tests.end_to_end.killed.verdict import TOO_FAST, Verdict, is_too_fast

FAILED = ("没法保存", "出了点问题", "没来得及处理")


@dataclass
class Envelopes:
    deeds: Deeds
    heard: Heard
    books: Books
    verdict: Verdict

    def judge(self, offer: Offer) -> None:
        self.verdict.checked["envelopes"] += 1
        chat = offer.group.chat
        rows = self.books.envelopes.pop((chat.id, offer.from_pool, offer.total), [])
        shown = [each for each in self.heard.said if is_about(offer, each.chat, each.text)]
        answers = self.heard.answers(offer.said)
        if not shown:
            self.verdict.refuse(answers, f"the envelope of {offer.said}", rows)
            return
        self.verdict.must(len(rows) == 1, f"the envelope of {offer.said} exists {len(rows)} times")
        for row in rows:
            offer.number = row.number
            self.verdict.must(
                row.sender == self.books.member(offer.who.id), f"{offer.said}: whose?"
            )
            self.verdict.must(
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
        self.verdict.must(sum(amount for _, amount in pieces) == offer.total, f"{name}: its sum")
        self.verdict.must(len(pieces) == offer.pieces == row.pieces, f"{name}: its pieces")
        self.verdict.must(len(dict(taken)) == len(taken), f"{name}: somebody has two pieces")
        for who, amount in taken:
            self.verdict.points[group, who] += amount
        takers = dict(taken)
        for grab in grabs:
            self._grab(grab, takers, row)
        for who, amount in taken:
            self.verdict.must(
                self._was_told(who, amount, grabs), f"{name}: {who} never heard of {amount}"
            )
        wanted = {grab.who.id for grab in grabs if not is_too_fast(self._told(grab))}
        self.verdict.must(takers.keys() <= {grab.who.id for grab in grabs}, f"{name}: who is that?")
        if row.state == "cancelled":
            self.verdict.must(not taken, f"{name} was called back and has takers")
        elif len(taken) < offer.pieces:
            self.verdict.must(wanted <= takers.keys(), f"{name}: a grab was lost")
            self.verdict.must(row.state == "open", f"{name} is {row.state}")
        else:
            self.verdict.must(row.state == "empty", f"{name} is {row.state}")
        self._escrow(offer, row, taken)

    def _grab(self, grab: Grab, takers: dict[int, int], row: KeptEnvelope) -> None:
        """Who was told of a piece has it; who has one, and said so in words, was told."""
        self.verdict.checked["grabs"] += 1
        told = self._told(grab)
        for amount in {points(each) for each in told} - {0}:
            self.verdict.must(takers.get(grab.who.id) == amount, f"{grab.who} has not got {amount}")
        self.verdict.must(told, f"{grab.who} grabbing {row.number} was not answered")
        if is_too_fast(told):
            self.verdict.refused[TOO_FAST] += 1
        for each in told:
            self.verdict.must(
                not any(word in each for word in FAILED), f"{grab.who} was told {each!r}"
            )

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
        self.verdict.must(held == left, f"envelope {row.number} holds {held}, not {left}")
        if not offer.from_pool:
            self.verdict.points[group, offer.who.id] -= offer.total
        moves = [
            each
            for each in self.books.moves[group]
            if f"env:{row.number}" in (each.source, each.target)
        ]
        kinds = Counter(each.kind for each in moves)
        refunds = int(row.state == "cancelled")
        self.verdict.must(
            kinds == +Counter({"env.send": 1, "env.grab": len(taken), "env.refund": refunds}),
            f"envelope {row.number} in the journal: {kinds}",
        )
        if refunds and not offer.from_pool:
            self.verdict.points[group, offer.who.id] += offer.total

    def _recalls(self, offer: Offer, row: KeptEnvelope) -> None:
        for recall in (each for each in self.deeds.recalls if each.offer is offer):
            self.verdict.checked["recalls"] += 1
            self._recall(recall, row)

    def _recall(self, recall: Recall, row: KeptEnvelope) -> None:
        answers = self.heard.answers(recall.said)
        self.verdict.must(answers, f"nobody answered {recall.said}")
        if any("撤回了" in each for each in answers):
            self.verdict.must(row.state == "cancelled", f"{recall.said} was told, and not done")
        elif not is_too_fast(answers):
            said_why = ("已经有人领", "已经抢完")
            why = any(word in each for word in said_why for each in answers)
            self.verdict.must(why and row.state != "cancelled", f"{recall.said}: {answers}")

    def _final_words(self, offer: Offer, row: KeptEnvelope, message: int) -> None:
        """The newest of its messages tells how it stands."""
        self.verdict.checked["messages of envelopes"] += 1
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
            self.verdict.must(
                each in text, f"envelope {row.number} does not say {each!r}: {text!r}"
            )


def is_about(offer: Offer, chat: int, text: str) -> bool:
    """A message that shows this envelope, as it was first said."""
    if chat != offer.group.chat.id:
        return False
    return text.startswith(offer.words) or bool(
        offer.number and text.startswith((f"🧧 {offer.number} 号红包", f"🎲 {offer.number} 号"))
    )
