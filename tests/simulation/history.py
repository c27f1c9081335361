"""One history: a club is founded, lives, is disturbed in every way, and comes to rest."""

import random
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from storage.model import DAY, Message, Millis
from tests.simulation.deeds import Deed
from tests.simulation.faults import Trouble
from tests.simulation.house import House
from tests.simulation.judge import Judge, Violation
from tests.simulation.members import Members
from tests.simulation.transport import Transport
from tests.simulation.world import Machine

TROUBLE = 0.08
"""How often something goes wrong with what is done next."""
TOGETHER = 0.25
TOGETHER_MAX = 8
WAITING_MANY = 6
CORRECTED_AFTER = 25
LINES_TOLD = 25
BALANCES_EVERY = 25
REST: Millis = 3 * DAY
"""So late, all that was ever begun is over, however far ahead some clock was."""


@dataclass(slots=True)
class Happened:
    """A history in numbers."""

    operations: int = 0
    deeds: int = 0
    bursts: int = 0
    crashes: int = 0
    restarts: int = 0
    jumps: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    """How many units came to an end that their caller did not want."""


class History:
    def __init__(self, seed: int, path: Path, members: int = 12) -> None:
        self.seed = seed
        self.machine = Machine(seed)
        self.members = Members(random.Random(f"members {seed}"), members)
        self.transport = Transport(random.Random(f"transport {seed}"))
        self.judge = Judge()
        self.house = House(path, self.machine)
        self.happened = Happened()
        self.lines: deque[str] = deque(maxlen=LINES_TOLD)
        self._dice = random.Random(f"steps {seed}")
        self._told = sha256()
        self._next_at: Millis = self.machine.time
        self._corrected_at: int | None = None
        self._envelopes = 0

    @property
    def digest(self) -> str:
        """The same for the same history, byte for byte."""
        return self._told.hexdigest()

    async def live(self, operations: int = 0, days: int = 0) -> None:
        """So many operations, or days. Raises Violation at the first thing that is wrong."""
        try:
            await self._found()
            until = self.machine.time + days * DAY
            while self.happened.operations < operations or self.machine.time < until:
                await self._step()
            await self._rest()
        except Violation:
            raise
        except Exception as error:
            raise Violation(f"neither bot nor model knows what to do: {error!r}") from error
        finally:
            await self.house.close()

    async def _found(self) -> None:
        await self._deliver([self.members.founding(self.machine.time)])
        await self.house.link(self.judge.model.club)
        self._judge()

    async def _rest(self) -> None:
        """Nothing goes wrong any more: all that is under way arrives, all deadlines pass."""
        self.machine.correct()
        while self.transport.waiting:
            await self._deliver(self.transport.next())
        for order in list(self.judge.model.orders):
            await self._deliver([self.members.cancelling(order, self.machine.time)])
        while self.judge.model.due:
            self.machine.time += REST
            await self._sweep()
        await self._send()
        self.judge.check_all_read()
        self.judge.check_balances(self.house.books)
        self.judge.check_end(self.house.path)

    # Steps

    async def _step(self) -> None:
        [step] = self._dice.choices(STEPS, WEIGHTS)
        self._trouble()
        await step(self)
        self.house.store.trouble = None
        if self._corrected_at is not None and self.happened.operations >= self._corrected_at:
            self.machine.correct()
            self._corrected_at = None
            self._tell("the clock is right again")
        if not self.happened.operations % BALANCES_EVERY:
            self.judge.check_balances(self.house.books)

    def _trouble(self) -> None:
        if self._dice.random() < TROUBLE:
            self.house.store.trouble = Trouble.some(self._dice)

    async def _deliver_some(self) -> None:
        if len(self.transport.waiting) < WAITING_MANY or self._dice.random() < 0.5:
            self._live_on()
        together = self._dice.randint(2, TOGETHER_MAX) if self._dice.random() < TOGETHER else 1
        if deeds := self.transport.next(together):
            await self._deliver(deeds)

    def _live_on(self) -> None:
        """Let time pass until somebody does something."""
        planned = self.members.next_at
        if planned is not None and planned <= self._next_at:
            self.machine.time = max(self.machine.time, planned)
        else:
            self.machine.time = max(self.machine.time, self._next_at)
            self._put(self.members.spontaneous(self.machine.time, self.judge.model))
            self._next_at = self.machine.time + self.members.pause(self.machine.time)
        for deed in self.members.planned(self.machine.time):
            self._put(deed)

    def _put(self, deed: Deed) -> None:
        self.happened.deeds += 1
        self.transport.put(deed)

    async def _deliver(self, deeds: Sequence[Deed]) -> None:
        self.happened.bursts += len(deeds) > 1
        deliveries = [self.judge.coming(deed) for deed in deeds]
        alive = await self.house.deliver(deliveries)
        self._judge()
        for each in deliveries:
            deed, answer = each.deed, each.answer
            self._tell(f"{deed.who} @{deed.chat} 「{deed.text}」 {deed.id}: {answer}")
            if answer is not None and answer.kept:
                self.transport.acknowledge(deed)
            else:
                self.transport.put_back(deed)
            self.judge.check_answer(each)
        self.happened.operations += len(deeds)
        self._look_around()
        await self._restart_if(not alive)

    def _look_around(self) -> None:
        """Members see the envelopes that are new."""
        envelopes = self.judge.model.envelopes
        while self._envelopes < len(envelopes):
            self._envelopes += 1
            self.members.see(envelopes[self._envelopes], self.machine.time)

    async def _sweep(self) -> None:
        untroubled = self.house.store.trouble is None
        alive = await self.house.sweep()
        self._judge()
        late = [name for name, at in self.judge.model.due.items() if at <= self.machine.now()]
        if late and untroubled:
            raise Violation(f"not done although due: {late}")
        self._look_around()
        self._operated("sweep")
        await self._restart_if(not alive)

    async def _send(self) -> None:
        self.house.store.trouble = None
        self._read(await self.house.send_all(), acknowledged=True)
        self._operated("send")

    async def _crash_sending(self) -> None:
        """The process ends when it was about to send messages, or before it noted that it did."""
        self.house.store.trouble = None
        leased = await self.house.lease()
        self._read(leased if self._dice.random() < 0.5 else (), acknowledged=False)
        self._operated("crash while sending")
        await self._restart_if(True)

    def _read(self, messages: Sequence[tuple[Message, str]], *, acknowledged: bool) -> None:
        self._judge()
        for message, text in messages:
            self._tell(f"{message.chat} reads {message.id}: {text}")
            self.judge.read(message, text, acknowledged=acknowledged)

    async def _restart(self) -> None:
        self.happened.restarts += 1
        self._operated("restart")
        await self._reopen()

    async def _restart_if(self, crashed: bool) -> None:
        if crashed:
            self.happened.crashes += 1
            self._tell("crash")
            await self._reopen()

    async def _reopen(self) -> None:
        self.judge.restarted()
        await self.house.restart()
        self._judge()

    async def _jump(self) -> None:
        self.happened.jumps += 1
        self._operated(f"the clock is {self.machine.jump(self._dice)}")
        self._corrected_at = self.happened.operations + CORRECTED_AFTER

    # Watching

    def _judge(self) -> None:
        ran = self.house.ran()
        for unit in ran:
            if unit.end in ("lost", "undone") or not unit.told:
                self.happened.failures[unit.end] += 1
        self.judge.judge(ran, self.machine.now())
        self.judge.check_head(self.house.books)

    def _operated(self, what: str) -> None:
        self.happened.operations += 1
        self._tell(what)

    def _tell(self, what: str) -> None:
        line = f"{self.happened.operations} {self.machine.time} {what}"
        self.lines.append(line)
        self._told.update(line.encode() + b"\n" + self.judge.model.heads[-1])


WEIGHED = (
    (History._deliver_some, 84),
    (History._send, 6),
    (History._sweep, 6),
    (History._crash_sending, 1),
    (History._restart, 1),
    (History._jump, 2),
)
STEPS, WEIGHTS = zip(*WEIGHED, strict=True)
