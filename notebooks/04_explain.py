# %% [markdown]
# # 4 · Explain
#
# **What this answers.** What moves the model, in the users' words? Do its reasons add up, do they
# hold when the figures change a little, and where does it disagree with the rules?
#
# The reasons of one family are shown on its page, to those who may see families, by the record.
# Here there are only means and samples: no family can be put together from them.

# %%
import pandas as pd

from dashboard.charts import stills
from doudi.notebooks import note, open_home
from features.catalogue import BY_NAME
from models.risk.explain import by_category
from models.risk.explaining.overview import overview
from models.risk.registry import load
from models.scorecard import load_rules

home = open_home()
as_of = home.months("risk")[-1]
fitted, version = load(home, question="existing")
found = overview(home, as_of, fitted, "existing", version)
small_print = note(
    home,
    f"Version {version}, {found.sample:,} of {found.households:,} households at risk, {as_of}.",
)
print(f"base + SHAP differ from the model's own margin by {found.gap:.1g} at most")

# %% [markdown]
# ## What moves it
#
# A SHAP value says how far a feature moves one household's log-odds away from the base. The mean of
# its size over a sample is the feature's weight in use. It is what the model leans on, no cause.

# %% picture="weights"
weights = found.weights.head(12)
arrow = weights["direction"].map({1: " ↑", -1: " ↓", 0: ""})
stills.bars(
    weights["weight"].set_axis(weights["label_en"] + arrow),
    f"'{weights['label_en'].iloc[0]}' moves the model most, '{weights['label_en'].iloc[1]}' next",
    small_print + " Mean |SHAP|, log-odds. ↑ more of it raises the risk, ↓ lowers it.",
    form="{:.2f}",
)

# %% [markdown]
# ## How one feature moves it
#
# Each dot is a household. Dots of one value at different heights are the work of other features
# that act together with this one.

# %%
numbers = found.points[found.points["value"].notna()].groupby("feature")["value"].nunique()
varied = weights[weights["feature"].isin(numbers[numbers > 20].index)].iloc[0]
points = found.points[found.points["feature"] == varied["feature"]].dropna(subset=["value"])
together = points["value"].corr(points["shap"])
stills.cloud(
    points["value"],
    points["shap"],
    f"'{varied['label_en']}': the more, the {'higher' if together > 0 else 'lower'} the risk "
    f"(correlation {together:.2f})",
    small_print + f" {len(points)} of them drawn, ends cut at the first and last percentile.",
    across=varied["label_en"],
    up="SHAP, log-odds",
)

# %%
labels = {name: feature.en for name, feature in BY_NAME.items()}
pairs = found.pairs.head(6).replace({"first": labels, "second": labels})
pairs.round({"strength": 3}).set_index("first")

# %% [markdown]
# ## Do the reasons hold?
#
# Every amount is changed by up to 5 % either way, ten times. A reason that comes and goes with such
# noise should not be told to a visitor as *the* reason.

# %%
held = found.stability
stills.bars(
    pd.Series(held.shares, index=[f"{n * 10}–{n * 10 + 10} %" for n in range(10)])[::-1],
    f"On average {held.mean:.0%} ({held.low:.0%}–{held.high:.0%}) of the three strongest reasons "
    "stay",
    note(
        home,
        f"{held.n:,} households ({held.of}), by share of their reasons that stay; "
        "95 % Wilson interval.",
    ),
)

# %% [markdown]
# ## What raises the risk of those who were alerted
#
# From the base to the mean of the alerted households, summed by the eight categories of the
# scorecard, so that both voices speak in the same words.

# %%
told = pd.read_parquet(home.monthly("risk", as_of) / "explain.parquet")
told = told[told["question"] == "existing"]
rules = load_rules(as_of, home=home)
words = {code: entry.label.en for code, entry in rules.categories.items()} | {"X": "Place and time"}
alerted = told["household"].nunique()
by_kind = by_category(told).groupby("category")["contribution"].sum() / alerted
by_kind = by_kind.rename(index=words).sort_values(ascending=False)
stills.bars(
    by_kind,
    f"'{by_kind.index[0]}' sets alerted households apart most: {by_kind.iloc[0]:+.1f} log-odds",
    note(home, f"Mean contribution over {alerted:,} explained households of {as_of}."),
    form="{:+.2f}",
)

# %% [markdown]
# ## Two voices
#
# The scorecard is written by people and read by everybody; the model learns. Where they differ most
# is where one of them knows something.

# %%
risk = pd.read_parquet(home.monthly("risk", as_of) / "risk.parquet")
scores = pd.read_parquet(home.monthly("scores", as_of) / "scores.parquet")
both = risk.merge(scores, on="household")
both = both[both["watch"] == "at_risk"]
top = max(1, len(both) // 20)
by_model = set(both.nlargest(top, "existing")["household"])
by_rules = set(both.nlargest(top, "rule_score")["household"])
shared = pd.Series(
    {
        "both": len(by_model & by_rules),
        "the model alone": len(by_model - by_rules),
        "the rules alone": len(by_rules - by_model),
    }
)
stills.bars(
    shared,
    f"Of the {top:,} highest of each voice {shared['both'] / top:.0%} are the same households",
    note(
        home,
        f"The top 5 % of {len(both):,} households at risk, {as_of}. Rank correlation "
        f"{both['existing'].corr(both['rule_score'], method='spearman'):.2f}.",
    ),
)

# %% [markdown]
# ## What to look at next
#
# - [05_thresholds](05_thresholds.py): how often those who were alerted were in need.
# - The pages *Household* (画像) and *Disagreements* (分歧): one family's reasons, who was right.
# - `models/risk/explaining`: similar past households, and what help could change.
