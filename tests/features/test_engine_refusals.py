"""What cannot be declared: it would see the future, multiply rows, or read nothing."""

from __future__ import annotations

import ibis
import pytest

import features.catalogue  # noqa: F401 (declares the features)
from features.engine import FeatureError, derived, members, scratch_registry, source, total
from features.engine.sources import Beyond

claims = source("medical_claims")
WORDS = {"zh": "甲", "en": "a", "category": "C"}


@pytest.fixture(autouse=True)
def scratch():
    with scratch_registry(copy=True):
        yield


def declare(function, on=claims, **options):
    function.__name__ = "trial"
    function.__doc__ = "A trial."
    return on.feature(**({"missing": 0.0, "months": 12} | WORDS | options))(function)


def test_a_column_without_a_reduction_is_refused():
    with pytest.raises(FeatureError, match=r"many values per person; finish it with a reduction"):
        declare(lambda c: c.self_paid)


def test_a_misspelt_column_is_refused_with_the_nearest_name():
    with pytest.raises(FeatureError, match=r"no column 'self_payed' .* did you mean self_paid"):
        declare(lambda c: c.self_payed.sum())


def test_a_filter_would_hide_rows_from_the_engine_and_is_refused():
    with pytest.raises(FeatureError, match=r"use where="):
        declare(lambda c: c.filter(c.remote).self_paid.sum())


def test_a_constant_reads_nothing_and_is_refused():
    with pytest.raises(FeatureError, match="reads no column"):
        declare(lambda c: ibis.literal(1.0))


def test_a_plain_number_is_refused():
    with pytest.raises(FeatureError, match="returns a float"):
        declare(lambda c: 1.0)


def test_the_meaning_of_no_record_must_be_chosen():
    with pytest.raises(FeatureError, match="must say what no record means"):
        claims.feature(months=12, **WORDS)(lambda c: c.self_paid.sum())


def test_the_fill_value_must_be_of_the_features_kind():
    with pytest.raises(FeatureError, match=r"is float64; missing=False does not fit"):
        declare(lambda c: c.self_paid.sum(), missing=False)


def test_a_feature_without_a_docstring_is_refused():
    with pytest.raises(FeatureError, match="needs a docstring"):
        claims.feature(months=12, missing=0.0, **WORDS)(lambda c: c.self_paid.sum())


def test_two_features_of_one_name_are_refused():
    declare(lambda c: c.self_paid.sum())
    with pytest.raises(FeatureError, match="'trial' is declared twice"):
        declare(lambda c: c.self_paid.max())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"category": "Z"}, "category 'Z'"),
        ({"zh": " "}, "needs a zh and an en label"),
        ({"monotone": 2}, "monotone is -1, 0 or"),
        ({"for_model": True}, "takes numbers and yes/no per household"),
    ],
)
def test_a_feature_readers_could_not_use_is_refused(options, message):
    with pytest.raises(FeatureError, match=message):
        declare(lambda c: c.self_paid.sum(), **options)


def test_an_unknown_feed_is_refused_with_the_known_ones():
    with pytest.raises(FeatureError, match=r"no feed 'claims'; known feeds: population_register"):
        source("claims")


def test_an_entity_is_a_person_or_a_household():
    with pytest.raises(FeatureError, match="neither 'person' nor 'household'"):
        source("medical_claims", entity="village")


def test_the_rows_of_a_source_are_chosen_by_their_own_columns():
    with pytest.raises(FeatureError, match="no column 'kind'"):
        source("employment", rows=lambda e: e.kind == "pension")
    with pytest.raises(FeatureError, match="looks beyond its own record"):
        source("employment", rows=lambda e: e.amount > e.amount.mean())


def test_a_derived_feature_reads_its_own_row_only():
    with pytest.raises(FeatureError, match="looks beyond its own household"):
        derived(level="household", **WORDS)(named(lambda h: h.n_members / h.n_members.mean()))


def test_a_derived_feature_may_not_join():
    other = ibis.table({"x": "int64"}, name="other")
    with pytest.raises(FeatureError, match="reads a table other than"):
        derived(level="household", **WORDS)(named(lambda h: h.n_members + other.x))


def test_a_derived_feature_sees_what_was_declared_before_it():
    with pytest.raises(FeatureError, match="no column 'later_feature' in household_profile"):
        derived(level="household", **WORDS)(named(lambda h: h.later_feature + 1))


def test_a_person_may_read_household_columns_by_naming_them():
    with pytest.raises(FeatureError, match="no household column 'later' declared before"):
        derived(level="person", household=("later",), **WORDS)(named(lambda p: p.age))


def test_a_household_features_household_columns_go_without_saying():
    with pytest.raises(FeatureError, match="household= is for person features"):
        derived(level="household", household=("n_minors",), **WORDS)(named(lambda h: h.n_minors))


def test_a_roll_up_gives_one_value_per_household():
    with pytest.raises(FeatureError, match="many values per household"):
        members.feature(**WORDS)(named(lambda p: p.age))


def test_only_person_features_add_up():
    with pytest.raises(FeatureError, match="no person feature 'n_minors'"):
        total("n_minors", "sum_of_minors", zh="甲", en="a")


def named(function):
    function.__name__ = "trial"
    function.__doc__ = "A trial."
    return function


def test_what_rests_on_other_households_is_not_asked_of_them_again():
    beyond = Beyond((("told", "float64"),), ("support_least_month",), lambda e, *_: e)
    with pytest.raises(FeatureError, match="'support_least_month', which rests on other househ"):
        source("supporters", entity="household", role="supported", beyond=beyond)
    with pytest.raises(FeatureError, match="use entity='household'"):
        source("supporters", role="supported", beyond=beyond)
    unknown = Beyond((), ("support_of_nobody",), lambda e, *_: e)
    with pytest.raises(FeatureError, match="looks at 'support_of_nobody', which is no feature"):
        source("supporters", entity="household", role="supported", beyond=unknown)
