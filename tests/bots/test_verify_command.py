"""verify, as an operator types it: the luck of envelopes that are over, and who changed what."""

import asyncio
import json
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from runpy import run_path

import pytest

from rewards import ledger, luck
from storage.model import DAY, Club, Envelope, EnvelopeState, Terms
from storage.sqlite.store import SqliteStore
from tests.support.room import Room
from tests.support.stores import CLUB, found, give, post, within
from tests.support.world import START, Clock, pretend_world

pytestmark = pytest.mark.usefixtures("fresh_logs")

CHECKER = Path(__file__).parents[2] / "docs" / "verify_envelope.py"
OTHER = Club("club2", "另一个", "zh", "Asia/Shanghai", START)
SEED = bytes(range(32))
DRAW = Terms(draw_after=60_000, newcomers=1)


@pytest.fixture
def database(data):
    """Four envelopes in one club: taken, half taken, open, drawn; and one in another."""
    asyncio.run(evening(data / "carclub.db"))
    return data / "carclub.db"


@pytest.fixture
def verify(do):
    return partial(do, "verify")


async def evening(path):
    store = SqliteStore(path, pretend_world())
    await found(store)
    await found(store, OTHER)
    await post(store, give("pool", 500))
    await send(store, 1, "lucky", takers="abc", state=EnvelopeState.EMPTY)
    await send(store, 2, "wild", takers="ab", state=EnvelopeState.EXPIRED)
    await send(store, 3, "lucky", takers="a")
    await send(store, 4, "lucky", terms=DRAW, entrants="abcdefgh", state=EnvelopeState.EMPTY)
    await store.unit(within(lambda work: work.ledger.post(give("pool", 500)), OTHER.id))
    await send(store, 1, "equal", takers="a", state=EnvelopeState.EXPIRED, club=OTHER.id)
    await store.close()


async def send(
    store, number, mode, *, takers="", entrants="", terms=None, state=None, club=CLUB.id
):
    """An envelope and its whole life, as the envelope feature keeps it."""
    envelope = Envelope(
        number, "pool", "a", mode, 60, 3, SEED, "pretend", "group", START, START + 9,
        terms=terms or Terms(),
    )  # fmt: skip
    promise = luck.commitment(SEED)

    async def unit(work):
        await work.ledger.post(ledger.envelope_send(number, "pool", "a", 60, promise))
        await work.envelopes.open(envelope, luck.split(mode, 60, 3, SEED))
        for place, member in enumerate(entrants):
            await work.envelopes.enter(envelope, member, newcomer=place % 2 == 0)
        entered = await work.envelopes.entrants(number)
        digest = luck.digest_of(luck.codes_of(club, number, entered)) if entered else b""
        for member in takers or winners(club, envelope, entered):
            piece = await work.envelopes.take(envelope, member)
            await work.ledger.post(ledger.envelope_grab(number, member, piece.amount, digest))
        if state:
            left = await work.ledger.balance(ledger.escrow(number))
            if left.posted:
                await work.ledger.post(ledger.envelope_refund(number, "pool", left.posted))
            await work.envelopes.close(number, state)

    await store.unit(within(unit, club))


def winners(club, envelope, entrants):
    codes = luck.codes_of(club, envelope.number, entrants)
    terms = envelope.terms
    places = luck.draw(codes, envelope.pieces, envelope.seed, terms.newcomers)
    return [entrants[place].member for place in places]


def tamper(path, *statements):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_is_never_changed")
        for sql in statements:
            assert connection.execute(sql).rowcount


# What is right


def test_all_that_are_over_have_a_line_each(verify, database):
    code, out, _ = verify()
    assert code == 0
    assert out.splitlines() == [
        "club1  envelope 1  lucky 60/3  ok",
        "club1  envelope 2  wild 60/3  ok",
        "club1  envelope 4  lucky 60/3 drawn  ok",
        "club2  envelope 1  equal 60/3  ok",
        "4 checked, all right",
    ]


def test_one_is_told_with_its_numbers(verify, database):
    code, out, _ = verify(4)
    assert code == 0
    first, hash_told, seed, amounts, entered, drawn = out.splitlines()
    assert first == "club1  envelope 4  lucky 60/3 drawn  ok"
    assert hash_told == f"hash told: {luck.commitment(SEED).hex()}"
    assert seed == f"seed: {SEED.hex()}"
    assert amounts == "amounts: 29 8 23"
    assert len(entered.split()) == 9
    assert len(drawn.split()) == 4


