"""Two members who turn out to be one: nothing is lost, and the books keep what they said."""

import asyncio
from dataclasses import replace

import pytest

from storage.errors import Conflict, Fault, Refusal
from storage.model import (
    DAY,
    Account,
    Chat,
    Consent,
    Cue,
    Entrant,
    Envelope,
    EnvelopeState,
    Event,
    Facts,
    Member,
    Posting,
    Reply,
    Role,
    Share,
    StandingOrder,
    Terms,
    Vehicle,
)
from tests.support.stores import CLUB, at_once, balance, found, give, post, within
from tests.support.world import START

KEPT, FORMER, OTHER = "kept", "former", "other"
GROUP = Chat("pretend", "group", CLUB.id)


def envelope(number=1, pieces=3, **more):
    return Envelope(
        number, "pool", OTHER, "equal", 10 * pieces, pieces, b"s" * 32, "pretend", "group", START,
        START + DAY, **more,
    )  # fmt: skip


async def both(work):
    """Two members, each with an account."""
    await work.people.put_chat(GROUP)
    for member in (KEPT, FORMER, OTHER):
        await work.people.bind(Account("pretend", f"account-{member}"), member)
        await work.people.put_member(Member(member, member, joined_at=START))


@pytest.fixture
async def store(store):
    await store.unit(within(both))
    return store


async def join(store, former=FORMER, member=KEPT):
    await store.unit(within(lambda work: work.joining.join(former, member)))


def look(store, find):
    return store.read(within(find))


async def taken(store, envelope, *members):
    """Pieces as they are taken and paid."""

    async def unit(work):
        for member in members:
            piece = await work.envelopes.take(envelope, member)
            number = envelope.number
            await work.ledger.post(
                Posting(f"env:{number}:grab:{member}", "env.grab", f"env:{number}",
                        f"member:{member}", piece.amount, member)
            )  # fmt: skip

    await store.unit(within(unit))


async def opened(store, envelope):
    await post(store, give(f"env:{envelope.number}", envelope.total))
    amounts = [10] * envelope.pieces
    await store.unit(within(lambda work: work.envelopes.open(envelope, amounts)))


# Who is who


async def test_the_former_is_the_member_from_then_on(store, shelf):
    await join(store)
    store = await shelf.open()
    assert await look(store, lambda work: work.people.person(Account("pretend", "account-former")))
    assert await look(store, lambda work: work.joining.survivor(FORMER)) == KEPT
    assert await look(store, lambda work: work.joining.survivor(KEPT)) == KEPT
    assert await look(store, lambda work: work.joining.survivor("nobody")) == "nobody"
    assert list(await look(store, lambda work: work.joining.former(KEPT))) == [FORMER]
    for member in (KEPT, FORMER):
        known = await look(store, lambda work, member=member: work.people.member(member))
        assert known.id == KEPT
        accounts = await look(store, lambda work, member=member: work.people.accounts(member))
        assert [each.id for each in accounts] == ["account-former", "account-kept"]
    assert await look(store, lambda work: work.people.count_members()) == 2


async def test_an_event_that_follows_in_the_same_moment_is_the_members(store):
    event = Event("e", "pretend", "group", "account-former", "former", "积分", START)

    async def arrive(work):
        return (await work.events.arrive(event)).member

    before, _, after = await at_once(
        store,
        [arrive, within(lambda work: work.joining.join(FORMER, KEPT)), arrive],
    )
    assert (before.id, after.id) == (FORMER, KEPT)


async def test_chains_lead_to_the_last(store):
    await join(store, FORMER, KEPT)
    await join(store, KEPT, OTHER)
    for member in (FORMER, KEPT, OTHER):
        assert await look(store, lambda work, member=member: work.joining.survivor(member)) == OTHER
    assert set(await look(store, lambda work: work.joining.former(OTHER))) == {FORMER, KEPT}


@pytest.mark.parametrize(
    ("former", "member"), [(KEPT, KEPT), (FORMER, KEPT), (KEPT, FORMER), (OTHER, FORMER)]
)
async def test_who_is_a_former_already_is_not_joined_again(store, former, member):
    await join(store)
    with pytest.raises(Fault):
        await join(store, former, member)


async def test_of_two_ways_at_once_one_happens(store):
    results = await at_once(
        store,
        [
            within(lambda work: work.joining.join(FORMER, KEPT)),
            within(lambda work: work.joining.join(KEPT, FORMER)),
        ],
    )
    assert results[0] is None
    assert isinstance(results[1], Fault)


