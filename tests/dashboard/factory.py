"""A small invented county on disk, as the other rooms would leave it, for tests of the pages.

Everything is written by the rooms' own functions where they exist (alerts, vault, manifest);
profiles, scores and risks are small tables with the columns the pages read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from alerts.policy import DEFAULT_FILE, load_policy
from alerts.queries import AlertFilter, list_alerts
from alerts.raising import candidates
from alerts.service import OutcomeRow, import_outcomes, raise_month
from core.db import engine_of, open_session, upgrade
from core.home import Home, add_months
from data.lake import lake_schema
from data.manifest import Batch, Manifest, supersede, write_manifest
from data.quarantine import write_private
from data.vault import Card, Vault
from models.scorecard.rules import load_rules

LAST = date(2026, 6, 30)
MONTHS = 5
HOUSEHOLDS = 120
ADDRESS = "青禾街道第一社区3栋2单元301室"
TOWNS = (("101", "青禾街道", "Qinghe"), ("102", "柳堤镇", "Liudi"), ("103", "云岭镇", "Yunling"))
REGION = "990321"
FEEDS = ("assistance_rolls", "medical_claims", "school_rolls", "employment", "home_visits")
# Indicators that give points in the invented county, with the share of households they hit.
FIRED = {"B01": 0.15, "C02": 0.2, "A09": 0.2, "D02": 0.1, "H01": 0.15, "G01": 0.12, "A10": 0.3}


@dataclass(frozen=True)
class Made:
    """The home and what tests need to know about it."""

    home: Home
    last: date
    alerted: str
    quiet: str


def build(root: Path, *, with_alerts: bool = True) -> Made:
    """Write the county below `root`."""
    home = Home(root)
    home.data.mkdir(parents=True, exist_ok=True)
    _county(home)
    rng = np.random.default_rng(5)
    base = _households(rng)
    months = [add_months(LAST, -back) for back in range(MONTHS - 1, -1, -1)]
    for month in months:
        _month(home, month, base, np.random.default_rng(month.toordinal()))
    _vault(home, base)  # first: a vault never begins beside a lake that another one filled
    _lake(home, base, months)
    _report(home)
    alerted = _alerts(home, months) if with_alerts else ""
    quiet = next(h for h in base["household"] if h != alerted)
    return Made(home, LAST, alerted, quiet)


def shared(factory: pytest.TempPathFactory, name: str = "county") -> Made:
    """A copy of the county, which each process builds once: for fixtures of a whole session."""
    if not _BUILT:
        made = build(factory.mktemp("built"))
        engine_of(made.home).dispose()  # writes the log back into the file
        _BUILT.append(made)
    (made,) = _BUILT
    home = Home(factory.mktemp(name) / "home")
    shutil.copytree(made.home.root, home.root)
    return replace(made, home=home)


_BUILT: list[Made] = []


def household_key(number: int) -> str:
    """Pseudonym of the n-th household."""
    return "h" + hashlib.sha256(f"household {number}".encode()).hexdigest()[:20]


def person_key(number: int, member: int) -> str:
    """Pseudonym of a member of the n-th household."""
    return "p" + hashlib.sha256(f"person {number} {member}".encode()).hexdigest()[:20]


def _county(home: Home) -> None:
    about = {
        "region": REGION, "name_zh": "望禾县", "name_en": "Wanghe", "synthetic": True,
        "currency_zh": "元", "currency_en": "yuan", "label": "rolls", "horizon_months": 6,
        "first_as_of": "2026-02-28", "last_as_of": LAST.isoformat(),
    }  # fmt: skip
    home.county_file.write_text(yaml.safe_dump(about, allow_unicode=True), encoding="utf-8")
    one = {"S": 700, "D": 21000, "M": 8200, "W": 1950, "k": 1.5, "theta": 0.6, "floor_line": 13}
    names = {n: {"values": {"2020-01-01": {"value": v, "reference": "t"}}} for n, v in one.items()}
    standards = {REGION: {"urban": names, "rural": names}}
    home.standards_file.write_text(yaml.safe_dump(standards), encoding="utf-8")
    policy = yaml.safe_load(DEFAULT_FILE.read_text(encoding="utf-8"))
    policy["capacity_per_1000_households"] = 90
    (home.data / "alert_policy.yaml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    features = [_town(i, *town) for i, town in enumerate(TOWNS)]
    content = {"type": "FeatureCollection", "features": features}
    home.regions_file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _town(place: int, number: str, zh: str, en: str) -> dict[str, Any]:
    code, left = REGION + number, place * 0.1
    ring = [[left, 0.0], [left + 0.1, 0.0], [left + 0.1, 0.1], [left, 0.1], [left, 0.0]]
    villages = [
        {"code": f"{code}20{i}", "name_zh": f"{zh[0]}{'甲乙'[i]}村", "name_en": f"{en} {i + 1}"}
        for i in range(2)
    ]
    return {
        "type": "Feature",
        "properties": {
            "code": code, "name_zh": zh, "name_en": en, "level": "township",
            "urban_rural": "rural", "villages": villages,
        },
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip


def _households(rng: np.random.Generator) -> pd.DataFrame:
    numbers = np.arange(HOUSEHOLDS)
    town = rng.integers(0, len(TOWNS), HOUSEHOLDS)
    codes = [REGION + TOWNS[t][0] for t in town]
    return pd.DataFrame(
        {
            "household": [household_key(n) for n in numbers],
            "county_code": REGION,
            "township_code": codes,
            "village_code": [f"{c}20{n % 2}" for c, n in zip(codes, numbers, strict=True)],
            "urban_rural": "rural",
            "n_members": rng.integers(1, 5, HOUSEHOLDS),
            "watched": rng.random(HOUSEHOLDS) < 0.6,
            "on_dibao_tekun": False,
            "roll_class": [("edge" if n % 5 == 0 else None) for n in numbers],
            "population": rng.choice(["return", "new_entry", "on_roll"], HOUSEHOLDS),
        }
    )


def _month(home: Home, month: date, base: pd.DataFrame, rng: np.random.Generator) -> None:
    profile = base.assign(as_of=month, at_risk=base["watched"], S=700.0, k=1.5)
    _write(profile, home.monthly("profile", month) / "household.parquet")
    people = [
        {
            "person": person_key(n, m), "household": household_key(n), "as_of": month,
            "age": 68 - 20 * m, "sex": "male" if m % 2 == 0 else "female",
            "relation": ["head", "spouse", "child", "child"][m],
            "severely_disabled": n % 7 == 0 and m == 0, "other_disabled": False,
        }
        for n, size in enumerate(base["n_members"])
        for m in range(size)
    ]  # fmt: skip
    _write(pd.DataFrame(people), home.monthly("profile", month) / "person.parquet")
    parts = _parts(month, base, rng)
    _write(parts, home.monthly("scores", month) / "parts.parquet")
    _write(_scores(month, base, parts, rng), home.monthly("scores", month) / "scores.parquet")
    _risk(home, month, profile, rng)


def _parts(month: date, base: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rules, rows = load_rules(month), []
    for household in base["household"]:
        for code, share in FIRED.items():
            indicator = rules.indicators[code]
            tier = int(rng.integers(0, max(1, len(indicator.tiers) - 1)))
            if rng.random() < share and indicator.tiers[tier].points:
                points = float(indicator.tiers[tier].points)
                rows.append((household, None, code, code[0], indicator.feature, "0.4", tier,
                             points, points))  # fmt: skip
    columns = ["household", "person", "indicator", "category", "feature", "value", "tier",
               "points", "contribution"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"person": "object"})


def _scores(
    month: date, base: pd.DataFrame, parts: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    frame = base[["household"]].assign(as_of=month)
    total = parts.groupby("household")["contribution"].sum()
    frame["rule_score"] = frame["household"].map(total).fillna(0.0)
    bars = [-np.inf, 10, 20, 35, 50, np.inf]
    bands = pd.cut(frame["rule_score"], bars, right=False,
                   labels=["none", "blue", "yellow", "orange", "red"])  # fmt: skip
    frame["band"] = bands.astype(str)
    frame["coverage"] = rng.choice([0.5, 0.8, 0.95], len(frame), p=[0.1, 0.5, 0.4])
    frame["n_known"], frame["n_indicators"] = 38, 45
    for letter in "ABCDEFGH":
        own = parts[parts["category"] == letter].groupby("household")["contribution"].sum()
        frame[f"cat_{letter}"] = frame["household"].map(own).fillna(0.0)
    frame["events"] = [["C04"] if n % 23 == 0 else [] for n in range(len(frame))]
    frame["event_hold"] = False
    frame["rule_version"] = load_rules(month).version
    return frame


def _risk(home: Home, month: date, profile: pd.DataFrame, rng: np.random.Generator) -> None:
    rows = profile[profile["at_risk"]][["household", "as_of", "population"]].copy()
    rows["risk"] = rng.beta(1.5, 8, len(rows))
    rows["model_version"] = "1"
    rows["rank"] = rows["risk"].rank(ascending=False, method="min").astype("int64")
    _write(rows, home.monthly("risk", month) / "risk.parquet")
    told = []
    for household, risk in zip(rows["household"], rows["risk"], strict=True):
        margin = float(np.log(risk / (1 - risk)))
        for feature, category, share, zh, en in (
            ("medical_burden", "C", 0.6, "家庭自付占收入比", "Medical burden"),
            ("income_to_standard", "B", 0.5, "收入与标准之比", "Income to standard"),
            ("head_age", "A", -0.1, "户主年龄", "Age of the head"),
        ):
            told.append((household, feature, category, "0.42", share * (margin + 2), -2.0, zh, en,
                         "", risk, margin, "1"))  # fmt: skip
    columns = ["household", "feature", "category", "value", "contribution", "base_value",
               "label_zh", "label_en", "unit", "risk", "margin", "model_version"]  # fmt: skip
    frame = pd.DataFrame(told, columns=columns).assign(as_of=month)
    _write(frame, home.monthly("risk", month) / "explain.parquet")


def _lake(home: Home, base: pd.DataFrame, months: list[date]) -> None:
    batches = []
    for number, month in enumerate(months):
        for feed in FEEDS:
            rows = _facts(feed, month, base)
            batch = f"{feed}-{month:%Y%m}"
            delivered = month - timedelta(days=2) + timedelta(days=30 * (number == 1))
            path = home.lake / feed / f"batch={batch}" / "part-0.parquet"
            _write_lake(feed, rows, delivered, batch, path)
            refused = 2 if feed == "medical_claims" else 0
            batches.append(
                Batch(
                    feed,
                    batch,
                    f"{month:%Y%m}",
                    delivered,
                    f"{feed}_{month:%Y%m}.csv",
                    batch,
                    received=len(rows) + refused + 1,
                    accepted=len(rows),
                    quarantined=refused,
                    duplicates=1,
                    repaired=1,
                    reasons={"bad_checksum": refused} if refused else {},
                )
            )
    write_manifest(home.lake / "manifest.json", Manifest(tuple(supersede(batches))))
    rows = pd.DataFrame({"row_no": [4, 9], "reason_zh": "身份证号校验位不符", "姓名": "测试"})
    table = pa.Table.from_pandas(rows, preserve_index=False)
    write_private(Vault(home), table, "medical_claims", f"medical_claims-{months[-1]:%Y%m}")


def _facts(feed: str, month: date, base: pd.DataFrame) -> list[dict[str, Any]]:
    """A few facts of some households in a month, in the words of the feed's contract."""
    own = {
        "assistance_rolls": {"assistance_class": "edge", "event": "start", "monthly_amount": 300.0},
        "medical_claims": {"visit_type": "inpatient", "disease_group": "cancer",
                           "total_cost": 20000.0, "self_paid": 6000.0, "medical_aid_paid": 800.0},
        "school_rolls": {"stage": "senior", "status": "enrolled", "annual_fee": 2400.0,
                         "aid_item": "grant", "aid_amount": 1000.0},
        "employment": {"record_type": "contribution", "amount": 3000.0},
        "home_visits": {"visit_reason": "round", "income_month": 2400.0},
    }[feed]  # fmt: skip
    chosen = range(0, HOUSEHOLDS, 3 if feed == "employment" else 9)
    happened = month.replace(day=12)
    return [
        {"person": person_key(n, 0), "household": household_key(n), "happened_on": happened, **own}
        for n in chosen
    ]


