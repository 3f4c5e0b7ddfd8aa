"""The legal duty of support (赡养费): what a supporter's household is taken to pay.

Where a supporter's household has an income a head below the local standard S, it cannot pay.
Otherwise it owes a share of what lies above S a head (50 %, or 40 % where three or more children
share the duty), divided by the persons it supports. A judgment or a written agreement comes before
the arithmetic; without one, what is really paid counts where it is more. The terms are dated and
differ by region (`support_duty.yaml`; a county's own in `data/support_duty.yaml` of its home).

What is not known is not zero: without an income nothing is computed, and the amount lies between
two bounds. The arithmetic is written once, as expressions of columns, for whole tables
(features/supporting.py).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import yaml

from core.home import Home

SHIPPED = Path(__file__).with_name("support_duty.yaml")
FILE = "support_duty.yaml"


class SupportTermsError(Exception):
    """The terms are missing for a day, or their file is wrong; the message names the key."""


@dataclass(frozen=True)
class Terms:
    """The rules of a region from a day on; shares between 0 and 1, ages inclusive."""

    exempt_below: float
    share_few: float
    share_many: float
    many_from: int
    ages: tuple[int, int]
    reference: str


@dataclass(frozen=True)
class Supporter:
    """One supporter and their household, as columns of a table (ibis expressions).

    `age` in years, `income` a head in yuan a month, `standard` the S of where they live, `children`
    who share the duty, persons the household `supported`; what is really `paid` for this person and
    what a judgment or agreement says (`agreed`), yuan a month. Null where it is not known.
    """

    age: Any
    income: Any
    standard: Any
    children: Any
    supported: Any
    paid: Any
    agreed: Any


def amount(supporter: Supporter, terms: Terms) -> Any:
    """What one supporter counts for, yuan a month; null where it is not known."""
    computed = _computed(supporter, terms)
    more = (supporter.paid > computed.fill_null(0.0)).fill_null(False)
    paid = more.ifelse(supporter.paid, computed)
    return ibis.coalesce(supporter.agreed, paid).round(2)


def between(supporter: Supporter, least: Any, most: Any, terms: Terms) -> tuple[Any, Any]:
    """The bounds of what one supporter counts for, both the amount itself where it is known.

    `least` and `most` bound the income a head where that is not known. Somebody of unknown age may
    be too old to owe anything, and in a place whose S is unknown nobody knows what lies above it.
    """
    known = amount(supporter, terms)
    high = replace(
        supporter,
        age=supporter.age.fill_null(terms.ages[0]),
        income=ibis.coalesce(supporter.income, most),
        standard=supporter.standard.fill_null(0.0),
    )
    low = replace(supporter, income=ibis.coalesce(supporter.income, least))
    floor = ibis.coalesce(known, amount(low, terms), supporter.paid, ibis.literal(0.0))
    return floor, ibis.coalesce(known, amount(high, terms))


def _computed(supporter: Supporter, terms: Terms) -> Any:
    """By the arithmetic alone; null while age, income or S is unknown, unless nothing is owed."""
    youngest, oldest = terms.ages
    income, standard = supporter.income, supporter.standard
    many = supporter.children >= terms.many_from
    share = many.ifelse(ibis.literal(terms.share_many), terms.share_few)
    above = income - standard
    # An unknown `above` takes the second branch, and stays unknown.
    owed = (above < 0).ifelse(0.0, above * share / supporter.supported)
    return ibis.cases(
        (~supporter.age.between(youngest, oldest), 0.0),
        (income < terms.exempt_below * standard, 0.0),
        (supporter.age.isnull(), ibis.null("float64")),
        else_=owed,
    )


def in_force(home: Home | None, on: date) -> tuple[tuple[str, Terms], ...]:
    """Every region's terms on a day, nearest first: (code, terms); "" holds for all others.

    A home's own come before the shipped ones, which they replace wherever they say something.
    Raises SupportTermsError for a file that is wrong.
    """
    found: list[tuple[str, Terms]] = []
    for path in _files(home):
        there = {}
        for code, given in _content(path).items():
            if latest := _on(path, code, given, on):
                there[code] = latest
        found += sorted(there.items(), key=lambda one: (-len(one[0]), one[0]))
        if "" in there:
            break
    return tuple(found)


def terms(home: Home | None, region: str, on: date) -> Terms:
    """The terms of the nearest region around a place on a day: the home's own, else the shipped.

    Raises SupportTermsError.
    """
    for code, found in in_force(home, on):
        if region.startswith(code):
            return found
    raise SupportTermsError(f"no terms of support for {region} on {on}; add them to {FILE}")


def _files(home: Home | None) -> list[Path]:
    own = home.data / FILE if home is not None else None
    return [p for p in (own, SHIPPED) if p is not None and p.exists()]


def _content(path: Path) -> dict[str, Any]:
    """Region codes as text, whether they were written with quotes or without."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise SupportTermsError(f"{path.name} is not YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(content, dict) or not all(isinstance(v, dict) for v in content.values()):
        raise SupportTermsError(f"{path.name} must hold region -> day -> terms")
    return {str(code): given for code, given in content.items()}


def _on(path: Path, code: str, given: dict[Any, Any], on: date) -> Terms | None:
    dated = {_day(path, d): said for d, said in given.items()}
    since = [day for day in dated if day <= on]
    return _terms(path, code, dated[max(since)]) if since else None


def _day(path: Path, written: Any) -> date:
    try:
        return written if isinstance(written, date) else date.fromisoformat(str(written))
    except ValueError:
        raise SupportTermsError(f"{path.name}: '{written}' is no date like 2021-07-01") from None


def _terms(path: Path, code: str, given: Any) -> Terms:
    names = {f.name for f in fields(Terms)}
    if not isinstance(given, dict) or set(given) != names:
        raise SupportTermsError(f"{path.name}: '{code}' must give {', '.join(sorted(names))}")
    found = Terms(**{**given, "ages": tuple(given["ages"])})
    if not (0 <= found.share_few <= 1 and 0 <= found.share_many <= 1):
        raise SupportTermsError(f"{path.name}: '{code}': shares lie between 0 and 1")
    return found
