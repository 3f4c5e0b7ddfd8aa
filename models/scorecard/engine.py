"""The scorecard as table expressions: profile in, parts and scores out.

score = (sum over members of person points + n x household points) / n, then the caps.
Parts are made first and scores are sums of parts, so the two cannot disagree. An unknown
feature gives no part at all; it lowers coverage instead. The expressions run on any engine
that Ibis speaks to.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import add, and_
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from models.scorecard import events
from models.scorecard.reading import ScorecardError
from models.scorecard.rules import Indicator, RuleSet
from models.scorecard.schema import Tier

# Stored tier number where an indicator's own condition (`only_if`) says it does not apply.
NOT_APPLICABLE = -1
# Tier number while computing; stored as null.
UNKNOWN = -2
# Scores are rounded here, so that the order of summing cannot move a household across a bar.
DECIMALS = 10
_TIER_SCHEMA = pa.schema(
    {
        "code": pa.int32(),
        "indicator": pa.string(),
        "tier": pa.int8(),
        "category": pa.string(),
        "feature": pa.string(),
        "points": pa.float64(),
        "shared": pa.bool_(),
    }
)
_KINDS = {"number": "float64", "flag": "boolean", "word": "string"}


def check_columns(person: ir.Table, household: ir.Table, rules: RuleSet) -> None:
    """Refuse a profile that lacks a column a rule needs.

    Raises ScorecardError: a missing column is a mistake, a null in it is an unknown fact.
    """
    needed = {
        "person": {"household", "person"},
        "household": {"household", "n_members"},
    }
    for indicator in rules.indicators.values():
        named = {indicator.feature, indicator.source.only_if, indicator.source.unless}
        needed[indicator.scope] |= {name for name in named if name} | events.columns(indicator)
    for scope, table in (("person", person), ("household", household)):
        missing = sorted(needed[scope] - set(table.columns))
        if missing:
            raise ScorecardError(
                f"the {scope} profile lacks {', '.join(missing)}; build the profile again"
            )


def _value(table: ir.Table, indicator: Indicator) -> Any:
    """The feature in the type its tiers compare; not-a-number counts as unknown."""
    value = table[indicator.feature].cast(_KINDS[indicator.kind])
    return (
        value.isnan().ifelse(ibis.null("float64"), value) if indicator.kind == "number" else value
    )


def _condition(value: Any, tier: Tier) -> Any:
    if isinstance(tier.equals, bool):
        return value if tier.equals else ~value
    if tier.equals is not None:
        return value == tier.equals
    tests = []
    if tier.at_least is not None:
        tests.append(value >= tier.at_least)
    if tier.below is not None:
        tests.append(value < tier.below)
    if tier.at_most is not None:
        tests.append(value <= tier.at_most)
    return reduce(and_, tests)


def _tier(table: ir.Table, indicator: Indicator) -> Any:
    """Number of the first tier that matches; UNKNOWN or NOT_APPLICABLE where none can."""
    value = _value(table, indicator)
    *conditional, _ = indicator.tiers
    steps = [(_condition(value, tier), number) for number, tier in enumerate(conditional)]
    tier = ibis.cases((value.isnull(), UNKNOWN), *steps, else_=len(conditional))
    if indicator.source.only_if is not None:
        applies = table[indicator.source.only_if].cast("boolean")
        tier = ibis.cases((applies, tier), (~applies, NOT_APPLICABLE), else_=UNKNOWN)
    if indicator.source.unless is not None:
        tier = _counted_already(table, indicator).ifelse(NOT_APPLICABLE, tier)
    return tier


def _counted_already(table: ir.Table, indicator: Indicator) -> Any:
    return table[indicator.source.unless].cast("boolean").fill_null(False)


def _code(indicator: Indicator, tier: Any) -> Any:
    """Indicator and tier as one integer: joining on it is cheaper than on id and tier."""
    return (ord(indicator.category) * 100 + int(indicator.id[1:])) * 100 + tier


def _mark(table: ir.Table, indicator: Indicator) -> Any:
    """Code and value as one struct; numbers stay numbers until few rows are left."""
    value, numeric = _value(table, indicator), indicator.kind == "number"
    return ibis.struct(
        {
            "code": _code(indicator, _tier(table, indicator)).cast("int32"),
            "number": value if numeric else ibis.null("float64"),
            "word": ibis.null("string") if numeric else value.cast("string"),
        }
    )


def _marks(table: ir.Table, indicators: list[Indicator]) -> ir.Table:
    """One row per table row and indicator.

    One scan and one unnest: a union of one query per indicator takes longer to compile than
    this takes to run.
    """
    person = table.person if indicators[0].scope == "person" else ibis.null("string")
    opened = table.select(
        household=table.household,
        person=person.cast("string"),
        mark=ibis.array([_mark(table, i) for i in indicators]).unnest(),
    )
    fields = {name: opened.mark[name] for name in ("code", "number", "word")}
    return opened.select("household", "person", **fields)


def _tier_table(rules: RuleSet, everything: bool) -> ir.Table:
    """The rules as a small table: what each tier of each indicator gives, and how it is shared."""
    rows = [
        {
            "code": _code(i, number),
            "indicator": i.id,
            "tier": None if number == UNKNOWN else number,
            "category": i.category,
            "feature": i.feature,
            "points": float(i.tiers[number].points) if number >= 0 else 0.0,
            "shared": i.scope == "person" or rules.mode == "once",
        }
        for i in rules.indicators.values()
        for number in range(UNKNOWN, len(i.tiers))
    ]
    kept = [row for row in rows if everything or row["points"]]
    return ibis.memtable(pa.Table.from_pylist(kept, schema=_TIER_SCHEMA))


def _given(person: ir.Table, household: ir.Table, rules: RuleSet, everything: bool) -> ir.Table:
    """Parts before caps: marks joined with what their tier gives and the household's size."""
    tables = [(person, rules.scope("person")), (household, rules.scope("household"))]
    marks = ibis.union(*[_marks(table, found) for table, found in tables if found])
    sizes = household.select(
        household=household.household,
        n=ibis.greatest(household.n_members.fill_null(1), 1).cast("float64"),
    )
    rows = marks.inner_join(_tier_table(rules, everything), "code")
    rows = rows.inner_join(sizes, "household")
    return rows.select(
        household=rows.household,
        person=rows.person,
        indicator=rows.indicator,
        category=rows.category,
        feature=rows.feature,
        value=ibis.coalesce(rows.word, rows.number.round(4).cast("string")),
        tier=rows.tier,
        points=rows.points,
        contribution=rows.shared.ifelse(rows.points / rows.n, rows.points),
    )


