"""Two members who turn out to be one: what becomes of what both have, whatever the store."""

from collections.abc import Sequence
from dataclasses import replace

from storage.model import Member, Vehicle


def one_of(kept: Member, former: Member) -> Member:
    """The member as a club knows them that knew both."""
    return replace(
        kept,
        role=max(kept.role, former.role),
        joined_at=min(kept.joined_at, former.joined_at),
        present=kept.present or former.present,
        city=kept.city or former.city,
        labels=(*kept.labels, *(each for each in former.labels if each not in kept.labels)),
        car=kept.car or former.car,
    )


def added(kept: Sequence[Vehicle], former: Sequence[Vehicle]) -> list[Vehicle]:
    """The former's cars that the other does not have, under numbers that are free."""
    series = {vehicle.series for vehicle in kept}
    used = {vehicle.number for vehicle in kept}
    new: list[Vehicle] = []
    for vehicle in former:
        if vehicle.series not in series:
            number = next(number for number in range(1, len(used) + 2) if number not in used)
            new.append(replace(vehicle, number=number))
            series.add(vehicle.series)
            used.add(number)
    return new


def renamed(members: Sequence[str], former: str, member: str) -> tuple[str, ...]:
    """A list of members, each of them once."""
    return tuple(dict.fromkeys(member if each == former else each for each in members))
