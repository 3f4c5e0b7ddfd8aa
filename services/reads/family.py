"""One household: who lives there, what is known, its alerts, and who may do what next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from alerts.changes import story
from alerts.lifecycle import ACTION_OF, MOVES, steps_before_result
from alerts.models import Alert
from alerts.policy import load_policy
from alerts.queries import AlertDetail, alert_detail, household_alerts
from alerts.reasons import CHECK, facts_told
from alerts.states import Outcome, Role, State
from alerts.words import words_on
from core.access.areas import Area
from core.words import Text
from services.names import VISIT
from services.reads import base, county, people
from services.reads.cases import blind

ENOUGH = 0.6
# A profile has hundreds of columns; the page needs these.
HEADER = "household, township_code, village_code, urban_rural, n_members, roll_class, population"
MEMBER = "person, relation, sex, age, severely_disabled, other_disabled"


@dataclass(frozen=True)
class Family:
    """Everything the head of the household page says.

    `profile` and `score` are rows as dictionaries, empty when the month has none. `risk` is
    0..1 with `rank` of `at_risk` watched households, `mean_risk` their average; `existing` and
    `coming` are its two parts: in need now, and if not, within the horizon. Not `weighed`: what
    rules and model say of the family is left out, of the score all but the coverage.
    """

    household: str
    who: str
    profile: dict[str, Any]
    score: dict[str, Any]
    risk: float | None
    rank: int | None
    at_risk: int
    mean_risk: float | None
    existing: float | None = None
    coming: float | None = None
    weighed: bool = True

    @property
    def insufficient(self) -> bool:
        """Whether too little is known to say anything, least of all 'no risk'."""
        coverage = self.score.get("coverage")
        return coverage is not None and coverage == coverage and coverage < ENOUGH


def family(home: str, as_of: date, scope: Area, household: str) -> Family:
    """`weighed` for whoever visits: who they are and how much is known, not how they stand."""
    found: Family = weighed(home, as_of, scope, household)
    known = {name: found.score[name] for name in ("coverage",) if name in found.score}
    return Family(household, found.who, found.profile, known, None, None, 0, None, weighed=False)


@base.cached
def weighed(home: str, as_of: date, scope: Area, household: str) -> Family:
    """A household of the area as of the month, with what rules and model say of it.

    Raises NothingYet('profile') when the month was not run, NothingYet('household') when the
    household is not in it or lies outside the area.
    """
    path = base.needed_file(home, "profile", as_of, "household.parquet")
    where = f"household = $household AND {base.inside(scope)}"
    found = base.query(
        f"SELECT {HEADER} FROM read_parquet($path) p WHERE {where}",  # noqa: S608 (ours)
        {"path": str(path), "household": household, **base.scope_values(home, scope)},
    )
    if found.empty:
        raise base.NothingYet("household", as_of)
    score = _row(home, "scores", as_of, "scores.parquet", household)
    own = _row(home, "risk", as_of, "risk.parquet", household)
    total, mean = _all_at_risk(home, as_of)
    rank = own.get("rank")
    who = people.heads(home, as_of, (household,)).get(household, "")
    return Family(
        household, who, _plain(found), score, own.get("risk"),
        None if rank is None else int(rank), total, mean, own.get("existing"), own.get("coming"),
    )  # fmt: skip


@base.cached
def last_seen(home: str, household: str, until: date = date.max) -> date | None:
    """The newest month, up to a day, whose profile holds the household; None when none does."""
    for month in county.months(home):
        if month > until:
            continue
        path = base.monthly_file(home, "profile", month, "household.parquet")
        sql = "SELECT 1 FROM read_parquet($path) WHERE household = $household"
        if path and len(base.query(sql, {"path": str(path), "household": household})):
            return month
    return None


def _row(home: str, kind: str, as_of: date, name: str, household: str) -> dict[str, Any]:
    path = base.monthly_file(home, kind, as_of, name)
    if path is None:
        return {}
    sql = "SELECT * FROM read_parquet($path) WHERE household = $household"
    return _plain(base.query(sql, {"path": str(path), "household": household}))


def _plain(found: pd.DataFrame) -> dict[str, Any]:
    if found.empty:
        return {}
    row = found.iloc[0].to_dict()
    return {k: None if not isinstance(v, list) and _is_null(v) else v for k, v in row.items()}


def _is_null(value: Any) -> bool:
    known = pd.isna(value)
    return bool(known) if isinstance(known, bool) else False


def _all_at_risk(home: str, as_of: date) -> tuple[int, float | None]:
    """How many households are ranked in the month, and their mean risk."""
    path = base.monthly_file(home, "risk", as_of, "risk.parquet")
    if path is None:
        return 0, None
    row = base.query(
        "SELECT count(rank) AS n, avg(risk) FILTER (rank IS NOT NULL) AS mean "
        "FROM read_parquet($path)",
        {"path": str(path)},
    ).iloc[0]
    return int(row["n"]), None if pd.isna(row["mean"]) else float(row["mean"])


@base.cached
def members(home: str, as_of: date, scope: Area, household: str) -> pd.DataFrame:
    """Members, head first, with masked name and ID number, relation, sex, age, disability."""
    path = base.monthly_file(home, "profile", as_of, "person.parquet")
    if path is None:
        return pd.DataFrame()
    found = base.query(
        f"SELECT {MEMBER} FROM read_parquet($path) WHERE household = $household "  # noqa: S608 (ours)
        "ORDER BY (relation = 'head') DESC, age DESC",
        {"path": str(path), "household": household},
    )
    known = people.masked(home, tuple(found["person"]))
    found.insert(0, "who", [known.get(p, {}).get("name", "") for p in found["person"]])
    found.insert(1, "id_masked", [known.get(p, {}).get("id", "") for p in found["person"]])
    return found


@base.cached_alerts
def alerts_of(home: str, as_of: date, scope: Area, household: str) -> pd.DataFrame:
    """Alerts of a household raised up to the month, newest first, as they stood at its end; empty
    when there was none by then."""
    if not base.has_alerts(home):
        return pd.DataFrame(columns=["id"])
    known = base.known_at(home, as_of)
    with base.alert_session(home, scope) as session:
        found = household_alerts(session, household, known)
    return found if known is None else found[found["raised_on"] <= as_of].reset_index(drop=True)


def detail(home: str, as_of: date, scope: Area, alert_id: int) -> AlertDetail:
    """One alert with reasons, needs and chain of events as at the end of the month, read afresh.

    Raises AlertNotFound.
    """
    with base.alert_session(home, scope) as session:
        found = alert_detail(session, int(alert_id), base.known_at(home, as_of))
        session.expunge_all()
        return found


def blinded(found: AlertDetail) -> AlertDetail:
    """The alert with the reasons that whoever visits may read, of whichever source they are."""
    reasons = found.reasons[facts_told(found.reasons, found.alert.band)]
    if reasons.empty:
        check = {"code": "check", "text_zh": CHECK.zh, "text_en": CHECK.en}
        check |= {"source": VISIT, "category": "", "as_of": found.alert.as_of}
        reasons = pd.DataFrame([check], columns=found.reasons.columns)
    reasons = reasons.assign(source=reasons["source"].map(blind), points=float("nan"))
    return replace(found, reasons=reasons.reset_index(drop=True))


def days_overdue(home: str, as_of: date, scope: Area, alert: Alert) -> int:
    """Days that an open alert is past its due day, as the list counts them; 0 when it is not."""
    stands_still = alert.suspended_until is not None
    if alert.state == State.CLOSED or alert.due_on is None or stands_still:
        return 0
    return max(0, (base.today_at(home, as_of) - alert.due_on).days)


def tries_allowed(home: str, as_of: date) -> int:
    """Visits that may meet nobody before a case is closed as unreachable."""
    return load_policy(base.home_at(home), as_of).unreachable_tries


def checks(home: str, as_of: date, codes: Iterable[str]) -> list[tuple[str, Text, Text]]:
    """What to verify on site: (indicator, its name, what to check), each indicator once."""
    words = words_on(base.home_at(home), as_of)
    found = []
    for code in dict.fromkeys(codes):
        check = words.onsite_check(code)
        if check is not None:
            found.append((code, words.indicator(code), check))
    return found


def moved_on(
    home: str, as_of: date, scope: Area, found: AlertDetail, seen_event: int
) -> Text | None:
    """Who did what to the alert after an event that a reader has seen; None when nobody did."""
    since = found.events[found.events["id"] > seen_event]
    if since.empty:
        return None
    return Text(*story(since.to_dict("records"), base.moment_of(home, as_of)))


def plain_steps(found: AlertDetail, role: str) -> list[str]:
    """Steps open to a role that are neither a visit's result nor about one need."""
    return [a.value for a in found.actions(role)]


