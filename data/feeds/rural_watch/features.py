"""The rural watch list against a return to poverty (农业农村 三类监测对象, quarterly).

A family stands there with a row for each member; of each member's family the newest entry counts.
"""

from __future__ import annotations

from features.engine import days_before, source

entries = source("rural_watch", entity="household", each=("person", "asset"))
WATCHED = ("listed", "watched")


@entries.feature(missing=False, category="B", zh="在防返贫监测名单", en="On the rural watch list")
def on_rural_watch(w):
    """A member's family is on the list and its risk is not over."""
    return w.event.isin(WATCHED).any()


@entries.feature(
    missing=None, category="B", for_model=False, zh="监测类别", en="Kind on the rural watch list"
)
def rural_watch_kind(w):
    """unstable, marginal or sudden, of the families still watched."""
    return w.watched_kind.max(where=w.event.isin(WATCHED))


@entries.feature(
    missing=None, unit="天", category="B", zh="纳入监测天数", en="Days since put on the watch list"
)
def days_since_rural_watch(w):
    """Days since the family still watched was put on the list, or last confirmed."""
    return days_before(w, w.happened_on.max(where=w.event.isin(WATCHED)))


@entries.feature(
    missing=None,
    unit="天",
    category="B",
    zh="监测风险消除天数",
    en="Days since the rural risk was over",
)
def days_since_rural_watch_over(w):
    """Days since a member's family left the list because its risk was over."""
    return days_before(w, w.happened_on.max(where=w.event == "over"))
