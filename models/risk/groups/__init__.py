"""Fairness: who is found and who is missed, by groups of households.

`of_training(home, question, as_of, scored)` reports on a version just trained and
`group_metrics(report)` gives the metrics to log with its run; `alerts.groups` adds the alerts
really raised.
"""

from models.risk.groups.report import group_metrics, of_training, read_groups, write_groups

__all__ = ["group_metrics", "of_training", "read_groups", "write_groups"]
