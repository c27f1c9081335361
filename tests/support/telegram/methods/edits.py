"""What is done to a message that is there already."""

from tests.support.telegram import refusals, show
from tests.support.telegram.methods.call import Call
from tests.support.telegram.methods.messages import worded
from tests.support.telegram.model import JSON, Message
from tests.support.telegram.people import reaction
from tests.support.telegram.refusals import bad

DELETABLE_MS = 48 * 60 * 60 * 1000


def edit_message_text(call: Call) -> JSON:
    """Without a keyboard in the request, the keyboard goes."""
    message = _own(call)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    text, entities = call.entities("text")
    content = worded("text", "entities", text, entities)
    if content == message.content and call.markup() == message.markup:
        raise bad(refusals.NOT_MODIFIED)
    changed = content != message.content
    message.content, message.markup = content, call.markup()
    if changed:
        message.edited_at = call.world.now()
    call.world.signal.ring()
    return show.message(message)


def edit_message_reply_markup(call: Call) -> JSON:
    message = _own(call)
    if call.markup() == message.markup:
        raise bad(refusals.NOT_MODIFIED)
    message.markup = call.markup()
    call.world.signal.ring()
    return show.message(message)


def _own(call: Call) -> Message:
    """A message the bot may edit: its own."""
    if call.get("inline_message_id"):
        raise bad("the test server does not play inline messages")
    if call.get("chat_id") is None:
        raise bad("chat_id is empty")
    if call.get("message_id") is None:
        raise bad("message identifier is not specified")
    chat = call.chat()
    message = call.message(chat, refusals.NOTHING_TO_EDIT)
    if not message.by_bot:
        raise bad(refusals.UNEDITABLE)
    return message


def delete_message(call: Call) -> bool:
    """Its own for two days, in private everything, in a group others' with the right to it."""
    chat = call.chat()
    message = call.message(chat, refusals.NOTHING_TO_DELETE)
    trusted = chat.standing(call.world.bot).may("can_delete_messages")
    young = call.world.now() - message.at < DELETABLE_MS
    mine = message.by_bot or chat.person is not None
    if not (trusted or (mine and young)):
        raise bad(refusals.UNDELETABLE)
    message.deleted = True
    call.world.signal.ring()
    return True


def set_message_reaction(call: Call) -> bool:
    """A bot has one reaction for each message."""
    message = call.message(call.chat(), "message to react not found")
    wanted = call.get("reaction") or []
    if len(wanted) > 1:
        raise bad("REACTIONS_TOO_MANY")
    for each in wanted:
        if each["type"] == "paid" or (each["type"] == "emoji" and not _known(each["emoji"])):
            raise bad("REACTION_INVALID")
    message.reactions[call.world.bot.id] = wanted
    call.world.signal.ring()
    return True


def _known(emoji: str) -> bool:
    try:
        reaction(emoji)
    except ValueError:
        return False
    return True


def pin_chat_message(call: Call) -> bool:
    chat = call.chat()
    if not chat.person:
        call.require(chat, "can_pin_messages", refusals.NO_RIGHTS_PIN)
    chat.pinned.append(call.message(chat, "message to pin not found"))
    call.world.signal.ring()
    return True
