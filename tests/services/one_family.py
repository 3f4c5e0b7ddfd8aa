"""A county of one family, whose case is told by hand from its first bill to the roll."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from sqlalchemy.orm import Session

from alerts import service
from alerts.helping import Given
from alerts.states import Action, Band, HelpKind, Outcome, Role, Source, Truth
from core.db import open_session, upgrade
from core.home import Home
from core.workflow.calendar import CHINA_TIME
from data.manifest import Batch, Manifest, write_manifest
from services.cache import forget_all
from tests.alerts.factories import TEAM, WORKER, candidate, raised, reason
from tests.dashboard.factory import _write, _write_lake

FAMILY, HEAD = f"h{1:020x}", "p" + "1" * 20
# The months that were run: of March 2026 nothing is there.
MONTHS = [date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28),
          date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)]  # fmt: skip
# What rules and model said from each month on: band, score, risk of need now.
WEIGHED = {MONTHS[0]: ("yellow", 25.0, 0.5), MONTHS[3]: ("red", 61.0, 0.5),
           MONTHS[5]: ("red", 61.0, 0.2)}  # fmt: skip
OFFICE: dict[str, Any] = {"actor": "office", "role": Role.DEPARTMENT}


def at(month: int, day: int, year: int = 2025) -> datetime:
    return datetime(year, month, day, 10, tzinfo=CHINA_TIME)


def build(root: Path) -> Home:
    """The home: months, two facts in the lake, and one alert with its visit and its help."""
    home = Home(root)
    home.data.mkdir(parents=True)
    about = {"region": "990321", "name_zh": "望禾县", "name_en": "Wanghe", "synthetic": True,
             "first_as_of": "2025-11-30", "last_as_of": "2026-06-30"}  # fmt: skip
    home.county_file.write_text(yaml.safe_dump(about), encoding="utf-8")
    weighed = WEIGHED[MONTHS[0]]
    for month in MONTHS:
        weighed = WEIGHED.get(month, weighed)
        _month(home, month, *weighed)
    _lake(home)
    upgrade(home)
    with open_session(home) as session:
        _alert(session)
    forget_all()
    return home


def _month(home: Home, month: date, band: str, score: float, risk: float) -> None:
    own = {"household": FAMILY, "as_of": month}
    after = month >= date(2026, 6, 1)
    profile = own | {
        "township_code": "990321101", "village_code": "990321101001", "urban_rural": "rural",
        "n_members": 2, "roll_class": "dibao" if after else None, "population": "new_entry",
        "income_known": True, "income_low_month": 1000.0, "income_high_month": 1000.0,
        "income_heads": 2.0, "S": 700.0, "n_income_not_on_file": 0,
        "days_since_income_visit": 30.0, "income_is_estimate": False,
    }  # fmt: skip
    _write(pd.DataFrame([profile]), home.monthly("profile", month) / "household.parquet")
    person = {"person": HEAD, "household": FAMILY, "as_of": month, "relation": "head",
              "sex": "male", "age": 60, "severely_disabled": False,
              "other_disabled": False}  # fmt: skip
    _write(pd.DataFrame([person]), home.monthly("profile", month) / "person.parquet")
    scores = own | {"band": band, "rule_score": score, "coverage": 0.9, "rule_version": "r1"}
    _write(pd.DataFrame([scores]), home.monthly("scores", month) / "scores.parquet")
    told = own | {"risk": risk, "rank": 1, "population": "new_entry", "model_version": "1"}
    _write(pd.DataFrame([told]), home.monthly("risk", month) / "risk.parquet")


def _lake(home: Home) -> None:
    """A hospital bill known in October, and the roll's start known a month late."""
    bill = {"person": HEAD, "happened_on": date(2025, 10, 12), "visit_type": "inpatient",
            "disease_group": "cancer", "total_cost": 20000.0, "self_paid": 6000.0}  # fmt: skip
    start = {"person": HEAD, "household": FAMILY, "happened_on": date(2026, 2, 1),
             "assistance_class": "dibao", "event": "start",
             "monthly_amount": 300.0}  # fmt: skip
    batches = []
    for feed, row, known in (
        ("medical_claims", bill, date(2025, 10, 28)),
        ("assistance_rolls", start, date(2026, 3, 5)),
    ):
        name = f"{feed}-1"
        path = home.lake / feed / f"batch={name}" / "part-0.parquet"
        _write_lake(feed, [row], known, name, path)
        batches.append(Batch(feed, name, f"{known:%Y%m}", known, "x.csv", name,
                             received=1, accepted=1))  # fmt: skip
    write_manifest(home.lake / "manifest.json", Manifest(tuple(batches)))


def _alert(session: Session) -> None:
    """Raised in November, visited in December; medical aid met, told in January."""
    one = candidate(
        1, risk_rank=1, band=Band.YELLOW, by_rule=False, rule_expected=None,
        reasons=(reason(Source.RISK, "risk_rank"), reason(Source.RULE, "C02", 12.0),
                 reason(Source.RULE, "D02", 4.0)),
    )  # fmt: skip
    (alert,) = raised(session, one, as_of=MONTHS[0])
    service.move(session, alert.id, Action.DISPATCH, now=at(12, 3), **TEAM)
    numbers = {r.code: r.id for r in alert.reasons}
    service.record_outcome(
        session, alert.id, Outcome.CONFIRMED, now=at(12, 10), **WORKER,
        needs={"basic_living": "not_eligible", "medical_aid": "confirmed"},
        facts={numbers["C02"]: Truth.TRUE, numbers["D02"]: Truth.FALSE},
    )  # fmt: skip
    need = next(n for n in alert.needs if n.code == "medical_aid")
    given = Given(HelpKind.REIMBURSED, 1500.0, date(2025, 12, 29))
    service.settle_need(
        session, need.id, met=True, given=given, now=at(1, 6, 2026), **OFFICE
    )  # fmt: skip
