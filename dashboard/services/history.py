"""What the lake tells about one household over time: facts with feed and date, money by month."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from dashboard.services import base, names
from data.backends import connect
from data.contracts import all_feeds, load_contract
from data.home import add_months
from data.lake import Lake
from data.standards import Standards, StandardsError

MONTHS = 24
# Facts worth a line in a family's story; contributions and pensions come every month and do not.
DULL = {"employment": ("record_type", {"contribution", "pension", "resident_medical"}),
        "population_register": ("change_type", {"on_register"})}  # fmt: skip
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
}
SILENT = {"none", "unrated", "False"}


@base.cached
def facts(home: str, as_of: date, scope: str, household: str) -> dict[str, pd.DataFrame]:
    """Rows of every feed about the household and its members, known by the month.

    Feeds that never delivered are left out; a feed without a row has an empty frame.
    """
    persons = _members(home, as_of, household)
    lake, con = Lake(base.home_at(home)), connect(threads=2, memory="2GB")
    found = {}
    for feed in all_feeds():
        table = lake.table(con, feed, as_of)
        if table is None or feed == "home_visit_members":
            continue
        wanted = []
        if "person" in table.columns and persons:
            wanted.append(table.person.isin(persons))
        if "household" in table.columns:
            wanted.append(table.household == household)
        if not wanted:
            continue
        rows = table.filter(wanted[0] if len(wanted) == 1 else wanted[0] | wanted[1])
        found[feed] = rows.to_pyarrow().to_pandas(date_as_object=True)
    con.disconnect()
    return found


def _members(home: str, as_of: date, household: str) -> list[str]:
    path = base.monthly_file(home, "profile", as_of, "person.parquet")
    if path is None:
        return []
    sql = "SELECT person FROM read_parquet($path) WHERE household = $household"
    return list(base.query(sql, {"path": str(path), "household": household})["person"])


@base.cached
def timeline(home: str, as_of: date, scope: str, household: str) -> pd.DataFrame:
    """The family's story of 24 months, newest first: day, known_on, feed, person, zh, en."""
    since = base.months_back(as_of, MONTHS)
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
            about = labels.field(field)
            zh.append(f"{about.zh} {float(value):,.0f} 元")
            en.append(f"{about.en.lower()} {float(value):,.0f} yuan")
    title = names.feed(feed)
    return " · ".join(zh) or title.zh, " · ".join(en) or title.en


