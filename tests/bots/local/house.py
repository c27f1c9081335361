"""A pretend house behind the local group, and what serves the two on a free port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry

from bots.contract import Receive
from bots.http.server import HttpServer
from bots.local.bot import LocalGroup
from bots.world import real_world
from storage.model import Answer, Attachment, Choice, Event, Message, Reply


@asynccontextmanager
async def serving(group: LocalGroup, receive: Receive, port: int = 0) -> AsyncIterator[str]:
    """The group's address, once it has told what it owed; it stops at the end."""
    server = HttpServer("127.0.0.1", port, lambda: ({}, True), CollectorRegistry())
    group.add_routes(server.application)
    await server.start()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(group.run(receive))
        try:
            await asyncio.wait_for(group.is_open.wait(), timeout=10)
            yield server.address
        finally:
            await group.stop()
            await server.stop()


@dataclass
class House:
    """Echoes; 按钮 offers something to press; 文件 sends one; everything is remembered."""

    group: LocalGroup
    events: list[Event] = field(default_factory=list)
    takers: list[str] = field(default_factory=list)

    async def receive(self, event: Event) -> Answer:
        self.events.append(event)
        if event.kind == "tap":
            return await self._take(event)
        if event.kind == "message" and event.text == "按钮":
            reply = Reply("谁要？", (Choice("我要", "要 1"), Choice("不要", "不要 1")))
            await self.group.send(message(reply, event))
        elif event.kind == "message" and event.text == "文件":
            attachment = Attachment("积分.csv", "姓名,积分\n小李,3\n")
            await self.group.send(message(Reply("拿好", attachment=attachment), event))
        elif event.kind == "message":
            await self.group.send(message(Reply(f"听到了：{event.text}"), event))
        return Answer()

    async def _take(self, event: Event) -> Answer:
        if event.name not in self.takers:
            self.takers.append(event.name)
            reply = Reply(f"谁要？已有 {len(self.takers)} 人", (Choice("我要", "要 1"),))
            await self.group.send(message(reply, event, edits=event.message))
        return Answer(tap=f"{event.name}第 {self.takers.index(event.name) + 1} 个")


def message(reply: Reply, event: Event, edits: str = "") -> Message:
    return Message(
        id=1,
        platform="local",
        chat="" if event.private else event.chat,
        account=event.account if event.private else "",
        reply=reply,
        quotes=event.message if event.addressed else "",
        edits=edits,
    )


def a_group(folder: Path, members: int = 6) -> LocalGroup:
    """With the machine's own clock, because a browser has that too."""
    return LocalGroup(folder, members, real_world())
