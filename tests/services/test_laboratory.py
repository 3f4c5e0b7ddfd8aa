"""Rules tried on the past: what would have been, what the gate says, what is kept of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.laboratory.record import SOURCES
from alerts.states import Source
from core.access.areas import Area
from core.access.principal import Grant, Principal, Refused
from core.access.roles import Role
from core.errors import Told
from services import Context, laboratory, rules
from services.rules import Bars, PolicyValue, RulebookError, State, Switch
from tests.dashboard.factory import Made


def who(county: Made, name: str = "li", role: Role = Role.ANALYST) -> Context:
    return Context(Principal(name, name, (Grant(role),)), str(county.home.root), county.last)


def seen(here: Context, number: int) -> int:
    return rules.version(here, number).last_event


@pytest.mark.slow
def test_without_a_change_both_sides_are_the_same(county: Made) -> None:
    tried = laboratory.trial(who(county), None, ())
    assert tried.changes == []
    assert tried.current.report.whole.alerts == tried.draft.report.whole.alerts > 0
    assert tried.compared.entering == tried.compared.leaving == ()


@pytest.mark.slow
def test_less_capacity_sends_fewer_visits_and_nobody_enters(county: Made) -> None:
    here = who(county)
    today = laboratory.trial(here, None, ()).current
    edits = (PolicyValue("capacity_per_1000_households", 2.0),)
    tried = laboratory.trial(here, None, edits)
    assert tried.draft.report.whole.alerts < today.report.whole.alerts
    assert tried.compared.entering == ()
    assert len(tried.compared.leaving) > 0
    (change,) = tried.changes
    assert change.code == "policy.capacity_per_1000_households"


@pytest.mark.slow
def test_a_township_s_ceiling_holds_in_the_trial(county: Made) -> None:
    here = who(county)
    material = laboratory.trial(here, None, ()).current.replayed.material
    town = material.townships[0]
    edits = (PolicyValue("township_capacity", ((town, 0),)),)
    side = laboratory.trial(here, None, edits).draft
    before = laboratory.trial(here, None, ()).draft
    visits = [one.report.whole.questions["existing"] for one in (before, side)]
    assert side.policy.township_capacity == {town: 0}
    assert visits[1].alerts <= visits[0].alerts
    raised = side.replayed.raised
    there = raised.only(raised.township == 0)
    assert {SOURCES[source] for source in there.source} <= {Source.EVENT}


def test_edits_come_through_an_address_unchanged() -> None:
    edits = (
        Bars(80, 60, 40, 20),
        Switch("H01", False),
        PolicyValue("township_capacity", (("990321101", 3),)),
    )
    assert laboratory.of_plain(laboratory.told(edits)) == edits
    with pytest.raises(RulebookError, match="damaged"):
        laboratory.of_plain([["Nothing", 1]])


@pytest.mark.slow
def test_bands_upside_down_are_refused_in_both_languages(county: Made) -> None:
    with pytest.raises(Told, match="must go down") as refused:
        laboratory.trial(who(county), None, (Bars(1, 2, 3, 4),))
    assert "规则有误" in refused.value.zh


@pytest.mark.slow
def test_too_few_past_months_are_refused_or_overridden_in_writing(county: Made) -> None:
    li, wang = who(county), who(county, "wang", Role.LEADER)
    number = rules.draft(li, "一稿", [Switch("H01", False)])
    tried = laboratory.keep(li, number, seen(li, number))
    assert any("past months" in one.en for one in tried.refused)
    assert rules.version(li, number).state is State.TRIED
    with pytest.raises(RulebookError, match="trial was refused"):
        rules.approve(wang, number, "同意", seen(wang, number))
    rules.approve(wang, number, "同意", seen(wang, number), "县里已增派两人")
    found = rules.version(li, number)
    assert (found.state, found.override) == (State.APPROVED, "县里已增派两人")


@pytest.mark.slow
def test_what_is_kept_is_the_whole_county_s_and_becomes_the_promise(county: Made) -> None:
    li, wang = who(county), who(county, "wang", Role.LEADER)
    number = rules.draft(li, "一稿", [Switch("H01", False)])
    town = Area(laboratory.trial(li, None, ()).current.replayed.material.townships[0])
    tried = laboratory.keep(replace(li, scope=town), number, seen(li, number))
    kept = rules.version(li, number).tried
    assert kept["figures"]["draft"]["alerts"] == tried.draft.report.whole.alerts
    whole = laboratory.trial(li, number, ()).draft.report.whole.alerts
    assert kept["figures"]["draft"]["alerts"] == whole
    rules.approve(wang, number, "同意", seen(wang, number), "试点")
    rules.activate(li, number, "试行", seen(li, number))
    (one,) = laboratory.outcomes(li)
    assert (one.version, one.actor, one.months, one.inside) == (number, "li", (), None)
    assert one.low <= one.expected <= one.high
    assert one.expected == pytest.approx(kept["promise"]["expected"])


@pytest.mark.slow
def test_an_area_is_tried_for_itself(county: Made) -> None:
    here = who(county)
    whole = laboratory.trial(here, None, ()).current.replayed.material
    town = laboratory.trial(replace(here, scope=Area(whole.townships[0])), None, ())
    inside = town.current.replayed.material
    assert {inside.townships[t] for m in inside.months for t in m.township} == {whole.townships[0]}


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.TOWNSHIP_WORKER, Role.DATA_STEWARD])
def test_who_may_not_see_the_rules_sees_no_trial(county: Made, role: Role) -> None:
    with pytest.raises(Refused):
        laboratory.trial(who(county, role=role), None, ())


@pytest.mark.slow
def test_a_data_scientist_sees_figures_and_no_households(county: Made) -> None:
    here = who(county, role=Role.DATA_SCIENTIST)
    assert laboratory.trial(here, None, ()).current.report.whole.alerts > 0
    assert not laboratory.may_open(here)
    with pytest.raises(Refused):
        laboratory.villages(here, None, (), ())
    with pytest.raises(Refused):
        laboratory.keep(here, 1, 1)
