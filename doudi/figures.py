"""What the pages show, as plain values for scripts: the same services, so they cannot disagree."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import pandas as pd

from alerts.runs import read_run
from core.home import Home, HomeError
from data.contracts import load_contract
from models.risk.rows import QUESTIONS
from services import (
    NothingYet,
    county,
    deliveries,
    operator,
    overview,
    referrals,
    risk_model,
    supervision,
    trust,
)
from services.trust import Coming, Steady

GROUP_FIELDS = ["group", "label_zh", "label_en", "n_alerts", "n_closed", "n_verified"]
GROUP_FIELDS += ["n_confirmed", "n_covered", "n", "confirmed_of_n", "precision", "low", "high"]
GROUP_FIELDS += ["unverified_share", "small"]


def _records(frame: pd.DataFrame, fields: list[str]) -> list[dict[str, Any]]:
    kept = frame[[name for name in fields if name in frame]]
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in kept.astype(object).to_dict("records")
    ]


def _about(home: Home) -> dict[str, Any]:
    about = home.county
    return {"county": about["name_en"], "synthetic": bool(about.get("synthetic"))}


def precision(
    home: Home,
    by: str | None = None,
    denominator: str = trust.DENOMINATOR,
    as_of: date | None = None,
) -> dict[str, Any]:
    """Precision of the alerts of twelve months up to `as_of` (default: the newest month run), with
    n, interval and the unverified share.

    Raises HomeError when no alert was ever raised, or the month was not run.
    """
    here, about = operator.context(str(home.root), date.max), _about(home)
    try:
        as_of = _month_run(as_of, county.months(here))
        frame = trust.grouped(here.at(as_of), by, denominator)
    except (NothingYet, IndexError) as error:
        raise HomeError("no alerts yet: run 'doudi run --as-of MONTH' first") from error
    return {
        **about,
        "as_of": as_of.isoformat(),
        "months": trust.YEAR,
        "denominator": denominator,
        "interval": "Wilson 95 %",
        "by": by,
        "rows": _records(frame, GROUP_FIELDS),
    }


def everything(home: Home, as_of: date | None = None) -> dict[str, Any]:
    """`precision` with every measure, breakdown, month, cause and step beside it.

    `measures` divide other things by other things and say what; `breakdowns` hold the rows of every
    grouping; `months_by_question` existing and coming apart, with their phase; `coming` the alerts
    about need soon whose six months have passed. Raises HomeError like `precision`.
    """
    found = precision(home, as_of=as_of)
    here = operator.context(str(home.root), date.fromisoformat(found["as_of"]))
    months = trust.by_month(here, trust.DENOMINATOR)
    breakdowns = {by: trust.grouped(here, by, trust.DENOMINATOR) for by in trust.BREAKDOWNS}
    reference = trust.reference()
    return {
        **found,
        "measures": _measures(trust.side_by_side(here)),
        "measures_steady": _measures(trust.side_by_side(here, "steady")),
        "breakdowns": {by: _records(rows, GROUP_FIELDS) for by, rows in breakdowns.items()},
        "months_by_question": _records(months, ["question", "phase", *GROUP_FIELDS]),
        "coming": _coming(trust.coming(here)),
        "false_causes": _records(trust.why_false(here), ["group", "n", "share"]),
        "steps": _records(trust.step_days(here), STEP_FIELDS),
        "published_elsewhere": {
            "where": reference.en,
            "acts_of_help": reference.successes,
            "alerts": reference.n,
        },
    }


STEP_FIELDS = ["step", "n", "mean", "median", "late", "limit_least", "limit_most"]


def _coming(found: Coming) -> dict[str, Any]:
    names = ["alerts", "came_true", "low", "high", "waiting", "waiting_true", "median", "n_lead"]
    return {name: getattr(found, name) for name in names}


def _measures(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Measures with their words in both languages."""
    words = {one.code: one for one in trust.MEASURES}
    rows = _records(frame, list(frame.columns))
    return [{**row, "zh": words[row["measure"]].zh, "en": words[row["measure"]].en} for row in rows]


