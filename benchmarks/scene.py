"""A club with envelopes to grab, built the way members would build it."""

from handlers.earning import fill_pool
from rewards import ledger, luck
from storage.model import DAY, Account, Chat, Club, Envelope, Member, Role
from storage.store import Work
from storage.world import World

CLUB = "bench"
PLATFORM = "bench"
GROUP = "group"
PIECES = 100
POINTS = 10_000


def account(number: int) -> str:
    return f"a{number:07d}"


def member(number: int) -> str:
    return f"m{number:07d}"


async def found(work: Work) -> None:
    club = Club(CLUB, "车友会", "zh", "Asia/Shanghai", work.now, 0, 0)
    await work.people.found(club)
    await work.people.put_chat(Chat(PLATFORM, GROUP, CLUB, "群"))
    await work.people.put_member(Member("leader", "会长", Role.LEADER, work.now))
    await fill_pool(work, club)
    await work.ledger.post(ledger.mint("bench", "0", 10**9))
    await work.ledger.post(ledger.reward("bench", "0", ledger.POOL, 10**9, "club", "0"))


async def settle(work: Work, members: range) -> None:
    """Let members be known, as they are once they have said anything."""
    work.enter(CLUB)
    for number in members:
        await work.people.bind(Account(PLATFORM, account(number)), member(number))
        await work.people.put_member(Member(member(number), f"车友{number}", joined_at=work.now))
        await work.people.touch(member(number))


async def put_up(work: Work, world: World, envelopes: int, pieces: int = PIECES) -> range:
    """Open envelopes out of the pool; their numbers."""
    work.enter(CLUB)
    first = await work.next_number("envelope")
    for number in range(first, first + envelopes):
        if number != first:
            await work.next_number("envelope")
        seed = world.secret()
        envelope = Envelope(
            number, ledger.POOL, "leader", "lucky", POINTS, pieces, seed, PLATFORM, GROUP,
            work.now, work.now + DAY,
        )  # fmt: skip
        promise = luck.commitment(seed)
        await work.ledger.post(ledger.envelope_send(number, ledger.POOL, "leader", POINTS, promise))
        await work.envelopes.open(envelope, luck.split_lucky(POINTS, pieces, seed))
    return range(first, first + envelopes)
