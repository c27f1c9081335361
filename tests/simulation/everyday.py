"""The model's everyday deeds: points, the pool, shares, and who one is in the club."""

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from storage.model import DAY
from tests.simulation.books import No, Row, Said, local
from tests.simulation.deeds import Deed

if TYPE_CHECKING:
    from tests.simulation.model import Model

Lines = Iterator[Said]


def found(model: "Model", deed: Deed) -> Lines:
    model.fill_pool()
    yield Said("leader", "founded", {"club": "车友会", "leader": deed.who}, "chat")


def talk(model: "Model", deed: Deed) -> Lines:
    yield from ()


# Points


def balance(model: "Model", deed: Deed) -> Lines:
    points = model.balances[model.wallet(deed.who)]
    yield Said("points", "balance", {"name": deed.who, "points": points, "held": 0})


def statement(model: "Model", deed: Deed) -> Lines:
    wallet = model.wallet(deed.who)
    rows = [told(model, row, wallet) for row in model.newest(wallet, 10)]
    facts = {"name": deed.who, "points": model.balances[wallet], "rows": rows}
    yield Said("points", "statement", facts)


def told(model: "Model", row: Row, wallet: str) -> Said:
    gained = row.target == wallet
    facts: dict[str, object] = {
        "day": f"{local(row.at):%m-%d}",
        "amount": row.amount if gained else -row.amount,
        "kind": row.kind,
        "number": row.reason.split(":")[1] if ":" in row.reason else "",
        "other": model.name((row.source if gained else row.target).partition(":")[2]),
    }
    return Said("points", "row", facts)


def gift(model: "Model", deed: Deed) -> Lines:
    model.check_amount(deed)
    wallet, target = model.wallet(deed.who), model.other(deed)
    if wallet == target:
        raise No("to_yourself")
    given, paired = model.today("gift", wallet), model.today("gift", wallet, target)
    if given + deed.amount > 500:
        raise No("gifts_a_day", most=500, left=500 - given)
    if paired + deed.amount > 200:
        raise No("gifts_to_one", most=200, left=200 - paired)
    giver = model.ids[deed.who]
    model.post(f"gift:{short(deed)}", "gift", wallet, target, deed.amount, giver)
    facts: dict[str, object] = {"giver": deed.who, "receiver": deed.other, "points": deed.amount}
    yield Said("points", "gift", facts, "chat")


def donate(model: "Model", deed: Deed) -> Lines:
    model.check_amount(deed)
    giver, wallet = model.ids[deed.who], model.wallet(deed.who)
    model.post(f"pool:{short(deed)}", "gift.pool", wallet, "pool", deed.amount, giver)
    yield Said("points", "donation", {"name": deed.who, "points": deed.amount}, "chat")


# The pool


def pool(model: "Model", deed: Deed) -> Lines:
    model.fill_pool()
    rows = [
        (f"{local(row.at):%m-%d}", row.amount if row.target == "pool" else -row.amount)
        for row in model.newest("pool", 5)
    ]
    facts: dict[str, object] = {"points": model.balances["pool"], "seq": len(model.rows)}
    yield Said("pool", "pool", {**facts, "rows": rows, "head": model.heads[-1].hex()[:12]})


def grant(model: "Model", deed: Deed) -> Lines:
    model.check_leader(deed)
    model.check_amount(deed)
    target = model.other(deed)
    if deed.other == deed.who:
        raise No("grant_to_yourself")
    model.fill_pool()
    spent = model.today("pool.grant", "pool")
    if spent + deed.amount > 500:
        raise No("grants_a_day", most=500, left=500 - spent)
    leader = model.ids[deed.who]
    model.post(f"grant:{short(deed)}", "pool.grant", "pool", target, deed.amount, leader)
    yield Said("pool", "granted", {"name": deed.other, "points": deed.amount}, "chat")


# Shares


def share(model: "Model", deed: Deed) -> Lines:
    author = model.ids[deed.who]
    if deed.text in model.shares:
        number, other = model.shares[deed.text]
        raise No("same_words", number=number) if other in model.members else No("taken_back")
    number = len(model.shares) + 1
    points = model.reward_share(number, model.wallet(deed.who), author)
    model.shares[deed.text] = number, author
    model.members[author].days_shared.add(model.at // DAY)
    car, km, figure = deed.told
    facts: dict[str, object] = {"car": car, "km": km, "figure": figure, "unit": "L/100km"}
    facts |= {"price": None, "place": "", "date": ""}
    kept: dict[str, object] = {"number": number, "tag": "油耗", "facts": facts, "points": points}
    yield Said("share", "kept", {**kept, "sells": False, "lacking": ""})


# Who one is


def label(model: "Model", deed: Deed) -> Lines:
    model.other(deed)
    model.check_leader(deed)
    labels = model.members[model.ids[deed.other]].labels
    if deed.word in labels:
        raise No("has_label", name=deed.other, label=deed.word)
    labels.append(deed.word)
    yield Said("standing", "labels", {"name": deed.other, "labels": list(labels)}, "chat")


def city(model: "Model", deed: Deed) -> Lines:
    model.members[model.ids[deed.who]].city = deed.word
    yield Said("standing", "lives", {"name": deed.who, "city": deed.word})


def add_car(model: "Model", deed: Deed) -> Lines:
    cars = model.members[model.ids[deed.who]].cars
    if deed.word in cars:
        raise No("have_it", series=deed.word)
    cars.append(deed.word)
    yield Said("garage", "added", {"number": len(cars), "series": deed.word})


def forget(model: "Model", deed: Deed) -> Lines:
    """Points go to the pool; then nothing leads back to the person. Who comes back is new."""
    member, left = model.ids[deed.who], model.balances[model.wallet(deed.who)]
    if left:
        model.post(f"forget:{member}", "forget", f"member:{member}", "pool", left, member)
    for envelope in model.envelopes.values():
        if envelope.state == "open":
            envelope.entrants.pop(member, None)
    del model.members[member], model.ids[deed.who]
    yield Said("privacy", "forgotten", {})


def short(deed: Deed) -> str:
    """How a deed is called in a key that is kept for ever."""
    return sha256(deed.id.encode()).hexdigest()[:24]
