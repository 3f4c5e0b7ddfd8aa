"""Fairness: who is found and who is missed, by groups of households.

`of_training(home, question, as_of, scored)` reports on a version just trained; `beside` compares
it with the champion, group by group; `alerts.groups` adds the alerts really raised.
"""

from models.risk.groups.report import of_training, read_groups, write_groups

__all__ = ["of_training", "read_groups", "write_groups"]
