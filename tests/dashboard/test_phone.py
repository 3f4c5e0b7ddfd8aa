"""The phone's page over HTTP: who may open it, what it is told, what it may send."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

import services
from alerts import service
from alerts.models import Alert, AlertEvent
from alerts.states import Role
from alerts.visits.models import VisitPhoto
from core.db import open_session
from dashboard.door import browser, files, routes
from dashboard.door.guard import Guard
from dashboard.door.headers import Headers
from dashboard.i18n import translator
from dashboard.phone import routes as phone
from dashboard.phone.words import WORDS
from tests.dashboard.factory import Made
from tests.dashboard.test_files import link, signed_in
from tests.pictures import jpeg
from tests.services.test_tasks import MORNING

pytestmark = pytest.mark.slow

WORKER = "township_worker"
STATIC = Path(phone.STATIC)


@pytest.fixture
def site(own_county: Made, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    monkeypatch.setenv("DOUDI_HOME", str(own_county.home.root))
    with open_session(own_county.home) as session:
        ids = list(session.scalars(select(Alert.id).where(Alert.state == "raised")))
        service.dispatch_many(session, ids, actor="team", role=Role.DISPATCHER, now=MORNING)
    return Starlette(
        routes=[*routes.ROUTES, *phone.ROUTES, *files.ROUTES],
        middleware=[Middleware(Headers), Middleware(Guard)],
    )


def listed(client: TestClient) -> dict[str, Any]:
    answer = client.get("/phone/list")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


def operation(task: dict[str, Any], field: str, value: str, mark: int) -> dict[str, Any]:
    return {
        "id": f"operation-{mark}",
        "device": "device-1",
        "alert": task["key"],
        "at": "2026-07-01T02:00:00.000Z",
        "seen_event": task["seen_event"],
        "field": field,
        "value": value,
        "base": "",
    }


def post(client: TestClient, path: str, form: str, **body: Any) -> Any:
    return client.post(f"/phone/{path}", json=body, headers={phone.FORM_HEADER: form})


def test_nobody_gets_anything_without_signing_in(site: Starlette) -> None:
    client = TestClient(site, base_url="http://doudi.test", follow_redirects=False)
    page = client.get("/phone/", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (
        303,
        "/door/sign-in?next=%2Fphone%2F",
    )
    for path in ("list", "worker.js", "app.js"):
        assert client.get(f"/phone/{path}").status_code == 401
    for path in ("sync", "take", "photo"):
        assert client.post(f"/phone/{path}", json={}).status_code == 401


def test_a_role_without_tasks_is_told_so(site: Starlette) -> None:
    answer = signed_in(site, "leader").get("/phone/list")
    assert answer.status_code == 422
    assert "办理需求" in answer.json()["told"]["zh"]


def test_the_list_holds_no_names_and_no_numbers_of_the_record(site: Starlette) -> None:
    found = listed(signed_in(site, WORKER))
    text = json.dumps(found, ensure_ascii=False)
    assert found["tasks"]
    assert "张小三" not in text
    assert "13900000000" not in text
    assert not re.search(r'"(alert|id|event|alert_id|last_event)": ?\d', text)
    assert {"zh", "en"} <= set(found["tasks"][0]["reasons"][0])


def test_what_is_sent_twice_is_done_once(site: Starlette, own_county: Made) -> None:
    client = signed_in(site, WORKER)
    found = listed(client)
    task = next(one for one in found["tasks"] if one["state"] == "dispatched")
    one = operation(task, "result", '{"outcome": "already_covered"}', 1)
    sent = {"account": found["account"], "operations": [one]}
    first = post(client, "sync", found["form"], **sent)
    again = post(client, "sync", found["form"], **sent)
    assert [a["answer"] for a in first.json()["answers"]] == ["done"]
    assert again.json()["answers"] == first.json()["answers"]
    assert task["key"] not in {one["key"] for one in first.json()["list"]["tasks"]}
    with open_session(own_county.home) as session:
        query = select(AlertEvent.outcome).where(AlertEvent.actor == found["account"])
        results = [outcome for outcome in session.scalars(query) if outcome]
    assert results.count("already_covered") == 1 + len(task["needs"])  # the visit, and each need


def test_the_list_is_not_worked_out_for_each_entry(
    site: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(site, WORKER)
    found = listed(client)
    asked, mine = [], services.tasks.mine

    def counted(*given: Any) -> Any:
        asked.append(given)
        return mine(*given)

    monkeypatch.setattr(services.tasks, "mine", counted)
    monkeypatch.setattr(services.reads.base, "forget", lambda: pytest.fail("all was forgotten"))
    tasks = [one for one in found["tasks"] if one["state"] == "dispatched"]
    covered = '{"outcome": "already_covered"}'
    sent = [operation(one, "result", covered, n) for n, one in enumerate(tasks)]
    sent += [operation(tasks[0], "note", "门锁着", 100 + n) for n in range(20)]
    told = post(client, "sync", found["form"], account=found["account"], operations=sent).json()
    assert len(asked) == 2  # the area once, the list once
    assert [one["answer"] for one in told["answers"][: len(tasks)]] == ["done"] * len(tasks)
    left = {one["key"] for one in told["list"]["tasks"]}
    assert not left & {one["key"] for one in tasks}


def photo(task: dict[str, Any], content: bytes) -> dict[str, Any]:
    return {
        "id": "photo-0001",
        "device": "device-1",
        "alert": task["key"],
        "at": "2026-07-01T02:00:00.000Z",
        "seen_event": task["seen_event"],
        "photo": base64.b64encode(content).decode(),
    }


def test_a_photo_sent_twice_is_kept_once_and_counted(site: Starlette, own_county: Made) -> None:
    client = signed_in(site, WORKER)
    found = listed(client)
    task = found["tasks"][0]
    assert (task["photos"], found["photo_months"]) == (0, 12)
    for _ in range(2):
        answer = post(client, "photo", found["form"], **photo(task, jpeg()))
        assert answer.json() == {"answer": "done"}
    again = next(one for one in listed(client)["tasks"] if one["key"] == task["key"])
    assert again["photos"] == 1
    with open_session(own_county.home) as session:
        assert len(session.scalars(select(VisitPhoto)).all()) == 1


def test_a_photo_that_is_none_is_refused_with_the_reason(site: Starlette) -> None:
    client = signed_in(site, WORKER)
    found = listed(client)
    answer = post(client, "photo", found["form"], **photo(found["tasks"][0], b"<svg/>"))
    assert (answer.status_code, answer.json()["answer"]) == (200, "refused")
    assert "JPEG" in answer.json()["told"]["zh"]


def test_a_photo_is_opened_through_its_link_in_the_browser_it_was_made_for(
    site: Starlette, own_county: Made
) -> None:
    client = signed_in(site, WORKER)
    found = listed(client)
    task = found["tasks"][0]
    post(client, "photo", found["form"], **photo(task, jpeg()))
    with open_session(own_county.home) as session:
        household = session.scalar(select(Alert.household).join(VisitPhoto))
    asked = {"household": household, "photo": "photo-0001"}
    answer = client.get(link(client, own_county, "photo", "990321101", **asked))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["cache-control"] == "no-store, private"
    assert answer.content.startswith(b"\xff\xd8\xff")
    other = signed_in(site, "leader")
    there = link(client, own_county, "photo", "990321101", **asked)
    assert other.get(there).status_code == 403
    gone = link(client, own_county, "photo", "990321101", **asked | {"photo": "photo-9999"})
    assert client.get(gone).status_code == 403


@pytest.mark.parametrize("form", ["", "0" * 64])
def test_a_script_from_elsewhere_sends_nothing(site: Starlette, form: str) -> None:
    client = signed_in(site, WORKER)
    listed(client)
    for path in ("sync", "take", "photo"):
        answer = post(client, path, form, operations=[])
        assert (answer.status_code, answer.json()) == (403, {"why": "form"})


def test_another_site_with_the_right_mark_sends_nothing(site: Starlette) -> None:
    client = signed_in(site, WORKER)
    headers = {phone.FORM_HEADER: listed(client)["form"], "origin": "https://elsewhere.example"}
    assert client.post("/phone/sync", json={}, headers=headers).status_code == 403


def test_what_one_account_wrote_is_not_sent_as_another(site: Starlette) -> None:
    client = signed_in(site, WORKER)
    found = listed(client)
    answer = post(client, "sync", found["form"], account="somebody-else", operations=[])
    assert (answer.status_code, answer.json()["account"]) == (409, found["account"])


def test_too_much_or_nonsense_is_refused(site: Starlette) -> None:
    client = signed_in(site, WORKER)
    form = listed(client)["form"]
    assert post(client, "sync", form, operations=[{}] * (phone.MOST + 1)).status_code == 400
    assert post(client, "sync", form, words="x" * phone.LARGEST).status_code == 413
    assert post(client, "photo", form, photo="x" * phone.LARGEST_PHOTO).status_code == 413
    told = client.post("/phone/sync", content=b"[", headers={phone.FORM_HEADER: form})
    assert told.status_code == 400
    odd = post(client, "sync", form, operations=[{"alert": 5}, 7])
    assert [one["answer"] for one in odd.json()["answers"]] == ["refused", "refused"]


def test_names_come_for_a_purpose_only(site: Starlette) -> None:
    client = signed_in(site, WORKER)
    found = listed(client)
    key = found["tasks"][0]["key"]
    refused = post(client, "take", found["form"], alert=key, purpose=" ")
    assert refused.status_code == 422
    given = post(client, "take", found["form"], alert=key, purpose="准备走访")
    assert given.json()["people"][0]["name"] == "张小三"
    assert set(given.json()["people"][0]) == {"name", "phone", "address"}
    assert given.headers["cache-control"] == "no-store"


def test_signing_out_takes_the_key_to_what_was_taken_along(site: Starlette) -> None:
    client = signed_in(site, WORKER)
    client.cookies.set(browser.TAKEN, "a key", path=browser.TAKEN_PATH, domain="doudi.test")
    page = client.get("/door/sign-out").text
    field = page.split('name="form" value="')[1].split('"')[0]
    answer = client.post("/door/sign-out", data={"form": field})
    gone = [c for c in answer.headers.get_list("set-cookie") if c.startswith(browser.TAKEN)]
    assert len(gone) == 1
    assert "Max-Age=0" in gone[0]
    assert f"Path={browser.TAKEN_PATH}" in gone[0]


def test_the_page_runs_its_own_files_alone(site: Starlette) -> None:
    client = signed_in(site, WORKER)
    policy = client.get("/phone/").headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    for name in phone.FILES:
        answer = client.get(f"/phone/{name}")
        assert answer.status_code == 200, name
        assert "http://" not in answer.text.replace("http://www.w3.org", "")
        assert "https://" not in answer.text
    assert client.get("/phone/..%2fwords.py").status_code == 404
    assert client.get("/phone/words.py").status_code == 404


def test_the_phone_keeps_the_files_of_the_page_and_nothing_else(site: Starlette) -> None:
    script = signed_in(site, WORKER).get("/phone/worker.js").text
    kept = set(re.findall(r'"(/phone/[^"]*)"', script))
    assert kept == {f"/phone/{name}" for name in [*phone.FILES, "icon.svg", "words.json"]}
    assert phone.version() in script
    assert "@VERSION@" not in script


def test_every_word_of_the_page_is_in_both_languages() -> None:
    said: set[str] = set()
    for path in STATIC.glob("*.js"):
        text = re.sub(r'"\s*\+\s*"', "", path.read_text(encoding="utf-8"))
        said |= set(re.findall(r'\bsay\(\s*"([^"]+)"', text))
    assert said == set(WORDS)
    zh = translator("zh")
    assert [word for word in WORDS if zh(word) == word] == []
