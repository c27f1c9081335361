"""Who somebody is in the club, as far as a rule asks."""

from config.catalogue import Catalogue
from rewards import standing
from rewards.envelope import Taker
from storage.model import Member, Terms
from storage.store import Work


async def level_of(work: Work, member: Member) -> int:
    days_shared = await work.shares.days_shared(member.id)
    return standing.level(days_shared, work.now - member.joined_at)


async def taker_of(work: Work, catalogue: Catalogue, member: Member, terms: Terms) -> Taker:
    """The member as an envelope's terms look at them: only what they ask for is looked up."""
    return Taker(
        member.id,
        member.joined_at,
        await level_of(work, member) if terms.level else 0,
        member.labels,
        await _cars(work, catalogue, member, terms.car) if terms.car else frozenset(),
        member.city,
    )


async def _cars(work: Work, catalogue: Catalogue, member: Member, asked: str) -> frozenset[str]:
    """The series they drive, with the one asked for when theirs is a variant of it."""
    driven = frozenset(vehicle.series for vehicle in await work.garage.vehicles(member.id))
    return driven | {asked} if driven.intersection(catalogue.variants(asked)) else driven
