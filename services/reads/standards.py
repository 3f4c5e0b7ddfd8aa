"""Local standards by region, side and date, each with the document it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.words import Text
from data import notices
from data.regions import Regions, RegionsError
from data.standards import NAMES, SIDES, Standards, StandardsError
from services.reads.base import home_at


@dataclass(frozen=True)
class Figure:
    """One standard in force: the region whose figure it is, since when, from which document.

    `own` says that the region asked for has it itself; else it is taken from one around it.
    """

    name: str
    side: str
    value: float | None
    unit: str
    since: date | None
    document: str
    region: str
    own: bool


@dataclass(frozen=True)
class Entered:
    """One entry of the office, newest first; `counts` once a month from `known_on` on is run."""

    number: int
    region: str
    side: str
    name: str
    since: date
    value: float | None
    document: str
    known_on: date
    actor: str


def words(name: str) -> Text:
    """What a standard is called."""
    _, zh, en = NAMES[name]
    # Letters are how notices and handbooks call them; the longer names are our own.
    return Text(f"{name} {zh}", f"{name} {en}") if len(name) == 1 else Text(zh, en)


def regions(home: str) -> dict[str, Text]:
    """Regions a figure may be entered for: those that have some, the home's, its townships."""
    folder = home_at(home)
    about = folder.county
    own = str(about["region"])
    found = {own: Text(str(about["name_zh"]), str(about["name_en"]))}
    try:
        known = Regions.load(folder)
        townships = {t.code: Text(t.name_zh, t.name_en) for t in known.townships.values()}
    except RegionsError:
        townships = {}
    having = Standards.load(folder).regions if _has_any(home) else []
    counties = sorted({code[:6] for code in (*townships, *having) if len(code) >= 6})
    for code in [*having, *counties, *townships]:
        found.setdefault(code, townships.get(code, Text(code, code)))
    return found


def _has_any(home: str) -> bool:
    try:
        Standards.load(home_at(home))
    except StandardsError:
        return False
    return True


def figures(home: str, as_of: date, region: str) -> list[Figure]:
    """Every standard of a region on the month's last day, urban and rural.

    As it was known by then. A figure not given for the region is taken from the nearest around it.
    """
    try:
        standards = Standards.load(home_at(home), known_by=as_of)
    except StandardsError:
        return []
    return [_figure(standards, name, region, side, as_of) for name in NAMES for side in SIDES]


def _figure(standards: Standards, name: str, region: str, side: str, on: date) -> Figure:
    holder = standards.holder(name, region, side, on)
    entry = standards.entry(name, region, side, on)
    return Figure(
        name,
        side,
        entry.value if entry else None,
        NAMES[name][0],
        entry.since if entry else None,
        entry.reference if entry else "",
        holder or "",
        holder == region,
    )


def entered(home: str) -> list[Entered]:
    """What the office entered and did not withdraw, newest first."""
    return [
        Entered(
            n.number, n.region, n.side, n.name, n.since, n.value, n.document, n.known_on, n.actor
        )
        for n in reversed(notices.known(home_at(home)))
    ]
