"""Explanations as use cases: a version for who may see the model, a household for who may weigh."""

from __future__ import annotations

import pandas as pd
import pytest

from core.access.roles import Role
from services import NothingYet, Refused, explanations
from services.reads import explanations as reads
from tests.accounts import context
from tests.dashboard.factory import Made
from tests.services.explained import VERSION, with_model
from tests.services.test_indicators import here

ASKED = ("existing", VERSION)


@pytest.fixture
def explained(county: Made, monkeypatch: pytest.MonkeyPatch) -> Made:
    with_model(county, monkeypatch)
    return county


def test_a_home_that_never_trained_offers_nothing(county: Made) -> None:
    assert explanations.offered(here(county)) == {}


def test_versions_are_offered_by_question_with_the_one_in_use(explained: Made) -> None:
    found = explanations.offered(here(explained))
    assert found == {"existing": explanations.Offered((VERSION,), VERSION)}


def test_an_explanation_is_made_once_and_then_read(
    explained: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert explanations.overview(here(explained), *ASKED) is None
    made = explanations.explain(here(explained), *ASKED)
    assert made.households == made.sample > 50
    assert set(made.weights["feature"].head(2)) == {"income_to_standard", "rigid_ratio"}
    monkeypatch.setattr(reads, "_model", None)  # nothing is computed a second time
    assert explanations.overview(here(explained), *ASKED).weights.equals(made.weights)
    assert explanations.explain(here(explained), *ASKED).weights.equals(made.weights)


def test_a_month_without_profiles_says_so(explained: Made) -> None:
    month = explained.last.replace(year=2030)
    with pytest.raises(NothingYet, match="profile"):
        explanations.explain(context(explained.home.root, month, role=Role.ANALYST), *ASKED)


def test_a_household_s_reasons_are_tried(explained: Made) -> None:
    found = explanations.steadiness(here(explained), explained.alerted, *ASKED)
    assert 0 <= found.share <= 1
    assert found.holds == (found.share >= 2 / 3)


def test_similar_families_come_with_outcomes_and_without_identity(explained: Made) -> None:
    found = explanations.similar(here(explained), explained.alerted, *ASKED)
    assert found.n == 30
    assert found.found / found.n > found.base
    assert found.low < found.found / found.n < found.high or found.found == found.n
    profile = pd.read_parquet(
        explained.home.monthly("profile", explained.last) / "household.parquet"
    )
    told = repr(found)
    assert not [key for key in profile["household"] if key in told]


def test_what_could_lower_the_risk_names_help_and_department(explained: Made) -> None:
    found = explanations.lowering(here(explained), explained.alerted, *ASKED)
    assert found
    first = found[0]
    assert first.after < first.before
    assert first.needs == ("basic_living",)
    assert first.departments == ("civil_affairs",)
    label, now, _ = first.moved[0]
    assert label.zh == "刚性支出占收入比"
    assert now.zh == "0.90 倍"


def test_a_model_that_is_gone_explains_nothing(explained: Made) -> None:
    for read in (explanations.steadiness, explanations.similar, explanations.lowering):
        assert read(here(explained), explained.alerted, "existing", "99") is None


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST, Role.TOWNSHIP_WORKER])
def test_who_may_not_see_origins_is_told_nothing_of_a_household(
    explained: Made, role: Role
) -> None:
    for read in (explanations.steadiness, explanations.similar, explanations.lowering):
        with pytest.raises(Refused):
            read(here(explained, role), explained.alerted, *ASKED)


def test_a_township_worker_sees_no_explanation_of_the_model(explained: Made) -> None:
    for read in (explanations.overview, explanations.explain):
        with pytest.raises(Refused):
            read(here(explained, Role.TOWNSHIP_WORKER), *ASKED)
    assert explanations.explain(here(explained, Role.DATA_SCIENTIST), *ASKED).version == VERSION
