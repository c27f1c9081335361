"""Choices as numbered lines, and a typed number → the choice it means. Pure.

For platforms without buttons. In Chinese groups a bare "1" is ordinary speech, so it chooses only
where it cannot mean anything else: it quotes the message that offers it, or follows that message
within two minutes and nobody has given the number another meaning since. A number stands for one
thing at a time in a chat, and is free again an hour after it was last offered.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from bots import typed
from bots.lengths import ELLIPSIS, INVISIBLE, cut, is_blank, units
from handlers.parse import clean_text, fold
from storage.model import HOUR, MINUTE, SECOND, Choice, Millis, Offer, Quoted

SOON: Millis = 2 * MINUTE
"""For so long a number without a quote may mean the offer."""
REUSED_AFTER: Millis = HOUR
SKEW: Millis = 5 * SECOND
"""A platform's clock may be so far behind ours: what answers an offer may seem said before it."""
CHOICES_MAX = 20
NUMBER_MAX = 99
"""People type two digits. Where all of them are taken, a line has words instead of a number."""
LABEL_MAX = 40
HEAD_LETTERS = 24
HEAD_LENGTH = 16
"""Of the hash, in hexadecimal digits: it only tells a chat's own messages apart."""
HEAD_READ = 2_000

_LINE = re.compile(r"(?:^|\s)\d{1,2}\.(?:\s|$)")
"""A numbered line's beginning. Where a message is quoted, a space may stand for a line's end."""


# Saying what may be chosen


def give(
    choices: Sequence[Choice],
    known: Sequence[Offer],
    *,
    platform: str,
    chat: str,
    at: Millis,
    private: bool = False,
    origin: int = 0,
    head: str = "",
    quotes: str = "",
) -> tuple[Offer, ...]:
    """Numbers for a message's choices; `known` are the chat's offers of late.

    The lowest that nothing else has there now. What still stands and is offered again, about the
    same message (`quotes`), keeps its number: 「收录」 to two messages is two things. What is to be
    said in private gets none in a group, nor does anything once all numbers are taken.
    """
    standing = [offer for offer in known if offer.at > at - REUSED_AFTER]
    numbers = {(offer.says, offer.quotes): offer.number for offer in reversed(standing)}
    taken = {offer.number for offer in standing}
    free = (number for number in range(1, NUMBER_MAX + 1) if number not in taken)
    offers = []
    for choice in _offered(choices):
        if choice.private and not private:
            continue
        number = numbers.get((choice.says, quotes)) or next(free, 0)
        if number:
            offers.append(
                Offer(platform, chat, number, choice.says, label(choice), at, origin, head, quotes)
            )
    return tuple(offers)


def lines(choices: Sequence[Choice], offers: Sequence[Offer]) -> str:
    """What stands below the message: a line for each offer, then what has to be said in words."""
    numbers = {offer.says: offer for offer in offers}
    chosen_by_number = [
        _line(numbers[each.says]) for each in _offered(choices) if each.says in numbers
    ]
    by_words = [_words(each) for each in _offered(choices) if each.says not in numbers]
    return "\n".join([*chosen_by_number, *filter(None, by_words)])


def room(choices: Sequence[Choice]) -> int:
    """The most units that their lines take, whichever numbers they get."""
    longest = [
        max(units(_words(each)), len("99. ") + units(label(each))) for each in _offered(choices)
    ]
    return sum(longest) + len(longest)


def label(choice: Choice) -> str:
    """One short line."""
    text = _one_line(choice.label)
    return cut(_one_line(choice.says) if is_blank(text) else text, LABEL_MAX)


def head(text: str) -> str:
    """A short hash of how a message begins: its first letters and digits, up to its numbered lines.

    Whatever happens to spaces, marks and lines on the way, a quote of the message has the same one.
    """
    text = clean_text(text[:HEAD_READ])
    below = _LINE.search(text)
    letters = [
        each for each in fold(text[: below.start()] if below else text).casefold() if each.isalnum()
    ]
    begin = "".join(letters[:HEAD_LETTERS])
    return sha256(begin.encode("utf-8", "replace")).hexdigest()[:HEAD_LENGTH]


