"""Features of a feed: source() and its decorator."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from features.engine import checks
from features.engine.cut import needs_count
from features.engine.declaration import UNSET, base_feature, check_missing_chosen, model_ready
from features.engine.errors import FeatureError
from features.engine.feature import Feature, registry
from features.engine.schema import STANDARDS, feed_schema, roles_of, unbound


@dataclass(frozen=True)
class Beyond:
    """What the records of a feed are told from other households before they are counted.

    `add` gets the records (with the `household` they count for), the frame, the persons and the
    households so far, and gives the records, one row each as before or none, with `columns`
    (name -> type) more. `uses` names the features it reads; they are computed first.
    """

    columns: tuple[tuple[str, str], ...]
    uses: tuple[str, ...]
    add: Callable[..., Any]


@dataclass(frozen=True)
class Source:
    """A feed seen from a person or a household; made by source()."""

    feed: str
    entity: str
    rows: Callable[..., Any] | None = None
    standards: bool = False
    each: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    beyond: Beyond | None = None

    @property
    def through_members(self) -> bool:
        """The feed knows persons only; a household has the records of its present members."""
        return self.entity == "household" and "household" not in feed_schema(self.feed)

    @property
    def people(self) -> dict[str, str]:
        """Role -> the lake's column with the person in it, of the roles that count."""
        return {role: f"person_{role}" for role in self.roles}

    @property
    def columns(self) -> dict[str, str]:
        """What a feature may read: the feed's columns, the month end, the standards if asked.

        Where roles count, also `person` (whom the record is counted for) and `role`.
        """
        dated = STANDARDS if self.standards else {}
        named = {"person": "string", "role": "string"} if self.roles else {}
        told = dict(self.beyond.columns) if self.beyond else {}
        own = feed_schema(self.feed) | {"as_of": "date", "order_key": "int64"}
        return own | dated | named | told

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
                        for_model=model_ready(base, for_model),
                        monotone=monotone,
                    )
                )
                for w in windows
            )
            return made[0] if len(made) == 1 else made

        return declare

    def _checked(self, function: Callable[..., Any], missing: Any) -> Feature:
        name = function.__name__
        check_missing_chosen(name, missing)
        table = unbound(self.feed, self.columns)
        value = checks.apply(name, function, table)
        checks.check_reduction(name, value, table, self.entity)
        checks.check_missing(name, value, missing)
        made = base_feature(
            function, self.entity, "event", value, missing, (self.feed,), source=self
        )
        uses = self.beyond.uses if self.beyond else ()
        return replace(made, counted=needs_count(value), uses=uses)


def source(
    feed: str,
    entity: str = "person",
    rows: Callable[..., Any] | None = None,
    standards: bool = False,
    each: tuple[str, ...] = (),
    role: str | Iterable[str] | None = None,
    beyond: Beyond | None = None,
) -> Source:
    """A feed whose records are reduced per `entity` ('person' or 'household').

    Where a record names people in roles, `role` says for whom it counts: one role, several, or all
    when it is left out. It counts once for each person, and once for each household.

    `rows` narrows it to some records: rows=lambda e: e.record_type == "pension" (a feed of many
    kinds of records is read faster so).
    With `standards`, every record also has the local standards (S, D, M, …) in force on its day.
    `each` names columns that tell one thing from another (a plate, an account): of each of a
    household's things only the newest record is seen, so that a state which was replaced is gone.
    `rows` then narrows what is left.
    With `beyond`, records are told something of other households first; only households count
    such records, after all features that `beyond` uses.
    Raises FeatureError for an unknown feed, entity, role, column of `each` or feature used.
    """
    if entity not in ("person", "household"):
        raise FeatureError(f"entity '{entity}' is neither 'person' nor 'household'")
    columns = feed_schema(feed)
    roles = _roles(feed, role)
    if entity == "person" and not roles and "person" not in columns:
        raise FeatureError(f"feed '{feed}' names no persons; use entity='household'")
    if lost := sorted(set(each) - set(columns)):
        raise FeatureError(f"feed '{feed}' has no column '{lost[0]}' to take the newest of each")
    if beyond is not None:
        _check_beyond(feed, entity, beyond)
    made = Source(feed, entity, rows, standards, each, roles, beyond)
    if rows is not None:
        table = unbound(feed, replace(made, roles=()).columns)
        chosen = checks.apply(f"rows of {feed}", rows, table)
        checks.check_columnar(f"rows of {feed}", chosen, table, "record")
    return made


def _check_beyond(feed: str, entity: str, beyond: Beyond) -> None:
    if entity != "household":
        raise FeatureError(f"feed '{feed}' looks beyond its records; use entity='household'")
    if lost := [name for name in beyond.uses if name not in registry().features]:
        raise FeatureError(f"feed '{feed}' looks at '{lost[0]}', which is no feature so far")
    if late := sorted(registry().beyond() & set(beyond.uses)):
        raise FeatureError(
            f"feed '{feed}' looks at '{late[0]}', which rests on other households itself; "
            "use what a household tells of itself"
        )


def _roles(feed: str, asked: str | Iterable[str] | None) -> tuple[str, ...]:
    """The roles that count; none where the record's one person does."""
    known = roles_of(feed)
    if asked is None:
        return () if "person" in feed_schema(feed) else known
    roles = (asked,) if isinstance(asked, str) else tuple(asked)
    for role in roles:
        if role not in known:
            has = f"its roles are {', '.join(known)}" if known else "its records have no roles"
            raise FeatureError(f"feed '{feed}' has no role '{role}'; {has}")
    return roles
