"""How the parts are put together."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.app import App, has_local_group
from bots.local.bot import LocalGroup
from bots.world import real_world
from config.settings import Settings, SettingsError
from handlers.guard import BURST
from storage.model import Event, EventKind, Reply


def test_the_pretend_group_stays_on_this_machine(tmp_path: Path) -> None:
    elsewhere = Settings(data_dir=tmp_path, http_host="0.0.0.0")
    assert has_local_group(Settings(data_dir=tmp_path))
    assert not has_local_group(elsewhere)
    assert not has_local_group(Settings(data_dir=tmp_path, local_group="off"))
    with pytest.raises(SettingsError, match="http_host"):
        has_local_group(elsewhere.model_copy(update={"local_group": "on"}))


async def test_a_start_that_fails_lets_the_data_go(tmp_path: Path) -> None:
    first = App(Settings(data_dir=tmp_path / "first", http_port=0), real_world())
    await first.start()
    second = Settings(data_dir=tmp_path / "second", http_port=first.server.port)
    app = App(second, real_world())
    with pytest.raises(Exception, match="CARCLUB_HTTP_PORT"):
        await app.start()
    again = App(second.model_copy(update={"http_port": 0}), real_world())
    await again.start()
    await again.stop()
    await first.stop()


def test_with_a_token_it_lives_in_telegram_and_not_in_a_pretend_group(tmp_path: Path) -> None:
    token = SecretStr("123456:no-such-token-at-all-here")
    assert not has_local_group(Settings(data_dir=tmp_path, telegram_token=token))
    both = Settings(data_dir=tmp_path, telegram_token=token, local_group="on")
    assert has_local_group(both)


def test_with_a_gateway_it_lives_in_wechat_and_not_in_a_pretend_group(tmp_path: Path) -> None:
    gateway = {"wechat_endpoint": "127.0.0.1:1", "wechat_token": SecretStr("t")}
    assert not has_local_group(Settings.model_validate({"data_dir": tmp_path, **gateway}))


async def test_without_wechat_s_packages_the_setting_is_named_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bots.wechat.bot", None)
    settings = {"data_dir": tmp_path, "wechat_endpoint": "127.0.0.1:1", "wechat_token": "t"}
    with pytest.raises(SettingsError, match=r"wechat_endpoint is set.*carclub\[wechat\]"):
        App(Settings.model_validate(settings), real_world())


def test_the_packages_of_platforms_come_when_they_are_switched_on() -> None:
    """They take longer to import, and more memory, than all the rest."""
    look = "import sys, bots.app; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=20
    )
    assert not {"telegram", "wechaty", "wechaty_puppet", "grpclib"} & set(done.stdout.split())


class Mute(LocalGroup):
    """Notes whom it was asked to answer at once."""

    async def say(self, event: Event, reply: Reply) -> None:
        self.excused = [*getattr(self, "excused", []), event.kind]


@pytest.mark.parametrize(
    ("kind", "aloud", "excused"),
    [
        ("message", False, ["message"]),
        ("starred", False, []),
        ("tap", False, []),  # who pressed is shown it
        ("tap", True, ["tap"]),
    ],
)
async def test_who_asked_for_nothing_is_not_told_that_it_was_too_fast(
    tmp_path: Path, kind: EventKind, aloud: bool, excused: list[str]
) -> None:
    app = App(Settings(data_dir=tmp_path, http_port=0, local_group="off"), real_world())
    group = Mute(tmp_path, 2, real_world())
    receive = app._receiver(group)
    for number in range(BURST + 5):
        event = Event(f"e{number}", "p", "g", "a", "小李", "积分", 0, kind, message="m7")
        event = replace(event, aloud=aloud)
        await receive(event)
    assert getattr(group, "excused", []) == excused
    await app.store.close()
