# %% [markdown]
# # 3 · Train and compare
#
# **What this answers.** How is the risk model taught, on which months is it judged, and is it
# better than simpler ways?
#
# The training below is the product's own (`doudi train`), for the question *existing* (现存): does
# a visit now find an unmet need? It runs in a scratch home: the county's data are read through
# links, MLflow's store and every report are thrown away with it. The county's champion stays.

# %%
import pandas as pd

from alerts.slots import lane_slots
from core.home import add_months
from dashboard.charts import stills
from doudi.notebooks import note, open_home, scratch_home
from models.risk import champion_version, plan_months, train_questions
from models.risk.registry import CHALLENGER, alias
from models.risk.tracking import open_client

home = open_home()
scratch = scratch_home(home)
known_by = add_months(home.months("risk")[0], -1)
plan = plan_months(scratch, known_by)
print(f"taught with what was known by {plan.known_by}, tested on {len(plan.test)} later months")

# %% [markdown]
# ## Train
#
# A profile of every third month teaches, with what visits of the next three months found. Labels
# come from visits, and visits were made for reasons: rows are weighted by the inverse chance of
# the visit, or the model learns whom we used to visit.

# %%
slots = lane_slots(home)
result = train_questions(scratch, known_by, questions=["existing"], slots=slots)["existing"]
report = result.report
training = report["training"]
pd.Series(
    {
        "rows taught": training["n_train"],
        "rows that calibrate": training["n_calibrate"],
        "features": report["n_features"],
        "trees": training["rounds"],
        "calibration": training["calibration"],
        "weights": report["choices"]["weights"],
        "monotone": report["choices"]["monotone"],
    }
).to_frame("")

# %% [markdown]
# ## Which months teach, which judge
#
# Time is never cut at random: a household in training and in test at once would double the score
# of a model that learned nothing. Every label used for training was closed before the first test
# month began.

# %% picture="folds"
folds = pd.DataFrame(report["folds"])
folds["row"] = folds["role"]
spans = folds.rename(columns={"month": "begins", "label_until": "ends"})
stills.months(
    spans,
    f"{sum(folds['role'] != 'test')} months teach and calibrate, {sum(folds['role'] == 'test')} "
    f"later ones judge; {known_by:%Y-%m} lies between",
    note(home, "From the day the features were known to the day the label was closed."),
)

# %% [markdown]
# ## Every candidate on the same rows
#
# Each scorer picks as many households a month as the lane can visit. Those of its picks that a
# visit saw later tell how good they were. `both` joins the ranks of model and scorecard.

# %% picture="candidates"
rows = pd.DataFrame(report["rows"])
lane = rows[(rows["population"] == "all") & rows["precision_at_k"].notna()]
lane = lane.sort_values("precision_at_k", ascending=False)
names = {
    "model": "the model",
    "lightgbm": "LightGBM",
    "lightgbm_monotone": "LightGBM, monotone",
    "logistic": "logistic regression",
    "income": "rank by income",
    "both": "both",
    "scorecard": "scorecard",
}
shown = pd.DataFrame(
    {
        "label": lane["scorer"].map(names),
        "share": lane["precision_at_k"],
        "low": lane["precision_low"],
        "high": lane["precision_high"],
        "n": lane["n_seen"],
    }
)
best, chance = shown.iloc[0], lane["prevalence"].iloc[0]
stills.shares(
    shown,
    f"At {report['slots']} visits a month {best['label']} finds most: {best['share']:.0%} of the "
    f"picks that were seen; by chance {chance:.0%}",
    note(
        home,
        "Weighted by the inverse chance of the visit; n picks seen by a later visit; 95 % "
        "Wilson intervals of the number of equal visits that the weighted ones are worth.",
    ),
    overall=chance,
)

# %%
lane.set_index("scorer")[["n_test", "n_cases", "auc", "ap", "brier", "ece"]].round(3)

# %% [markdown]
# Intervals that overlap settle little. The gate looks at the *paired* difference: both scorers on
# the same draws of households, and only on visits that no alert of the model in use sent.

# %%
gate = pd.Series(report["gate"]).filter(regex="minus_logistic|n_logistic|promised|found|slope")
gate.astype(float).round(3).to_frame("what the gate asks")

# %%
print(*(report["faults"] or ["the gate finds no fault"]), sep="\n")

# %% [markdown]
# ## Does it keep what it promises?

# %%
told = pd.DataFrame(report["reliability"])
told = told[told["scorer"] == "model"].rename(
    columns={
        "mean_risk": "promised",
        "observed": "found",
        "observed_low": "low",
        "observed_high": "high",
    }
)
highest = told.iloc[-1]
stills.calibration(
    told,
    f"Where the model promises {highest['promised']:.0%} on average, visits found a need in "
    f"{highest['found']:.0%}",
    note(
        home,
        f"Ten bins of {told['n'].sum():,} later visits, unweighted: they went where alerts "
        "sent them. 95 % Wilson intervals.",
    ),
)

# %% [markdown]
# ## What MLflow keeps
#
# One run per training: parameters, metrics, the fingerprint of the data, the model. The version is
# registered as *challenger*; only a promotion with a reason makes it champion.

# %%
kept = open_client(scratch).get_run(result.run_id).data
print(
    f"version {alias(scratch, CHALLENGER, 'existing')} is the scratch store's challenger; "
    f"the county's champion is still version {champion_version(home, 'existing')}"
)
print(f"{len(kept.params)} parameters, {len(kept.metrics)} metrics, {len(kept.tags)} tags")

# %%
pd.Series(kept.metrics).filter(regex="all.*model|model.*all").round(3).head(10).to_frame("metric")

# %% [markdown]
# ## What to look at next
#
# - [04_explain](04_explain.py): what moves the model, and one household's reasons.
# - The page *Model* (模型) shows the champion in the same way.
# - `docs/decisions/0008-labels-and-time.md`, `0019-find-and-foresee.md`,
#   `0021-learn-again-after-the-test.md`.
