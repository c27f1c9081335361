"""A share's words → what they say of a car."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from config.catalogue import Catalogue
from handlers.knowledge import amounts, figures, moment, places, tags, wording
from handlers.knowledge.masks import narrow
from handlers.knowledge.tags import Tag
from storage.model import Event, Facts

Missing = Literal["car", "km", ""]

ADDED_TEXT_MAX = 60
"""A longer message is no answer to "which car is it?"."""
KM_BARE_LEAST = 100
OTHER_ENERGY = {"L/100km": "kWh/100km", "kWh/100km": "L/100km"}
"""Who drives electric says 油耗 all the same."""

_ASKED = re.compile(r"(?:补充|/add) #(\d{1,9})")
"""How our line about a share says what may be added to it, in any language."""


def understand(
    text: str, *, tag: Tag, catalogue: Catalogue, own: Sequence[str], today: date
) -> Facts:
    """What the words tell, and nothing they do not; the author's only car where they name none."""
    words = narrow(tags.words(text))
    numbers = amounts.find(words)
    unit = tag.unit
    figure = figures.figure(words, numbers, unit)
    if figure is None and unit in OTHER_ENERGY:
        unit = OTHER_ENERGY[unit]
        figure = figures.figure(words, numbers, unit)
    km = figures.km(words, numbers)
    if unit == "km" and km == figure:
        km = None  # how far a charge reaches is not how far the car has been driven
    return Facts(
        stage=tag.stage,
        car=_car(catalogue.find(words), own),
        km=km,
        price_yuan=figures.price(words, numbers),
        place=places.told(words),
        date=moment.told(words, today),
        figure=figure,
        unit=unit if figure is not None else "",
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


def added(text: str, lacking: Missing, *, tag: Tag, catalogue: Catalogue, today: date) -> Facts:
    """What an author adds to a share; a bare number answers the question for the distance."""
    facts = understand(text, tag=tag, catalogue=catalogue, own=(), today=today)
    numbers = amounts.find(narrow(text).strip())
    if lacking == "km" and facts.km is None and len(numbers) == 1:
        only = numbers[0]
        bare = only.start == 0 and only.end == len(narrow(text).strip())
        if bare and KM_BARE_LEAST <= only.value <= figures.KM_MAX:
            return replace(facts, km=round(only.value))
    return facts


def added_to(event: Event, catalogue: Catalogue) -> int | None:
    """The number of the share that a message completes: it answers our question about it."""
    quoted = event.quoted
    if not (event.addressed or event.private) or quoted is None or len(event.text) > ADDED_TEXT_MAX:
        return None
    number = _ASKED.search(quoted.text)
    if number is None or tags.find(event.text) or wording.asks(event.text):
        return None
    tells = catalogue.find(event.text) or amounts.find(narrow(event.text))
    return int(number[1]) if tells else None


def says_something(facts: Facts) -> bool:
    return bool(facts.car or facts.place or facts.date) or measures(facts)


def measures(facts: Facts) -> bool:
    """It gives a figure of any kind."""
    return any(number is not None for number in (facts.km, facts.price_yuan, facts.figure))


def _car(told: Sequence[str], own: Sequence[str]) -> str:
    """Of several cars the author's own; the first one otherwise."""
    for car in told:
        if car in own:
            return car
    if told:
        return told[0]
    return own[0] if len(set(own)) == 1 else ""