# Understanding what was chosen


def chosen(
    text: str,
    known: Sequence[Offer],
    *,
    at: Millis,
    quoted: Quoted | None = None,
    named: Mapping[int, Millis] | None = None,
    me: str = "",
    private: bool = False,
) -> Offer | None:
    """Which offer a message chooses, if it chooses one.

    `known` are the chat's offers of late, the newest first; `at` is when it was said; `named` tells
    when a number was last named in ordinary talk there (`typed.named`); `me` is the bot's account.
    """
    number = typed.number(text, quoting=quoted is not None)
    if not number:
        return None
    if quoted is not None:
        if me and quoted.account and quoted.account != me:
            return None  # it answers somebody else
        return _quoted(number, known, quoted)
    meant = _meant(number, known, at, private=private)
    if meant is None:
        return None
    named_at = (named or {}).get(number)
    if named_at is not None and named_at >= at - SOON and named_at >= _since(meant, known):
        return None  # it answers those words
    return meant


def _quoted(number: int, known: Sequence[Offer], quoted: Quoted) -> Offer | None:
    """By the platform's id, else by the words: how they begin, and the line of that number."""
    by_id = [each for each in known if each.message and each.message == quoted.message]
    if by_id:
        return next((each for each in by_id if each.number == number), None)
    begins = head(quoted.text)
    shown = [_one_line(each) for each in clean_text(quoted.text).splitlines()]
    return _only(
        each
        for each in known
        if each.number == number and each.head == begins and _stands(_line(each), shown)
    )


def _meant(number: int, known: Sequence[Offer], at: Millis, *, private: bool) -> Offer | None:
    """What a number without a quote may mean: what was offered just now; in private, where nobody
    else speaks, also what the latest message offers."""
    before = [each for each in known if each.at - SKEW <= at]
    soon = [each for each in before if at <= each.at + SOON]
    latest = before[0] if private and before and at < before[0].at + REUSED_AFTER else None
    if latest is not None:
        soon += [each for each in before if (each.origin, each.at) == (latest.origin, latest.at)]
    return _only(each for each in soon if each.number == number)


def _only(offers: Iterable[Offer]) -> Offer | None:
    """The newest of them, if all mean the same."""
    found = list(offers)
    same = {(each.says, each.quotes) for each in found}
    return found[0] if len(same) == 1 else None


def _since(offer: Offer, known: Sequence[Offer]) -> Millis:
    """Since when the number has meant this: a summary said anew does not take away the meaning that
    somebody has given to it in between."""
    return min(
        each.at
        for each in (offer, *known)
        if (each.number, each.says, each.quotes) == (offer.number, offer.says, offer.quotes)
        and each.at > offer.at - REUSED_AFTER
    )


def _stands(line: str, shown: Sequence[str]) -> bool:
    """Whether the line is one of those of a quoted text, which may be cut, or be one line."""
    line = _one_line(line)
    if line in shown:
        return True
    last = shown[-1].rstrip(f".{ELLIPSIS}") if shown else ""
    begin, _, _ = line.partition(" ")
    if last.startswith(f"{begin} ") and line.startswith(last):
        return True
    return len(shown) == 1 and f" {line} " in f" {shown[0]} "


def _offered(choices: Sequence[Choice]) -> list[Choice]:
    """Without those that say nothing or the same again."""
    distinct = {choice.says: choice for choice in reversed(choices) if not is_blank(choice.says)}
    return list(reversed(distinct.values()))[:CHOICES_MAX]


def _line(offer: Offer) -> str:
    return f"{offer.number}. {offer.label}"


def _words(choice: Choice) -> str:
    """What to say, where there is no number for it; empty where it is too much to type."""
    says = _one_line(choice.says)
    if says != choice.says.strip() or units(says) > LABEL_MAX:
        return ""
    return f"「{says}」" if label(choice) == says else f"{label(choice)}：「{says}」"


def _one_line(text: str) -> str:
    return " ".join(INVISIBLE.sub("", clean_text(text)).split())
