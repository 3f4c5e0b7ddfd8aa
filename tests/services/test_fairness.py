"""Fairness as use cases: who may see it, and that a month stays what it was."""

from __future__ import annotations

import pytest

import services
from core.access.roles import Role
from models.risk.groups.report import read_groups
from services import NothingYet, Refused
from tests.accounts import context
from tests.dashboard.factory import LAST, Made


def here(made: Made, role: Role = Role.ANALYST, back: int = 0):
    return context(made.home.root, made.home.months("scores")[-1 - back], "", role)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEADER, Role.DATA_SCIENTIST])
def test_who_may_see_the_model_may_see_fairness(county: Made, role: Role) -> None:
    found = services.fairness.measure(here(county, role), "existing")
    assert found["rulers"]["alerts"]["n_alerts"] > 0
    assert services.fairness.kept(here(county, role), "existing") == found


@pytest.mark.parametrize("role", [Role.TOWNSHIP_WORKER, Role.VILLAGE_WORKER, Role.DATA_STEWARD])
def test_nobody_else_may(county: Made, role: Role) -> None:
    for read in (services.fairness.measure, services.fairness.kept):
        with pytest.raises(Refused):
            read(here(county, role), "existing")
    assert read_groups(county.home, "existing", county.last) is None


def test_the_steps_are_told_while_it_is_measured(county: Made) -> None:
    told = []
    services.fairness.measure(here(county), "existing", lambda *step: told.append(step))
    assert [step for step, _, _ in told] == ["visits", "alerts", "model", "report"]


@pytest.mark.slow
def test_a_past_month_has_its_own_report_with_fewer_alerts(county: Made) -> None:
    now = services.fairness.measure(here(county), "existing")
    then = services.fairness.measure(here(county, back=3), "existing")
    assert then["rulers"]["alerts"]["n_alerts"] < now["rulers"]["alerts"]["n_alerts"]
    assert services.fairness.kept(here(county), "existing") == now
    assert services.fairness.measure(here(county, back=3), "existing") == then


def test_what_could_not_be_measured_is_named(county: Made) -> None:
    found = services.fairness.measure(here(county), "existing")
    assert set(found["missing"]) == {"random_visits", "cutoff"}
    assert {one["measure"] for one in found["figures"]} == {"alerted", "precision"} | (
        {"recall", "missed", "false_alarm"} if "alerts_truth" in found["rulers"] else set()
    )


def test_a_report_grows_old_when_a_model_is_trained(county: Made) -> None:
    found = services.fairness.measure(here(county), "existing")
    assert services.fairness.is_newest(here(county), found)
    assert not services.fairness.is_newest(here(county), found | {"stamp": "1/other"})


def test_without_alerts_there_is_nothing_to_measure(empty) -> None:
    with pytest.raises(NothingYet, match="alerts"):
        services.fairness.measure(context(empty.root, LAST), "existing")
