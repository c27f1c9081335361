"""What the server plays: one function for each method, by its name."""

from collections.abc import Callable
from typing import Any

from tests.support.telegram.methods import bot, chats, edits, messages
from tests.support.telegram.methods.call import Call

PLAYED: dict[str, Callable[[Call], Any]] = {
    "getMe": bot.get_me,
    "setMyCommands": bot.set_my_commands,
    "getMyCommands": bot.get_my_commands,
    "deleteMyCommands": bot.delete_my_commands,
    "getFile": bot.get_file,
    "answerCallbackQuery": bot.answer_callback_query,
    "sendMessage": messages.send_message,
    "sendPhoto": messages.send_photo,
    "sendMediaGroup": messages.send_media_group,
    "sendDocument": messages.send_document,
    "sendChatAction": messages.send_chat_action,
    "editMessageText": edits.edit_message_text,
    "editMessageReplyMarkup": edits.edit_message_reply_markup,
    "deleteMessage": edits.delete_message,
    "setMessageReaction": edits.set_message_reaction,
    "pinChatMessage": edits.pin_chat_message,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": chats.get_chat_administrators,
    "getChatMemberCount": chats.get_chat_member_count,
    "setChatMemberTag": chats.set_chat_member_tag,
    "createChatInviteLink": chats.create_chat_invite_link,
    "revokeChatInviteLink": chats.revoke_chat_invite_link,
    "leaveChat": chats.leave_chat,
}
