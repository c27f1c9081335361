"""carclub as a process: started, killed, started again, stopped."""

import asyncio
from pathlib import Path

import pytest

from tests.support.process import carclub, launch

pytestmark = pytest.mark.timeout(120)

STOP_SECONDS_MAX = 10


async def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    async with carclub(tmp_path) as club:
        await club.read("建好了")
        await club.say("会长老王", "公费红包 100 2")
        envelope = await club.read("100 分的拼手气红包")
        tap = {"account": await club.account("小李"), "message": envelope["id"], "says": "抢 1"}
        answer = await club.post("tap", **tap)
        assert "抢到" in answer["answer"]
        await club.kill()
    points = answer["answer"].split("抢到 ")[1].split(" ")[0]
    async with carclub(tmp_path) as club:
        again = await club.post("tap", **tap)
        assert again["answer"] in (answer["answer"], f"你已经抢过了，得了 {points} 分。")
        await club.say("小李", "积分")
        assert f"你有 {points} 分" in (await club.read("你有"))["text"]
    audit = await launch(tmp_path, "audit")
    out, _ = await audit.communicate()
    assert audit.returncode == 0, out.decode()


async def test_nobody_else_on_the_machine_may_read_what_the_club_knows(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with carclub(data) as club:
        await club.read("建好了")
        for path in (data, *data.iterdir()):
            assert path.stat().st_mode & 0o077 == 0, path.name


async def test_it_stops_when_asked_and_says_nothing_on_the_way(tmp_path: Path) -> None:
    async with carclub(tmp_path) as club:
        await club.read("建好了")
        async with asyncio.timeout(STOP_SECONDS_MAX):
            assert await club.stop() == 0
        assert club.process.stderr is not None
        log = (await club.process.stderr.read()).decode()
        assert "error" not in log
        assert "Traceback" not in log


async def test_a_second_one_on_the_same_data_is_refused_in_one_line(tmp_path: Path) -> None:
    async with carclub(tmp_path):
        second = await launch(tmp_path)
        _, error = await second.communicate()
        assert second.returncode == 2
        assert error.decode().count("\n") == 1
        assert "in use by another carclub" in error.decode()


async def test_a_wrong_setting_stops_the_start_and_is_named(tmp_path: Path) -> None:
    process = await launch(tmp_path, http_prt="1")
    _, error = await process.communicate()
    assert process.returncode == 2
    assert "CARCLUB_HTTP_PRT" in error.decode()


async def test_no_name_and_no_word_of_a_member_reaches_the_log(tmp_path: Path) -> None:
    async with carclub(tmp_path, log_format="json") as club:
        await club.read("建好了")
        await club.say("小李", "#油耗 海豹 百公里5.2升，车牌苏A12345，电话13800138000")
        await club.say("小李", "红包 999999 3")
        await club.read("积分不够")
        assert await club.stop() == 0
        assert club.process.stderr is not None
        log = (await club.process.stderr.read()).decode()
    for secret in ("小李", "海豹", "A12345", "13800138000", "999999"):
        assert secret not in log
