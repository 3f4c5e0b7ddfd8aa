# %% [markdown]
# # 2 · From feature to indicator
#
# **What this answers.** How does a bill from the medical insurance office become points in a rule
# score, and where in the code does each step stand?
#
# We follow one indicator, **C01 Personal 12-month out-of-pocket cost** (个人年度自付医疗费), from
# the file to the finding of a visit. Every other indicator goes the same way.

# %%
import inspect

import pandas as pd

from alerts.precision import precision
from core.db import open_session
from dashboard.charts import stills
from data.backends import connect
from data.lake import Lake
from doudi.notebooks import note, open_home
from features.catalogue import BY_NAME
from features.engine import registry
from models.scorecard import load_rules

home = open_home()
as_of = home.months("scores")[-1]
rule = load_rules(as_of, home=home).indicators["C01"]
small_print = note(home, f"As known on {as_of}.")
f"{rule.id} {rule.label.en}: reads {rule.feature}"

# %% [markdown]
# ## 1. The events
#
# The lake holds what the office delivered. A row counts from the day it was *known*, not only from
# the day it happened, so that any past month can be replayed as it was.

# %%
claims = Lake(home).table(connect(), "medical_claims", as_of)
by_kind = claims.group_by("visit_type").agg(bills=claims.count(), paid=claims.self_paid.sum())
by_kind = by_kind.to_pandas().set_index("visit_type").sort_values("paid", ascending=False)
stills.bars(
    by_kind["paid"] / 1e6,
    f"Families paid {by_kind['paid'].sum() / 1e6:,.0f} million yuan themselves; "
    f"{by_kind['paid'].iloc[0] / by_kind['paid'].sum():.0%} of it for {by_kind.index[0]} care",
    small_print + f" {by_kind['bills'].sum():,} settlements; million yuan, reversals taken off.",
    form="{:,.1f}",
)

# %% [markdown]
# ## 2. The feature
#
# Its author wrote one reduction. The cut by date, the grouping by person, the join to the
# population and the meaning of "no record" (`missing=0.0`, while the feed speaks) are the
# engine's work. It runs on DuckDB; nothing here is a Python loop over rows.

# %%
print(inspect.getsource(registry().features["self_paid_12m"].function))

# %%
print(inspect.getsource(registry().features[rule.feature].function))

# %%
feature = BY_NAME[rule.feature]
told = ["name", "level", "zh", "en", "unit", "feeds", "category", "null_rule", "description"]
pd.Series({name: getattr(feature, name) for name in told}).to_frame("the catalogue says")

# %% [markdown]
# ## 3. The indicator
#
# What policy says stands in YAML (`models/scorecard/indicators/C01.yaml`): the tiers are exclusive
# and the first that matches wins. Which of them hold on a day can be changed in a version of the
# rules; what the feature means cannot.

# %%
pd.set_option("display.max_colwidth", 100)
tiers = pd.DataFrame(
    {
        "at least": [tier.at_least for tier in rule.tiers],
        "points": [tier.points for tier in rule.tiers],
        "in words": [tier.label.en for tier in rule.tiers],
    }
).fillna("otherwise")
tiers

# %% picture="tiers"
people = pd.read_parquet(home.monthly("profile", as_of) / "person.parquet")
value = people[rule.feature].astype(float)
reached = value[value >= min(tier.at_least for tier in rule.tiers[:-1])]
stills.spread(
    reached.clip(upper=2),
    f"{len(reached) / value.notna().sum():.1%} of people paid enough for points: a quarter of "
    "a year's local income",
    small_print + f" {len(reached):,} of {value.notna().sum():,} people whose costs are known; "
    "more than 2 is shown as 2. The lines are the tiers.",
    marks={f"{tier.points:+g}": tier.at_least for tier in rule.tiers[:-1]},
    across="own costs of 12 months ÷ local income per head",
)

# %% [markdown]
# ## 4. The points
#
# Rule score = (Σ points of members + n × Σ points of the household) ÷ n. So a member's 25 points
# weigh 25 in a household of one and 5 in a household of five. The stored parts always add up to
# the stored score.

# %%
scores = pd.read_parquet(home.monthly("scores", as_of) / "scores.parquet")
parts = pd.read_parquet(home.monthly("scores", as_of) / "parts.parquet")
total = parts.groupby("household")["contribution"].sum()
gap = scores.set_index("household")["rule_score"].sub(total, fill_value=0.0).abs().max()
print(f"largest difference between a score and the sum of its parts: {gap:.9f}")

# %%
fired = parts[parts["contribution"] > 0].groupby("indicator")["contribution"].sum()
named = fired.nlargest(12)
rules = load_rules(as_of, home=home)
named.index = [f"{i} {rules.indicators[i].label.en}" for i in named.index]
stills.bars(
    named / fired.sum(),
    f"Twelve of {len(fired)} indicators give {named.sum() / fired.sum():.0%} of all points; "
    f"C01 gives {fired.get('C01', 0.0) / fired.sum():.1%}",
    small_print + " Share of all positive contributions to rule scores.",
    form="{:.1%}",
)

# %% [markdown]
# ## 5. Was it right?
#
# Alerts that name the indicator were visited. The share in which a need was confirmed is its
# precision, with the number of concluded alerts and a 95 % interval; below ten it says nothing.
# An indicator with many points and a low precision is a question for the analysts.

# %%
with open_session(home) as session:
    found = precision(session, by="indicator", question="existing")
enough = found[found["n"] >= 10].sort_values("precision", ascending=False)
shown = pd.DataFrame(
    {
        "label": enough["group"] + " " + enough["label_en"],
        "share": enough["precision"].astype(float),
        "low": enough["low"].astype(float),
        "high": enough["high"].astype(float),
        "n": enough["n"],
    }
)
stills.shares(
    pd.concat([shown.head(8), shown.iloc[8:].tail(8)]),
    f"{len(shown)} of {len(found)} indicators are named by ten concluded alerts or more; "
    "the best and the worst of them",
    note(
        home,
        "Confirmed ÷ concluded alerts that name the indicator, 95 % Wilson intervals. "
        "An alert counts in every indicator that it names.",
    ),
)

# %% [markdown]
# ## What to look at next
#
# - [03_train](03_train.py): what a model makes of the same features.
# - The page *Report cards* (指标体检) has all of this per indicator, month and township.
# - `docs/reference/indicators.md`: all indicators, their tiers, and what to check on site.
