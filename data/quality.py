"""Quality rules of a contract: what must hold between the columns of one row.

They stand in the contract as Open Data Contract Standard v3 quality rules of type `custom` with
engine `doudi`. `name` is the reason code, `description` and the custom property `zh` say in both
languages what is wrong with a row that breaks the rule, `severity` is `error` (the row is
quarantined) or `warning` (the row is kept, and counted). `implementation` is one of

- `{rule: order, first: A, then: B}`: date A is not after date B. `born` is the birth date in the
  ID number of the row's person, `born:wife` that of the person in this role. `apart: N` allows N
  days: a child's first papers may carry any day of the month.
- `{rule: parts, total: T, parts: [A, B], tolerance: N}`: every known part, and their sum, lies
  between 0 and the total, give or take N. A reversal is negative throughout.
- `{rule: sum, total: T, parts: [A, B], tolerance: N}`: the parts, all known, make the total.
- `{rule: age, field: A, day: B, tolerance: N}`: years A are those of the birth date in the ID
  number on day B, give or take N.
- `{rule: region, field: A}`: the code is in the region table (of the home; without one, any is).
- `{rule: inside, field: V, of: T}`: the village belongs to the township.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.words import Bilingual

ENGINE = "doudi"
BORN = "born"


def born_of(role: str) -> str:
    """How rules call the birth date of the person in a role: born:wife; '' is the one person."""
    return f"{BORN}:{role}" if role else BORN


def is_birth(name: str) -> bool:
    """Whether a rule's argument is a birth date that an ID number tells, and no field."""
    return name == BORN or name.startswith(f"{BORN}:")


SEVERITIES = ("error", "warning")
# rule: (arguments it needs, arguments it may have)
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "order": (("first", "then"), ("apart",)),
    "parts": (("total", "parts"), ("tolerance",)),
    "sum": (("total", "parts"), ("tolerance",)),
    "age": (("field", "day"), ("tolerance",)),
    "region": (("field",), ()),
    "inside": (("field", "of"), ()),
}
_NUMBERS = ("apart", "tolerance")


class RuleError(ValueError):
    """A quality rule cannot be understood; the message continues "quality 'name' …"."""


@dataclass(frozen=True)
class Rule(Bilingual):
    """One rule: `name` is its reason code, `zh` and `en` say what is wrong when it is broken."""

    name: str
    zh: str
    en: str
    kind: str
    severity: str
    arguments: Mapping[str, Any]

    @property
    def names(self) -> list[str]:
        """The fields it speaks of."""
        told = [v for k, v in self.arguments.items() if k not in (*_NUMBERS, "parts")]
        names = (*told, *self.arguments.get("parts", ()))
        return [name for name in names if not is_birth(name)]

    @property
    def births(self) -> list[str]:
        """The birth dates it speaks of, as `born_of` writes them."""
        asked = [v for v in self.arguments.values() if isinstance(v, str) and is_birth(v)]
        return [BORN, *asked] if self.kind == "age" else asked

    @property
    def blamed(self) -> str:
        """The field a broken rule is written beside."""
        a = self.arguments
        first = a.get("field") or a.get("total") or a.get("then")
        return str(first)

    @property
    def tolerance(self) -> float:
        """By how much it may be missed: days of an order, units of a sum, years of an age."""
        return float(self.arguments.get("apart") or self.arguments.get("tolerance") or 0)


def read_rule(quality: Any) -> Rule:
    """A rule from an item of the contract's `quality`.

    Raises RuleError saying what is wrong and what would be right.
    """
    if quality.type != "custom" or quality.engine != ENGINE:
        raise RuleError(f"must be of type 'custom' with engine '{ENGINE}'")
    told = quality.implementation
    if not isinstance(told, dict) or told.get("rule") not in KINDS:
        raise RuleError(f"needs implementation.rule, one of {', '.join(KINDS)}")
    kind = str(told["rule"])
    arguments = {k: v for k, v in told.items() if k != "rule"}
    needed, possible = KINDS[kind]
    if not set(needed) <= set(arguments) <= {*needed, *possible}:
        raise RuleError(f"is a rule '{kind}', which takes {', '.join((*needed, *possible))}")
    severity = quality.severity or SEVERITIES[0]
    if severity not in SEVERITIES:
        raise RuleError(f"has severity '{severity}'; use one of {', '.join(SEVERITIES)}")
    words = {p.property: p.value for p in quality.customProperties or []}
    if not (quality.name and quality.description and words.get("zh")):
        raise RuleError("needs a name, a description and the custom property 'zh'")
    return Rule(quality.name, words["zh"], quality.description, kind, severity, arguments)
