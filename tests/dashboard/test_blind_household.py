"""The household page for who visits: reasons, checks and facts, not how rules and model weigh."""

from __future__ import annotations

import re

import pytest

import services
from core.access.areas import Area
from core.access.principal import Refused
from core.access.roles import Role
from dashboard.app_pages.household import printing
from dashboard.i18n import translator
from tests.accounts import context
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_pages import errors, page_text

WEIGHED = {
    "Band by rule score", "Risk", "What the rules say", "What the model says",
    "Highest rule scores", "The visit is to find", "about need", "by risk", "add up to",
    "The two voices disagree",
}  # fmt: skip
KEPT = {"Why the alert was raised", "Members", "What to check on site", "Coverage of the data"}


def told_of(text: str) -> set[str]:
    """What of the weighing stands in a text."""
    return {word for word in WEIGHED if re.search(rf"\b{re.escape(word)}\b", text)}


def town_of(made: Made, household: str) -> Area:
    everywhere = context(made.home.root, LAST)
    return Area(services.family.family(everywhere, household).profile["township_code"])


@pytest.mark.slow
@pytest.mark.parametrize("which", ["alerted", "quiet"])
def test_page_and_print_tell_a_visitor_no_score_band_risk_or_question(
    county: Made, open_page, which: str
) -> None:
    household = getattr(county, which)
    town = town_of(county, household)
    app = open_page(
        county.home.root, "household", "en", role=Role.TOWNSHIP_WORKER, within=town,
        household_open=household,
    )  # fmt: skip
    assert errors(app) == []
    text = page_text(app)
    assert told_of(text) == set()
    assert "household_pick" not in {box.key for box in app.selectbox}
    here = context(county.home.root, LAST, town.code, Role.TOWNSHIP_WORKER)
    sheet = printing.asked_for(here, household, translator("en"))
    assert told_of(sheet) == set()
    if which == "alerted":
        assert {word for word in KEPT if word in text} == KEPT
        assert {word for word in KEPT if word in sheet} == KEPT
        numbers = [w.key for w in app.selectbox if w.key.startswith("household_outcome_")]
        assert numbers
        assert all(household in key for key in numbers)


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.TOWNSHIP_WORKER, ["Members", "What to check on site", "Record the visit"]),
        (Role.DISPATCHER, ["What the rules say", "What the model says"]),
    ],
)
def test_whoever_goes_there_finds_first_whom_to_meet_and_what_to_do(
    county: Made, open_page, role: Role, first: list[str]
) -> None:
    town = town_of(county, county.alerted)
    app = open_page(
        county.home.root, "household", "en", role=role, within=town, household_open=county.alerted
    )
    assert [one.value for one in app.header][: len(first)] == first


def test_the_county_team_is_told_all_of_it(county: Made, open_page) -> None:
    app = open_page(
        county.home.root, "household", "en", role=Role.DISPATCHER, household_open=county.alerted
    )
    assert errors(app) == []
    assert told_of(page_text(app)) >= {"Band by rule score", "Risk", "What the rules say"}
    assert "household_pick" in {box.key for box in app.selectbox}


def test_what_weighs_a_family_is_refused_behind_the_page_too(own_county: Made) -> None:
    town = town_of(own_county, own_county.alerted)
    here = context(own_county.home.root, LAST, town.code, Role.VILLAGE_WORKER)
    about = services.family.family(here, own_county.alerted)
    assert not about.weighed
    assert set(about.score) <= {"coverage"}
    assert (about.risk, about.rank) == (None, None)
    voices, family = services.voices, services.family
    for read in (family.weighed, voices.points, voices.looked_at, voices.model_voice):
        with pytest.raises(Refused):
            read(here, own_county.alerted)
    with pytest.raises(Refused):
        family.highest(here)
    assert services.voices.fired(here, own_county.alerted)
