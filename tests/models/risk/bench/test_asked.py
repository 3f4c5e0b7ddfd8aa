"""What a training is asked takes effect, and a training that is stopped leaves nothing behind."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

import models.risk
from core.home import Home
from core.progress import Cancelled
from models.risk import registry, rows, tracking
from models.risk.bench import budget, planning
from models.risk.bench.config import FILE, ConfigError, parse
from models.risk.dataset import catalogue
from models.risk.rows import question_rows
from tests.dashboard import teaching

DAY = "2025-12"


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Home:
    """A county to learn from; what one test registers the next does not mind."""
    return teaching.build(tmp_path_factory.mktemp("county"))


def trained(home: Home, **asked):
    config = parse({"known_by": DAY, "questions": ["existing"], "refit": False} | asked)
    return models.risk.train_questions(home, config=config, household_of=str)


def runs(home: Home, question: str = "existing") -> list:
    client = tracking.open_client(home)
    place = tracking.experiment(home, client, tracking.model_name(question))
    return client.search_runs([place], order_by=["attributes.start_time DESC"])


@pytest.mark.slow
def test_candidates_and_features_are_those_asked_for(county: Home) -> None:
    result = trained(
        county,
        candidates=["lightgbm", "income"],
        features={
            "categories": ["B", "C"],
            "exclude": ["medical_burden"],
            "include": ["n_members"],
        },
    )["existing"]
    scorers = {row["scorer"] for row in result.rows}
    assert scorers == {"model", "lightgbm", "income"}
    assert result.fitted.features == ("income_to_standard", "n_members") or set(
        result.fitted.features
    ) == {"income_to_standard", "n_members"}
    assert result.report["choices"]["monotone"] is False
    assert "missing" not in result.report["config"]
    assert result.report["config"]["candidates"] == ["lightgbm", "income"]


@pytest.mark.slow
def test_only_the_households_asked_for_teach_and_all_are_measured(county: Home) -> None:
    plan = planning.plan_of(county, parse({"known_by": DAY}))
    every = question_rows(county, "existing", plan, list(catalogue()))
    assert set(every.labelled["watch"]) == {"at_risk"}  # this county watches everybody
    none = question_rows(county, "existing", plan, list(catalogue()), watch={"at_risk"})
    assert len(none.labelled) == len(every.labelled)
    with pytest.raises(models.risk.RiskError, match="choose other months and households"):
        trained(county, populations=["secured"])


def test_the_months_asked_for_teach(county: Home) -> None:
    asked = parse({"months": {"from": "2025-03", "to": "2025-09"}})
    plan = planning.plan_of(county, asked)
    assert [f"{m:%Y-%m}" for m in plan.teach] == ["2025-03", "2025-06", "2025-09"]
    assert f"{plan.known_by:%Y-%m}" == "2025-12"  # visits within three months have arrived
    assert all(month > plan.known_by for month in plan.test)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"known_by": "2027-01"}, "known_by 2027-01 is not among the county's months"),
        ({"months": {"from": "2020-01", "to": "2025-09"}}, "months.from 2020-01 is not among"),
        ({"known_by": "2025-09", "horizon": 12}, "a horizon of 12 months is too long"),
    ],
)
def test_what_the_countys_months_do_not_allow_is_refused(county: Home, asked, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        planning.plan_of(county, parse(asked))


def test_a_feature_that_is_none_is_refused_with_those_near_it() -> None:
    asked = parse({"features": {"exclude": ["medical_burdn"]}})
    with pytest.raises(ConfigError, match="no feature medical_burdn; near it are medical_burden"):
        planning.cards_of(asked, catalogue())
    few = parse({"features": {"categories": []}})
    with pytest.raises(ConfigError, match="at least 3 are needed"):
        planning.cards_of(few, catalogue())


@pytest.mark.slow
def test_another_horizon_is_learned_and_kept_with_the_run(county: Home) -> None:
    result = trained(county, questions=["coming"], horizon=3)["coming"]
    assert result.report["horizon"] == 3
    assert registry.measured(county, result.version, "coming")["split"]["horizon"] == 3


@pytest.mark.slow
def test_the_configuration_is_kept_with_the_run(county: Home) -> None:
    asked = parse({"known_by": DAY, "questions": ["existing"], "refit": False, "seed": 7})
    result = models.risk.train_questions(county, config=asked, household_of=str)["existing"]
    client = tracking.open_client(county)
    run = client.get_run(result.run_id)
    assert run.data.tags["training_sha256"] == asked.digest
    assert run.info.status == "FINISHED"
    kept = client.download_artifacts(result.run_id, FILE)
    with open(kept, encoding="utf-8") as text:  # noqa: PTH123
        assert text.read() == asked.as_yaml()
    assert json.loads(run.data.params["seeds"]) == [7, 19]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_figures(county: Home) -> None:
    first, again = trained(county, seed=5)["existing"], trained(county, seed=5)["existing"]
    assert first.rows == again.rows
    assert first.fitted.boosters[0].model_to_string() == again.fitted.boosters[0].model_to_string()
    other = trained(county, seed=6)["existing"]
    assert other.fitted.boosters[0].model_to_string() != first.fitted.boosters[0].model_to_string()


@pytest.mark.slow
def test_progress_moves_through_every_step_and_never_back(county: Home) -> None:
    told = []
    config = parse({"known_by": DAY})
    models.risk.train_questions(
        county, config=config, household_of=str, progress=lambda *given: told.append(given)
    )
    steps = [(done, total) for label, done, total in told if not label.startswith("profile")]
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert len({total for _, total in steps}) == 1
    assert steps[-1][0] == steps[-1][1]
    words = {label.split()[1] for label, *_ in told if label.split()[0] in ("existing", "coming")}
    assert words >= {"rows", "visits", "weights", "features", "fit", "baselines", "score",
                     "measure", "importance"}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("stopped_at", ["rows", "fit", "score", "importance", "register"])
def test_a_stopped_training_leaves_nothing_half_registered(county: Home, stopped_at: str) -> None:
    before = [registry.alias(county, registry.CHALLENGER, q) for q in ("existing", "coming")]
    report = models.risk.read_report(county)

    def stop(label: str, done: int, total: int) -> None:
        if stopped_at in label.split() and not label.startswith("existing"):
            raise Cancelled

    with pytest.raises(Cancelled):
        models.risk.train_questions(county, config=parse({"known_by": DAY}), progress=stop)
    after = [registry.alias(county, registry.CHALLENGER, q) for q in ("existing", "coming")]
    assert after == before
    assert models.risk.read_report(county) == report
    for question in ("existing", "coming"):
        assert runs(county, question)[0].info.status == "KILLED"


@pytest.mark.slow
def test_a_run_whose_process_was_killed_is_closed_by_the_next_training(county: Home) -> None:
    client = tracking.open_client(county)
    place = tracking.experiment(county, client, tracking.model_name("existing"))
    from models.risk.bench import runs as kept

    tags = {kept.HOST: kept.socket.gethostname(), kept.PID: "1", kept.MARK: "long ago"}
    lost = client.create_run(place, tags=tags).info.run_id
    trained(county)
    assert client.get_run(lost).info.status == "KILLED"


def test_the_time_given_ends_a_training_at_its_next_step(
    county: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0.0, 10.0, 70.0, 71.0])
    monkeypatch.setattr(budget.time, "monotonic", lambda: next(moments))
    with pytest.raises(budget.BudgetSpent, match="the 1 minute"):
        trained(county, minutes=1)
    assert runs(county)[0].info.status == "FAILED"


def test_only_wanted_rows_are_read_and_they_are_the_same(county: Home) -> None:
    month = county.months("profile")[3]
    path = county.monthly("profile", month) / "household.parquet"
    whole = models.risk.dataset.read_profile(path, teaching.FEATURES, at_risk_only=False)
    some = set(whole["household"][::7])
    part = models.risk.dataset.read_profile(
        path, teaching.FEATURES, at_risk_only=False, wanted=lambda h: h.isin(some).to_numpy()
    )
    left = whole[whole["household"].isin(some)].reset_index(drop=True)
    assert part.equals(left)
    assert pq.read_metadata(path).num_rows == len(whole) > len(part)
    assert rows.SAMPLE == 8
