"""Check the luck of one envelope, or of all that are over, against its seed and the books."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bots.commands import CommandError
from config.settings import Settings
from rewards.published import Published, Wrong, published, told_by, unbooked, wrong
from storage.audit import Unsound
from storage.model import EnvelopeState
from storage.sqlite import DATABASE

if TYPE_CHECKING:
    from storage.sqlite.audit import Kept

EXIT_WRONG = 1
NUMBER_MAX = 2**63 - 1
"""What a database can count to."""
MEANING: dict[Wrong, str] = {
    "": "",
    "hash": "its seed is not the one whose hash was told when it was sent",
    "amounts": "its amounts do not follow from its seed",
    "draw": "who was drawn does not follow from its seed and its entrants",
}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "number", nargs="?", type=int, help="of an envelope; else all that are over"
    )
    parser.add_argument("--club", default="", metavar="NAME", help="the club's name or id")
    parser.add_argument(
        "--json", action="store_true", help="print its numbers for docs/verify_envelope.py instead"
    )


def run(options: Namespace, settings: Settings) -> int:
    from storage.sqlite.audit import kept_envelopes

    number = options.number
    if number is None and options.json:
        raise CommandError("--json takes the number of an envelope")
    if number is not None and not 0 < number <= NUMBER_MAX:
        raise CommandError(f"there is no envelope {number}")
    kept = kept_envelopes(settings.data_dir / DATABASE, options.club, number or 0)
    try:
        if number is None:
            return every(kept, options.club)
        return one(the_only(list(kept), options), as_json=options.json)
    except Unsound as unsound:
        print(unsound)
        return EXIT_WRONG


def the_only(kept: "list[Kept]", options: Namespace) -> "Kept":
    if not kept:
        where = f" in {options.club}" if options.club else ""
        raise CommandError(f"there is no envelope {options.number}{where}")
    if len(kept) > 1:
        clubs = ", ".join(f"{each.name} ({each.club})" for each in kept)
        raise CommandError(f"several clubs have an envelope {options.number}: {clubs}; add --club")
    return kept[0]


def one(kept: "Kept", *, as_json: bool) -> int:
    found, numbers = fault(kept), numbers_of(kept)
    print(json.dumps(numbers) if as_json else "\n".join(statement(kept, found, numbers)))
    return EXIT_WRONG if found else 0


def every(kept: "Iterable[Kept]", club: str) -> int:
    count, wrong_ones = 0, []
    for each in kept:
        if each.envelope.state != EnvelopeState.OPEN:
            count += 1
            found = fault(each)
            print(line(each, found))
            if found:
                wrong_ones.append(f"{each.club}  envelope {each.envelope.number}")
    if not count and club:
        raise CommandError(f"no club {club} has an envelope that is over")
    if not wrong_ones:
        print(f"{count} checked, all right" if count else "no envelope is over yet")
        return 0
    print(f"{count} checked, {len(wrong_ones)} wrong, first {wrong_ones[0]}")
    return EXIT_WRONG


def line(kept: "Kept", found: str) -> str:
    e = kept.envelope
    what = f"{e.mode} {e.total}/{e.pieces}{' drawn' if e.terms.draw_after else ''}"
    return f"{kept.club}  envelope {e.number}  {what}  {found or right(kept)}"


def right(kept: "Kept") -> str:
    still_open = kept.envelope.state == EnvelopeState.OPEN
    said = "still open, its luck is told when it is over" if still_open else "ok"
    return said if told_by(kept.postings) else f"{said}; no hash was told when it was sent"


def statement(kept: "Kept", found: str, numbers: Published) -> Iterator[str]:
    """In a few lines what was found; of an open envelope only what the club knows as well."""
    yield line(kept, found)
    if told_by(kept.postings):
        yield f"hash told: {numbers['hash']}"
    if "seed" in numbers:
        yield f"seed: {numbers['seed']}"
        yield f"amounts: {' '.join(map(str, numbers['amounts']))}"
    if "draw" in numbers:
        yield f"entered: {' '.join(numbers['draw']['entries'])}"
        yield f"drawn: {' '.join(numbers['draw']['drawn'])}"


def fault(kept: "Kept") -> str:
    """The first thing that is wrong with an envelope; no amount is named."""
    found = MEANING[wrong(numbers_of(kept))]
    return found or unbooked(kept.club, kept.envelope, kept.pieces, kept.entrants, kept.postings)


def numbers_of(kept: "Kept") -> Published:
    told = told_by(kept.postings)
    return published(kept.club, kept.envelope, kept.pieces, kept.entrants, told)
