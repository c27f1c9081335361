"""carclub as it is, but for Telegram's pace: for tests that have no minutes to wait.

python -m tests.support.telegram_brisk [VERB]
"""

import sys

from bots.__main__ import main
from bots.contract import Limits, Traits
from bots.telegram.bot import Telegram

BRISK = Limits(gap=20, edit_gap=60, per_minute=600)

if __name__ == "__main__":
    Telegram.traits = Traits(BRISK)
    sys.exit(main())
