"""Rules as the office changes them: draft, trial, second person, in force, one step back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alerts.policy import load_policy
from core.access.areas import Area
from core.access.principal import Grant, Principal
from core.access.roles import Role
from core.errors import Told
from models.scorecard import load_rules
from services import Context, Refused, rules
from services.rules import (
    Bars,
    Bound,
    Points,
    PolicyValue,
    RulebookError,
    State,
    Switch,
    VersionChanged,
)
from tests.dashboard.factory import Made
from tests.services.conftest import recorded

RED = Bars(80, 60, 40, 20)


def who(county: Made, name: str, role: Role = Role.ANALYST, area: Area | None = None) -> Context:
    grant = Grant(role, area) if area else Grant(role)
    return Context(Principal(name, name, (grant,)), str(county.home.root), county.last)


def seen(here: Context, number: int) -> int:
    return rules.version(here, number).last_event


def approved(county: Made, *edits: rules.Edit) -> int:
    li, wang = who(county, "li"), who(county, "wang", Role.LEADER)
    number = rules.draft(li, "夏季试行", edits)
    rules.tried(li, number, {"visits": 10}, seen(li, number))
    rules.approve(wang, number, "同意", seen(wang, number))
    return number


@pytest.mark.slow
def test_from_draft_to_the_next_run_and_back(county: Made) -> None:
    li, home = who(county, "li"), county.home
    before = load_rules(county.last, home=home)
    number = approved(county, RED, Points("C01", 0, 40))
    start = rules.activate(li, number, "红色过多", seen(li, number))
    assert start > county.last
    # The month that was run keeps its rules, the next has the new ones.
    assert load_rules(county.last, home=home).version == before.version
    after = load_rules(start, home=home)
    assert (after.bars.red, after.indicators["C01"].tiers[0].points) == (80, 40)
    second = approved(county, Bars(90, 60, 40, 20))
    rules.activate(li, second, "再收紧", seen(li, second))
    assert load_rules(start, home=home).bars.red == 90
    assert rules.step_back(li, second, "走访压力过大", seen(li, second)) == number
    assert load_rules(start, home=home).version == after.version


@pytest.mark.slow
def test_the_policy_is_part_of_the_version(county: Made) -> None:
    number = approved(county, PolicyValue("capacity_per_1000_households", 5.0))
    li = who(county, "li")
    told = rules.compared(li, None, number)
    assert [(d.code, d.after.en) for d in told] == [("policy.capacity_per_1000_households", "5")]
    start = rules.activate(li, number, "增派人手", seen(li, number))
    assert load_policy(county.home, start).capacity_per_1000_households == 5.0
    assert load_policy(county.home, county.last).capacity_per_1000_households != 5.0


def test_whoever_wrote_it_does_not_approve_it(county: Made) -> None:
    li = who(county, "li")
    number = rules.draft(li, "一稿", [RED])
    rules.tried(li, number, {}, seen(li, number))
    with pytest.raises(RulebookError, match="second person"):
        rules.approve(li, number, "同意", seen(li, number))
    assert rules.version(li, number).state is State.TRIED


def test_two_analysts_do_not_overwrite_each_other(county: Made) -> None:
    li, wang = who(county, "li"), who(county, "wang")
    number = rules.draft(li, "一稿", [RED])
    both = seen(li, number)
    rules.change(wang, number, [Switch("H01", False)], both)
    with pytest.raises(VersionChanged, match="wang"):
        rules.change(li, number, [Points("C01", 0, 99)], both)
    found = rules.rules(li, number)
    assert "H01" not in found.indicators
    assert found.indicators["C01"].tiers[0].points != 99


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Bars(10, 60, 40, 20), "must go down"),
        (Points("C01", 12, 5), "no tier 13"),
        (Bound("C01", 1, "at_least", 1.5), "can never be reached"),
        (PolicyValue("open_existing", 3), "less than or equal to 1"),
        (PolicyValue("no_such_value", 3), "no value called"),
    ],
)
def test_what_no_month_could_be_run_by_is_not_written(
    county: Made, edit: rules.Edit, said: str
) -> None:
    li = who(county, "li")
    with pytest.raises(Told, match=said) as refused:
        rules.draft(li, "一稿", [edit])
    assert refused.value.zh
    assert rules.shelf(li).versions == []


def test_exported_and_imported_a_scorecard_is_the_same(county: Made) -> None:
    li = who(county, "li")
    number = rules.draft(li, "一稿", [RED, Points("C01", 0, 40)])
    packed = rules.export(li, number)
    assert packed == rules.export(li, number)
    again = rules.imported(li, "导入", packed)
    assert rules.compared(li, number, again) == []
    assert rules.version(li, again).fingerprint == rules.version(li, number).fingerprint
    assert len(recorded(county.home, "export_rules")) == 2


@pytest.mark.parametrize("packed", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_what_is_no_scorecard_is_refused_in_one_line(county: Made, packed: bytes) -> None:
    with pytest.raises(RulebookError, match="zip of YAML") as refused:
        rules.imported(who(county, "li"), "导入", packed)
    assert "\n" not in refused.value.en


def test_rules_hold_for_the_county_and_so_must_the_right(county: Made) -> None:
    town = Area("990321101")
    li = replace(who(county, "li", area=town), scope=town)
    with pytest.raises(Refused):
        rules.draft(li, "一稿", [RED])
    assert recorded(county.home, "tune_rules")[-1].result == "refused"


@pytest.mark.parametrize("role", [Role.LEADER, Role.DATA_SCIENTIST, Role.DISPATCHER, Role.AUDITOR])
def test_only_analysts_draft(county: Made, role: Role) -> None:
    with pytest.raises(Refused):
        rules.draft(who(county, "chen", role), "一稿", [RED])


def test_every_act_is_recorded_with_its_reason(county: Made) -> None:
    li = who(county, "li")
    number = approved(county, RED)
    rules.activate(li, number, "红色过多", seen(li, number))
    (entry,) = recorded(county.home, "activate_rules")
    assert (entry.account, entry.object) == ("li", str(number))
    assert "红色过多" in entry.detail
    assert [a.action for a in rules.history(li, number)] == ["write", "try", "approve", "activate"]


def test_a_draft_is_not_seen_by_the_run_before_it_is_in_force(county: Made) -> None:
    before = load_rules(date.max, home=county.home).version
    rules.draft(who(county, "li"), "一稿", [RED])
    approved(county, RED)
    assert load_rules(date.max, home=county.home).version == before
