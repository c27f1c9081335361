"""The vouched car behind a member's name, in every chat of the club that can show it."""

from collections.abc import Sequence

from handlers.context import Context
from storage.model import Account, Chat, Priority, Reply
from storage.store import Work

Place = tuple[Chat, Account]
"""Whose name, in which chat."""


async def places(work: Work, member: str) -> Sequence[Place]:
    """Where a member's name may stand: by each account, in the chats of its platform."""
    accounts = await work.people.accounts(member)
    return [
        (chat, account)
        for chat in await work.people.chats()
        for account in accounts
        if account.platform == chat.platform
    ]


async def put(work: Work, where: Sequence[Place], series: str) -> None:
    """Let it stand there; without a series, take it away. Names that are too long are cut by the
    platform."""
    badge = Reply(series, to="badge", priority=Priority.CHATTER, slot="badge")
    for chat, account in where:
        await work.outbox.put(chat.platform, chat.id, account.id, badge)


async def show_badge(ctx: Context) -> None:
    """Call this when somebody has come into a chat: who was vouched for has it there again."""
    if ctx.member.car:
        await put(ctx.work, [_here(ctx)], ctx.member.car)


async def clear(ctx: Context) -> None:
    """Call this when somebody has left a chat, though they may still be in another one."""
    if ctx.member.car:
        await put(ctx.work, [_here(ctx)], "")


def _here(ctx: Context) -> Place:
    return ctx.chat, Account(ctx.event.platform, ctx.event.account)
