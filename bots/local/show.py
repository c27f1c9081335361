"""The bot's Message → a Post → what the page draws. Pure."""

from dataclasses import asdict, replace

from bots.local.nouns import BOT, BOT_NAME, GROUP, Person, Post, Tapped, private_chat
from storage.model import Choice, Message, Millis, Reply

TEXT_MAX = 20_000
BADGE_MAX = 16
PICTURES_MAX = 9
CHOICES_MAX = 100
"""What a message may offer in its life; Telegram allows as many at a time."""


def post(message: Message, post_id: str, at: Millis) -> Post:
    reply = message.reply
    return Post(
        id=post_id,
        chat=private_chat(message.account) if message.account else message.chat or GROUP,
        account=BOT,
        name=BOT_NAME,
        text=_cut(reply.text),
        at=at,
        quotes=message.quotes,
        choices=reply.choices[:CHOICES_MAX],
        offered=_offered((), reply.choices),
        attachment=reply.attachment,
        media=reply.pictures[:PICTURES_MAX],
    )


def edited(message: Message, former: Post) -> Post:
    """The same post with other words; it stays where it was."""
    reply = message.reply
    return replace(
        former,
        text=_cut(reply.text),
        choices=reply.choices[:CHOICES_MAX],
        offered=_offered(former.offered, reply.choices),
        attachment=reply.attachment or former.attachment,
        edited=True,
    )


def badge(reply: Reply) -> str:
    return reply.text[:BADGE_MAX]


def drawn(shown: Post) -> dict[str, object]:
    attachment = shown.attachment
    return {
        "id": shown.id,
        "chat": shown.chat,
        "account": shown.account,
        "name": shown.name,
        "text": shown.text,
        "at": shown.at,
        "kind": shown.kind,
        "quotes": shown.quotes,
        "choices": [{"label": each.label, "says": each.says} for each in shown.choices],
        "attachment": {"name": attachment.name, "size": len(attachment.content.encode())}
        if attachment
        else None,
        "media": [media.id for media in shown.media],
        "edited": shown.edited,
    }


def person(shown: Person) -> dict[str, object]:
    return asdict(shown)


def tapped(shown: Tapped) -> dict[str, object]:
    return asdict(shown)


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…"


def _offered(former: tuple[str, ...], choices: tuple[Choice, ...]) -> tuple[str, ...]:
    now = [choice.says for choice in choices]
    return tuple(dict.fromkeys([*now, *former]))[:CHOICES_MAX]