async def test_a_unit_that_fails_leaves_both_as_they_were(store):
    await opened(store, envelope())

    async def unit(work):
        await work.envelopes.take(envelope(), FORMER)
        await work.joining.join(FORMER, KEPT)
        assert await work.envelopes.piece_of(1, KEPT) is not None
        raise Refusal("no")

    with pytest.raises(Refusal):
        await store.unit(within(unit))
    assert await look(store, lambda work: work.joining.survivor(FORMER)) == FORMER
    assert (await look(store, lambda work: work.people.member(FORMER))).id == FORMER
    assert await store.unit(within(lambda work: work.envelopes.piece_of(1, FORMER))) is None
    assert (await look(store, lambda work: work.envelopes.envelope(1))).taken == 0


async def test_a_reader_may_not_join_or_give_back(store):
    for write in (
        lambda work: work.joining.join(FORMER, KEPT),
        lambda work: work.envelopes.give_back(1, 0),
    ):
        with pytest.raises(Fault):
            await store.read(within(write))


async def test_what_earlier_units_of_the_same_commit_left_is_kept(store):
    """Grabs that are not in the file yet, when the rows are read anew."""
    await opened(store, envelope(pieces=20))
    await post(store, give("member:other", 5))

    async def grab(work):
        await work.ledger.post(Posting("gift", "gift", "member:other", "member:former", 5, OTHER))
        await work.envelopes.take(envelope(pieces=20), FORMER)

    async def again(work):
        await work.envelopes.take(envelope(pieces=20), KEPT)

    results = await at_once(
        store,
        [
            within(grab),
            within(lambda work: work.joining.join(FORMER, KEPT)),
            within(again),
            within(lambda work: work.envelopes.take(envelope(pieces=20), OTHER)),
        ],
    )
    assert results[:2] == [None, None]
    assert isinstance(results[2], Conflict)
    assert results[3].place == 1
    assert await balance(store, "member:former") == (5, 0)
    assert (await look(store, lambda work: work.envelopes.envelope(1))).taken == 2


# In a club


async def test_what_a_club_knows_of_both_is_put_together(store):
    await found(store, replace(CLUB, id="club2"))
    mine = Member(KEPT, "小李", joined_at=START + 5, present=False, labels=("技师",))
    theirs = Member(
        FORMER, "李", Role.LEADER, START, city="杭州", labels=("老车主", "技师"), car="海豹"
    )

    async def unit(work):
        await work.people.put_member(replace(mine, id="a"))
        await work.people.put_member(replace(theirs, id="b"))
        work.enter("club2")
        await work.people.put_member(replace(theirs, id="b", name="二会的李"))
        await work.people.touch("b")
        await work.joining.join("b", "a")

    await store.unit(within(unit))
    assert await look(store, lambda work: work.people.member("a")) == Member(
        "a", "小李", Role.LEADER, START, True, "杭州", ("技师", "老车主"), "海豹"
    )
    assert list(await store.read(lambda work: work.privacy.clubs("b"))) == []
    second = await store.read(within(lambda work: work.people.member("b"), "club2"))
    assert (second.id, second.name) == ("a", "二会的李")
    await store.unit(within(lambda work: work.people.bind(Account("pretend", "x"), "a")))
    private = Event("p", "pretend", "x", "x", "", "积分", START, private=True)
    assert (await store.read(lambda work: work.events.arrive(private))).home == "club2"


async def test_shares_cars_and_stars_are_the_members(store):
    def share(number, author, day):
        return Share(number, author, "油耗", "字", Facts(), b"f%d" % number, "pretend", "group",
                     f"m{number}", START + day * DAY)  # fmt: skip

    async def unit(work):
        for number, author, day in ((1, KEPT, 0), (2, FORMER, 1), (3, FORMER, 1)):
            await work.shares.add(share(number, author, day))
        for member, number, series in ((KEPT, 2, "海豹"), (FORMER, 1, "海豹"), (FORMER, 2, "轩逸")):
            await work.garage.put(member, Vehicle(number, series, START))
        for member in (KEPT, FORMER):
            await work.stars.put("pretend", "group", "m9", member)
        await work.joining.join(FORMER, KEPT)
        return await work.stars.put("pretend", "group", "m9", OTHER)

    assert await store.unit(within(unit)) == 2
    shares = await look(store, lambda work: work.shares.of_author(KEPT, 9))
    assert [each.number for each in shares] == [3, 2, 1]
    assert await look(store, lambda work: work.shares.days_shared(KEPT)) == 2
    assert await look(store, lambda work: work.shares.counted(0, 9)) == [(KEPT, 3)]
    found = await look(store, lambda work: work.shares.find(consent=Consent.CLUB, limit=9))
    assert {each.author for each in found} == {KEPT}
    vehicles = await look(store, lambda work: work.garage.vehicles(KEPT))
    assert [(each.number, each.series) for each in vehicles] == [(1, "轩逸"), (2, "海豹")]
    assert await look(store, lambda work: work.garage.vehicles(FORMER)) == []


