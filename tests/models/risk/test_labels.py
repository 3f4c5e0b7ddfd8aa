"""Labels by small tables: what counts as coming into need, and when."""

from __future__ import annotations

from datetime import date

import ibis
import pandas as pd
import pytest

from data.backends import connect
from models.risk import labels
from models.risk.dataset import complete
from models.risk.errors import RiskError

JUNE, HORIZON, LATER = date(2025, 6, 30), 6, date(2026, 6, 30)
SPANS = labels.windows([JUNE], HORIZON, LATER)  # (2025-06-30, 2025-12-31]


def table(text: str, schema: dict[str, str]) -> ibis.Table:
    rows = []
    for line in text.strip().splitlines():
        cells = [c.strip() or None for c in line.split("|")]
        rows.append(dict(zip(schema, cells, strict=True)))
    frame = pd.DataFrame(rows, columns=list(schema))
    raw = ibis.memtable(frame, schema=dict.fromkeys(schema, "string"))
    return raw.mutate(**{name: raw[name].cast(kind) for name, kind in schema.items()})


ROLLS = {
    "household": "string",
    "assistance_class": "string",
    "event": "string",
    "happened_on": "date",
}
VISITS = {
    "household": "string",
    "happened_on": "date",
    "unmet_need": "boolean",
    "income_month": "float64",
    "consumption_units": "float64",
    "members": "int64",
}
NO_VISITS = table("", VISITS)
NO_ROLLS = table("", ROLLS)


def cases(rolls: ibis.Table, visits: ibis.Table = NO_VISITS) -> set[str]:
    found = connect().to_pandas(labels.rolls_labels(rolls, visits, SPANS))
    assert not found.duplicated().any()
    return set(found["household"])


def test_a_new_class_within_the_window_is_a_case() -> None:
    rolls = table(
        """
        on the day    | dibao | start | 2025-06-30
        day after     | dibao | start | 2025-07-01
        last day      | edge  | start | 2025-12-31
        a day late    | edge  | start | 2026-01-01
        other class   | other | start | 2025-08-01
        refused       | dibao | refused | 2025-08-01
        """,
        ROLLS,
    )
    assert cases(rolls) == {"day after", "last day"}


def test_a_class_held_already_is_no_new_class() -> None:
    rolls = table(
        """
        renewed        | edge  | start | 2024-01-01
        renewed        | edge  | start | 2025-09-01
        left and back  | edge  | start | 2024-01-01
        left and back  | edge  | end   | 2024-06-01
        left and back  | edge  | start | 2025-09-01
        deeper         | edge  | start | 2024-01-01
        deeper         | dibao | start | 2025-09-01
        same day       | edge  | end   | 2025-01-01
        same day       | edge  | start | 2025-01-01
        same day       | edge  | start | 2025-09-01
        """,
        ROLLS,
    )
    assert cases(rolls) == {"left and back", "deeper"}


def test_emergency_grants_and_visits_that_find_need_are_cases() -> None:
    rolls = table(
        """
        granted   | emergency | grant | 2025-07-15
        too early | emergency | grant | 2025-05-15
        """,
        ROLLS,
    )
    visits = table(
        """
        in need      | 2025-08-01 | true  | | | 2
        fine         | 2025-08-01 | false | | | 2
        not asked    | 2025-08-01 |       | | | 2
        seen before  | 2025-06-01 | true  | | | 2
        """,
        VISITS,
    )
    assert cases(rolls, visits) == {"granted", "in need"}


def test_rows_without_a_household_are_nobodys_case() -> None:
    rolls = table("| dibao | start | 2025-07-01", ROLLS)
    assert cases(rolls) == set()


def test_the_first_visit_in_the_window_decides_by_the_standard_of_its_month() -> None:
    visits = table(
        """
        poor            | 2025-09-10 | | 1000 | 2.0 | 2
        poor            | 2025-11-10 | | 9000 | 2.0 | 2
        above           | 2025-09-10 | | 1400 | 2.0 | 2
        line has risen  | 2025-12-10 | | 1400 | 2.0 | 2
        units blank     | 2025-09-10 | | 1000 |     | 2
        refused         | 2025-09-10 | |      | 2.0 | 2
        refused         | 2025-10-10 | | 5000 | 2.0 | 2
        too late        | 2026-01-10 | | 1    | 2.0 | 2
        """,
        VISITS,
    )
    standard = table(
        "\n".join(f"c | urban | 2025-{m:02d}-01 | {650 if m < 12 else 750}" for m in range(7, 13)),
        {"county_code": "string", "urban_rural": "string", "month": "date", "S": "float64"},
    )
    names = ["poor", "above", "line has risen", "units blank", "refused", "too late", "unseen"]
    where = table(
        "\n".join(f"{n} | 2025-06-30 | c | urban" for n in names),
        {"household": "string", "as_of": "date", "county_code": "string", "urban_rural": "string"},
    )
    found = connect().to_pandas(labels.visited_income_labels(visits, standard, where, SPANS))
    # 1000/2 = 500 < 650; 1400/2 = 700 >= 650, but < 750 in December; refused: the next visit.
    assert dict(zip(found["household"], found["label"], strict=True)) == {
        "poor": 1, "above": 0, "line has risen": 1, "units blank": 1, "refused": 0,
    }  # fmt: skip


def test_open_horizons_have_no_label_whatever_was_found() -> None:
    keys = pd.DataFrame({"household": ["a", "b"] * 2, "as_of": [JUNE] * 2 + [LATER] * 2})
    found = pd.DataFrame({"household": ["a", "a"], "as_of": [JUNE, LATER], "label": [1.0, 1.0]})
    spans = connect().to_pandas(labels.windows([JUNE, LATER], HORIZON, date(2025, 12, 31)))
    rows = complete(keys, found, spans, zero=True)
    assert rows["label"].tolist()[:2] == [1.0, 0.0]
    assert rows["label"].isna().tolist() == [False, False, True, True]
    assert rows["label_known"].tolist() == [True, True, False, False]
    unvisited = complete(keys, found, spans, zero=False)
    assert unvisited["label_known"].tolist() == [True, False, False, False]


def test_an_unknown_kind_names_those_that_exist() -> None:
    with pytest.raises(RiskError, match="rolls, visited_income"):
        labels.check_kind("guess")
