"""Reading through the interface: allowed by scope and area, whole and stable, masked."""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime, time, timedelta

import pandas as pd
import pytest

from alerts import service
from core.access.areas import Area
from core.access.roles import Action, Role
from core.db import open_session
from core.home import Home
from tests.api.conftest import Making, System
from tests.api.record import events
from tests.dashboard.factory import LAST, Made

pytestmark = pytest.mark.slow

ASKED = "see_household"
TOWN, OTHER = "990321101", "990321102"
NEXT_DAY = datetime.combine(LAST, time(9)) + timedelta(days=1)
ID_NUMBER, PHONE = re.compile(r"\d{17}[\dXx]"), re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def profile(home: Home, made: Made) -> pd.DataFrame:
    return pd.read_parquet(home.monthly("profile", made.last) / "household.parquet")


def walk(system: System, limit: int, **query: object) -> list[dict]:
    """Every alert, page by page."""
    found, cursor = [], None
    while True:
        given = {"cursor": cursor} if cursor else {}
        page = system.get("alerts", limit=limit, **query, **given).json()
        assert len(page["alerts"]) <= limit
        found += page["alerts"]
        cursor = page["next"]
        if cursor is None:
            return found


def test_a_list_is_walked_through_once_and_whole(system: Making) -> None:
    analyst = system(Role.ANALYST, Action.SEE_ALERTS)
    whole = walk(analyst, 200)
    parts = walk(analyst, 3)
    assert [one["id"] for one in parts] == [one["id"] for one in whole]
    assert len({one["id"] for one in whole}) == len(whole) > 10


def test_alerts_raised_meanwhile_come_behind_and_displace_nobody(own: Made, system: Making) -> None:
    analyst = system(Role.ANALYST, Action.SEE_ALERTS)
    before = walk(analyst, 200)
    page = analyst.get("alerts", limit=4).json()
    seen, cursor = list(page["alerts"]), page["next"]
    quiet = iter(
        sorted(set(profile(own.home, own)["household"]) - {o["household"] for o in before})
    )
    while cursor:
        with open_session(own.home) as session:
            service.report(
                session, next(quiet), "房屋漏雨", actor="a", role="worker",
                now=NEXT_DAY, township_code=TOWN, village_code=f"{TOWN}200",
            )  # fmt: skip
        page = analyst.get("alerts", limit=4, cursor=cursor).json()
        seen, cursor = seen + page["alerts"], page["next"]
        if len(seen) > 2 * len(before):
            break
    ids = [one["id"] for one in seen]
    assert len(ids) == len(set(ids))
    assert ids[: len(before)] == [one["id"] for one in before]


def test_a_page_has_at_most_two_hundred_rows(system: Making) -> None:
    refused = system(Role.ANALYST, Action.SEE_ALERTS).get("alerts", limit=201)
    assert refused.status_code == 422
    assert refused.json()["detail"] == "limit is at most 200"


def test_a_cursor_goes_on_in_its_own_list_only(system: Making) -> None:
    analyst = system(Role.ANALYST, Action.SEE_ALERTS)
    cursor = analyst.get("alerts", limit=1).json()["next"]
    for wrong, query in ((cursor, {"open": True}), (cursor[:-6], {}), ("%%%", {})):
        refused = analyst.get("alerts", cursor=wrong, **query)
        assert refused.status_code == 422
        assert "begin at the first page" in refused.json()["detail"]


def test_another_township_is_invisible(own: Made, system: Making) -> None:
    worker = system(Role.TOWNSHIP_WORKER, Action.SEE_ALERTS, Action.SEE_HOUSEHOLD, area=Area(TOWN))
    listed = walk(worker, 50)
    assert listed
    assert {one["township"]["code"] for one in listed} == {TOWN}
    assert walk(worker, 50, township=OTHER) == []
    kept = [e for e in events(own.home) if e.object == "list_alerts"]
    assert {e.area for e in kept} == {TOWN}
    assert sum(e.rows for e in kept) == len(listed)
    refused = worker.get("alerts", area=OTHER)
    assert refused.status_code == 403
    assert "not in this area" in refused.json()["detail"]
    there = profile(own.home, own).query("township_code == @OTHER")["household"].iloc[0]
    outside = worker.get(f"households/{there}", language="zh-CN")
    unknown = worker.get(f"households/h{'0' * 20}", language="zh-CN")
    assert outside.status_code == unknown.status_code == 404
    assert outside.json() == unknown.json()
    assert outside.headers == unknown.headers
    refused = [e.object for e in events(own.home) if (e.action, e.result) == (ASKED, "refused")]
    assert refused == [there]