def test_its_numbers_are_those_that_the_checker_reads(verify, database):
    check = run_path(str(CHECKER))["check"]
    for number, club in ((1, CLUB.id), (2, CLUB.id), (4, CLUB.id), (1, OTHER.id)):
        code, out, _ = verify(number, "--club", club, "--json")
        assert code == 0
        assert json.loads(out)["envelope"] == number
        assert check(json.loads(out)) == ""


def test_a_club_goes_by_its_name_or_id(verify, database):
    assert verify(1, "--club", "另一个")[1].startswith("club2  envelope 1  equal")
    assert verify("--club", "club2")[1].splitlines()[1:] == ["1 checked, all right"]


async def test_it_works_beside_a_running_carclub(verify, database):
    store = SqliteStore(database, pretend_world())
    await send(store, 5, "wild", takers="abc", state=EnvelopeState.EMPTY)
    assert verify()[1].endswith("5 checked, all right\n")
    await store.close()


async def test_what_a_group_does_in_an_evening_is_right(verify, data):
    """Through the whole bot: every kind of envelope, and every end."""
    clock = Clock()
    world = pretend_world(clock=clock)
    room = Room(SqliteStore(data / "carclub.db", world), world, clock)
    await room.found()
    await room.give("小王", 1000)
    kinds = ["5", "5 刺激", "2 均分", "3 摇号", "3 摇号 新人1 均分", "9 摇号", "3 摇号", "4"]
    for number, words in enumerate(kinds, 1):
        await room.say("小王", f"红包 60 {words}")
        for name in "甲乙丙丁戊" if number < 7 else "":
            await room.tap(name, f"抢 {number}")
    await room.say("小王", "撤回红包 8")
    clock.move(2 * DAY)
    await room.sweep()
    await room.say("小王", "红包 60 5")
    await room.store.close()
    code, out, _ = verify()
    assert (code, out.splitlines()[-1]) == (0, "8 checked, all right")
    assert verify(9)[1].startswith("id0001  envelope 9  lucky 60/5  still open")


def test_an_envelope_from_before_hashes_were_told_says_so(verify, database):
    tamper(database, "UPDATE journal SET reason = 'env:1' WHERE key = 'env:1:send'")
    code, out, _ = verify()
    assert code == 0
    assert out.splitlines()[0].endswith("  ok; no hash was told when it was sent")
    assert "hash told:" not in verify(1, "--club", "club1")[1]


def test_where_none_is_over_there_is_nothing_to_say(verify, database):
    tamper(database, "UPDATE envelope SET state = 'open'")
    assert verify() == (0, "no envelope is over yet\n", "")


# What is still secret


@pytest.mark.parametrize("arguments", [(3,), (3, "--json"), ()])
def test_of_an_open_envelope_neither_seed_nor_amounts_are_told(verify, database, arguments):
    tamper(database, "UPDATE envelope SET state = 'open', taken = 0 WHERE number <> 3")
    code, out, err = verify(*arguments)
    assert code == 0
    assert SEED.hex() not in out + err
    amounts = luck.split("lucky", 60, 3, SEED)
    assert str(amounts) not in out
    for word in out.replace(",", " ").replace(luck.commitment(SEED).hex(), "").split():
        assert word not in {str(amount) for amount in amounts}


def test_of_an_open_draw_not_even_who_entered_is_told(verify, database):
    tamper(database, "UPDATE envelope SET state = 'open' WHERE number = 4")
    assert set(json.loads(verify(4, "--json")[1])) == {
        "envelope",
        "mode",
        "total",
        "pieces",
        "hash",
    }
    assert verify(4)[1].splitlines() == [
        "club1  envelope 4  lucky 60/3 drawn  still open, its luck is told when it is over",
        f"hash told: {luck.commitment(SEED).hex()}",
    ]


def test_what_is_wrong_with_an_open_one_tells_no_amount(verify, database):
    tamper(database, "UPDATE piece SET amount = amount + 1 WHERE number = 3")
    code, out, _ = verify(3)
    assert code == 1
    assert "the journal did not pay piece 1 like this" in out


# What is wrong

