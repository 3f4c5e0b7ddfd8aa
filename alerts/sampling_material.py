"""Gathering what the estimate of recall is made from: alerts, random visits, stored risks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from sqlalchemy import null, select
from sqlalchemy.orm import Session

from alerts import sampling_visits as visits
from alerts.errors import AlertsError
from alerts.facts import alert_facts
from alerts.models import Alert
from alerts.states import Outcome
from core.home import Home, add_months, month_end

AUDIT = "audit"
_NEEDY = (Outcome.CONFIRMED.value, Outcome.REFERRED.value)
COVERED = 0.9  # below this share of households with a stored risk, draw by rule score
RISK_COLUMNS = ["household", "as_of", "found", "well_off", "weight", "random"]


@dataclass(frozen=True)
class Scored:
    """Scores to draw visits by: `county` for every household, `random` for the random visits.

    `by` is 'risk' where the stored risk covers the county, else 'rule_score'. The county's are of
    the newest month of the period, those of a visit of the month before it; null where unknown.
    """

    by: str
    county: pd.Series
    random: pd.Series


@dataclass(frozen=True)
class Material:
    """The tables the estimate is made from.

    `households`: mean number in the county. `n_asked`: random visits, with or without a result.
    `alerts`: one row per alert of the period that is not of the audit lane (household, raised_on,
    source, verified, needy). `random`: see `alerts.sampling_visits.combined`, and `followed`: in
    process the month before. `delivered`: all delivered visits not in the ledger of alerts.
    `risks`: one row per random visit and per visited alert (found, well_off, weight, random) with
    the probability `risk` of the month before, null where the month has none. `score`: see
    `Scored`.
    """

    since: date
    until: date
    households: float
    n_asked: int
    alerts: pd.DataFrame
    random: pd.DataFrame
    delivered: pd.DataFrame
    risks: pd.DataFrame
    score: Scored


def gathered(
    home: Home, session: Session, since: date, until: date, known_by: date | None = None
) -> Material:
    """Read everything the estimate needs.

    Raises AlertsError when no month was run, or the period holds no random visit with a result.
    """
    counts = visits.households_by_month(home, since, until)
    if counts.empty:
        raise AlertsError(
            "还没有运行过任何月份：请先运行 'doudi run --as-of MONTH'",
            "no month was run yet: 'doudi run --as-of MONTH' first",
        )
    ledger = visits.lane_findings(home, known_by)
    everything = visits.delivered_visits(home, known_by)
    delivered = visits.one_visit_once(everything, ledger)
    survey = visits.survey_sample(delivered, counts)
    drawn = _drawn(session, since, until)
    lane = visits.lane_sample(ledger, everything, drawn, counts.index)
    if survey.empty and lane.empty:
        raise AlertsError(
            f"{since:%Y-%m} 至 {until:%Y-%m} 没有随机走访（住户调查或抽查），无法估计漏报",
            f"no random visit (survey or audit) from {since:%Y-%m} to {until:%Y-%m}: what the "
            "alerts missed cannot be estimated",
        )
    alerts = _alerts(session, since, until, known_by)
    random = visits.combined(survey, lane, _covered(home, session, survey))
    random["followed"] = _followed(home, random)
    asked = delivered[delivered["reason"].isin(visits.RANDOM_REASONS)]
    inside = asked["visited_on"].dt.strftime("%Y-%m").isin(counts.index)
    return Material(
        since,
        until,
        float(counts.mean()),
        int(inside.sum()) + len(drawn),
        alerts,
        random,
        delivered,
        _with_risk(home, random, alerts),
        _scored(home, until, random),
    )


def _alerts(session: Session, since: date, until: date, known_by: date | None) -> pd.DataFrame:
    facts = alert_facts(session, since, until, known_by)
    facts = facts[facts["source"] != AUDIT]
    return pd.DataFrame(
        {
            "household": facts["household"].astype(str),
            "raised_on": pd.to_datetime(facts["raised_on"]),
            "source": facts["source"].astype(str),
            "verified": facts["verified"].astype(bool),
            "needy": facts["outcome"].isin(_NEEDY),
        }
    ).reset_index(drop=True)


def _drawn(session: Session, since: date, until: date) -> pd.DataFrame:
    """Every household that the audit lane drew in the period: household, raised_on, month, stratum.

    A database from before the strata were stored has none.
    """
    stratum = Alert.__table__.c.get("stratum", null())
    query = select(Alert.household, Alert.raised_on, stratum).where(
        Alert.source == AUDIT, Alert.raised_on >= since, Alert.raised_on <= until
    )
    rows = [tuple(row) for row in session.execute(query)]
    drawn = pd.DataFrame(rows, columns=["household", "raised_on", "stratum"])
    drawn["raised_on"] = pd.to_datetime(drawn["raised_on"])
    return drawn.assign(month=drawn["raised_on"].dt.strftime("%Y-%m"))


def _covered(home: Home, session: Session, survey: pd.DataFrame) -> pd.Series:
    """Survey visits to families whom the audit lane could have drawn: no open case, not followed.

    Families above a threshold whom the capacity did not reach count as covered, though the lane
    leaves them out: they are few where capacity is a ceiling.
    """
    query = select(Alert.household, Alert.raised_on, Alert.closed_on)
    rows = [tuple(row) for row in session.execute(query)]
    cases = pd.DataFrame(rows, columns=["household", "raised_on", "closed_on"])
    cases["raised_on"] = pd.to_datetime(cases["raised_on"])
    cases["closed_on"] = pd.to_datetime(cases["closed_on"])
    both = survey.reset_index(names="visit").merge(cases, on="household")
    before = both["raised_on"] < both["visited_on"]
    still = both["closed_on"].isna() | (both["closed_on"] > both["visited_on"])
    covered = pd.Series(True, index=survey.index)
    covered[both.loc[before & still, "visit"].unique()] = False
    return covered & ~_followed(home, survey)


def _followed(home: Home, random: pd.DataFrame) -> pd.Series:
    """Random visits to families who were in process at the end of the month before."""
    followed = pd.Series(False, index=random.index)
    for text in random["month"].unique():
        known = visits.in_process(home, add_months(month_end(text), -1))
        followed |= (random["month"] == text) & random["household"].isin(known)
    return followed


def _with_risk(home: Home, random: pd.DataFrame, alerts: pd.DataFrame) -> pd.DataFrame:
    """Random visits and visited alerts with the stored probability of the month before."""
    before = [add_months(month_end(text), -1) for text in random["month"]]
    drawn = random.assign(as_of=before, random=True)
    seen = alerts[alerts["verified"]]
    chosen = seen.assign(
        as_of=[day.date() for day in seen["raised_on"]],
        found=seen["needy"],
        well_off=False,
        weight=1.0,
        random=False,
    )
    rows = pd.concat([drawn[RISK_COLUMNS], chosen[RISK_COLUMNS]], ignore_index=True)
    rows["risk"] = pd.Series(dtype="float64")
    for as_of in sorted(set(rows["as_of"])):
        part = rows[rows["as_of"] == as_of]
        known = stored_risk(home, as_of).set_index("household")["risk"]
        rows.loc[part.index, "risk"] = part["household"].map(known)
    return rows


def _scored(home: Home, until: date, random: pd.DataFrame) -> Scored:
    """The score by which the county can be drawn, for every household and for the random visits."""
    run = [month for month in home.months("profile") if month <= month_end(until)]
    newest = run[-1] if run else home.months("profile")[0]
    path = home.monthly("profile", newest) / "household.parquet"
    households = pq.read_table(path, columns=["household"]).to_pandas()["household"]
    county = _values(stored_risk(home, newest), households)
    by, read = "risk", stored_risk
    if county.notna().mean() < COVERED:
        by, read = "rule_score", stored_rule_score
        county = _values(read(home, newest), households)
    visited = pd.Series(float("nan"), index=random.index)
    for text in random["month"].unique():
        here = random["month"] == text
        month = add_months(month_end(text), -1)
        visited[here] = _values(read(home, month), random.loc[here, "household"])
    return Scored(by, county.reset_index(drop=True), visited)


def _values(stored: pd.DataFrame, households: pd.Series) -> pd.Series:
    return households.map(stored.set_index("household").iloc[:, 0]).astype("float64")


def stored_risk(home: Home, as_of: date) -> pd.DataFrame:
    """household, risk: the stored probability that a visit now finds an unmet need.

    Months from before the two questions were told apart hold one probability, of an unmet need
    within the horizon. Empty where the month has no risk table.
    """
    path: Path = home.monthly("risk", as_of) / "risk.parquet"
    if not path.exists():
        return pd.DataFrame({"household": pd.Series(dtype=str), "risk": pd.Series(dtype=float)})
    name = "existing" if "existing" in pq.read_schema(path).names else "risk"
    table = pq.read_table(path, columns=["household", name]).to_pandas()
    return table.rename(columns={name: "risk"}).drop_duplicates("household")


def stored_rule_score(home: Home, as_of: date) -> pd.DataFrame:
    """household, rule_score of a month; empty where the month has no scores."""
    path = home.monthly("scores", as_of) / "scores.parquet"
    if not path.exists():
        return pd.DataFrame(
            {"household": pd.Series(dtype=str), "rule_score": pd.Series(dtype=float)}
        )
    columns = ["household", "rule_score"]
    return pq.read_table(path, columns=columns).to_pandas().drop_duplicates("household")
