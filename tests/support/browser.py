"""Tests marked `browser` drive Debian's own Chromium; no browser is ever downloaded.

Without it they are skipped, and say so; in CI that is a failure. Each worker starts it once, so
these tests and their fixtures run on the loop of the session.
"""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

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

# What a module of browser tests is marked with.
IN_BROWSER = (pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is None or shutil.which("chromium"):
        return
    reason = "NOT TESTED: no chromium on this machine (Debian: apt-get install chromium)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests of a worker, as a start takes a second; tests ask for `page`."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        try:
            yield browser
        finally:
            await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A fresh browser window that remembers nothing; the test is marked with `IN_BROWSER`."""
    yield await browser.new_page(locale="zh-CN")
    for context in browser.contexts:  # those that the test itself opened, too
        await context.close()