def _write_lake(feed: str, rows: list[dict], known: date, batch: str, path: Path) -> None:
    schema = lake_schema(feed).to_pyarrow()
    given = [{**row, "known_on": known, "batch": batch} for row in rows]
    kept = [{name: row.get(name) for name in schema.names} for row in given]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(kept, schema=schema), path)


def _vault(home: Home, base: pd.DataFrame) -> None:
    cards = [
        Card(
            person_key(n, m), f"9903211970010{n:04d}{m}", "测小试" if m else "张小三", "13900000000"
        )
        for n, size in enumerate(base["n_members"])
        for m in range(size)
    ]
    lives = [(c.person, ADDRESS) for c in cards]
    Vault(home).remember(date(2026, 1, 1), cards, addresses=lives)


def _alerts(home: Home, months: list[date]) -> str:
    """Raise every month's alerts and record most visits; returns a household still open."""
    upgrade(home)
    policy = load_policy(home, months[-1])
    for month in months:
        with open_session(home) as session:
            found = candidates(home, month, policy)
            result = raise_month(session, found, month, policy)
        if month == months[-1]:
            break
        outcomes = ["confirmed", "false_alarm", "confirmed", "already_covered", "unreachable"]
        visits = [
            OutcomeRow(
                alert_id, outcomes[i % 5], datetime.combine(month + timedelta(days=6), time(10)),
                cause="stale" if outcomes[i % 5] == "false_alarm" else None,
                helped_at=datetime.combine(month + timedelta(days=12), time(10))
                if i % 5 == 0 else None,
            )
            for i, alert_id in enumerate(result.raised_ids[:-2])
        ]  # fmt: skip
        with open_session(home) as session:
            import_outcomes(session, visits, actor="tester", policy=policy)
    with open_session(home) as session:
        where = AlertFilter(states=["raised"], sources=["risk"])  # the model has explained these
        rows = list_alerts(session, where, sort="newest").rows
    return str(rows["household"].iloc[0])


