"""Gateways are tried with the bare stubs of their protocol; no code of carclub has a part in it."""

import os
from collections.abc import AsyncIterator
from importlib.util import find_spec

import pytest

from tests.support.wechat.client import Client
from tests.support.wechat.gateway import Gateway


def require_stubs() -> None:
    if find_spec("wechaty_grpc") is not None:
        return
    reason = "NOT TESTED: no wechaty-grpc in this environment"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def stubs() -> None:
    require_stubs()


@pytest.fixture
async def client(gateway: Gateway) -> AsyncIterator[Client]:
    """Started and listening."""
    async with Client(gateway.port, gateway.token) as client:
        await client.start()
        await client.listen()
        yield client
