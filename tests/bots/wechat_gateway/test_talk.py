"""What people say reaches a client, and what a client sends is told."""

import asyncio
import json
from hashlib import sha256

import pytest
from grpclib.exceptions import GRPCError

from tests.support.wechat.client import ERROR, HEARTBEAT, MESSAGE, SCAN, Client
from tests.support.wechat.gateway import Gateway
from tests.support.wechat.world import ALICE, BOB, BOT, ROOM

MEGABYTE = 1_000_000


async def heard(client: Client, nth: int = 1):
    """The nth message that the client was told of, as the client asks for it."""
    event = await client.event(MESSAGE, nth)
    return await client.stub.message_payload(id=event["messageId"])


async def test_a_message_in_the_room(gateway: Gateway, client: Client):
    message_id = await gateway.say(ALICE, "@小助手 积分", at=[BOT], time_ms=1_700_000_000_123)
    message = await heard(client)
    assert (message.id, message.from_id, message.room_id) == (message_id, ALICE, ROOM)
    assert (message.text, message.mention_ids) == ("@小助手 积分", [BOT])
    assert (int(message.type), message.timestamp) == (7, 1_700_000_000_123)


async def test_a_message_in_private(gateway: Gateway, client: Client):
    await gateway.whisper(ALICE, "积分")
    message = await heard(client)
    assert (message.from_id, message.to_id, message.room_id) == (ALICE, BOT, "")


async def test_the_bots_own_account_speaks_from_a_phone(gateway: Gateway, client: Client):
    await gateway.speak("我来说", to=BOB)
    message = await heard(client)
    assert (message.from_id, message.to_id) == (BOT, BOB)


async def test_an_id_said_twice_with_other_words(gateway: Gateway, client: Client):
    await gateway.say(ALICE, "一", message_id="same")
    assert (await heard(client)).text == "一"
    await gateway.say(BOB, "二", message_id="same")
    assert (await heard(client, 2)).text == "二"
    assert [each["messageId"] for each in client.seen(MESSAGE)] == ["same", "same"]


@pytest.mark.parametrize("kind", ["Post", "GroupNote", "RedEnvelope", 16, 99, 2001])
async def test_any_kind_of_message_goes_through_as_it_is(gateway: Gateway, client: Client, kind):
    await gateway.say(ALICE, "<appmsg/>", kind=kind)
    message = await heard(client)
    number = {"Post": 16, "GroupNote": 10, "RedEnvelope": 12}.get(kind, kind)
    assert (int(message.type), message.text) == (number, "<appmsg/>")


