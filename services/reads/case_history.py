"""One household's case history: facts, scores, alerts, visits and help, by date, as then known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from alerts.policy import load_policy
from core.access.areas import Area
from core.words import Text
from services import names
from services.names import Kind
from services.reads import base, case_households, cases, history
from services.reads import family as families
from services.reads.afterwards import Later, afterwards
from services.reads.case_events import PARTS, Case, Entry, cases_of, entries

__all__ = ["PARTS", "CaseHistory", "Entry", "Later", "case_history", "whole_case_history"]


@dataclass(frozen=True)
class CaseHistory:
    """Everything known of a household's case.

    `entries` newest first, from the day `since` on (None: all that is known). `later`: what became
    of the family after each visit that confirmed a need. `bands`: month (YYYY-MM), band, score,
    risk by month, empty for who may not know how rules and model weigh a family.
    """

    household: str
    since: date | None
    until: date
    entries: tuple[Entry, ...]
    later: tuple[Later, ...]
    bands: pd.DataFrame

    def of(self, parts: tuple[str, ...]) -> list[Entry]:
        """The entries of some parts, all of them where none is named."""
        return [one for one in self.entries if not parts or one.part in parts]

    def paid(self) -> float:
        """Sum of the amounts of help that are known, in yuan; monthly amounts count once."""
        return sum(one.amount or 0.0 for one in self.entries if one.part == "help")


def case_history(
    home: str, as_of: date, scope: Area, household: str, months: int | None = history.MONTHS
) -> CaseHistory:
    """The case history of so many months (None: everything) for whoever visits: without scores,
    and without what tells the visits drawn at random."""
    return _made(home, as_of, scope, household, months, sighted=False)


def whole_case_history(
    home: str, as_of: date, scope: Area, household: str, months: int | None = history.MONTHS
) -> CaseHistory:
    """The case history with scores, risks and what raised the alerts."""
    return _made(home, as_of, scope, household, months, sighted=True)


@base.cached_cases
def _made(
    home: str, as_of: date, scope: Area, household: str, months: int | None, sighted: bool
) -> CaseHistory:
    since = None if months is None else base.months_back(as_of, months)
    found = cases_of(home, as_of, scope, household, sighted)
    bands = _bands(home, as_of, household) if sighted else _bands(home, date.min, household)
    told = [
        *_facts(home, as_of, scope, household, months),
        *case_households.entries(home, as_of, household),
        *_scores(bands, load_policy(base.home_at(home), as_of).open_existing),
        *(entry for case in found for entry in _entries(home, case, sighted)),
    ]
    told = [one for one in told if since is None or one.day >= since]
    told.sort(key=lambda one: (one.day, one.order), reverse=True)
    later = afterwards(home, as_of, scope, household, found, sighted)
    if since is not None:
        bands = bands[bands["month"] >= f"{since:%Y-%m}"].reset_index(drop=True)
    return CaseHistory(household, since, as_of, tuple(told), tuple(later), bands)


def _facts(
    home: str, as_of: date, scope: Area, household: str, months: int | None
) -> Iterator[Entry]:
    """What departments reported, and the help among it; an act of help is told once."""
    # A household that has left the data is told as the last month knew it.
    as_of = families.last_seen(home, household, as_of) or as_of
    given = history.help_received(home, as_of, scope, household)
    for row in given.to_dict("records"):
        yield Entry(
            row["day"],
            "help",
            Text(row["zh"], row["en"]),
            names.feed(row["feed"]),
            mark="help",
            amount=_amount(row["amount"]),
            known_on=row["known_on"],
        )
    told = {(row["feed"], row["day"]) for row in given.to_dict("records")}
    facts = history.timeline(home, as_of, scope, household, months)
    for row in facts.to_dict("records"):
        if (row["feed"], row["day"]) in told and history.help_stands_alone(row["feed"]):
            continue
        yield Entry(
            row["day"],
            "facts",
            Text(row["zh"], row["en"]),
            names.feed(row["feed"]),
            mark="blow" if row["blow"] else "fact",
            known_on=row["known_on"],
            person=row["person"],
        )


def _entries(home: str, case: Case, sighted: bool) -> Iterator[Entry]:
    """The alert's entries; where it was raised with its source and band as the reader may know."""
    alert = case.found.alert
    source, band = alert.source, alert.band
    if not sighted:
        source, band = cases.blind(source), cases.blind_band(band)
    for entry in entries(home, case):
        if entry.mark != "raised":
            yield entry
            continue
        from_, level = names.word(Kind.SOURCE, source), names.word(Kind.BAND, band)
        what = Text(f"预警生成：{level.zh}", f"Alert raised: {level.en}")
        yield replace(entry, what=what, more=from_, band=band)