def capped(parts: ir.Table, rules: RuleSet) -> ir.Table | None:
    """One negative part for every household and category whose points exceed its cap."""
    if not rules.caps:
        return None
    sums = parts.filter(parts.category.isin(list(rules.caps)))
    sums = sums.group_by("household", "category").agg(total=sums.contribution.sum())
    cap = ibis.cases(*[(sums.category == c, float(limit)) for c, limit in rules.caps.items()])
    over = sums.mutate(excess=sums.total - cap).filter(lambda t: t.excess > 0)
    return over.select(
        household=over.household,
        person=ibis.null("string"),
        indicator=over.category + "_cap",
        category=over.category,
        feature=ibis.null("string"),
        value=over.total.round(4).cast("string"),
        tier=ibis.null("int8"),
        points=ibis.literal(0.0),
        contribution=-over.excess,
    )


def parts(
    person: ir.Table, household: ir.Table, rules: RuleSet, everything: bool = False
) -> ir.Table:
    """Every point given, one row for each member or household and indicator, and the caps.

    `points` are those of the rule; `contribution` is the share of the household's mean.
    With `everything` also rows without points: tier null is unknown, -1 does not apply.
    Raises ScorecardError when the profile lacks a column.
    """
    check_columns(person, household, rules)
    found = _given(person, household, rules, everything)
    caps = capped(found, rules)
    return found if caps is None else found.union(caps)


