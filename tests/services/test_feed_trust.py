"""What the page of feeds says of a feed's months equals a count by hand."""

from __future__ import annotations

from datetime import date

import pytest

from core.home import Home
from data.ingest import ingest_directory
from services.reads import feed_trust
from tests.data.offices import claim, csv_bytes, post, resident

JUNE = date(2026, 6, 30)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Six months of claims: 40, 20, 22, 24, 20 and in June 30, of which four are of strangers to
    the register and three go back."""
    folder = tmp_path_factory.mktemp("files")
    people = [
        resident(
            n,
            name=claim(n)["name"],
            township_code="990321101" if n < 15 else "990321102",
            changed_on="2026-01-02",
        )
        for n in range(26)
    ]
    post(
        folder,
        "population_register",
        csv_bytes("population_register", people),
        "202601",
        "20260128",
    )
    serial = 0
    for month, count in enumerate((40, 20, 22, 24, 20, 30), start=1):
        rows = []
        for n in range(count):
            serial += 1
            day = f"2026-{month:02d}-03"
            rows.append(claim(n, settlement_no=f"J{serial:05d}", settled_on=day))
        if month == 6:
            rows[0]["total_cost"] = rows[1]["total_cost"] = "很多"
            rows[2]["settled_on"] = "哪天"
        name = f"2026{month:02d}"
        post(folder, "medical_claims", csv_bytes("medical_claims", rows), name, f"{name}28")
    home = Home(tmp_path_factory.mktemp("home"))
    ingest_directory(home, folder)
    return str(home.root)


def test_a_month_stands_beside_what_is_usual(home: str) -> None:
    frame = feed_trust.months(home, JUNE, "medical_claims").set_index("period")
    assert frame["received"].tolist() == [40, 20, 22, 24, 20, 30]
    # January is the stock: from May on there are three months to be usual.
    assert frame["usual"].isna().tolist() == [True, True, True, True, False, False]
    assert frame.loc["2026-05", "usual"] == 22
    assert frame.loc["2026-06", "usual"] == 21
    assert frame.loc["2026-06", "change"] == pytest.approx(30 / 21 - 1)


def test_what_went_back_is_told_by_its_reason(home: str) -> None:
    june = feed_trust.months(home, JUNE, "medical_claims").set_index("period").loc["2026-06"]
    assert june["rows"] == 27
    assert june["quarantined"] == pytest.approx(3 / 30)
    assert june["reasons"] == {"bad_number": 2, "bad_date": 1}


def test_a_row_is_matched_when_its_person_is_registered(home: str) -> None:
    frame = feed_trust.months(home, JUNE, "medical_claims").set_index("period")
    assert frame.loc["2026-05", "matched"] == 1
    assert frame.loc["2026-06", "matched"] == pytest.approx(23 / 27)


def test_townships_add_up_to_the_month(home: str) -> None:
    found = feed_trust.townships(home, JUNE, "medical_claims").set_index("township")
    assert found["rows"].to_dict() == {"": 4, "990321101": 12, "990321102": 11}
    assert found.loc["990321101", "usual"] == 15
    assert found.loc["990321102", "usual"] == pytest.approx((7 + 9 + 5) / 3)


def test_nothing_later_than_the_month_is_told(home: str) -> None:
    frame = feed_trust.months(home, date(2026, 4, 30), "medical_claims")
    assert frame["period"].iloc[-1] == "2026-04"


def test_a_feed_that_never_came_has_no_months(home: str) -> None:
    assert feed_trust.months(home, JUNE, "housing").empty
    assert feed_trust.townships(home, JUNE, "housing").empty
