"""Past households like one, and what visits found of them, as known by then."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from core.home import Home
from data.intervals import wilson
from models.risk.errors import RiskError
from models.risk.explaining.neighbours import Past, leaves, neighbours, past
from models.risk.score import write_parquet
from tests.models.risk.conftest import month
from tests.models.risk.explaining.conftest import AS_OF, NUMBERS


def visits(home: Home, months: list[int], known_days: int = 12, source: str = "audit") -> None:
    """A visit to the first 100 households ten days after each month; every second is in need."""
    rows = [
        {
            "household": f"h{i:05d}",
            "visited_on": month(number) + timedelta(days=10),
            "known_on": month(number) + timedelta(days=known_days),
            "found": i % 2 == 0,
            "source": source,
            "stratum": "all",
            "inclusion": 1.0,
        }
        for number in months
        for i in range(100)
    ]
    write_parquet(pd.DataFrame(rows), home.outcomes / "findings.parquet")


def test_only_outcomes_known_by_then_are_compared(county, plain) -> None:
    visits(county, [4, 5, 6, 7])
    bank = past(county, AS_OF, plain, "existing")
    assert set(bank.month) == {month(4), month(5), month(6)}  # the visits after AS_OF are not
    assert len(bank.found) == 300
    visits(county, [5, 6], known_days=400)
    with pytest.raises(RiskError, match="outcome known"):
        past(county, AS_OF, plain, "existing")


def test_the_coming_need_waits_until_its_horizon_is_over(county, plain) -> None:
    visits(county, [2, 4, 5, 6])
    bank = past(county, AS_OF, plain, "coming")
    assert max(bank.month) <= month(4)  # three months before AS_OF


def bank_of(plain, frame: pd.DataFrame) -> Past:
    matrix = plain.encoder.encode(frame)
    return Past(
        frame["household"].to_numpy(object),
        frame["as_of"].to_numpy(),
        frame["label"].to_numpy() > 0,
        leaves(plain, matrix),
        matrix,
    )


def test_the_nearest_share_their_leaves_and_the_household_itself_is_left_out(frame, plain) -> None:
    rows = frame.head(400)
    bank = bank_of(plain, rows)
    twin = rows.iloc[7]
    row = plain.encoder.encode(rows.iloc[[7]])[0]
    found = neighbours(plain, bank, "somebody else", row, NUMBERS)
    assert found.nearest["alike"].iloc[0] == 1.0
    assert found.nearest["shared"].iloc[0] == NUMBERS  # its twin is alike in everything
    assert found.nearest["alike"].is_monotonic_decreasing
    own = neighbours(plain, bank, twin["household"], row, NUMBERS)
    assert own.among == found.among - 1
    assert own.nearest["alike"].iloc[0] < 1.0


def test_a_past_household_counts_once(frame, plain) -> None:
    rows = frame[frame["household"].isin(["h00001", "h00002", "h00003"])]
    found = neighbours(plain, bank_of(plain, rows), "x", plain.encoder.encode(rows)[0], NUMBERS)
    assert (found.n, found.among, len(found.nearest)) == (3, 3, 3)


def test_outcomes_come_with_n_and_interval(frame, plain) -> None:
    rows = frame.head(300).assign(label=lambda r: (r["income_to_standard"] < 1).astype(float))
    poor = rows["income_to_standard"].to_numpy().argmin()
    found = neighbours(
        plain, bank_of(plain, rows), "x", plain.encoder.encode(rows.iloc[[poor]])[0], NUMBERS
    )
    assert found.n == 30
    assert found.found / found.n > found.base
    assert (found.low, found.high) == wilson(found.found, found.n)


def test_a_neighbour_is_told_without_any_identity(frame, plain) -> None:
    rows = frame.head(200)
    found = neighbours(plain, bank_of(plain, rows), "x", plain.encoder.encode(rows)[0], NUMBERS)
    assert list(found.nearest.columns) == ["alike", "month", "found", "shared"]
    told = found.nearest.to_json()
    assert not [key for key in rows["household"] if key in told]


def test_unknown_is_alike_only_to_unknown(frame, plain) -> None:
    rows = frame.head(400)
    bank = bank_of(plain, rows)
    known = rows["unknown_often"].notna().to_numpy()
    row = plain.encoder.encode(rows[~known].iloc[[0]])[0]
    found = neighbours(plain, bank, "x", row, ["unknown_often"])
    assert any(found.nearest["shared"].map(bool))
    everyone = neighbours(plain, bank_of(plain, rows[known]), "x", row, ["unknown_often"])
    assert not any(everyone.nearest["shared"].map(bool))


def test_leaves_are_those_of_every_tree(frame, plain) -> None:
    found = leaves(plain, plain.encoder.encode(frame.head(3)))
    assert found.shape == (3, sum(one.num_trees() for one in plain.boosters))
    assert np.unique(found).size > 2


def test_a_county_without_visits_says_so(county, plain) -> None:
    with pytest.raises(RiskError, match="no household of an earlier month"):
        past(county, date(2024, 1, 31), plain, "existing")
