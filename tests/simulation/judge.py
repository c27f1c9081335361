"""Compares what happened with what the model says must have: replies, messages, books, time."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from config.words import Words
from storage.model import Message, Millis
from storage.sqlite.audit import audit
from tests.simulation.books import No, Said
from tests.simulation.deeds import Deed
from tests.simulation.deliveries import NOTHING, Delivery, Kept, Todo
from tests.simulation.faults import Ran
from tests.simulation.model import Model
from tests.simulation.pictures import picture

LANGUAGE = "zh"
WORDS = Words()
HEAD = "SELECT seq, hash FROM journal WHERE club = ? ORDER BY seq DESC LIMIT 1"
BALANCES = "SELECT account, posted, held FROM balance WHERE club = ? AND (posted OR held)"


class Violation(Exception):  # noqa: N818
    """Something is not as it must be."""


class Judge:
    def __init__(self) -> None:
        self.model = Model()
        self.replies = 0
        """How many were compared."""
        self.messages = 0
        self._waiting: Counter[tuple[str, str]] = Counter()
        """What is to be read in which chat, and has not been yet."""
        self._read: dict[int, bool] = {}
        """Messages that were read; those that may be read once more are True."""
        self._answers: dict[str, Kept] = {}
        self._stale: set[tuple[int, str]] = set()
        """Envelopes whose message in a chat does not show yet how they stand."""
        self._newest: Millis = 0
        self._newest_kept: Millis = 0
        self._newest_clock: Millis = 0

    def coming(self, deed: Deed) -> Delivery:
        """A deed as things stand when it comes."""
        kept = self._answers.get(deed.id)
        return Delivery(deed, self.model.key_of(deed), kept is not None, kept or NOTHING)

    # Units

    def judge(self, ran: Sequence[Ran], clock: Millis) -> None:
        """Let the model do what was done, in the order in which it was."""
        self._newest_clock = max(self._newest_clock, clock)
        tried: set[object] = set()
        for unit in ran:
            if isinstance(unit.about, Delivery):
                self._judge_delivery(unit.about, unit)
            elif isinstance(unit.about, Todo):
                self._judge_due(unit, again=unit.about in tried)
                tried.add(unit.about)
            if unit.end in ("kept", "refused"):
                self._check_time(unit, clock)

    def _judge_delivery(self, delivery: Delivery, unit: Ran) -> None:
        model, deed = self.model, delivery.deed
        delivery.last = unit
        if unit.end == "refused":
            try:
                said = model.do(deed, unit.at, unit.drawn, delivery.key_of)
            except No as no:
                delivery.no = no
            else:
                raise Violation(f"「{deed.text}」 was refused, {said} was due")
        elif unit.end == "kept":
            delivery.repeated = deed.id in model.seen
            if delivery.no is not None:
                said = model.refuse(deed, delivery.no, unit.at, unit.drawn)
            else:
                said = self._done(delivery, unit)
            if not delivery.repeated:
                self._newest_kept = max(self._newest_kept, unit.at)
                self._remember(deed, said)
            delivery.kept = self._answers[deed.id]

    def _remember(self, deed: Deed, said: Sequence[Said]) -> None:
        """What every repeat of it is answered, and what goes out later."""
        if deed.verb == "forget":
            self._forget(deed.who)
        member = self.model.ids.get(deed.who, "")
        tap: list[str] = []
        out: list[str] = []
        for each in said:
            if each.to != "aside":
                (tap if deed.tap and each.to == "actor" else out).append(text_of(each))
        self._answers[deed.id] = Kept(member, tuple(out), "\n".join(tap))
        if deed.verb == "removed":
            self._drop(deed.chat)
        self._expect(said)
        self._waiting.update((deed.chat, text) for text in out)

    def _forget(self, name: str) -> None:
        """No answer speaks of them any more, and nothing waits for them."""
        gone = {each.member for each in self._answers.values()} - {"", *self.model.members}
        for deed, kept in self._answers.items():
            if kept.member in gone or any(name in text for text in (*kept.out, kept.tap)):
                self._answers[deed] = NOTHING._replace(member=kept.member)
        for place, text in list(self._waiting):
            if place == name:
                del self._waiting[place, text]

    def _done(self, delivery: Delivery, unit: Ran) -> list[Said]:
        try:
            return self.model.do(delivery.deed, unit.at, unit.drawn, delivery.key_of)
        except No as no:
            raise Violation(f"「{delivery.deed.text}」 was done, {no} was due") from None

    def _judge_due(self, unit: Ran, *, again: bool) -> None:
        assert isinstance(unit.about, Todo)
        if unit.end == "kept":
            self._newest_kept = max(self._newest_kept, unit.at)
            if again:
                self.model.postpone(unit.about.name, unit.at)
            else:
                self._expect(self.model.run_due(unit.about.name, unit.at, unit.drawn))

    def _check_time(self, unit: Ran, clock: Millis) -> None:
        """It never runs backwards, nor past any clock that was ever shown."""
        least = max(self._newest, clock)
        if not least <= unit.at <= max(least, self._newest_clock):
            raise Violation(f"a unit ran at {unit.at}, not between {least} and the newest clock")
        self._newest = unit.at

    def restarted(self) -> None:
        """What was not kept is forgotten, the time too."""
        self._newest = self._newest_kept

    # Replies

    def check_answer(self, delivery: Delivery) -> None:
        """What the platform was answered, to the letter."""
        if delivery.answer is None:
            return
        self.replies += 1
        due, given = self._due(delivery), delivery.answer
        told = (tuple(reply.text for reply in given.replies), given.tap, given.repeated, given.kept)
        if told != due:
            deed = delivery.deed
            raise Violation(f"{deed.who} said 「{deed.text}」:\n  heard {told}\n  due   {due}")

    def _due(self, delivery: Delivery) -> tuple[tuple[str, ...], str, bool, bool]:
        last, deed = delivery.last, delivery.deed
        if last is None:
            if deed.verb != "talk" or (delivery.key_of and not delivery.known):
                raise Violation(f"「{deed.text}」 was not heard")
            return delivery.kept.out, delivery.kept.tap, delivery.known, True
        if last.end != "kept" or not last.told:
            text = text_of(Said("common", "fault" if last.end == "undone" else "cannot_keep", {}))
            return (text,), text, False, False
        kept = delivery.kept
        return kept.out, kept.tap, delivery.repeated, True

    def _expect(self, said: Sequence[Said]) -> None:
        """What goes out beside an answer."""
        for each in said:
            if each.place in self.model.gone:
                continue  # nothing is said where the bot is not
            if not each.message:
                self._stale.add((int(str(each.facts["number"])), each.place))
            elif each.to == "aside":
                self._waiting[each.place, text_of(each)] += 1

    def _drop(self, chat: str) -> None:
        """The bot was thrown out: what waited for that chat is not said any more."""
        for place, text in list(self._waiting):
            if place == chat:
                del self._waiting[place, text]
        self._stale = {(number, place) for number, place in self._stale if place != chat}

    # Messages that go out

    def read(self, message: Message, text: str, *, acknowledged: bool) -> None:
        """A message appears in a chat; until it is acknowledged, it may appear again."""
        self.messages += 1
        again = self._read.get(message.id, None)
        if again is False:
            raise Violation(f"message {message.id} is read twice: {text}")
        self._read[message.id] = not acknowledged
        if message.reply.live:
            self._read_live(message, text)
        elif again is None:
            key = (message.chat or message.account, text)
            if not self._waiting[key]:
                raise Violation(f"nobody asked for this message to {key[0]}: {text}")
            self._waiting[key] -= 1

    def _read_live(self, message: Message, text: str) -> None:
        number = int(message.reply.slot.partition(":")[2])
        due = text_of(picture(self.model, self.model.envelopes[number]))
        if text != due:
            raise Violation(f"envelope {number} shows\n{text}\ndue was\n{due}")
        self._stale.discard((number, message.chat))

    def check_all_read(self) -> None:
        missing = +self._waiting
        if missing:
            raise Violation(f"never read: {missing}")
        if self._stale:
            raise Violation(f"these envelopes' messages show an old state: {self._stale}")

    # Books

    def check_head(self, books: sqlite3.Connection) -> None:
        """Every row, key, amount and time of the journal is in its head."""
        model = self.model
        found = books.execute(HEAD, (model.club,)).fetchall()
        due = [(len(model.rows), model.heads[-1])] if model.rows else []
        if found != due:
            raise Violation(f"the journal has {found and found[0][0]} rows, not {len(model.rows)}")

    def check_balances(self, books: sqlite3.Connection) -> None:
        found = {row[0]: row[1:] for row in books.execute(BALANCES, (self.model.club,)).fetchall()}
        due = {account: (points, 0) for account, points in self.model.balances.items() if points}
        if found != due:
            wrong = dict(set(found.items()) ^ set(due.items()))
            raise Violation(f"these balances are not what they must be: {wrong}")
        if sum(points for points, _ in found.values()):
            raise Violation("the balances do not add up to 0")

    def check_end(self, path: Path) -> None:
        """All is over: no escrow holds anything, every deadline has acted, the audit is content."""
        model = self.model
        left = {e.number: e.state for e in model.envelopes.values() if e.state == "open"}
        held = {a: p for a, p in model.balances.items() if a.startswith("env:") and p}
        if left or held or model.due or model.orders:
            raise Violation(f"not over: {left}, {held}, {model.due}")
        for report in audit(path):
            if report.wrong:
                raise Violation(f"the audit finds: {report.wrong}")


def text_of(said: Said) -> str:
    facts = {name: shown(value) for name, value in said.facts.items()}
    return WORDS.say(LANGUAGE, said.feature, said.message, **facts)


def shown(value: object) -> object:
    """A fact with what is said inside it."""
    if isinstance(value, Said):
        return text_of(value)
    return [shown(each) for each in value] if isinstance(value, list) else value
