"""Both questions trained on a small county of hand-made profiles and visits."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

import models.risk
from core.home import add_months
from core.progress import Cancelled
from features.engine.feature import column
from models.risk import learn, questions, registry, rows, seeking
from models.risk.bench import flags
from models.risk.bench.config import parse
from models.risk.errors import RiskError
from models.risk.rolling.tuning import Tuned
from models.risk.score import write_parquet
from tests.models.risk.conftest import FEATURES, households, month

pytestmark = pytest.mark.slow

MONTHS, HORIZON = 18, 2
KNOWN_BY = month(12)
CARDS = {name: column(name, name, name, "", "B", 0) for name in FEATURES}
VISITS = {
    "household": "string",
    "happened_on": "date",
    "known_on": "date",
    "visit_reason": "string",
    "unmet_need": "boolean",
}
ROLLS = {
    "household": "string",
    "assistance_class": "string",
    "event": "string",
    "happened_on": "date",
    "known_on": "date",
}


class VisitedLake:
    """Every third household is visited each month; need is what the profile's label says."""

    visits = pd.DataFrame(columns=list(VISITS))

    def __init__(self, home) -> None:
        pass

    def table(self, con, feed, as_of=None):
        if feed != "home_visits":
            return None
        found = ibis.memtable(self.visits, schema=VISITS)
        return found if as_of is None else found.filter(found.known_on <= as_of)

    def silent_since(self, feed, as_of):
        return None

    def empty(self, feed):
        schema = ROLLS if feed == "assistance_rolls" else VISITS
        return ibis.memtable(pd.DataFrame(columns=list(schema)), schema=schema)


def visits_of(frame: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(9)
    seen = frame[rng.random(len(frame)) < 1 / 3]
    day = [m + timedelta(days=int(d)) for m, d in zip(seen["as_of"], rng.integers(3, 25, len(seen)),
                                                      strict=True)]  # fmt: skip
    return pd.DataFrame(
        {
            "household": seen["household"].to_numpy(),
            "happened_on": day,
            "known_on": [d + timedelta(days=3) for d in day],
            "visit_reason": rng.choice(["round", "survey", "application"], len(seen)),
            "unmet_need": seen["label"].to_numpy() > 0,
        }
    )


@pytest.fixture
def county(home, monkeypatch):
    frame = households(n=400, months=MONTHS, seed=8)
    for as_of, part in frame.groupby("as_of"):
        profile = part.drop(columns="label").assign(in_process=False)
        write_parquet(profile, home.monthly("profile", as_of) / "household.parquet")
        card = part[["household"]].assign(rule_score=part["self_paid"].round().astype(float))
        write_parquet(card, home.monthly("scores", as_of) / "scores.parquet")
    monkeypatch.setattr(VisitedLake, "visits", visits_of(frame))
    for place in ("data.lake.Lake", "models.risk.findings.Lake"):
        monkeypatch.setattr(place, VisitedLake)
    monkeypatch.setattr(questions, "catalogue", lambda: CARDS)
    home.truth.mkdir(parents=True)
    need = frame[frame["label"] == 1]
    truth = pd.DataFrame(
        {"household_no": need["household"], "month": [m.strftime("%Y-%m") for m in need["as_of"]]}
    )
    write_parquet(truth.assign(unmet=True), home.truth / "need.parquet")
    about = {
        "region": "990321", "synthetic": True, "label": "rolls", "horizon_months": HORIZON,
        "first_as_of": month(0).isoformat(), "last_as_of": month(MONTHS - 1).isoformat(),
    }  # fmt: skip
    home.county_file.write_text(yaml.safe_dump(about), encoding="utf-8")
    return home


def test_months_are_chosen_by_the_calendar_alone() -> None:
    first, june = date(2023, 7, 31), date(2025, 6, 30)
    taught = models.risk.taught_months(first, june)
    # Every third month back from March, seven of them.
    assert taught == [
        date(2023, 9, 30), date(2023, 12, 31), date(2024, 3, 31), date(2024, 6, 30),
        date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31),
    ]  # fmt: skip
    # A shorter history: the county's first month joins off the step.
    assert models.risk.taught_months(date(2024, 2, 29), june)[0] == date(2024, 2, 29)
    assert len(models.risk.taught_months(date(2015, 1, 31), june)) == rows.TEACH_MONTHS


