"""carclub as an operator runs it, with a gateway: started, killed, started again, stopped."""

import asyncio
from pathlib import Path

import pytest

from tests.support.process import Carclub, carclub
from tests.support.wechat.gateway import Gateway
from tests.support.wechat.world import ALICE, BOB, CAROL

pytestmark = pytest.mark.timeout(120)


def settings(gateway: Gateway) -> dict[str, str]:
    return {
        "wechat_endpoint": gateway.endpoint,
        "wechat_token": gateway.token,
        "local_group": "on",
        "log_format": "json",
    }


async def connected(club: Carclub) -> None:
    async with asyncio.timeout(15):
        while True:
            async with club.session.get(f"{club.address}/health") as answer:
                if (await answer.json())["wechat"]["state"] == "connected":
                    return
            await asyncio.sleep(0.05)


async def test_what_was_promised_survives_a_kill(gateway: Gateway, tmp_path: Path):
    async with carclub(tmp_path, **settings(gateway)) as club:
        await connected(club)
        await gateway.say(ALICE, "建会 周末车友会")
        await gateway.sent("建好了")
        await gateway.say(ALICE, "公费红包 60 3 均分")
        await gateway.sent("🧧")
        await gateway.say(BOB, "1")
        await gateway.sent("抢到 20 分")
        await club.kill()
    async with carclub(tmp_path, **settings(gateway)) as club:
        await connected(club)
        # What was offered before is chosen by its words; a number may have been named meanwhile.
        await gateway.say(CAROL, "抢 1")
        await gateway.say(BOB, "抢 1")
        await gateway.sent("@小张\u2005抢到 20 分")
        # Who was told in the moment of the kill may be told again; nobody gets a second piece.
        await gateway.sent("@小李\u2005你已经抢过了，得了 20 分")
        assert await club.stop() == 0
    assert (await gateway.report()).stops == 0
