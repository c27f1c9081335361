"""`gateway`: a WeChat gateway with a fresh world; `own_gateway`: one of its own, to be killed.

Without node or its packages such tests are skipped, and say so; in CI that is a failure.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.wechat.gateway import FOLDER, Gateway

# tests/support/servers.sh leaves it when all packages are there.
INSTALLED = FOLDER / "node_modules" / "installed"


def missing() -> str | None:
    if shutil.which("node") is None:
        return "no node on this machine (Debian: apt-get install nodejs npm)"
    if not INSTALLED.exists():
        return "no packages for the WeChat gateway (run tests/support/servers.sh)"
    return None


def require_gateway() -> None:
    reason = missing()
    if reason is None:
        return
    if os.environ.get("CI"):
        pytest.fail(f"NOT TESTED: {reason}")
    pytest.skip(f"NOT TESTED: {reason}")


@pytest.fixture(scope="session")
def kept_gateway() -> Iterator[Gateway]:
    """One for all tests of a worker, as a start takes seconds; tests ask for `gateway`."""
    require_gateway()
    gateway = Gateway()
    yield gateway
    gateway.close()


@pytest.fixture
async def gateway(kept_gateway: Gateway) -> Gateway:
    """As new, and as long as the test does not kill it, quick."""
    if not kept_gateway.is_running:
        kept_gateway.close()
        await kept_gateway.start()
    await kept_gateway.reset()
    return kept_gateway


@pytest.fixture
async def own_gateway() -> AsyncIterator[Gateway]:
    """For tests that kill, freeze or restart it."""
    require_gateway()
    async with Gateway() as gateway:
        yield gateway