def test_a_token_with_two_areas_names_one_for_a_list_and_finds_a_household_in_either(
    own: Made, system: Making
) -> None:
    import services
    from core.access.principal import Grant
    from tests.api.conftest import administrator

    worker = system(Role.TOWNSHIP_WORKER, Action.SEE_ALERTS, Action.SEE_HOUSEHOLD, area=Area(TOWN))
    grants = [Grant(Role.TOWNSHIP_WORKER, Area(code)) for code in (TOWN, OTHER)]
    services.accounts.change(administrator(own.home), worker.account, grants, display="S")
    unclear = worker.get("alerts")
    assert unclear.status_code == 422
    assert TOWN in unclear.json()["detail"]
    assert OTHER in unclear.json()["detail"]
    assert worker.get("alerts", area=OTHER).status_code == 200
    for code in (TOWN, OTHER):
        there = profile(own.home, own).query("township_code == @code")["household"].iloc[0]
        assert worker.get(f"households/{there}").json()["township"]["code"] == code


def test_a_scope_that_the_token_lacks_is_refused_and_said(own: Made, system: Making) -> None:
    bare = system(Role.DISPATCHER, Action.SEE_FIGURES)
    for path in ("alerts", f"households/{own.alerted}", "feeds"):
        refused = bare.get(path)
        assert refused.status_code == 403, path
        assert "scopes do not hold" in refused.json()["detail"]
    assert bare.get("precision").status_code == 200


def test_filters_narrow_and_words_follow_the_language(system: Making) -> None:
    analyst = system(Role.ANALYST, Action.SEE_ALERTS)
    raised = analyst.get("alerts", state=["raised"], language="zh").json()["alerts"]
    assert raised
    assert {one["state"]["text"] for one in raised} == {"待派单"}
    assert analyst.get("alerts", state=["raised"]).json()["alerts"][0]["state"]["text"] == "Raised"
    wrong = analyst.get("alerts", state="nonsense")
    assert wrong.status_code == 422
    assert "must be one of" in wrong.json()["detail"]


def test_a_band_that_the_list_answers_with_can_be_asked_for(system: Making) -> None:
    blind = system(Role.ANALYST, Action.SEE_ALERTS, name="sys-b1")
    whole = walk(blind, 200)
    lower = walk(blind, 200, band="lower")
    assert lower == [one for one in whole if one["band"]["code"] == "lower"] != []
    sighted = system(Role.ANALYST, Action.SEE_ALERTS, Action.SEE_ORIGINS, name="sys-b2")
    told = {one["band"]["code"] for one in walk(sighted, 200, band="lower")}
    assert told <= {"blue", "none"}
    assert told


@pytest.mark.parametrize("path", ["alerts", "precision", "feeds", f"households/h{'0' * 20}"])
def test_a_parameter_that_does_not_exist_is_refused_by_name(system: Making, path: str) -> None:
    every = system(Role.DISPATCHER, *(Action(a) for a in ("see_alerts", "see_household")))
    refused = every.get(path, stat="raised")
    assert refused.status_code == 422
    assert refused.json()["detail"] == "there is no parameter stat"


