"""Features of other features: members.feature, total() and derived()."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from features.engine import checks
from features.engine.declaration import base_feature, model_ready
from features.engine.errors import FeatureError
from features.engine.feature import Feature, registry
from features.engine.schema import HOUSEHOLD_SPINE, PERSON_SPINE, unbound

SPINE_FEED = "population_register"


class Members:
    """Roll-ups of the person profile to the household."""

    def feature(
        self,
        *,
        zh: str,
        en: str,
        category: str,
        missing: Any = None,
        unit: str = "",
        for_model: bool | None = None,
        monotone: int = 0,
        needs: tuple[str, ...] | None = None,
        include_departed: bool = False,
    ) -> Callable[[Callable[..., Any]], Feature]:
        """Declare a reduction over the members of a household.

        The function gets the person profile as declared so far. The feature is null when a feed
        it rests on was never delivered; `needs` names those feeds when not all that it reads are
        necessary. `include_departed` adds members who died within two years (present = False).
        """

        def declare(function: Callable[..., Any]) -> Feature:
            name = function.__name__
            columns = PERSON_SPINE | registry().columns("person")
            table = unbound("person_profile", columns)
            value = checks.apply(name, function, table)
            checks.check_reduction(name, value, table, "household")
            checks.check_missing(name, value, missing)
            used = checks.columns_read(value, table)
            feeds = _feeds_of(used) if needs is None else needs
            base = base_feature(function, "household", "rollup", value, missing, feeds)
            return registry().add(
                replace(
                    base,
                    zh=zh,
                    en=en,
                    category=category,
                    unit=unit,
                    for_model=model_ready(base, for_model),
                    monotone=monotone,
                    include_departed=include_departed,
                    uses=tuple(sorted(used)),
                )
            )

        return declare


members = Members()


def total(person_feature: str, name: str, *, zh: str, en: str, monotone: int = 0) -> Feature:
    """Declare the sum of a person feature over the members of a household, under a new name.

    Unit and category are the person feature's. Raises FeatureError when there is no such feature.
    """
    known = registry().features.get(person_feature)
    if known is None or known.level != "person":
        raise FeatureError(f"no person feature '{person_feature}' to add up as '{name}'")

    def add_up(p: Any) -> Any:
        return p[person_feature].sum()

    add_up.__name__ = name
    add_up.__doc__ = f"Sum over the members: {known.description}"
    return members.feature(
        zh=zh, en=en, unit=known.unit, category=known.category, monotone=monotone
    )(add_up)


def derived(
    *,
    level: str,
    zh: str,
    en: str,
    category: str,
    missing: Any = None,
    unit: str = "",
    for_model: bool | None = None,
    monotone: int = 0,
    needs: tuple[str, ...] | None = None,
    household: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Feature]:
    """Declare a feature computed from other columns of the same profile row.

    The function gets the person or household profile as declared so far and returns a columnar
    expression. A person feature may read columns of its household by naming them in `household`.
    With `needs`, the feature is null while one of those feeds was never delivered.
    """

    def declare(function: Callable[..., Any]) -> Feature:
        name = function.__name__
        table = unbound(f"{level}_profile", _row_columns(level, household))
        value = checks.apply(name, function, table)
        checks.check_columnar(name, value, table, level)
        checks.check_missing(name, value, missing)
        used = checks.columns_read(value, table)
        base = base_feature(function, level, "derived", value, missing, needs or _feeds_of(used))
        return registry().add(
            replace(
                base,
                zh=zh,
                en=en,
                category=category,
                unit=unit,
                for_model=model_ready(base, for_model),
                monotone=monotone,
                household_columns=household,
                uses=tuple(sorted(used)),
                stage=_stage_after(level, used),
                # Without `needs`, a formula decides itself what an unknown part means.
                source=needs,
            )
        )

    return declare


def spine_feature(
    name: str,
    *,
    level: str,
    zh: str,
    en: str,
    category: str,
    unit: str = "",
    for_model: bool = True,
) -> Feature:
    """Give a column of the spine its place in the catalogue."""
    dtype = (PERSON_SPINE if level == "person" else HOUSEHOLD_SPINE)[name]
    return registry().add(
        Feature(name, level, "spine", zh, en, unit, category, (SPINE_FEED,), dtype, None, en,
                for_model=for_model)
    )  # fmt: skip


def _row_columns(level: str, household: tuple[str, ...]) -> dict[str, str]:
    if level == "household":
        if household:
            raise FeatureError("household= is for person features; a household has its columns")
        return HOUSEHOLD_SPINE | registry().columns("household")
    if level != "person":
        raise FeatureError(f"level '{level}' is neither 'person' nor 'household'")
    known = HOUSEHOLD_SPINE | registry().columns("household")
    unknown = [c for c in household if c not in known]
    if unknown:
        raise FeatureError(f"no household column '{unknown[0]}' declared before this feature")
    return (
        PERSON_SPINE
        | registry().columns("person", late=bool(household))
        | {c: known[c] for c in household}
    )


def _feeds_of(columns: set[str]) -> tuple[str, ...]:
    features = registry().features
    feeds: set[str] = set()
    for column in columns:
        feeds |= set(features[column].feeds) if column in features else {SPINE_FEED}
    return tuple(sorted(feeds))


def _stage_after(level: str, columns: set[str]) -> int:
    """One more than the deepest derived feature of the same level that this one reads."""
    features = registry().features
    depths = [features[c].stage for c in columns if c in features and features[c].level == level]
    return 1 + max(depths, default=0)
