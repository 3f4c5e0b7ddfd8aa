"""A mistake in a rule file is refused with one line that names the file and the key."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.scorecard import RuleSet, ScorecardError, events, load_rules, read_files

from . import trial

AS_OF = date(2026, 6, 30)
FIRST = date(2000, 1, 1)
Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Known:
    name: str
    level: str


def tiers(content: Any) -> Any:
    return content["tiers"][FIRST]


MISTAKES: dict[str, tuple[str, Change, str]] = {
    "an unknown key": (
        "indicators/C01.yaml",
        lambda c: c.update(weight=2),
        "C01.yaml: weight: unknown key; correct its spelling or remove it",
    ),
    "a third language": (
        "indicators/C01.yaml",
        lambda c: c["label"].update(de="Armut"),
        "C01.yaml: label.de: unknown key; correct its spelling or remove it",
    ),
    "a misspelt condition": (
        "indicators/C01.yaml",
        lambda c: tiers(c)[1].update(at_leest=tiers(c)[1].pop("at_least")),
        "C01.yaml: tiers.2000-01-01.no. 2.at_leest: unknown key; correct its spelling or remove it",
    ),
    "a missing key": (
        "indicators/C01.yaml",
        lambda c: c.pop("onsite_check"),
        "C01.yaml: onsite_check: missing; add it",
    ),
    "an empty reference": (
        "indicators/C01.yaml",
        lambda c: c["reference"].update(zh=""),
        "C01.yaml: reference.zh: empty; write it out",
    ),
    "a blank reference": (
        "indicators/C01.yaml",
        lambda c: c["reference"].update(en="  "),
        "C01.yaml: reference.en: empty; write it out",
    ),
    "dates out of order": (
        "indicators/C01.yaml",
        lambda c: c["tiers"].update({date(1999, 1, 1): tiers(c)}),
        "C01.yaml: tiers: 1999-01-01 comes after 2000-01-01; write the dates oldest first",
    ),
    "no date at all": (
        "indicators/C01.yaml",
        lambda c: c["tiers"].clear(),
        "C01.yaml: tiers: needs at least one date",
    ),
    "something that is no date": (
        "indicators/C01.yaml",
        lambda c: c["tiers"].update({"next year": tiers(c)}),
        "C01.yaml: tiers.next year: input should be a valid date",
    ),
    "no last otherwise": (
        "indicators/C01.yaml",
        lambda c: tiers(c).pop(),
        "needs 'otherwise: true' exactly once, as the last tier",
    ),
    "one tier only": (
        "indicators/C01.yaml",
        lambda c: c["tiers"].update({FIRST: tiers(c)[-1:]}),
        "needs at least two tiers",
    ),
    "a tier that an earlier one swallows": (
        "indicators/C01.yaml",
        lambda c: tiers(c)[0].update(at_least=0.1),
        "tier 2 ('Own medical payments of 12 months reach half a year of local average income') "
        "can never be reached",
    ),
    "the same word twice": (
        "indicators/F01.yaml",
        lambda c: tiers(c)[2].update(equals="D"),
        "F01.yaml: tiers.2000-01-01: tier 3",
    ),
    "two conditions in one tier": (
        "indicators/C01.yaml",
        lambda c: tiers(c)[0].update(equals="high"),
        "C01.yaml: tiers.2000-01-01.no. 1: needs one condition",
    ),
    "two upper bounds": (
        "indicators/B03.yaml",
        lambda c: tiers(c)[0].update(below=0.5),
        "B03.yaml: tiers.2000-01-01.no. 1: has both below and at_most; keep one",
    ),
    "bounds the wrong way round": (
        "indicators/C01.yaml",
        lambda c: tiers(c)[0].update(below=0.9),
        "at_least 1 must be less than the upper bound",
    ),
    "bounds and words mixed": (
        "indicators/C01.yaml",
        lambda c: c["tiers"].update({FIRST: [{**tiers(c)[0]}, word(tiers(c)[1]), tiers(c)[-1]]}),
        "mixes bounds, flags and words",
    ),
    "another kind of value on another date": (
        "indicators/A03.yaml",
        lambda c: c["tiers"].update({AS_OF: [word(tiers(c)[0]), tiers(c)[-1]]}),
        "tiers of different dates need different kinds of value",
    ),
    "points that are no number": (
        "indicators/C01.yaml",
        lambda c: tiers(c)[0].update(points="many"),
        "C01.yaml: tiers.2000-01-01.no. 1.points: input should be a valid number",
    ),
    "an id that is not the file's name": (
        "indicators/C01.yaml",
        lambda c: c.update(id="C09"),
        "C01.yaml: id: C09 must be the file's name",
    ),
    "a category that does not fit": (
        "indicators/C01.yaml",
        lambda c: c.update(category="D"),
        "C01.yaml: category D does not fit the id C01",
    ),
    "a department that does not exist": (
        "indicators/C01.yaml",
        lambda c: c.update(push_to=["post_office"]),
        "C01.yaml: push_to: no department post_office",
    ),
    "a need that does not exist": (
        "indicators/C01.yaml",
        lambda c: c.update(need="money"),
        "C01.yaml: need: no need money",
    ),
    "a need without its department": (
        "needs.yaml",
        lambda c: c["medical_aid"].update(department="post_office"),
        "needs.yaml: medical_aid: no department post_office",
    ),
    "bands that do not go down": (
        "bands.yaml",
        lambda c: c["bands"][FIRST].update(orange=55),
        "bands.yaml: bands.2000-01-01: red, orange, yellow, blue must go down in this order",
    ),
    "bands that start later": (
        "bands.yaml",
        lambda c: c.update(bands={date(2027, 1, 1): c["bands"][FIRST]}),
        "bands.yaml: bands has no value on 2026-06-30: its first starts 2027-01-01",
    ),
    "an unknown way of counting household facts": (
        "settings.yaml",
        lambda c: c["household_fact_mode"].update({FIRST: "twice"}),
        "settings.yaml: household_fact_mode.2000-01-01: input should be 'per_member' or 'once'",
    ),
    "a hold on a person's fact": (
        "settings.yaml",
        lambda c: c["event_hold"][FIRST]["indicators"].append("C01"),
        "settings.yaml: event_hold: C01 is no household fact",
    ),
    "a category without indicators' letter": (
        "categories.yaml",
        lambda c: c.pop("C"),
        "C01.yaml: category: no category C",
    ),
}


def word(tier: dict[str, Any]) -> dict[str, Any]:
    return {"equals": "high", "points": tier["points"], "label": tier["label"]}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trial.copy(tmp_path_factory.mktemp("rules"))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_file_and_key(mistake: str, original: Path) -> None:
    file, change, message = MISTAKES[mistake]
    path = original / file
    before = path.read_text(encoding="utf-8")
    try:
        trial.edit(original, file, change)
        with pytest.raises(ScorecardError) as refused:
            load_rules(AS_OF, original)
    finally:
        path.write_text(before, encoding="utf-8")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert re.match(r"\w+\.yaml: ", str(refused.value))


def test_a_key_written_twice_is_refused(original: Path, tmp_path: Path) -> None:
    folder = trial.copy(tmp_path)
    path = folder / "indicators" / "C01.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "need: null\n", encoding="utf-8")
    with pytest.raises(ScorecardError, match=r"C01\.yaml: need: written twice; keep one"):
        read_files(folder)


def test_broken_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = trial.copy(tmp_path)
    trial.replace(folder, "indicators/C01.yaml", "id: C01", "id: [C01")
    with pytest.raises(ScorecardError, match=r"C01\.yaml: line \d+: not readable as YAML"):
        read_files(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = trial.copy(tmp_path)
    (folder / "bands.yaml").unlink()
    with pytest.raises(ScorecardError, match=r"bands\.yaml: no such file in scorecard/"):
        read_files(folder)


def test_a_folder_without_indicators_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScorecardError, match="indicators/ holds no rule files"):
        read_files(tmp_path)


def catalogue(rules: RuleSet) -> dict[str, str]:
    found = {i.feature: i.scope for i in rules.indicators.values()}
    every = rules.indicators.values()
    gates = {g: i.scope for i in every for g in (i.source.only_if, i.source.unless) if g}
    told = {name: i.scope for i in rules.indicators.values() for name in events.columns(i)}
    return {**found, **gates, **told}  # type: ignore[return-value]


def test_features_are_checked_against_a_catalogue(rules: RuleSet) -> None:
    names = catalogue(rules)
    assert load_rules(AS_OF, catalogue=[Known(*item) for item in names.items()]) == rules
    without = [Known(*item) for item in names.items() if item[0] != "medical_burden"]
    with pytest.raises(ScorecardError, match=r"C02\.yaml: feature: no feature is named medical_bu"):
        load_rules(AS_OF, catalogue=without)
    dayless = [Known(*item) for item in names.items() if item[0] != "new_disease_on"]
    with pytest.raises(ScorecardError, match=r"C04\.yaml: event\.happened: no feature is named"):
        load_rules(AS_OF, catalogue=dayless)
    names["rigid_after_applicable"] = "person"
    with pytest.raises(
        ScorecardError,
        match=r"H02\.yaml: only_if: rigid_after_applicable is a person feature, "
        "the scope says household",
    ):
        load_rules(AS_OF, catalogue=[Known(*item) for item in names.items()])


def test_an_event_day_outside_the_event_lane_is_refused(tmp_path: Path) -> None:
    folder = trial.copy(tmp_path)
    trial.edit(folder, "indicators/C04.yaml", lambda c: c.update(event_lane=False))
    with pytest.raises(ScorecardError, match=r"C04\.yaml: event is for the event lane"):
        read_files(folder)


def test_an_indicator_that_is_not_in_force_has_no_words(rules: RuleSet) -> None:
    assert rules.words("A06", 0).en == "Aged 80 or older"
    assert rules.words("H02", -1).en == "Does not apply"
    assert rules.words("C_cap", None).zh == "医疗类得分封顶"
    with pytest.raises(ScorecardError, match="no indicator B12 is in force on 2026-06-30"):
        rules.words("B12", 0)