def test_a_month_teaches_the_coming_only_when_its_horizon_has_closed(county) -> None:
    plan = rows.plan_months(county, KNOWN_BY)
    assert max(plan.taught("existing")) == month(9)
    assert all(add_months(m, HORIZON) <= KNOWN_BY for m in plan.taught("coming"))
    assert min(plan.test) > KNOWN_BY
    assert all(add_months(m, HORIZON) <= plan.closed_by for m in plan.tested("coming"))
    hidden = rows.plan_months(county, KNOWN_BY, closed_by=KNOWN_BY)
    assert hidden.test == ()


def test_the_coming_calibrates_a_horizon_after_what_it_grew_on() -> None:
    as_of = pd.Series([month(i) for i in (0, 3, 6, 7, 9)])
    folds = learn.folds_of(as_of, "coming", horizon=3)
    assert folds.curve_months == (month(9),)
    assert as_of[folds.train].tolist() == [month(0), month(3), month(6)]
    both = learn.folds_of(as_of, "existing", horizon=3)
    assert both.curve_months == (month(7), month(9))
    with pytest.raises(RiskError, match="a horizon apart two are needed"):
        learn.folds_of(pd.Series([month(0), month(1)]), "coming", horizon=3)


def test_both_questions_are_trained_measured_and_registered_apart(county) -> None:
    slots = {"existing": 40, "coming": 20}
    found = models.risk.train_questions(county, KNOWN_BY, slots=slots, household_of=str)
    assert list(found) == ["existing", "coming"]
    for question, result in found.items():
        table = {(r["population"], r["scorer"]): r for r in result.rows}
        scorers = {scorer for population, scorer in table if population == "all"}
        assert scorers == {
            "model", "lightgbm", "lightgbm_monotone", "logistic", "income", "scorecard", "both",
        }  # fmt: skip
        assert registry.alias(county, registry.CHALLENGER, question) == result.version
        assert result.report["slots"] == slots[question]
        assert result.report["gate"]["tested"] == 1
        scored = pq.read_table(county.reports / f"scored_{question}.parquet").to_pandas()
        assert {"household", "as_of", "model", "logistic", "scorecard", "label", "truth",
                "in_process", "watch"} <= set(scored.columns)  # fmt: skip
        assert scored["model"].between(0, 1).all()
        assert (scored["as_of"] > KNOWN_BY).all()
        kept = registry.measured(county, result.version, question)
        assert kept["rows"] == result.report["rows"]
        assert kept["split"]["test"] == result.report["split"]["test"]
        assert kept["gate"]["gate.tested"] == 1
        assert kept["gate"]["leak.flag"] == 0
        assert kept["gate"]["group.tested"] == 0  # nobody is champion yet
    existing = found["existing"].report
    model = next(r for r in existing["truth_rows"] if r["scorer"] == "model")
    assert model["k"] == 40 * len(existing["split"]["test"])
    assert model["precision_at_k"] > 1.5 * model["prevalence"]
    written = models.risk.read_report(county)
    assert list(written["questions"]) == ["existing", "coming"]
    assert written["rows"] == written["questions"]["existing"]["rows"]
    assert written["question"] == "existing"


def test_the_version_for_use_learns_once_more_in_the_tested_way(county) -> None:
    closed = month(15)
    asked = {"questions": ["existing"], "closed_by": closed, "household_of": str}
    tested = models.risk.train_questions(county, KNOWN_BY, **asked)["existing"]
    newer = models.risk.train_questions(county, KNOWN_BY, refit=True, **asked)["existing"]
    # The test is the same to the last figure: it judges what was known before the tested months.
    assert newer.rows == tested.rows
    assert newer.report["as_of_trained"] == KNOWN_BY.isoformat()
    assert newer.report["refit_known_by"] == closed.isoformat()
    # The version itself knows the tested months' visits, and chose nothing anew.
    before, after = tested.fitted.report, newer.fitted.report
    assert (before["known_by"], after["known_by"]) == (KNOWN_BY.isoformat(), closed.isoformat())
    assert after["tested_known_by"] == KNOWN_BY.isoformat()
    assert after["n_train"] > before["n_train"]
    assert after["chosen"] == before["chosen"]
    assert newer.fitted.features == tested.fitted.features
    kept = registry.measured(county, newer.version, "existing")["split"]
    assert kept["model_known_by"] == closed.isoformat()


