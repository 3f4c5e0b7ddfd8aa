"""Fairness of the alerts: `groups_report` measures them and the model by groups of households."""

from alerts.groups.report import groups_report

__all__ = ["groups_report"]
