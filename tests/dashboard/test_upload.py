"""The upload page over HTTP: who may open it, how pieces come in, what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard.door import routes
from dashboard.door.guard import Guard
from dashboard.door.headers import Headers
from dashboard.i18n import translator
from dashboard.upload import routes as upload
from dashboard.upload.words import WORDS
from tests.dashboard.factory import Made
from tests.dashboard.test_files import signed_in
from tests.data.offices import claim, csv_bytes

STEWARD = "data_steward"
NAME = "医保结算_202606_20260629-补报.csv"
CONTENT = csv_bytes(
    "medical_claims", [claim(n, settlement_no=f"UP{n:03}", total_cost="50") for n in range(5)]
)


@pytest.fixture
def site(own_county: Made, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    monkeypatch.setenv("DOUDI_HOME", str(own_county.home.root))
    return Starlette(
        routes=[*routes.ROUTES, *upload.ROUTES], middleware=[Middleware(Headers), Middleware(Guard)]
    )


class Sender:
    """A browser with the page open: its cookie and the mark with which it may send."""

    def __init__(self, client: TestClient, language: str = "en") -> None:
        self.client, self.language = client, language
        self.form = client.get("/upload/start", params={"lang": language}).json()["form"]

    def post(self, path: str, **body: Any) -> Any:
        return self._sent(path, {}, json=body)

    def piece(self, upload_id: str, at: int, content: bytes) -> Any:
        return self._sent("piece", {"id": upload_id, "at": at}, content=content)

    def _sent(self, path: str, asked: dict[str, Any], **body: Any) -> Any:
        asked = asked | {"lang": self.language}
        headers = {upload.FORM_HEADER: self.form}
        return self.client.post(f"/upload/{path}", params=asked, headers=headers, **body)

    def whole(self, name: str, content: bytes) -> str:
        begun: str = self.post("begin", name=name, size=len(content)).json()["id"]
        for at in range(0, len(content), 200):
            assert self.piece(begun, at, content[at : at + 200]).status_code == 200
        return begun


def test_nobody_sends_without_signing_in(site: Starlette) -> None:
    client = TestClient(site, base_url="http://doudi.test", follow_redirects=False)
    for path in ("begin", "piece", "finish", "remove"):
        assert client.post(f"/upload/{path}", json={}).status_code == 401
    assert client.get("/upload/start").status_code == 401


def test_whoever_delivers_no_files_is_refused(site: Starlette) -> None:
    sender = Sender(signed_in(site, "leader"))
    assert sender.post("begin", name=NAME, size=10).status_code == 422


def test_pieces_become_a_delivery_of_its_kind(site: Starlette) -> None:
    sender = Sender(signed_in(site, STEWARD))
    begun = sender.whole(NAME, CONTENT)
    again = sender.post("begin", name=NAME, size=len(CONTENT) + 1).json()
    assert again["have"] == 0, "another size is another file"
    told = sender.post("finish", id=begun).json()
    assert (told["map"], told["good"]) == (False, True)
    assert "Rows received: 5, accepted: 5" in told["told"]


def test_a_broken_line_costs_a_piece(site: Starlette) -> None:
    sender = Sender(signed_in(site, STEWARD))
    begun = sender.post("begin", name=NAME, size=len(CONTENT)).json()
    sender.piece(begun["id"], 0, CONTENT[:200])
    resumed = sender.post("begin", name=NAME, size=len(CONTENT)).json()
    assert (resumed["id"], resumed["have"]) == (begun["id"], 200)
    gap = sender.piece(begun["id"], 300, CONTENT[300:])
    assert (gap.status_code, "go on from byte 200" in gap.json()["told"]) == (422, True)


def test_a_file_that_nobody_knows_is_to_be_mapped(site: Starlette) -> None:
    sender = Sender(signed_in(site, STEWARD))
    begun = sender.whole("医保中心明细2026年6月.csv", CONTENT)
    assert sender.post("finish", id=begun).json()["map"] is True
    assert sender.post("remove", id=begun).status_code == 200
    assert sender.post("finish", id=begun).status_code == 422


@pytest.mark.parametrize("asked", [{"id": "x", "at": "-1"}, {"id": "x", "at": "١"}, {"id": "x"}])
def test_a_piece_without_a_place_is_no_request(site: Starlette, asked: dict[str, str]) -> None:
    sender = Sender(signed_in(site, STEWARD))
    headers = {upload.FORM_HEADER: sender.form}
    answer = sender.client.post("/upload/piece", params=asked, headers=headers, content=b"x")
    assert answer.status_code == 400


def test_another_sites_form_sends_nothing(site: Starlette) -> None:
    client = signed_in(site, STEWARD)
    answer = client.post("/upload/begin", json={"name": NAME, "size": 5})
    assert answer.status_code == 403


def test_every_word_of_the_page_is_one_the_script_says() -> None:
    script = Path(upload.STATIC, "upload.js").read_text(encoding="utf-8")
    joined = script.replace('"\n      + "', "")
    assert [word for word in WORDS if word not in joined and "JavaScript" not in word] == []
    assert all(translator("zh")(word) != word for word in WORDS)
