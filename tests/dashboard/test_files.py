"""Files about households: a link opens in the browser it was made for, while that is signed in and
the link fresh, for what its reader may see; never otherwise. Routes and guard are those served."""

from __future__ import annotations

import random
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from core.access import links
from core.audit.models import AuditEvent
from core.db import open_session
from dashboard.door import files, routes
from dashboard.door.browser import SESSION
from dashboard.door.guard import Guard
from services.context import utc_now
from tests.dashboard.factory import ADDRESS, Made

REPLAYS = 1_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def site(own_county: Made, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    monkeypatch.setenv("DOUDI_HOME", str(own_county.home.root))
    return Starlette(routes=[*routes.ROUTES, *files.ROUTES], middleware=[Middleware(Guard)])


def signed_in(site: Starlette, role: str) -> TestClient:
    """A browser that came in as a role of the invented county."""
    client = TestClient(site, base_url="http://doudi.test", follow_redirects=False)
    page = client.get("/door/sign-in").text
    field = page.split('name="form" value="')[1].split('"')[0]
    answer = client.post("/door/demo", data={"form": field, "next": "/", "role": role})
    assert answer.status_code == 303
    assert SESSION in client.cookies
    return client


def link(
    client: TestClient,
    made: Made,
    kind: str = "precision",
    area: str = "",
    age: int = 0,
    **asked: str,
) -> str:
    """A link as a page of this browser shows it, `age` minutes ago."""
    import json

    wanted = asked or {"denominator": "concluded", "question": "existing"}
    about = {
        "month": made.last.isoformat(),
        "area": area,
        "department": "",
        "lang": "zh",
        "name": "x.xlsx",
        "asked": json.dumps(wanted),
    }
    now = utc_now() - timedelta(minutes=age)
    return f"/files/{kind}?{links.sealed(client.cookies[SESSION], kind, about, now)}"


@pytest.mark.slow
def test_the_browser_it_was_made_for_gets_the_file(site: Starlette, own_county: Made) -> None:
    client = signed_in(site, "leader")
    answer = client.get(link(client, own_county))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["cache-control"] == "no-store, private"
    assert answer.content.startswith(b"PK")


@pytest.mark.slow
def test_the_sheet_names_people_and_address_only_for_a_purpose(
    site: Starlette, own_county: Made
) -> None:
    worker, about = signed_in(site, "dispatcher"), {"household": own_county.alerted}
    masked = worker.get(link(worker, own_county, "household", **about)).text
    assert "***" in masked
    assert [word for word in (ADDRESS, "张小三", "13900000000") if word in masked] == []
    why = {"purpose": "准备走访 202606"}
    plain = worker.get(link(worker, own_county, "household", **about, **why)).text
    assert [word for word in (ADDRESS, "张小三", "13900000000") if word not in plain] == []
    with open_session(own_county.home) as session:
        looked = select(AuditEvent.object, AuditEvent.purpose).where(AuditEvent.action == "reveal")
        shown = session.execute(looked).all()
    assert [tuple(row) for row in shown] == [(own_county.alerted, why["purpose"])]


def test_a_role_that_sees_no_names_gets_none_on_paper(site: Starlette, own_county: Made) -> None:
    leader = signed_in(site, "leader")
    asked = {"household": own_county.alerted, "purpose": "准备走访 202606"}
    answer = leader.get(link(leader, own_county, "household", **asked))
    assert answer.status_code == 403
    assert ADDRESS not in answer.text


def test_a_role_that_may_not_see_it_is_refused_with_its_own_link(
    site: Starlette, own_county: Made
) -> None:
    worker = signed_in(site, "village_worker")
    answer = worker.get(link(worker, own_county))
    assert answer.status_code == 403
    assert "查看汇总数据" in answer.text


def test_an_area_outside_ones_own_is_refused(site: Starlette, own_county: Made) -> None:
    worker = signed_in(site, "township_worker")
    assert worker.get(link(worker, own_county)).status_code == 403


def test_who_takes_rows_to_be_corrected_and_why_is_recorded_even_when_there_are_none(
    site: Starlette, own_county: Made
) -> None:
    steward = signed_in(site, "data_steward")
    asked = {"feed": "housing", "batch": "none", "purpose": "退回更正"}
    assert steward.get(link(steward, own_county, "quarantine", **asked)).status_code == 403
    analyst = signed_in(site, "analyst")
    assert analyst.get(link(analyst, own_county, "quarantine", **asked)).status_code == 403
    with open_session(own_county.home) as session:
        refused = session.scalars(
            select(AuditEvent.account).where(
                AuditEvent.action == "export_quarantine", AuditEvent.result == "refused"
            )
        ).all()
    assert refused == ["demo-analyst"]


def test_a_seal_in_any_script_is_refused_and_recorded_like_another(
    site: Starlette, own_county: Made
) -> None:
    client = signed_in(site, "leader")
    for seal in ("é", "封", "%FF"):
        good = link(client, own_county)
        assert client.get(good[: good.index("seal=")] + f"seal={seal}").status_code == 403
    with open_session(own_county.home) as session:
        told = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "open_link"))
        assert ["seal" in str(detail) for detail in told] == [True] * 3


@pytest.mark.slow
def test_a_thousand_replayed_links_open_nothing(site: Starlette, own_county: Made) -> None:
    owner, other = signed_in(site, "leader"), signed_in(site, "dispatcher")
    nobody = TestClient(site, base_url="http://doudi.test", follow_redirects=False)
    good = link(owner, own_county)
    assert owner.get(good).status_code == 200
    old = link(owner, own_county, age=16)
    dice = random.Random(7)  # noqa: S311 - a test's choices
    opened = []
    for number in range(REPLAYS):
        client, address = dice.choice(
            [(other, good), (nobody, good), (owner, old), (owner, changed(good, dice))]
        )
        answer = client.get(address)
        if answer.status_code not in {401, 403} or answer.content.startswith(b"PK"):
            opened.append((number, address, answer.status_code))
    assert opened == []
    page = owner.get("/door/sign-out").text
    field = page.split('name="form" value="')[1].split('"')[0]
    secret = owner.cookies[SESSION]
    owner.post("/door/sign-out", data={"form": field})
    owner.cookies.set(SESSION, secret)  # somebody kept the cookie
    for _ in range(100):
        assert owner.get(good).status_code == 401
    with open_session(own_county.home) as session:
        told = session.scalars(select(AuditEvent.result).where(AuditEvent.action == "open_link"))
        assert set(told) == {"refused"}


def changed(address: str, dice: random.Random) -> str:
    """The link with one of its values altered."""
    path, query = address.split("?")
    values = dict(parse_qsl(query, keep_blank_values=True))
    name = dice.choice(sorted(values))
    values[name] = values[name] + "1" if values[name] else "990321101"
    return f"{path}?{urlencode(values)}"
