"""A pretend Telegram: its Bot API over HTTP, and the people and groups behind it.

Start with README.md beside this file; `BotApi` is the door.
"""

from tests.support.telegram.chats import Chat
from tests.support.telegram.faults import BadGateway, LoseAnswer, Refuse, Reset, Slow
from tests.support.telegram.flood import FloodLimits
from tests.support.telegram.model import Button, Link, Message, Status, Topic
from tests.support.telegram.people import User
from tests.support.telegram.refusals import Refused, bad, flooded, forbidden
from tests.support.telegram.server import TOKEN, BotApi
from tests.support.telegram.taps import Answer, Tap

__all__ = [
    "TOKEN",
    "Answer",
    "BadGateway",
    "BotApi",
    "Button",
    "Chat",
    "FloodLimits",
    "Link",
    "LoseAnswer",
    "Message",
    "Refuse",
    "Refused",
    "Reset",
    "Slow",
    "Status",
    "Tap",
    "Topic",
    "User",
    "bad",
    "flooded",
    "forbidden",
]
