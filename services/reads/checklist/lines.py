"""The whole check list of a county, what is missing first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from core.access.roles import Role
from core.home import Home, month_end
from core.words import Text
from core.workflow.calendar import CHINA_TIME
from data.lake import Lake
from data.setup.answers import Answers
from data.setup.writing import current
from models.scorecard.rules import load_rules
from services.reads.base import home_at, today_at
from services.reads.checklist import data, office
from services.reads.checklist.line import Grade, Line, good

__all__ = ["Grade", "Line", "checklist"]
_ORDER = list(Grade)


def checklist(home: str) -> list[Line]:
    """Every line, the missing first; a home without a county has one."""
    folder = home_at(home)
    if not folder.county_file.exists():
        cost = Text("什么都不能运行", "nothing can be run")
        mend = Text("登记本县", "enter the county")
        what = Text("本县", "County")
        return [
            Line(
                "county", Grade.MISSING, what, cost, Role.ADMINISTRATOR, mend, "doudi init", "setup"
            )
        ]
    return sorted(_lines(folder, home), key=lambda line: _ORDER.index(line.grade))


def _lines(home: Home, root: str) -> Iterator[Line]:
    months = home.months("scores")
    month = months[-1] if months else None
    came = [b.delivered_on for b in Lake(home).batches() if b.readable]
    # Before a run the month that is to be run: the one in which the newest file came.
    on = month or month_end(max(came, default=datetime.now(CHINA_TIME).date()))
    told: Answers = current(home)
    place = Text("本县", "County")
    yield good("county", place, Text(f"{told.name}（{told.code}）", f"{told.name} ({told.code})"))
    yield from office.run_lines(home)
    yield from data.region_lines(home, month)
    rules = load_rules(on, home=home)
    yield from data.standard_lines(home, on, rules)
    yield from data.unpriced_line(home, month)
    yield from data.coverage_line(home, month, rules)
    shares = data.known(home, month, rules)
    yield from data.feed_lines(home, on, rules, shares)
    yield from office.account_lines(home)
    yield from office.calendar_lines(home, today_at(root, on))
    yield from office.key_lines(home)
    yield from office.backup_lines(home, datetime.now(UTC).replace(tzinfo=None))
    yield from office.model_lines(home)
