"""Versions of a home's rules: written as drafts, tried, approved by a second person, in force.

The room knows nothing of poverty: a version is a folder of texts with a life. What the texts mean
is the business of whoever reads them (`models.scorecard`, `alerts.policy`).
"""
