"""Findings of visits: two sources, each visit once, known on its day."""

from __future__ import annotations

from datetime import date

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.backends import connect
from models.risk import findings, labels
from tests.models.risk.test_labels import table

JUNE, SEPTEMBER = date(2025, 6, 30), date(2025, 9, 30)
FEED = {
    "household": "string",
    "happened_on": "date",
    "known_on": "date",
    "visit_reason": "string",
    "unmet_need": "boolean",
}
LEDGER = {
    "household": "string",
    "visited_on": "date",
    "known_on": "date",
    "found": "boolean",
    "source": "string",
    "stratum": "string",
    "inclusion": "float64",
}


def rows(expression: ibis.Table, *columns: str) -> set[tuple]:
    frame = connect().to_pandas(expression)
    assert not frame.duplicated().any()
    for name in frame.columns:
        if name.endswith("_on") or name == "as_of":
            frame[name] = frame[name].astype("datetime64[ns]").dt.date
    return set(frame[list(columns)].itertuples(index=False, name=None))


def feed(text: str) -> ibis.Table:
    return findings.from_feed(table(text, FEED))


def test_a_visit_without_a_finding_says_nothing_and_a_day_is_one_visit() -> None:
    found = feed(
        """
        asked nothing | 2025-07-01 | 2025-07-09 | round  |
        twice a day   | 2025-07-01 | 2025-07-09 | round  | false
        twice a day   | 2025-07-01 | 2025-07-09 | survey | true
        fine          | 2025-07-02 | 2025-07-09 | survey | false
        """
    )
    assert rows(found, "household", "found") == {("twice a day", True), ("fine", False)}


def test_a_ledger_row_and_a_feed_row_within_a_week_are_one_visit_and_the_ledger_wins() -> None:
    ledger = findings.from_ledger(
        table(
            """
            a | 2025-07-10 | 2025-07-12 | true  | risk  |        |
            b | 2025-07-10 | 2025-07-12 | false | audit | cell 3 | 0.02
            """,
            LEDGER,
        )
    )
    from_feed = feed(
        """
        a | 2025-07-03 | 2025-08-01 | alert | false
        a | 2025-07-18 | 2025-08-01 | round | false
        b | 2025-07-12 | 2025-08-01 | audit | false
        c | 2025-07-12 | 2025-08-01 | audit | false
        """
    )
    merged = findings.merge(ledger, from_feed)
    assert rows(merged, "household", "visited_on", "reason", "found") == {
        ("a", date(2025, 7, 10), "alert", True),
        ("a", date(2025, 7, 18), "round", False),  # eight days later: another visit
        ("b", date(2025, 7, 10), "audit", False),
        ("c", date(2025, 7, 12), "audit", False),
    }


def test_the_ledger_counts_from_the_day_it_was_known(home) -> None:
    home.outcomes.mkdir(parents=True)
    con = connect()
    text = "a | 2025-06-28 | 2025-07-02 | true | risk | |"
    written = con.to_pyarrow(table(text, LEDGER))
    pq.write_table(written.cast(pa.schema(written.schema)), home.outcomes / findings.FILE)
    known = [con.to_pandas(findings.read_findings(home, con, day).count()) for day in
             (JUNE, date(2025, 7, 31), None)]  # fmt: skip
    assert known == [0, 1, 1]


def test_in_process_is_an_application_of_three_months_or_a_need_found_within_six() -> None:
    found = feed(
        """
        applied        | 2025-07-15 | 2025-07-20 | application | false
        long ago       | 2025-06-15 | 2025-06-20 | application | false
        found          | 2025-04-15 | 2025-05-01 | round       | true
        found long ago | 2025-03-15 | 2025-05-01 | round       | true
        not yet known  | 2025-09-15 | 2025-10-05 | round       | true
        fine           | 2025-09-15 | 2025-09-16 | round       | false
        """
    )
    known = findings.in_process(found, [SEPTEMBER])
    assert rows(known, "household") == {("applied",), ("found",)}


def test_seen_without_need_is_the_latest_known_finding() -> None:
    found = feed(
        """
        fine    | 2025-08-15 | 2025-08-20 | round | false
        worse   | 2025-08-15 | 2025-08-20 | round | false
        worse   | 2025-09-15 | 2025-09-20 | round | true
        stale   | 2025-03-31 | 2025-04-20 | round | false
        unknown | 2025-09-20 | 2025-10-20 | round | false
        """
    )
    assert rows(findings.seen_without_need(found, [SEPTEMBER]), "household") == {("fine",)}


def test_a_visit_belongs_to_the_newest_profile_before_its_day() -> None:
    spans = labels.windows([JUNE, SEPTEMBER], 3, date(2026, 6, 30))
    found = feed(
        """
        on the day   | 2025-06-30 | 2025-07-09 | round | true
        day after    | 2025-07-01 | 2025-07-09 | round | true
        old profile  | 2025-09-30 | 2025-10-09 | round | false
        new profile  | 2025-10-01 | 2025-10-09 | round | false
        too old      | 2026-01-01 | 2026-01-09 | round | true
        """
    )
    assert rows(labels.existing_labels(found, spans), "household", "as_of", "label") == {
        ("day after", JUNE, 1.0),
        ("old profile", JUNE, 0.0),
        ("new profile", SEPTEMBER, 0.0),
    }
    overlapping = labels.windows([JUNE, date(2025, 7, 31)], 3, date(2026, 6, 30))
    later = feed("august | 2025-08-15 | 2025-09-09 | round | true")
    assert rows(labels.existing_labels(later, overlapping), "household", "as_of") == {
        ("august", date(2025, 7, 31))
    }


def test_a_household_nobody_saw_again_is_no_row_of_the_coming() -> None:
    spans = labels.windows([JUNE], 6, date(2026, 6, 30))
    found = feed(
        """
        came       | 2025-09-10 | 2025-09-20 | round | true
        fine       | 2025-09-10 | 2025-09-20 | round | false
        then came  | 2025-09-10 | 2025-09-20 | round | false
        then came  | 2025-12-10 | 2025-12-20 | round | true
        too late   | 2026-01-01 | 2026-01-20 | round | true
        """
    )
    kept = labels.coming_labels(found, spans)
    assert rows(kept, "household", "label") == {("came", 1.0), ("fine", 0.0), ("then came", 1.0)}


@pytest.mark.parametrize("kind", labels.KINDS)
def test_every_kind_of_label_is_known(kind) -> None:
    assert labels.check_kind(kind) == kind
