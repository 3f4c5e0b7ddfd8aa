"""Setting up the county: who it is, its townships and villages, standards, the feeds it gets.

The page and `doudi init` share it. Whatever is saved is recorded, and what stood before is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from core.access.roles import Action
from core.workflow.calendar import county_time
from data.contracts import all_feeds
from data.setup import codes, regions_table, writing
from data.setup.answers import Answers, SetupError, of_plain, read_answers
from data.setup.figures import NEEDED, Figure
from data.setup.figures import problems as figure_problems
from data.setup.regions_table import Place, TableError, read_places
from data.setup.writing import Kept, Preview
from data.standards import NAMES, SIDES
from data.template import template as workbook
from services import entering, record
from services.cache import forget_all
from services.context import Context
from services.reads import checklist as checklists
from services.reads import setup as reads
from services.reads.base import home_at
from services.reads.checklist import Grade, Line
from services.reads.setup import Standing
from services.use_case import acting, reading

__all__ = [
    "NAMES",
    "NEEDED",
    "SIDES",
    "Answers",
    "Figure",
    "Grade",
    "Kept",
    "Line",
    "Place",
    "Preview",
    "SetupError",
    "Standing",
    "TableError",
    "all_feeds",
    "bring_back",
    "checklist",
    "codes",
    "enter",
    "figure_problems",
    "has_county",
    "of_plain",
    "preview",
    "read_answers",
    "read_places",
    "regions_template",
    "save",
    "standing",
    "template",
]

checklist = reading(Action.SET_UP, checklists.checklist)
standing = reading(Action.SET_UP, reads.standing)
preview = reading(Action.SET_UP, reads.preview)


def has_county(home: str) -> bool:
    """Whether a home holds a county."""
    return home_at(home).county_file.exists()


def _now(context: Context) -> datetime:
    return county_time(context.now.replace(tzinfo=UTC))


@acting(Action.SET_UP)
def save(context: Context, answers: Answers) -> int | None:
    """Write the county; the number of the version it replaces, None for a first one.

    Raises SetupError with the first problem; nothing is written then.
    """
    home, at = home_at(context.home), _now(context)
    kept = writing.save(home, answers, context.principal.account, at)
    forget_all()
    detail = {
        "kept": kept,
        "places": len(answers.places),
        "figures": len(answers.figures),
        "feeds": len(answers.feeds),
    }
    record.write(context, "set_up_county", "county", answers.code, detail=detail)
    return kept


@acting(Action.SET_UP)
def bring_back(context: Context, number: int) -> int | None:
    """Put a previous set-up in place; what stands now is kept. Raises SetupError."""
    home, at = home_at(context.home), _now(context)
    kept = writing.bring_back(home, number, context.principal.account, at)
    forget_all()
    about = str(home.county["region"])
    record.write(context, "bring_back_county", "county", about, detail={"kept": kept})
    return kept


@acting(Action.SET_UP)
def enter(context: Context, figures: Sequence[Figure]) -> date:
    """Enter figures of a new notice beside those that stand; the day from which they are known.

    Months run before keep theirs. Raises StandardRefused.
    """
    own = str(home_at(context.home).county["region"])
    known = entering.known_on(context)
    for one in figures:
        region = one.region or own
        known = entering.enter(
            context, region, one.side, one.name, one.since, one.value, one.document
        )
    return known


@acting(Action.SET_UP)
def template(context: Context, feed: str) -> bytes:
    """The empty Excel file of a feed, for its department. Raises ContractError for another."""
    return workbook(feed)


@acting(Action.SET_UP)
def regions_template(context: Context) -> bytes:
    """The empty Excel table of townships and villages."""
    about = reads.standing(context.home).answers
    return regions_table.template(about.code or "421234")
