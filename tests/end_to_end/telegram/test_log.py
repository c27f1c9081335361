"""Even where something goes wrong, the log tells neither secrets nor what members say."""

import pytest

from bots import logs
from tests.end_to_end.telegram.scene import Scene
from tests.support.telegram import BadGateway, Chat, Reset, User, http

HALF = '{"ok":true,"result":[{"update_id":1,"message":{"text":"车牌苏A12345，电话13800138000"'


async def test_at_its_most_talkative_it_hides_the_token(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    logs.set_up("debug", "json", on.log)
    on.api.fail(Reset(), "sendMessage")
    envelope = await on.offered(club, wang, "公费红包 60 3")
    await li.taps(envelope, "抢红包")
    await on.quiet()
    told = on.log.getvalue()
    logs.set_up("info", "json", on.log)
    on.log.truncate(0)
    on.log.seek(0)
    assert "/bot***" in told  # it is there, and masked
    assert on.api.token not in told


async def test_half_an_answer_of_telegrams_is_not_copied_into_it(
    on: Scene, club: Chat, li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "BAD_GATEWAY_PAGE", HALF.encode())
    on.api.fail(BadGateway(), "getUpdates", "sendMessage")
    await li.says(club, "积分")
    await club.hears("小李，你有 0 分。")
    await on.quiet()
    assert "苏A12345" not in on.log.getvalue()
    assert "13800138000" not in on.log.getvalue()
