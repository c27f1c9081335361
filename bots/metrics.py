"""What an operator sees: health in one look, Prometheus figures for the rest."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bots.contract import Platform
from bots.outbox import Outbox
from storage.errors import Unavailable
from storage.model import MINUTE, SECOND, Answer, Event, Millis
from storage.sqlite.store import SqliteStore
from storage.store import Work
from storage.world import World

LOOK_EVERY_SECONDS = 5.0
LATE: Millis = 5 * MINUTE
"""Due rows or messages that wait longer than this are a sign that something is wrong."""
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(slots=True)
class Vitals:
    """How things stood at the last look."""

    messages: dict[str, int] = field(default_factory=dict)
    due_late_seconds: float = 0.0
    outbox_late_seconds: float = 0.0
    readable: bool = True


class Watch(Collector):
    """Looks at the store now and then, and tells health and metrics from that."""

    def __init__(
        self,
        store: SqliteStore,
        outbox: Outbox,
        platforms: Mapping[str, Platform],
        world: World,
    ) -> None:
        self.registry = CollectorRegistry()
        self._store = store
        self._outbox = outbox
        self._platforms = platforms
        self._world = world
        self._vitals = Vitals()
        self._answers = Counter(
            "carclub_events",
            "Events by what came of them",
            ["platform", "outcome"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "carclub_answer_seconds",
            "From an event's arrival to its durable answer",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.registry.register(self)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                self._vitals = await self._store.read(self._look)
            except Unavailable:
                self._vitals.readable = False
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _look(self, work: Work) -> Vitals:
        late = [
            max(work.now - at, 0) / SECOND if at is not None else 0.0
            for at in (await work.due.next_at(), await work.outbox.next_at())
        ]
        return Vitals(await work.outbox.counts(), late[0], late[1])

    def answered(self, event: Event, answer: Answer, seconds: float) -> None:
        """Note what came of an event."""
        if not answer.kept:
            outcome = "not_kept"
        elif answer.repeated:
            outcome = "repeated"
        else:
            outcome = "answered" if answer.replies or answer.tap else "silent"
        self._answers.labels(event.platform, outcome).inc()
        self._seconds.observe(seconds)

    def health(self) -> tuple[Mapping[str, object], bool]:
        counts, vitals = self._store.counts, self._vitals
        late = max(vitals.due_late_seconds, vitals.outbox_late_seconds) * SECOND
        keeps = vitals.readable and not counts.disturbed
        facts: dict[str, object] = {
            "store": "keeps" if keeps else "cannot keep",
            "units_waiting": counts.waiting,
            "messages": vitals.messages,
            "due_late_seconds": round(vitals.due_late_seconds, 1),
            "outbox_late_seconds": round(vitals.outbox_late_seconds, 1),
            "clock_behind_seconds": round(counts.behind_ms / SECOND, 1),
        }
        is_well = keeps and late < LATE and counts.behind_ms < LATE
        for name, platform in self._platforms.items():
            facts[name], is_there = platform.health()
            is_well = is_well and is_there
        return facts, is_well

    def collect(self) -> Iterable[Metric]:
        counts, sent, vitals = self._store.counts, self._outbox.counts, self._vitals
        for name, help_text, value in (
            ("carclub_units", "Units of work", counts.units),
            ("carclub_commits", "Commits that kept them", counts.commits),
            ("carclub_failed_batches", "Batches that could not be kept", counts.failed_batches),
            ("carclub_messages_sent", "Messages a platform took", sent.sent),
            ("carclub_messages_retried", "Messages to be tried again", sent.retried),
            ("carclub_messages_buried", "Messages given up", sent.buried),
        ):
            yield CounterMetricFamily(name, help_text, value)
        for name, help_text, figure in (
            ("carclub_units_waiting", "Units that wait for the writer", counts.waiting),
            ("carclub_due_late_seconds", "Age of the oldest due row", vitals.due_late_seconds),
            (
                "carclub_outbox_late_seconds",
                "Age of the oldest message",
                vitals.outbox_late_seconds,
            ),
            ("carclub_clock_behind_seconds", "Clock set back by", counts.behind_ms / SECOND),
        ):
            yield GaugeMetricFamily(name, help_text, figure)
        messages = GaugeMetricFamily("carclub_messages", "Messages by state", labels=["state"])
        for state, count in vitals.messages.items():
            messages.add_metric([state], count)
        yield messages
