"""Whom families name as owing their elders support: plausible, lasting, and moving nothing else."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.home import Home
from simulator.world import county as lives
from simulator.world import simulate
from simulator.world.settings import SETTINGS, Setting

from .conftest import contents
from .means import rows_of

SMALL = {"households": 150, "months": 2, "seed": 3, "end": "2025-12"}


def born(number: str) -> date | None:
    if len(number) != 18 or not number[6:14].isdigit():
        return None
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


@pytest.mark.slow
def test_no_other_file_of_a_seed_depends_on_the_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_form, without = Home(tmp_path / "with"), Home(tmp_path / "without")
    simulate(with_form, **SMALL)
    every = lives.offices
    monkeypatch.setattr(
        lives, "offices", lambda **when: [o for o in every(**when) if o.feed != "supporters"]
    )
    simulate(without, **SMALL)
    forms = {p: b for p, b in contents(with_form).items() if "赡养义务人" in p}
    assert forms
    assert {p: b for p, b in contents(with_form).items() if p not in forms} == contents(without)


def test_supporters_are_of_the_age_of_children_and_the_same_in_every_form(county: Home) -> None:
    rows = [r for r in rows_of(county, "supporters") if len(r["id_number"]) == 18]
    assert len(rows) > 30
    told = defaultdict(set)
    for row in rows:
        elder, child = born(row["id_number"]), born(row["supporter_id"])
        if elder and child:
            assert 16 <= (child - elder).days / 365.25 <= 43
        told[row["record_no"]].add((row["supporter_id"], row["region_code"]))
        assert int(row["sharing"]) >= 1
        assert int(row["supports"]) in (1, 2, 3)
    assert all(len(of_one) == 1 for of_one in told.values())


def test_a_third_live_in_the_county_and_are_its_people(county: Home) -> None:
    rows = list(rows_of(county, "supporters"))
    local = [r for r in rows if r["region_code"].startswith("990321")]
    assert 0.1 < len(local) / len(rows) < 0.6
    register = {r["id_number"] for r in rows_of(county, "population_register")}
    known = [r["supporter_id"] in register for r in local]
    assert np.mean(known) > 0.9
    assert not any(
        r["supporter_id"] in register for r in rows if not r["region_code"].startswith("990321")
    )


@pytest.mark.slow
def test_every_trouble_of_the_form_follows_its_rate_and_is_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = {"supporter_without_id": 1.0, "paid_left_blank": 1.0, "supporter_left_out": 0.0}
    rates |= {"income_told_low": 0.0, "consent_out_of_date": 1.0}
    monkeypatch.setitem(SETTINGS, "forms", Setting("forms", rates=rates))
    home = Home(tmp_path)
    simulate(home, **SMALL, setting="forms")
    rows = list(rows_of(home, "supporters"))
    elsewhere = [r for r in rows if not r["region_code"].startswith("990321")]
    assert not any(r["supporter_id"] for r in elsewhere)
    assert not any(r["paid_month"] for r in rows)
    consents = [r for r in rows if r["consent_no"]]
    noted = pq.read_table(home.truth / "planted_errors.parquet").to_pylist()
    kinds = defaultdict(list)
    for error in (e for e in noted if e["feed"] == "supporters"):
        kinds[error["kind"]].append(error)
    twice = len(kinds["duplicate_row"])
    assert len(kinds["paid_left_blank"]) == len(rows) - twice
    assert 0 <= len(consents) - len(kinds["consent_out_of_date"]) <= twice
    assert all(float(e["was"]) >= 0 for e in kinds["paid_left_blank"])
    assert not kinds["supporter_left_out"]
    assert not kinds["income_told_low"]