def supervision_figures(home: Home, as_of: date | None = None) -> dict[str, Any]:
    """What the page of supervision shows for the whole county at the end of a month (default: the
    newest, as it stands now). The oldest alerts are told by number, without household.

    Raises HomeError when no alert was ever raised, or the month was not run.
    """
    here, about = operator.context(str(home.root), date.max), _about(home)
    try:
        as_of = _month_run(as_of, county.months(here))
        here = here.at(as_of)
        found, oldest = supervision.figures(here), supervision.oldest(here)
        referred = referrals.referrals(here)
    except (NothingYet, IndexError) as error:
        raise HomeError("no alerts yet: run 'doudi run --as-of MONTH' first") from error
    tables = ("places", "bands", "steps_open", "persons", "departments", "steps", "by_place")
    return {
        **about,
        "as_of": as_of.isoformat(),
        **{name: getattr(found, name) for name in ("open", "owed", "near", "late", "capacity")},
        **{name: _plain(getattr(found, name)) for name in tables},
        "reported": dict(found.reported),
        "reported_before": dict(found.reported_before),
        "referrals": {name: int(referred[name].sum()) for name in ("open", "late")},
        "oldest": _records(oldest, OLDEST_FIELDS),
    }


OLDEST_FIELDS = ["number", "township_code", "village_code", "band", "state", "raised_on", "due_on"]
OLDEST_FIELDS += ["days_late"]


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return _records(frame, list(frame.columns))


def status(home: Home, as_of: date | None = None) -> dict[str, Any]:
    """Where the county stood at the end of a month (default: the newest, as it stands now).

    `new_alerts` were raised in the month; `checked`, `confirmed` and `helped` count alerts to which
    that happened in the month, whenever they were raised (`alerts.happened`); `open` and `overdue`
    count all alerts as they stood at its end. Champions are today's. Raises HomeError when nothing
    was run yet, or not this month.
    """
    here, about = operator.context(str(home.root), date.max), _about(home)
    months = county.months(here)
    if not months or not home.months("profile"):
        raise HomeError("no month was run yet: 'doudi ingest DIR', then 'doudi run --as-of MONTH'")
    as_of = _month_run(as_of, months)
    here = here.at(as_of)
    head = overview.headline(here)
    feeds_now = deliveries.feeds(here)
    champions = {name: risk_model.registry(here, name).champion for name in QUESTIONS}
    return {
        **about,
        "as_of": as_of.isoformat(),
        "months_run": [m.isoformat() for m in home.months("scores")],
        "households_watched": _whole(head.now("households")),
        "persons_watched": _whole(head.now("persons")),
        "new_alerts": _whole(head.now("new")),
        "new_alerts_by_band": head.bands,
        "checked": _whole(head.now("checked")),
        "confirmed": _whole(head.now("confirmed")),
        "helped": _whole(head.now("helped")),
        "checked_this_month": _whole(head.now("checked")),
        "confirmed_this_month": _whole(head.now("confirmed")),
        "open": head.open,
        "overdue": head.overdue,
        "last_run": _last_run(home, as_of),
        "precision": {"denominator": trust.DENOMINATOR, **_rates(head.rates)},
        "champion": champions["existing"] or risk_model.registry(here).champion,
        "champion_coming": champions["coming"],
        "feeds": feeds_now["state"].value_counts().to_dict(),
    }


def _month_run(as_of: date | None, months: list[date]) -> date:
    """The month asked for, or the newest. Raises HomeError when it was not run."""
    if as_of is None:
        return months[0]
    if as_of not in months:
        raise HomeError(f"{as_of:%Y-%m} was not run; the newest month is {months[0]:%Y-%m}")
    return as_of


def _whole(count: float | None) -> int | None:
    return None if count is None else int(count)


def _rates(found: Steady | None) -> dict[str, Any]:
    """Precision of the steady state, of the warm-up and by question, each with n and interval."""
    names = ("steady", "warm_up", "existing", "coming")
    rates = {name: getattr(found, name, None) for name in names}
    return {name: None if rate is None else asdict(rate) for name, rate in rates.items()}


_RUN = ("by_source", "by_question", "waiting", "kinds", "below", "in_process", "unanswered")


def _last_run(home: Home, as_of: date) -> dict[str, Any]:
    """What the newest run raised, and what it left and why; empty when nothing was kept."""
    run = read_run(home, as_of) or {}
    return {name: run[name] for name in (*_RUN, "followed", "cooling", "overdue") if name in run}


def feeds(home: Home) -> dict[str, Any]:
    """Every feed with owner, freshness and reconciliation up to the newest month."""
    here, about = operator.context(str(home.root), date.max), _about(home)
    months = county.months(here)
    if not months:
        raise HomeError("no data yet: run 'doudi ingest DIR' first")
    frame = deliveries.feeds(here.at(months[0]))
    rows = []
    for row in _records(frame, list(frame.columns)):
        contract = load_contract(row["feed"])
        row |= {"name": contract.zh, "owner": contract.owner_zh}
        kept = row["accepted"] + row["quarantined"] + row["duplicates"]
        rows.append({**row, "balanced": row["received"] == kept})
    return {**about, "as_of": months[0].isoformat(), "feeds": rows}
