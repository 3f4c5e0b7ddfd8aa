"""Words and addresses of the scorecard that alerts need: reason texts, needs, departments.

They are declared once, beside the rules (`models.scorecard`); this file only looks them up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from sqlalchemy.orm import Session

from alerts.errors import AlertsError
from core.home import Home
from core.words import Text
from features.catalogue import BY_NAME
from models.risk.fact_sources import SOURCES
from models.risk.facts import facts
from models.scorecard.rules import RuleSet, load_rules

# The need to look at when only the category of a reason is known (a model feature).
_NEED_OF_CATEGORY = {
    "C": "medical_aid",
    "D": "student_aid",
    "E": "employment",
    "H": "emergency_aid",
}
_HOUSING = {"urban": "urban_housing", "rural": "rural_housing"}
FIRST_NEED = "basic_living"


def _needed_by(feed: str) -> int:
    """How many features need a feed: everything needs the register, few need school rolls."""
    return sum(feed in feature.feeds for feature in BY_NAME.values())


class Words:
    """Look-ups over the rules in force on a day."""

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules

    def reason(self, indicator: str, tier: int | None) -> Text:
        """What a scored tier says, for a stored part; the bare code when the rule is gone."""
        if indicator not in self._rules.indicators:
            return Text(indicator, indicator)
        return self._rules.words(indicator, tier)

    def indicator(self, code: str) -> Text:
        """Name of an indicator; the bare code when it is not in force."""
        found = self._rules.indicators.get(code)
        return found.label if found else Text(code, code)

    def indicators(self) -> dict[str, Text]:
        """Every indicator in force with its name, in order of id."""
        return {c: self.indicator(c) for c in self._rules.indicators}

    def urgent_kinds(self) -> frozenset[str]:
        """Indicators of the event lane whose facts never wait."""
        return frozenset(
            code
            for code, found in self._rules.indicators.items()
            if found.source.event is not None and found.source.event.urgent
        )

    def feed_of(self, code: str, by_model: bool = False) -> str | None:
        """The feed that an indicator mainly looks at: the first of its sources. Of a fact that the
        model named (`by_model`) the feed of its first source; of a feature, as older alerts name
        them, the feed that fewest other features need. None where none is declared any more."""
        found = self._rules.indicators.get(code)
        if found is not None and not by_model:
            return str(found.source.sources[0])
        if by_model and code in facts().by_code:
            return SOURCES[facts().by_code[code].source[0]].feed
        feature = BY_NAME.get(code)
        return min(feature.feeds, key=_needed_by) if feature and feature.feeds else None

    def onsite_check(self, code: str) -> Text | None:
        """What to verify on site for an indicator."""
        found = self._rules.indicators.get(code)
        return None if found is None else found.source.onsite_check

    def needs(self) -> dict[str, Text]:
        """Every kind of need with its label, in the scorecard's order."""
        return {c: n.label for c, n in self._rules.needs.items()}

    def departments(self) -> dict[str, Text]:
        """Every department with its label."""
        return {c: d.label for c, d in self._rules.departments.items()}

    def department_of(self, need: str) -> str:
        """Code of the department that leads a kind of need.

        Raises AlertsError listing the known kinds.
        """
        found = self._rules.needs.get(need)
        if found is None:
            known = ", ".join(self._rules.needs)
            raise AlertsError(
                f"没有需求类别“{need}”；可选：{known}",
                f"there is no kind of need '{need}'; known are: {known}",
            )
        return str(found.department)

    def need_for(self, code: str, category: str, urban_rural: str | None = None) -> str:
        """Kind of need that a reason hints at: the indicator's own, else its category's."""
        found = self._rules.indicators.get(code)
        if found is not None and found.source.need:
            return str(found.source.need)
        if category == "F":
            return _HOUSING.get(urban_rural or "rural", _HOUSING["rural"])
        return _NEED_OF_CATEGORY.get(category, FIRST_NEED)

    def suspected_needs(
        self, reasons: Iterable[tuple[str, str]], urban_rural: str | None = None
    ) -> list[str]:
        """Kinds of need to check for (code, category) pairs, in order of first mention.

        Without any reason the check is about basic living.
        """
        kinds = dict.fromkeys(self.need_for(c, g, urban_rural) for c, g in reasons)
        return list(kinds) or [FIRST_NEED]


def words_on(where: Home | Session, on: date) -> Words:
    """The words of the rules that hold in a home for the month of a day.

    A session on the home's database serves as well. `date.max` gives the newest names, also of
    rules that start later.
    """
    return Words(load_rules(on, home=where))


@cache
def vocabulary() -> Words:
    """The kinds of need and the departments, which are the program's and the same everywhere."""
    return Words(load_rules(date.max))
