"""Red envelopes: pieces in their order, one a person, open until closed."""

from dataclasses import replace

import pytest

from storage.errors import Conflict, Fault, Refusal
from storage.model import Entrant, Envelope, EnvelopeState, Terms
from tests.support.stores import at_once, within
from tests.support.world import START


def envelope(number=1, total=6, pieces=3, **more):
    return Envelope(
        number, "pool", "a", "lucky", total, pieces, b"s" * 32, "pretend", "group", START,
        START + 1000, **more,
    )  # fmt: skip


async def put_up(store, number=1, amounts=(1, 2, 3)):
    opened = envelope(number, sum(amounts), len(amounts))
    await store.unit(within(lambda work: work.envelopes.open(opened, amounts)))
    return opened


def taking(number, member):
    async def unit(work):
        found = await work.envelopes.envelope(number)
        return await work.envelopes.take(found, member)

    return within(unit)


async def look(store, number=1):
    return await store.read(within(lambda work: work.envelopes.envelope(number)))


async def test_an_envelope_is_kept_as_it_was_put_up(store):
    opened = await put_up(store)
    assert await look(store) == opened
    pieces = await store.read(within(lambda work: work.envelopes.pieces(1)))
    assert [(piece.place, piece.amount, piece.member) for piece in pieces] == [
        (0, 1, ""), (1, 2, ""), (2, 3, ""),
    ]  # fmt: skip
    assert await look(store, 2) is None


@pytest.mark.parametrize("amounts", [(1, 2), (1, 2, 4), (6,)])
async def test_pieces_that_do_not_add_up_are_a_fault(store, amounts):
    with pytest.raises(Fault):
        await store.unit(within(lambda work: work.envelopes.open(envelope(), amounts)))
    assert await look(store) is None


async def test_pieces_go_in_their_order_one_a_person(store):
    await put_up(store)
    takers = "abcd"
    results = await at_once(store, (taking(1, member) for member in takers))
    assert [(piece.place, piece.amount, piece.member) for piece in results[:3]] == [
        (0, 1, "a"), (1, 2, "b"), (2, 3, "c"),
    ]  # fmt: skip
    assert isinstance(results[3], Fault)
    found = await look(store)
    assert (found.taken, found.paid) == (3, 6)
    assert await store.read(within(lambda work: work.envelopes.piece_of(1, "b"))) == results[1]
    assert await store.read(within(lambda work: work.envelopes.piece_of(1, "d"))) is None


async def test_who_has_a_piece_gets_no_other(store):
    await put_up(store)
    await store.unit(taking(1, "a"))
    with pytest.raises(Conflict):
        await store.unit(taking(1, "a"))
    assert (await look(store)).taken == 1


async def test_of_five_taps_of_one_person_one_takes(store):
    await put_up(store)
    results = await at_once(store, (taking(1, "a") for _ in range(5)))
    assert [type(result).__name__ for result in results] == ["Piece", *["Conflict"] * 4]


async def test_a_piece_whose_taker_failed_goes_to_the_next(store):
    await put_up(store)

    async def fails(work):
        await work.envelopes.take(await work.envelopes.envelope(1), "a")
        raise Refusal("no")

    results = await at_once(store, (within(fails), taking(1, "b")))
    assert results[1].place == 0
    assert await store.unit(within(lambda work: work.envelopes.piece_of(1, "a"))) is None


async def test_an_envelope_that_was_never_put_up_can_be_put_up_otherwise(store):
    """Its number is free again, and nothing of the first split may be remembered."""

    async def fails(work):
        await work.envelopes.open(envelope(), (1, 2, 3))
        await work.envelopes.take(envelope(), "a")
        raise Refusal("no")

    units = [
        within(fails),
        within(lambda work: work.envelopes.open(envelope(), (3, 2, 1))),
        taking(1, "a"),
    ]
    results = await at_once(store, units)
    assert (results[2].place, results[2].amount) == (0, 3)


async def test_an_envelope_is_closed_once(store):
    await put_up(store)
    close = within(lambda work: work.envelopes.close(1, EnvelopeState.EXPIRED))
    results = await at_once(store, (close for _ in range(3)))
    assert [type(result) for result in results] == [type(None), Fault, Fault]
    assert (await look(store)).state == EnvelopeState.EXPIRED
    with pytest.raises(Fault):
        await store.unit(within(lambda work: work.envelopes.close(9, EnvelopeState.EMPTY)))
    with pytest.raises(Fault):
        await store.unit(within(lambda work: work.envelopes.take(envelope(9), "a")))


async def test_a_chat_knows_its_open_envelopes_the_newest_first(store):
    for number in range(1, 24):
        await put_up(store, number)
    await store.unit(within(lambda work: work.envelopes.close(22, EnvelopeState.EXPIRED)))
    found = await store.unit(within(lambda work: work.envelopes.open_of("pretend", "group")))
    assert [each.number for each in found] == [23, *range(21, 2, -1)]
    assert not await store.read(within(lambda work: work.envelopes.open_of("pretend", "other")))


