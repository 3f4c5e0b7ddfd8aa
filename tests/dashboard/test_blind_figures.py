"""Overview, bulletin and precision for who visits: whole, and without what tells the draws."""

from __future__ import annotations

import pytest
from sqlalchemy import select

import services
from core.access.areas import Area
from core.access.principal import Refused
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session
from dashboard.app_pages.overview import bulletin
from dashboard.i18n import translator
from services import Context
from tests.accounts import context
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_pages import errors, page_text

TOWN, VILLAGE = Area("990321101"), Area("99032110120")
EN = translator("en")


def without_sources(here: Context) -> None:
    """No figure parts drawn visits from others."""
    told = services.overview.by_source(here)
    assert set(told["source"]) <= {"visit", "event", "report"}
    for by in ("source", "band"):
        frame = services.trust.grouped(here, by, "concluded", "existing")
        assert not {"audit", "explore", "risk", "none", "blue"} & set(frame["group"])
    assert not {"none", "blue"} & set(services.overview.headline(here).bands)
    with pytest.raises(Refused):
        services.trust.audit(here)


def refusals(made: Made) -> list[str]:
    with open_session(made.home) as session:
        found = session.scalars(select(AuditEvent.action).where(AuditEvent.result == "refused"))
        return list(found)


def titles(told: bulletin.Bulletin) -> set[str]:
    return {part.title for row in told.rows for column in row for part in column}


@pytest.mark.slow
def test_who_visits_is_told_no_split_that_parts_the_draws(own_county: Made) -> None:
    worker = context(own_county.home.root, LAST, TOWN.code, Role.TOWNSHIP_WORKER)
    without_sources(worker)
    village = worker.within(VILLAGE)
    without_sources(village)
    leader = context(own_county.home.root, LAST, "", Role.LEADER)
    whole = leader.within(TOWN)
    counted = services.overview.by_source(whole)
    assert {"audit", "explore"} & set(services.overview.by_source(leader)["source"])
    assert services.overview.by_source(worker)["n"].sum() == counted["n"].sum()
    for by in ("source", "band"):
        told = services.trust.grouped(worker, by, "raised", "existing")
        every = services.trust.grouped(whole, by, "raised", "existing")
        for name in ("n_alerts", "n", "confirmed_of_n"):
            assert told[name].sum() == every[name].sum()
        assert (told["confirmed_of_n"] / told["n"] == told["precision"]).all()


@pytest.mark.slow
def test_a_worker_s_precision_page_and_bulletin_name_no_draw(own_county: Made, open_page) -> None:
    for page in ("overview", "precision"):
        app = open_page(own_county.home.root, page, "en", role=Role.TOWNSHIP_WORKER, within=TOWN)
        assert errors(app) == []
        assert "Audit sample" not in page_text(app)
    here = context(own_county.home.root, LAST, TOWN.code, Role.TOWNSHIP_WORKER)
    told = str(bulletin.bulletin(here, EN))
    assert "Audit sample" not in told
    assert "Visit" in told
    assert refusals(own_county) == []


def test_a_township_worker_reads_the_overview_without_asking_for_the_feeds(
    own_county: Made, open_page
) -> None:
    app = open_page(own_county.home.root, "overview", "en", role=Role.TOWNSHIP_WORKER, within=TOWN)
    assert errors(app) == []
    assert not app.warning
    assert "How the data is reported" not in {one.value for one in app.header}
    assert refusals(own_county) == []


def test_precision_names_no_month_before_the_first_alert(county: Made) -> None:
    """The county has five months of alerts, so the twelve months up to the last begin with them."""
    leader = context(county.home.root, LAST, "", Role.LEADER)
    months = services.trust.overall(leader, "raised", "existing").months
    assert (months[0], months[-1], len(months)) == ("2026-02", "2026-06", 5)


def test_who_may_see_the_feeds_finds_them_on_the_overview(county: Made, open_page) -> None:
    app = open_page(county.home.root, "overview", "en", role=Role.LEADER)
    assert "How the data is reported" in {one.value for one in app.header}


@pytest.mark.slow
@pytest.mark.parametrize("public", [False, True])
def test_a_township_worker_s_bulletin_opens(own_county: Made, public: bool) -> None:
    here = context(own_county.home.root, LAST, TOWN.code, Role.TOWNSHIP_WORKER)
    assert bulletin.asked_for(here, "pdf", {"public": public}, EN).startswith(b"%PDF")
    assert "Feeds late or missing" not in titles(bulletin.bulletin(here, EN, public))
    assert refusals(own_county) == []
    leader = context(own_county.home.root, LAST, TOWN.code, Role.LEADER)
    assert "Feeds late or missing" in titles(bulletin.bulletin(leader, EN, public))