def test_whoever_may_not_see_sources_cannot_tell_the_draws(system: Making) -> None:
    """A visit drawn at random must look like any other, also to a system that sorts numbers."""
    blind = walk(system(Role.ANALYST, Action.SEE_ALERTS, name="sys-blind"), 200)
    sighted = walk(
        system(Role.ANALYST, Action.SEE_ALERTS, Action.SEE_ORIGINS, name="sys-sighted"), 200
    )
    assert {one["source"]["code"] for one in sighted} & {"audit", "explore"}
    assert {one["source"]["code"] for one in blind} <= {"visit", "event", "report"}
    assert {one["band"]["code"] for one in blind} & {"none", "blue"} == set()
    for one in blind:
        assert (one["question"], one["rule_score"], one["risk"]) == (None, None, None)
    assert any(one["rule_score"] for one in sighted)
    order = [(one["raised_on"], one["household"]) for one in blind]
    assert order == sorted(order)
    cursor = system(Role.ANALYST, Action.SEE_ALERTS, name="sys-b").get("alerts", limit=1)
    held = json.loads(base64.urlsafe_b64decode(cursor.json()["next"] + "=="))
    assert held[1:] == [blind[0]["raised_on"], blind[0]["household"], blind[0]["id"]]


def test_a_household_card_is_masked_and_the_look_is_recorded(own: Made, system: Making) -> None:
    worker = system(Role.DISPATCHER, Action.SEE_HOUSEHOLD)
    answer = worker.get(f"households/{own.alerted}", language="zh")
    card = answer.json()
    assert card["who"] == "张*三" or "*" in card["who"]
    assert card["members"][0]["relation"]["text"] == "户主"
    assert card["alerts"][0]["id"].endswith(own.alerted)
    assert card["risk"] is None  # not among the scopes
    looks = [e for e in events(own.home) if e.action == "look"]
    assert [(e.account, e.object) for e in looks] == [(worker.account, own.alerted)]


def test_an_unknown_household_is_not_found_in_words(system: Making) -> None:
    missing = system(Role.DISPATCHER, Action.SEE_HOUSEHOLD).get(f"households/h{'0' * 20}")
    assert missing.status_code == 404
    assert missing.json()["detail"] == "no such household in this month"


def test_precision_never_travels_alone(system: Making) -> None:
    figures = system(Role.LEADER, Action.SEE_FIGURES).get("precision").json()
    assert 0 < figures["low"] < figures["precision"] < figures["high"] < 1
    assert figures["n"] >= figures["confirmed"] > 0
    assert figures["unverified_share"] is not None
    for name in ("precision", "low", "high", "unverified_share"):
        assert figures[name] == round(figures[name], 4)


def test_feeds_tell_their_state(system: Making) -> None:
    feeds = system(Role.DATA_STEWARD, Action.SEE_FEEDS).get("feeds", language="zh").json()["feeds"]
    claims = next(one for one in feeds if one["feed"] == "medical_claims")
    assert claims["quarantined"] > 0
    assert claims["received"] == claims["accepted"] + claims["quarantined"] + claims["duplicates"]
    assert claims["name"].startswith("医保")


def test_a_month_that_was_not_run_is_not_found(system: Making) -> None:
    leader = system(Role.LEADER, Action.SEE_FIGURES)
    assert leader.get("precision", month="2031-01").status_code == 404
    wrong = leader.get("precision", month="June")
    assert wrong.status_code == 422
    assert wrong.json()["detail"] == "month is not written as it should be"


def test_no_answer_holds_an_id_or_a_phone_number(own: Made, system: Making) -> None:
    every = system(
        Role.DISPATCHER, Action.SEE_ALERTS, Action.SEE_HOUSEHOLD, Action.SEE_FIGURES,
        Action.SEE_FEEDS, Action.SEE_ORIGINS,
    )  # fmt: skip
    paths = ["alerts", "precision", "feeds"]
    paths += [f"households/{h}" for h in profile(own.home, own)["household"].head(25)]
    for path in paths:
        answer = every.get(path)
        assert answer.status_code == 200, path
        text = re.sub(r"\b[0-9a-f]{16,}\b|h[0-9a-f]{20}", "", answer.text)
        assert not ID_NUMBER.search(text), path
        assert not PHONE.search(text), path
        assert "张小三" not in text
        assert "测小试" not in text