def _known(table: ir.Table, indicator: Indicator) -> Any:
    """1.0 where the indicator can be judged, else 0.0; not applicable is known."""
    known = _value(table, indicator).notnull()
    if indicator.source.only_if is not None:
        applies = table[indicator.source.only_if].cast("boolean")
        known = applies.notnull() & (~applies | known)
    if indicator.source.unless is not None:
        known |= _counted_already(table, indicator)
    return known.cast("float64")


def known_shares(person: ir.Table, household: ir.Table, rules: RuleSet) -> ir.Table:
    """One row: of each indicator the share (0..1) of persons or households it can be judged for.

    Raises ScorecardError when the profile lacks a column.
    """
    check_columns(person, household, rules)
    tables = {"person": person, "household": household}
    found = [
        table.agg(**{i.id: _known(table, i).mean() for i in rules.scope(scope)})  # type: ignore[arg-type]
        for scope, table in tables.items()
        if rules.scope(scope)  # type: ignore[arg-type]
    ]
    return found[0] if len(found) == 1 else found[0].cross_join(found[1])


def coverage(person: ir.Table, household: ir.Table, rules: RuleSet) -> ir.Table:
    """One row per household: coverage (0..1), n_known, n_indicators.

    A person indicator counts by the share of members it is known for; `n_known` counts only
    indicators known for everybody. Those that wait for a feed count as unknown.
    """
    members = person.group_by("household").agg(
        **{i.id: _known(person, i).mean() for i in rules.scope("person")}
    )
    own = household.select(
        "household", **{i.id: _known(household, i) for i in rules.scope("household")}
    )
    known = own.left_join(members, "household")
    shares = [known[i].fill_null(0.0) for i in rules.indicators]
    total = rules.n_indicators
    return known.select(
        household=known.household,
        coverage=(_sum(shares) / total).round(DECIMALS),
        n_known=_sum([(s >= 1).cast("int64") for s in shares]),
        n_indicators=ibis.literal(total, "int64"),
    )


def _sum(columns: Iterable[Any]) -> Any:
    return reduce(add, columns)


def _totals(parts: ir.Table, rules: RuleSet) -> ir.Table:
    """Sums of parts for each household that has any."""
    return parts.group_by("household").agg(
        rule_score=parts.contribution.sum(),
        **{f"cat_{c}": parts.contribution.sum(where=parts.category == c) for c in rules.categories},
    )


def _band(score: Any, rules: RuleSet) -> Any:
    bars = rules.bars
    return ibis.cases(
        (score >= bars.red, "red"),
        (score >= bars.orange, "orange"),
        (score >= bars.yellow, "yellow"),
        (score >= bars.blue, "blue"),
        else_="none",
    )


def _firing(facts: ir.Table) -> ir.Table:
    """Indicators of the event lane for each household that has any; whether all are held."""
    return facts.group_by("household").agg(
        events=facts.indicator.collect(distinct=True), event_hold=facts.held.all()
    )


def scores(parts: ir.Table, coverage: ir.Table, facts: ir.Table, rules: RuleSet) -> ir.Table:
    """One row per household: sums of its parts, band, coverage, events and rule version.

    `facts` are the month's events; `event_hold` says that every one of a household's is held.
    """
    joined = coverage.left_join(_totals(parts, rules), "household").drop("household_right")
    joined = joined.left_join(_firing(facts), "household").drop("household_right")
    none = ibis.literal([], "array<string>")
    score = joined.rule_score.fill_null(0.0).round(DECIMALS)
    names = [f"cat_{c}" for c in rules.categories]
    return joined.select(
        household=joined.household,
        rule_score=score,
        band=_band(score, rules),
        coverage=joined.coverage,
        n_known=joined.n_known,
        n_indicators=joined.n_indicators,
        **{name: joined[name].fill_null(0.0).round(DECIMALS) for name in names},
        events=joined.events.fill_null(none).sort(),
        event_hold=joined.event_hold.fill_null(False),
        rule_version=ibis.literal(rules.version),
    )
