"""What authors of features touch: source(), members, derived()."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from features.engine import checks
from features.engine.cut import needs_count
from features.engine.errors import FeatureError
from features.engine.feature import Feature, registry
from features.engine.schema import (
    HOUSEHOLD_SPINE,
    PERSON_SPINE,
    STANDARDS,
    feed_schema,
    unbound,
)

UNSET: Any = object()
SPINE_FEED = "population_register"


@dataclass(frozen=True)
class Source:
    """A feed seen from a person or a household; made by source()."""

    feed: str
    entity: str
    rows: Callable[..., Any] | None = None
    standards: bool = False

    @property
    def through_members(self) -> bool:
        """The feed knows persons only; a household has the records of its present members."""
        return self.entity == "household" and "household" not in feed_schema(self.feed)

    @property
    def columns(self) -> dict[str, str]:
        """What a feature may read: the feed's columns, the month end, the standards if asked."""
        dated = STANDARDS if self.standards else {}
        return feed_schema(self.feed) | {"as_of": "date", "order_key": "int64"} | dated

    def feature(
        self,
        *,
        zh: str,
        en: str,
        category: str,
        missing: Any = UNSET,
        months: int | Iterable[int] | None = None,
        ago: int = 0,
        unit: str = "",
        for_model: bool | None = None,
        monotone: int = 0,
    ) -> Callable[[Callable[..., Any]], Feature | tuple[Feature, ...]]:
        """Declare a reduction over this feed's records.

        `months` is the window back from the month end (None: all history); several windows give
        one feature each, named `<function>_<n>m`, with {months} replaced in the labels. `ago`
        shifts the window into the past by so many months. `missing` must be chosen: a value for
        "no record", or None to leave it null.
        Raises FeatureError at import for anything that is not one value per entity.
        """
        windows = [months] if months is None or isinstance(months, int) else list(months)

        def declare(function: Callable[..., Any]) -> Feature | tuple[Feature, ...]:
            base = self._checked(function, missing)
            made = tuple(
                registry().add(
                    replace(
                        base,
                        name=base.name if len(windows) == 1 else f"{base.name}_{w}m",
                        zh=zh.replace("{months}", str(w)),
                        en=en.replace("{months}", str(w)),
                        category=category,
                        unit=unit,
                        months=w,
                        ago=ago,
                        for_model=_model_ready(base, for_model),
                        monotone=monotone,
                    )
                )
                for w in windows
            )
            return made[0] if len(made) == 1 else made

        return declare

    def _checked(self, function: Callable[..., Any], missing: Any) -> Feature:
        name = function.__name__
        _check_missing_chosen(name, missing)
        table = unbound(self.feed, self.columns)
        value = checks.apply(name, function, table)
        checks.check_reduction(name, value, table, self.entity)
        checks.check_missing(name, value, missing)
        made = _feature(function, self.entity, "event", value, missing, (self.feed,), source=self)
        return replace(made, counted=needs_count(value))


def source(
    feed: str,
    entity: str = "person",
    rows: Callable[..., Any] | None = None,
    standards: bool = False,
) -> Source:
    """A feed whose records are reduced per `entity` ('person' or 'household').

    `rows` narrows it to some records: rows=lambda e: e.record_type == "pension" (a feed of many
    kinds of records is read faster so).
    With `standards`, every record also has the local standards (S, D, M, …) in force on its day.
    Raises FeatureError for an unknown feed or entity.
    """
    if entity not in ("person", "household"):
        raise FeatureError(f"entity '{entity}' is neither 'person' nor 'household'")
    columns = feed_schema(feed)
    if entity == "person" and "person" not in columns:
        raise FeatureError(f"feed '{feed}' names no persons; use entity='household'")
    made = Source(feed, entity, rows, standards)
    if rows is not None:
        table = unbound(feed, made.columns)
        chosen = checks.apply(f"rows of {feed}", rows, table)
        checks.check_columnar(f"rows of {feed}", chosen, table, "record")
    return made


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
            base = _feature(function, "household", "rollup", value, missing, feeds)
            return registry().add(
                replace(
                    base,
                    zh=zh,
                    en=en,
                    category=category,
                    unit=unit,
                    for_model=_model_ready(base, for_model),
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
        base = _feature(function, level, "derived", value, missing, needs or _feeds_of(used))
        return registry().add(
            replace(
                base,
                zh=zh,
                en=en,
                category=category,
                unit=unit,
                for_model=_model_ready(base, for_model),
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


def _feature(
    function: Callable[..., Any],
    level: str,
    kind: str,
    value: Any,
    missing: Any,
    feeds: tuple[str, ...],
    source: Any = None,
) -> Feature:
    doc = inspect.getdoc(function)
    if not doc:
        raise FeatureError(f"feature '{function.__name__}' needs a docstring: what it means")
    return Feature(
        name=function.__name__,
        level=level,
        kind=kind,
        zh="",
        en="",
        unit="",
        category="",
        feeds=feeds,
        dtype=str(value.type()),
        missing=missing,
        description=doc,
        function=function,
        source=source,
    )


def _check_missing_chosen(name: str, missing: Any) -> None:
    if missing is UNSET:
        raise FeatureError(
            f"feature '{name}' must say what no record means: missing=0.0, missing=False, … "
            "or missing=None to leave it null"
        )


def _model_ready(feature: Feature, asked: bool | None) -> bool:
    """Household numbers feed the model unless the author says otherwise."""
    numeric = feature.dtype.startswith(("int", "float", "bool", "decimal", "uint"))
    if asked and not (numeric and feature.level == "household"):
        raise FeatureError(
            f"feature '{feature.name}' is {feature.dtype} per {feature.level}; "
            "the model takes numbers and yes/no per household"
        )
    return (numeric and feature.level == "household") if asked is None else asked


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
