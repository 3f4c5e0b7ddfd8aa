"""The legal duty of support (赡养费): what a supporter's household is taken to pay.

Where a supporter's household has an income a head below the local standard S, it cannot pay.
Otherwise it owes a share of what lies above S a head (50 %, or 40 % where three or more children
share the duty), divided by the persons it supports. A judgment or a written agreement comes before
the arithmetic; without one, what is really paid counts where it is more. The terms are dated and
differ by region (`support_duty.yaml`; a county's own in `data/support_duty.yaml` of its home).

What is not known is not zero: without an income nothing is computed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from core.home import Home
from core.words import Worded

SHIPPED = Path(__file__).with_name("support_duty.yaml")
FILE = "support_duty.yaml"


class SupportTermsError(Exception):
    """The terms are missing for a day, or their file is wrong; the message names the key."""


class Basis(Worded):
    """What an amount rests on."""

    AGREED = ("agreed", "按判决或协议", "judgment or agreement")
    PAID = ("paid", "按实际支付", "what is really paid")
    COMPUTED = ("computed", "按收入推算", "computed from income")
    UNABLE = ("unable", "无赡养能力", "cannot pay")
    NO_DUTY = ("no_duty", "不在赡养年龄", "not of the age of a supporter")
    UNKNOWN = ("unknown", "收入未知", "income unknown")


@dataclass(frozen=True)
class Terms:
    """The rules of a region from a day on; shares between 0 and 1, ages inclusive."""

    exempt_below: float
    share_few: float
    share_many: float
    many_from: int
    ages: tuple[int, int]
    reference: str

    def share(self, children: int) -> float:
        """The share where so many children share the duty."""
        return self.share_many if children >= self.many_from else self.share_few


@dataclass(frozen=True)
class Supporter:
    """One supporter and their household: age in years, income a head in yuan a month (None where
    unknown), children who share the duty, persons the household supports; what is really paid for
    this person and what a judgment or agreement says, yuan a month, None where there is none."""

    age: int
    income: float | None
    children: int = 1
    supported: int = 1
    paid: float | None = None
    agreed: float | None = None


@dataclass(frozen=True)
class Duty:
    """What counts as support of one person, yuan a month; None where it is not known."""

    amount: float | None
    basis: Basis


def duty(supporter: Supporter, terms: Terms, standard: float) -> Duty:
    """What one supporter counts for, with S where the supporter's household lives.

    Raises ValueError for a number of children or supported persons below one.
    """
    if supporter.children < 1 or supporter.supported < 1:
        raise ValueError("a duty has at least one child who bears it and one person supported")
    if supporter.agreed is not None:
        return Duty(round(supporter.agreed, 2), Basis.AGREED)
    computed = _computed(supporter, terms, standard)
    if supporter.paid is not None and supporter.paid > (computed.amount or 0):
        return Duty(round(supporter.paid, 2), Basis.PAID)
    return computed


def _computed(supporter: Supporter, terms: Terms, standard: float) -> Duty:
    youngest, oldest = terms.ages
    if not youngest <= supporter.age <= oldest:
        return Duty(0.0, Basis.NO_DUTY)
    if supporter.income is None:
        return Duty(None, Basis.UNKNOWN)
    if supporter.income < terms.exempt_below * standard:
        return Duty(0.0, Basis.UNABLE)
    above = max(0.0, supporter.income - standard)
    amount = above * terms.share(supporter.children) / supporter.supported
    return Duty(round(amount, 2), Basis.COMPUTED)


def terms(home: Home | None, region: str, on: date) -> Terms:
    """The terms of the nearest region around a place on a day: the home's own, else the shipped.

    Raises SupportTermsError.
    """
    own = home.data / FILE if home is not None else None
    for path in (p for p in (own, SHIPPED) if p is not None and p.exists()):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        codes = [region[:n] for n in (12, 9, 6, 4, 2) if n <= len(region)]
        for code in (*codes, ""):
            dated = {_day(path, d): given for d, given in content.get(code, {}).items()}
            if since := [day for day in dated if day <= on]:
                return _terms(path, code, dated[max(since)])
    raise SupportTermsError(f"no terms of support for {region} on {on}; add them to {FILE}")


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
