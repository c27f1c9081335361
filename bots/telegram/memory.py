"""What Telegram's part keeps in the store: what buttons say, late results, what was begun."""

import json
from collections.abc import Callable, Mapping, Sequence

import structlog

from bots.telegram.line import Raw
from bots.telegram.nouns import PLATFORM
from storage.errors import Unavailable
from storage.model import Event, Priority, Reply
from storage.store import Store, Work

log = structlog.get_logger()


class Memory:
    def __init__(self, store: Store, kept: Callable[[], None]) -> None:
        """`kept` is called when something new waits in the outbox."""
        self._store = store
        self._kept = kept

    # Buttons that say more than they can hold

    async def keep_says(self, kept: Mapping[str, str]) -> None:
        """What keys stand for. Raises Unavailable."""
        if not kept:
            return

        async def unit(work: Work) -> None:
            for key, says in kept.items():
                await work.outbox.put_says(key, says)

        await self._store.unit(unit)

    async def says(self, key: str) -> str:
        """Empty where nothing is known, or can be looked up now."""
        try:
            return await self._store.read(lambda work: work.outbox.says(key))
        except Unavailable:
            return ""

    # Results that come late

    async def tell(self, event: Event, text: str) -> None:
        """Say it where the event happened, in its turn and for sure."""
        reply = Reply(text, priority=Priority.ANSWER)

        async def unit(work: Work) -> None:
            await work.outbox.put(
                PLATFORM,
                "" if event.private else event.chat,
                event.account if event.private else "",
                reply,
                topic=event.topic,
            )

        try:
            await self._store.unit(unit)
        except Unavailable as error:
            log.warning("a late answer was not kept", event_id=event.id, error=str(error))
        self._kept()

    # Updates that are acknowledged before they can be acted on

    async def begin(self, key: str, raw: Raw) -> None:
        """Raises Unavailable: then it must not be acknowledged."""
        update = json.dumps(raw, ensure_ascii=False)
        await self._store.unit(lambda work: work.events.begin(PLATFORM, key, update))

    async def begun(self) -> dict[str, Raw]:
        """What a former run did not come to the end of, by its key. Raises Unavailable."""
        rows = await self._store.read(lambda work: work.events.begun(PLATFORM))
        return {key: json.loads(update) for key, update in rows}

    async def end(self, keys: Sequence[str]) -> None:
        """What cannot be noted now is begun again at the next start, and then known as seen."""
        try:
            await self._store.unit(lambda work: work.events.end(PLATFORM, keys))
        except Unavailable as error:
            log.warning("an update's end was not noted", error=str(error))
