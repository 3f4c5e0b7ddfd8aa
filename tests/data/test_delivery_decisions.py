"""A person decides, undoes and puts back; the past replays as it was known."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from core.home import Home
from data.backends import connect
from data.deliveries.decisions import DecisionRefused, decide, redo, undo
from data.ingest import ingest_directory
from data.lake import Lake
from data.manifest import Batch, read_manifest, write_manifest
from tests.data.offices import number
from tests.data.sending import CLAIMS, claims, known, send, send_claims

pytestmark = pytest.mark.slow

JUNE_30, JULY_10, JULY_31 = date(2026, 6, 30), date(2026, 7, 10), date(2026, 7, 31)
AUGUST_5, AUGUST_31, SEPTEMBER_30 = date(2026, 8, 5), date(2026, 8, 31), date(2026, 9, 30)


@pytest.fixture
def five(home: Home) -> Batch:
    """Five late claims without a word in the name, beside eighty in force."""
    send_claims(home, claims(1, 80))
    return send_claims(home, claims(79, 83, self_paid=9), day="20260705")


@pytest.mark.parametrize(
    ("choice", "rows", "changed"),
    [("supplement", 83, 9), ("correction", 83, 9), ("full", 5, 9), ("reject", 80, 79)],
)
def test_what_a_person_decides_is_what_counts(home, five, choice, rows, changed):
    decided = decide(home, CLAIMS, five.batch, choice, JULY_10)
    now = known(home)
    assert len(now) == rows
    assert decided.decided_on == JULY_10
    assert not Lake(home).manifest().find(CLAIMS, five.batch).waits
    paid = Lake(home).table(connect(), CLAIMS)
    told = dict(paid.select("settlement_no", "self_paid").to_pandas().itertuples(index=False)).get(
        "J00079"
    )
    assert told == changed


def test_what_waited_is_known_since_it_came_not_since_the_decision(home, five):
    decide(home, CLAIMS, five.batch, "supplement", AUGUST_5)
    assert len(known(home, JUNE_30)) == 80
    assert len(known(home, JULY_10)) == 83
    rows = Lake(home).table(connect(), CLAIMS, JULY_31)
    days = rows.group_by("known_on").agg(n=rows.count()).to_pandas()
    assert dict(zip(days["known_on"].astype(str), days["n"], strict=True)) == {
        "2026-06-28": 78,
        "2026-07-05": 5,
    }


def test_a_refusal_can_be_thought_over(home, five):
    decide(home, CLAIMS, five.batch, "reject", JULY_10)
    decide(home, CLAIMS, five.batch, "supplement", JULY_10)
    assert len(known(home)) == 83


def test_only_what_waits_can_be_decided_and_only_as_something(home, five):
    with pytest.raises(DecisionRefused, match="choose one of full, part"):
        decide(home, CLAIMS, five.batch, "maybe", JULY_10)
    with pytest.raises(DecisionRefused, match="there is no delivery"):
        decide(home, CLAIMS, "nothing", "full", JULY_10)
    decide(home, CLAIMS, five.batch, "supplement", JULY_10)
    with pytest.raises(DecisionRefused, match="does not wait"):
        decide(home, CLAIMS, five.batch, "full", JULY_10)


def test_rows_without_a_number_cannot_be_corrected_row_by_row(home):
    row = {"name": "某", "record_type": "职工缴费", "started_on": "2026-06-01"}
    month = [row | {"id_number": number(n), "amount": 1} for n in range(1, 81)]
    send(home, "社保就业失业_202606_20260628.csv", month, "employment")
    few = send(home, "社保就业失业_202606_20260705.csv", month[:2], "employment").batches[0]
    with pytest.raises(DecisionRefused, match="take it as full or supplement"):
        decide(home, "employment", few.batch, "correction", JULY_10)


def test_two_decisions_alike_are_a_habit(home):
    for month, first in ((6, 100), (7, 200), (8, 300)):
        period = f"2026{month:02d}"
        send_claims(home, claims(first, first + 79, month), period=period, day=f"{period}28")
        late = claims(first + 80, first + 84, month)
        few = send_claims(home, late, period=period, day=f"{period}30")
        if month < 8:
            assert few.waits
            decide(home, CLAIMS, few.batch, "supplement", few.delivered_on)
    assert (few.status, few.kind) == ("accepted", "supplement")
    assert len(known(home)) == 3 * 85


def test_an_undone_delivery_counts_until_that_day_and_no_longer(home):
    send_claims(home, claims(1, 80))
    wrong = send_claims(home, claims(1, 80, total_cost=1), day="20260705")
    undo(home, CLAIMS, wrong.batch, AUGUST_5)
    assert known(home, JUNE_30)["J00002"] == 2
    assert known(home, JULY_31)["J00002"] == 1
    assert known(home, AUGUST_5)["J00002"] == 2
    assert known(home)["J00002"] == 2
    redo(home, CLAIMS, wrong.batch, SEPTEMBER_30)
    assert known(home, AUGUST_31)["J00002"] == 2
    assert known(home, SEPTEMBER_30)["J00002"] == 1
    undo(home, CLAIMS, wrong.batch, date(2026, 11, 1))
    assert [known(home, day)["J00002"] for day in (JULY_31, AUGUST_31, SEPTEMBER_30)] == [1, 2, 1]
    assert known(home)["J00002"] == 2


def test_undoing_twice_or_what_never_counted_is_refused(home, five):
    with pytest.raises(DecisionRefused, match="is not in force"):
        undo(home, CLAIMS, five.batch, JULY_10)
    with pytest.raises(DecisionRefused, match="was not undone"):
        redo(home, CLAIMS, five.batch, JULY_10)


def test_rows_kept_aside_come_back_when_the_month_that_told_them_is_undone(home):
    may = send_claims(home, claims(1, 80, 5), period="202605", day="20260528")
    send_claims(home, [*claims(1, 5, 5), *claims(101, 180)])
    send_claims(home, [*claims(4, 6, 5), *claims(201, 280, 7)], period="202607", day="20260728")
    before = known(home)
    assert len(before) == 80 + 80 + 80
    undo(home, CLAIMS, may.batch, AUGUST_5)
    assert len(known(home, JULY_31)) == 240
    # Five came again in June, and one more in July.
    assert sorted(set(known(home)) & {f"J{n:05d}" for n in range(1, 81)}) == [
        f"J{n:05d}" for n in range(1, 7)
    ]
    redo(home, CLAIMS, may.batch, SEPTEMBER_30)
    assert known(home) == before


def test_a_month_over_again_and_rows_kept_aside_count_once(home):
    send_claims(home, claims(1, 80, 5), period="202605", day="20260528")
    send_claims(home, [*claims(1, 5, 5), *claims(101, 180)])
    send_claims(home, claims(1, 79, 5, self_paid=1), period="202605", day="20260705")
    assert len(known(home)) == 79 + 80


def test_the_files_read_directly_tell_what_the_lake_tells(home):
    may = send_claims(home, claims(1, 80, 5), period="202605", day="20260528")
    send_claims(home, [*claims(1, 5, 5), *claims(101, 180)])
    send_claims(home, claims(101, 103, total_cost=7), "-更正", day="20260705")
    send_claims(home, claims(181, 185), "-补报", day="20260706")
    undo(home, CLAIMS, may.batch, AUGUST_5)
    for day in (JUNE_30, JULY_31, AUGUST_31):
        sql = Lake(home).rows_sql(CLAIMS, day)
        asked = f"SELECT settlement_no, total_cost FROM ({sql}) WHERE known_on <= $1"
        assert dict(duckdb.execute(asked, [day]).fetchall()) == known(home, day)


def test_the_book_keeps_everything_a_decision_says(home, five, tmp_path):
    decide(home, CLAIMS, five.batch, "supplement", JULY_10)
    undo(home, CLAIMS, five.batch, AUGUST_5)
    book = Lake(home).manifest()
    write_manifest(tmp_path / "copy.json", book)
    assert read_manifest(tmp_path / "copy.json") == book


def test_a_wrong_month_in_the_name_is_put_right_with_the_decision(home):
    """July's claims under June's name: decided to be July's, they leave June as it was."""
    send_claims(home, claims(1, 80))
    july = send_claims(home, claims(101, 180, month=7), day="20260728")
    assert july.waits
    decided = decide(home, CLAIMS, july.batch, "full", JULY_31, "2026-07")
    assert (decided.period, decided.late) == ("202607", 0)
    assert len(known(home)) == 160
    again = ingest_directory(home, home.incoming)
    assert (again.batches, len(again.skipped)) == ((), 2)  # its name still says June


@pytest.mark.parametrize("period", ["202607", "2026-13", "2026-08"])
def test_a_month_is_written_as_one_and_does_not_lie_ahead(home, five, period):
    with pytest.raises(DecisionRefused, match="write the month like 2026-06"):
        decide(home, CLAIMS, five.batch, "full", JULY_10, period)