async def test_orders_and_open_envelopes_name_who_they_are_now(store):
    order = StandingOrder(1, FORMER, "pretend", "group", "10 2", (OTHER, FORMER, KEPT), START)
    await store.unit(within(lambda work: work.orders.put(order)))
    for number in (1, 2):
        await opened(store, envelope(number, terms=Terms(members=(KEPT, FORMER), level=2)))
    await store.unit(within(lambda work: work.envelopes.close(2, EnvelopeState.EXPIRED)))
    await join(store)
    kept = await look(store, lambda work: work.orders.order(1))
    assert (kept.leader, kept.members) == (KEPT, (OTHER, KEPT))
    assert (await look(store, lambda work: work.envelopes.envelope(1))).terms == Terms(
        members=(KEPT,), level=2
    )


async def test_what_waits_for_them_is_theirs(store):
    async def unit(work):
        for member in (KEPT, FORMER):
            await work.outbox.put("pretend", "", f"account-{member}", Reply("字"), member=member)
        await work.cues.put(
            Cue(CLUB.id, "history.ask", FORMER, "pretend", account="account-former")
        )

    await store.unit(within(unit))
    await join(store)
    event = Event("e", "pretend", "group", "account-former", "", "早", START)
    assert (await look(store, lambda work: work.cues.heard(event, ""))).key == FORMER
    await store.unit(within(lambda work: work.privacy.forget(KEPT)))
    assert (await store.read(lambda work: work.outbox.counts()))["waiting"] == 0
    assert await look(store, lambda work: work.cues.heard(event, "")) is None


# Envelopes


async def test_whoever_has_a_piece_by_either_id_has_one(store):
    await opened(store, envelope())
    await taken(store, envelope(), FORMER)
    await join(store)
    piece = await look(store, lambda work: work.envelopes.piece_of(1, KEPT))
    assert (piece.place, piece.member) == (0, FORMER)
    with pytest.raises(Conflict):
        await taken(store, envelope(), KEPT)
    assert await look(store, lambda work: work.joining.doubles(KEPT)) == []


async def test_a_second_piece_is_found_and_given_back(store, shelf):
    for number in (1, 2, 3):
        await opened(store, envelope(number))
    await taken(store, envelope(1), FORMER, OTHER, KEPT)
    await taken(store, envelope(2), OTHER, FORMER)
    await taken(store, envelope(3), KEPT, FORMER)
    await join(store)
    doubles = await store.unit(within(lambda work: work.joining.doubles(KEPT)))
    assert [(number, each.place, each.member) for number, each in doubles] == [
        (1, 2, KEPT), (3, 1, FORMER),
    ]  # fmt: skip

    async def give_back(work):
        for number, each in doubles:
            await work.envelopes.give_back(number, each.place)

    await store.unit(within(give_back))
    store = await shelf.open()
    assert await look(store, lambda work: work.joining.doubles(KEPT)) == []
    assert (await look(store, lambda work: work.envelopes.piece_of(1, KEPT))).place == 0
    pieces = await look(store, lambda work: work.envelopes.pieces(1))
    assert [each.is_held for each in pieces] == [True, True, False]
    assert [each.member for each in pieces] == [FORMER, OTHER, KEPT]
    assert (await look(store, lambda work: work.envelopes.envelope(1))).taken == 3


@pytest.mark.parametrize("place", [0, 1, 9])
async def test_only_what_somebody_has_is_given_back(store, place):
    await opened(store, envelope())
    await taken(store, envelope(), OTHER)
    give_back = within(lambda work: work.envelopes.give_back(1, place))
    if place == 0:
        await store.unit(give_back)
    with pytest.raises(Fault):
        await store.unit(give_back)


async def test_pieces_of_three_accounts_leave_one(store):
    await opened(store, envelope())
    await taken(store, envelope(), OTHER, KEPT, FORMER)
    await join(store, FORMER, KEPT)
    await join(store, KEPT, OTHER)
    doubles = await look(store, lambda work: work.joining.doubles(OTHER))
    assert [each.place for _, each in doubles] == [1, 2]


