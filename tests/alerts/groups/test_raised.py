"""The alerts by group, every figure counted by hand on twelve households."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from alerts.groups.raised import _precision, figures
from alerts.groups.tables import Sampled, Tables
from alerts.sampling_material import Material, Scored
from models.risk.groups.naming import named

WOMEN = [f"w{n}" for n in range(1, 7)]
MEN = [f"m{n}" for n in range(1, 7)]
NONE = pd.DataFrame()


def sexes(households) -> pd.DataFrame:
    return pd.DataFrame({"head_sex": ["woman" if h[0] == "w" else "man" for h in households]})


def alerts() -> pd.DataFrame:
    """Two alerts at women (one confirmed), three at men (all settled, two confirmed)."""
    rows = [("w1", True), ("w2", False), ("m1", True), ("m2", True), ("m3", False)]
    frame = pd.DataFrame(rows, columns=["household", "confirmed"])
    return frame.assign(
        concluded=True, verified=True, needy=frame["confirmed"], source="risk",
        raised_on=pd.Timestamp("2026-01-31"),
    )  # fmt: skip


def random() -> pd.DataFrame:
    """By lot three women (one in need, missed) and four men (one alerted without need)."""
    rows = [
        ("w3", True, "missed", 0.2), ("w4", False, "missed", 0.1), ("w5", False, "missed", 0.1),
        ("m3", False, "counted", 0.5), ("m4", False, "missed", 0.1), ("m5", False, "missed", 0.1),
        ("m6", False, "missed", 0.1),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["household", "found", "kind", "risk"])
    return frame.assign(
        weight=1.0, well_off=False, counted=frame["found"], alerted=frame["kind"] != "missed",
        place=range(len(frame)),
    )  # fmt: skip


@pytest.fixture
def told():
    everyone = [*WOMEN, *MEN]
    given, drawn = alerts(), random()
    homes = pd.DataFrame({"alerted": [h in set(given["household"]) for h in everyone]})
    tables = Tables(
        given, sexes(given["household"]), given, sexes(given["household"]),
        drawn, sexes(drawn["household"]), homes, sexes(everyone),
    )  # fmt: skip
    nothing = Scored("risk", pd.Series(dtype=float), pd.Series(dtype=float))
    day = date(2026, 6, 30)
    material = Material(day, day, 12.0, 7, given, drawn, NONE, NONE, nothing)
    # Needs that never end: the families in need on a day are those of the year.
    sampled = Sampled(material, None, np.zeros(50))
    found = named(figures(tables, sampled))
    return {(f.group, f.measure): f for f in found}


def test_share_alerted_and_precision(told) -> None:
    assert (told["woman", "alerted"].value, told["woman", "alerted"].n) == (
        pytest.approx(2 / 6), 6)  # fmt: skip
    assert told["man", "alerted"].value == pytest.approx(3 / 6)
    assert (told["woman", "precision"].value, told["woman", "precision"].n) == (0.5, 2)
    assert (told["man", "precision"].value, told["man", "precision"].hits) == (
        pytest.approx(2 / 3), 2)  # fmt: skip


def test_recall_joins_the_alerts_own_finds_and_the_missed_of_random_visits(told) -> None:
    # Women: one found; one of three drawn stands for two of the six who were missed.
    assert told["woman", "recall"].value == pytest.approx(1 / 3)
    assert told["woman", "missed"].value == pytest.approx(2 / 3)
    assert (told["woman", "recall"].n, told["woman", "recall"].hits) == (3, 2)
    # Men: two found, nobody seen missed; the interval knows that four visits say little.
    assert told["man", "recall"].value == 1.0
    assert told["man", "recall"].low < 0.9


def test_false_alarms_and_promise(told) -> None:
    assert (told["woman", "false_alarm"].value, told["woman", "false_alarm"].n) == (0.0, 2)
    assert told["man", "false_alarm"].value == pytest.approx(1 / 4)
    assert told["woman", "gap"].value == pytest.approx(1 / 3 - 0.4 / 3)
    assert told["man", "gap"].value == pytest.approx(-0.8 / 4)


def test_so_few_are_all_small_and_nobody_is_named(told) -> None:
    assert all(f.small for f in told.values())
    assert not any(f.worse for f in told.values())


def test_a_household_is_counted_once_in_the_interval_of_precision() -> None:
    given = pd.concat([alerts()] * 20, ignore_index=True)
    apart = given.assign(household=[f"{h}-{n}" for n, h in enumerate(given["household"])])
    one, other = _precision(given), _precision(apart)
    assert (one.value, one.n) == (other.value, other.n)
    assert one.high - one.low > other.high - other.low
