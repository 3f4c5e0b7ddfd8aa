"""Overview, bulletin and precision for who visits: whole, and without what tells the draws."""

from __future__ import annotations

import pytest
from sqlalchemy import select

import services
from core.access.areas import Area
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session
from dashboard.app_pages.overview import bulletin
from dashboard.i18n import translator
from tests.accounts import context
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_pages import errors

TOWN, VILLAGE = Area("990321101"), Area("99032110120")
EN = translator("en")


def refusals(made: Made) -> list[str]:
    with open_session(made.home) as session:
        found = session.scalars(select(AuditEvent.action).where(AuditEvent.result == "refused"))
        return list(found)


def titles(told: bulletin.Bulletin) -> set[str]:
    return {part.title for row in told.rows for column in row for part in column}


def test_a_township_worker_reads_the_overview_without_asking_for_the_feeds(
    own_county: Made, open_page
) -> None:
    app = open_page(
        own_county.home.root, "overview", "en", role=Role.TOWNSHIP_WORKER, within=TOWN
    )
    assert errors(app) == []
    assert not app.warning
    assert "How the data is reported" not in {one.value for one in app.header}
    assert refusals(own_county) == []


def test_who_may_see_the_feeds_finds_them_on_the_overview(county: Made, open_page) -> None:
    app = open_page(county.home.root, "overview", "en", role=Role.LEADER)
    assert "How the data is reported" in {one.value for one in app.header}


@pytest.mark.parametrize("public", [False, True])
def test_a_township_worker_s_bulletin_opens(own_county: Made, public: bool) -> None:
    here = context(own_county.home.root, LAST, TOWN.code, Role.TOWNSHIP_WORKER)
    assert bulletin.asked_for(here, "pdf", {"public": public}, EN).startswith(b"%PDF")
    assert "Feeds late or missing" not in titles(bulletin.bulletin(here, EN, public))
    assert refusals(own_county) == []
    leader = context(own_county.home.root, LAST, TOWN.code, Role.LEADER)
    assert "Feeds late or missing" in titles(bulletin.bulletin(leader, EN, public))