def _code(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


@base.cached
def money(home: str, as_of: date, scope: str, household: str, members: int) -> pd.DataFrame:
    """24 months, yuan a head: month, income, spending, standard, edge, visited.

    `income` is what departments recorded for the month (wages, pensions, unemployment benefit):
    null in months for which nothing is recorded, because informal income may exist. `spending` is
    medical self-payment, school fees and rent of the month. `visited` is what a home visit found.
    """
    found = facts(home, as_of, scope, household)
    days = [add_months(as_of, -back) for back in range(MONTHS - 1, -1, -1)]
    heads = max(1, members)
    rows = []
    for day in days:
        income, spending = _income(found, day), _spending(found, day)
        visited = _visited(found, day)
        rows.append(
            {
                "month": f"{day:%Y-%m}",
                "income": None if income is None else income / heads,
                "spending": None if spending is None else spending / heads,
                "visited": None if visited is None else visited / heads,
            }
        )
    frame = pd.DataFrame(rows).astype(
        {"income": "float64", "spending": "float64", "visited": "float64"}
    )
    lines = [_lines(home, as_of, household, day) for day in days]
    return frame.assign(standard=[s for s, _ in lines], edge=[e for _, e in lines])


def _in_month(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    first = day.replace(day=1)
    return _keep(frame, [d is not None and first <= d <= day for d in frame["happened_on"]])


def _until(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    """Facts up to a day, oldest first."""
    kept = _keep(frame, [d is not None and d <= day for d in frame["happened_on"]])
    return kept.sort_values("happened_on", kind="stable")


def _keep(frame: pd.DataFrame, flags: list[bool]) -> pd.DataFrame:
    # An empty list of flags would be taken for an empty list of columns.
    return frame.loc[np.array(flags, dtype=bool)]


def _income(found: dict[str, pd.DataFrame], day: date) -> float | None:
    """Recorded income of the household in a month; None when no department recorded any."""
    work = found.get("employment")
    if work is None or work.empty:
        return None
    month = _in_month(work, day)
    paid = month[month["record_type"].isin(["contribution", "benefit"])]
    pensions = _until(work[work["record_type"] == "pension"], day)
    running = [e is None or e != e or e >= day.replace(day=1) for e in pensions["ended_on"]]
    current = _keep(pensions, running).drop_duplicates("person", keep="last")
    if paid.empty and current.empty:
        return None
    return float(paid["amount"].fillna(0).sum() + current["amount"].fillna(0).sum())


def _spending(found: dict[str, pd.DataFrame], day: date) -> float | None:
    """Rigid spending that the month's records show; None when no such feed ever delivered."""
    if not {"medical_claims", "school_rolls", "housing"} & set(found):
        return None
    total = 0.0
    if (claims := found.get("medical_claims")) is not None:
        total += float(_in_month(claims, day)["self_paid"].fillna(0).sum())
    if (school := found.get("school_rolls")) is not None:
        latest = _until(school, day).drop_duplicates("person", keep="last")
        latest = latest[latest["status"] == "enrolled"]
        total += float(latest["annual_fee"].fillna(0).sum()) / 12
    if (homes := found.get("housing")) is not None:
        total += float(_until(homes, day)["monthly_rent"].tail(1).fillna(0).sum())
    return max(0.0, total)


def _visited(found: dict[str, pd.DataFrame], day: date) -> float | None:
    visits = found.get("home_visits")
    if visits is None or visits.empty:
        return None
    known = _in_month(visits, day)["income_month"].dropna()
    return float(known.iloc[-1]) if len(known) else None


def _lines(home: str, as_of: date, household: str, day: date) -> tuple[float | None, float | None]:
    """S and the edge line of a month, where the household lives."""
    region, side = _where(home, as_of, household)
    try:
        standards = _standards(home)
        low = standards.value("S", region, side, day)
        return low, low * standards.value("k", region, side, day)
    except StandardsError:
        return None, None


@base.cached
def _standards(home: str) -> Standards:
    return Standards.load(base.home_at(home))


@base.cached
def _where(home: str, as_of: date, household: str) -> tuple[str, str]:
    path = base.needed_file(home, "profile", as_of, "household.parquet")
    row = base.query(
        "SELECT coalesce(township_code, county_code) AS region, urban_rural "
        "FROM read_parquet($path) WHERE household = $household",
        {"path": str(path), "household": household},
    ).iloc[0]
    return str(row["region"]), str(row["urban_rural"] or "rural")


@base.cached
def shocks(home: str, as_of: date, scope: str, household: str) -> pd.DataFrame:
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
def help_received(home: str, as_of: date, scope: str, household: str) -> pd.DataFrame:
    """Help on record, newest first: day, feed, person, zh, en, amount (yuan)."""
    found, rows = facts(home, as_of, scope, household), []
    for row in found.get("assistance_rolls", pd.DataFrame()).to_dict("records"):
        if row.get("event") in {"start", "grant", "end"}:
            said = _told("assistance_rolls", {**row, "monthly_amount": None})
            rows.append((row["happened_on"], "assistance_rolls", *said, row.get("monthly_amount")))
    for row in found.get("medical_claims", pd.DataFrame()).to_dict("records"):
        if (row.get("medical_aid_paid") or 0) > 0:
            rows.append((row["happened_on"], "medical_claims", "医疗救助支付",
                         "Medical aid paid", row["medical_aid_paid"]))  # fmt: skip
    for row in found.get("school_rolls", pd.DataFrame()).to_dict("records"):
        if row.get("aid_item") not in (None, "none") and (row.get("aid_amount") or 0) > 0:
            said = names.value("school_rolls", "aid_item", row["aid_item"])
            rows.append((row["happened_on"], "school_rolls", said.zh, said.en, row["aid_amount"]))
    frame = pd.DataFrame(rows, columns=["day", "feed", "zh", "en", "amount"])
    return frame.sort_values("day", ascending=False, kind="stable", ignore_index=True)


@base.cached
def data_dates(home: str, as_of: date) -> dict[str, date | None]:
    """Last good delivery of every feed by the month; None where it never came."""
    lake = Lake(base.home_at(home))
    return {feed: lake.last_delivery(feed, as_of) for feed in all_feeds()}
