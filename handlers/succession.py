"""Who leads when the leader goes."""

from dataclasses import replace

from storage.model import Member, Role
from storage.store import Work


async def succeed(work: Work, leaving: str) -> Member | None:
    """Call this when a member goes: if they led the club, the longest-serving co-leader follows.

    Returns the new leader, or None when nothing changed or nobody is there to follow.
    """
    leaders = await work.people.leaders()
    if not any(each.id == leaving and each.role == Role.LEADER for each in leaders):
        return None
    heirs = [each for each in leaders if each.id != leaving]
    if not heirs:
        return None
    heir = replace(heirs[0], role=Role.LEADER)
    await work.people.put_member(heir)
    return heir