def test_parameters_are_sought_among_months_that_neither_test_nor_calibrate(
    county, monkeypatch
) -> None:
    """A search that looked at later months would choose what the report then praises."""
    seen: list[pd.DataFrame] = []
    tune = seeking.tune

    def watched(rows, *given, **more):
        seen.append(rows)
        return tune(rows, *given, **more)

    monkeypatch.setattr(seeking, "tune", watched)
    config = parse({"known_by": KNOWN_BY.isoformat()[:7], "tuning": {"minutes": 9, "trials": 3}})
    told: list[str] = []
    found = models.risk.train_questions(
        county, config=config, household_of=str, progress=lambda label, *_: told.append(label)
    )
    assert len(seen) == 2
    for part, (question, result) in zip(seen, found.items(), strict=True):
        split = result.report["split"]
        newest = max(part["as_of"]).isoformat()
        assert newest < min(split["calibrate"]) < min(split["test"])
        sought = result.report["choices"]["tuning"]
        assert sought["trials"] == len(sought["tried"]) == 3
        assert sought["tried"][0]["params"] == {}  # the usual ones come first
        assert sought["ended"] == "trials"
        assert [f"{question} tuning {n}" in told for n in (1, 2, 3, 4)] == [True, True, True, False]


def test_parameters_found_are_those_of_the_version_for_use(county, monkeypatch) -> None:
    def found(rows, features, usual, **more):
        return Tuned({**usual, "num_leaves": 5}, True, 2, 0.3, 0.2)

    monkeypatch.setattr(seeking, "tune", found)
    asked = {"known_by": KNOWN_BY.isoformat()[:7], "questions": ["existing"]}
    config = parse(asked | {"tuning": {"minutes": 1}})
    result = models.risk.train_questions(county, config=config, household_of=str)["existing"]
    table = {r["scorer"]: r for r in result.rows if r["population"] == "all"}
    assert table["lightgbm_tuned"]["ap"] == table["model"]["ap"]
    assert table["model"]["ap"] != table["lightgbm_monotone"]["ap"]
    # Grown once more on newer rows it keeps them.
    assert result.report["refit_known_by"] is not None
    assert result.fitted.report["params"]["num_leaves"] == 5
    usual = models.risk.train_questions(county, config=parse(asked), household_of=str)["existing"]
    assert usual.fitted.report["params"]["num_leaves"] == learn.PARAMS["num_leaves"]
    assert "tuning" not in usual.report["choices"]


def test_a_search_is_stopped_between_two_trials(county) -> None:
    config = parse({"known_by": KNOWN_BY.isoformat()[:7], "tuning": {"minutes": 60}})

    def stop(label: str, done: int, total: int) -> None:
        if label.endswith("tuning 2"):
            raise Cancelled

    with pytest.raises(Cancelled):
        models.risk.train_questions(county, config=config, household_of=str, progress=stop)
    assert registry.alias(county, registry.CHALLENGER, "existing") is None


def test_a_version_is_measured_again_when_its_months_have_passed(county) -> None:
    asked = {"questions": ["coming"], "household_of": str}
    young = models.risk.train_questions(county, KNOWN_BY, closed_by=KNOWN_BY, **asked)["coming"]
    assert young.rows == []
    grown = models.risk.measure_again(county, young, household_of=str)
    anew = models.risk.train_questions(county, KNOWN_BY, **asked)["coming"]
    # The same rows taught both, so the same months say the same of them.
    assert grown.rows == anew.rows
    assert grown.version == young.version
    written = models.risk.read_report(county)["questions"]["coming"]
    assert written["split"]["test"] == anew.report["split"]["test"]


def test_months_ready_are_the_newest_with_a_profile(county) -> None:
    ready = rows.profiled_months(county, month(14))
    assert ready == [month(i) for i in range(2, 14)]
    assert rows.profiled_months(county, month(3), count=2) == [month(1), month(2)]


