"""The one place where everything real is put together, started and stopped."""

import asyncio
import gc
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog

from bots.contract import Platform, Receive
from bots.http.server import HttpServer
from bots.local.bot import LocalGroup
from bots.metrics import Watch
from bots.outbox import Outbox
from config import catalogue
from config.settings import Settings, SettingsError
from config.words import Words
from handlers import codes, registry
from handlers.dispatch import Dispatch
from handlers.due import Sweeper
from handlers.registry import Registry
from storage.model import DAY, Answer, Club, Event, Role
from storage.sqlite import DATABASE
from storage.sqlite.store import SqliteStore
from storage.store import Store, Work
from storage.world import World

if TYPE_CHECKING:
    from bots.telegram.bot import Telegram
    from bots.wechat.bot import WeChat

log = structlog.get_logger()

LOCAL = {
    "zh": ("本地车友会", "建会 本地车友会"),
    "en": ("Local car club", "/found Local car club"),
}
"""The pretend group's title, and what its owner says in it first."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
STOP_TIMEOUT_SECONDS = 5.0


class App:
    """`start` opens everything, `run` lives until told to stop, `stop` closes in reverse."""

    def __init__(self, settings: Settings, world: World) -> None:
        plays_locally = has_local_group(settings)
        self._world = world
        self.store = SqliteStore(
            settings.data_dir / DATABASE, world, waiting_max=settings.units_waiting_max
        )
        self.platforms: dict[str, Platform] = {}
        self.news = asyncio.Event()
        """Set when replies wait to go out."""
        self.words = Words()
        self.registry = registry.find()
        self.dispatch = Dispatch(
            self.store,
            self.registry,
            self.words,
            catalogue.load(),
            world,
            newborn=Club("", "", settings.language, settings.timezone.key, 0),
            kept=self.news.set,
        )
        self.outbox = Outbox(
            self.store, self.platforms, world, self.dispatch.draw, self.news, self._spent
        )
        self._telling: set[asyncio.Task[Answer]] = set()
        self._watch = Watch(self.store, self.outbox, self.platforms, world)
        self.server = HttpServer(
            settings.http_host, settings.http_port, self._watch.health, self._watch.registry
        )
        if plays_locally:
            title, opening = LOCAL[settings.language]
            local = LocalGroup(
                settings.data_dir, settings.local_members, world, title=title, opening=opening
            )
            local.add_routes(self.server.application)
            self.platforms[local.name] = local
        if settings.telegram_token is not None:
            telegram = self._telegram(settings)
            telegram.add_routes(self.server.application)
            self.platforms[telegram.name] = telegram
        if settings.wechat_endpoint:
            wechat = self._wechat(settings)
            self.platforms[wechat.name] = wechat
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Raises CannotListen."""
        try:
            await self.server.start()
        except BaseException:
            await self.store.close()
            raise
        sweeper = Sweeper(self.store, self.dispatch, self._world)
        lives = [self.outbox.run(), sweeper.run(), self._watch.run()]
        lives += [each.run(self._receiver(each)) for each in self.platforms.values()]
        self._tasks = [asyncio.create_task(life) for life in lives]

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. Raises what ended a part that should not have ended."""
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([stopping, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        for task in done - {stopping}:
            task.result()

    async def stop(self) -> None:
        """What was acknowledged is kept; what still waits to go out goes out at the next start."""
        for platform in self.platforms.values():
            await platform.stop()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_TIMEOUT_SECONDS)
        await self.server.stop()
        await self.store.close()

    def _telegram(self, settings: Settings) -> "Telegram":
        """Imported when it is switched on: its library takes longer than all the rest."""
        from bots.telegram.bot import Hook, Telegram, Texts
        from bots.telegram.line import Line

        token, secret = settings.telegram_token, settings.telegram_webhook_secret
        say = partial(self.words.say, settings.language, "common")
        return Telegram(
            Line(token.get_secret_value() if token else "", settings.telegram_api_url),
            self.store,
            self._world,
            Texts(say("wait"), say("expired")),
            hook=Hook(settings.telegram_webhook_url, secret.get_secret_value())
            if settings.telegram_webhook_url and secret
            else None,
            menus=menus(self.registry, self.words, settings.language),
            kept=self.news.set,
        )

    def _wechat(self, settings: Settings) -> "WeChat":
        """Imported when it is switched on; its libraries are only there when they are asked for."""
        try:
            from bots.wechat.bot import Gateway, WeChat
            from bots.wechat.sending import Texts
        except ModuleNotFoundError as error:
            raise SettingsError(
                f"wechat_endpoint is set, but {error.name} is not installed: pip install"
                " 'carclub[wechat]', or let `make run` do it"
            ) from error
        token, say = settings.wechat_token, partial(self.words.say, settings.language, "common")
        return WeChat(
            Gateway(
                settings.wechat_endpoint,
                token.get_secret_value() if token else "",
                settings.wechat_inviters,
                settings.wechat_messages_per_day,
            ),
            self.store,
            self._world,
            Texts(
                say("choose_hint"),
                lambda count: say("and_others", count=count),
                lambda account: say("only_leaders_invite", id=account),
            ),
            kept=self.news.set,
        )

    def _spent(self, platform: str) -> None:
        """Tell the house, once a day, that a platform's messages of the day are nearly used up."""
        now = self._world.now()
        name = f"{platform}:spent:{now // DAY}"
        if name in {task.get_name() for task in self._telling}:
            return
        event = Event(name, platform, platform, platform, "", "", now, kind="spent")
        task = asyncio.create_task(self.dispatch.answer(event), name=name)
        self._telling = {task}

    def _receiver(self, platform: Platform) -> Receive:
        async def receive(event: Event) -> Answer:
            loop = asyncio.get_running_loop()
            started = loop.time()
            answer = await self.dispatch.answer(event)
            self._watch.answered(event, answer, loop.time() - started)
            # A tap shows it, unless it is said aloud; all but messages have asked for nothing.
            if not answer.kept and (event.kind == "message" or event.aloud):
                for reply in answer.replies:
                    await platform.say(event, reply)
            return answer

        return receive