async def test_twenty_megabytes_of_words(gateway: Gateway, client: Client):
    await gateway.say(ALICE, "长", repeat=20 * MEGABYTE // 3)
    assert len((await heard(client)).text.encode()) >= 19 * MEGABYTE


async def test_links_and_cards(gateway: Gateway, client: Client):
    url = {"title": "试驾", "url": "https://example.org/a"}
    await gateway.say(ALICE, kind="Url", url=url)
    found = await client.stub.message_url(id=(await heard(client)).id)
    assert json.loads(found.url_link) == url
    await gateway.say(ALICE, kind="Contact", card=BOB)
    assert (await client.stub.message_contact(id=(await heard(client, 2)).id)).id == BOB


async def fetched(stream) -> tuple[str, bytes]:
    name, content = "", bytearray()
    async for each in stream:
        name = each.file_box_chunk.name or name
        content += each.file_box_chunk.data
    return name, bytes(content)


@pytest.mark.parametrize("size", [20, 3 * MEGABYTE, 30 * MEGABYTE])
async def test_files_of_any_size_come_in(gateway: Gateway, client: Client, size):
    message_id, digest = await gateway.bring(ALICE, "车.pdf", size)
    assert (await heard(client)).filename == "车.pdf"
    name, content = await fetched(client.stub.message_file_stream(id=message_id))
    assert (name, len(content), sha256(content).hexdigest()) == ("车.pdf", size, digest)


async def test_an_image_has_the_bytes_it_was_given(gateway: Gateway, client: Client):
    message_id, _ = await gateway.bring(ALICE, "a.png", b"\x89PNG", kind="Image")
    assert int((await heard(client)).type) == 6
    name, content = await fetched(client.stub.message_image_stream(id=message_id, type=3))
    assert (name, content) == ("a.png", b"\x89PNG")


async def test_what_a_client_sends_is_told(gateway: Gateway, client: Client):
    answer = await client.stub.message_send_text(
        conversation_id=ROOM, text="@小王 你有 100 分", mentonal_ids=[ALICE]
    )
    sent = await gateway.sent("100 分", to=ROOM)
    assert (sent.kind, sent.mentions, sent.to) == ("text", (ALICE,), ROOM)
    assert answer.id == sent.id
    await client.stub.message_send_text(conversation_id=ROOM, text="还是 100 分")
    assert (await gateway.sent("100 分", after=sent)).text == "还是 100 分"


async def test_a_file_sent_is_told_by_its_digest(gateway: Gateway, client: Client):
    box = {"boxType": 1, "name": "card.png", "base64": "aGVsbG8="}
    await client.stub.message_send_file(conversation_id=ROOM, filebox=json.dumps(box))
    facts = (await gateway.sent("card.png")).facts
    assert facts == {"name": "card.png", "bytes": 5, "sha256": sha256(b"hello").hexdigest()}


async def test_a_file_by_address_is_not_fetched(gateway: Gateway, client: Client):
    box = {"boxType": 2, "name": "a.png", "url": "http://127.0.0.1:1/a.png"}
    await client.stub.message_send_file(conversation_id=ROOM, filebox=json.dumps(box))
    assert (await gateway.sent("a.png")).facts["fetch"] == box["url"]


async def test_a_link_sent(gateway: Gateway, client: Client):
    link = {"title": "规则", "url": "https://example.org/rules"}
    await client.stub.message_send_url(conversation_id=ROOM, url_link=json.dumps(link))
    await gateway.event("sent")
    assert gateway.sends[0].facts["url"] == link


async def test_refused_sends(gateway: Gateway, client: Client):
    async def send(to: str) -> None:
        await client.stub.message_send_text(conversation_id=to, text="x")

    await gateway.refuse("too fast")
    with pytest.raises(GRPCError, match="too fast"):
        await send(ROOM)
    await gateway.refuse("not a friend", to=BOB, times=None)
    await send(ROOM)
    for _ in range(2):
        with pytest.raises(GRPCError, match="not a friend"):
            await send(BOB)
    await gateway.unhinder()
    await send(BOB)
    assert [each.to for each in gateway.sends] == [ROOM, BOB]
    assert [each["to"] for each in gateway.events("refused")] == [ROOM, BOB, BOB]


async def test_other_manners_of_a_gateway(gateway: Gateway, client: Client):
    await gateway.behave(ids=False, echo=True, after=50)
    answer = await client.stub.message_send_text(conversation_id=ROOM, text="x")
    assert answer.id is None
    assert (await heard(client)).from_id == BOT


async def test_a_slow_query_lets_a_quick_one_pass(gateway: Gateway, client: Client):
    slow, quick = await gateway.say(ALICE, "一"), await gateway.say(BOB, "二")
    await gateway.hinder("messagePayload", [slow], milliseconds=200)
    answered = []

    async def ask(message_id: str) -> None:
        await client.stub.message_payload(id=message_id)
        answered.append(message_id)

    await asyncio.gather(ask(slow), ask(quick))
    assert answered == [quick, slow]


async def test_queries_are_counted_and_hindered(gateway: Gateway, client: Client):
    await client.stub.contact_payload(id=ALICE)
    await client.stub.contact_payload(id=ALICE)
    await gateway.hinder("contactPayload", [BOB], milliseconds=1, error="gone")
    with pytest.raises(GRPCError, match="gone"):
        await client.stub.contact_payload(id=BOB)
    await client.stub.room_member_list(id=ROOM)
    report = await gateway.report()
    assert (report.count("contactPayload", ALICE), report.count("contactPayload")) == (2, 3)
    assert (report.count("roomMemberList", ROOM), report.count("roomPayload")) == (1, 0)


async def test_any_event_with_any_payload(gateway: Gateway, client: Client):
    await gateway.emit("error", {"gerror": "bad"})
    await gateway.emit("scan", {"status": 9})
    await gateway.emit("message", {})
    await gateway.emit("heartbeat", {})
    assert await client.event(SCAN) == {"status": 9}
    assert await client.event(MESSAGE) == {}
    assert await client.event(HEARTBEAT, 2) == {}
    assert "gerror" in await client.event(ERROR)
