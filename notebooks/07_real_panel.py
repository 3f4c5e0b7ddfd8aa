# %% [markdown]
# # 7 · The real panel
#
# **What this answers.** What is Doudi worth on real families, whose later lives are known?
#
# The EPH (Encuesta Permanente de Hogares, INDEC, Argentina) asked real households up to four
# times. The question: at a household's second interview, from all that it told then and at the
# first, will it be poor three quarters later? The panel takes the same way as a county's files:
# contracts, features, profile, training. **Real data; cite INDEC.** Nothing of it is kept.

# %%
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.eph import benchmark
from core.home import Home
from core.keys import scratch_key
from dashboard.charts import stills
from doudi.notebooks import open_panel

panel = open_panel()

# %% [markdown]
# Everything below works in a folder that is thrown away, its key with it. It takes some minutes.

# %%
with tempfile.TemporaryDirectory(prefix="doudi-eph-") as folder, scratch_key(Path(folder)):
    result = benchmark.run(panel, Home(Path(folder)))
rows = pd.DataFrame(result.rows)
source = "Real households: EPH, INDEC. "
print(*result.notes, sep="\n")
pd.Series(result.split).drop(["train"]).to_frame("split")

# %% [markdown]
# ## Who could be followed
#
# A household that cannot be found again has no label. Who is lost is not lost at random, and no
# figure below speaks of them.

# %%
followed = pd.Series(
    {
        "first interview": 1.0,
        "found for the second": result.attrition["second_share"],
        "and for the third": result.attrition["third_share"],
    }
)
stills.bars(
    followed,
    f"{followed.iloc[-1]:.0%} of households were found for all three interviews",
    source + f"{result.attrition['first_interviews']:,} first interviews.",
    form="{:.0%}",
)

# %% [markdown]
# ## How good is the model, and is it better than simpler ways?
#
# *Return* (返贫): poor at the first interview, not at the second, poor again later. *New entry*
# (致贫): not poor at both. They are never mixed: return is five times as frequent.

# %% picture="real_panel"
model = rows[rows["scorer"] == "lightgbm"].set_index("population")
populations = {"entry": "Entry", "return": "Return 返贫", "new_entry": "New entry 致贫"}
top = rows[rows["population"].isin(populations)]
shown = pd.DataFrame(
    {
        "label": top["population"].map(populations) + " · " + top["scorer"].str.replace("_", " "),
        "share": top["precision_top5"],
        "low": top["precision_top5_low"],
        "high": top["precision_top5_high"],
        "n": top["k_top5"],
    }
)
stills.shares(
    shown,
    f"Of the 5 % most at risk {model.loc['return', 'precision_top5']:.0%} returned to poverty and "
    f"{model.loc['new_entry', 'precision_top5']:.0%} newly fell into it",
    source + f"Features from {result.split['first_test_feature_quarter']} on, every label used "
    f"before is dated {result.split['last_label_before_test']} or earlier; 95 % Wilson intervals.",
)

# %%
auc = rows.pivot_table(index="population", columns="scorer", values="auc", sort=False)
gain = (auc["lightgbm"] - auc["logistic"]).rename(index=populations | {"all": "All"})
stills.bars(
    gain * 100,
    f"The model ranks better than logistic regression by {gain.min() * 100:.1f} to "
    f"{gain.max() * 100:.1f} points of AUC",
    source + "AUC of LightGBM minus AUC of logistic regression on the same rows, in points.",
    form="{:+.1f}",
)

# %% [markdown]
# ## All figures
#
# An AUC above 0.95 here would be a leak until shown otherwise.

# %%
rows.drop(columns=["brier", "recall_top5"]).round(3)

# %% [markdown]
# ## What to look at next
#
# - `doudi benchmark eph DIR --home DIR` keeps the result as a home that the dashboard can open.
# - `docs/studies/`: what helped on this panel and what did not.
# - [01_profiles](01_profiles.py) again, with your own county's files.
