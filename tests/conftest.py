"""What every test may ask for stands in tests/support; here it is only made known."""

import os

import pytest
from hypothesis import settings

# How long an example takes on a busy machine says nothing of the code. With time there are more.
EXAMPLES = 100 if os.environ.get("CI") else 40
settings.register_profile("house", deadline=None, max_examples=EXAMPLES)
settings.load_profile("house")

pytest_plugins = [
    "tests.support.browser",
    "tests.support.files",
    "tests.support.logs",
    "tests.support.room",
    "tests.support.telegram.fixtures",
    "tests.support.wechat.fixtures",
]

LONG = ("test_batches", "test_crash", "test_joining_killed", "test_process", "test_telegram_killed")
"""Files with tests that take ten seconds and more."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker gets a part of the list and begins at its beginning: there stand the tests that
    take long, some for each, or the last of them would be waited for alone."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.path.stem in LONG]
    short = [item for item in items if item.path.stem not in LONG]
    items[:] = [
        item
        for worker in range(workers)
        for item in (
            *long[worker::workers],
            *short[len(short) * worker // workers : len(short) * (worker + 1) // workers],
        )
    ]
