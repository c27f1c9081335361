"""问: what do owners say? Answers hold nothing but their words and figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers import guard
from handlers.context import Asking, Context
from handlers.feature import Feature, Said
from handlers.knowledge import answers, facts, tags, wording
from handlers.knowledge.answers import Finding, Question
from handlers.knowledge.quotes import QUOTE_MAX, quote
from handlers.parse import MENTION
from storage.errors import Refusal
from storage.model import Account, Club, Consent, Reply, Share
from storage.store import Work

feature = Feature("ask")

SEARCHED_MAX = 1_000
QUESTION_MAX = 200
ANSWER_MAX = 300
LINES_MAX = 9
NAME_MAX = 12
SHORT_QUOTE = 24
GREETING_MAX = 3
"""在吗 has the form of a question and asks nothing."""
EXAMPLE = "问 轩逸 油耗"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found before the unit of work: per car asked for, what its owners say."""

    question: Question
    findings: tuple[tuple[str, Finding | None], ...]
    names: dict[str, str]


async def search(asking: Asking) -> Found | None:
    """Look through the club's shares, beside the writer."""
    question = answers.understand(_question(asking.argument), asking.catalogue)

    async def look(work: Work) -> Found | None:
        club = None
        if asking.club:
            work.enter(asking.club)
            club = await work.people.club()
        return await _look(work, asking, club, question) if club else None

    return await asking.store.read(look)


async def _look(work: Work, asking: Asking, club: Club, question: Question) -> Found:
    account = Account(asking.event.platform, asking.event.account)
    person = await work.people.person(account)
    vehicles = await work.garage.vehicles(person) if person else ()
    question = answers.narrow(question, [vehicle.series for vehicle in vehicles])
    findings: list[tuple[str, Finding | None]] = []
    for car in question.cars or ("",):
        about = replace(question, cars=(car,) if car else ())
        shares = await _candidates(work, asking, about)
        hits = answers.find(about, shares, asking.catalogue)
        found = answers.conclude(about, car, hits, lambda s: _month(club, s)) if hits else None
        findings.append((car, found))
    names = {}
    for share in _quoted([found for _, found in findings if found]):
        author = await work.people.member(share.author)
        names[share.author] = author.name if author else ""
    return Found(question, tuple(findings), names)


async def _candidates(work: Work, asking: Asking, question: Question) -> list[Share]:
    """What may be quoted of the car, else of the topic and of anything; and what only counts.

    An import may have brought thousands that count: of these only the topic's own are looked at.
    """
    tag = question.topic.name if question.topic else ""
    cars = [series for car in question.cars for series in asking.catalogue.variants(car)]
    quotable = [(car, "") for car in cars] or [("", tag), ("", "")]
    counted = [(car, tag) for car in cars or [""]]
    shares: dict[int, Share] = {}
    for consent, places in ((Consent.CLUB, quotable), (Consent.NONE, counted)):
        for car, tag_of_place in dict.fromkeys(places):
            found = await work.shares.find(
                car=car, tag=tag_of_place, consent=consent, limit=SEARCHED_MAX
            )
            shares |= {share.number: share for share in found}
    return list(shares.values())


def is_question(asking: Asking) -> bool:
    """Said to the bot, no command, and nothing that the shares want."""
    event = asking.event
    if not (event.addressed or event.private) or tags.find(event.text):
        return False
    return facts.added_to(event, asking.catalogue) is None


@feature.command(
    "问",
    "ask",
    examples=(
        (
            EXAMPLE,
            "轩逸 油耗：1 位车主（低样本），2026-05\n"
            "「轩逸 百公里6.5升 开了2万公里」小李 · 2万公里 · 2026-05 · #1\n"
            "还缺：有数字的车主不到 3 位，先不算中位数。",
        ),
        ("问 海豹 续航", "海豹 续航：还没有车主数据。开过的车友发一条「#续航 …」就有了。"),
    ),
    arguments=".+",
    prepare=search,
)
async def ask(ctx: Context) -> Reply:
    found = ctx.prepared
    if not isinstance(found, Found):
        raise Refusal("usage", example=EXAMPLE)
    findings = [(car, await _still(ctx, finding)) for car, finding in found.findings]
    return Reply(_answer(ctx, found, findings))


