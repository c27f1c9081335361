"""Getting to know people: whoever acts in a club's chat is one of its members."""

from collections.abc import Sequence
from dataclasses import replace

from rewards import ledger
from storage.model import Account, Arrival, Entry, Event, Member, Millis, Reply
from storage.store import Work
from storage.world import World


async def meet(work: Work, world: World, event: Event, arrival: Arrival) -> Member:
    """The sender as the club knows them; somebody new becomes a member, a new name is noted."""
    member, name = arrival.member, event.name
    account = Account(event.platform, event.account)
    # Somebody with two accounts is not called otherwise each time they use the other one.
    is_new_name = bool(name) and name != arrival.called
    if member is None:
        person = await person_of(work, world, account, name)
        member = Member(person, name or person[:4], joined_at=work.now)
        await work.people.put_member(member)
    elif (is_new_name and member.name != name) or (not member.present and event.kind != "left"):
        member = replace(member, name=name if is_new_name else member.name, present=True)
        await work.people.put_member(member)
    if is_new_name and (arrival.member is not None or arrival.called):
        await work.people.note_name(account, name)
        await _rename_elsewhere(work, member)
    if event.handle and arrival.handle != event.handle:
        await work.people.note_handle(account, event.handle)
    if arrival.home != work.club and not event.private:
        await work.people.touch(member.id)
    return member


async def _rename_elsewhere(work: Work, member: Member) -> None:
    """In their other clubs they are called the same from now on."""
    here = work.club
    for club in await work.privacy.clubs(member.id):
        work.enter(club)
        known = await work.people.member(member.id) if club != here else None
        if known is not None and known.name != member.name:
            await work.people.put_member(replace(known, name=member.name))
    work.enter(here)


async def person_of(work: Work, world: World, account: Account, name: str = "") -> str:
    """The member id behind an account; an account never seen gets a new one, and goes by `name`."""
    person = await work.people.person(account)
    if person is None:
        person = world.new_id()
        await work.people.bind(account, person, name)
    return person


async def tell_in_private(
    work: Work, member: str, platform: str, reply: Reply, *, not_before: Millis = 0
) -> None:
    """Queue a private reply to somebody, by each account they have on a platform."""
    member = await work.joining.survivor(member)
    for account in await work.people.accounts(member):
        if account.platform == platform:
            await work.outbox.put(
                platform, "", account.id, reply, not_before=not_before, member=member
            )


async def wallet_now(work: Work, account: str) -> str:
    """Where points go that are for an account of the books: a wallet's may be another's by now, or
    nobody's, and then they go to the pool."""
    owner = ledger.owner(account)
    if not owner:
        return account
    member = await work.people.member(owner)
    return ledger.wallet(member.id) if member is not None else ledger.POOL


async def wallets_of(work: Work, member: str) -> list[str]:
    """All that the books call a member's own."""
    return [ledger.wallet(each) for each in (member, *await work.joining.former(member))]


async def movements(work: Work, wallets: Sequence[str], limit: int) -> list[Entry]:
    """The newest entries of several accounts, each once."""
    found = {
        entry.seq: entry
        for wallet in wallets
        for entry in await work.ledger.statement(wallet, limit)
    }
    return [found[seq] for seq in sorted(found, reverse=True)[:limit]]


def gained(entry: Entry, wallets: Sequence[str]) -> int:
    """What an entry brought to whoever has these accounts, or took from them; 0 between two."""
    posting = entry.posting
    return posting.amount * ((posting.target in wallets) - (posting.source in wallets))
