"""The trade union's roll and wages owed (总工会、人社 困难职工与欠薪, quarterly)."""

from __future__ import annotations

from features.engine import derived, source

entries = source(
    "hard_up_workers",
    entity="household",
    each=("person", "kind", "since"),
    rows=lambda w: w.state == "open",
)
ARREARS = 3.0


@entries.feature(missing=False, category="E", zh="在困难职工名册", en="On the trade union's roll")
def on_union_roll(w):
    """A member is on the trade union's roll of workers in hardship."""
    return (w.kind == "union_roll").any()


@entries.feature(
    missing=0.0, unit="元", category="E", monotone=+1, zh="未解决欠薪", en="Wages owed to members"
)
def wages_owed(w):
    """Wages owed to members that are not settled."""
    return w.amount.sum(where=w.kind == "arrears")


@derived(level="household", category="E", zh="困难职工或欠薪", en="Hard-up worker or wages owed")
def hard_up_worker(h):
    """E05: on the union's roll, or wages of at least 3S are owed (policy §3.3 E05)."""
    return h.on_union_roll | (h.wages_owed >= ARREARS * h.S)
