# %% [markdown]
# # 6 · Fairness
#
# **What this answers.** Does the same threshold serve groups of households alike: women and men,
# old and young, town and village, the visited and the never visited?
#
# Four questions, not one: is a group alerted as often, are its alerts as often right (*precision*),
# are its families in need as often found (*recall*), and does the model promise it too little
# (*gap*)? They cannot all be equal where groups differ, so each is shown, with its n.

# %%
import pandas as pd

from alerts.groups import groups_report
from core.db import open_session
from dashboard.charts import stills
from doudi.notebooks import note, open_home
from models.risk.groups.report import label, sentence, worst

home = open_home()
as_of = home.months("risk")[-1]
with open_session(home) as session:
    report = groups_report(home, session, "existing", as_of)
about = report["rulers"]["alerts"]
print(
    f"{about['n_alerts']:,} alerts of twelve months, {about['n_verified']:,} settled, "
    f"{about['n_random']:,} random visits"
)

# %% [markdown]
# ## Who is served worse?
#
# Every group is compared with everybody else. Many comparisons find something by chance alone, so
# the p-values are adjusted together (Benjamini and Hochberg, 5 %); small groups are shown, never
# named.

# %%
named = worst(report, "alerts")
told = [sentence(one, label(report, one["dimension"], one["group"])).en for one in named]
print(*(told or ["No group is served worse beyond what chance explains."]), sep="\n")

# %% [markdown]
# ## Are its alerts as often right?

# %%
figures = pd.DataFrame(report["figures"])
each = [one["code"] for one in report["dimensions"] if one["each"]]
figures = figures[(figures["ruler"] == "alerts") & ~figures["crossed"]]
figures = figures[~figures["dimension"].isin(each) & figures["value"].notna()]
figures["label"] = [
    label(report, *pair).en for pair in zip(figures["dimension"], figures["group"], strict=True)
]
figures["share"] = figures["value"].astype(float)
right = figures[figures["measure"] == "precision"]
big = right.sort_values(["small", "share"], ascending=[False, True])
big = big[big["small"] == big["small"].iloc[-1]]
stills.shares(
    right,
    f"Precision goes from {big['share'].iloc[0]:.0%} ({big['label'].iloc[0]}) to "
    f"{big['share'].iloc[-1]:.0%} ({big['label'].iloc[-1]})",
    note(
        home,
        f"Confirmed ÷ settled alerts of twelve months to {as_of}; 95 % intervals; hollow: "
        f"fewer than {report['small']}.",
    ),
)

# %% [markdown]
# ## Are its families in need as often found?
#
# Recall is known from the visits that nobody chose. There are few of them, so the intervals are
# wide: that is the finding, not a blemish.

# %% picture="groups"
found = figures[figures["measure"] == "recall"]
sure = found[~found["small"]].sort_values("share")
wide = (sure["high"] - sure["low"]).astype(float)
stills.shares(
    found,
    f"Recall is known of {len(sure)} of {len(found)} groups, within {wide.median() / 2:.0%} either "
    "way for half of them",
    note(
        home,
        "Families found ÷ families in unmet need, n: random visits; 95 % intervals; hollow: "
        "too few visits or finds to say.",
    ),
)

# %% [markdown]
# ## Does the model promise it too little?

# %%
# Found minus promised over random visits; below zero: promised too much.
gap = figures[(figures["measure"] == "gap") & ~figures["small"]].set_index("label")
gap[["value", "low", "high", "n"]].astype(float).round(3).sort_values("value", ascending=False)

# %% [markdown]
# ## What equal recall would cost
#
# If every group of a dimension were to be found as often as the county as a whole, some groups
# would need more visits, others fewer.

# %%
equal = pd.DataFrame(report["equal"].get("cutoff", []))
equal.head(12).round(3)

# %% [markdown]
# ## What is not in the data
#
# A group that no feed names cannot be measured, and nobody should say that it is treated alike.

# %%
absent = [one["en"] for one in report["absent"]]
print(*(absent or ["every declared dimension is in the data"]), sep="\n")
print(*(f"not measured: {why}" for why in report["missing"].values()), sep="\n")

# %% [markdown]
# ## What to look at next
#
# - [07_real_panel](07_real_panel.py): real families, and the same way of learning.
# - The page *Fairness* (公平性) has crossings, townships and calibration by group.
# - `models/risk/groups/groups.yaml`: which groups are compared, and how they are cut.
