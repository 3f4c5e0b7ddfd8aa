"""A small invented county that a training can learn from: profiles, rule scores and visits on disk.

For tests in which another process trains: nothing is replaced in this one.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from core.db import upgrade
from core.home import Home, add_months
from data.manifest import Batch, Manifest, write_manifest
from tests.dashboard import factory

MONTHS, HOUSEHOLDS, HORIZON = 19, 400, 2
FIRST = add_months(factory.LAST, 1 - MONTHS)
FEATURES = ["income_to_standard", "medical_burden", "head_age", "n_members"]


def build(root: Path) -> Home:
    """Write the county below `root`; nothing has been trained in it."""
    home = Home(root)
    home.data.mkdir(parents=True, exist_ok=True)
    factory._county(home)
    about = yaml.safe_load(home.county_file.read_text(encoding="utf-8"))
    about |= {"first_as_of": FIRST.isoformat(), "horizon_months": HORIZON}
    home.county_file.write_text(yaml.safe_dump(about, allow_unicode=True), encoding="utf-8")
    frame = _households()
    for month, part in frame.groupby("as_of"):
        profile = part.drop(columns="need")
        factory._write(profile, home.monthly("profile", month) / "household.parquet")
        card = part[["household", "as_of"]].assign(rule_score=part["medical_burden"].round(1) * 10)
        factory._write(card, home.monthly("scores", month) / "scores.parquet")
    _visits(home, frame)
    upgrade(home)
    return home


def _households() -> pd.DataFrame:
    """Poor, costly households come into need more often."""
    rng, rows = np.random.default_rng(8), MONTHS * HOUSEHOLDS
    lasting = np.tile(rng.normal(size=HOUSEHOLDS), MONTHS)
    income = np.exp(0.4 * lasting + 0.3 * rng.normal(size=rows)) * 1.5
    burden = rng.exponential(0.5, size=rows)
    odds = -1.5 - 2.5 * np.log(income) + 1.2 * burden
    months = [add_months(FIRST, number) for number in range(MONTHS)]
    return pd.DataFrame(
        {
            "household": np.tile([factory.household_key(n) for n in range(HOUSEHOLDS)], MONTHS),
            "as_of": np.repeat(months, HOUSEHOLDS),
            "population": np.tile(rng.choice(["return", "new_entry"], HOUSEHOLDS), MONTHS),
            "county_code": factory.REGION,
            "urban_rural": "rural",
            "at_risk": True,
            "in_process": False,
            "income_to_standard": income,
            "medical_burden": burden,
            "head_age": rng.integers(25, 85, rows),
            "n_members": rng.integers(1, 6, rows),
            "need": rng.random(rows) < 1 / (1 + np.exp(-odds)),
        }
    )


def _visits(home: Home, frame: pd.DataFrame) -> None:
    """Every third household is visited each month; the visit finds what is so."""
    rng, batches = np.random.default_rng(9), []
    for month, part in frame.groupby("as_of"):
        seen = part[rng.random(len(part)) < 1 / 3]
        day: date = month + timedelta(days=9)
        reasons = rng.choice(["round", "survey", "application"], len(seen))
        rows = [
            {"person": f"p{home_key}", "household": home_key, "visit_reason": str(reason),
             "unmet_need": bool(need), "happened_on": day}
            for home_key, need, reason in zip(seen["household"], seen["need"], reasons, strict=True)
        ]  # fmt: skip
        name = f"home_visits-{month:%Y%m}"
        path = home.lake / "home_visits" / f"batch={name}" / "part-0.parquet"
        factory._write_lake("home_visits", rows, day + timedelta(days=3), name, path)
        batches.append(
            Batch("home_visits", name, f"{month:%Y%m}", day + timedelta(days=3), f"{name}.csv",
                  name, received=len(rows), accepted=len(rows), quarantined=0, duplicates=0,
                  repaired=0, reasons={})
        )  # fmt: skip
    write_manifest(home.lake / "manifest.json", Manifest(tuple(batches)))