ENVELOPE = "club = 'club1' AND number = 4"
SENT = "club = 'club1' AND key = 'env:4:send'"
PAID = "club = 'club1' AND source = 'env:4'"
CHANGED = {
    "the seed": (f"UPDATE envelope SET seed = zeroblob(32) WHERE {ENVELOPE}", "hash was told"),
    "the hash": (f"UPDATE journal SET reason = reason || '0' WHERE {SENT}", "hash was told"),
    "an amount": (f"UPDATE piece SET amount = 30 WHERE {ENVELOPE} AND place = 0", "its seed"),
    "two amounts": (f"UPDATE piece SET amount = 52 - amount WHERE {ENVELOPE}", "its seed"),
    "the total": (f"UPDATE envelope SET total = 61 WHERE {ENVELOPE}", "its seed"),
    "a piece less": (f"DELETE FROM piece WHERE {ENVELOPE} AND place = 2", "its seed"),
    "the mode": (f"UPDATE envelope SET mode = 'wild' WHERE {ENVELOPE}", "its seed"),
    "no mode": (f"UPDATE envelope SET mode = 'x' WHERE {ENVELOPE}", "its seed"),
    **{
        f"entrant {place}": (
            f"UPDATE entrant SET member = 'x' WHERE {ENVELOPE} AND place = {place}",
            "who was drawn",
        )
        for place in range(8)
    },
    "a newcomer": (f"UPDATE entrant SET newcomer = 1 WHERE {ENVELOPE} AND place = 1", "was drawn"),
    "an entrant less": (f"DELETE FROM entrant WHERE {ENVELOPE} AND place = 7", "was drawn"),
    "a winner": (f"UPDATE piece SET member = 'x' WHERE {ENVELOPE} AND place = 0", "was drawn"),
    "a winner less": (f"UPDATE piece SET member = '' WHERE {ENVELOPE} AND place = 2", "was drawn"),
    "the quota": (f"UPDATE envelope SET terms = '{{}}' WHERE {ENVELOPE}", "was drawn"),
    "what was paid": (f"UPDATE journal SET amount = 99 WHERE {PAID}", "did not pay piece 1"),
    "who was paid": (f"UPDATE journal SET target = 'member:x' WHERE {PAID}", "did not pay piece 1"),
    "what was sent": (f"UPDATE journal SET amount = 61 WHERE {SENT}", "sent like this"),
    "the payer": (f"UPDATE envelope SET payer = 'member:x' WHERE {ENVELOPE}", "sent like this"),
    "the sender": (f"UPDATE envelope SET sender = 'x' WHERE {ENVELOPE}", "sent like this"),
    "how many entered": (f"UPDATE envelope SET entered = 9 WHERE {ENVELOPE}", "8 are there"),
}


@pytest.mark.parametrize(("sql", "why"), CHANGED.values(), ids=CHANGED)
def test_any_change_is_found(verify, database, sql, why):
    tamper(database, sql)
    code, out, _ = verify()
    assert code == 1
    wrong = [line for line in out.splitlines() if not line.endswith("  ok")]
    assert len(wrong) == 2
    assert wrong[0].startswith("club1  envelope 4  ")
    assert why in wrong[0]
    assert wrong[1] == "4 checked, 1 wrong, first club1  envelope 4"
    assert verify(4)[0] == 1


def test_the_first_of_several_is_named(verify, database):
    tamper(database, "UPDATE envelope SET seed = zeroblob(32) WHERE number <> 1")
    assert verify()[1].splitlines()[-1] == "4 checked, 2 wrong, first club1  envelope 2"


def test_a_payment_nobody_has_a_piece_for_is_found(verify, database):
    tamper(database, "UPDATE piece SET member = '' WHERE number = 2 AND place = 1")
    assert "the journal paid somebody who has no piece" in verify(2)[1]


def test_a_row_that_is_no_envelope_is_named(verify, database):
    tamper(database, "UPDATE envelope SET state = 'lost' WHERE number = 2")
    code, out, _ = verify()
    assert code == 1
    assert out.splitlines()[-1] == "envelope 2: 'lost' is not a valid EnvelopeState"


# What cannot be asked


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((9,), "there is no envelope 9"),
        ((0,), "there is no envelope 0"),
        ((10**30,), f"there is no envelope {10**30}"),
        ((2, "--club", "另一个"), "there is no envelope 2 in 另一个"),
        ((2, "--club", "x"), "there is no envelope 2 in x"),
        (("--club", "x"), "no club x has an envelope that is over"),
        ((1,), "several clubs have an envelope 1: 车友会 (club1), 另一个 (club2); add --club"),
        (("--json",), "--json takes the number of an envelope"),
    ],
)
def test_what_cannot_be_answered_is_one_line(verify, database, arguments, why):
    assert verify(*arguments) == (2, "", why)


def test_no_database_is_one_line_and_makes_none(verify, database):
    database.unlink()
    assert verify()[2] == f"{database} does not exist"
    assert not database.exists()