def _report(home: Home) -> None:
    figures = {"n_train": 900, "n_test": 400, "prevalence": 0.1, "auc": 0.8, "ap": 0.4, "k": 20,
               "recall_at_k": 0.3, "brier": 0.07, "ece": 0.01}  # fmt: skip
    rows = [
        {"population": population, "scorer": scorer, "precision_at_k": share,
         "precision_low": share - 0.1, "precision_high": share + 0.1, **figures}
        for population in ("all", "return", "new_entry")
        for scorer, share in (("model", 0.6), ("scorecard", 0.45), ("logistic", 0.5))
    ]  # fmt: skip
    content = {
        "as_of_trained": "2025-06-30", "horizon": 6, "evaluated_on": "test", "version": "1",
        "split": {"train": ["2024-06-30", "2024-12-31"], "calibrate": ["2025-06-30"],
                  "test": ["2025-12-31", "2026-01-31"]},
        "rows": rows, "truth_rows": rows[:3], "n_features": 3, "training": {"n_train": 900},
        "reliability": [
            {"scorer": "model", "mean_risk": r, "observed": r * 0.9, "n": 40}
            for r in (0.05, 0.2, 0.5)
        ],
        "importance": [
            {"feature": "medical_burden", "label_zh": "家庭自付占收入比",
             "label_en": "Medical burden", "category": "C", "gain": 0.5, "mean_abs_shap": 0.4},
            {"feature": "head_age", "label_zh": "户主年龄", "label_en": "Age of the head",
             "category": "A", "gain": 0.2, "mean_abs_shap": 0.1},
        ],
        "champion": {"version": "1", "promoted_on": "2025-07-01", "reason": "first", "actor": "t"},
    }  # fmt: skip
    home.reports.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False)
    (home.reports / "model_report.json").write_text(text, encoding="utf-8")


def _write(frame: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table.replace_schema_metadata(None), path)
