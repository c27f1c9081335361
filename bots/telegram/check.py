"""How the bot stands with Telegram, in one screen: token, privacy mode, webhook, rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bots.telegram.chats import look
from bots.telegram.errors import Kind, trouble
from bots.telegram.line import Line
from bots.telegram.nouns import Me
from storage.model import Chat

NEEDS = {
    "read": "hears only commands; make it an administrator, or turn privacy mode off at @BotFather"
    " (/setprivacy) and add it again",
    "admin": "is no administrator: sees neither reactions nor who comes and goes quietly",
    "invite": "may not add members: no invitation links",
    "badge": "may not manage member tags: no car behind a name",
}
"""What follows from each right that is missing."""
PRIVACY_ON = "on: hears ordinary talk only where it is an administrator"


@dataclass(frozen=True, slots=True)
class Report:
    lines: tuple[str, ...]
    is_well: bool


async def check(line: Line, chats: Sequence[Chat], webhook_url: str) -> Report:
    """Asks and changes nothing. `webhook_url` is the one in the settings."""
    try:
        me = await line.open()
        updates, is_fetched = delivery(await line.bot.get_webhook_info(), webhook_url)
        groups = [await standing(line, me, chat) for chat in chats]
    except InvalidToken:
        return Report((row("token", "Telegram does not accept it"),), is_well=False)
    except TelegramError as error:
        problem = f"Telegram cannot be reached ({trouble(error).kind.value})"
        return Report((row("telegram", problem),), is_well=False)
    finally:
        await line.close()
    lines = [
        row("bot", f"@{me.username} ({me.id})"),
        row("privacy", "off: hears all that is said" if me.reads_all else PRIVACY_ON),
        *(row("updates", each) for each in updates),
    ]
    lines += [row("groups", "none yet: add the bot to a group")] if not groups else []
    lines += [each for lines_of_group, _ in groups for each in lines_of_group]
    return Report(tuple(lines), is_fetched and all(is_well for _, is_well in groups))


def row(what: str, told: str) -> str:
    return f"{what:<9}{told}"


def delivery(info: WebhookInfo, wanted: str) -> tuple[list[str], bool]:
    """How updates come, and whether that is how they should."""
    told = [f"webhook {info.url}" if info.url else "asked for (polling)"]
    is_well = info.url == wanted
    if not is_well and not info.url:
        told.append(f"the webhook {wanted} is not set; carclub sets it when it starts")
    elif not is_well:
        told.append("carclub's settings name another way; it changes this when it starts")
    if info.pending_update_count:
        told.append(f"{info.pending_update_count} waiting")
    if info.last_error_message and info.last_error_date:
        at = info.last_error_date.astimezone(UTC)
        told.append(f"last error {at:%Y-%m-%d %H:%M:%SZ}: {info.last_error_message}")
        # An error after which everything was delivered is history.
        is_well = is_well and not info.pending_update_count
    return told, is_well


async def standing(line: Line, me: Me, chat: Chat) -> tuple[list[str], bool]:
    name = f"{chat.title or 'without a title'} ({chat.id})"
    if chat.gone:
        return [row("group", f"{name}: the bot is not in it any more")], True
    try:
        codes = (await look(line, me, chat.id)).lacks
    except TelegramError as error:
        kind = trouble(error).kind
        told = "the bot is not in it" if kind is Kind.REMOVED else f"not told ({kind.value})"
        return [row("group", f"{name}: {told}")], False
    if not codes:
        return [row("group", f"{name}: has all it needs")], True
    return [
        row("group", name),
        *(row("", f"- {NEEDS[code]}") for code in codes),
    ], "read" not in codes
