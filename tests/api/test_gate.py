"""Who may call at all: tokens, their end, their rate; every call in the record; no inside shown."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

import services
from api import gate
from api.app import app
from core.access.accounts import AccountError
from core.access.areas import COUNTY
from core.access.models import ApiToken
from core.access.principal import Grant
from core.access.roles import Action, Role
from core.db import open_session
from services.context import utc_now
from tests.api.conftest import Making, System, administrator, token_of
from tests.api.record import calls, events
from tests.dashboard.factory import Made


@pytest.fixture
def leader(system: Making) -> System:
    return system(Role.LEADER, Action.SEE_FIGURES)


def test_without_a_token_nothing_is_told_in_either_language(own: Made) -> None:
    for token, language, word in (("", "en", "not valid"), ("doudi_x_y", "zh", "令牌无效")):
        refused = System(token).get("precision", language)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert refused.headers["content-type"] == "application/problem+json"
        assert word in refused.json()["detail"]


def test_every_wrong_token_is_refused_in_the_same_words(own: Made, leader: System) -> None:
    wrong = [leader.token[:-1] + ("A" if leader.token[-1] != "A" else "B"), "doudi_" + "0" * 12]
    wrong += [
        "doudi_" + "0" * 12 + "_" + "A" * 43,
        leader.token.upper(),
        leader.token + "x",
        "x" * 5000,
    ]
    answers = [System(token).get("precision") for token in wrong]
    assert {a.status_code for a in answers} == {401}
    assert len({a.json()["detail"] for a in answers}) == 1


def test_a_withdrawn_token_opens_nothing_from_the_next_call_on(own: Made, leader: System) -> None:
    assert leader.get("precision").status_code == 200
    (issued,) = services.tokens.listed(administrator(own.home))
    services.tokens.withdraw(administrator(own.home), issued.id)
    assert leader.get("precision").status_code == 401
    (issued,) = services.tokens.listed(administrator(own.home))
    assert not issued.holds


def test_a_disabled_account_shuts_its_tokens_out_at_once(own: Made, leader: System) -> None:
    services.accounts.disable(administrator(own.home), leader.account)
    assert leader.get("precision").status_code == 401
    services.accounts.enable(administrator(own.home), leader.account)
    assert leader.get("precision").status_code == 200


def test_a_withdrawn_role_bites_at_once(own: Made, leader: System) -> None:
    here = administrator(own.home)
    services.accounts.change(here, leader.account, [Grant(Role.DATA_STEWARD)], display="S")
    assert leader.get("precision").status_code == 403


def test_a_token_ends_with_its_last_day(own: Made, leader: System) -> None:
    with open_session(own.home) as session:
        session.query(ApiToken).one().expires_at = utc_now() - timedelta(seconds=1)
    assert leader.get("precision").status_code == 401


def test_a_token_is_kept_as_a_digest_only(own: Made, leader: System) -> None:
    secret = leader.token.split("_", 2)[2].encode()
    leader.get("precision")
    System(leader.token + "x").get("precision")
    for path in own.home.data.glob("doudi.db*"):
        assert secret not in path.read_bytes()


@pytest.mark.parametrize(
    ("role", "scopes", "days", "word"),
    [
        (Role.LEADER, [Action.SEE_FIGURES], 366, "365 days"),
        (Role.LEADER, [Action.SEE_FIGURES], 0, "365 days"),
        (Role.LEADER, [], 30, "at least one scope"),
        (Role.LEADER, [Action.DELIVER], 30, "no role of this account"),
        (Role.ADMINISTRATOR, [Action.MANAGE_ACCOUNTS], 30, "no role of this account"),
        (Role.TOWNSHIP_WORKER, [Action.REVEAL], 30, "needs a township"),
        (Role.DISPATCHER, [Action.REVEAL], 30, "no role of this account"),
    ],
)
def test_a_token_gets_no_more_than_its_roles_and_a_year(
    own: Made, role: Role, scopes: list[Action], days: int, word: str
) -> None:
    with pytest.raises(AccountError, match=word):
        token_of(own.home, "sys-x", role, COUNTY, scopes, days)


def test_a_person_has_no_token_and_a_system_no_password(own: Made, leader: System) -> None:
    here = administrator(own.home)
    services.accounts.create(here, "wang", "Wang", [Grant(Role.LEADER)])
    with pytest.raises(AccountError, match="person's account"):
        services.tokens.make(here, "wang", "S", [Action.SEE_FIGURES])
    with pytest.raises(AccountError, match="no password"):
        services.accounts.reset_password(here, leader.account)


def test_only_the_administrator_makes_tokens(own: Made) -> None:
    from dataclasses import replace

    here = administrator(own.home)
    other = replace(here, principal=replace(here.principal, grants=(Grant(Role.AUDITOR),)))
    with pytest.raises(services.Refused):
        services.tokens.make(other, "sys-x", "S", [Action.SEE_FIGURES])
    with pytest.raises(services.Refused):
        services.tokens.listed(other)


def test_beyond_the_rate_a_token_waits_and_another_does_not(
    own: Made, system: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUDI_API_CALLS_PER_MINUTE", "5")
    first, second = (
        system(Role.LEADER, Action.SEE_FIGURES, name=name) for name in ("sys-one", "sys-two")
    )
    got = [first.get("precision").status_code for _ in range(6)]
    assert got == [200] * 5 + [429]
    limited = first.get("precision")
    assert 1 <= int(limited.headers["retry-after"]) <= 12
    assert "at most 5 a minute" in limited.json()["detail"]
    assert second.get("precision").status_code == 200
    # A fifth of a minute later one more is free.
    with open_session(own.home) as session:
        row = session.query(ApiToken).filter_by(account="sys-one").one()
        row.busy_until -= 12_000
    assert [first.get("precision").status_code for _ in range(2)] == [200, 429]


def test_every_call_is_recorded_with_what_came_of_it(own: Made, leader: System) -> None:
    leader.get("precision")
    leader.get("alerts")
    leader.get("precision", month="June")
    System("nonsense").get("feeds")
    System(leader.token + "x").get("feeds")
    name = leader.account
    assert calls(own.home) == [
        (name, "see_precision", "done", 200),
        (name, "list_alerts", "refused", 403),
        (name, "see_precision", "refused", 422),
        ("?", "list_feeds", "refused", 401),
        ("?", "list_feeds", "refused", 401),
    ]
    last = next(e for e in events(own.home) if e.action == "call")
    assert last.place.startswith("testclient")
    assert last.session in leader.token


@pytest.mark.slow
def test_a_stranger_cannot_fill_the_record(own: Made) -> None:
    stranger = System("nonsense")
    got = [stranger.get("feeds").status_code for _ in range(gate.MOST_REFUSED + 5)]
    assert got == [401] * gate.MOST_REFUSED + [429] * 5
    assert len(calls(own.home)) == gate.MOST_REFUSED


def test_nothing_of_the_inside_is_shown_and_the_log_holds_no_words_of_the_error(
    own: Made, leader: System, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    number = "".join(["990321", "19700101", "0016"])  # not as a word of the source

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError(f"row of {number}")

    monkeypatch.setattr(services.trust, "overall", broken)
    with caplog.at_level(logging.ERROR):
        answer = leader.get("precision")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "Traceback" not in answer.text
    assert number not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text
    assert calls(own.home)[-1][2:] == ("refused", 500)


def test_no_answer_leaves_without_its_record(
    own: Made, leader: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_named: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(services.tokens, "called", full)
    assert leader.get("precision").status_code == 500


def test_an_unknown_address_or_method_is_told_in_words(own: Made, leader: System) -> None:
    client = TestClient(app)
    missing = client.get("/v1/nothing", headers=leader.headers("zh"))
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
    assert missing.json()["detail"] == "没有这个地址，请看接口说明"
    wrong = client.delete("/v1/alerts", headers=leader.headers())
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method")


def test_a_broken_body_is_told_in_one_line(own: Made, system: Making) -> None:
    reporter = system(Role.DISPATCHER, Action.REPORT)
    client = TestClient(app)
    headers = reporter.headers() | {"content-type": "application/json"}
    broken = client.post("/v1/reports", content=b"{not json", headers=headers)
    assert (broken.status_code, broken.json()["detail"]) == (422, "the body is not valid JSON")
    big = client.post("/v1/reports", content=b"x" * 70_000, headers=headers)
    assert (big.status_code, big.json()["code"]) == (413, "too-large")

    def endless():
        for _ in range(80):
            yield b"x" * 1000

    unsaid = client.post("/v1/reports", content=endless(), headers=headers)
    assert (unsaid.status_code, unsaid.json()["code"]) == (413, "too-large")


def test_a_stranger_s_file_is_refused_before_it_is_read(own: Made) -> None:
    read = []

    def body():
        for _ in range(10):
            read.append(1)
            yield b"x" * 10_000

    refused = TestClient(app).post("/v1/feeds/deaths/files", content=body())
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("fr, en;q=0.2, zh;q=0.7", "zh"),
        ("fr", "zh"),
        ("", "zh"),
        ("en;q=nonsense", "zh"),
    ],
)
def test_the_language_follows_the_header(own: Made, asked: str, language: str) -> None:
    refused = TestClient(app).get("/v1/feeds", headers={"accept-language": asked})
    assert refused.headers["content-language"] == {"zh": "zh-CN", "en": "en"}[language]
    assert ("令牌" in refused.json()["detail"]) == (language == "zh")
