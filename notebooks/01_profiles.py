# %% [markdown]
# # 1 · Look at the profiles
#
# **What this answers.** Who is in the county this month, what do we know of them, and of how much
# do we know nothing?
#
# A *profile* (画像) has one row per household and one per person, as known at a month end. Nobody
# here has a name or a number: people are keyed pseudonyms, and this notebook only counts them.

# %%
import pandas as pd

from dashboard.charts import stills
from doudi.notebooks import note, open_home
from features.catalogue import FEATURES

home = open_home()
as_of = home.months("profile")[-1]
households = pd.read_parquet(home.monthly("profile", as_of) / "household.parquet")
people = pd.read_parquet(home.monthly("profile", as_of) / "person.parquet")
small_print = note(home, f"{len(households):,} households, as known on {as_of}.")
print(f"{len(households):,} households, {len(people):,} people, {households.shape[1]} columns")

# %% [markdown]
# ## Who they are

# %%
sizes = households["n_members"].clip(upper=6).value_counts(normalize=True).sort_index()
sizes.index = ["1 person", *(f"{n} people" for n in sizes.index[1:-1]), "6 people or more"]
stills.bars(
    sizes,
    f"{sizes.iloc[0]:.0%} of households are one person; the mean is "
    f"{households['n_members'].mean():.2f} people",
    small_print,
    form="{:.1%}",
)

# %% [markdown]
# ## Whom the bureau watches
#
# The *roster* (花名册) is what the bureau must look after: those on a roll now, those who left one
# within two years, those who were refused. Everybody else is known too, and looked at less.

# %%
classes = {
    "on_dibao": "低保 Dibao",
    "on_tekun": "特困 Tekun",
    "on_edge": "低保边缘 edge",
    "on_rigid": "刚性支出 rigid",
    "on_monitored": "防返贫 monitored",
    "on_other": "other",
    "left_or_refused_24m": "left a roll or refused, 24 months",
}
rolls = households[list(classes)].sum().rename(classes)
stills.bars(
    rolls,
    f"{households['watched'].mean():.0%} of households are watched; "
    f"{households['on_dibao'].sum():,} of them are on Dibao",
    small_print + " A household can be in several classes.",
)

# %% [markdown]
# ## What they live on
#
# Income is the sum of what files and visits told. Where they told too little it is *unknown*,
# which is never zero: an empty bank of knowledge is no proof of poverty.

# %%
known = households["income_known"].fillna(False).astype(bool)
income = households.loc[known, "income_to_standard"].astype(float)
stills.spread(
    income.clip(upper=8),
    f"Income is known of {known.mean():.0%} of households; half of these have more than "
    f"{income.median():.1f} × the local standard",
    small_print + " S = the local Dibao standard per head; more than 8 × S is shown as 8.",
    bins=48,
    marks={"S": 1.0},
    across="income per head ÷ local standard S",
)

# %% [markdown]
# ## What we do not know
#
# Every column of the profile belongs to a feature with a label, a unit, a source and a rule for
# when it is empty. The catalogue below is what SHAP labels and documents are made from.

# %%
catalogue = pd.DataFrame([{**vars(f), "null_rule": f.null_rule} for f in FEATURES])
catalogue = catalogue[catalogue["level"] == "household"].set_index("name")
present = catalogue.index.intersection(households.columns)
unknown = households[present].isna().mean()
by_feed = unknown.groupby(catalogue.loc[present, "feeds"].str[0]).mean().sort_values()
by_feed.index = by_feed.index.str.replace("_", " ")
stills.bars(
    by_feed,
    f"Least is known of what {by_feed.index[-1]} would tell: {by_feed.iloc[-1]:.0%} of its "
    "features are empty",
    small_print + " Mean share of empty values over the features of each feed.",
    form="{:.0%}",
)

# %%
catalogue.loc[present, ["en", "unit", "null_rule"]].sample(6, random_state=3)

# %% [markdown]
# ## How much of the scorecard can be judged
#
# *Coverage* (数据覆盖) is the share of indicators whose data is there and fresh. A low score with a
# low coverage means "we do not know", not "they are well".

# %% picture="coverage"
scores = pd.read_parquet(home.monthly("scores", as_of) / "scores.parquet")
stills.spread(
    scores["coverage"],
    f"Of a typical household {scores['coverage'].median():.0%} of the indicators can be judged, "
    f"of none more than {scores['coverage'].max():.0%}",
    small_print + " The other indicators wait for a feed or lack fresh data.",
    bins=24,
    across="share of indicators that can be judged",
)

# %% [markdown]
# ## What to look at next
#
# - [02_indicators](02_indicators.py): how one bill becomes a feature, an indicator and points.
# - `docs/reference/features.md` lists every feature; `docs/reference/feeds.md` every feed.
