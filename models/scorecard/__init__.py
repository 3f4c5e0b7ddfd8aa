"""The rule scorecard: dated YAML rules, and table expressions that apply them to profiles."""

from __future__ import annotations

from models.scorecard.bands import Expectation
from models.scorecard.files import RuleFiles, read_awaited, read_files
from models.scorecard.month import Part, ScoredMonth, explain_household, score_month
from models.scorecard.reading import ScorecardError
from models.scorecard.rules import Indicator, RuleSet, load_rules, resolve

__all__ = [
    "Expectation",
    "Indicator",
    "Part",
    "RuleFiles",
    "RuleSet",
    "ScorecardError",
    "ScoredMonth",
    "explain_household",
    "load_rules",
    "read_awaited",
    "read_files",
    "resolve",
    "score_month",
]
