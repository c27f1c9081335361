"""Only the group's own page gets in, and nothing it sends can do harm."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from bots.local.api import STREAMS_MAX
from bots.local.pictures import PICTURE_MAX_BYTES, PICTURES_MAX, Pictures
from storage.model import Attachment, Message, Reply
from tests.bots.local.house import House, a_group, serving

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@dataclass
class Visitor:
    """The page, as the server sees it."""

    address: str
    house: House
    session: ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(f"{self.address}{path}", headers=headers) as response:
            return response.status, await response.text()

    async def post(self, path: str, data: object, **headers: str) -> tuple[int, dict[str, object]]:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        sent = {"Origin": self.address, "Content-Type": "application/json"} | headers
        sent = {name: value for name, value in sent.items() if value}
        async with self.session.post(
            f"{self.address}/local/{path}", data=BytesIO(body), headers=sent
        ) as response:
            return response.status, await response.json()

    async def stream(self, after: object, origin: str = "") -> ClientWebSocketResponse:
        headers = {"Origin": origin or self.address}
        return await self.session.ws_connect(
            f"{self.address}/local/stream?after={after}", headers=headers
        )

    async def history(self) -> dict[str, object]:
        return dict(json.loads((await self.get("/local/history"))[1]))


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Visitor]:
    group = a_group(tmp_path)
    house = House(group)
    async with serving(group, house.receive) as address, ClientSession() as session:
        yield Visitor(address, house, session)


async def test_the_page_comes_with_its_guards(visitor):
    async with visitor.session.get(f"{visitor.address}/") as response:
        assert response.url.path == "/local/"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        page = await response.text()
    assert "style=" not in page
    assert " onclick=" not in page
    for path in ("page/main.js", "page/base.css", "page/icon.svg"):
        assert (await visitor.get(f"/local/{path}"))[0] == 200


@pytest.mark.parametrize(
    "path", ["page/", "page/../bot.py", "page/%2e%2e/bot.py", "page/..%2f..%2fapp.py", "nothing"]
)
async def test_nothing_else_is_served(visitor, path):
    status, answer = await visitor.get(f"/local/{path}")
    assert status in (403, 404)
    assert "import" not in answer


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost:1"]
)
async def test_a_strange_host_is_refused_everywhere(visitor, host):
    strange = host.format(port=visitor.address.rpartition(":")[2])
    for path in ("/local/", "/local/history", "/local/page/main.js", "/local/nothing"):
        assert (await visitor.get(path, Host=strange))[0] == 403
    status, _ = await visitor.post("say", {"account": "m2", "text": "嗨"}, Host=strange)
    assert status == 403
    assert "嗨" not in [event.text for event in visitor.house.events]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "[::1]"])
async def test_every_name_of_this_machine_will_do(visitor, host):
    here = f"{host}:{visitor.address.rpartition(':')[2]}"
    assert (await visitor.get("/local/history", Host=here))[0] == 200
    sent = {"account": "m2", "text": "嗨"}
    assert (await visitor.post("say", sent, Host=here, Origin=f"http://{here}"))[0] == 200


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "https://127.0.0.1"])
async def test_only_our_own_page_may_act_or_listen(visitor, origin):
    sent = {"account": "m1", "text": "红包 1000 1"}
    assert (await visitor.post("say", sent, Origin=origin))[0] == 403
    assert (await visitor.post("media", PNG, Origin=origin))[0] == 403
    with pytest.raises(WSServerHandshakeError) as caught:
        await visitor.stream(0, origin or "http://localhost:1")
    assert caught.value.status == 403
    assert "红包 1000 1" not in [event.text for event in visitor.house.events]


async def test_a_form_of_another_page_is_not_json(visitor):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        sent = {"account": "m2", "text": "嗨"}
        status, answer = await visitor.post("say", sent, **{"Content-Type": kind})
        assert (status, answer) == (415, {"error": "only JSON"})


@pytest.mark.parametrize(
    "sent", [b"", b"{", b"[1]", b'{"account": 7, "text": "x"}', b'{"account": "m77", "text": "x"}']
)
async def test_bad_requests_get_one_short_line(visitor, sent):
    status, answer = await visitor.post("say", sent)
    assert status == 400
    assert len(str(answer["error"])) < 120
    assert "Traceback" not in str(answer)


async def test_a_text_of_almost_a_megabyte_reaches_the_house(visitor):
    text = "x" * 1_000_000
    assert (await visitor.post("say", {"account": "m2", "text": text}))[0] == 200
    assert len(visitor.house.events[-1].text) == 1_000_000


async def test_more_than_that_is_too_large(visitor):
    status, answer = await visitor.post("say", {"account": "m2", "text": "x" * 1_100_000})
    assert status == 413
    assert "error" in answer


async def test_wrong_methods_and_places_answer_in_json(visitor):
    status, answer = await visitor.get("/local/say")
    assert (status, json.loads(answer)) == (405, {"error": "method not allowed"})
    assert (await visitor.post("fly", {}))[0] == 404


async def test_a_picture_is_kept_once_and_shown(visitor):
    status, answer = await visitor.post("media", PNG, **{"Content-Type": "image/png"})
    assert status == 200
    assert (await visitor.post("media", PNG))[1] == answer
    async with visitor.session.get(f"{visitor.address}/local/media/{answer['id']}") as response:
        assert response.content_type == "image/png"
        assert await response.read() == PNG
    sent = {"account": "m2", "media": [answer["id"]]}
    assert (await visitor.post("say", sent))[0] == 200
    assert visitor.house.events[-1].media[0].id == answer["id"]


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"<html>", b"MZ\x90\x00"])
async def test_what_is_no_picture_is_refused(visitor, content):
    assert (await visitor.post("media", content, **{"Content-Type": "image/png"}))[0] == 400


async def test_pictures_have_a_size_limit(visitor):
    largest = PNG + bytes(PICTURE_MAX_BYTES - len(PNG))
    status, answer = await visitor.post("media", largest)
    assert status == 200
    async with visitor.session.get(f"{visitor.address}/local/media/{answer['id']}") as response:
        assert await response.read() == largest
    assert (await visitor.post("media", largest + b"x"))[0] == 413


async def test_pictures_have_a_count_limit(tmp_path):
    pictures = Pictures(tmp_path)
    kept = [await pictures.keep(PNG + bytes([number])) for number in range(PICTURES_MAX + 1)]
    assert len(list(tmp_path.iterdir())) == PICTURES_MAX
    assert await pictures.find(kept[0]) is None
    assert await pictures.find(kept[-1])
    assert await pictures.find("../../etc/passwd") is None


async def test_an_attachment_is_downloaded_and_never_shown(visitor):
    reply = Reply("拿好", attachment=Attachment('账"本\r\n.html', "<script>alert(1)</script>"))
    sent = (await visitor.house.group.send(Message(1, "local", "group", "", reply))).id
    async with visitor.session.get(f"{visitor.address}/local/attachment/{sent}") as response:
        assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        assert response.content_type == "text/plain"
        assert await response.text() == "<script>alert(1)</script>"
    assert (await visitor.get("/local/attachment/99"))[0] == 404


async def test_the_stream_follows_from_where_the_page_stopped(visitor):
    start = (await visitor.history())["number"]
    await visitor.post("say", {"account": "m2", "text": "一"})
    socket = await visitor.stream(start)
    texts: list[str] = []
    await visitor.post("say", {"account": "m3", "text": "二"})
    while len(texts) < 4:
        changes = (await socket.receive_json())["changes"]
        texts += [change["post"]["text"] for change in changes if "post" in change]
    assert texts == ["一", "听到了：一", "二", "听到了：二"]
    await socket.close()


async def test_a_page_from_another_life_is_told_to_load_again(visitor):
    socket = await visitor.stream(10**19)
    assert await socket.receive_json() == {"reset": True}
    await socket.close()


@pytest.mark.parametrize("after", ["", "x", "-1", "1" * 40])
async def test_a_stream_after_nonsense_is_refused(visitor, after):
    with pytest.raises(WSServerHandshakeError) as caught:
        await visitor.stream(after)
    assert caught.value.status == 400


async def test_only_so_many_pages_may_listen(visitor):
    sockets = [await visitor.stream(0) for _ in range(STREAMS_MAX)]
    with pytest.raises(WSServerHandshakeError) as caught:
        await visitor.stream(0)
    assert caught.value.status == 503
    await asyncio.gather(*(socket.close() for socket in sockets))


async def test_it_stops_at_once_with_pages_open(tmp_path):
    group = a_group(tmp_path)
    async with ClientSession() as session:
        async with serving(group, House(group).receive) as address:
            visitor = Visitor(address, House(group), session)
            sockets = [await visitor.stream((await visitor.history())["number"]) for _ in range(5)]
            start = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - start < 2
        for socket in sockets:
            assert (await socket.receive()).type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
