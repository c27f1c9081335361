"""What is asked of Telegram, and what its refusals mean for a message on its way."""

from collections import OrderedDict
from dataclasses import replace
from typing import TypeVar

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ParseMode

from bots.contract import PlatformError
from bots.telegram import show
from bots.telegram.errors import Kind, Trouble
from bots.telegram.line import Line
from bots.telegram.nouns import (
    EditText,
    Keyboard,
    Request,
    SendFile,
    SendPictures,
    SendText,
    SetBadge,
)

AWAY_SECONDS = 3.0
"""How long to leave a conversation alone when nothing can be sent there yet."""
LINKS_MAX = 10_000
Asked = TypeVar("Asked", SendText, EditText)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Calls:
    def __init__(self, line: Line) -> None:
        self._bot = line.bot
        self._links: OrderedDict[tuple[int, str], str] = OrderedDict()

    async def make(self, request: Request) -> str:
        """The id of the message that came of it. Raises telegram's errors."""
        match request:
            case SendText():
                return await self._send(await self._with_link(request))
            case EditText():
                return await self._edit(await self._with_link(request))
            case SendFile():
                return await self._send_file(request)
            case SendPictures():
                return await self._send_pictures(request)
            case SetBadge():
                await self._bot.set_chat_member_tag(request.chat, request.user, request.tag)
                return ""

    async def _send(self, request: SendText) -> str:
        message = await self._bot.send_message(
            request.chat,
            request.text,
            parse_mode=ParseMode.HTML,
            message_thread_id=request.topic,
            reply_parameters=_reply(request.quotes),
            reply_markup=_markup(request.keyboard),
            link_preview_options=NO_PREVIEW,
        )
        return str(message.message_id)

    async def _edit(self, request: EditText) -> str:
        await self._bot.edit_message_text(
            request.text,
            request.chat,
            request.message,
            parse_mode=ParseMode.HTML,
            reply_markup=_markup(request.keyboard),
            link_preview_options=NO_PREVIEW,
        )
        return str(request.message)

    async def _send_file(self, request: SendFile) -> str:
        message = await self._bot.send_document(
            request.chat,
            InputFile(request.content, filename=request.name),
            caption=request.caption or None,
            parse_mode=ParseMode.HTML,
            message_thread_id=request.topic,
            reply_parameters=_reply(request.quotes),
            reply_markup=_markup(request.keyboard),
        )
        return str(message.message_id)

    async def _send_pictures(self, request: SendPictures) -> str:
        chat, topic, files = request.chat, request.topic, request.files
        if len(files) > 1:
            album = [InputMediaPhoto(each) for each in files]
            messages = await self._bot.send_media_group(chat, album, message_thread_id=topic)
            return str(messages[0].message_id)
        send = self._bot.send_document if request.as_file else self._bot.send_photo
        return str((await send(chat, files[0], message_thread_id=topic)).message_id)

    async def _with_link(self, request: Asked) -> Asked:
        """With the address of its invitation behind the text: one link a name and chat, while we
        run."""
        if not request.invitation:
            return request
        key = (request.chat, request.invitation)
        if key not in self._links:
            link = await self._bot.create_chat_invite_link(request.chat, name=request.invitation)
            self._links[key] = link.invite_link
            if len(self._links) > LINKS_MAX:
                self._links.popitem(last=False)
        return replace(request, text=show.with_link(request.text, self._links[key]))


def _reply(quotes: int | None) -> ReplyParameters | None:
    return ReplyParameters(quotes, allow_sending_without_reply=True) if quotes else None


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(each.label, url=each.url)
                if each.url
                else InlineKeyboardButton(each.label, callback_data=each.data)
                for each in row
            ]
            for row in keyboard
        ]
    )


def platform_error(found: Trouble) -> PlatformError:
    """What a refusal means for the outbox."""
    reason = found.kind.value
    match found.kind:
        case Kind.FLOOD:
            return PlatformError(reason, retry_after_seconds=found.retry_after_seconds)
        case Kind.MAYBE_SENT:
            return PlatformError(reason, delivered_maybe=True)
        case Kind.UNREACHABLE:
            return PlatformError(reason, final=True, unreachable=True)
        case Kind.UNSENT | Kind.MOVED | Kind.TOKEN | Kind.CONFLICT:
            # It has not been tried, so it is not a try: no outage makes a message be given up.
            return PlatformError(reason, retry_after_seconds=AWAY_SECONDS)
        case _:
            return PlatformError(reason, final=True)
