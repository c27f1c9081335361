"""`carclub telegram check`: one screen, through a real server."""

import asyncio

import pytest

from bots.telegram.nouns import PLATFORM
from storage.model import Chat, Club
from storage.sqlite.store import SqliteStore
from tests.support.telegram.server import BotApi
from tests.support.world import START, pretend_world

pytestmark = pytest.mark.usefixtures("fresh_logs")

CLUB = Club("c", "车友会", "zh", "Asia/Shanghai", START)


@pytest.fixture
def check(do, database, monkeypatch):
    """Run the verb while the server lives: what happened before is up to `scene`."""

    def run(scene=lambda api: (), token=""):
        async def live():
            async with BotApi() as api:
                await keep(database, scene(api))
                monkeypatch.setenv("CARCLUB_TELEGRAM_TOKEN", token or api.token)
                monkeypatch.setenv("CARCLUB_TELEGRAM_API_URL", api.base_url.removesuffix("/bot"))
                return await asyncio.to_thread(do, "telegram", "check")

        return asyncio.run(live())

    return run


async def keep(database, chats):
    if not chats:
        return
    store = SqliteStore(database, pretend_world())

    async def unit(work):
        await work.people.found(CLUB)
        for each in chats:
            await work.people.put_chat(each)

    await store.unit(unit)
    await store.close()


def linked(group, *, gone=False):
    return Chat(PLATFORM, str(group.id), CLUB.id, group.title, gone=gone)


def test_without_a_token_it_says_so(do, data):
    assert do("telegram", "check") == (2, "", "telegram_token is not set; @BotFather gives one")


def test_a_token_nobody_knows_is_told(check):
    code, out, _ = check(token="123456:no-such-token-at-all-here")
    assert (code, out) == (1, "token    Telegram does not accept it\n")


def test_where_telegram_is_not_there_it_says_so(do, data, monkeypatch):
    monkeypatch.setenv("CARCLUB_TELEGRAM_TOKEN", "123456:no-such-token-at-all-here")
    monkeypatch.setenv("CARCLUB_TELEGRAM_API_URL", "http://127.0.0.1:1")
    assert do("telegram", "check")[:2] == (1, "telegram Telegram cannot be reached (unsent)\n")


def test_before_the_first_group(check):
    code, out, _ = check()
    lines = out.splitlines()
    assert code == 0
    assert lines[1] == "privacy  on: hears ordinary talk only where it is an administrator"
    assert lines[2:] == [
        "updates  asked for (polling)",
        "groups   none yet: add the bot to a group",
    ]


def test_what_each_group_lacks(check):
    def scene(api):
        whole, plain, none = (api.group(title) for title in ("甲", "乙", "丙"))
        whole.promote_bot(can_invite_users=True, can_manage_tags=True)
        none.kick_bot()
        return [linked(whole), linked(plain), linked(none, gone=True)]

    code, out, _ = check(scene)
    groups = [line for line in out.splitlines() if line.startswith(("group ", " "))]
    assert code == 1
    assert [line.partition(" (")[0] for line in groups if line[0] != " "] == [
        "group    丙",
        "group    乙",
        "group    甲",
    ]
    assert groups[0].endswith("the bot is not in it any more")
    assert "hears only commands" in groups[2]
    assert "is no administrator" in groups[3]
    assert groups[4].endswith("has all it needs")


def test_a_right_that_only_adds_comfort_is_no_failure(check):
    def scene(api):
        group = api.group("甲")
        group.promote_bot(can_invite_users=False, can_manage_tags=False)
        return [linked(group)]

    code, out, _ = check(scene)
    assert code == 0
    assert "no invitation links" in out
    assert "no car behind a name" in out


def test_a_webhook_that_fails_is_told(check, monkeypatch):
    monkeypatch.setenv("CARCLUB_TELEGRAM_WEBHOOK_URL", "http://127.0.0.1:1/telegram/webhook")
    monkeypatch.setenv("CARCLUB_TELEGRAM_WEBHOOK_SECRET", "s" * 20)
    code, out, _ = check()
    assert code == 1
    assert "is not set; carclub sets it when it starts" in out
