"""What was found when all was quiet, and how a refusal is told from a loss."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

TOO_FAST = "说得太快了"
TOO_POOR = "积分不够"


@dataclass
class Verdict:
    """`wrong` is what must be empty."""

    wrong: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    """How many effects of each kind were looked for."""
    refused: Counter[str] = field(default_factory=Counter)
    points: Counter[tuple[int, int]] = field(default_factory=Counter)
    """What everybody should have, by group and person."""

    def must(self, holds: object, what: str) -> None:
        if not holds:
            self.wrong.append(what)

    def refuse(self, answers: list[str], what: str, done: Sequence[object]) -> None:
        """They must have been told why, and nothing is done."""
        known = [word for word in (TOO_FAST, TOO_POOR) if any(word in each for each in answers)]
        self.must(known, f"{what}: told {answers}, done {len(done)} times")
        self.refused.update(known[:1])
        if known and not is_too_fast(answers):
            self.must(not done, f"{what} was refused, yet done")


def is_too_fast(answers: list[str]) -> bool:
    """Who is told that may have been heard all the same, before a kill."""
    return any(TOO_FAST in each for each in answers)