def _bands(home: str, as_of: date, household: str) -> pd.DataFrame:
    """The household's band, score and risk of every month up to `as_of` that knows it."""
    columns = ["month", "as_of", "band", "score", "risk"]
    months = [m for m in base.home_at(home).months("scores") if m <= as_of]
    scores = _rows(home, "scores", months, "scores.parquet", household)
    if scores.empty:
        return pd.DataFrame(columns=columns)
    risks = _rows(home, "risk", months, "risk.parquet", household)
    risk = {}
    for row in risks.to_dict("records"):
        value = row.get("existing", row.get("risk"))
        risk[_day(row["as_of"])] = None if pd.isna(value) else float(value)
    rows = [
        (f"{_day(r['as_of']):%Y-%m}", _day(r["as_of"]), r["band"], _amount(r["rule_score"]),
         risk.get(_day(r["as_of"])))
        for r in scores.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _rows(home: str, kind: str, months: list[date], name: str, household: str) -> pd.DataFrame:
    paths = [base.monthly_file(home, kind, month, name) for month in months]
    found = [str(path) for path in paths if path is not None]
    if not found:
        return pd.DataFrame()
    sql = (
        "SELECT * FROM read_parquet($paths, union_by_name = true) "
        "WHERE household = $household ORDER BY as_of"
    )
    return base.query(sql, {"paths": found, "household": household})


def _scores(bands: pd.DataFrame, line: float) -> Iterator[Entry]:
    """An entry where the band changed, or the risk of need now crossed `line`, a probability."""
    band: str | None = None
    above: bool | None = None
    for row in bands.to_dict("records"):
        if row["band"] != band:
            yield _band_changed(row, band)
            band = row["band"]
        if row["risk"] is None or row["risk"] != row["risk"]:
            continue
        now = row["risk"] >= line
        if now != above and (above is not None or now):
            yield _crossed(row, now, line)
        above = now


def _band_changed(row: dict[str, Any], before: str | None) -> Entry:
    now = names.word(Kind.BAND, row["band"])
    score = "" if row["score"] is None else f"{row['score']:.1f}"
    if before is None:
        what = Text(f"规则得分等级：{now.zh}", f"Band by rule score: {now.en.lower()}")
    else:
        old = names.word(Kind.BAND, before)
        what = Text(
            f"等级由{old.zh}变为{now.zh}", f"Band from {old.en.lower()} to {now.en.lower()}"
        )
    note = Text(f"得分 {score}", f"score {score}") if score else None
    return Entry(
        row["as_of"], "scores", what, note=note, mark="band", band=row["band"], order=500_000_000
    )


def _crossed(row: dict[str, Any], above: bool, line: float) -> Entry:
    """The risk went over or under the line from which a visit is spent."""
    zh, en = ("升至", "rose to") if above else ("降至", "fell to")
    side = ("不低于", "at or above") if above else ("低于", "below")
    what = Text(
        f"风险{zh} {row['risk']:.0%}，{side[0]} {line:.0%} 的走访线",
        f"Risk {en} {row['risk']:.0%}, {side[1]} the line for a visit, {line:.0%}",
    )
    return Entry(row["as_of"], "scores", what, mark="", order=500_000_001)


def _day(value: Any) -> date:
    found: date = pd.Timestamp(value).date()
    return found


def _amount(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
