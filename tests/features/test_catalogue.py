"""The catalogue and its reference page."""

from __future__ import annotations

import re

from features import docs
from features.catalogue import BY_NAME, FEATURES, model_features

SPEC_NAMES = [
    "suspected_destitute",
    "suspected_unsupported_child",
    "severely_disabled",
    "other_disabled",
    "several_disabled_or_aged_carer",
    "very_old",
    "child_rearing_burden",
    "lost_main_earner_12m",
    "labour_supply",
    "public_payroll_or_pension",
    "income_to_standard",
    "income_to_average",
    "income_fall_if_low",
    "monitoring_line_status",
    "declared_wage_to_standard",
    "self_paid_to_average",
    "medical_burden",
    "large_single_admission",
    "new_listed_disease_90d",
    "frequent_or_long_admissions",
    "uninsured",
    "medical_aid_due_unpaid",
    "post_compulsory_stage",
    "several_students",
    "education_burden",
    "suspected_dropout",
    "student_aid_due_unpaid",
    "high_fee_school",
    "unemployed_without_income",
    "zero_employment",
    "insurance_stopped",
    "hard_to_employ",
    "stable_job",
    "unsafe_housing",
    "disaster_housing",
    "urban_housing_shortage",
    "rent_burden",
    "new_high_standard_home",
    "edge_band",
    "single_dibao_candidate",
    "left_or_refused_24m",
    "rigid_ratio",
    "income_after_rigid_to_standard",
    "rehab_burden",
    "repeat_emergency_aid",
]


def test_every_indicator_has_its_feature():
    assert len(SPEC_NAMES) == 45
    assert [name for name in SPEC_NAMES if name not in BY_NAME] == []


def test_the_model_is_offered_at_least_ninety_household_features():
    offered = model_features()
    assert len(offered) >= 90
    assert {f.level for f in offered} == {"household"}
    assert {f.category for f in offered} >= set("ABCDEFGH")


def test_every_feature_is_labelled_in_both_languages():
    chinese = re.compile(r"[\u4e00-\u9fff]")
    unfit = [
        f.name
        for f in FEATURES
        if not chinese.search(f.zh)
        or chinese.search(f.en)
        or "{" in f.zh + f.en
        or not f.description
    ]
    assert unfit == []


def test_more_known_income_never_raises_risk():
    assert BY_NAME["income_per_head_month"].monotone == -1
    assert BY_NAME["income_to_standard"].monotone == -1


def test_no_two_features_of_the_model_share_a_label():
    labels = [(f.zh, f.en) for f in model_features()]
    doubled = {label for label in labels if labels.count(label) > 1}
    assert doubled == set()


def test_the_reference_page_names_every_feature_once():
    page = docs.text()
    missing = [f.name for f in FEATURES if page.count(f"| `{f.name}` |") != 1]
    assert missing == []
