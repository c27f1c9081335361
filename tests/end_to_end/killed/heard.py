"""What the members have seen of the bot, read from the requests that it made."""

import re
from collections import defaultdict
from dataclasses import dataclass

from tests.support.telegram import BotApi, Chat, Message, Tap
from tests.support.telegram.journal import Request

_MARKUP = re.compile("<[^>]+>")


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the bot first said it; later changes stand in the chat."""

    chat: int
    message: int
    text: str
    topic: int | None
    answers: int
    """The message it is an answer to; 0 where it is none."""


@dataclass(frozen=True, slots=True)
class Toast:
    """An answer to a tap, whether Telegram still took it or not."""

    text: str
    too_late: bool


class Heard:
    """Reads on in the journal at every `listen`."""

    def __init__(self, api: BotApi) -> None:
        self.said: list[Said] = []
        self.toasts: dict[str, list[Toast]] = defaultdict(list)
        self._answers: dict[tuple[int, int], list[Said]] = defaultdict(list)
        self._api = api
        self._read = 0

    def listen(self) -> list[Said]:
        """What is new."""
        requests, new = self._api.journal.requests, len(self.said)
        for request in requests[self._read :]:
            self._hear(request)
        self._read = len(requests)
        return self.said[new:]

    def _hear(self, request: Request) -> None:
        told = request.parameters
        if request.method == "answerCallbackQuery":
            toast = Toast(str(told.get("text", "")), too_late=not request.ok)
            self.toasts[told["callback_query_id"]].append(toast)
        if request.method != "sendMessage" or request.answer is None or not request.ok:
            return
        said = Said(
            int(told["chat_id"]),
            int(request.answer["result"]["message_id"]),
            _MARKUP.sub("", str(told["text"])),
            told.get("message_thread_id"),
            int((told.get("reply_parameters") or {}).get("message_id", 0)),
        )
        self.said.append(said)
        self._answers[said.chat, said.answers].append(said)

    def answers(self, *messages: Message) -> list[str]:
        """What was answered to any of these messages."""
        return [
            each.text
            for message in messages
            for each in self._answers.get((message.chat.id, message.id), ())
        ]

    def with_words(self, chat: Chat, words: str) -> list[Said]:
        return [each for each in self.said if each.chat == chat.id and words in each.text]

    def to(self, tap: Tap) -> list[Toast]:
        return self.toasts.get(tap.id, [])