async def test_pieces_are_as_they_were_after_a_restart(store, shelf):
    await put_up(store)
    await store.unit(taking(1, "a"))
    reopened = await shelf.open()
    assert (await look(reopened)).taken == 1
    assert (await reopened.unit(taking(1, "b"))).place == 1
    with pytest.raises(Conflict):
        await reopened.unit(taking(1, "a"))


async def test_what_others_took_counts_as_given(store):
    for number, payer in ((1, "member:a"), (2, "member:a"), (3, "pool")):
        opened = replace(envelope(number), payer=payer)

        async def unit(work, opened=opened):
            await work.envelopes.open(opened, (1, 2, 3))

        await store.unit(within(unit))
    takes = [(1, "b"), (1, "a"), (2, "b"), (2, "c"), (3, "b")]
    given = [(await store.unit(taking(number, member))).amount for number, member in takes]
    assert given == [1, 2, 1, 2, 1]

    async def told(since):
        return list(await store.read(within(lambda work: work.envelopes.given(since, 5))))

    assert await told(START) == [("a", 4)]
    assert await told(START + 1) == []


# Draws, terms, chats


TERMS = Terms(
    "海豹上山", ("a", "b"), 2, "老车主", "海豹", "上海", START, newcomers=1, draw_after=60_000
)


async def test_terms_are_kept_as_they_were_set(store):
    asked = replace(envelope(), terms=TERMS, everywhere=True)
    await store.unit(within(lambda work: work.envelopes.open(asked, (1, 2, 3))))
    assert await look(store) == asked


async def test_entrants_are_counted_and_kept_in_their_order(store):
    opened = await put_up(store)

    def entering(member):
        return within(lambda work: work.envelopes.enter(opened, member, newcomer=member == "c"))

    results = await at_once(store, map(entering, "bca"))
    assert results == [1, 2, 3]
    entrants = await store.read(within(lambda work: work.envelopes.entrants(1)))
    assert list(entrants) == [Entrant(0, "b"), Entrant(1, "c", newcomer=True), Entrant(2, "a")]
    assert (await look(store)).entered == 3


async def test_nobody_enters_twice_and_nothing_is_entered_when_it_is_over(store):
    opened = await put_up(store)
    await store.unit(within(lambda work: work.envelopes.enter(opened, "a")))
    with pytest.raises(Conflict):
        await store.unit(within(lambda work: work.envelopes.enter(opened, "a")))
    assert await store.read(within(lambda work: work.envelopes.has_entered(1, "a")))
    assert not await store.read(within(lambda work: work.envelopes.has_entered(1, "b")))
    await store.unit(within(lambda work: work.envelopes.close(1, EnvelopeState.GONE)))
    with pytest.raises(Fault):
        await store.unit(within(lambda work: work.envelopes.enter(opened, "b")))
    assert (await look(store)).entered == 1


async def test_pieces_of_newcomers_are_counted(store):
    opened = await put_up(store)

    async def unit(work):
        await work.envelopes.take(opened, "a", newcomer=True)
        await work.envelopes.take(opened, "b")

    await store.unit(within(unit))
    assert (await look(store)).newcomers == 1


async def test_luck_is_passed_on_once(store):
    await put_up(store)
    await store.unit(within(lambda work: work.envelopes.pass_on(1, 2)))
    with pytest.raises(Conflict):
        await store.unit(within(lambda work: work.envelopes.pass_on(1, 3)))
    assert (await look(store)).relay == 2


async def test_an_envelope_that_stands_everywhere_is_found_in_every_chat_of_the_club(store):
    await put_up(store)
    everywhere = replace(envelope(2), everywhere=True)
    await store.unit(within(lambda work: work.envelopes.open(everywhere, (1, 2, 3))))

    async def numbers(chat, club="club1"):
        found = await store.read(within(lambda w: w.envelopes.open_of("pretend", chat), club))
        return [each.number for each in found]

    assert await numbers("group") == [2, 1]
    assert await numbers("another") == [2]
    assert await numbers("another", "club2") == []
    await store.unit(within(lambda work: work.envelopes.close(2, EnvelopeState.CANCELLED)))
    assert await numbers("another") == []
    latest = await store.read(within(lambda work: work.envelopes.latest("pretend", "another", 5)))
    assert [(each.number, each.state) for each in latest] == [(2, EnvelopeState.CANCELLED)]


async def test_of_ten_thousand_takers_a_hundred_have_a_piece(store):
    amounts = tuple(range(1, 101))
    await put_up(store, amounts=amounts)
    results = await at_once(store, (taking(1, f"m{number}") for number in range(10_000)))
    pieces = [result for result in results if not isinstance(result, Fault)]
    assert [piece.amount for piece in pieces] == list(amounts)
    assert len({piece.member for piece in pieces}) == 100
    found = await look(store)
    assert (found.taken, found.paid) == (100, sum(amounts))
