"""A share's words → what they say of a car."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from config.catalogue import Catalogue
from handlers.knowledge import amounts, figures, moment, places, tags
from handlers.knowledge.masks import narrow
from handlers.knowledge.tags import Tag
from storage.model import Facts

Missing = Literal["car", "km", ""]


def understand(
    text: str, *, tag: Tag, catalogue: Catalogue, own: Sequence[str], today: date
) -> Facts:
    """What the words tell, and nothing they do not; the author's only car where they name none."""
    words = narrow(tags.words(text))
    numbers = amounts.find(words)
    figure = figures.figure(words, numbers, tag.unit)
    return Facts(
        stage=tag.stage,
        car=_car(catalogue.find(words), own),
        km=figures.km(words, numbers),
        price_yuan=figures.price(words, numbers),
        place=places.told(words),
        date=moment.told(words, today),
        figure=figure,
        unit=tag.unit if figure is not None else "",
    )


def complete(before: Facts, added: Facts) -> Facts:
    """The facts with what was added later; what is new wins."""
    return replace(
        before,
        car=added.car or before.car,
        km=before.km if added.km is None else added.km,
        price_yuan=before.price_yuan if added.price_yuan is None else added.price_yuan,
        place=added.place or before.place,
        date=added.date or before.date,
        figure=before.figure if added.figure is None else added.figure,
        unit=before.unit if added.figure is None else added.unit,
    )


def missing(facts: Facts, tag: Tag) -> Missing:
    """What matters most and is not known."""
    if not facts.car:
        return "car"
    return "km" if tag.needs_km and facts.km is None else ""


def says_something(facts: Facts) -> bool:
    known = (facts.car, facts.place, facts.date)
    return any(known) or any(n is not None for n in (facts.km, facts.price_yuan, facts.figure))


def _car(told: Sequence[str], own: Sequence[str]) -> str:
    """Of several cars the author's own; the first one otherwise."""
    for car in told:
        if car in own:
            return car
    if told:
        return told[0]
    return own[0] if len(set(own)) == 1 else ""
