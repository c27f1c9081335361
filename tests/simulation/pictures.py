"""What the model's envelopes look like: open, over, in a list, and laid open to be checked."""

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from storage.model import DAY
from tests.simulation.books import Said, local
from tests.simulation.deeds import Deed
from tests.simulation.envelopes import Envelope, numbered, say

if TYPE_CHECKING:
    from tests.simulation.model import Model

Lines = Iterator[Said]
TAKERS_MAX = 20
NEWEST_MAX = 8


def picture(model: "Model", envelope: Envelope) -> Said:
    """What an envelope's message says now."""
    return offer(model, envelope) if envelope.state == "open" else ended(model, envelope)


def offer(model: "Model", envelope: Envelope) -> Said:
    wish, taken = envelope.wish, len(envelope.takers)
    names = [model.name(member) for member in envelope.takers]
    newest = list(zip(names, envelope.amounts, strict=False))[-NEWEST_MAX:]
    drawn_at = local(envelope.sent_at + wish.draw_after)
    return say(
        "offer",
        number=envelope.number,
        name=model.name(envelope.sender),
        total=sum(envelope.amounts),
        pieces=len(envelope.amounts),
        mode=envelope.mode,
        pool=envelope.payer == "pool",
        names=[model.name(member) for member in envelope.named],
        asks=list(asks(envelope)),
        key=wish.key,
        drawn_at=f"{drawn_at:%H:%M:%S}" if wish.draw_after else "",
        entered=len(envelope.entrants),
        taken=taken,
        paid=sum(envelope.amounts[:taken]),
        newest=newest,
        promise=promise(envelope)[:32],
    )


def asks(envelope: Envelope) -> Lines:
    wish = envelope.wish
    if wish.level:
        yield say("asks_level", level=wish.level)
    for message, value in (
        ("asks_label", wish.label),
        ("asks_car", wish.car),
        ("asks_city", wish.city),
    ):
        if value:
            yield say(message, value=value)
    if wish.joined_days:
        day = local(envelope.sent_at - wish.joined_days * DAY + 1)
        yield say("asks_joined", day=f"{day:%Y-%m-%d}")
    if wish.newcomers is not None:
        yield say("asks_newcomers", most=wish.newcomers)


def promise(envelope: Envelope) -> str:
    """The hash of the seed, where luck has any part in it."""
    if envelope.mode == "equal" and not envelope.wish.draw_after:
        return ""
    return sha256(envelope.seed).hexdigest()


def ended(model: "Model", envelope: Envelope) -> Said:
    taken, best = len(envelope.takers), envelope.best
    rows = [
        (model.name(member), envelope.amounts[place], place == best)
        for place, member in enumerate(envelope.takers)
    ]
    shown = rows[:TAKERS_MAX] + [row for row in rows[TAKERS_MAX:] if row[2]]
    return say(
        "ended",
        number=envelope.number,
        how=envelope.state,
        entered=len(envelope.entrants) if envelope.wish.draw_after else None,
        rows=shown,
        more=taken - len(shown),
        taken=taken,
        pieces=len(envelope.amounts),
        back=sum(envelope.amounts[taken:]),
        pool=envelope.payer == "pool",
        relay=envelope.relay,
        seed=envelope.seed.hex() if taken and promise(envelope) else "",
    )


def record(model: "Model", deed: Deed) -> Lines:
    """One of them, or the ten latest of the chat."""
    if deed.envelope:
        yield picture(model, numbered(model, deed))
        return
    stood = [each for each in reversed(model.envelopes.values()) if deed.chat in each.chats]
    yield say("list", rows=[line(model, each) for each in stood[:10]])


def line(model: "Model", envelope: Envelope) -> dict[str, object]:
    return {
        "number": envelope.number,
        "day": f"{local(envelope.sent_at):%m-%d %H:%M}",
        "name": model.name(envelope.sender),
        "total": sum(envelope.amounts),
        "pieces": len(envelope.amounts),
        "taken": len(envelope.takers),
        "how": envelope.state,
    }


def verify(model: "Model", deed: Deed) -> Lines:
    envelope = numbered(model, deed)
    told = {"number": envelope.number, "hash": sha256(envelope.seed).hexdigest()}
    if envelope.state == "open":
        yield say("verify_later", **told)
        return
    seed = envelope.seed.hex()
    yield say("verified", **told, seed=seed, amounts=envelope.amounts, wrong="")