@feature.on("message", wants=is_question, prepare=search)
async def addressed(ctx: Context) -> Said:
    said = _question(ctx.event.text)
    if said and wording.thanks(said):
        return None
    if not wording.length(said):
        raise Refusal("usage", example=EXAMPLE)
    if _is_small_talk(said, ctx.prepared):
        return Reply(ctx.say("hello"), to="actor")
    return await ask(ctx)


def _is_small_talk(said: str, found: object) -> bool:
    """Nothing of a car in it, nothing found and nothing asked: a greeting, most likely."""
    return (
        isinstance(found, Found)
        and found.question.topic is None
        and not found.question.cars
        and not any(finding for _, finding in found.findings)
        and (not wording.asks(said) or wording.length(said) <= GREETING_MAX)
    )


async def _still(ctx: Context, finding: Finding | None) -> Finding | None:
    """The finding without what was taken back since it was made."""
    if finding is None:
        return None
    quoted = _quoted([finding])
    live: set[int] = set()
    for share in quoted:
        now = await ctx.work.shares.share(share.number)
        if now is not None and not now.deleted and now.version == share.version:
            live.add(share.number)
    if len(quoted) - len(live) >= finding.owners:
        return None
    shares = tuple(share for share in finding.shares if share.number in live)
    against = finding.against if finding.against and finding.against.number in live else None
    return replace(finding, shares=shares, against=against)


def _answer(ctx: Context, found: Found, findings: list[tuple[str, Finding | None]]) -> str:
    """The longest answer that fits: fewer, then shorter quotes until it does."""
    most = 1 if len(findings) > 1 else answers.QUOTES_MAX
    text = ""
    for quotes, longest in [(n, QUOTE_MAX) for n in range(most, 0, -1)] + [(1, SHORT_QUOTE)]:
        blocks = [_block(ctx, found, car, one, (quotes, longest)) for car, one in findings]
        danger = [ctx.say("danger")] if found.question.danger else []
        text = "\n".join([*danger, *blocks])
        if len(text) <= ANSWER_MAX and text.count("\n") < LINES_MAX:
            break
    return text


def _block(
    ctx: Context, found: Found, car: str, finding: Finding | None, size: tuple[int, int]
) -> str:
    """What is known of one car."""
    topic = found.question.topic.name if found.question.topic else ""
    if finding is None:
        return ctx.say("nothing", car=car, topic=topic)
    quotes, longest = size
    alone = len(found.findings) == 1
    rows = [_row(ctx, found, finding, share, longest) for share in finding.shares[:quotes]]
    against = finding.against if alone else None
    return ctx.say(
        "answer",
        car=car,
        variants=any(share.facts.car != car for share in finding.shares) if car else False,
        topic=topic,
        owners=finding.owners,
        silent=finding.silent,
        low_sample=finding.owners < answers.LOW_SAMPLE,
        since=finding.since,
        until=finding.until,
        middle=finding.middle,
        rows=rows,
        against=_row(ctx, found, finding, against, longest) if against else None,
        disagreeing=finding.disagreeing if alone else 0,
        gap=finding.gap if alone else "",
    )


def _row(
    ctx: Context, found: Found, finding: Finding, share: Share, longest: int
) -> dict[str, object]:
    return {
        "quote": quote(share.text, found.question.wanted, longest),
        "sells": wording.sells(share.text),
        "name": found.names.get(share.author, "")[:NAME_MAX],
        "car": "" if finding.car else share.facts.car,
        "km": share.facts.km,
        "month": _month(ctx.club, share),
        "number": share.number,
    }


def _quoted(findings: Sequence[Finding]) -> list[Share]:
    return [
        share
        for finding in findings
        for share in (*finding.shares, *((finding.against,) if finding.against else ()))
    ]


def _month(club: Club, share: Share) -> str:
    told = share.facts.date[:7]
    return told if len(told) == 7 else f"{guard.local_time(club, share.at):%Y-%m}"


def _question(text: str) -> str:
    """What was asked, without the mention of the bot."""
    text = text.strip()
    if text.startswith("@"):
        text = MENTION.sub("", text, count=1)
    return text.strip()[:QUESTION_MAX]