def has_local_group(settings: Settings) -> bool:
    """Whoever reaches the pretend group may play everybody in it, so it stays on this machine.

    Raises SettingsError when it is asked for elsewhere.
    """
    at_home = settings.http_host in LOOPBACK
    if settings.local_group == "on" and not at_home:
        raise SettingsError("local_group is on, so http_host must be 127.0.0.1")
    is_real = settings.telegram_token is not None or bool(settings.wechat_endpoint)
    is_wanted = settings.local_group == "on" or (settings.local_group == "auto" and not is_real)
    return is_wanted and at_home


def menus(known: Registry, words: Words, language: str) -> dict[str, list[tuple[str, str]]]:
    """What members find in a platform's menu, by language; "" is for all others."""
    first = [
        next(command for command in each.commands if command.role == Role.MEMBER)
        for each in known.features
        if any(command.role == Role.MEMBER for command in each.commands)
    ]
    return {
        code: [(each.alias, words.say(spoken, each.feature, "help")) for each in first]
        for code, spoken in (("", language), ("zh", "zh"), ("en", "en"))
    }


def spare_the_collector() -> None:
    """Look for dead cycles less often: nearly all our objects die without one.

    Python's own thresholds cost about a tenth of the grabs a second (docs/measurements.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def founding_code(store: Store, world: World) -> str:
    """A fresh code by which somebody who does not own their chat may found a club."""
    code = codes.fresh(world)

    async def unit(work: Work) -> None:
        expires_at = work.now + codes.LIFETIME[codes.FOUND]
        await work.people.put_code(codes.digest(code), codes.FOUND, expires_at)

    await store.unit(unit)
    return code


async def serve(settings: Settings, world: World, show: Callable[[str], None]) -> None:
    """Run until the process is told to stop. `show` takes the lines an operator reads first."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # no signals of that kind on Windows
            loop.add_signal_handler(number, stop.set)
    app = App(settings, world)
    await app.start()
    spare_the_collector()
    try:
        code = await founding_code(app.store, world)
        show(f"carclub {version('carclub')}")
        if "local" in app.platforms:
            show(f"本地群 local group: {app.server.address}/")
        if not app.platforms:
            show("没有接入任何群 no platform is set up: set local_group or a platform's settings")
        show(f"建会码 founding code: {code}")
        await app.run(stop)
    finally:
        log.info("stopping")
        await app.stop()
