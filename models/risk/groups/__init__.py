"""Fairness: who is found and who is missed, by groups of households.

`report.of_training` reports on a version just trained; `beside` compares it with the champion,
group by group; `alerts.groups` adds the alerts really raised.
"""
