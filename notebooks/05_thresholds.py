# %% [markdown]
# # 5 · Thresholds and precision
#
# **What this answers.** How often were the alerts right, how sure are we, whom did they miss, and
# what would another threshold have meant?
#
# *Precision* (准确率) = alerts with a confirmed unmet need ÷ concluded alerts. It never travels
# without its n and its interval, nor without what it does not say: how many families in need had
# no alert. That only the visits that nobody chose can tell.

# %%
import pandas as pd

from alerts.laboratory.curves import curve
from alerts.laboratory.estimates import gather
from alerts.laboratory.material import read_material
from alerts.policy import load_policy
from alerts.precision import causes, precision
from alerts.recall import audited_recall
from alerts.states import Cause
from core.db import open_session
from core.home import add_months
from dashboard.charts import stills
from doudi.notebooks import note, open_home
from models.scorecard import load_rules

home = open_home()
as_of = home.months("risk")[-1]
with open_session(home) as session:
    overall = precision(session, question="existing").iloc[0]
    by_band = precision(session, by="band", question="existing")
    by_source = precision(session, by="source", question="existing")
    by_month = precision(session, by="month", question="existing")
    false_alarms = causes(session)
small_print = note(
    home,
    "Confirmed ÷ concluded alerts that ask whether need is there now; "
    "95 % Wilson intervals; the audit sample is left out.",
)
overall[["precision", "low", "high", "n", "n_alerts", "unverified_share"]].to_frame("all alerts")

# %% [markdown]
# ## How often right, by band and by source
#
# The bands are sized by what visitors can do; a higher one should be right more often. If it is
# not, the points behind it are wrong.

# %% picture="precision_by_band"
bands = by_band.set_index("group").reindex(["red", "orange", "yellow", "blue"]).dropna(how="all")
rows = bands.rename(columns={"label_en": "label", "precision": "share"}).astype({"share": float})
told = ", ".join(f"{name} {share:.0%}" for name, share in rows["share"].items())
stills.shares(
    rows,
    f"Of the concluded alerts {overall['precision']:.0%} found a need: {told}",
    small_print,
    overall=overall["precision"],
)

# %%
rows = by_source.rename(columns={"label_en": "label", "precision": "share"})
stills.shares(
    rows.astype({"share": float}).sort_values("share", ascending=False),
    f"{len(rows)} sources raise alerts, and they are not equally right",
    small_print + " The source is the lane that took the visit.",
    overall=overall["precision"],
)

# %%
months = by_month[by_month["n"] > 0].set_index("group")
stills.lines(
    months[["precision"]].astype(float),
    f"Over {len(months)} months precision went from {months['precision'].iloc[0]:.0%} to "
    f"{months['precision'].iloc[-1]:.0%}",
    small_print + " The first months harvest a backlog; the newest have few concluded visits.",
    band=(months["low"].astype(float), months["high"].astype(float)),
    across="month in which the alert was raised",
)

# %% [markdown]
# ## Why the others were false

# %%
worst = false_alarms.set_index("group")["share"].head(8)
worst.index = [Cause(code).en for code in worst.index]
stills.bars(
    worst,
    f"The most frequent cause of a false alarm is '{worst.index[0]}', {worst.iloc[0]:.0%} of "
    f"{false_alarms['n'].sum():,}",
    note(home, "Share of all false alarms, by the cause that the visitor coded."),
    form="{:.0%}",
)

# %% [markdown]
# ## Whom did we miss?
#
# Visits drawn at random, below every threshold, are the measuring rod: which share of the families
# whom they find in need had an alert in time?

# %%
with open_session(home) as session:
    recalled = audited_recall(home, session, add_months(as_of, -11).replace(day=1), as_of)
print(recalled.sentence_en)
print(recalled.difference_en)

# %% [markdown]
# ## What another threshold would have meant
#
# The laboratory runs the past year again under another cut-off, with open cases, cool-downs and
# families in process as they were. A visit that was really made counts with what it found, every
# other with a probability learned from visits that nobody asked for.

# %%
rules, policy = load_rules(as_of, home=home), load_policy(home, as_of)
with open_session(home) as session:
    material = read_material(home, session, policy)
evidence = gather(material)
points = curve(
    material,
    rules,
    policy,
    evidence.whole,
    known=evidence.below,
    cut_offs=(0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75),
    named={"today": policy.open_existing},
)
tried = pd.DataFrame(
    {
        "cut-off": [point.cut_off for point in points],
        "visits a month": [point.visits for point in points],
        "finds a month": [point.finds for point in points],
        "precision": [getattr(point.found.precision, "value", None) for point in points],
        "low": [getattr(point.found.precision, "low", None) for point in points],
        "high": [getattr(point.found.precision, "high", None) for point in points],
        "name": [point.name for point in points],
    }
).astype({"precision": float, "low": float, "high": float})
tried.round(2)

# %% picture="thresholds"
seen = tried.dropna(subset=["precision"]).set_index("visits a month").sort_index()
few, many = seen.iloc[0], seen.iloc[-1]
stills.lines(
    seen[["precision"]],
    f"{seen.index[0]:,.0f} visits a month would find a need in {few['precision']:.0%}, "
    f"{seen.index[-1]:,.0f} in {many['precision']:.0%}",
    note(
        home,
        f"{len(material.months)} past months run again; expected shares, 95 % intervals. "
        f"Today's cut-off is {policy.open_existing:.2f}.",
    ),
    band=(seen["low"], seen["high"]),
    across="visits a month for a need now",
)

# %% [markdown]
# The same table in finds: more visits always find more families, each further one fewer. Where to
# stop is not a question of statistics but of how many visitors there are.

# %%
stills.lines(
    seen[["finds a month"]],
    f"From {seen.index[0]:,.0f} to {seen.index[-1]:,.0f} visits a month the finds rise from "
    f"{few['finds a month']:,.0f} to {many['finds a month']:,.0f}",
    note(home, f"{len(material.months)} past months run again; expected finds."),
    share=False,
    across="visits a month for a need now",
)

# %% [markdown]
# ## What to look at next
#
# - [06_fairness](06_fairness.py): whether the same threshold treats groups alike.
# - The page *Laboratory* (阈值实验室) tries points, bands and capacities in the same way, and says
#   what the next quarter is promised.
# - `docs/decisions/0034-laboratory.md`, `0015-recall-from-random-visits.md`: why it is done so.
