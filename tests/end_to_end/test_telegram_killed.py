"""The program is killed while three groups are busy: nothing is lost, nothing happens twice.

Five minutes of it: `python -m tests.end_to_end.killed --seconds 300 --seed 7`.
"""

from pathlib import Path

import pytest

from tests.end_to_end.killed.evening import evening
from tests.support.telegram_club import Way

pytestmark = pytest.mark.timeout(180)

KILLS = 4


@pytest.mark.parametrize(("way", "seed"), [("polling", 7), ("webhook", 11)])
async def test_killed_again_and_again_nothing_is_lost_or_done_twice(
    tmp_path: Path, way: Way, seed: int
) -> None:
    outcome = await evening(tmp_path, way, seed=seed, seconds=0, kills_least=KILLS)
    assert not outcome.wrong, str(outcome)
    assert outcome.kills >= KILLS
    for kind in ("shares", "envelopes", "grabs"):
        assert outcome.checked[kind] > 5, "too little happened to say anything"
