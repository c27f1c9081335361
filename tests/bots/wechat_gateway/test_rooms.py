"""Rooms, who is in them, and the account that is the bot."""

from dataclasses import replace

import pytest
from grpclib.exceptions import GRPCError

from tests.support.wechat.client import DONG, INVITE, JOIN, LEAVE, LOGIN, LOGOUT, TOPIC, Client
from tests.support.wechat.gateway import Gateway
from tests.support.wechat.world import ALICE, BOB, BOT, CAROL, DAVE, ROOM, Contact, Room, World


async def members(client: Client, room: str = ROOM) -> list[str]:
    return list((await client.stub.room_member_list(id=room)).member_ids)


async def test_the_room_and_its_people(client: Client):
    room = await client.stub.room_payload(id=ROOM)
    assert (room.topic, room.owner_id) == ("车友会", ALICE)
    assert room.member_ids == [BOT, ALICE, BOB, CAROL, DAVE]
    dave = await client.stub.contact_payload(id=DAVE)
    assert (dave.name, dave.friend) == ("Li Lei", True)


async def test_coming_and_going(gateway: Gateway, client: Client):
    await gateway.contact(Contact("eve", "小赵", friend=False), Contact("fay", "小钱"))
    await gateway.join("eve", "fay", by=BOB)
    joined = await client.event(JOIN)
    assert (joined["inviteeIdList"], joined["inviterId"], joined["roomId"]) == (
        ["eve", "fay"],
        BOB,
        ROOM,
    )
    assert (await members(client))[-2:] == ["eve", "fay"]
    await gateway.leave("eve")
    assert (await client.event(LEAVE))["removeeIdList"] == ["eve"]
    assert "eve" not in await members(client)
    assert not (await client.stub.contact_payload(id="eve")).friend


async def test_the_bot_is_pulled_in_and_thrown_out(gateway: Gateway, client: Client):
    await gateway.room(Room("other@chatroom", "越野", members=(ALICE,)))
    assert (await client.stub.room_list()).ids == [ROOM]
    await gateway.join(BOT, room="other@chatroom")
    assert (await client.event(JOIN))["inviteeIdList"] == [BOT]
    assert (await client.stub.room_list()).ids == [ROOM, "other@chatroom"]
    await gateway.leave(BOT, by=ALICE, room="other@chatroom")
    assert (await client.event(LEAVE))["removerId"] == ALICE
    assert (await client.stub.room_list()).ids == [ROOM]


async def test_a_new_topic(gateway: Gateway, client: Client):
    await gateway.topic("新车友会", by=BOB)
    told = await client.event(TOPIC)
    assert (told["oldTopic"], told["newTopic"], told["changerId"]) == ("车友会", "新车友会", BOB)
    assert (await client.stub.room_payload(id=ROOM)).topic == "新车友会"


async def test_many_members_at_once(gateway: Gateway, client: Client):
    crowd = await gateway.crowd(200)
    assert (await members(client))[5:] == list(crowd)
    assert (await client.stub.contact_payload(id=crowd[-1])).name == "车友200"


async def test_a_name_for_one_room_only(gateway: Gateway, client: Client):
    await gateway.room(Room(aliases={BOB: "李老师"}))
    member = await client.stub.room_member_payload(id=ROOM, member_id=BOB)
    assert (member.name, member.room_alias) == ("小李", "李老师")


async def test_somebody_takes_another_name(gateway: Gateway, client: Client):
    assert (await client.stub.contact_payload(id=BOB)).name == "小李"
    await gateway.contact(Contact(BOB, "老李"))
    assert (await client.stub.contact_payload(id=BOB)).name == "老李"


async def test_an_invitation_that_is_accepted(gateway: Gateway, client: Client):
    await gateway.room(Room("other@chatroom", "越野", members=(ALICE, BOB)))
    invitation = await gateway.invite(BOB, "越野", room="other@chatroom")
    assert await client.event(INVITE) == {"roomInvitationId": invitation}
    payload = await client.stub.room_invitation_payload(id=invitation)
    assert (payload.inviter_id, payload.topic, payload.member_count) == (BOB, "越野", 2)
    await client.stub.room_invitation_accept(id=invitation)
    assert (await gateway.event("accepted"))["id"] == invitation
    assert (await client.event(JOIN))["roomId"] == "other@chatroom"


async def test_logins_and_logouts_are_told(gateway: Gateway, client: Client):
    assert await client.event(LOGIN) == {"contactId": BOT}
    await gateway.logout("kicked")
    assert await client.event(LOGOUT) == {"contactId": BOT, "data": "kicked"}
    with pytest.raises(GRPCError, match="not logged in"):
        await client.stub.message_send_text(conversation_id=ROOM, text="x")
    await gateway.contact(Contact("bot2", "小助手"))
    await gateway.login("bot2")
    assert await client.event(LOGIN, 2) == {"contactId": "bot2"}
    await client.stub.message_send_text(conversation_id=ROOM, text="x")
    await client.stub.logout()
    assert (await gateway.event("logout", 2))["who"] == "bot2"


async def test_starts_and_stops_are_told_and_counted(gateway: Gateway, client: Client):
    await client.stop()
    await gateway.event("stopped")
    assert (await gateway.event("logout"))["why"] == "puppet stop()"
    await client.start()
    await gateway.event("login", 2)
    report = await gateway.report()
    assert (report.starts, report.stops) == (2, 1)


async def test_a_ding_is_answered_unless_nobody_is_behind_the_line(
    gateway: Gateway, client: Client
):
    await client.stub.ding(data="1")
    assert await client.event(DONG) == {"data": "1"}
    await gateway.behave(dong=False)
    await client.stub.ding(data="2")
    await gateway.emit("dong", {"data": "later"})
    assert await client.event(DONG, 2) == {"data": "later"}


async def test_what_else_a_client_does_is_told(gateway: Gateway, client: Client):
    await client.stub.room_del(id=ROOM, contact_id=BOB)
    assert (await gateway.event("called"))["values"] == [ROOM, BOB]


async def test_a_world_of_ones_own(gateway: Gateway):
    room = Room("small@chatroom", "小群", owner="me", members=("me", ALICE))
    people = (Contact("me", "机器人"), Contact(ALICE, "小王"))
    await gateway.reset(World(people, (room,), self="me"))
    async with Client(gateway.port, gateway.token) as client:
        await client.start()
        await client.listen()
        assert await client.event(LOGIN) == {"contactId": "me"}
        assert (await client.stub.room_list()).ids == ["small@chatroom"]
        assert await members(client, "small@chatroom") == ["me", ALICE]
        await gateway.room(replace(room, topic="更小"))
        assert (await client.stub.room_payload(id="small@chatroom")).topic == "更小"
