"""How the parts are put together."""

from pathlib import Path

import pytest

from bots.app import App, has_local_group
from bots.world import real_world
from config.settings import Settings, SettingsError


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
