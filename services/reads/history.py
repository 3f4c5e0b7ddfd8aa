"""What the lake tells about one household over time: facts with feed and date, blows, help."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from core.access.areas import Area
from core.words import Text
from data.contracts import all_feeds, load_contract
from services import names
from services.reads import base

MONTHS = 24
# Facts worth a line in a family's story; contributions and pensions come every month and do not.
DULL = {"employment": ("record_type", {"contribution", "pension", "resident_medical"}),
        "population_register": ("change_type", {"on_register"}),
        "social_insurance": ("state", {"paying", "drawing"}), "tax": ("item", {"wages"}),
        "housing_fund": ("state", {"open"}), "financial_assets": ("kind", {"none"}),
        "rural_watch": ("event", {"watched"})}  # fmt: skip
# What a line says: codes in words, then amounts.
TELLING = {
    "population_register": (["change_type", "relation"], []),
    "assistance_rolls": (["event", "assistance_class", "end_reason"], ["monthly_amount"]),
    "medical_claims": (["visit_type", "disease_group"], ["total_cost", "self_paid"]),
    "disability_certificates": (["event", "category", "grade"], []),
    "school_rolls": (["status", "stage", "aid_item"], ["annual_fee"]),
    "employment": (["record_type", "employer_kind"], ["amount"]),
    "housing": (["kind", "danger_grade", "disaster_damage"], ["monthly_rent"]),
    "deaths": (["cause_group"], []),
    "home_visits": (["visit_reason"], ["income_month", "rigid_month"]),
    "social_insurance": (["insurance", "state", "stop_reason"], ["pension"]),
    "tax": (["item", "role"], ["income", "turnover"]),
    "real_estate": (["use", "source", "state"], ["value"]),
    "firms": (["kind", "role", "state"], ["contributed"]),
    "housing_fund": (["state"], ["balance"]),
    "vehicles": (["kind", "use", "state"], ["value"]),
    "financial_assets": (["institution", "kind", "role"], ["amount"]),
    "listed_diseases": (["event", "disease", "list_class"], []),
    "rural_watch": (["event", "watched_kind", "risk"], []),
    "public_payroll": (["post"], ["pay"]),
}
ONCE = Text("一次性救助金", "Paid once:")  # the amount of an emergency grant
SILENT = {"none", "unrated", "False"}


@base.cached
def facts(home: str, as_of: date, scope: Area, household: str) -> dict[str, pd.DataFrame]:
    """Rows of every feed about the household and its members, known by the month.

    Feeds that never delivered are left out; a feed without a row has an empty frame.
    """
    persons = _members(home, as_of, household)
    lake, found = base.lake_at(home), {}
    for feed in all_feeds():
        told = None if feed == "home_visit_members" else lake.rows_sql(feed, as_of)
        if told is None:
            continue
        names = lake.schema(feed).names
        wanted = [name for name in ("person", "household") if name in names]
        keys = {"person": persons, "household": [household]}
        tests = [f"list_contains(${name}, {name})" for name in wanted]
        # One scan of the feed's files; the layout is the lake's own (see data.lake).
        sql = (
            f"SELECT * FROM ({told}) "  # noqa: S608 (ours)
            f"WHERE known_on <= $as_of AND ({' OR '.join(tests)})"
        )
        values = {"as_of": as_of, **{name: keys[name] for name in wanted}}
        found[feed] = _with_days(base.query(sql, values).reindex(columns=names))
    return found


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


@base.cached
def timeline(
    home: str, as_of: date, scope: Area, household: str, months: int | None = MONTHS
) -> pd.DataFrame:
    """The family's facts of so many months (None: all), newest first: day, known_on, feed, person,
    zh, en."""
    since = date.min if months is None else base.months_back(as_of, months)
    rows = []
    for feed, frame in facts(home, as_of, scope, household).items():
        column, dull = DULL.get(feed, ("", set()))
        for row in frame.to_dict("records"):
            if row["happened_on"] is None or row["happened_on"] < since or row.get(column) in dull:
                continue
            zh, en = _told(feed, row)
            rows.append((row["happened_on"], row["known_on"], feed, row.get("person"), zh, en))
    columns = ["day", "known_on", "feed", "person", "zh", "en"]
    frame = pd.DataFrame(rows, columns=columns).drop_duplicates()
    return frame.sort_values("day", ascending=False, kind="stable", ignore_index=True)


def _told(feed: str, row: dict[str, Any]) -> tuple[str, str]:
    codes, amounts = TELLING.get(feed, ([], []))
    zh, en = [], []
    for field in codes:
        value = row.get(field)
        if value is None or value != value or str(value) in SILENT:
            continue
        said = names.value(feed, field, _code(value))
        zh.append(said.zh)
        en.append(said.en)
    labels = load_contract(feed)
    for field in amounts:
        value = row.get(field)
        if value is not None and value == value and float(value):
            about = ONCE if row.get("event") == "grant" else labels.field(field)
            zh.append(f"{about.zh} {float(value):,.0f} 元")
            en.append(f"{about.en.lower()} {float(value):,.0f} yuan")
    title = names.feed(feed)
    return " · ".join(zh) or title.zh, " · ".join(en) or title.en


def _code(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


@base.cached
def shocks(home: str, as_of: date, scope: Area, household: str) -> pd.DataFrame:
    """Blows of 24 months: month, zh, en (bills, deaths, lost work, new disability, damage)."""
    found = facts(home, as_of, scope, household)
    since, rows = base.months_back(as_of, MONTHS), []
    for feed, frame in found.items():
        for row in frame.to_dict("records"):
            if row["happened_on"] is None or row["happened_on"] < since:
                continue
            said = _blow(feed, row)
            if said:
                rows.append((f"{row['happened_on']:%Y-%m}", *said))
    return pd.DataFrame(rows, columns=["month", "zh", "en"]).drop_duplicates(ignore_index=True)


LARGE_BILL = 3000.0


def _blow(feed: str, row: dict[str, Any]) -> tuple[str, str] | None:
    """The shock a fact means, in words; None for an ordinary fact."""
    if feed == "medical_claims" and (row.get("self_paid") or 0) >= LARGE_BILL:
        return "大额自付医疗", "large medical bill"
    if feed == "deaths":
        return "家人去世", "a death in the family"
    if feed == "employment" and row.get("record_type") in {"unemployed", "stopped"}:
        return "失去工作或断缴", "work or insurance lost"
    if feed == "disability_certificates" and row.get("event") == "issued":
        return "新办残疾证", "new disability certificate"
    if feed == "school_rolls" and row.get("status") == "dropped":
        return "退学", "left school"
    if feed == "housing" and row.get("disaster_damage") in {"severe", "collapsed"}:
        return "房屋灾损", "home damaged"
    return None


@base.cached
def help_received(home: str, as_of: date, scope: Area, household: str) -> pd.DataFrame:
    """Help on record, newest first: day, feed, zh, en, amount (yuan), known_on."""
    found, rows = facts(home, as_of, scope, household), []
    for row in found.get("assistance_rolls", pd.DataFrame()).to_dict("records"):
        if row.get("event") in {"start", "grant", "end"}:
            said = _told("assistance_rolls", {**row, "monthly_amount": None})
            paid = row.get("monthly_amount"), row["known_on"]
            rows.append((row["happened_on"], "assistance_rolls", *said, *paid))
    for row in found.get("medical_claims", pd.DataFrame()).to_dict("records"):
        if (row.get("medical_aid_paid") or 0) > 0:
            rows.append((row["happened_on"], "medical_claims", "医疗救助支付",
                         "Medical aid paid", row["medical_aid_paid"], row["known_on"]))  # fmt: skip
    for row in found.get("school_rolls", pd.DataFrame()).to_dict("records"):
        if row.get("aid_item") not in (None, "none") and (row.get("aid_amount") or 0) > 0:
            said = names.value("school_rolls", "aid_item", row["aid_item"])
            paid = row["aid_amount"], row["known_on"]
            rows.append((row["happened_on"], "school_rolls", said.zh, said.en, *paid))
    frame = pd.DataFrame(rows, columns=["day", "feed", "zh", "en", "amount", "known_on"])
    return frame.sort_values("day", ascending=False, kind="stable", ignore_index=True)


@base.cached
def data_dates(home: str, as_of: date) -> dict[str, date | None]:
    """Last good delivery of every feed by the month; None where it never came."""
    lake = base.lake_at(home)
    return {feed: lake.last_delivery(feed, as_of) for feed in all_feeds()}
