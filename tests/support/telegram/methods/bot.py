"""The bot itself: who it is, its menu, its files, its answers to pressed buttons."""

import json

from tests.support.telegram import refusals, show
from tests.support.telegram.methods.call import Call
from tests.support.telegram.model import JSON
from tests.support.telegram.refusals import bad

# Telegram publishes no figure; answers were refused after 5 to 15 seconds.
ANSWERABLE_MS = 15 * 1000
DOWNLOAD_MOST = 20 * 1024 * 1024
EVERYBODY = {"type": "default"}


def get_me(call: Call) -> JSON:
    flags = (
        "can_connect_to_business",
        "has_main_web_app",
        "supports_inline_queries",
        "supports_guest_queries",
        "has_topics_enabled",
        "allows_users_to_create_topics",
        "can_manage_bots",
        "supports_join_request_queries",
    )
    privacy = {"can_join_groups": True, "can_read_all_group_messages": call.world.reads_all}
    return show.user(call.world.bot) | privacy | dict.fromkeys(flags, False)


def set_my_commands(call: Call) -> bool:
    call.world.commands[_menu(call)] = call.get("commands")
    return True


def get_my_commands(call: Call) -> list[JSON]:
    return call.world.commands.get(_menu(call), [])


def delete_my_commands(call: Call) -> bool:
    call.world.commands.pop(_menu(call), None)
    return True


def _menu(call: Call) -> tuple[str, str]:
    """Whose menu, in which language."""
    scope = call.get("scope") or EVERYBODY
    if "chat_id" in scope and scope["chat_id"] not in call.world.chats:
        raise bad(refusals.NO_CHAT)
    return json.dumps(scope, sort_keys=True), call.get("language_code", "")


def get_file(call: Call) -> JSON:
    file = call.world.files.get(call.get("file_id").removesuffix("-small"))
    if file is None:
        raise bad("invalid file_id")
    if len(file.content) > DOWNLOAD_MOST:
        raise bad("file is too big")
    return show.file(file)


def answer_callback_query(call: Call) -> bool:
    """Once, and soon."""
    tap = call.world.taps.get(call.get("callback_query_id"))
    now = call.world.now()
    if tap is None or tap.answer or now - tap.at > ANSWERABLE_MS:
        raise bad(refusals.QUERY_TOO_OLD)
    tap.settle(call.get("text", ""), bool(call.get("show_alert")), call.get("url", ""), now)
    call.world.signal.ring()
    return True
