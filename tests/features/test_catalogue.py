"""The catalogue and its reference page."""

from __future__ import annotations

import pickle
import re
import sys
from dataclasses import replace
from functools import cache
from types import ModuleType

from features import docs
from features.catalogue import BY_NAME, FEATURES, model_features
from features.discovery import modules
from features.engine.feature import Registry, column

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


def test_every_feature_stands_after_all_it_uses():
    place = {f.name: number for number, f in enumerate(FEATURES)}
    late = [
        f"{f.name} stands before {used}"
        for f in FEATURES
        for used in f.uses
        if used in place and place[used] > place[f.name]
    ]
    assert late == []


@cache
def reached(module: str) -> set[str]:
    """Modules of features that a module imports, and those they import."""
    found, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            held = vars(sys.modules[name]).values()
            waiting += [m.__name__ for m in held if isinstance(m, ModuleType) and ours(m.__name__)]
            waiting += [m for m in map(declared_in, held) if ours(m)]
    return found


def declared_in(thing: object) -> str:
    return str(getattr(thing, "__module__", "") or "")


@cache
def ours(name: str) -> bool:
    return name in set(modules())


def test_a_module_imports_what_its_features_use():
    """So that the order in which modules are found does not matter."""
    missing = {
        f"{f.module} uses {used} of {BY_NAME[used].module}"
        for f in FEATURES
        for used in f.uses
        if used in BY_NAME
        and BY_NAME[used].kind != "spine"  # there whatever is imported
        and BY_NAME[used].module not in reached(f.module)
    }
    assert missing == set()


def test_features_stand_with_their_feed_or_with_the_combined_ones():
    for feature in FEATURES:
        place = feature.module.removeprefix("data.feeds.").split(".")[0]
        if feature.module.startswith("data.feeds.") and feature.kind == "event":
            assert feature.feeds == (place,), feature.name
        elif not feature.module.startswith("data.feeds."):
            assert feature.module.startswith("features.combined."), feature.name


def test_order_is_by_use_and_then_by_place():
    register = Registry()
    for name, uses in (("late", ("early",)), ("early", ()), ("alone", ())):
        register.add(replace(column(name), uses=uses))
    register.features = {n: replace(f, module=n) for n, f in register.features.items()}
    register.arrange({"late": 1, "alone": 2, "early": 3}.get)
    assert list(register.features) == ["early", "late", "alone"]


def test_a_feature_is_kept_by_its_name():
    for name in ("income_to_standard", "n_members"):
        assert pickle.loads(pickle.dumps(BY_NAME[name])) == BY_NAME[name]  # noqa: S301 - our own