async def test_givers_are_counted_as_who_they_are_now(store):
    mine = replace(envelope(1), payer="member:former", sender=FORMER)
    theirs = replace(envelope(2), payer="member:kept", sender=KEPT)
    for each in (mine, theirs):
        await opened(store, each)
    await taken(store, mine, KEPT, OTHER)
    await taken(store, theirs, OTHER)
    given = within(lambda work: work.envelopes.given(0, 9))
    assert await store.read(given) == [(FORMER, 20), (KEPT, 10)]
    await join(store)
    assert await store.read(given) == [(KEPT, 20)]


# Draws


DRAWN = Terms(draw_after=60_000)


async def entered(store, number, *entries):
    drawn = envelope(number, terms=DRAWN)
    await opened(store, drawn)

    async def unit(work):
        for member, newcomer in entries:
            await work.envelopes.enter(drawn, member, newcomer=newcomer)

    await store.unit(within(unit))


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ([(FORMER, True), (OTHER, False)], [(KEPT, True), (OTHER, False)]),
        ([(KEPT, True), (OTHER, False)], [(KEPT, True), (OTHER, False)]),
        ([(FORMER, True), (OTHER, True), (KEPT, False)], [(KEPT, False), (OTHER, True)]),
        ([(OTHER, True), (KEPT, True), (FORMER, True)], [(OTHER, True), (KEPT, True)]),
    ],
)
async def test_in_an_open_draw_the_earlier_place_stays(store, entries, left):
    await entered(store, 1, *entries)
    await join(store)
    assert await look(store, lambda work: work.envelopes.entrants(1)) == [
        Entrant(place, member, newcomer) for place, (member, newcomer) in enumerate(left)
    ]
    assert (await look(store, lambda work: work.envelopes.envelope(1))).entered == len(left)
    with pytest.raises(Conflict):
        await store.unit(within(lambda work: work.envelopes.enter(envelope(1, terms=DRAWN), KEPT)))


async def test_the_list_of_a_draw_that_is_over_is_not_touched(store):
    await entered(store, 1, (FORMER, True), (KEPT, False))
    await store.unit(within(lambda work: work.envelopes.close(1, EnvelopeState.EXPIRED)))
    before = await look(store, lambda work: work.envelopes.entrants(1))
    await join(store)
    assert await look(store, lambda work: work.envelopes.entrants(1)) == before


# Books, codes, forgetting


async def test_the_books_do_not_change(store):
    await post(store, give("member:former", 9))
    head = await look(store, lambda work: work.ledger.head())
    await join(store)
    assert await look(store, lambda work: work.ledger.head()) == head
    assert await balance(store, "member:former") == (9, 0)


async def test_a_code_may_be_a_members_and_replaces_the_one_before(store, clock):
    def put(digest, member=KEPT, purpose="account"):
        return store.unit(
            within(lambda work: work.people.put_code(digest, purpose, START + 5, member=member))
        )

    def whose(digest, purpose="account"):
        return look(store, lambda work: work.people.whose_code(digest, purpose))

    await put(b"1")
    await put(b"2", FORMER)
    await put(b"3", KEPT, "link")
    assert [await whose(b"1"), await whose(b"2"), await whose(b"3")] == [KEPT, FORMER, None]
    await put(b"4")
    assert [await whose(b"1"), await whose(b"4")] == [None, KEPT]
    assert await whose(b"3", "link") == KEPT
    use = within(lambda work: work.people.use_code(b"4", "account"))
    assert await asyncio.gather(*(store.unit(use) for _ in range(3))) == [KEPT, None, None]
    assert await whose(b"4") is None
    await join(store)
    assert await whose(b"2") is None  # there is nobody of that id any more
    await put(b"5")
    clock.move(5)
    assert await whose(b"5") is None


async def test_forgetting_the_member_leaves_no_way_back(store):
    await store.unit(
        within(lambda work: work.people.put_code(b"1", "account", START + 5, member=KEPT))
    )
    await join(store)
    assert (await store.read(lambda work: work.privacy.personal(KEPT))).former_names == (FORMER,)
    await store.unit(within(lambda work: work.privacy.forget(KEPT)))
    for account in (Account("pretend", "account-kept"), Account("pretend", "account-former")):
        assert await store.read(lambda work, account=account: work.privacy.is_forgotten(account))
    assert await look(store, lambda work: work.joining.survivor(FORMER)) == FORMER
    assert await look(store, lambda work: work.people.member(FORMER)) is None
    assert await look(store, lambda work: work.people.whose_code(b"1", "account")) is None
