"""Report cards, the mean and disagreements as use cases: who may see them, of which area."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

import services
from core.access.roles import Role
from services import NothingYet, Refused
from services.cache import forget_all
from tests.accounts import context
from tests.dashboard.factory import FIRED, Made

TOWN = "990321101"


def here(made: Made, role: Role = Role.ANALYST, area: str = "", back: int = 0):
    month = made.home.months("scores")[-1 - back]
    return context(made.home.root, month, area, role)


def visited(made: Made, found: bool = True) -> pd.DataFrame:
    """Random visits to every household ten days after the first scored month, in the ledger."""
    month = made.home.months("scores")[0]
    profile = pd.read_parquet(made.home.monthly("profile", month) / "household.parquet")
    day = month + timedelta(days=10)
    rows = pd.DataFrame(
        {
            "household": profile["household"],
            "visited_on": day,
            "known_on": day,
            "found": found,
            "source": "audit",
            "stratum": "all",
            "inclusion": 1.0,
        }
    )
    made.home.outcomes.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(made.home.outcomes / "findings.parquet", index=False)
    forget_all()
    return profile


def test_every_indicator_in_force_has_a_card_and_the_others_say_what_they_wait_for(county) -> None:
    found = services.indicators.indicators(here(county))
    cards = found.checkup.cards.set_index("indicator")
    assert len(cards) + len(found.waiting) == 55
    assert set(found.names) == set(cards.index)
    assert set(cards.index[~cards["silent"]]) == set(FIRED)
    assert all(one.waiting_for.zh and one.waiting_for.en for one in found.waiting)
    assert len(found.checkup.months) == 5  # as many as were scored


def test_what_visits_found_stands_on_the_cards(county: Made) -> None:
    visited(county)
    cards = services.indicators.indicators(here(county)).checkup.cards.set_index("indicator")
    b01 = cards.loc["B01"]
    assert b01["visited_n"] == b01["random_n"] == b01["series"][0]
    assert b01["visited_share"] == 1.0


def test_a_past_month_knows_no_later_visit_and_no_later_month(county: Made) -> None:
    visited(county)
    found = services.indicators.indicators(here(county, back=4)).checkup
    assert len(found.months) == 1
    assert found.visits == 0


@pytest.mark.slow
def test_the_area_of_the_reader_is_all_that_is_counted(county: Made) -> None:
    profile = visited(county)
    inside = profile["township_code"] == TOWN
    found = services.indicators.indicators(here(county, area=TOWN)).checkup
    assert found.visits == inside.sum()
    assert set(found.townships["township"]) == {TOWN}
    assert found.monthly["households"].unique().tolist() == [inside.sum()]


def test_too_few_visits_give_no_advice_and_a_small_profile_no_coverage(county: Made) -> None:
    found = services.indicators.indicators(here(county))
    assert found.advice is None
    assert found.known is None


def test_causes_of_false_alarms_stand_by_the_indicator_that_was_named(county: Made) -> None:
    found = services.indicators.causes(here(county))
    assert set(found["cause"]) == {"stale"}
    assert (found["n"] <= found["false"]).all()
    assert (found["false"] <= found["concluded"]).all()


def test_mean_and_worst_off_member_get_the_same_visits(county: Made) -> None:
    found = services.indicators.mean(here(county))
    month = found.month[found.month["size"] == "all"].set_index("side")["households"]
    assert month["mean"] == month["worst"]
    assert month["mean"] + month["both"] == found.visits
    assert found.months == 5


def test_disagreements_name_watched_households_with_both_places(county: Made) -> None:
    found = services.disagreements.disagreements(here(county))
    assert len(found.rules) == len(found.model) == found.listed
    assert (found.rules["difference"] > 0).all()
    assert (found.model["difference"] < 0).all()
    assert found.rules["watched"].all()
    masked = set(found.rules["who"]) | set(found.model["who"])
    assert masked <= {"张*三", ""}
    assert all(found.rules["rules_zh"])  # rules that shout have reasons
    assert not any(found.model["model_zh"])  # facts in words are stored for alerts only


def test_disagreements_stay_within_the_area(county: Made) -> None:
    found = services.disagreements.disagreements(here(county, area=TOWN))
    assert set(found.rules["township"]) | set(found.model["township"]) <= {TOWN}


def test_who_was_right_waits_until_six_months_are_over(county: Made) -> None:
    found = services.disagreements.who_was_right(here(county))
    assert found["months"].tolist() == [0] * 6
    assert found["n"].sum() == 0


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEADER, Role.DATA_SCIENTIST])
def test_who_may_see_the_model_may_see_report_cards(county: Made, role: Role) -> None:
    assert len(services.indicators.indicators(here(county, role)).checkup.cards)
    assert services.indicators.mean(here(county, role)).visits >= 0


def test_who_may_not_see_origins_sees_no_disagreement(county: Made) -> None:
    for role in (Role.DATA_SCIENTIST, Role.TOWNSHIP_WORKER):
        with pytest.raises(Refused):
            services.disagreements.disagreements(here(county, role))
        with pytest.raises(Refused):
            services.disagreements.who_was_right(here(county, role))
    with pytest.raises(Refused):
        services.indicators.indicators(here(county, Role.TOWNSHIP_WORKER))


def test_a_month_that_was_not_scored_says_so(county: Made) -> None:
    (county.home.monthly("scores", county.last) / "parts.parquet").unlink()
    for read in (services.indicators.indicators, services.indicators.mean):
        with pytest.raises(NothingYet, match="scores"):
            read(context(county.home.root, county.last, role=Role.ANALYST))
