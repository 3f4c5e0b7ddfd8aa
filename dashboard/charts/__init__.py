"""Figures: a small frame in, a Plotly figure out. Nothing here knows Streamlit or a database.

Every chart takes `say` for its words, starts bars at zero, labels values directly and tells its
message in more than colour.
"""

from dashboard.charts.alternative import alternative, is_empty
from dashboard.charts.case_line import case_line
from dashboard.charts.checkup import firing, spread
from dashboard.charts.county import by_source, funnel, need_bars, ranked, township_map
from dashboard.charts.explaining import beeswarm, dependence, steadiness
from dashboard.charts.fairness import crossed, groups
from dashboard.charts.family import feature_steps, money, risk_steps, score_bars
from dashboard.charts.feeds import freshness, sent_back, volume
from dashboard.charts.laboratory import cut_offs, trial_visits
from dashboard.charts.lives import lives
from dashboard.charts.model import calibration, folds, importance, scorers
from dashboard.charts.rolling import at_capacities, rolling_folds
from dashboard.charts.supervision import load_bars, step_bars
from dashboard.charts.trust import calibration_pair, causes, dots, lead, trend
from dashboard.charts.watching import moved, promised, risks_by_month

__all__ = [
    "alternative",
    "at_capacities",
    "beeswarm",
    "by_source",
    "calibration",
    "calibration_pair",
    "case_line",
    "causes",
    "crossed",
    "cut_offs",
    "dependence",
    "dots",
    "feature_steps",
    "firing",
    "folds",
    "freshness",
    "funnel",
    "groups",
    "importance",
    "is_empty",
    "lead",
    "lives",
    "load_bars",
    "money",
    "moved",
    "need_bars",
    "promised",
    "ranked",
    "risk_steps",
    "risks_by_month",
    "rolling_folds",
    "score_bars",
    "scorers",
    "sent_back",
    "spread",
    "steadiness",
    "step_bars",
    "township_map",
    "trend",
    "trial_visits",
    "volume",
]
