"""Rules and features fit: every rule looks at a feature that exists and speaks its words."""

from __future__ import annotations

from datetime import date

from features.catalogue import BY_NAME, FEATURES
from models.scorecard import RuleSet, load_rules

KINDS = {"boolean": "flag", "string": "word", "float64": "number", "int64": "number"}


def test_every_rule_looks_at_a_feature_of_its_level_and_type() -> None:
    rules = load_rules(date(2026, 6, 30), catalogue=FEATURES)
    wrong = [
        f"{i.id}: {i.feature} is {BY_NAME[i.feature].dtype}"
        for i in rules.indicators.values()
        if KINDS[BY_NAME[i.feature].dtype] != i.kind
    ]
    assert wrong == []


def test_every_word_of_a_rule_is_one_that_its_feature_can_say(rules: RuleSet) -> None:
    silent = [
        f"{i.id}: {i.feature} does not mention '{tier.equals}'"
        for i in rules.indicators.values()
        for tier in i.tiers
        if i.kind == "word" and tier.equals is not None
        if f"'{tier.equals}'" not in BY_NAME[i.feature].description
    ]
    assert silent == []
