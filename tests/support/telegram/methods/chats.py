"""Chats, their members and the ways into them."""

from tests.support.telegram import refusals, show
from tests.support.telegram.methods.call import Call
from tests.support.telegram.model import JSON, Link, Status
from tests.support.telegram.refusals import bad


def get_chat(call: Call) -> JSON:
    return show.full_chat(call.chat())


def get_chat_member(call: Call) -> JSON:
    """Of others too; Telegram only promises this to a bot in charge."""
    chat = call.chat()
    return show.member(chat.standing(call.user()), chat.kind)


def get_chat_administrators(call: Call) -> list[JSON]:
    chat = call.chat()
    if chat.person:
        raise bad("there are no administrators in the private chat")
    bots = bool(call.get("return_bots"))
    return [
        show.member(each, chat.kind)
        for each in chat.members.values()
        if each.in_charge and (bots or not each.user.is_bot or each.user is call.world.bot)
    ]


def get_chat_member_count(call: Call) -> int:
    chat = call.chat()
    return 2 if chat.person else sum(each.present for each in chat.members.values())


def set_chat_member_tag(call: Call) -> bool:
    """Only plain members have one."""
    chat, user = call.chat(), call.user()
    call.require(chat, "can_manage_tags", refusals.NO_RIGHTS)
    standing = chat.standing(user)
    if standing.status not in (Status.MEMBER, Status.RESTRICTED):
        raise bad("PARTICIPANT_ID_INVALID" if not standing.present else "USER_ADMIN_INVALID")
    kept = {"rights": standing.rights, "tag": call.get("tag", "")}
    chat.change(user, standing.status, by=call.world.bot, **kept)
    call.world.signal.ring()
    return True


def create_chat_invite_link(call: Call) -> JSON:
    chat = call.chat()
    call.require(chat, "can_invite_users", refusals.NO_RIGHTS_LINK)
    if call.get("creates_join_request") and call.get("member_limit"):
        raise bad("member limit can't be specified for links requiring administrator approval")
    link = Link(
        f"https://t.me/+pretend{call.world.number():09d}",
        call.world.bot,
        call.get("name", ""),
        call.get("member_limit", 0),
        call.get("expire_date", 0),
        by_request=bool(call.get("creates_join_request")),
    )
    chat.links.append(link)
    return show.link(link)


def revoke_chat_invite_link(call: Call) -> JSON:
    chat = call.chat()
    call.require(chat, "can_invite_users", refusals.NO_RIGHTS_LINK)
    for link in chat.links:
        if link.url == call.get("invite_link"):
            link.revoked = True
            return show.link(link)
    raise bad("INVITE_HASH_INVALID")


def leave_chat(call: Call) -> bool:
    chat = call.chat()
    if chat.person:
        raise bad("chat member status can't be changed in private chats")
    chat.change(call.world.bot, Status.LEFT, by=call.world.bot)
    return True
