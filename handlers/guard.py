"""Who may do what, how often, and when the bot keeps quiet."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.feature import Command
from storage.errors import Refusal
from storage.model import MINUTE, SECOND, Club, Event, Member, Millis, Priority, Reply

BURST = 20
REFILL: Millis = 2 * SECOND
ACCOUNTS_MAX = 10_000


def admit(command: Command, event: Event, member: Member) -> None:
    """Raises Refusal when the command is not for this member or not for this place."""
    if member.role < command.role:
        raise Refusal("not_a_leader")
    if command.where == "private" and not event.private:
        raise Refusal("only_in_private")
    if command.where == "group" and event.private:
        raise Refusal("only_in_a_group")


def local_time(club: Club, at: Millis) -> datetime:
    """The club's own clock."""
    moment = datetime.fromtimestamp(at / SECOND, UTC)
    return moment.astimezone(ZoneInfo(club.timezone))


def day_start(club: Club, at: Millis) -> Millis:
    """When the club's day began."""
    midnight = local_time(club, at).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(midnight.timestamp()) * SECOND


def week_start(club: Club, at: Millis) -> Millis:
    """When the club's week began, on Monday."""
    now = local_time(club, at)
    monday = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())
    return int(monday.timestamp()) * SECOND


def speaks_at(reply: Reply, club: Club, at: Millis) -> Millis:
    """When a reply may go out: chatter waits for the end of the quiet hours, the rest does not."""
    if reply.priority != Priority.CHATTER or club.quiet_from == club.quiet_to:
        return 0
    now = local_time(club, at)
    minute = now.hour * 60 + now.minute
    length = (club.quiet_to - club.quiet_from) % (24 * 60)
    passed = (minute - club.quiet_from) % (24 * 60)
    if passed >= length:
        return 0
    return at + (length - passed) * MINUTE - at % MINUTE


@dataclass(slots=True)
class Rate:
    """How many commands an account may give: a burst, then one every other second."""

    burst: int = BURST
    refill: Millis = REFILL
    _full_at: OrderedDict[tuple[str, str], Millis] = field(default_factory=OrderedDict)
    """When each account may give a whole burst again; who spoke last is last, and who has been
    quiet longest is forgotten when there are too many: a crowd must not silence anybody else."""

    def allows(self, event: Event, now: Millis) -> bool:
        key = (event.platform, event.account)
        used = self._used(self._full_at.get(key, now), now)
        allowed = used <= (self.burst - 1) * self.refill
        self._full_at[key] = now + used + self.refill * allowed
        self._full_at.move_to_end(key)
        if len(self._full_at) > ACCOUNTS_MAX:
            self._full_at.popitem(last=False)
        return allowed

    def _used(self, full_at: Millis, now: Millis) -> Millis:
        """How much of a burst is used; nothing when it would be more, as the clock was set back."""
        used = max(full_at - now, 0)
        return used if used <= self.burst * self.refill else 0
