"""Streamlit's scripts go out packed, once for all visitors, and unpack to what they were."""

from __future__ import annotations

import asyncio
import gzip
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest
from starlette.types import Message, Receive, Scope, Send

from dashboard.packing import PackedAssets
from tests.dashboard.walking import serving

SCRIPT = b"let need = 'found in time';\n" * 200
LASTING = b"public, immutable, max-age=31536000"


class Answer(NamedTuple):
    """What a browser got: headers, and the body as it came over the line."""

    headers: dict[str, str]
    body: bytes


class Served:
    """An application behind the packing, which counts how often it had to answer itself."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.leaves = False
        self.packing = PackedAssets(self.answer)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        self.asked.append(path)
        known = "unknown" not in path
        headers = [(b"cache-control", LASTING if known else b"no-cache"),
                   (b"content-type", b"text/javascript")]  # fmt: skip
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        body = b"let n = 1;" if "short" in path else SCRIPT
        cut = 2_000 if self.leaves else 9
        await send({"type": "http.response.body", "body": body[:cut], "more_body": True})
        if self.leaves:
            return
        await send({"type": "http.response.body", "body": body[9:]})

    def get(self, path: str, **headers: str) -> Answer:
        told = {"accept_encoding": "gzip, br"} | headers
        raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in told.items()]
        scope = {"type": "http", "method": "GET", "path": path, "headers": raw}
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request"}

        async def send(message: Message) -> None:
            sent.append(message)

        asyncio.run(self.packing(scope, receive, send))
        headers = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        return Answer(headers, b"".join(message["body"] for message in sent[1:]))


@pytest.fixture
def served() -> Served:
    return Served()


def test_what_a_browser_left_half_way_is_not_kept_for_the_next(served: Served) -> None:
    served.leaves = True
    served.get("/static/js/index.abc.js")
    served.leaves = False
    assert gzip.decompress(served.get("/static/js/index.abc.js").body) == SCRIPT


def test_a_script_goes_out_packed_and_is_packed_once(served: Served) -> None:
    for _ in range(3):
        answer = served.get("/static/js/index.abc.js")
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["cache-control"] == LASTING.decode()
        assert answer.headers["content-type"] == "text/javascript"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert int(answer.headers["content-length"]) == len(answer.body) < len(SCRIPT) / 10
        assert gzip.decompress(answer.body) == SCRIPT
    assert served.asked == ["/static/js/index.abc.js"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/static/js/index.abc.js", {"accept_encoding": "identity"}),
        ("/static/js/index.abc.js", {"accept_encoding": "gzip;q=0, br"}),
        ("/static/js/index.abc.js", {"range": "bytes=0-9"}),
        ("/static/js/index.abc.js", {"if_modified_since": "Sun, 29 Nov 2026 08:00:00 GMT"}),
        ("/static/js/././index.abc.js", {}),
        ("/static//js/index.abc.js", {}),
        ("/static/js/index.abc.js", {"if_none_match": '"abc"'}),
        ("/static/media/letters.woff2", {}),
        ("/static/js/short.js", {}),
        ("/static/js/unknown.js", {}),
        ("/media/visits.json", {}),
    ],
)
def test_everything_else_is_left_to_the_application(
    served: Served, path: str, headers: dict[str, str]
) -> None:
    for _ in range(2):
        answer = served.get(path, **headers)
        assert "content-encoding" not in answer.headers
        assert answer.body in (SCRIPT, b"let n = 1;")
    assert served.asked == [path, path]


@pytest.mark.slow
def test_the_dashboard_sends_its_largest_script_packed(tmp_path: Path) -> None:
    from streamlit.file_util import get_static_dir

    largest = max(Path(get_static_dir()).rglob("*.js"), key=lambda p: p.stat().st_size)
    name = largest.relative_to(get_static_dir()).as_posix()
    with serving(tmp_path, tmp_path / "log") as address:
        asked = urllib.request.Request(  # noqa: S310 (our own address)
            f"{address}/{name}", headers={"Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            packed = answer.read()
            assert answer.headers["content-encoding"] == "gzip"
    assert len(packed) < largest.stat().st_size / 2.5
    assert gzip.decompress(packed) == largest.read_bytes()
