"""What WeChat's part keeps in the store, and looks up there."""

from collections.abc import Callable, Sequence

import structlog

from bots.wechat.nouns import PLATFORM
from storage.errors import Unavailable
from storage.model import Account, Millis, Offer, Reply, Role
from storage.store import Store, Work

log = structlog.get_logger()

OFFERS_MAX = 200
"""Of one chat: far more than anybody would still answer."""
_ALIVE = "alive"


class Memory:
    def __init__(self, store: Store, kept: Callable[[], None]) -> None:
        """`kept` is called when something new waits in the outbox."""
        self._store = store
        self._kept = kept

    # Numbered lines

    async def offers(self, chat: str) -> Sequence[Offer]:
        """The newest first; none where nothing can be looked up now."""
        try:
            return await self._store.read(
                lambda work: work.offers.of_chat(PLATFORM, chat, OFFERS_MAX)
            )
        except Unavailable:
            return ()

    async def offer(
        self, chat: str, number: Callable[[Sequence[Offer]], Sequence[Offer]]
    ) -> Sequence[Offer]:
        """Keep what `number` makes of the chat's offers so far. Raises Unavailable."""

        async def unit(work: Work) -> Sequence[Offer]:
            offers = number(await work.offers.of_chat(PLATFORM, chat, OFFERS_MAX))
            await work.offers.put(offers)
            return offers

        return await self._store.unit(unit)

    # When the account was last heard

    async def note_alive(self, at: Millis) -> None:
        try:
            await self._store.unit(lambda work: work.events.begin(PLATFORM, _ALIVE, str(at)))
        except Unavailable as error:
            log.warning("it was not noted that wechat is heard", error=str(error))

    async def alive_at(self) -> Millis:
        """0 where it never was. Raises Unavailable."""
        noted = dict(await self._store.read(lambda work: work.events.begun(PLATFORM)))
        return int(noted.get(_ALIVE, 0))

    # People

    async def leads(self, account: str) -> bool:
        """Whether somebody leads a club, any club. Raises Unavailable."""

        async def look(work: Work) -> bool:
            person = await work.people.person(Account(PLATFORM, account))
            for club in await work.privacy.clubs(person) if person else ():
                work.enter(club)
                member = await work.people.member(person) if person else None
                if member is not None and member.present and member.role >= Role.CO_LEADER:
                    return True
            return False

        return await self._store.read(look)

    async def knows(self, account: str) -> bool:
        """Whether somebody is a member of a club. Raises Unavailable."""
        found = await self._store.read(lambda work: work.people.person(Account(PLATFORM, account)))
        return found is not None

    async def tell(self, account: str, reply: Reply) -> None:
        """Say it in private. Raises Unavailable."""
        await self._store.unit(lambda work: work.outbox.put(PLATFORM, "", account, reply))
        self._kept()
