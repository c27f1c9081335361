"""The ways in which a client may put its request."""

import aiohttp
import pytest

from tests.support.telegram import LoseAnswer, Reset


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize("way", ["params", "data", "json"])
async def test_parameters_in_the_address_a_form_or_json(bot_api, group, session, way):
    parameters = {"chat_id": group.id, "text": "你好"}
    url = f"{bot_api.base_url}{bot_api.token}/sendMessage"
    async with session.post(url, **{way: parameters}) as answer:
        assert answer.status == 200
    assert group.texts == ["你好"]


async def test_a_file_under_the_name_of_its_parameter(bot_api, group, session):
    form = aiohttp.FormData({"chat_id": str(group.id)}, quote_fields=False)
    form.add_field("document", b"a,b", filename="积分.csv", content_type="text/csv")
    url = f"{bot_api.base_url}{bot_api.token}/sendDocument"
    async with session.post(url, data=form) as answer:
        document = (await answer.json())["result"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("积分.csv", "text/csv")


async def test_refusals_have_their_code_in_http_too(bot_api, session):
    bot_api.judged = False
    for path, code in (
        (f"bot{bot_api.token}/sendMassage", 404),
        ("bot1:wrong/getMe", 401),
        (f"bot{bot_api.token}/sendMessage", 400),
        (f"file/bot{bot_api.token}/documents/none", 404),
        ("file/bot1:wrong/documents/none", 404),
    ):
        async with session.get(f"{bot_api.url}/{path}") as answer:
            assert answer.status == code


async def test_a_connection_that_breaks_and_one_that_stays_silent(bot_api, group, session):
    url = f"{bot_api.base_url}{bot_api.token}/sendMessage"
    parameters = {"chat_id": group.id, "text": "你好"}
    bot_api.fail(Reset())
    with pytest.raises(aiohttp.ClientError):
        await session.post(url, json=parameters)
    assert group.texts == []
    bot_api.fail(LoseAnswer())
    with pytest.raises(TimeoutError):
        await session.post(url, json=parameters, timeout=aiohttp.ClientTimeout(total=0.05))
    assert group.texts == ["你好"]
