"""A gateway that is made anew, killed, frozen, restarted, and taken over."""

import asyncio
import os
import subprocess
import sys

import pytest
from grpclib.exceptions import GRPCError, StreamTerminatedError

from tests.support.wechat.client import LEAVE, LOGIN, MESSAGE, Client
from tests.support.wechat.fixtures import require_gateway
from tests.support.wechat.gateway import Gateway, GatewayError, Rival
from tests.support.wechat.line import LEASH
from tests.support.wechat.world import ALICE, BOB, BOT, ROOM, Contact


async def test_a_reset_gives_a_clean_world_and_cuts_clients_off(gateway: Gateway, client: Client):
    await gateway.contact(Contact("eve", "小赵"))
    await gateway.join("eve")
    await gateway.behave(ids=False)
    await gateway.refuse(times=None)
    await client.stub.contact_payload(id=ALICE)
    await gateway.reset()
    assert client.ended is not None
    with pytest.raises((GRPCError, StreamTerminatedError, ConnectionError)):
        await client.ended
    assert gateway.sends == []
    assert (await gateway.report()).counts == {}
    async with Client(gateway.port, gateway.token) as again:
        await again.start()
        await again.listen()
        assert "eve" not in (await again.stub.room_payload(id=ROOM)).member_ids
        assert (await again.stub.message_send_text(conversation_id=ROOM, text="x")).id


async def test_a_wrong_token_is_refused(gateway: Gateway):
    async with Client(gateway.port, "wrong") as client:
        with pytest.raises(GRPCError, match="Invalid Wechaty TOKEN"):
            await client.start()


async def test_a_client_that_listens_is_told(gateway: Gateway):
    async with Client(gateway.port, gateway.token) as client:
        await client.start()
        await client.listen()
        await gateway.event("attached")
    await gateway.event("detached")


async def test_a_second_stream_is_refused_while_the_first_is_open(gateway: Gateway, client: Client):
    async with Rival(gateway) as rival:
        await rival.start()
        with pytest.raises(GRPCError, match="can not call twice"):
            await rival.listen()
    await gateway.say(ALICE, "还在吗")
    await client.event(MESSAGE)


async def test_a_rival_ends_the_first_stream_without_an_error(gateway: Gateway, client: Client):
    async with Rival(gateway) as rival:
        await rival.take_over()
        assert client.ended is not None
        await client.ended
        assert await rival.event(LOGIN) == {"contactId": BOT}
        await gateway.say(ALICE, "谁在")
        await rival.event(MESSAGE)
    assert client.seen(MESSAGE) == []
    assert [each["who"] for each in gateway.events("logout")] == [BOT]


async def test_killed_and_up_again_with_the_same_world(own_gateway: Gateway):
    port, token = own_gateway.port, own_gateway.token
    await own_gateway.contact(Contact("eve", "小赵"))
    await own_gateway.join("eve", by=BOB)
    async with Client(port, token) as client:
        await client.start()
        await client.listen()
        first = (await client.stub.message_send_text(conversation_id=ROOM, text="一")).id
        own_gateway.kill()
        assert client.ended is not None
        with pytest.raises((StreamTerminatedError, ConnectionError)):
            await client.ended
    with pytest.raises(GatewayError, match="has ended"):
        await own_gateway.say(ALICE, "没人")
    await own_gateway.restart()
    assert (own_gateway.port, own_gateway.token) == (port, token)
    async with Client(port, token) as client:
        await client.start()
        await client.listen()
        assert "eve" in (await client.stub.room_payload(id=ROOM)).member_ids
        assert (await client.stub.contact_payload(id="eve")).name == "小赵"
        second = (await client.stub.message_send_text(conversation_id=ROOM, text="二")).id
        await own_gateway.leave("eve")
        await client.event(LEAVE)
    assert first != second
    assert [each.text for each in own_gateway.sends] == ["一", "二"]


async def test_a_frozen_gateway_answers_when_it_thaws(own_gateway: Gateway):
    async with Client(own_gateway.port, own_gateway.token) as client:
        await client.start()
        own_gateway.freeze()
        asked = asyncio.ensure_future(client.stub.contact_payload(id=ALICE))
        done, _ = await asyncio.wait({asked}, timeout=0.2)
        assert done == set()
        own_gateway.thaw()
        assert (await asked).name == "小王"
        own_gateway.freeze()
    await own_gateway.restart()
    assert (await own_gateway.report()).starts == 0


async def test_a_failed_start_shows_what_node_complained_of(own_gateway: Gateway):
    second = Gateway()
    second.port = own_gateway.port
    with pytest.raises(GatewayError, match="EADDRINUSE"):
        await second.start()


PARENT = """
import asyncio, sys
from tests.support.wechat.gateway import Gateway

async def main():
    gateway = Gateway()
    await gateway.start()
    if sys.argv[1] == "frozen":
        gateway.freeze()
    print(gateway.line.process_id, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.skipif(not LEASH, reason="NOT TESTED: no setpriv on this machine")
@pytest.mark.parametrize("state", ["awake", "frozen"])
async def test_it_ends_with_its_parent(tmp_path, state):
    """Also a frozen one, and a parent that had no time to say anything, or to tidy up."""
    require_gateway()
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, state,
        stdout=subprocess.PIPE, env=os.environ | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert parent.stdout is not None
    process_id = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(5):
        while is_alive(process_id):  # noqa: ASYNC110 - nobody tells us; it is not our child
            await asyncio.sleep(0.02)


def is_alive(process_id: int) -> bool:
    """A zombie that nobody has collected yet is not."""
    try:
        os.kill(process_id, 0)
        with open(f"/proc/{process_id}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