def awaits_result(found: AlertDetail) -> bool:
    """Whether a visit's result can be recorded now (the steps before it are done on the way)."""
    return found.alert.state not in {State.ASSISTING, State.APPROVAL, State.CLOSED}


def result_roles(found: AlertDetail, outcome: str) -> list[str]:
    """Roles that may record this result now, the steps on the way to it included."""
    state, steps = State(found.alert.state), []
    for action in steps_before_result(state):
        steps.append(MOVES[state][action])
        state = steps[-1].to
    if (result := MOVES[state].get(ACTION_OF[Outcome(outcome)])) is None:
        return []
    allowed = frozenset.intersection(*(move.by for move in [*steps, result]))
    return [role.value for role in (Role.WORKER, Role.DISPATCHER) if role in allowed]


@base.cached
def highest(home: str, as_of: date, scope: Area, limit: int = 20) -> pd.DataFrame:
    """Households of the area with the highest rule score: household, rule_score, band, who.

    Raises NothingYet when the month was not scored.
    """
    scores = base.needed_file(home, "scores", as_of, "scores.parquet")
    profile = base.needed_file(home, "profile", as_of, "household.parquet")
    found = base.query(
        "SELECT s.household, s.rule_score, s.band, p.village_code "  # noqa: S608 (ours)
        "FROM read_parquet($scores) s JOIN read_parquet($profile) p USING (household) "
        f"WHERE {base.inside(scope)} ORDER BY s.rule_score DESC, s.household LIMIT {int(limit)}",
        {"scores": str(scores), "profile": str(profile), **base.scope_values(home, scope)},
    )
    names = people.heads(home, as_of, tuple(found["household"]))
    return found.assign(who=[names.get(h, "") for h in found["household"]])
