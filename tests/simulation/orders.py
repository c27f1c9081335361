"""The model's standing orders: envelopes that the pool sends when their time has come."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.model import DAY, HOUR, MINUTE, Millis
from tests.simulation import envelopes
from tests.simulation.books import EAST, No, Said, local
from tests.simulation.deeds import Deed
from tests.simulation.envelopes import say

if TYPE_CHECKING:
    from tests.simulation.model import Model

Lines = Iterator[Said]
PERIODS = {"day": DAY, "week": 7 * DAY}


@dataclass(slots=True)
class Order:
    deed: Deed
    at: Millis
    named: tuple[str, ...]
    """The ids of those it is for."""


def order(model: "Model", deed: Deed) -> Lines:
    model.check_leader(deed)
    if not deed.word:
        rows = [
            {**shown(model, number, each), "name": each.deed.who}
            for number, each in sorted(model.orders.items())
        ]
        yield say("orders", rows=rows)
        return
    envelopes.check(deed)
    named = envelopes.named_in(model, deed)
    if deed.amount > 1_000:
        raise No("pool_a_day", most=1_000, left=1_000)
    if len(model.orders) >= 20:
        raise No("enough_orders", most=20)
    model.ordered += 1
    put = model.orders[model.ordered] = Order(deed, first(deed, model.at), named)
    model.due[f"envelope.send:{model.ordered}"] = put.at
    yield Said("envelope", "ordered", shown(model, model.ordered, put), "chat")


def first(deed: Deed, now: Millis) -> Millis:
    """The next time that the club's clock shows that hour."""
    hour, minute = deed.clock
    at = (now + EAST) // DAY * DAY - EAST + hour * HOUR + minute * MINUTE
    return at if at > now else at + DAY


def shown(model: "Model", number: int, put: Order) -> dict[str, object]:
    return {
        "number": number,
        "at": f"{local(put.at):%Y-%m-%d %H:%M}",
        "every": put.deed.every,
        "words": put.deed.word,
        "names": [model.name(member) for member in put.named],
    }


def drop_order(model: "Model", deed: Deed) -> Lines:
    model.check_leader(deed)
    if deed.envelope not in model.orders:
        raise No("no_such_order", number=deed.envelope)
    drop(model, deed.envelope)
    yield Said("envelope", "order_cancelled", {"number": deed.envelope}, "chat")


def drop(model: "Model", number: int) -> None:
    del model.orders[number]
    model.due.pop(f"envelope.send:{number}", None)


def send(model: "Model", number: int) -> Lines:
    """More than an hour late, or where the bot is not, it is left out; what cannot be sent is told
    and left out too."""
    put = model.orders[number]
    if put.deed.chat not in model.gone and model.at - put.at <= HOUR:
        try:
            envelopes.check_pool(model, put.deed.amount)
            if model.balances["pool"] < put.deed.amount:
                raise No("pool_too_poor", points=model.balances["pool"])
            yield from envelopes.show(envelopes.put_up(model, put.deed, "pool", put.named))
        except No as no:
            why = Said("envelope", no.message, no.facts)
            facts: dict[str, object] = {"number": number, "why": why}
            yield Said("envelope", "order_unsent", facts, "aside", put.deed.chat)
    if not put.deed.every:
        drop(model, number)
        return
    while put.at <= model.at:
        put.at += PERIODS[put.deed.every]
    model.due[f"envelope.send:{number}"] = put.at
