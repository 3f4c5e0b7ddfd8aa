"""What could lower a risk: only what help can change, only the way help would change it."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pandas as pd
import pytest
from pydantic import ValidationError

from core.words import Text
from models.risk.dataset import catalogue
from models.risk.errors import RiskError
from models.risk.explaining import changes
from models.risk.explaining.changes import LEAST, Lever, Move, levers, usual, what_lowers
from models.scorecard.rules import load_rules
from tests.models.risk.explaining.conftest import AS_OF

# Nothing here can be changed by help, or must not be spoken of as if it could.
NEVER = ["*_age*", "age*", "*woman*", "*sex*", "*elder*", "*minor*", "*death*", "*died*",
         "*disabled*", "*grade*", "*certificate*", "*spouse*", "*disease*", "*cancer*", "*ill*",
         "n_members", "*births*", "*orphan*", "*lost_parents*", "*is_rural*", "*partner*",
         "visit_income*", "days_since*", "never_visited", "on_*", "*left_*", "*refus*"]  # fmt: skip
SHIFT = Text("x", "x")


def test_no_lever_is_age_sex_illness_disability_death_or_the_roll() -> None:
    names = [move.name for lever in levers() for move in lever.features]
    wages = {name for name in names if "wage" in name}
    wrong = [n for n in names if n not in wages and any(fnmatchcase(n, p) for p in NEVER)]
    assert wrong == []


def test_every_lever_moves_features_of_the_catalogue_by_a_known_kind_of_help() -> None:
    cards, needs = catalogue(), load_rules(AS_OF).needs
    for lever in levers():
        assert lever.need in needs, lever.code
        assert lever.features
        assert {move.name for move in lever.features} <= set(cards), lever.code
        assert lever.requires is None or lever.requires in cards


def test_no_lever_goes_against_what_the_catalogue_is_certain_of() -> None:
    cards = catalogue()
    for lever in levers():
        for move in lever.features:
            worse = 1 if move.better == "less" else -1
            assert cards[move.name].monotone in (0, worse), (lever.code, move.name)


def test_an_end_is_a_quantile_or_a_number_never_both() -> None:
    with pytest.raises(ValidationError, match="either"):
        Move(name="x", better="less")
    with pytest.raises(ValidationError, match="either"):
        Move(name="x", better="less", to=0, quantile=0.5)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levers of the invented model: more income, less own costs, both help; nobody on a roll."""
    made = (
        Lever(code="work", label=SHIFT, told=SHIFT, need="employment", requires="n_members",
              features=(Move(name="income_to_standard", better="more", quantile=0.5),)),
        Lever(code="costs", label=SHIFT, told=SHIFT, need="medical_aid",
              features=(Move(name="self_paid", better="less", quantile=0.25, among="positive"),)),
        Lever(code="idle", label=SHIFT, told=SHIFT, need="emergency_aid",
              features=(Move(name="unknown_often", better="less", to=-9),)),
    )  # fmt: skip
    monkeypatch.setattr(changes, "levers", lambda: made)


POOR = {"income_to_standard": 1.0, "self_paid": 1.2, "n_members": 3.0, "unknown_often": None}


def test_ends_are_where_the_county_stands(county, own) -> None:
    rows = pd.read_parquet(county.monthly("profile", AS_OF) / "household.parquet")
    ends = usual(county, AS_OF, ["income_to_standard", "self_paid", "unknown_often"])
    assert ends["income_to_standard"] == pytest.approx(rows["income_to_standard"].median())
    paid = rows.loc[rows["self_paid"] > 0, "self_paid"]
    assert ends["self_paid"] == pytest.approx(paid.quantile(0.25))
    assert ends["unknown_often"] == -9
    with pytest.raises(RiskError, match="doudi run"):
        usual(county, AS_OF.replace(year=2030), ["self_paid"])


def test_a_poor_household_is_told_single_changes_first_then_the_pair(county, plain, own) -> None:
    found = what_lowers(plain, POOR, usual(county, AS_OF, plain.features))
    told = [[lever.code for lever in change.levers] for change in found]
    assert [len(codes) for codes in told] == [1, 1, 2]
    assert told[2] == ["work", "costs"]
    assert found[0].after < found[1].after
    assert found[2].after <= found[0].after - LEAST
    before = plain.predict(pd.DataFrame([POOR]))[0]
    assert {round(change.before, 9) for change in found} == {round(float(before), 9)}


def test_the_risk_after_is_the_model_s_answer_to_the_figures_told(county, plain, own) -> None:
    found = what_lowers(plain, POOR, usual(county, AS_OF, plain.features))
    for change in found:
        then = {**POOR, **{name: to for name, _, to in change.moved}}
        assert change.after == pytest.approx(plain.predict(pd.DataFrame([then]))[0], abs=1e-6)


def test_who_stands_better_or_is_unknown_is_not_moved(county, plain, own) -> None:
    ends = usual(county, AS_OF, plain.features)
    rich = {**POOR, "income_to_standard": 9.0, "self_paid": 0.0}
    assert what_lowers(plain, rich, ends) == []
    # A low income is brought up; of an income that nobody knows nothing can be said.
    unknown = {**POOR, "income_to_standard": None}
    for household, pulled in ((POOR, True), (unknown, False)):
        codes = {lever.code for c in what_lowers(plain, household, ends) for lever in c.levers}
        assert ("work" in codes) is pulled


def test_a_lever_that_requires_what_is_not_there_is_not_pulled(county, plain, own) -> None:
    ends = usual(county, AS_OF, plain.features)
    for nobody in (0.0, None):
        found = what_lowers(plain, {**POOR, "n_members": nobody}, ends)
        assert {lever.code for c in found for lever in c.levers} == {"costs"}
