"""What the lake tells about one household over time: facts with feed and date, blows, help."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from core.access.areas import Area
from core.words import Text
from data.about import named_in, rows_about
from data.contracts import all_feeds, load_contract
from data.history import History, history_of
from services import names
from services.reads import base

MONTHS = 24
ONCE = Text("一次性救助金", "Paid once:")  # the amount of an emergency grant
SILENT = {"none", "unrated", "False"}


@base.cached_lake
def facts(home: str, as_of: date, scope: Area, household: str) -> dict[str, pd.DataFrame]:
    """Rows of every feed that has lines in a history about the household and its members, known
    by the month.

    `person` is the member a row names, the first where it names several. Feeds that never delivered
    are left out; a feed without a row has an empty frame.
    """
    persons = _members(home, as_of, household)
    lake, found = base.lake_at(home), {}
    for feed in all_feeds():
        if not history_of(feed):
            continue
        told = rows_about(lake, feed, as_of, named_in(lake, feed, persons, [household]))
        if told is None:
            continue
        frame = base.query("SELECT * FROM told", tables={"told": told})
        people = [f.lake_name for f in load_contract(feed).people]
        found[feed] = _with_days(_with_member(frame, people, persons))
    return found


def _with_member(frame: pd.DataFrame, people: list[str], members: list[str]) -> pd.DataFrame:
    """Rows that name several people, with the first of them who is a member as `person`."""
    if people in ([], ["person"]):
        return frame
    ours = frame[people].where(frame[people].isin(members)).astype(object)
    return frame.assign(person=ours.bfill(axis=1).iloc[:, 0])


def _with_days(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates as dates (None where unknown), not as moments."""
    for name in frame.columns[[str(kind).startswith("datetime") for kind in frame.dtypes]]:
        days = [None if pd.isna(moment) else moment.date() for moment in frame[name]]
        frame[name] = pd.Series(days, index=frame.index, dtype="object")
    return frame


def _members(home: str, as_of: date, household: str) -> list[str]:
    path = base.monthly_file(home, "profile", as_of, "person.parquet")
    if path is None:
        return []
    sql = "SELECT person FROM read_parquet($path) WHERE household = $household"
    return list(base.query(sql, {"path": str(path), "household": household})["person"])


@base.cached_lake
def timeline(
    home: str, as_of: date, scope: Area, household: str, months: int | None = MONTHS
) -> pd.DataFrame:
    """The family's facts of so many months (None: all), newest first: day, known_on, feed, person,
    zh, en, blow (whether this very row is a blow to the family)."""
    since = date.min if months is None else base.months_back(as_of, months)
    rows = []
    for feed, frame in facts(home, as_of, scope, household).items():
        telling = _telling(feed)
        for row in frame.to_dict("records"):
            if row["happened_on"] is None or row["happened_on"] < since or telling.skips(row):
                continue
            zh, en = _told(feed, row)
            days, blow = (row["happened_on"], row["known_on"]), telling.shock(row) is not None
            rows.append((*days, feed, row.get("person"), zh, en, blow))
    columns = ["day", "known_on", "feed", "person", "zh", "en", "blow"]
    frame = pd.DataFrame(rows, columns=columns).drop_duplicates()
    return frame.sort_values("day", ascending=False, kind="stable", ignore_index=True)


def _telling(feed: str) -> History:
    return history_of(feed) or History()


def help_stands_alone(feed: str) -> bool:
    """Whether help received stands in place of the feed's lines of that day."""
    return any(help_.instead for help_ in _telling(feed).help)


def _told(feed: str, row: dict[str, Any]) -> tuple[str, str]:
    """A fact in words: its codes and amounts, or else what its feed is called."""
    telling = _telling(feed)
    zh, en = _said(feed, row, telling.say)
    labels, once = load_contract(feed), telling.paid_once(row)
    for field in telling.amounts:
        value = row.get(field)
        if value is not None and value == value and float(value):
            about = ONCE if once else labels.field(field)
            zh.append(f"{about.zh} {float(value):,.0f} 元")
            en.append(f"{about.en.lower()} {float(value):,.0f} yuan")
    return _line(feed, zh, en)


def _said(feed: str, row: dict[str, Any], codes: Sequence[str]) -> tuple[list[str], list[str]]:
    """Codes of a row in words; those that say nothing are left out."""
    zh, en = [], []
    for field in codes:
        value = row.get(field)
        if value is None or value != value or str(value) in SILENT:
            continue
        said = names.value(feed, field, _code(value))
        zh.append(said.zh)
        en.append(said.en)
    return zh, en


def _line(feed: str, zh: list[str], en: list[str]) -> tuple[str, str]:
    title = names.feed(feed)
    return " · ".join(zh) or title.zh, " · ".join(en) or title.en


def _code(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


@base.cached_lake
def shocks(home: str, as_of: date, scope: Area, household: str) -> pd.DataFrame:
    """Blows of 24 months: month, zh, en (bills, deaths, lost work, new disability, damage)."""
    found = facts(home, as_of, scope, household)
    since, rows = base.months_back(as_of, MONTHS), []
    for feed, frame in found.items():
        for row in frame.to_dict("records"):
            if row["happened_on"] is None or row["happened_on"] < since:
                continue
            if said := _telling(feed).shock(row):
                rows.append((f"{row['happened_on']:%Y-%m}", said.zh, said.en))
    return pd.DataFrame(rows, columns=["month", "zh", "en"]).drop_duplicates(ignore_index=True)


@base.cached_lake
def help_received(home: str, as_of: date, scope: Area, household: str) -> pd.DataFrame:
    """Help on record, newest first: day, feed, zh, en, amount (yuan), known_on."""
    rows = []
    for feed, frame in facts(home, as_of, scope, household).items():
        for row in frame.to_dict("records"):
            for help_ in _telling(feed).helped(row):
                zh, en = help_.zh, help_.en
                if help_.say:
                    zh, en = _line(feed, *_said(feed, row, help_.say))
                paid = row.get(help_.amount), row["known_on"]
                rows.append((row["happened_on"], feed, zh, en, *paid))
    frame = pd.DataFrame(rows, columns=["day", "feed", "zh", "en", "amount", "known_on"])
    return frame.sort_values("day", ascending=False, kind="stable", ignore_index=True)


@base.cached_lake
def data_dates(home: str, as_of: date) -> dict[str, date | None]:
    """Last good delivery of every feed by the month; None where it never came."""
    lake = base.lake_at(home)
    return {feed: lake.last_delivery(feed, as_of) for feed in all_feeds()}