def test_families_in_need_now_are_not_the_question_of_the_coming(county) -> None:
    models.risk.train_questions(county, KNOWN_BY, questions=["coming"], household_of=str)
    scored = pq.read_table(county.reports / "scored_coming.parquet").to_pandas()
    need = pq.read_table(county.truth / "need.parquet").to_pandas()
    month_text = [m.strftime("%Y-%m") for m in scored["as_of"]]
    now = pd.MultiIndex.from_arrays([scored["household"], month_text]).isin(
        pd.MultiIndex.from_frame(need[["household_no", "month"]])
    )
    assert now.any()
    assert scored.loc[now, "truth"].isna().all()
    assert scored.loc[~now, "truth"].notna().all()


def test_training_knows_no_finding_that_came_after_known_by(county, monkeypatch) -> None:
    late = VisitedLake.visits.assign(known_on=date(2030, 1, 1))
    monkeypatch.setattr(VisitedLake, "visits", late)
    with pytest.raises(RiskError, match="no visit's finding was known by"):
        models.risk.train_questions(county, KNOWN_BY)


def test_without_a_later_month_the_gate_says_no(county) -> None:
    found = models.risk.train_questions(
        county, KNOWN_BY, questions=["existing"], closed_by=KNOWN_BY, household_of=str
    )
    result = found["existing"]
    assert result.rows == []
    assert result.report["faults"] == ["it was not tested on months later than its training"]
    with pytest.raises(RiskError, match="not tested on months later"):
        models.risk.promote(county, result.version, reason="x", question="existing")


def test_a_champion_that_has_learned_from_the_tested_months_is_met_by_its_way(county) -> None:
    """Praised for months it was told of, it could never be beaten; its way has not seen them."""
    slots = {"existing": 80}
    asked = {"questions": ["existing"], "slots": slots, "household_of": str}
    old = models.risk.train_questions(county, month(9), refit=True, **asked)["existing"]
    models.risk.promote(county, old.version, reason="first", question="existing", force=True)
    told: list[str] = []
    same = models.risk.train_questions(
        county, KNOWN_BY, progress=lambda label, *_: told.append(label), **asked
    )["existing"]
    assert "existing fit champion" in told
    checked = same.report["gate"]
    assert (checked["champion"], checked["champion_taught_anew"]) == (float(old.version), 1.0)
    scorers = {row["scorer"] for row in same.rows}
    assert "champion" in scorers
    # The same way, taught the same months, picks nearly the same: not worse, and not better.
    assert abs(checked["minus_champion"]) < 0.05
    codes = [one.code for one in registry.gate_verdict(county, same.version, "existing")]
    assert "unshown" in codes


def test_a_leak_speaks_against_the_version(county, monkeypatch) -> None:
    flag = {"feature": "self_paid", "kind": "alone", "auc": 0.99, "compared": None, "n": 500}
    found = {"flags": [flag], "n": 500, "compared": 0}
    monkeypatch.setattr(flags, "find_leaks", lambda *_: found)
    asked = {"questions": ["existing"], "household_of": str}
    result = models.risk.train_questions(county, KNOWN_BY, **asked)["existing"]
    assert result.report["leaks"]["flags"][0]["label_zh"] == "self_paid"
    kept = registry.measured(county, result.version, "existing")["gate"]
    assert (kept["leak.flag"], kept["leak.flag.self_paid"]) == (1, 0.99)
    with pytest.raises(RiskError, match="looks like a leak"):
        models.risk.promote(county, result.version, reason="x", question="existing")


def test_a_version_like_the_champion_is_held_against_it_by_group(county) -> None:
    slots = {"existing": 80}
    asked = {"questions": ["existing"], "slots": slots, "household_of": str}
    champion = models.risk.train_questions(county, month(9), **asked)["existing"]
    models.risk.promote(county, champion.version, reason="first", question="existing", force=True)
    same = models.risk.train_questions(county, KNOWN_BY, **asked)["existing"]
    told = registry.measured(county, same.version, "existing")["gate"]
    assert told["group.tested"] >= 1  # those alone are too few to be tested
    assert told["group.worse"] == 0
