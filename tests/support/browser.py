"""Tests marked `browser` drive Debian's own Chromium; no browser is ever downloaded.

Without it they are skipped, and say so; in CI that is a failure.
"""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

# Without these Chromium calls home and wants a sandbox that containers and root do not have.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is None or shutil.which("chromium"):
        return
    reason = "NOT TESTED: no chromium on this machine (Debian: apt-get install chromium)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A fresh browser window; the test is marked `browser`."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        try:
            yield await browser.new_page(locale="zh-CN")
        finally:
            await browser.close()
